"""Parts that are there and do not answer, or not in time: a silent broker (row 3), a slow or full Redis (row 9)."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from streams.local.embedded import EmbeddedRedis, free_port
from tests.end_to_end import line as line_module
from tests.end_to_end.days import Day
from tests.end_to_end.line import Line, line_in
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts

SLOW_SECONDS = 5.0
FULL_BYTES = 1_000_000


class Detour(threading.Thread):
    """A TCP port that hands everything on to another, or takes it and stays silent, or hands it on late."""

    def __init__(self, target: int) -> None:
        super().__init__(daemon=True)
        self._target = target
        self._server = socket.create_server(("127.0.0.1", free_port()))
        self.port: int = self._server.getsockname()[1]
        self.delay_seconds = 0.0
        self._ended = threading.Event()
        self._open: list[socket.socket] = []

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while not self._ended.is_set():
                near, _ = self._server.accept()
                self._open.append(near)
                with contextlib.suppress(OSError):
                    far = socket.create_connection(("127.0.0.1", self._target))
                    self._open.append(far)
                    for pair in ((near, far), (far, near)):
                        threading.Thread(target=self._hand_on, args=pair, daemon=True).start()

    def stop(self) -> None:
        self._ended.set()
        for each in (self._server, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self.join(timeout=10)

    def _hand_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._ended.wait(self.delay_seconds)
                sink.sendall(data)


class RedisByDetour(EmbeddedRedis):
    """A Redis that clients reach by a detour."""

    def __init__(self) -> None:
        super().__init__()
        self.detour = Detour(self.port)
        self.detour.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.detour.port}/0"

    def stop(self) -> None:
        super().stop()
        self.detour.stop()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", free_port())) as server:
        yield int(server.getsockname()[1])


def test_row_3_a_broker_that_takes_connections_and_says_nothing_is_waited_for(silent_port: int, tmp_path: Path) -> None:
    """Alive, not ready and saying why, and gone in good order when told to go: no call waits for ever."""
    with line_in(tmp_path) as line:
        line.start_parts()
        line.supervisor._environment["KAFKA_BOOTSTRAP"] = f"127.0.0.1:{silent_port}"
        line.start_processes()
        well = dict.fromkeys(line.supervisor.children, 200)
        wait_until(lambda: line.statuses("healthz") == well, "every process alive", 60)
        assert set(line.statuses("readyz").values()) == {503}
        assert "kafka" in line.probe("slack_notifier", "readyz")[1]["waiting_for"]
        children = line.supervisor.children.values()
        for child in children:
            child.process.terminate()
        assert {child.name: child.process.wait(timeout=60) for child in children} == dict.fromkeys(well, 0)


def alert_goes_out(line: Line, article: bytes) -> None:
    line.send_article(article)
    assert line.watcher.wait_for(lambda seen: len(seen.receipt_at_ms) == 1, 60), "no alert"
    assert len(line.root_messages()) == 1


def test_row_9_alerts_go_out_while_redis_answers_after_five_seconds(
    short_day: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text of an alert waits for no price."""
    monkeypatch.setattr(line_module, "make_redis", RedisByDetour)
    with line_in(tmp_path) as line:
        line.bring_up()
        assert isinstance(line.redis, RedisByDetour)
        line.redis.detour.delay_seconds = SLOW_SECONDS
        alert_goes_out(line, short_day.articles[0])


def test_row_9_alerts_go_out_while_redis_is_full(short_day: Day, tmp_path: Path) -> None:
    """Every write is refused for want of memory: the cache is a cache."""
    with line_in(tmp_path) as line:
        line.bring_up()
        with redis.Redis.from_url(line.redis.url) as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", FULL_BYTES)
            with contextlib.suppress(redis.exceptions.OutOfMemoryError):
                for number in range(100):
                    client.set(f"filler {number}", b"x" * 100_000)
            with pytest.raises(redis.exceptions.OutOfMemoryError):
                client.set("one more", b"x" * 100_000)
        alert_goes_out(line, short_day.articles[0])


def test_row_37_the_notifier_delivers_where_nothing_can_be_written(short_day: Day, tmp_path: Path) -> None:
    """No process of the line keeps its state on a disk, so a full one costs log lines at most."""
    with line_in(tmp_path) as line:
        line.bring_up()
        child = line.supervisor.children["slack_notifier"]
        child.process.terminate()
        child.process.wait(timeout=30)
        environment = {**line.supervisor._environment, "METRICS_PORT": str(child.port), "METRICS_HOST": "127.0.0.1"}
        # A file of ours cannot grow beyond nothing; pipes and sockets can.
        limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "
        run = "import sys; sys.argv[1:] = ['run', 'slack-notifier']; from streams.cli.commands import main; main()"
        child.process = subprocess.Popen(
            [sys.executable, "-B", "-c", limited + run],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        alert_goes_out(line, short_day.articles[0])
