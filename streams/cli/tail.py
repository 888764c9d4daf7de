"""``policy-signals tail``: every record of the line as one readable line, live."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import msgspec
import typer
from kafka import TopicPartition
from kafka.errors import KafkaError
from rich.console import Console

from config.settings import Settings, read_settings
from services.alerts.path_words import say_seconds
from services.errors import Unavailable
from streams.broker.kafka import Record, as_record, connect_consumer
from streams.cli.tail_lines import FOLLOWED, Arrivals, Line, Only, draw, passes, rank, say_record
from streams.clock import monotonic
from streams.topics import NEWS_ARTICLES

__all__ = ["Line", "draw", "follow_line", "read_lines"]

POLL_MS = 300


def follow_line(*, from_beginning: bool, as_json: bool, once: bool, only: frozenset[Only] = frozenset()) -> None:
    """Print until Ctrl-C, or with ``once`` until the end of what is there; raises Unavailable.

    In a terminal each line is cut to its width, and a row below says that the line is alive.
    """
    console = Console(highlight=False, soft_wrap=True)
    is_seen = console.is_terminal and not as_json
    shown = Pulse()
    status = console.status(shown.say(), spinner="dots")
    try:
        if is_seen and not once:
            status.start()
        for line in read_lines(read_settings(os.environ), from_beginning=from_beginning or once, once=once):
            if line is None:
                status.update(shown.say())
                continue
            shown.count(line)
            if not passes(line, only):
                continue
            if as_json:
                typer.echo(msgspec.json.encode(line).decode())
            else:
                console.print(draw(line, console.width if is_seen else 0))
    except KeyboardInterrupt:
        return
    finally:
        status.stop()


class Pulse:
    """What the row below the lines says: how much came, and how long ago the last of it."""

    def __init__(self) -> None:
        self._articles = self._alerts = 0
        self._last_at: float | None = None

    def count(self, line: Line) -> None:
        """One more thing that happened."""
        self._articles += line.what in ("signal", "silent", "unread", "stuck")
        self._alerts += line.what == "alert"
        self._last_at = monotonic()

    def say(self) -> str:
        """Such as ``12 articles, 1 alert; the last thing happened 4.1 s ago (Ctrl-C ends)``."""
        if self._last_at is None:
            return "following the line; nothing has come yet (Ctrl-C ends)"
        counts = f"{self._articles} articles, {self._alerts} alerts"
        return f"{counts}; the last thing happened {say_seconds(monotonic() - self._last_at)} ago (Ctrl-C ends)"


def read_lines(settings: Settings, *, from_beginning: bool, once: bool) -> Iterator[Line | None]:
    """Lines as their records come; of what is there already, in order of time. None: a look that found nothing.

    Raises Unavailable.
    """
    consumer = connect_consumer(settings, None)
    arrivals = Arrivals()
    with closing(consumer):
        try:
            found = [
                (name, number) for name in FOLLOWED for number in sorted(consumer.partitions_for_topic(name) or ())
            ]
            places = [TopicPartition(name, number) for name, number in found]
            if not places:
                raise Unavailable("kafka", "the line has no topics yet; `policy-signals up` or `run` makes them")
            consumer.assign(places)
            ends = consumer.end_offsets(places)
            yield from _read_past(consumer, arrivals, ends) if from_beginning else ()
            for place, end in ends.items():
                consumer.seek(place, end)
            while not once:
                lines = [*_say_all(_poll(consumer), arrivals), *arrivals.overdue(monotonic())]
                yield from _sorted(lines) if lines else (None,)
        except KafkaError as error:
            raise Unavailable("kafka", str(error), retry_after=2.0) from error


def _read_past(consumer: Any, arrivals: Arrivals, ends: Mapping[TopicPartition, int]) -> list[Line]:
    consumer.seek_to_beginning(*ends)
    records: list[Record] = []
    while any(consumer.position(place) < end for place, end in ends.items()):
        records += _poll(consumer)
    lines = list(_say_all(records, arrivals))
    # At the end of what is there nothing more will come of them.
    return _sorted([*lines, *arrivals.overdue(float("inf"))])


def _say_all(records: list[Record], arrivals: Arrivals) -> Iterator[Line]:
    """Articles first, so that a decision of the same look finds its own."""
    for record in sorted(records, key=lambda one: one.topic != NEWS_ARTICLES.name):
        if record.topic == NEWS_ARTICLES.name:
            line = arrivals.take(record, monotonic())
        else:
            line = say_record(record)
            line = line if line is None else arrivals.settle(line, record.timestamp_ms)
        if line is not None:
            yield line


def _poll(consumer: Any) -> list[Record]:
    return [as_record(raw) for records in consumer.poll(timeout_ms=POLL_MS).values() for raw in records]


def _sorted(lines: list[Line]) -> list[Line]:
    """By the second; within it a cause before what it caused, whose event time is that of the article."""
    return sorted(lines, key=lambda line: (line.at.replace(microsecond=0), rank(line)))
