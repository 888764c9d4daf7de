"""All processes of the line as children of this one: started together, watched, drained and stopped together."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.errors import Unavailable
from streams.clock import monotonic
from streams.local.embedded import free_port

PROCESSES = ("news_consumer", "tick_aggregator", "correlator", "slack_notifier")
READY_WITHIN_SECONDS = 60.0
STOP_WITHIN_SECONDS = 15.0
RESTART_AFTER_SECONDS = 1.0


@dataclass(kw_only=True)
class Child:
    """One process of the line; ``port`` serves its health; ``logs`` takes its JSON lines."""

    name: str
    port: int
    logs: Path
    process: subprocess.Popen[bytes]
    restarts: int = 0


class Supervisor:
    """Starts, watches and stops the processes of the line."""

    def __init__(self, environment: Mapping[str, str], log_folder: Path) -> None:
        self._environment = dict(environment)
        self._log_folder = log_folder
        self.children: dict[str, Child] = {}

    def start(self) -> None:
        """Start every process; ``wait_until_ready`` tells when they can work."""
        self._log_folder.mkdir(parents=True, exist_ok=True)
        for name in self._names():
            port, logs = free_port(), self._log_folder / f"{name}.jsonl"
            logs.unlink(missing_ok=True)
            self.children[name] = Child(name=name, port=port, logs=logs, process=self._spawn(name, port, logs))

    def _names(self) -> tuple[str, ...]:
        """Buttons and commands are listened to where there is a token for it."""
        listens = self._environment.get("SLACK_APP_TOKEN") or self._environment.get("SLACK_APP_TOKEN_FILE")
        return (*PROCESSES, "slack_actions") if listens else PROCESSES

    def wait_until_ready(self, say: Callable[[str], None]) -> None:
        """Return when every ``/readyz`` answers 200; raises Unavailable with what is still waited for."""
        deadline = monotonic() + READY_WITHIN_SECONDS
        waiting = dict.fromkeys(self.children, "not started")
        while waiting and monotonic() < deadline:
            for name in list(waiting):
                problem = self.problem_of(name)
                if problem is None:
                    del waiting[name]
                    say(f"{name} is ready (http://127.0.0.1:{self.children[name].port}/metrics)")
                else:
                    waiting[name] = problem
            time.sleep(0.05)
        if waiting:
            raise Unavailable(", ".join(waiting), "; ".join(f"{name}: {why}" for name, why in waiting.items()))

    def problem_of(self, name: str) -> str | None:
        """None when the process is ready, else what it waits for or how it ended."""
        child = self.children[name]
        status = child.process.poll()
        if status is not None:
            return f"ended with status {status}, see {child.logs}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{child.port}/readyz", timeout=2):
                return None
        except urllib.error.HTTPError as error:
            return ", ".join(f"{what}: {why}" for what, why in json.load(error)["waiting_for"].items())
        except OSError:
            return "starting"

    def restart_ended(self) -> list[str]:
        """Start again whatever ended by itself; returns the names."""
        ended = [child for child in self.children.values() if child.process.poll() is not None]
        for child in ended:
            child.restarts += 1
            child.process = self._spawn(child.name, child.port, child.logs)
        return [child.name for child in ended]

    def stop(self) -> None:
        """SIGTERM to all, so that each finishes what is in flight; SIGKILL to what is still there at the deadline."""
        for child in self.children.values():
            child.process.terminate()
        deadline = monotonic() + STOP_WITHIN_SECONDS
        for child in self.children.values():
            try:
                child.process.wait(timeout=max(0.1, deadline - monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def _spawn(self, name: str, port: int, logs: Path) -> subprocess.Popen[bytes]:
        with logs.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "streams.cli.commands", "run", name.replace("_", "-")],
                env={**self._environment, "METRICS_HOST": "127.0.0.1", "METRICS_PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C in the terminal reaches this process alone, which then stops the children in order.
                start_new_session=True,
            )
