"""Many records of one JSON tick each, read as one text: a record alone costs more than what it says.

The values are joined to one JSON list. That is safe only if each value is exactly one object, or the end of one broken
value and the beginning of the next could pass for ticks. So the values may hold no line break, each must begin with the
only "{" that it has and end with "}", and the list must come out with as many objects as there are values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from services.market.ticks.tick_columns import TickColumns
from streams.ticks.tick_arrays import code_instruments, pack_floats, read_plain_micros, read_plain_sequence, read_words

LONGEST_ROW = 512
"""Bytes; a longer value is no plain tick."""
_OPENING, _CLOSING, _LINE = b"{}\n"


class PlainTick(msgspec.Struct, gc=False):
    """A tick whose values have the expected types; nothing is checked beyond that."""

    instrument: str
    price: float
    volume: float
    traded_at: int | float | str
    sequence: int | None = None
    conditions: list[str] | str | None = None
    currency: str | None = None


_DECODER = msgspec.json.Decoder(list[PlainTick])


def read_rows(values: Sequence[bytes], knows: Callable[[str], bool]) -> TickColumns | None:
    """The ticks of all values as arrays; None when one of them needs the reader that looks at each."""
    joined = b",\n".join(values)
    if not _is_one_object_each(joined, len(values)):
        return None
    try:
        ticks = _DECODER.decode(b"[%b]" % joined)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    names = [tick.instrument for tick in ticks]
    if len(ticks) != len(values):
        return None
    micros = read_plain_micros([tick.traded_at for tick in ticks])
    sequence = read_plain_sequence([tick.sequence for tick in ticks])
    words = read_words(
        _unless_none([tick.conditions for tick in ticks]), _unless_none([tick.currency for tick in ticks])
    )
    if micros is None or sequence is None or words is None:
        return None
    price = pack_floats([tick.price for tick in ticks])
    volume = pack_floats([tick.volume for tick in ticks])
    code, known = code_instruments(names, knows)
    return TickColumns(known, code, price, volume, micros, sequence, *words)


def _unless_none(values: list[object]) -> list[object] | None:
    return values if values.count(None) < len(values) else None


def _is_one_object_each(joined: bytes, count: int) -> bool:
    text = np.frombuffer(joined, dtype=np.uint8)
    lines = np.flatnonzero(text == _LINE)
    if len(lines) != count - 1 or len(text) < 2 or text[0] != _OPENING or text[-1] != _CLOSING:
        return False
    if np.count_nonzero(text == _OPENING) != count:
        return False
    # The text ends with "}", so there is a byte behind each line break; and before it stands the comma.
    return bool((text[lines - 2] == _CLOSING).all() and (text[lines + 1] == _OPENING).all())
