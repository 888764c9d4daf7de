"""From decoded raw values to a Tick, or Unreadable with one of TICK_REASONS.

``parse_tick`` trusts nothing: JSON lets NaN, true, 1e400 and naive times through, and Python would compute with all of
them. Numbers must be numbers (text such as "1_000.5" is refused). An unknown instrument is for the caller, who has the
catalogue.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from services.errors import Unreadable
from services.market.ticks.tick import Tick

TICK_REASONS = frozenset(
    {"not_finite", "not_positive", "absurd", "naive_time", "future_time", "ancient_time", "unknown_instrument"}
    | {"wrong_type", "wrong_currency", "not_price_forming"}
)
"""Closed set: metric label and dead-letter header. ``not_positive`` also stands for a negative volume.

The last two are decided in ``trade_rules``.
"""

PRICE_LIMIT = 1e7
VOLUME_LIMIT = 1e15
FUTURE_TOLERANCE = timedelta(minutes=2)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_LARGEST_SEQUENCE = 2**63 - 1
LONGEST_LABEL = 64
"""Characters of a condition or a currency."""
MOST_CONDITIONS = 32
LONGEST_CONDITIONS = MOST_CONDITIONS * (LONGEST_LABEL + 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def parse_tick(raw: Mapping[str, object], now: datetime) -> Tick:
    """A Tick from the keys instrument, price, volume, traded_at and, optionally, sequence, conditions, currency.

    ``now`` is event time: a trade more than two minutes after it is refused. Raises Unreadable.
    """
    if not isinstance(raw, Mapping):
        raise Unreadable("wrong_type", "a tick must be an object")
    instrument = raw.get("instrument")
    if not isinstance(instrument, str) or not instrument:
        raise Unreadable("wrong_type", "instrument is not a name")
    sequence = raw.get("sequence")
    if sequence is not None and (type(sequence) is not int or not 0 <= sequence <= _LARGEST_SEQUENCE):
        raise Unreadable("wrong_type", "sequence is not a whole number from 0 up")
    return Tick(
        instrument=instrument,
        price=check_price(raw.get("price")),
        volume=check_volume(raw.get("volume")),
        traded_at=parse_time(raw.get("traded_at"), now),
        sequence=sequence,
        conditions=parse_conditions(raw.get("conditions")),
        currency=parse_currency(raw.get("currency")),
    )


def parse_conditions(raw: object) -> tuple[str, ...]:
    """Conditions of a trade: None, a list of words, or one text of words between blanks or commas. Raises Unreadable.

    >>> parse_conditions("odd_lot, late_report")
    ('odd_lot', 'late_report')
    """
    if raw is None:
        return ()
    words = split_conditions(raw) if isinstance(raw, str) else raw
    if not isinstance(words, list) or len(words) > MOST_CONDITIONS:
        raise Unreadable("wrong_type", f"conditions is not a list of at most {MOST_CONDITIONS} words")
    for word in words:
        if not isinstance(word, str) or not 0 < len(word) <= LONGEST_LABEL:
            raise Unreadable("wrong_type", "a condition is not a word")
    return tuple(words)


def split_conditions(text: str) -> list[str]:
    """The words of a text; a text that is too long for them stays one word, which is then refused."""
    return text.replace(",", " ").split() if len(text) <= LONGEST_CONDITIONS else [text]


def parse_currency(raw: object) -> str | None:
    """A currency as the feed writes it; empty text is none. Raises Unreadable."""
    if raw is None or raw == "":
        return None
    if not isinstance(raw, str) or len(raw) > LONGEST_LABEL:
        raise Unreadable("wrong_type", "currency is not a name")
    return raw


def check_price(raw: object) -> float:
    """A price within (0, 1e7). Raises Unreadable."""
    price = _number(raw, "price", PRICE_LIMIT)
    if price <= 0.0:
        raise Unreadable("not_positive", f"price {price!r}")
    return price


def check_volume(raw: object) -> float:
    """A volume within [0, 1e15). Raises Unreadable."""
    volume = _number(raw, "volume", VOLUME_LIMIT)
    if volume < 0.0:
        raise Unreadable("not_positive", f"volume {volume!r}")
    return volume


def parse_time(raw: object, now: datetime) -> datetime:
    """UTC time of a trade: ISO 8601 text with a zone, a zoned datetime, or a number since 1970.

    The unit of a number follows from its size: below 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds,
    else nanoseconds; a plausible time fits only one of them. Raises Unreadable.
    """
    if isinstance(raw, str):
        at = _iso_time(raw)
    elif isinstance(raw, datetime):
        at = raw
    elif type(raw) is int or type(raw) is float:
        at = _epoch_time(raw)
    else:
        raise Unreadable("wrong_type", f"traded_at is {type(raw).__name__}")
    if at.tzinfo is None:
        raise Unreadable("naive_time", "traded_at has no zone")
    if at > now + FUTURE_TOLERANCE:
        raise Unreadable("future_time", "traded_at is more than two minutes ahead")
    if at < OLDEST:
        raise Unreadable("ancient_time", f"traded_at is before {OLDEST.year}")
    return at.astimezone(UTC)


def _number(raw: object, name: str, limit: float) -> float:
    if type(raw) is not float and type(raw) is not int:
        raise Unreadable("wrong_type", f"{name} is {type(raw).__name__}")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise Unreadable("not_finite", name)
    if raw >= limit:
        raise Unreadable("absurd", f"{name} is {limit:g} or more")
    return float(max(raw, -limit))


def _iso_time(text: str) -> datetime:
    if not text.isascii() or text.isdigit():
        raise Unreadable("wrong_type", "traded_at is not ISO 8601")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable("wrong_type", "traded_at is not ISO 8601") from None


def _epoch_time(number: float) -> datetime:
    if isinstance(number, float) and not math.isfinite(number):
        raise Unreadable("not_finite", "traded_at")
    if number >= 1e20:
        raise Unreadable("future_time", "traded_at")
    if number < 0:
        raise Unreadable("ancient_time", "traded_at is before 1970")
    return _EPOCH + _to_micros(number) * _MICROSECOND


def _to_micros(number: float) -> int:
    if number < 1e11:
        return round(number * 1_000_000)
    if number < 1e14:
        return round(number * 1_000)
    if number < 1e17:
        return round(number)
    return int(number) // 1_000
