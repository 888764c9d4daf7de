"""The commands ``ticks stream`` and ``ticks poll`` as a user starts them, against a vendor on this machine."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner, Result

from config.settings import Settings
from services.market.ticks.tick import Tick
from streams.broker.kafka import Record, read_whole
from streams.cli.commands import app
from streams.local.embedded import free_port
from streams.tick_source import read_until
from streams.ticks.tick_arrow import read_arrow
from streams.ticks.tick_formats import FORMAT_HEADER, TickFormat
from streams.topics import MARKET_TICKS
from tests.streams.tick_feed import TOKEN, Feed, Quotes, frame, serving, stay_open, trade
from tests.streams.waiting import wait_until

ROOT = Path(__file__).parents[2]
MAPPING = """
kind = "{kind}"
url = "{url}"
{subscribe}
[token]
environment = "TICK_VENDOR_TOKEN"
[headers]
Authorization = "Bearer {{token}}"
[instruments]
T = "0700.HK"
M = "3690.HK"
[message]
ticks = "data"
match = {{ type = "trade" }}
[fields]
instrument = "s"
price = "p"
volume = "v"
time = "t"
time_unit = "ms"
sequence = "i"
[polling]
interval_seconds = 1.0
jitter = 0.0
"""
SUBSCRIBE = """subscribe = ['{"op": "subscribe", "symbols": "{instruments}"}']"""


@contextmanager
def in_a_thread(vendor: Feed | Quotes) -> Iterator[str]:
    """``host:port`` of a vendor that serves from a loop of its own."""
    ready, done = threading.Event(), asyncio.Event()
    place: list[str] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with serving(vendor) as where:
            place.append(where)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield place[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


def write_mapping(folder: Path, kind: str, url: str, subscribe: str = "") -> Path:
    path = folder / "vendor.toml"
    path.write_text(MAPPING.format(kind=kind, url=url, subscribe=subscribe), encoding="utf-8")
    return path


@contextmanager
def started(settings: Settings, *arguments: str | Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The command and the port of its health; ended by SIGTERM where the test did not."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "METRICS_PORT": str(port),
        "TICK_VENDOR_TOKEN": TOKEN,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "streams.cli.commands", "ticks", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process, port
    finally:
        process.terminate()
        process.communicate(timeout=30)


def ask(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def found(settings: Settings) -> dict[float, tuple[Tick, Record]]:
    """The ticks on the topic with the records they stand in, by price: every test has prices of its own."""
    by_price = {}
    for record in read_whole(settings, MARKET_TICKS.name):
        if record.headers.get(FORMAT_HEADER) == TickFormat.ARROW.value.encode():
            columns = read_arrow(record.value, lambda _: True)
            ticks = [columns.tick(number) for number in range(len(columns))]
            by_price.update({tick.price: (tick, record) for tick in ticks})
    return by_price


@pytest.mark.parts
def test_a_stream_reaches_the_topic_and_ends_in_good_order(shared_settings: Settings, tmp_path: Path) -> None:
    """Ready when vendor and Kafka answer, counted in /metrics, keyed by instrument; SIGTERM is no failure."""

    async def tell(socket: web.WebSocketResponse) -> None:
        await socket.send_str(frame(trade(901, price=351.5), trade(902, symbol="M", price=121.5)))
        await stay_open(socket)

    with in_a_thread(Feed([tell], expects=1)) as place:
        mapping = write_mapping(tmp_path, "websocket", f"ws://{place}/feed?key={{token}}", SUBSCRIBE)
        with started(shared_settings, "stream", "--mapping", mapping) as (process, port):
            wait_until(lambda: '"ready": true' in ask(port, "/readyz"), "a ready process")
            assert 'policy_signals_source_ticks_total{outcome="sent",source="websocket"} 2.0' in ask(port, "/metrics")
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            assert process.stderr is not None
            assert TOKEN not in process.stderr.read().decode()
    sent = found(shared_settings)
    assert [(sent[price][0].instrument, sent[price][0].sequence) for price in (351.5, 121.5)] == [
        ("0700.HK", 901),
        ("3690.HK", 902),
    ]
    assert sent[351.5][1].clock_offset_ms == 0


@pytest.mark.parts
def test_polled_quotes_tell_the_line_that_they_come_late(shared_settings: Settings, tmp_path: Path) -> None:
    """A trade may wait an interval before it is seen; the bars wait as long for it."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=frame(trade(903, price=352.5)))

    with in_a_thread(Quotes([answer])) as place:
        mapping = write_mapping(tmp_path, "polling", f"http://{place}/feed?symbols={{instruments}}")
        with started(shared_settings, "poll", "--mapping", mapping) as (_, port):
            sent = 'policy_signals_source_ticks_total{outcome="sent",source="polling"} 0.0'
            wait_until(lambda: (page := ask(port, "/metrics")) != "" and sent not in page, "a tick on the topic")
    assert found(shared_settings)[352.5][1].clock_offset_ms == -1_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["stream", "--mapping", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (["stream", "--mapping", "{polling}"], "kind is 'polling': use `policy-signals ticks poll`"),
        (["poll", "--mapping", "{polling}", "0700.HK"], "symbols and --delay are for --yahoo"),
        (["poll"], "give either --mapping FILE or --yahoo SYMBOL ..."),
        (["poll", "--yahoo", "--mapping", "{polling}"], "give either --mapping FILE or --yahoo SYMBOL ..."),
        (["poll", "--yahoo"], "no symbol: name at least one"),
        (["poll", "--yahoo", "NOPE"], "the catalogue has no instrument 'NOPE'"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    """Nothing is started that could not work."""
    polling = write_mapping(tmp_path, "polling", "http://127.0.0.1:1/feed?symbols={instruments}")
    words = [word.replace("{polling}", str(polling)) for word in arguments]
    result: Result = CliRunner().invoke(app, ["ticks", *words], env={"TICK_VENDOR_TOKEN": TOKEN})
    assert result.exit_code == 2, result.output
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_mistake_of_ours_in_a_reader_ends_the_process() -> None:
    """It would otherwise stay up, healthy to look at, without a single tick."""

    class Broken:
        async def run(self) -> None:
            raise ZeroDivisionError

    async def scene() -> None:
        await read_until(Broken(), asyncio.Event())

    with pytest.raises(ZeroDivisionError):
        asyncio.run(scene())
