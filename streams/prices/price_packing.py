"""How prices lie in Redis: the names of the keys, and rows of 18 or 24 bytes.

========== ====================================== ============================================== ===========
tier       key                                    one string per                                 bytes a row
========== ====================================== ============================================== ===========
seconds    ``prices:1s:{instrument}:{hour}``      instrument and hour, hours counted since 1970  18
minutes    ``prices:1m:{instrument}:{day}``       instrument and session that is over            18
days       ``prices:1d:{instrument}``             instrument                                     24
========== ====================================== ============================================== ===========

A row written twice stands twice, and the last one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from services.market.prices.price_window import PriceSeries

HOUR = 3_600
SECOND_ROW = np.dtype([("second", "<u2"), ("close", "<f8"), ("volume", "<f8")])
"""``second`` of the hour."""
MINUTE_ROW = np.dtype([("minute", "<u2"), ("close", "<f8"), ("volume", "<f8")])
"""``minute`` since the midnight (UTC) before the day of the session, so that every time zone's day fits."""
DAY_ROW = np.dtype([("settled", "<i8"), ("close", "<f8"), ("volume", "<f8")])
EVERY_TIER = "prices:1*"
TIER_OF_PREFIX = {"1s": "seconds", "1m": "minutes", "1d": "days"}


def seconds_key(instrument: str, hour: int) -> str:
    """Key of one hour of one-second bars."""
    return f"prices:1s:{instrument}:{hour}"


def minutes_key(instrument: str, day: date) -> str:
    """Key of one session of one-minute bars."""
    return f"prices:1m:{instrument}:{day}"


def days_key(instrument: str) -> str:
    """Key of the daily closes."""
    return f"prices:1d:{instrument}"


def read_key(key: str) -> tuple[str, str]:
    """(tier, instrument) of a key of the three tiers.

    >>> read_key("prices:1s:0700.HK:469213"), read_key("prices:1d:BTC-USD")
    (('seconds', '0700.HK'), ('days', 'BTC-USD'))
    """
    _, prefix, rest = key.split(":", 2)
    tier = TIER_OF_PREFIX[prefix]
    return tier, rest if tier == "days" else rest.rpartition(":")[0]


def pack_minutes(minutes: PriceSeries, day: date) -> bytes:
    """One session's minutes."""
    rows = np.empty(len(minutes), dtype=MINUTE_ROW)
    rows["minute"] = (minutes.second - _first_minute(day)) // 60
    rows["close"], rows["volume"] = minutes.close, minutes.volume
    return rows.tobytes()


def pack_closes(closes: PriceSeries) -> bytes:
    """Daily closes."""
    rows = np.empty(len(closes), dtype=DAY_ROW)
    rows["settled"], rows["close"], rows["volume"] = closes.second, closes.close, closes.volume
    return rows.tobytes()


def unpack_seconds(instrument: str, hours: Sequence[int], parts: Sequence[bytes | None]) -> PriceSeries:
    """One-second bars from the strings of some hours."""
    present = [(hour, part) for hour, part in zip(hours, parts, strict=True) if part]
    rows = _read([part for _, part in present], SECOND_ROW)
    counts = [len(part) // SECOND_ROW.itemsize for _, part in present]
    starts = np.repeat(np.array([hour * HOUR for hour, _ in present], dtype=np.int64), counts)
    return _series(instrument, starts + rows["second"], rows)


def unpack_minutes(instrument: str, days: Sequence[date], parts: Sequence[bytes | None]) -> PriceSeries:
    """One-minute bars from the strings of some sessions."""
    present = [(day, part) for day, part in zip(days, parts, strict=True) if part]
    rows = _read([part for _, part in present], MINUTE_ROW)
    counts = [len(part) // MINUTE_ROW.itemsize for _, part in present]
    starts = np.repeat(np.array([_first_minute(day) for day, _ in present], dtype=np.int64), counts)
    return _series(instrument, starts + rows["minute"].astype(np.int64) * 60 + 59, rows)


def unpack_closes(instrument: str, part: bytes | None) -> PriceSeries:
    """Daily closes."""
    rows = _read([part or b""], DAY_ROW)
    return _series(instrument, rows["settled"].astype(np.int64), rows)


def _read(parts: Sequence[bytes], row: np.dtype[np.void]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    # A string cut short by a fault of Redis ends in half a row.
    size = row.itemsize
    return np.frombuffer(b"".join(part[: len(part) - len(part) % size] for part in parts), dtype=row)


def _series(
    instrument: str, second: np.ndarray[tuple[int], np.dtype[np.int64]], rows: np.ndarray[tuple[int], np.dtype[np.void]]
) -> PriceSeries:
    close, volume = rows["close"].astype(float), rows["volume"].astype(float)
    series = PriceSeries(instrument, second, close, volume)
    if (np.diff(second) > 0).all():
        return series
    return PriceSeries.of_arrays(instrument, second, close, volume)


def _first_minute(day: date) -> int:
    return int((datetime.combine(day, time(), tzinfo=UTC) - timedelta(days=1)).timestamp())
