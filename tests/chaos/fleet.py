"""The processes of the line as children of this one: started, killed, paused, doubled, and none left at the end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from streams.local.embedded import free_port

USUAL = "usual"
STOP_WITHIN_SECONDS = 20.0
READY_WITHIN_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Start:
    """A process came up at ``at``, seconds since 1970; ``is_restart``: after its end, not beside another."""

    process: str
    at: float
    is_restart: bool


@dataclass(frozen=True, kw_only=True)
class End:
    """How a process ended that was told to, and after how many seconds."""

    process: str
    status: int
    seconds: float


@dataclass(kw_only=True)
class Child:
    """One running process."""

    process: str
    port: int
    popen: subprocess.Popen[bytes]


class Fleet:
    """Children by name; the second instance of a process is called ``<process> 2``. Safe to use from several threads."""

    def __init__(self, tree: Path, environment: Mapping[str, str], logs: Path) -> None:
        self._tree = tree
        self._environment = dict(environment)
        self._logs = logs
        self._lock = threading.RLock()
        self.children: dict[str, Child] = {}
        self.starts: list[Start] = []
        self.kills: Counter[str] = Counter()
        self.ends: list[End] = []
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, process: str, *, second: bool = False) -> None:
        """Start a process, or a second instance of it; returns at once."""
        with self._lock:
            name = f"{process} 2" if second else process
            before = self.children.get(name)
            port = before.port if before is not None else free_port()
            self.children[name] = Child(process=process, port=port, popen=self._spawn(name, process, port))
            self.starts.append(Start(process=process, at=time.time(), is_restart=before is not None))

    def kill(self, process: str) -> None:
        """SIGKILL to one that runs, and the next one starts, as an orchestrator would do it."""
        with self._lock:
            child = self.children[process]
            child.popen.kill()
            child.popen.wait()
            self.kills[process] += 1
            self.start(process)

    def terminate(self, process: str) -> None:
        """SIGTERM, and the next one starts when it is gone."""
        with self._lock:
            child, began = self.children[process], time.monotonic()
            status = _end(child.popen)
            self.ends.append(End(process=process, status=status, seconds=time.monotonic() - began))
            self.start(process)

    def signal(self, process: str, number: signal.Signals) -> None:
        """Send any signal to the first instance."""
        with self._lock:
            self.children[process].popen.send_signal(number)

    def stop_second(self, process: str) -> None:
        """SIGTERM to the second instance; returns when it is gone."""
        with self._lock:
            child = self.children.pop(f"{process} 2")
        _end(child.popen)

    def restart_ended(self) -> list[str]:
        """Start again whatever ended by itself; returns the names."""
        with self._lock:
            ended = [name for name, child in self.children.items() if child.popen.poll() is not None]
            for name in ended:
                self.start(self.children[name].process, second=name.endswith(" 2"))
            return ended

    def is_ready(self, name: str) -> bool:
        """True when its ``/readyz`` answers 200; the usual way has none."""
        return not self._waits_for(name)

    def sees_kafka(self, name: str) -> bool:
        """True when it waits for nothing, or not for Kafka: a second instance may have no partition, and no more."""
        return "kafka" not in self._waits_for(name) and "start" not in self._waits_for(name)

    def _waits_for(self, name: str) -> Collection[str]:
        child = self.children[name]
        if child.process == USUAL:
            return ()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{child.port}/readyz", timeout=2):
                return ()
        except urllib.error.HTTPError as error:
            return tuple(json.load(error)["waiting_for"])
        except OSError:
            return ("start",)

    def stop(self) -> dict[str, int]:
        """End all, also paused ones; the exit status by name."""
        with self._lock:
            children, self.children = self.children, {}
        for child in children.values():
            child.popen.send_signal(signal.SIGCONT)
            child.popen.terminate()
        return {name: _end(child.popen) for name, child in children.items()}

    def _spawn(self, name: str, process: str, port: int) -> subprocess.Popen[bytes]:
        if process == USUAL:
            command = [sys.executable, "-m", "tests.chaos.usual"]
        else:
            command = [sys.executable, "-m", "streams.cli.commands", "run", process.replace("_", "-")]
        with (self._logs / f"{name.replace(' ', '_')}.jsonl").open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=self._tree,
                env={**self._environment, "METRICS_HOST": "127.0.0.1", "METRICS_PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )


def _end(popen: subprocess.Popen[bytes]) -> int:
    if popen.poll() is None:
        popen.terminate()
    try:
        return popen.wait(timeout=STOP_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        popen.kill()
        return popen.wait()
