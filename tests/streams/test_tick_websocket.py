"""A vendor's WebSocket drops, stammers, falls silent and lies about time: ticks come through, nothing else breaks."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import subprocess
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import WSMessage, WSMsgType, web

from services.market.bars.aggregation import BarAggregator
from services.market.ticks.ticks import parse_tick
from streams.broker.backoff import Backoff
from streams.ticks.tick_desk import TickDesk
from streams.ticks.tick_queue import TickQueue
from streams.ticks.tick_websocket import WebSocketTicks
from streams.watching.health import Health
from tests.streams.tick_feed import (
    TOKEN,
    Feed,
    Script,
    counted,
    eventually,
    frame,
    quick_backoff,
    running,
    serving,
    source_of,
    stay_open,
    trade,
)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor is on this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


class Reading:
    """A reader of a feed with all that stands around it."""

    def __init__(self, url: str, **changes: Any) -> None:
        backoff = changes.pop("backoff", None) or quick_backoff()
        self.queue = TickQueue(changes.pop("capacity", 1_000))
        self.health = Health("source")
        self.source = source_of(url, **changes)
        self.desk = TickDesk("websocket", self.queue, sequence_is="instrument")
        self.reader = WebSocketTicks(self.source, self.desk, self.health, backoff)

    def ticks(self) -> list[dict[str, Any]]:
        return list(self.queue._ticks)

    def sequences(self) -> list[int]:
        return [tick["sequence"] for tick in self.ticks()]


def play(feed: Feed, check: Callable[[Reading], Awaitable[None]], path: str = "/feed", **changes: Any) -> None:
    """Let a source read the feed while ``check`` runs."""

    async def scene() -> None:
        async with serving(feed) as place:
            reading = Reading(f"ws://{place}{path}", **changes)
            async with running(reading.reader):
                await check(reading)

    asyncio.run(scene())


def says(*frames: str | bytes, then: Script = stay_open) -> Script:
    """Send frames, then do what ``then`` does."""

    async def script(socket: web.WebSocketResponse) -> None:
        for data in frames:
            await (socket.send_str(data) if isinstance(data, str) else socket.send_bytes(data))
        await then(socket)

    return script


async def tear(socket: web.WebSocketResponse) -> None:
    """The line is cut without a word."""
    assert socket._req is not None
    transport = socket._req.transport
    assert transport is not None
    transport.abort()


# ---- the normal day


def test_a_source_logs_in_subscribes_and_passes_ticks_on() -> None:
    """The whole way, from the vendor's words to ours."""
    feed = Feed([says(frame(trade(1), trade(2, symbol="M", price="120.5")), '{"type": "heartbeat"}', frame(trade(3)))])

    async def check(reading: Reading) -> None:
        await eventually(lambda: len(reading.queue) == 3, "three ticks")
        assert [(tick["instrument"], tick["price"]) for tick in reading.ticks()] == [
            ("0700.HK", 349.8),
            ("3690.HK", 120.5),
            ("0700.HK", 349.8),
        ]
        assert reading.health.problems() == {}

    play(feed, check)
    assert feed.heard == [
        [{"op": "subscribe", "symbols": ["T", "M"]}, {"op": "one", "symbol": "T"}, {"op": "one", "symbol": "M"}]
    ]
    assert feed.headers[0]["Authorization"] == f"Bearer {TOKEN}"


def test_the_vendor_gets_the_ping_it_wants() -> None:
    """Some close a connection on which they hear nothing, whatever the protocol's own pings say."""
    feed = Feed([stay_open])
    heard: list[object] = []

    async def listen(socket: web.WebSocketResponse) -> None:
        heard.append((await socket.receive()).json())
        await socket.send_str(frame(trade(1)))
        await stay_open(socket)

    feed.scripts = [listen]

    async def check(reading: Reading) -> None:
        await eventually(lambda: len(reading.queue) == 1, "an answer to the ping")

    play(feed, check, ping_message={"op": "ping"}, connection={"ping_seconds": 0.05})
    assert heard == [{"op": "ping"}]


def test_a_market_that_is_closed_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing comes on a Sunday; a connection that stands is an answer."""
    monkeypatch.setattr("streams.ticks.tick_websocket.SETTLED_SECONDS", 0.05)

    async def check(reading: Reading) -> None:
        await eventually(lambda: reading.health.problems() == {}, "health")
        assert len(reading.queue) == 0

    play(Feed([stay_open]), check)


def test_a_flood_does_not_keep_the_source_from_ending() -> None:
    """Buffered messages come without a pause; the signal to stop must get its turn."""

    class Flood:
        """A socket whose next message is always there already."""

        count = 0

        async def receive(self) -> WSMessage:
            self.count += 1
            assert self.count < 100_000, "nothing else got its turn"
            return WSMessage(WSMsgType.TEXT, frame(trade(self.count)), None)

    async def scene() -> None:
        reading = Reading("ws://127.0.0.1:1/feed", capacity=50)
        task = asyncio.create_task(reading.reader._read(Flood()))  # type: ignore[arg-type]
        asyncio.get_running_loop().call_later(0.02, task.cancel)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(reading.queue) == 50

    before = counted("ticks_total", source="websocket", outcome="dropped")
    asyncio.run(scene())
    assert counted("ticks_total", source="websocket", outcome="dropped") > before


# ---- lines that break


@pytest.mark.parametrize("manner", ["torn", "closed"])
def test_a_dropped_line_is_taken_up_again_and_nothing_counts_twice(manner: str) -> None:
    """Subscribed anew; what the vendor repeats is a duplicate to the bars, by instrument, time and sequence."""
    trades = [trade(number, at=time.time() - 2.0) for number in (1, 2, 3)]

    async def close(socket: web.WebSocketResponse) -> None:
        await socket.close(code=1012)

    end = tear if manner == "torn" else close
    feed = Feed([says(frame(*trades[:2]), then=end), says(frame(*trades[1:]))])
    before = counted("reconnects_total", source="websocket")
    found: list[dict[str, Any]] = []

    async def check(reading: Reading) -> None:
        await eventually(lambda: len(reading.queue) == 4, "ticks of both connections")
        assert reading.sequences() == [1, 2, 2, 3]
        found.extend(reading.ticks())

    play(feed, check)
    assert len(feed.heard) == 2
    assert feed.heard[0] == feed.heard[1]
    assert counted("reconnects_total", source="websocket") == before + 1
    bars = BarAggregator()
    for tick in found:
        bars.add(parse_tick(tick, datetime.now(UTC)))
    assert sum(bar.ticks for bar in bars.flush()) == 3
    assert bars.counts["duplicate"] == 1


def test_garbage_is_counted_and_the_line_stays() -> None:
    """Text that is no JSON, bytes that are no text, depth without end; JSON in a binary frame is fine."""
    garbage = ["{", "<html>", '{"type": "trade", "data": [NaN]}', b"\xff\xfe\x00", "[" * 5_000]
    good = [frame(trade(1)), frame(trade(2)).encode()]
    feed = Feed([says(*garbage, *good)])
    before = counted("ticks_total", source="websocket", outcome="unreadable")

    async def check(reading: Reading) -> None:
        await eventually(lambda: len(reading.queue) == 2, "the good ticks")

    play(feed, check)
    assert len(feed.sockets) == 1
    assert counted("ticks_total", source="websocket", outcome="unreadable") == before + len(garbage)


def test_a_huge_message_is_not_read_to_its_end() -> None:
    """Memory is for prices; the source connects anew and goes on."""
    feed = Feed([says("x" * 20_000), says(frame(trade(1)))])
    before = counted("ticks_total", source="websocket", outcome="unreadable")

    async def check(reading: Reading) -> None:
        await eventually(lambda: len(reading.queue) == 1, "a tick after the huge message")

    play(feed, check)
    assert counted("ticks_total", source="websocket", outcome="unreadable") == before + 1


def test_silence_is_not_taken_for_a_quiet_market() -> None:
    """A server may answer pings for hours on a subscription that it lost."""

    async def ping_only(socket: web.WebSocketResponse) -> None:
        while not socket.closed:
            await socket.ping()
            await asyncio.sleep(0.01)

    feed = Feed([ping_only, says(frame(trade(1)))])
    problems: list[str] = []

    async def check(reading: Reading) -> None:
        def looked() -> bool:
            problems.extend(reading.health.problems().values())
            return len(reading.queue) == 1

        await eventually(looked, "a tick on the second connection")

    play(feed, check, connection={"idle_seconds": 0.2})
    assert len(feed.sockets) == 2
    assert "no message within 0.2 s" in problems


def test_a_server_that_is_gone_is_noticed_by_its_missing_pong() -> None:
    """A cable that was pulled closes nothing."""

    async def play_dead(socket: web.WebSocketResponse) -> None:
        while not socket.closed and (await socket.receive()).type is not WSMsgType.CLOSED:
            pass

    feed = Feed([play_dead, says(frame(trade(1)))], options={"autoping": False})

    async def check(reading: Reading) -> None:
        await eventually(lambda: len(reading.queue) == 1, "a tick on the second connection")

    play(feed, check, connection={"ping_seconds": 0.1})


# ---- what a feed tells about itself


def test_missing_sequence_numbers_are_counted_per_instrument() -> None:
    """Ticks that never came make a volume wrong; somebody should see it."""
    feed = Feed([says(frame(trade(1), trade(2), trade(100, symbol="M")), frame(trade(5), trade(103, symbol="M")))])
    before = counted("gaps_total", source="websocket")

    async def check(reading: Reading) -> None:
        await eventually(lambda: len(reading.queue) == 5, "all ticks")

    play(feed, check)
    assert counted("gaps_total", source="websocket") == before + 4


def test_a_clock_that_is_wrong_is_measured_and_said_and_its_times_stay() -> None:
    """Whose clock is wrong is for people to find; a corrected time would be an invented one."""
    behind = time.time() - 30.0
    feed = Feed([says(frame(trade(1, at=behind)), frame(trade(2, at=behind)))])

    async def check(reading: Reading) -> None:
        await eventually(lambda: len(reading.queue) == 2, "both ticks")
        assert {tick["traded_at"] for tick in reading.ticks()} == {round(behind * 1_000) * 1_000}

    with structlog.testing.capture_logs() as lines:
        play(feed, check)
    assert counted("clock_skew_seconds", source="websocket") == pytest.approx(30.0, abs=10.0)
    said = [line for line in lines if line["event"] == "the vendor's clock and ours differ"]
    assert len(said) == 1
    assert said[0]["log_level"] == "warning"


def test_trouble_is_said_once_a_minute_however_often_it_comes() -> None:
    """A broken feed must not fill the disk with its complaints."""
    queue = TickQueue(10)
    now = [0.0]
    desk = TickDesk("websocket", queue, timer=lambda: now[0])
    with structlog.testing.capture_logs() as lines:
        for _ in range(1_000):
            desk.leave_out_message("a message is not JSON")
        now[0] = 61.0
        desk.leave_out_message("a message is not JSON")
    assert [line["unreadable"] for line in lines] == [1, 1_000]


# ---- refusals


def answering(*statuses: int, headers: dict[str, str] | None = None) -> Feed:
    """Refuse the first handshakes so, then serve one trade."""
    feed = Feed([says(frame(trade(1)))])
    left = list(statuses)
    connect = feed.connect

    async def refuse_first(request: web.Request) -> web.StreamResponse:
        if left:
            feed.headers.append(dict(request.headers))
            return web.Response(status=left.pop(0), headers=headers)
        return await connect(request)

    feed.connect = refuse_first  # type: ignore[method-assign]
    return feed


@pytest.mark.parametrize("status", [500, 502, 401, 404, 200])
def test_a_refused_handshake_is_tried_again(status: int) -> None:
    """Vendors restart; a token may be put right while we wait."""
    problems: list[str] = []

    async def check(reading: Reading) -> None:
        def looked() -> bool:
            problems.extend(reading.health.problems().values())
            return len(reading.queue) == 1

        await eventually(looked, "a tick after the refusals")
        assert reading.health.problems() == {}

    play(answering(status, status), check)
    assert any(f"status {status}" in problem for problem in problems)
    if status == 401:
        assert any("check the token in VENDOR_TOKEN" in problem for problem in problems)


def test_a_vendor_that_says_when_to_come_back_is_believed() -> None:
    """Coming back sooner gets accounts closed."""
    feed = answering(429, headers={"Retry-After": "0.5"})
    begin = time.monotonic()

    async def check(reading: Reading) -> None:
        await eventually(lambda: len(reading.queue) == 1, "a tick after the rest")

    play(feed, check)
    assert time.monotonic() - begin >= 0.5


def test_a_redirect_is_not_followed() -> None:
    """The token must not travel to another host."""
    other = Feed([stay_open])

    async def scene() -> None:
        async with serving(other) as elsewhere:
            feed = answering(307, headers={"Location": f"http://{elsewhere}/feed"})
            async with serving(feed) as place:
                reading = Reading(f"ws://{place}/feed")
                async with running(reading.reader):
                    await eventually(lambda: len(reading.queue) == 1, "a tick from the first host")

    asyncio.run(scene())
    assert other.headers == []


def test_a_host_that_is_not_there_is_asked_ever_less_often() -> None:
    """Waits double up to the longest, with jitter downwards."""
    backoff = Backoff(1.0, 60.0, chance=lambda: 1.0)
    assert [backoff.next() for _ in range(8)] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    backoff.reset()
    assert backoff.next() == 1.0
    assert backoff.next(asked_seconds=99.0) == 99.0
    assert 0.5 <= Backoff(1.0, 60.0).next() <= 1.0


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """Otherwise anybody on the way can invent prices."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    feed = Feed([stay_open])

    async def scene() -> None:
        async with serving(feed, tls) as place:
            reading = Reading(f"wss://{place}/feed")
            async with running(reading.reader):
                await eventually(
                    lambda: "no secure connection" in reading.health.problems().get("source", ""), "a refusal"
                )

    asyncio.run(scene())
    assert feed.headers == []


# ---- secrets


def test_the_token_is_in_no_log_line_metric_or_error(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Libraries put whole addresses into their errors; ours must not pass them on."""
    caplog.set_level(logging.DEBUG)
    feed = answering(401, 500, 307, headers={"Location": f"/feed?again={TOKEN}"})
    feed.scripts = [says("{", json.dumps({"type": "trade", "data": [{"s": TOKEN}]}), then=tear), says(frame(trade(1)))]
    seen: list[str] = []

    async def check(reading: Reading) -> None:
        def looked() -> bool:
            seen.extend([repr(reading.health.problems()), repr(reading.source)])
            return len(reading.queue) == 1

        await eventually(looked, "a tick in the end")

    with structlog.testing.capture_logs() as lines:
        play(feed, check, path="/feed?key={token}")
    assert any(line["event"] == "connecting anew" for line in lines)
    output = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.access")]
    assert TOKEN not in "".join([str(lines), *ours, *seen, output.out, output.err])
    assert len(feed.headers) == 5
