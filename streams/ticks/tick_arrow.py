"""Arrow frames of ``market.ticks``: an Arrow IPC stream of record batches, read as columns without copying.

Columns by name, in any order; others are passed over:

instrument   utf8, or a dictionary of utf8
price        any float or whole number
volume       the same
traded_at    timestamp with a zone in s, ms, us or ns; or whole numbers since 1970, unit by size as in JSON
sequence     whole numbers, may be null or left out
conditions   utf8 or list of utf8, may be null or left out
currency     utf8 or a dictionary of utf8, may be null or left out

pyarrow is imported with the first frame: a feed of JSON does not pay for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.errors import Unreadable
from services.market.ticks.tick_columns import MALFORMED, NAIVE, NO_SEQUENCE, TickColumns
from streams.ticks.arrow_envelope import check_envelope
from streams.ticks.arrow_words import read_conditions, read_currencies, read_numbers, read_texts
from streams.ticks.tick_arrays import code_instruments, scale_times
from streams.ticks.tick_formats import check_size

REQUIRED = ("instrument", "price", "volume", "traded_at")
OPTIONAL = ("sequence", "conditions", "currency")
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_LARGEST = 2**63 - 1
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def read_arrow(data: bytes | None, knows: Callable[[str], bool]) -> TickColumns:
    """All ticks of a frame; single bad ones are marked by their codes (see TickColumns).

    ``knows``: whether an instrument is kept. Raises Unreadable for the frame as a whole.
    """
    import pyarrow as pa  # noqa: PLC0415 - see above

    data = check_size(data)
    check_envelope(data)
    try:
        stream = _open(pa, data)
        return make_ticks(_join_batches(pa, stream.schema, _read_batches(stream)), knows)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise Unreadable("bad_frame", " ".join(str(error).split())[:200]) from None


def read_arrow_frames(frames: Sequence[bytes], knows: Callable[[str], bool]) -> TickColumns | None:
    """The ticks of several frames of one schema in their order; None when one of them needs a look of its own."""
    import pyarrow as pa  # noqa: PLC0415 - see above

    schema, batches = None, []
    try:
        for data in frames:
            check_envelope(check_size(data))
            stream = _open(pa, data)
            schema = schema or stream.schema
            if not stream.schema.equals(schema):
                return None
            batches += _read_batches(stream)
        return make_ticks(_join_batches(pa, schema, batches), knows)
    except (Unreadable, pa.ArrowException, OSError, ValueError, MemoryError):
        return None


def _open(pa: Any, data: bytes) -> Any:
    """A stream of the columns that count; the others are never unpacked."""
    stream = pa.ipc.open_stream(data)
    names = list(stream.schema.names)
    for name in REQUIRED:
        if name not in names:
            raise Unreadable("missing_field", f"column {name!r} is missing")
    wanted = [place for place, name in enumerate(names) if name in REQUIRED or name in OPTIONAL]
    if len({names[place] for place in wanted}) < len(wanted):
        raise Unreadable("bad_frame", "a column stands there twice")
    if len(wanted) == len(names):
        return stream
    return pa.ipc.open_stream(data, options=pa.ipc.IpcReadOptions(included_fields=wanted))


def _read_batches(stream: Any) -> list[Any]:
    batches = list(stream)
    for batch in batches:
        # Offsets and codes may point anywhere until this has looked at them.
        batch.validate(full=True)
    return batches


def _join_batches(pa: Any, schema: Any, batches: list[Any]) -> dict[str, Any]:
    """One array per column, whatever the number of batches."""
    if len(batches) == 1:
        return dict(zip(schema.names, batches[0].columns, strict=True))
    arrays = [
        pa.chunked_array([batch.column(place) for batch in batches], type=schema.field(place).type)
        for place in range(len(schema.names))
    ]
    return {
        name: pa.concat_arrays(array.unify_dictionaries().chunks) if batches else pa.array([], type=array.type)
        for name, array in zip(schema.names, arrays, strict=True)
    }


def make_ticks(columns: dict[str, Any], knows: Callable[[str], bool]) -> TickColumns:
    """Ticks from checked Arrow arrays by name, as ``read_arrow``. Raises Unreadable for a column of a wrong type."""
    code, instruments = _read_instruments(columns["instrument"], knows)
    micros, is_naive = _read_times(columns["traded_at"])
    sequence = _read_sequence(columns.get("sequence"), len(code))
    conditions, malformed = read_conditions(columns.get("conditions"))
    currency, is_odd = read_currencies(columns.get("currency"))
    if is_naive:
        code = np.where(code < 0, code, NAIVE)
    odd = [malformed, is_odd, sequence < NO_SEQUENCE, *(_nulls(columns[name]) for name in REQUIRED)]
    for flags in odd:
        if flags is not None and flags.any():
            code = np.where(flags, MALFORMED, code)
    price, volume = _read_floats("price", columns["price"]), _read_floats("volume", columns["volume"])
    return TickColumns(instruments, code, price, volume, micros, sequence, conditions, currency)


def _read_instruments(column: Any, knows: Callable[[str], bool]) -> tuple[Integers, tuple[str, ...]]:
    names, index = read_texts("instrument", column)
    code, known = code_instruments(names, knows)
    # The last entry stands for null.
    return np.append(code, MALFORMED)[index], known


def _read_floats(name: str, column: Any) -> NDArray[np.float64]:
    return _plain_numbers(name, column).astype(np.float64, copy=False)


def _read_times(column: Any) -> tuple[Integers, bool]:
    """(microseconds since 1970 UTC, whether the times have no zone)."""
    import pyarrow as pa  # noqa: PLC0415

    if not pa.types.is_timestamp(column.type):
        return scale_times(np.maximum(_whole_numbers("traded_at", column), -1)), False
    per_second = _PER_SECOND[column.type.unit]
    values = _whole_numbers("traded_at", column.view(pa.int64()))
    if per_second > 1_000_000:
        return values // (per_second // 1_000_000), column.type.tz is None
    if per_second == 1_000_000:
        return values, column.type.tz is None
    factor = 1_000_000 // per_second
    limit = _LARGEST // factor
    return np.clip(values, -limit, limit) * factor, column.type.tz is None


def _read_sequence(column: Any, count: int) -> Integers:
    """Negative numbers as MALFORMED, below NO_SEQUENCE."""
    if column is None or column.null_count == count:
        return np.full(count, NO_SEQUENCE, dtype=np.int64)
    sequence = _whole_numbers("sequence", column)
    if sequence.min(initial=0) < 0:
        sequence = np.where(sequence < 0, MALFORMED, sequence)
    nulls = _nulls(column)
    return sequence if nulls is None else np.where(nulls, NO_SEQUENCE, sequence)


def _whole_numbers(name: str, column: Any) -> Integers:
    """Numbers too large for 63 bits as the largest one, nulls as 0."""
    values = _plain_numbers(name, column.fill_null(0) if column.null_count else column)
    if values.dtype.kind not in "iu":
        raise Unreadable("bad_frame", f"column {name!r} holds {column.type}, expected whole numbers")
    return (np.minimum(values, _LARGEST) if values.dtype == np.uint64 else values).astype(np.int64, copy=False)


def _plain_numbers(name: str, column: Any) -> NDArray[Any]:
    """Numbers as they lie in the frame; nulls among them are not a number, and marked elsewhere."""
    import pyarrow as pa  # noqa: PLC0415

    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise Unreadable("bad_frame", f"column {name!r} holds {column.type}, expected numbers")
    return read_numbers(column)


def _nulls(column: Any) -> Flags | None:
    if not column.null_count:
        return None
    flags: Flags = column.is_null().to_numpy(zero_copy_only=False)
    return flags
