"""A file of history, CSV (``.gz`` too) or Parquet with ``instrument,date[,time],close[,volume]``, row by row.

A file of any size takes the memory of one row, or of one batch of a Parquet file. What is wrong is named with its line
and column.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from services.errors import Misconfigured
from services.market.prices.history_gathering import HistoryRow
from streams.prices.price_rows import read_day, read_time, shorten
from streams.rendering.table_text import TableText, check_columns

REQUIRED = ("instrument", "date", "close")
OPTIONAL = ("time", "volume")
ROWS_AT_ONCE = 20_000
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def read_history_file(path: Path) -> Iterator[tuple[int, HistoryRow]]:
    """(line, row) of every row with a close; raises Misconfigured naming line and column of the first that is wrong."""
    is_parquet = path.suffix.lower() in (".parquet", ".pq")
    # The file is closed when a row is refused, not when the refusal is forgotten.
    with ExitStack() as opened:
        columns, rows = _open_parquet(path) if is_parquet else _open_csv(path, opened)
        place = "row 0" if is_parquet else "line 1"
        check_columns(f"{path}: {place}", columns, REQUIRED, OPTIONAL)
        # Only for its sentences: the text itself is never whole in memory.
        text = TableText(path=path, data=b"", columns=columns)
        for line, cells in rows:
            text.check_width(line, cells)
            row = _read_row(text, line, dict(zip(columns, cells, strict=True)))
            if row is not None:
                yield line, row


def _read_row(text: TableText, line: int, values: dict[str, str]) -> HistoryRow | None:
    if values["close"].lower() in ("", "nan"):
        return None
    if not values["instrument"]:
        raise text.wrong(line, "instrument", "is empty; fill it")
    at = read_time(text, line, values.get("time", ""))
    close = _read_number(text, line, "close", values["close"])
    if close <= 0.0:
        raise text.wrong(
            line, "close", f"{shorten(values['close'])} is no price above 0; correct it, or leave it empty"
        )
    volume = values.get("volume", "")
    return HistoryRow(
        instrument=values["instrument"],
        day=read_day(text, line, values["date"]),
        second=None if at is None else 3_600 * at.hour + 60 * at.minute + at.second,
        close=close,
        volume=0.0 if volume.lower() in ("", "nan") else _read_number(text, line, "volume", volume),
    )


def _read_number(text: TableText, line: int, column: str, value: str) -> float:
    if not _NUMBER.fullmatch(value):
        raise text.wrong(line, column, f"{shorten(value)} is no number; write it like 349.8")
    number = float(value)
    if not 0.0 <= number < float("inf"):
        raise text.wrong(line, column, f"{shorten(value)} is out of range; correct it, or leave it empty")
    return number


def _open_csv(path: Path, opened: ExitStack) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    lines = _lines_of(path)
    opened.callback(lines.close)
    reader = csv.reader(lines)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise Misconfigured(f"{path}: line 1: is no CSV: {error}; correct the line") from None
    if not any(header):
        raise Misconfigured(f"{path}: is empty; its first line must be the header {','.join(REQUIRED)}")
    return tuple(name.strip().lower() for name in header), _rows_of_csv(path, reader)


def _rows_of_csv(path: Path, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]  # type: ignore[attr-defined]
    except csv.Error as error:
        raise Misconfigured(f"{path}: line {reader.line_num}: is no CSV: {error}; correct the line") from None  # type: ignore[attr-defined]


def _lines_of(path: Path) -> Generator[str, None, None]:
    if path.is_dir() or not path.exists():
        raise Misconfigured(
            f"{path} {'is a folder' if path.is_dir() else 'does not exist'}; give a CSV or Parquet file"
        )
    number = 0
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                yield (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).decode("utf-8")
    except UnicodeDecodeError:
        raise Misconfigured(f"{path}: line {number}: is not UTF-8 text; save it as CSV UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        raise Misconfigured(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _open_parquet(path: Path) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    import pyarrow as pa  # noqa: PLC0415 - slow to load, and only these files need it
    from pyarrow import parquet  # noqa: PLC0415

    if not path.is_file():
        raise Misconfigured(f"{path} is no file; give a CSV or Parquet file")
    try:
        names = parquet.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise Misconfigured(f"{path}: is no Parquet file: {str(error)[:100]}; write it again") from None
    chosen = [name for name in names if name.strip().lower() in (*REQUIRED, *OPTIONAL)]
    return tuple(name.strip().lower() for name in chosen), _rows_of_parquet(path, chosen)


def _rows_of_parquet(path: Path, names: list[str]) -> Iterator[tuple[int, list[str]]]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    done = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=names):
                columns = [batch.column(name).to_pylist() for name in names]
                for number, cells in enumerate(zip(*columns, strict=True), done + 1):
                    yield number, [_as_text(cell) for cell in cells]
                done += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise Misconfigured(f"{path}: behind row {done}: cannot be read: {str(error)[:100]}; write it again") from None


def _as_text(cell: object) -> str:
    """A value as it would stand in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).strip()
