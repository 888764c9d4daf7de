"""The files of ``policy-signals event-study``: events in, rows out. Prices are read by ``price_file``.

Events: ``event_id,date[,time,tz],tone,instruments``, instruments separated by blanks. An empty time is the day itself,
an empty tz the exchange's own clock. Out: one row per event and instrument, numbers in plain decimals, empty where
nothing was measured.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import timedelta, timezone, tzinfo
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.errors import Misconfigured
from services.market.sessions.event_sessions import Publication
from services.market.study.instrument_names import normal_form
from services.market.study.study_row import StudyRow
from streams.prices.price_rows import read_day, read_time, shorten
from streams.rendering.table_text import TableText, read_table

REQUIRED = ("event_id", "date", "tone", "instruments")
OPTIONAL = ("time", "tz")
OUT_COLUMNS = StudyRow.__struct_fields__
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-5][0-9]))?")
_DIGITS = 4


class EventRow(Struct, frozen=True, kw_only=True):
    """One line of an events file."""

    event_id: str
    publication: Publication
    tone: str
    instruments: tuple[str, ...]
    """As written."""
    line: int


def read_events(path: Path) -> tuple[EventRow, ...]:
    """Every event in order; raises Misconfigured with file, line, column and what to do."""
    text = read_table(path, REQUIRED, OPTIONAL)
    seen: dict[tuple[str, str], int] = {}
    events = []
    for line, cells in text.rows():
        text.check_width(line, cells)
        event = _read_event(text, line, dict(zip(text.columns, cells, strict=True)))
        for instrument in event.instruments:
            _check_new(text, event, instrument, seen)
        events.append(event)
    if not events:
        raise Misconfigured(f"{path}: has no event below its header; add lines of {','.join(REQUIRED)}")
    return tuple(events)


def _read_event(text: TableText, line: int, values: dict[str, str]) -> EventRow:
    for name in REQUIRED:
        if not values[name]:
            raise text.wrong(line, name, "is empty; fill it")
    at = read_time(text, line, values.get("time", ""))
    zone = _read_zone(text, line, values.get("tz", ""))
    return EventRow(
        event_id=values["event_id"],
        publication=Publication(day=read_day(text, line, values["date"]), time_of_day=at, zone=zone),
        tone=values["tone"].lower(),
        instruments=tuple(values["instruments"].split()),
        line=line,
    )


def _check_new(text: TableText, event: EventRow, instrument: str, seen: dict[tuple[str, str], int]) -> None:
    key = (event.event_id, normal_form(instrument))
    if key in seen:
        where = "the same line" if seen[key] == event.line else f"line {seen[key]}"
        raise text.wrong(
            event.line,
            "instruments",
            f"{shorten(instrument)} stands already in {where} for event {shorten(event.event_id)}; keep one of them",
        )
    seen[key] = event.line


def _read_zone(text: TableText, line: int, value: str) -> tzinfo | None:
    if not value:
        return None
    if value in ("Z", "z", "UTC", "GMT"):
        return timezone(timedelta(0))
    found = _OFFSET.fullmatch(value)
    if found and int(found[2]) <= 14:
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(offset if found[1] == "+" else -offset)
    try:
        # A name from a file is no path: only what looks like one of the zones is asked for.
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_+/-]{0,60}", value):
            return ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        pass
    raise text.wrong(line, "tz", f"{shorten(value)} is no time zone; write it like Asia/Hong_Kong or +08:00")


def write_rows(path: Path, rows: Iterable[StudyRow]) -> None:
    """The out file, UTF-8, one line per row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(_PlainLines(file), lineterminator="\r\n")
        writer.writerow(OUT_COLUMNS)
        writer.writerows([say_value(getattr(row, name)) for name in OUT_COLUMNS] for row in rows)


class _PlainLines:
    """Rows that end in a line feed, from a writer that quotes a carriage return within a value: it must end rows so."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, line: str) -> object:
        """One row."""
        return self._file.write(line.removesuffix("\r\n") + "\n")


def say_value(value: object) -> str:
    """A value of a row as text: four digits after the point, empty for None.

    >>> say_value(5.73), say_value(-0.00001), say_value(None), say_value(250)
    ('5.7300', '0.0000', '', '250')
    """
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    shown = f"{value:.{_DIGITS}f}"
    return shown.removeprefix("-") if not shown.strip("-0.") else shown
