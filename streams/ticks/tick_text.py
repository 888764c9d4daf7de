"""Ticks of a CSV file: texts that stand for numbers, by columns where all are plain, else one by one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from services.market.ticks.tick_columns import NO_SEQUENCE, TickColumns
from streams.ticks.tick_arrays import code_instruments, read_plain_micros, read_plain_sequence, read_words

_TEXTS = ("instrument", "conditions", "currency")


def columns_of_texts(texts: dict[str, list[str]], knows: Callable[[str], bool]) -> TickColumns | None:
    """n rows as arrays; None when a value is not plain, such as an empty price or a number with an underscore."""
    price, volume = _read_floats(texts["price"]), _read_floats(texts["volume"])
    micros, sequence = _read_times(texts["traded_at"]), _read_sequence(texts.get("sequence"), len(texts["price"]))
    currency = texts.get("currency")
    words = read_words(texts.get("conditions"), None if currency is None else [text.strip() for text in currency])
    if price is None or volume is None or micros is None or sequence is None or words is None:
        return None
    code, known = code_instruments([name.strip() for name in texts["instrument"]], knows)
    return TickColumns(known, code, price, volume, micros, sequence, *words)


def raw_value(name: str, text: str) -> object:
    """A number where the text is one; a time may be a number too. Anything else stays text, and is refused as such."""
    text = text.strip()
    if name in _TEXTS or "_" in text:
        return text
    if name == "sequence" and not text:
        return None
    with suppress(ValueError):
        return int(text) if text.isascii() and text.isdigit() else float(text)
    return text


def _are_plain(texts: list[str]) -> bool:
    """Python reads more as numbers than a file should hold."""
    joined = "".join(texts)
    return joined.isascii() and "_" not in joined


def _read_floats(texts: list[str]) -> NDArray[np.float64] | None:
    if not _are_plain(texts):
        return None
    with suppress(ValueError):
        return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
    return None


def _read_times(texts: list[str]) -> NDArray[np.int64] | None:
    if not _are_plain(texts):
        return None
    if not texts[0].strip().isdigit():
        return read_plain_micros([text.strip() for text in texts]) if ":" in texts[0] else None
    with suppress(ValueError):
        return read_plain_micros(list(map(int, texts)))
    return None


def _read_sequence(texts: list[str] | None, count: int) -> NDArray[np.int64] | None:
    if texts is None:
        return np.full(count, NO_SEQUENCE, dtype=np.int64)
    if not _are_plain(texts):
        return None
    with suppress(ValueError):
        return read_plain_sequence([int(text) if text.strip() else None for text in texts])
    return None
