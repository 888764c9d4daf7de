"""What producers put on ``market.ticks`` as JSON: one tick, a list of them, or columns; ``tick_arrow`` reads the rest.

{"instrument": "0700.HK", "price": 349.8, "volume": 1200, "traded_at": "2023-07-13T14:00:00.250+08:00"}
[{...}, {...}]
{"instrument": ["0700.HK", ...], "price": [349.8, ...], "volume": [...], "traded_at": [...], "sequence": [...]}

Many ticks become columns, which are checked at once. Whatever is not plain numbers and names goes row by row instead,
so that each odd tick gets its own reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from services.errors import Unreadable
from services.market.ticks.tick_columns import UNKNOWN, TickColumns
from streams.ticks.tick_arrays import code_instruments, read_floats, read_micros, read_sequence, read_words
from streams.ticks.tick_formats import MAX_RECORD_BYTES, MAX_TICKS, TickFormat, check_size

__all__ = ["FEWEST_COLUMNS", "MAX_RECORD_BYTES", "MAX_TICKS", "UNKNOWN", "columns_of_table", "is_table", "read_record"]

FEWEST_COLUMNS = 16
"""Fewer ticks are quicker one by one than through arrays."""
_REQUIRED = ("instrument", "price", "volume", "traded_at")
_OPTIONAL = ("sequence", "conditions", "currency")
Table = dict[str, list[Any]]


def read_record(data: bytes | None, form: TickFormat | None = None) -> dict[str, Any]:
    """One raw tick, or a table of raw ticks (see ``is_table``). Raises Unreadable for the record as a whole.

    ``form``: what the record's header says, JSON or JSON_COLUMNS; None: told apart by shape.
    """
    data = check_size(data)
    try:
        value = msgspec.json.decode(data)
    except RecursionError:
        raise Unreadable("too_deep", "nested deeper than the reader goes") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not_json", str(error)) from None
    if isinstance(value, list) and form is not TickFormat.JSON_COLUMNS:
        return _transpose(value)
    if not isinstance(value, dict):
        raise Unreadable("wrong_type", f"expected a tick, a list of ticks or columns, got {type(value).__name__}")
    if form is not None and is_table(value) != (form is TickFormat.JSON_COLUMNS):
        raise Unreadable("wrong_type", f"this is not what the header {form.value} promises")
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
    if len(names) < FEWEST_COLUMNS or set(map(type, names)) != {str}:
        return None
    price, volume = read_floats(table["price"]), read_floats(table["volume"])
    micros, sequence = read_micros(table["traded_at"]), read_sequence(table.get("sequence"), len(names))
    words = read_words(table.get("conditions"), table.get("currency"))
    if price is None or volume is None or micros is None or sequence is None or words is None:
        return None
    code, known = code_instruments(names, knows)
    return TickColumns(known, code, price, volume, micros, sequence, *words)


def _transpose(rows: list[Any]) -> Table:
    if len(rows) > MAX_TICKS:
        raise Unreadable("too_large", f"{len(rows)} ticks in one record, at most {MAX_TICKS}")
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable("wrong_type", "a list of ticks may hold objects only")
    columns = {name: [row.get(name) for row in rows] for name in (*_REQUIRED, *_OPTIONAL)}
    return {name: values for name, values in columns.items() if name in _REQUIRED or values.count(None) < len(values)}


def _check_columns(columns: Mapping[str, Any]) -> Table:
    names = [*_REQUIRED, *(name for name in _OPTIONAL if columns.get(name) is not None)]
    missing = [name for name in names if not isinstance(columns.get(name), list)]
    if missing:
        raise Unreadable("missing_field", f"column {missing[0]!r} is missing or not a list")
    lengths = {len(columns[name]) for name in names}
    if len(lengths) > 1:
        raise Unreadable("wrong_type", f"columns must have one length, got {sorted(lengths)}")
    if max(lengths) > MAX_TICKS:
        raise Unreadable("too_large", f"{max(lengths)} ticks in one record, at most {MAX_TICKS}")
    return {name: columns[name] for name in names}
