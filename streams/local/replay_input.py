"""The files of a replay: raw articles and raw ticks, each with the event time at which it comes."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from services.errors import Misconfigured, Unreadable
from services.market.ticks.ticks import parse_time

Event = tuple[datetime, str, Any]
"""Event time, ``article`` or ``tick``, raw value."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)
WITNESSES = 5
"""Most of so many rows behind a row must bear out its time: a wrong clock must not hold up the whole file."""
TOLERANCE = timedelta(minutes=2)
LONGEST_FIELD = 131_072
COLUMNS = ("instrument", "traded_at", "price", "volume")


class _When(msgspec.Struct):
    published_at: datetime
    received_at: datetime | None = None


def in_order_of_arrival(lines: Iterable[bytes]) -> Iterator[Event]:
    """Articles in the order in which they arrived; one without a readable time comes first, to be set aside."""
    timed = []
    for line in lines:
        at = EARLIEST
        with suppress(msgspec.MsgspecError, RecursionError, UnicodeDecodeError, OverflowError):
            when = msgspec.json.decode(line, type=_When)
            arrived = when.received_at or when.published_at
            at = arrived.astimezone(UTC) if arrived.tzinfo and arrived < _LATEST else at
        timed.append((at, "article", line))
    return iter(sorted(timed, key=lambda event: event[0]))


def in_order_of_trading(rows: Iterable[Mapping[str, Any]]) -> Iterator[Event]:
    """Ticks as they stand in the file, never going back; a row whose time is wrong comes when its neighbours do."""
    at = EARLIEST
    waiting: deque[tuple[datetime | None, Mapping[str, Any]]] = deque()
    times: deque[datetime] = deque()
    for row in chain(rows, (None,)):
        if row is not None:
            traded_at = _time_of(row)
            waiting.append((traded_at, row))
            times.extend(() if traded_at is None else (traded_at,))
        while waiting and (len(times) > WITNESSES or row is None):
            traded_at, first = waiting.popleft()
            if traded_at is not None:
                times.popleft()
                behind = sorted(islice(times, WITNESSES)) or [traded_at]
                if traded_at <= behind[len(behind) // 2] + TOLERANCE:
                    at = max(at, traded_at)
            yield at, "tick", first


def read_articles(path: Path) -> Iterator[bytes]:
    """Lines of a JSON Lines file (``.gz`` too) that are not blank; raises Misconfigured when it cannot be read."""
    return (line.strip() for line in _lines_of(path) if line.strip())


def read_ticks(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of ``instrument,traded_at,price,volume`` and, optionally, ``sequence`` (``.gz`` too), numbers as numbers.

    Raises Misconfigured when the file cannot be read.
    """
    # One setting for the whole process, and others may have raised it.
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.reader(line.decode("utf-8", "replace").replace("\0", "") for line in _lines_of(path))
    try:
        header = [name.strip() for name in next(rows, [])]
        for name in COLUMNS:
            if name not in header:
                raise Misconfigured(f"{path}: column {name!r} is missing; expected {','.join(COLUMNS)}")
        places = {name: header.index(name) for name in (*COLUMNS, "sequence") if name in header}
        for row in rows:
            if row:
                yield {name: _as_number(name, row[place]) for name, place in places.items() if place < len(row)}
    except csv.Error as error:
        raise Misconfigured(f"{path}: line {rows.line_num}: {error}") from None


def _time_of(row: Mapping[str, Any]) -> datetime | None:
    try:
        return parse_time(row.get("traded_at"), _LATEST)
    except (Unreadable, OverflowError):
        return None


def _as_number(name: str, text: str) -> object:
    """A number where the text is one; a time may be a number too. Anything else stays text, and is refused as such."""
    text = text.strip()
    if name == "instrument" or "_" in text:
        return text
    if name == "sequence" and not text:
        return None
    with suppress(ValueError):
        return int(text) if text.isascii() and text.isdigit() else float(text)
    return text


def _lines_of(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines):
                yield line if number else line.removeprefix(b"\xef\xbb\xbf")
    except (OSError, EOFError, zlib.error) as error:
        raise Misconfigured(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
