"""What producers put on ``market.ticks``: one JSON tick, a list of them, or columns; told apart by their shape.

{"instrument": "0700.HK", "price": 349.8, "volume": 1200, "traded_at": "2023-07-13T14:00:00.250+08:00"}
[{...}, {...}]
{"instrument": ["0700.HK", ...], "price": [349.8, ...], "volume": [...], "traded_at": [...], "sequence": [...]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from services.errors import Unreadable

MAX_TICKS = 50_000
_COLUMNS = ("instrument", "price", "volume", "traded_at")


def read_raw_ticks(data: bytes | None) -> Iterator[Mapping[str, Any]]:
    """Raw values of each tick of a record, not yet validated; raises Unreadable for the record as a whole."""
    if not data:
        raise Unreadable("empty", "the record has no value")
    try:
        value = msgspec.json.decode(data)
    except RecursionError:
        raise Unreadable("too_deep", "nested deeper than the reader goes") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not_json", str(error)) from None
    if isinstance(value, list):
        return iter(_check_rows(value))
    if not isinstance(value, dict):
        raise Unreadable("wrong_type", f"expected a tick, a list of ticks or columns, got {type(value).__name__}")
    if isinstance(value.get("instrument"), list):
        return _zip_columns(value)
    return iter((value,))


def _check_rows(rows: list[Any]) -> list[Mapping[str, Any]]:
    if len(rows) > MAX_TICKS:
        raise Unreadable("too_large", f"{len(rows)} ticks in one record, at most {MAX_TICKS}")
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable("wrong_type", "a list of ticks may hold objects only")
    return rows


def _zip_columns(columns: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    names = [*_COLUMNS, *(("sequence",) if "sequence" in columns else ())]
    missing = [name for name in names if not isinstance(columns.get(name), list)]
    if missing:
        raise Unreadable("missing_field", f"column {missing[0]!r} is missing or not a list")
    lengths = {len(columns[name]) for name in names}
    if len(lengths) > 1 or max(lengths) > MAX_TICKS:
        raise Unreadable("wrong_type", f"columns must have one length of at most {MAX_TICKS}, got {sorted(lengths)}")
    return (dict(zip(names, row, strict=True)) for row in zip(*(columns[name] for name in names), strict=True))
