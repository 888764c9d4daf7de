"""Rows of a price file one by one: slow, exact about what is wrong and where."""

from __future__ import annotations

import re
from datetime import date, time

import numpy as np

from services.market.sessions.event_sessions import EARLIEST, LATEST
from services.market.study.file_prices import END_OF_DAY, PriceColumns
from streams.rendering.table_text import TableText

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SHOWN = 40
Row = tuple[str, date, int, float]


def read_rows(text: TableText) -> PriceColumns:
    """Every row; raises Misconfigured naming line and column of the first that is wrong."""
    codes: dict[str, int] = {}
    seen: dict[tuple[str, date], tuple[int, float]] = {}
    found: list[tuple[int, date | None, int, float]] = []
    for line, cells in text.rows():
        row = _read_row(text, line, cells)
        if row is None:
            found.append((-1, None, END_OF_DAY, np.nan))
            continue
        instrument, day, second, close = row
        if second == END_OF_DAY:
            _check_only_close(text, line, row, seen.setdefault((instrument, day), (line, close)))
        found.append((codes.setdefault(instrument, len(codes)), day, second, close))
    return PriceColumns(
        instruments=tuple(codes),
        code=np.array([row[0] for row in found], dtype=np.int64),
        day=np.array([row[1] for row in found], dtype="datetime64[D]"),
        second=np.array([row[2] for row in found], dtype=np.int64),
        close=np.array([row[3] for row in found], dtype=np.float64),
    )


def _read_row(text: TableText, line: int, cells: list[str]) -> Row | None:
    """None for a row without a close."""
    text.check_width(line, cells)
    values = dict(zip(text.columns, cells, strict=True))
    if values["close"].lower() in ("", "nan"):
        return None
    if not values["instrument"]:
        raise text.wrong(line, "instrument", "is empty; fill it")
    second = read_time(text, line, values.get("time", ""))
    return (
        values["instrument"],
        read_day(text, line, values["date"]),
        END_OF_DAY if second is None else 3600 * second.hour + 60 * second.minute + second.second,
        _read_close(text, line, values["close"]),
    )


def read_day(text: TableText, line: int, value: str) -> date:
    """An ISO date within the years that a study can be about."""
    try:
        day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        raise text.wrong(line, "date", f"{shorten(value)} is no date; write it like 2023-07-13")
    if not EARLIEST <= day < LATEST:
        raise text.wrong(line, "date", f"{shorten(value)} is not within {EARLIEST} to {LATEST}; correct it")
    return day


def read_time(text: TableText, line: int, value: str) -> time | None:
    """A time of day to the second; None when it is empty."""
    if not value:
        return None
    found = _TIME.fullmatch(value)
    try:
        if found:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass
    raise text.wrong(line, "time", f"{shorten(value)} is no time; write it like 14:05 or 14:05:30")


def shorten(value: str) -> str:
    """A value as it may stand in a sentence: quoted, without control characters, not long."""
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "...")


def _read_close(text: TableText, line: int, value: str) -> float:
    if not _NUMBER.fullmatch(value):
        raise text.wrong(line, "close", f"{shorten(value)} is no number; write it like 349.8")
    close = float(value)
    if not 0.0 < close < float("inf"):
        raise text.wrong(line, "close", f"{shorten(value)} is no price above 0; correct it, or leave it empty")
    return close


def _check_only_close(text: TableText, line: int, row: Row, first: tuple[int, float]) -> None:
    instrument, day, _, close = row
    if first[1] != close:
        raise text.wrong(
            line,
            "close",
            f"{close:g} for {shorten(instrument)} on {day}, where line {first[0]} has {first[1]:g}; keep the right one",
        )
