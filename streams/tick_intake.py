"""What producers put on ``market.ticks``: one JSON tick, a list of them, or columns; told apart by their shape.

{"instrument": "0700.HK", "price": 349.8, "volume": 1200, "traded_at": "2023-07-13T14:00:00.250+08:00"}
[{...}, {...}]
{"instrument": ["0700.HK", ...], "price": [349.8, ...], "volume": [...], "traded_at": [...], "sequence": [...]}

Many ticks become columns, which are checked at once. Whatever is not plain numbers and names goes row by row instead,
so that each odd tick gets its own reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from services.errors import Unreadable
from services.market.tick_columns import NO_SEQUENCE, TickColumns, micros_of

MAX_TICKS = 50_000
MAX_RECORD_BYTES = 8_000_000
"""Room for 50,000 ticks written as rows."""
FEWEST_COLUMNS = 16
"""Fewer ticks are quicker one by one than through arrays."""
UNKNOWN = -1
"""Code of an instrument that nobody knows: its name is not kept."""
_REQUIRED = ("instrument", "price", "volume", "traded_at")
_EXACT = 2**53
"""Whole numbers below it survive as floating point."""
Table = dict[str, list[Any]]
N = TypeVar("N", np.int64, np.float64)


def read_record(data: bytes | None) -> dict[str, Any]:
    """One raw tick, or a table of raw ticks (see ``is_table``). Raises Unreadable for the record as a whole."""
    if not data:
        raise Unreadable("empty", "the record has no value")
    if len(data) > MAX_RECORD_BYTES:
        raise Unreadable("too_large", f"{len(data)} bytes, at most {MAX_RECORD_BYTES} are read")
    try:
        value = msgspec.json.decode(data)
    except RecursionError:
        raise Unreadable("too_deep", "nested deeper than the reader goes") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not_json", str(error)) from None
    if isinstance(value, list):
        return _transpose(value)
    if not isinstance(value, dict):
        raise Unreadable("wrong_type", f"expected a tick, a list of ticks or columns, got {type(value).__name__}")
    return _check_columns(value) if is_table(value) else value


def is_table(value: Mapping[str, Any]) -> bool:
    """True for columns of one length each, False for a single tick."""
    return isinstance(value.get("instrument"), list)


def rows_of(table: Table) -> Iterator[dict[str, Any]]:
    """Raw values tick by tick."""
    return (dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True))


def columns_of_table(table: Table, knows: Callable[[str], bool]) -> TickColumns | None:
    """The table as arrays, instruments that ``knows`` refuses as UNKNOWN; None when it must be read row by row."""
    names = table["instrument"]
    if len(names) < FEWEST_COLUMNS or set(map(type, names)) != {str} or "" in names:
        return None
    code, known = _code_instruments(names, knows)
    price, volume = _read_floats(table["price"]), _read_floats(table["volume"])
    micros, sequence = _read_micros(table["traded_at"]), _read_sequence(table.get("sequence"), len(code))
    if price is None or volume is None or micros is None or sequence is None:
        return None
    return TickColumns(known, code, price, volume, micros, sequence)


def _transpose(rows: list[Any]) -> Table:
    if len(rows) > MAX_TICKS:
        raise Unreadable("too_large", f"{len(rows)} ticks in one record, at most {MAX_TICKS}")
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable("wrong_type", "a list of ticks may hold objects only")
    return {name: [row.get(name) for row in rows] for name in (*_REQUIRED, "sequence")}


def _check_columns(columns: Mapping[str, Any]) -> Table:
    names = [*_REQUIRED, *(("sequence",) if columns.get("sequence") is not None else ())]
    missing = [name for name in names if not isinstance(columns.get(name), list)]
    if missing:
        raise Unreadable("missing_field", f"column {missing[0]!r} is missing or not a list")
    lengths = {len(columns[name]) for name in names}
    if len(lengths) > 1:
        raise Unreadable("wrong_type", f"columns must have one length, got {sorted(lengths)}")
    if max(lengths) > MAX_TICKS:
        raise Unreadable("too_large", f"{max(lengths)} ticks in one record, at most {MAX_TICKS}")
    return {name: columns[name] for name in names}


def _code_instruments(names: list[str], knows: Callable[[str], bool]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    distinct = dict.fromkeys(names)
    known = tuple(name for name in distinct if knows(name))
    if len(distinct) == 1:
        return np.full(len(names), 0 if known else UNKNOWN, dtype=np.int64), known
    codes = dict.fromkeys(distinct, UNKNOWN) | {name: code for code, name in enumerate(known)}
    return np.array([codes[name] for name in names], dtype=np.int64), known


def _read_floats(values: list[Any]) -> NDArray[np.float64] | None:
    return _as_array(values, np.float64) if set(map(type, values)) <= {int, float} else None


def _read_sequence(values: list[Any] | None, count: int) -> NDArray[np.int64] | None:
    if values is None:
        return np.full(count, NO_SEQUENCE, dtype=np.int64)
    kinds = set(map(type, values))
    if not kinds <= {int, type(None)}:
        return None
    if type(None) not in kinds:
        sequence = _as_array(values, np.int64)
        return None if sequence is None or (sequence < 0).any() else sequence
    if any(value is not None and value < 0 for value in values):
        return None
    return _as_array([NO_SEQUENCE if value is None else value for value in values], np.int64)


def _read_micros(values: list[Any]) -> NDArray[np.int64] | None:
    """Microseconds since 1970 by the rules of ``parse_time``; None when one value needs them spelt out."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return _read_texts(values)
    if kinds == {int}:
        numbers = _as_array(values, np.int64)
        return None if numbers is None or (numbers < 0).any() else _scale(numbers)
    if not kinds <= {int, float}:
        return None
    fractions = _as_array(values, np.float64)
    # A comparison with NaN is false, so NaN does not pass either.
    if fractions is None or not ((fractions >= 0) & (fractions < _EXACT)).all():
        return None
    return np.rint(_scale(fractions)).astype(np.int64)


def _read_texts(values: list[str]) -> NDArray[np.int64] | None:
    if not "".join(values).isascii():
        return None
    try:
        return np.array([micros_of(datetime.fromisoformat(value)) for value in values], dtype=np.int64)
    except (ValueError, TypeError, OverflowError):
        return None


def _scale(numbers: NDArray[N]) -> NDArray[N]:
    """Seconds, milliseconds, microseconds or nanoseconds, told apart by size, as microseconds."""
    scaled: NDArray[N] = np.select(
        [numbers < 1e11, numbers < 1e14, numbers < 1e17],
        [numbers * 1_000_000, numbers * 1_000, numbers],
        default=numbers // 1_000,
    )
    return scaled


def _as_array(values: list[Any], kind: type[N]) -> NDArray[N] | None:
    try:
        return np.array(values, dtype=kind)
    except OverflowError:
        return None
