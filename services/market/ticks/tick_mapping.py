"""A vendor's message -> raw ticks, by a mapping that people write (config/tick_sources/ shows two).

Only the shape is read here: where the ticks lie, which field means what, and in what unit. Whether a price or a time
can be true is judged behind ``market.ticks``, for all sources alike. A time is converted, never corrected.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal

from msgspec import Struct

from services.errors import Unreadable

RawTick = dict[str, Any]
"""instrument, price, volume, traded_at (microseconds since 1970 UTC); where known sequence, conditions, currency."""
TimeUnit = Literal["s", "ms", "us", "ns", "iso"]
Path = tuple[str | int, ...]
EARLIEST_MICROS = 946_684_800_000_000
"""2000-01-01. A time outside of these two is a wrong unit, not an old trade."""
LATEST_MICROS = 4_102_444_800_000_000
"""2100-01-01."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICROS_PER_UNIT = {"s": 1_000_000, "ms": 1_000, "us": 1}
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,19}", re.ASCII)
_LARGEST_SEQUENCE = 2**63 - 1
_NOTHING = object()


class FieldPath(Struct, frozen=True):
    """Where a value lies: in the tick, or, ``from_message``, in the message around it."""

    steps: Path
    from_message: bool = False


class TickFields(Struct, frozen=True, kw_only=True):
    """Where each part of a tick lies; None: this vendor does not say it. Without a volume it counts as 0."""

    instrument: FieldPath
    price: FieldPath
    time: FieldPath
    volume: FieldPath | None = None
    sequence: FieldPath | None = None
    conditions: FieldPath | None = None
    currency: FieldPath | None = None


class TickMapping(Struct, frozen=True, kw_only=True):
    """How one vendor writes ticks. ``match`` and ``tick_match``: (path, value) pairs that all must hold."""

    instruments: dict[str, str]
    """Vendor's symbol -> our instrument."""
    fields: TickFields
    ticks: Path = ()
    """Where the list of ticks lies in a message; nothing: the message itself is the list, or the tick."""
    match: tuple[tuple[Path, str | int | bool], ...] = ()
    tick_match: tuple[tuple[Path, str | int | bool], ...] = ()
    conditions: dict[str, str] = {}
    """Vendor's code of a trade condition -> the word that the line knows; a code without a line stays as it is."""
    time_unit: TimeUnit = "ms"
    time_zone: tzinfo | None = None
    """For ISO texts without a zone; None: such texts are refused."""


class MessageReading(Struct, frozen=True):
    """What one message holds: ticks, and how many of its ticks were left out (unreadable, unknown_instrument)."""

    ticks: tuple[RawTick, ...] = ()
    left_out: Counter[str] = Counter()
    problem: str = ""
    """The first reason why a tick was unreadable; it names a field, never a value."""


def parse_path(text: str) -> Path:
    """``payload.trades.0`` as steps; whole numbers are places in a list.

    >>> parse_path("payload.trades.0")
    ('payload', 'trades', 0)
    >>> parse_path("")
    ()
    """
    return tuple(int(step) if step.isascii() and step.isdigit() else step for step in text.split(".")) if text else ()


def read_message(message: object, mapping: TickMapping) -> MessageReading:
    """Every tick of a decoded message, in its order; none when it is not a message with ticks (a heartbeat)."""
    if not _matches(message, mapping.match):
        return MessageReading()
    ticks: list[RawTick] = []
    left_out: Counter[str] = Counter()
    problem = ""
    for raw in _raw_ticks(message, mapping):
        try:
            ticks.append(_read_tick(raw, message, mapping))
        except Unreadable as error:
            reason = "unknown_instrument" if error.reason == "unknown_instrument" else "unreadable"
            left_out[reason] += 1
            problem = problem or (error.detail if reason == "unreadable" else "")
    return MessageReading(tuple(ticks), left_out, problem)


def read_number(value: object, name: str) -> float:
    """A finite number, or a text that holds one (many vendors write "349.80"). Raises Unreadable."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    if type(value) is int or type(value) is float:
        try:
            number = float(value)
        except OverflowError:
            raise Unreadable("wrong_type", f"{name} is too large") from None
        if math.isfinite(number):
            return number
    raise Unreadable("wrong_type", f"{name} is no number")


def read_micros(value: object, unit: TimeUnit, zone: tzinfo | None = None) -> int:
    """Microseconds since 1970 UTC; finer parts are cut off. Raises Unreadable.

    >>> read_micros(1689228000250, "ms") == read_micros("2023-07-13T14:00:00.250+08:00", "iso")
    True
    """
    micros = _iso_micros(value, zone) if unit == "iso" else _epoch_micros(value, unit)
    if not EARLIEST_MICROS <= micros < LATEST_MICROS:
        raise Unreadable("wrong_type", f"time is not between 2000 and 2100: is time_unit {unit!r} right?")
    return micros


def _matches(value: object, conditions: tuple[tuple[Path, str | int | bool], ...]) -> bool:
    # A bool is an int to Python: 1 must not stand for true.
    return all(type(found := find(value, path)) is type(wanted) and found == wanted for path, wanted in conditions)


def find(value: object, path: Path) -> object:
    """What lies at the path; an object that equals nothing when there is no such place."""
    for step in path:
        if isinstance(value, Mapping) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return _NOTHING
    return value


def _raw_ticks(message: object, mapping: TickMapping) -> Iterator[object]:
    found = find(message, mapping.ticks)
    if found is _NOTHING or found is None:
        return
    steps = mapping.fields.price.steps
    # A tick written as a list ("price = 1") may hold lists itself, so its list is known by its first entry.
    are_lists = bool(steps) and isinstance(steps[0], int) and not mapping.fields.price.from_message
    is_many = isinstance(found, list) and (not are_lists or not found or isinstance(found[0], list))
    for raw in found if is_many and isinstance(found, list) else [found]:
        if _matches(raw, mapping.tick_match):
            yield raw


def _read_tick(raw: object, message: object, mapping: TickMapping) -> RawTick:
    fields = mapping.fields

    def part(path: FieldPath | None) -> object:
        return None if path is None else find(message if path.from_message else raw, path.steps)

    symbol = part(fields.instrument)
    if not isinstance(symbol, str | int) or isinstance(symbol, bool):
        raise Unreadable("wrong_type", "instrument is no name")
    instrument = mapping.instruments.get(str(symbol))
    if instrument is None:
        raise Unreadable("unknown_instrument")
    volume = part(fields.volume)
    tick: RawTick = {
        "instrument": instrument,
        "price": read_number(part(fields.price), "price"),
        "volume": 0.0 if volume is None or volume is _NOTHING else read_number(volume, "volume"),
        "traded_at": read_micros(part(fields.time), mapping.time_unit, mapping.time_zone),
    }
    sequence, currency = part(fields.sequence), part(fields.currency)
    if sequence is not None and sequence is not _NOTHING:
        tick["sequence"] = _read_sequence(sequence)
    words = _read_conditions(part(fields.conditions), mapping.conditions)
    if words:
        tick["conditions"] = words
    if isinstance(currency, str) and currency:
        tick["currency"] = currency
    return tick


def _read_conditions(value: object, words: Mapping[str, str]) -> list[str]:
    codes = value.replace(",", " ").split() if isinstance(value, str) else value if isinstance(value, list) else [value]
    return [words.get(str(code), str(code)) for code in codes if isinstance(code, str | int) and str(code)]


def _read_sequence(value: object) -> int:
    number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
    if type(number) is not int or not 0 <= number <= _LARGEST_SEQUENCE:
        raise Unreadable("wrong_type", "sequence is no whole number from 0 up")
    return number


def _iso_micros(value: object, zone: tzinfo | None) -> int:
    if not isinstance(value, str) or not value.isascii() or value.isdigit():
        raise Unreadable("wrong_type", "time is not ISO 8601")
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            if zone is None:
                raise Unreadable("naive_time", "time has no zone: give time_zone")
            at = at.replace(tzinfo=zone)
        return (at - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        raise Unreadable("wrong_type", "time is not ISO 8601") from None


def _epoch_micros(value: object, unit: TimeUnit) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if type(value) is not int:
        number = read_number(value, "time")
        return math.floor(number / 1_000 if unit == "ns" else round(number * _MICROS_PER_UNIT[unit], 3))
    return value // 1_000 if unit == "ns" else value * _MICROS_PER_UNIT[unit]
