"""JSON columns whose values all have the expected types: decoded straight to them, without a look at each value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from services.market.ticks.tick_columns import NO_SEQUENCE, TickColumns
from streams.ticks.tick_arrays import (
    InstrumentCodes,
    code_instruments,
    pack_floats,
    read_plain_micros,
    read_plain_sequence,
    read_words,
)
from streams.ticks.tick_formats import MAX_RECORD_BYTES, MAX_TICKS


class PlainColumns(msgspec.Struct, gc=False):
    """Columns as a producer writes them."""

    instrument: list[str]
    price: list[float]
    volume: list[float]
    traded_at: list[int | float | str]
    sequence: list[int | None] | None = None
    conditions: list[list[str] | str | None] | None = None
    currency: list[str | None] | None = None


_DECODER = msgspec.json.Decoder(PlainColumns)


def read_plain(data: bytes, knows: Callable[[str], bool]) -> TickColumns | None:
    """The ticks of a frame; None when anything about it is odd, so that another reader finds out what."""
    try:
        columns = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not _has_one_length(columns):
        return None
    count = len(columns.instrument)
    micros = read_plain_micros(columns.traded_at)
    sequence = (
        np.full(count, NO_SEQUENCE, dtype=np.int64)
        if columns.sequence is None
        else read_plain_sequence(columns.sequence)
    )
    words = read_words(columns.conditions, columns.currency)
    if micros is None or sequence is None or words is None:
        return None
    code, known = code_instruments(columns.instrument, knows)
    price = pack_floats(columns.price)
    volume = pack_floats(columns.volume)
    return TickColumns(known, code, price, volume, micros, sequence, *words)


def read_plain_frames(frames: Sequence[bytes], codes: InstrumentCodes) -> TickColumns | None:
    """The ticks of several frames in their order; None when one of them needs a look of its own."""
    parts = []
    for data in frames:
        ticks = read_plain(data, codes) if len(data) <= MAX_RECORD_BYTES else None
        if ticks is None or ticks.conditions is not None or ticks.currency is not None:
            return None
        parts.append(ticks)
    return TickColumns(
        # Codes last from frame to frame, so the names of the last hold for all.
        codes.names,
        np.concatenate([part.code for part in parts]),
        np.concatenate([part.price for part in parts]),
        np.concatenate([part.volume for part in parts]),
        np.concatenate([part.micros for part in parts]),
        np.concatenate([part.sequence for part in parts]),
    )


def _has_one_length(columns: PlainColumns) -> bool:
    count = len(columns.instrument)
    others = (columns.price, columns.volume, columns.traded_at)
    optional = (columns.sequence, columns.conditions, columns.currency)
    return 0 < count <= MAX_TICKS and all(column is None or len(column) == count for column in (*others, *optional))
