"""Lists of raw values as arrays, as long as every value is plain; None sends them to the reader that looks at each."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from services.errors import Unreadable
from services.market.ticks.iso_times import read_times
from services.market.ticks.tick_columns import MALFORMED, NO_SEQUENCE, UNKNOWN, micros_of
from services.market.ticks.tick_labels import Labels, label_ticks
from services.market.ticks.ticks import parse_conditions, parse_currency

_EXACT = 2**53
"""Whole numbers below it survive as floating point."""
FEW = 64
"""Fewer texts of times are quicker one by one than digit by digit."""
N = TypeVar("N", np.int64, np.float64)
Words = tuple[Labels | None, Labels | None]
"""Conditions and currencies."""


class InstrumentCodes(dict[str, int]):
    """Codes of the known instruments, given as they come and kept; called, whether a name is known.

    Names that nobody knows are UNKNOWN and not kept: a feed with endless symbols would fill the memory with them.
    """

    def __init__(self, knows: Callable[[str], bool]) -> None:
        super().__init__({"": MALFORMED})
        self._knows = knows
        self._names: tuple[str, ...] = ()

    def __missing__(self, name: str) -> int:
        if not self._knows(name):
            return UNKNOWN
        code = self[name] = len(self) - 1
        return code

    def __call__(self, name: str) -> bool:
        return self[name] >= 0

    @property
    def names(self) -> tuple[str, ...]:
        """The known names that the codes index; the same object until there is a new one."""
        if len(self._names) < len(self) - 1:
            self._names = tuple(self)[1:]
        return self._names


def code_instruments(names: Sequence[str], knows: Callable[[str], bool]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """(code of each name, the known names that the codes index); an empty name is MALFORMED.

    With InstrumentCodes for ``knows`` codes last from frame to frame, and a name is looked up once.
    """
    codes = knows if isinstance(knows, InstrumentCodes) else InstrumentCodes(knows)
    code = np.fromiter(map(codes.__getitem__, names), dtype=np.int64, count=len(names))
    return code, codes.names


def read_floats(values: list[Any]) -> NDArray[np.float64] | None:
    """Numbers, but not text and not booleans."""
    return _as_array(values, np.float64) if set(map(type, values)) <= {int, float} else None


def read_sequence(values: list[Any] | None, count: int) -> NDArray[np.int64] | None:
    """Whole numbers from 0 up; NO_SEQUENCE where there is none."""
    if values is None:
        return np.full(count, NO_SEQUENCE, dtype=np.int64)
    kinds = set(map(type, values))
    if not kinds <= {int, type(None)}:
        return None
    if type(None) not in kinds:
        return read_plain_sequence(values)
    if any(value is not None and value < 0 for value in values):
        return None
    return _as_array([NO_SEQUENCE if value is None else value for value in values], np.int64)


def read_plain_sequence(values: list[Any]) -> NDArray[np.int64] | None:
    """The same for values that are known to be whole numbers or None."""
    whole = _pack_whole(values)
    if whole is not None:
        return whole
    try:
        sequence = np.fromiter(values, dtype=np.int64, count=len(values))
    except TypeError:
        return read_sequence(values, len(values))
    except OverflowError:
        return None
    return None if (sequence < 0).any() else sequence


def read_micros(values: list[Any]) -> NDArray[np.int64] | None:
    """Microseconds since 1970 by the rules of ``parse_time``; None when one value needs them spelt out."""
    return read_plain_micros(values) if set(map(type, values)) <= {int, float, str} else None


def read_plain_micros(values: list[int | float | str]) -> NDArray[np.int64] | None:
    """The same for values that are known to be numbers or texts."""
    if values and isinstance(values[0], str):
        return _read_texts(values)
    whole = _pack_whole(values)
    if whole is not None:
        return scale_times(whole)
    try:
        numbers = np.array(values)
    except (OverflowError, ValueError):
        return None
    if numbers.dtype == np.int64:
        return None if (numbers < 0).any() else scale_times(numbers)
    # A comparison with NaN is false, so NaN does not pass either.
    if numbers.dtype != np.float64 or not ((numbers >= 0) & (numbers < _EXACT)).all():
        return None
    micros: NDArray[np.int64] = np.rint(scale_times(numbers)).astype(np.int64)
    return micros


def pack_floats(values: Sequence[float]) -> NDArray[np.float64]:
    """Numbers as an array, in a third of the time that numpy takes for a list. Raises struct.error, OverflowError."""
    packed = np.empty(len(values))
    struct.pack_into(f"{len(values)}d", packed.data, 0, *values)
    return packed


def _pack_whole(values: Sequence[Any]) -> NDArray[np.int64] | None:
    """Whole numbers from 0 up that survive as floating point; None when there is anything else."""
    try:
        packed = pack_floats(values)
    except (struct.error, OverflowError):
        return None
    # A comparison with NaN is false, so NaN does not pass either.
    if not (packed.min(initial=0.0) >= 0.0 and packed.max(initial=0.0) < _EXACT):
        return None
    whole = packed.astype(np.int64)
    return whole if (whole == packed).all() else None


def read_words(conditions: list[Any] | None, currency: list[Any] | None) -> Words | None:
    """Labels of the columns conditions and currency; None when a value is neither missing nor words."""
    try:
        return (
            None if conditions is None else label_ticks(map(parse_conditions, conditions)),
            None if currency is None else _label_currencies(currency),
        )
    except Unreadable:
        return None


def scale_times(numbers: NDArray[N]) -> NDArray[N]:
    """Seconds, milliseconds, microseconds or nanoseconds, told apart by size, as microseconds."""
    if len(numbers):
        low, high = numbers.min(), numbers.max()
        if low >= 1e11 and high < 1e14:
            return numbers * 1_000
        if low >= 1e14 and high < 1e17:
            return numbers
    scaled: NDArray[N] = np.select(
        [numbers < 1e11, numbers < 1e14, numbers < 1e17],
        [numbers * 1_000_000, numbers * 1_000, numbers],
        default=numbers // 1_000,
    )
    return scaled


def _label_currencies(currency: list[Any]) -> Labels | None:
    return label_ticks(() if name is None else (name,) for name in map(parse_currency, currency))


def _read_texts(values: list[Any]) -> NDArray[np.int64] | None:
    try:
        if not "".join(values).isascii():
            return None
        micros = read_times(values) if len(values) >= FEW else None
        if micros is not None:
            return micros
        return np.array([micros_of(datetime.fromisoformat(value)) for value in values], dtype=np.int64)
    except (ValueError, TypeError, OverflowError):
        return None


def _as_array(values: list[Any], kind: type[N]) -> NDArray[N] | None:
    try:
        return np.fromiter(values, dtype=kind, count=len(values))
    except OverflowError:
        return None
