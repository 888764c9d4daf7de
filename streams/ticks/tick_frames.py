"""Ticks as the records that ``market.ticks`` takes: the writing side of ``tick_intake`` and ``tick_arrow``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from services.market.ticks.tick_columns import NO_SEQUENCE, TickColumns
from services.market.ticks.tick_labels import Labels
from streams.ticks.tick_formats import TickFormat

LARGEST_RECORD_BYTES = 900_000
"""Brokers refuse records over a mebibyte unless told otherwise."""


class Frame(NamedTuple):
    """The value of one record, how many ticks it holds, and its key: none where it holds several instruments."""

    value: bytes
    ticks: int
    key: str | None


def write_frames(columns: TickColumns, form: TickFormat) -> Iterator[Frame]:
    """As few records as hold these ticks in order; every code must name an instrument.

    A JSON record holds one tick, a frame as many as fit into 900 kB.
    """
    if form is TickFormat.JSON:
        yield from (Frame(msgspec.json.encode(row), 1, row["instrument"]) for row in rows_of_columns(columns))
        return
    value = write_arrow(columns) if form is TickFormat.ARROW else write_json_columns(columns)
    if len(value) <= LARGEST_RECORD_BYTES or len(columns) < 2:
        yield Frame(value, len(columns), None)
        return
    first = np.arange(len(columns)) < len(columns) // 2
    yield from write_frames(columns.where(first), form)
    yield from write_frames(columns.where(~first), form)


def write_json_columns(columns: TickColumns) -> bytes:
    """One JSON object of lists; times are microseconds since 1970."""
    return msgspec.json.encode(_lists(columns))


def rows_of_columns(columns: TickColumns) -> Iterator[dict[str, Any]]:
    """Raw ticks as in a JSON record, without what a tick does not say."""
    lists = _lists(columns)
    for values in zip(*lists.values(), strict=True):
        yield {name: value for name, value in zip(lists, values, strict=True) if value is not None and value != []}


def write_arrow(columns: TickColumns) -> bytes:
    """An Arrow IPC stream of one record batch."""
    import pyarrow as pa  # noqa: PLC0415 - a feed of JSON does not pay for it

    used, index = np.unique(columns.code, return_inverse=True)
    names = pa.array([columns.instruments[code] for code in used.tolist()], type=pa.utf8())
    arrays = {
        "instrument": pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), names),
        "price": pa.array(columns.price),
        "volume": pa.array(columns.volume),
        "traded_at": pa.array(columns.micros).cast(pa.timestamp("us", tz="UTC")),
    }
    if (columns.sequence != NO_SEQUENCE).any():
        arrays["sequence"] = pa.array(columns.sequence, mask=columns.sequence == NO_SEQUENCE)
    if columns.conditions is not None:
        arrays["conditions"] = pa.array(_words(columns.conditions, len(columns)), type=pa.list_(pa.utf8()))
    if columns.currency is not None:
        arrays["currency"] = pa.array(_first_words(columns.currency, len(columns)), type=pa.utf8()).dictionary_encode()
    batch = pa.RecordBatch.from_pydict(arrays)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    frame: bytes = sink.getvalue().to_pybytes()
    return frame


def _lists(columns: TickColumns) -> dict[str, list[Any]]:
    lists: dict[str, list[Any]] = {
        "instrument": [columns.instruments[code] for code in columns.code.tolist()],
        "price": columns.price.tolist(),
        "volume": columns.volume.tolist(),
        "traded_at": columns.micros.tolist(),
    }
    if (columns.sequence != NO_SEQUENCE).any():
        lists["sequence"] = _none_where(columns.sequence, NO_SEQUENCE)
    if columns.conditions is not None:
        lists["conditions"] = _words(columns.conditions, len(columns))
    if columns.currency is not None:
        lists["currency"] = _first_words(columns.currency, len(columns))
    return lists


def _none_where(values: NDArray[np.int64], missing: int) -> list[int | None]:
    return [None if value == missing else value for value in values.tolist()]


def _words(labels: Labels, count: int) -> list[list[str]]:
    words: list[list[str]] = [[] for _ in range(count)]
    for row, code in zip(labels.row.tolist(), labels.code.tolist(), strict=True):
        words[row].append(labels.names[code])
    return words


def _first_words(labels: Labels, count: int) -> list[str | None]:
    return [of_tick[0] if of_tick else None for of_tick in _words(labels, count)]
