"""Files of ticks, CSV (``.gz`` too) and Parquet, as columns: a few thousand rows at a time, of a file of any size."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.errors import Misconfigured, Unreadable
from services.market.ticks.tick import Tick
from services.market.ticks.tick_columns import TickColumns, columns_of, find_faults
from services.market.ticks.ticks import parse_tick
from streams.ticks.tick_arrays import code_instruments
from streams.ticks.tick_arrow import OPTIONAL, REQUIRED, make_ticks
from streams.ticks.tick_text import columns_of_texts, raw_value

ROWS_AT_ONCE = 20_000
LINES_SHOWN = 3
Knows = Callable[[str], bool]
Line = tuple[int, list[str]]


class Refusals:
    """Rows that are no sound ticks, by reason, with the first lines of each."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.lines: dict[str, list[int]] = {}

    def add(self, reason: str, lines: list[int]) -> None:
        """``lines``: of all rows refused for it this time."""
        self.counts[reason] = self.counts.get(reason, 0) + len(lines)
        first = self.lines.setdefault(reason, [])
        first += lines[: LINES_SHOWN - len(first)]


def read_tick_file(path: Path, knows: Knows, now: datetime, refusals: Refusals) -> Iterator[TickColumns]:
    """Sound ticks in the order of the file; the other rows go to ``refusals``.

    ``now``: a trade more than two minutes after it is refused. Raises Misconfigured for a file that cannot be read.
    """
    is_parquet = path.suffix.lower() in (".parquet", ".pq")
    for columns, lines in _read_parquet(path, knows) if is_parquet else _read_csv(path, knows, now, refusals):
        _, faults = find_faults(columns, now)
        good = np.ones(len(columns), dtype=np.bool_)
        for reason, broken in faults.items():
            refusals.add(reason, lines[broken].tolist())
            good &= ~broken
        yield columns.where(good) if faults else columns


def _read_parquet(path: Path, knows: Knows) -> Iterator[tuple[TickColumns, NDArray[np.int64]]]:
    """Row group by row group; a row's line is its number from 1."""
    import pyarrow as pa  # noqa: PLC0415 - only for these files
    import pyarrow.parquet as pq  # noqa: PLC0415

    done = 0
    try:
        with pq.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if name in REQUIRED or name in OPTIONAL]
            _require(path, names)
            for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=names):
                batch.validate(full=True)
                ticks = make_ticks(dict(zip(batch.schema.names, batch.columns, strict=True)), knows)
                yield ticks, np.arange(done + 1, done + 1 + len(ticks))
                done += len(ticks)
    except Unreadable as error:
        raise Misconfigured(f"{path}: {error.detail}") from None
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Misconfigured(f"{path} cannot be read: {' '.join(str(error).split())[:200]}") from None


def _read_csv(
    path: Path, knows: Knows, now: datetime, refusals: Refusals
) -> Iterator[tuple[TickColumns, NDArray[np.int64]]]:
    rows = csv.reader(_lines_of(path))
    try:
        header = [name.strip() for name in next(rows, [])]
        _require(path, header)
        while True:
            lines = [(rows.line_num, row) for row in islice(rows, ROWS_AT_ONCE)]
            if not lines:
                return
            filled = [line for line in lines if line[1]]
            columns = _plain_rows(header, filled, knows)
            if columns is not None:
                yield columns, np.array([number for number, _ in filled], dtype=np.int64)
            else:
                columns, numbers = _odd_rows(header, filled, now, refusals)
                yield _forget_unknown(columns, knows), numbers
    except csv.Error as error:
        raise Misconfigured(f"{path}: line {rows.line_num}: {error}") from None


def _plain_rows(header: list[str], lines: list[Line], knows: Knows) -> TickColumns | None:
    """All rows at once; None when one of them needs a look of its own."""
    if not lines or any(len(row) != len(header) for _, row in lines):
        return None
    columns = zip(*(row for _, row in lines), strict=True)
    texts = {name: list(values) for name, values in zip(header, columns, strict=True)}
    return columns_of_texts({name: texts[name] for name in (*REQUIRED, *OPTIONAL) if name in texts}, knows)


def _odd_rows(
    header: list[str], lines: list[Line], now: datetime, refusals: Refusals
) -> tuple[TickColumns, NDArray[np.int64]]:
    """Row by row, so that each odd one gets its own reason."""
    ticks: list[Tick] = []
    numbers: list[int] = []
    for number, row in lines:
        raw: Mapping[str, Any] = {name: raw_value(name, text) for name, text in zip(header, row, strict=False)}
        try:
            if len(row) > len(header):
                # A decimal comma, most likely: every value behind it stands in a wrong column.
                raise Unreadable("wrong_type", "more values than columns")
            ticks.append(parse_tick(raw, now))
            numbers.append(number)
        except Unreadable as error:
            refusals.add(error.reason, [number])
    return columns_of(ticks), np.array(numbers, dtype=np.int64)


def _forget_unknown(columns: TickColumns, knows: Knows) -> TickColumns:
    if not len(columns):
        return columns
    names, known = code_instruments(columns.instruments, knows)
    return replace(columns, instruments=known, code=names[columns.code])


def _require(path: Path, names: list[str]) -> None:
    for name in REQUIRED:
        if name not in names:
            raise Misconfigured(f"{path}: column {name!r} is missing; expected {','.join(REQUIRED)}")
    for name in (*REQUIRED, *OPTIONAL):
        if names.count(name) > 1:
            raise Misconfigured(f"{path}: column {name!r} stands there twice")


def _lines_of(path: Path) -> Iterator[str]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines):
                text = line if number else line.removeprefix(b"\xef\xbb\xbf")
                yield text.decode("utf-8", "replace").replace("\0", "")
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise Misconfigured(f"{path} cannot be read: {reason}") from None
