"""A vendor's ticks -> ``market.ticks``: one source, its queue and its sender, with health and metrics around them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from config.tick_source import TickSource
from streams.broker.backoff import Backoff
from streams.process import serving, stop_on_signals
from streams.ticks.tick_desk import TickDesk
from streams.ticks.tick_polling import PolledTicks
from streams.ticks.tick_queue import TickQueue, TickSender, TickSink
from streams.ticks.tick_websocket import WebSocketTicks
from streams.ticks.yahoo_quotes import YahooPlan, YahooTicks
from streams.watching.health import Health, Surroundings

PROCESS = "tick_source"
DEPENDENCIES = ("kafka", "source")
YAHOO_QUEUE_TICKS = 100_000
YAHOO_BACKOFF_SECONDS = (60.0, 900.0)


class Reader(Protocol):
    """Something that puts ticks on a queue until it is cancelled."""

    async def run(self) -> None:
        """Read until cancelled."""


class Line(Struct, frozen=True, kw_only=True):
    """A source made ready: what reads, the queue it fills, and how far its ticks lie behind the clock."""

    label: str
    """Metric label of the source."""
    reader: Reader
    queue: TickQueue
    offset_ms: int = 0
    """Event time minus wall time: the line waits so much longer before it closes a second."""


def build_line(source: TickSource | YahooPlan, health: Health) -> Line:
    """The reader that a mapping file or a plan asks for."""
    if isinstance(source, YahooPlan):
        queue = TickQueue(YAHOO_QUEUE_TICKS)
        yahoo = YahooTicks(source, TickDesk("polling", queue), health, Backoff(*YAHOO_BACKOFF_SECONDS))
        return Line(label="polling", reader=yahoo, queue=queue, offset_ms=_offset_ms(source.age_seconds))
    settings = source.connection
    queue = TickQueue(settings.queue_ticks)
    backoff = Backoff(settings.backoff_seconds, settings.longest_backoff_seconds)
    if source.kind == "websocket":
        desk = TickDesk("websocket", queue, sequence_is=source.sequence_is)
        return Line(label="websocket", reader=WebSocketTicks(source, desk, health, backoff), queue=queue)
    polling = source.polling
    reader = PolledTicks(source, TickDesk("polling", queue), health, backoff)
    # A trade may have waited a whole interval before it is first seen.
    age = polling.delay_seconds + polling.interval_seconds * (1 + polling.jitter)
    return Line(label="polling", reader=reader, queue=queue, offset_ms=_offset_ms(age))


async def read_until(reader: Reader, stop: asyncio.Event) -> None:
    """Run the reader until ``stop`` is set; its own failure, which is a mistake of ours, is raised."""
    reading = asyncio.create_task(reader.run())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((reading, stopping), return_when=asyncio.FIRST_COMPLETED)
    for task in (reading, stopping):
        task.cancel()
    results = await asyncio.gather(reading, stopping, return_exceptions=True)
    if isinstance(results[0], Exception):
        raise results[0]


def run_line(surroundings: Surroundings, line: Line, sink: TickSink) -> None:
    """Serve health and metrics, read and send until SIGTERM or Ctrl-C, then send what is left."""
    sender = TickSender(line.label, line.queue, sink, surroundings.health)
    with serving(PROCESS, surroundings):
        sender.start()
        try:
            asyncio.run(_read_until_signal(line.reader))
        finally:
            sender.stop()


def run_source(source: TickSource | YahooPlan, surroundings: Surroundings, connect: Callable[[int], TickSink]) -> None:
    """``connect`` makes the sink for a clock offset in milliseconds."""
    line = build_line(source, surroundings.health)
    run_line(surroundings, line, connect(line.offset_ms))


async def _read_until_signal(reader: Reader) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def end() -> None:
        loop.call_soon_threadsafe(stop.set)

    stop_on_signals(end)
    await read_until(reader, stop)


def _offset_ms(age_seconds: float) -> int:
    return -round(age_seconds * 1_000)
