"""Columns of words in Arrow frames: instruments, currencies and trade conditions, each distinct word read once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.errors import Unreadable
from services.market.ticks.tick_labels import Labels
from services.market.ticks.ticks import LONGEST_LABEL, MOST_CONDITIONS, split_conditions

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


_DTYPES: dict[str, np.dtype[Any]] = {
    **{f"{sign}int{bits}": np.dtype(f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{"halffloat": np.dtype("float16"), "float": np.dtype("float32"), "double": np.dtype("float64")},
}


def read_numbers(column: Any) -> NDArray[Any]:
    """Whole or real numbers as they lie in the frame, nulls as anything.

    ``to_numpy`` would import pandas with the first frame: a tenth of a second, and 50 MB that nobody needs.
    """
    held = column.buffers()[1]
    dtype = _DTYPES[str(column.type)]
    if held is None or not len(column):
        return np.zeros(len(column), dtype=dtype)
    return np.frombuffer(held, dtype=dtype, count=len(column), offset=column.offset * dtype.itemsize)


def read_texts(name: str, column: Any) -> tuple[list[str], Integers]:
    """(distinct texts, index of each row's text, -1 for null). Raises Unreadable when the column holds no texts."""
    import pyarrow as pa  # noqa: PLC0415 - imported with the first frame

    kind = column.type
    is_dictionary = pa.types.is_dictionary(kind)
    held = kind.value_type if is_dictionary else kind
    if not (pa.types.is_string(held) or pa.types.is_large_string(held)):
        raise Unreadable("bad_frame", f"column {name!r} holds {kind}, expected texts")
    coded = column if is_dictionary else column.dictionary_encode()
    indices = coded.indices
    if indices.null_count:
        indices = indices.cast(pa.int64()).fill_null(-1)
    index = read_numbers(indices).astype(np.int64, copy=False)
    texts = coded.dictionary.to_pylist()
    if coded.dictionary.null_count:
        # A null may hide in the dictionary as well as among the indices.
        missing = np.array([text is None for text in texts], dtype=np.bool_)
        index = np.where(np.append(missing, True)[index], -1, index)
        texts = [text or "" for text in texts]
    return texts, index


def read_conditions(column: Any) -> tuple[Labels | None, Flags | None]:
    """(words on the ticks, which ticks hold something that is no word).

    A list holds words; a text holds words between blanks and commas.
    """
    import pyarrow as pa  # noqa: PLC0415

    if column is None or column.null_count == len(column):
        return None, None
    if not (pa.types.is_list(column.type) or pa.types.is_large_list(column.type)):
        texts, index = read_texts("conditions", column)
        return _spread([split_conditions(text) for text in texts], index)
    texts, index = read_texts("conditions", column.flatten())
    is_empty = np.array([not text for text in texts] + [True], dtype=np.bool_)[index]
    return _label(texts, index, _rows_of_lists(column), is_empty, len(column))


def read_currencies(column: Any) -> tuple[Labels | None, Flags | None]:
    """The same for a column of one word each; empty text is none."""
    if column is None or column.null_count == len(column):
        return None, None
    texts, index = read_texts("currency", column)
    return _spread([[text] if text else [] for text in texts], index)


def _rows_of_lists(column: Any) -> Integers:
    lengths = column.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    return np.repeat(np.arange(len(column), dtype=np.int64), lengths)


def _spread(words: list[list[str]], index: Integers) -> tuple[Labels | None, Flags | None]:
    """Labels of rows whose texts are given by index into lists of words."""
    names = list(dict.fromkeys(word for of_text in words for word in of_text))
    codes = {name: code for code, name in enumerate(names)}
    flat = np.array([codes[word] for of_text in words for word in of_text], dtype=np.int64)
    counts = np.array([*map(len, words), 0], dtype=np.int64)
    starts = np.cumsum(np.append(0, counts))[:-1]
    of_row = counts[index]
    if of_row.max(initial=0) > MOST_CONDITIONS:
        # Before anything is spread out: one long text may stand on every tick.
        too_many = of_row > MOST_CONDITIONS
        labels, odd = _spread(words, np.where(too_many, -1, index))
        return labels, too_many if odd is None else odd | too_many
    row = np.repeat(np.arange(len(index), dtype=np.int64), of_row)
    within = np.arange(len(row)) - np.repeat(np.cumsum(of_row) - of_row, of_row)
    code = flat[np.repeat(starts[index], of_row) + within]
    return _label(names, code, row, np.zeros(len(row), dtype=np.bool_), len(index))


def _label(
    names: list[str], code: Integers, row: Integers, empty: Flags, count: int
) -> tuple[Labels | None, Flags | None]:
    """Labels, and the ticks with a word that is empty or too long, or with too many words."""
    if not len(row):
        return None, None
    too_long = np.array([len(name) > LONGEST_LABEL for name in names] + [True], dtype=np.bool_)
    odd = np.bincount(row, minlength=count) > MOST_CONDITIONS
    odd[row[too_long[code] | empty]] = True
    kept = ~odd[row]
    return Labels(tuple(names), code[kept], row[kept]), odd
