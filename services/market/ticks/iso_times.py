"""Many ISO 8601 times at once: the shapes that feeds send, by arithmetic on their digits.

Days since 1970 by counting from 1 March (E. G. Richards, Calendars, in Explanatory Supplement to the Astronomical
Almanac, 2013, in the form of H. Hinnant, days_from_civil).
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Digits = NDArray[np.int64]
Bytes = NDArray[np.uint8]
_ZERO = ord("0")
_SECONDS = 19
"""Characters of ``2023-07-13T14:00:00``."""
_MARKS = ((4, "-"), (7, "-"), (13, ":"), (16, ":"))
_LONGEST = _SECONDS + len(".123456789+08:00")
_MINUTE = len("2023-07-13T14:00:")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZONE = re.compile(r"Z|[+-]\d\d:\d\d", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)
_NUMBERS = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)
"""Where the fourteen digits of date and time stand."""
_YEAR, _PAIR = np.array([1000, 100, 10, 1]), np.array([10, 1])


def read_times(texts: list[str]) -> NDArray[np.int64] | None:
    """Microseconds since 1970 UTC of zoned times such as 2023-07-13T14:00:00.25+08:00, finer digits cut off.

    None when one of them is not of that shape or no valid time: then each needs a look of its own.
    """
    lengths = set(map(len, texts))
    if len(lengths) == 1:
        return _read_equal("".join(texts), lengths.pop())
    micros = np.empty(len(texts), dtype=np.int64)
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for length, group in groupby(order, key=lambda index: len(texts[index])):
        places = list(group)
        part = _read_equal("".join(texts[place] for place in places), length)
        if part is None:
            return None
        micros[places] = part
    return micros


def _read_equal(joined: str, length: int) -> NDArray[np.int64] | None:
    if not _SECONDS < length <= _LONGEST or not joined.isascii():
        return None
    # Characters by rows: each row of the array is one place of all texts.
    places = np.frombuffer(joined.encode(), dtype=np.uint8).reshape(-1, length).T
    zone_at = length - (1 if joined[length - 1] == "Z" else 6)
    if (places[:_MINUTE] == places[:_MINUTE, :1]).all() and (places[zone_at:] == places[zone_at:, :1]).all():
        return _read_within_minute(places, joined[:_MINUTE], joined[zone_at:length])
    offset = _zone_minutes(places[zone_at:])
    fraction = _fraction_micros(places[_SECONDS:zone_at])
    if offset is None or fraction is None or not _has_marks(places):
        return None
    seconds = _read_seconds(places)
    if seconds is None:
        return None
    micros: Digits = (seconds - offset * 60) * 1_000_000 + fraction
    return micros


def _read_within_minute(places: Bytes, minute: str, zone: str) -> NDArray[np.int64] | None:
    """Times of one minute and one zone, as a quick feed sends them: only the seconds differ."""
    if minute[10] not in "T " or any(minute[at] != mark for at, mark in _MARKS) or not _ZONE.fullmatch(zone):
        return None
    start = None
    with suppress(ValueError):
        start = datetime.fromisoformat(f"{minute}00{zone}")
    tens, ones = places[_MINUTE] - np.uint8(_ZERO), places[_MINUTE + 1] - np.uint8(_ZERO)
    fraction = _fraction_micros(places[_SECONDS : places.shape[0] - len(zone)])
    if start is None or fraction is None or (tens > 5).any() or (ones > 9).any():
        return None
    seconds: Digits = (tens * np.uint8(10) + ones).astype(np.int64)
    return seconds * 1_000_000 + ((start - _EPOCH) // _MICROSECOND + fraction)


def _has_marks(places: Bytes) -> bool:
    between = places[10]
    return all((places[at] == ord(mark)).all() for at, mark in _MARKS) and bool(
        ((between == ord("T")) | (between == ord(" "))).all()
    )


def _read_seconds(places: Bytes) -> Digits | None:
    """Seconds since 1970 as if in UTC."""
    digits = places[list(_NUMBERS)] - np.uint8(_ZERO)
    if (digits > 9).any():
        return None
    year = _YEAR @ digits[:4].astype(np.int64)
    month, day, hour, minute, second = (_PAIR @ digits[at : at + 2].astype(np.int64) for at in range(4, 14, 2))
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = 30 + ((month + month // 8) & 1) - (month == 2) * (2 - is_leap)
    is_time = (hour < 24) & (minute < 60) & (second < 60)
    if not (is_time & (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= longest)).all():
        return None
    seconds: Digits = ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    return seconds


def _days(year: Digits, month: Digits, day: Digits) -> Digits:
    from_march = year - (month <= 2)
    era = from_march // 400
    of_era = from_march - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days: Digits = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return days


def _zone_minutes(zone: Bytes) -> Digits | int | None:
    """Minutes east of Greenwich; ``zone`` is ``Z`` or ``+08:00``, by rows."""
    if len(zone) == 1:
        return 0 if (zone[0] == ord("Z")).all() else None
    sign, mark = zone[0], zone[3]
    digits = zone[[1, 2, 4, 5]] - np.uint8(_ZERO)
    is_east, is_west = sign == ord("+"), sign == ord("-")
    if not ((is_east | is_west) & (mark == ord(":"))).all() or (digits > 9).any():
        return None
    hours, minutes = (_PAIR @ digits[at : at + 2].astype(np.int64) for at in (0, 2))
    if (hours > 23).any() or (minutes > 59).any():
        return None
    east: Digits = np.where(is_east, 1, -1) * (hours * 60 + minutes)
    return east


def _fraction_micros(fraction: Bytes) -> Digits | int | None:
    """Microseconds of ``.250``, by rows; nothing is 0."""
    if not len(fraction):
        return 0
    digits = fraction[1:7] - np.uint8(_ZERO)
    rest = fraction[7:] - np.uint8(_ZERO)
    if len(fraction) < 2 or (fraction[0] != ord(".")).any() or (digits > 9).any() or (rest > 9).any():
        return None
    # Whole numbers below 1e6 are exact as floating point, and that product is quick.
    micros: Digits = (10.0 ** np.arange(5, 5 - len(digits), -1) @ digits.astype(np.float64)).astype(np.int64)
    return micros
