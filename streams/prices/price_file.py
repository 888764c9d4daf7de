"""A file of prices -> FilePrices: CSV (.gz too) or Parquet with ``instrument,date[,time],close``.

pyarrow reads the whole file at once. When it cannot, or when a value is not sound, the file is read again row by row,
which is slow and names the line (``price_rows``).
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from services.errors import Misconfigured
from services.market.sessions.event_sessions import EARLIEST, LATEST
from services.market.study.file_prices import END_OF_DAY, FilePrices, PriceColumns
from streams.prices.price_rows import read_rows
from streams.rendering.table_text import TableText, check_columns, read_table

REQUIRED = ("instrument", "date", "close")
OPTIONAL = ("time",)
_BLANKS = ["", "nan", "NaN"]


class PriceFile(Struct, frozen=True, kw_only=True, eq=False):
    """What a price file holds, and what was left out."""

    prices: FilePrices
    rows: int
    """Rows read, blank ones included."""
    blank: int
    """Rows without a close."""


def read_price_file(path: Path) -> PriceFile:
    """Every price; raises Misconfigured with file, line, column and what to do."""
    if path.suffix.lower() in (".parquet", ".pq"):
        return _conclude(path, _read_parquet(path))
    text = read_table(path, REQUIRED, OPTIONAL)
    columns = _read_quickly(text)
    if columns is None or not _is_sound(columns) or any(name != name.strip() for name in columns.instruments):
        columns = read_rows(text)
    return _conclude(path, columns)


def _conclude(path: Path, columns: PriceColumns) -> PriceFile:
    priced = ~np.isnan(columns.close)
    kept = columns.take(priced)
    if not len(kept.code):
        raise Misconfigured(f"{path}: has no row with a close; fill the columns {','.join(REQUIRED)}")
    return PriceFile(prices=FilePrices(kept), rows=len(priced), blank=int(np.sum(~priced)))


def _is_sound(columns: PriceColumns) -> bool:
    """Every close above 0, every day within bounds, and no two closes of one day that differ."""
    priced = columns.take(~np.isnan(columns.close))
    if not bool(np.all(np.isfinite(priced.close) & (priced.close > 0.0) & (priced.code >= 0))):
        return False
    inside = (columns.day >= np.datetime64(EARLIEST)) & (columns.day < np.datetime64(LATEST))
    if not bool(np.all(inside | np.isnat(columns.day))) or bool(np.any(np.isnat(priced.day))):
        return False
    return find_conflict(priced) is None


def find_conflict(columns: PriceColumns) -> tuple[str, np.datetime64] | None:
    """(instrument, day) of the first two closes of a whole day that differ."""
    ordered = columns.sorted()
    moment = ordered.moment
    same = (moment[1:] == moment[:-1]) & (ordered.second[1:] == END_OF_DAY) & (ordered.close[1:] != ordered.close[:-1])
    if not same.any():
        return None
    row = int(np.argmax(same))
    return ordered.instruments[ordered.code[row]], ordered.day[row]


def _read_quickly(text: TableText) -> PriceColumns | None:
    """The columns, or None where something in the file is not as it should be."""
    import pyarrow as pa  # noqa: PLC0415 - slow to load, and only files need it
    from pyarrow import csv  # noqa: PLC0415

    kinds = {"instrument": pa.dictionary(pa.int32(), pa.string()), "date": pa.date32(), "close": pa.float64()}
    kinds |= {"time": pa.time64("us")} if "time" in text.columns else {}
    # Header names are ours to match: columns are read by their place, so that other names may be anything.
    places = {name: str(text.columns.index(name)) for name in kinds}
    try:
        table = csv.read_csv(
            io.BytesIO(text.data.lstrip(b"\r\n")),
            read_options=csv.ReadOptions(column_names=[str(n) for n in range(len(text.columns))], skip_rows=1),
            convert_options=csv.ConvertOptions(
                column_types={places[name]: kind for name, kind in kinds.items()},
                include_columns=list(places.values()),
                null_values=_BLANKS,
                strings_can_be_null=True,
            ),
        ).rename_columns(list(places))
        return _to_columns(table)
    except pa.ArrowException:
        return None


def _to_columns(table: Any) -> PriceColumns:
    """Typed Arrow columns as numpy; a missing instrument has the code -1."""
    import pyarrow as pa  # noqa: PLC0415

    names = table.column("instrument").unify_dictionaries().combine_chunks()
    names = names if isinstance(names, pa.DictionaryArray) else names.chunk(0)
    second = np.full(len(table), END_OF_DAY, dtype=np.int64)
    if "time" in table.column_names:
        micros = table.column("time").cast(pa.int64())
        second = micros.fill_null(END_OF_DAY * 1_000_000).to_numpy() // 1_000_000
    return PriceColumns(
        instruments=tuple(names.dictionary.to_pylist()),
        code=names.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64),
        day=table.column("date").to_numpy().astype("datetime64[D]"),
        second=second,
        close=table.column("close").cast(pa.float64()).fill_null(float("nan")).to_numpy(),
    )


def _read_parquet(path: Path) -> PriceColumns:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    if not path.is_file():
        raise Misconfigured(f"{path} is no file; give a CSV or Parquet file")
    try:
        table = parquet.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise Misconfigured(f"{path}: is no Parquet file: {str(error)[:100]}; write it again") from None
    names = tuple(name.strip().lower() for name in table.column_names)
    check_columns(str(path), names, REQUIRED, OPTIONAL)
    table = table.rename_columns(list(names)).select([name for name in (*REQUIRED, *OPTIONAL) if name in names])
    columns = _to_columns(pa.table({name: _cast(path, name, table.column(name)) for name in table.column_names}))
    _check_parquet(path, columns)
    return columns


def _cast(path: Path, name: str, column: Any) -> Any:
    """A Parquet column in the type that the CSV column has; texts are taken as they are in a CSV file."""
    import pyarrow as pa  # noqa: PLC0415

    kinds = {"instrument": pa.string(), "date": pa.date32(), "time": pa.time64("us"), "close": pa.float64()}
    try:
        cast = column.cast(kinds[name])
        return cast.dictionary_encode() if name == "instrument" else cast
    except pa.ArrowException as error:
        form = {"date": "days", "time": "times of day", "close": "numbers", "instrument": "texts"}[name]
        raise Misconfigured(f"{path}: column {name}: {str(error)[:100]}; it must hold {form}") from None


def _check_parquet(path: Path, columns: PriceColumns) -> None:
    if _is_sound(columns):
        return
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero(~(np.isnan(columns.close) | (np.isfinite(columns.close) & (columns.close > 0.0))))
    if len(wrong):
        close = columns.close[wrong[0]]
        raise Misconfigured(f"{path}: row {wrong[0] + 1}: column close: {close:g} is no price above 0; correct it")
    priced = ~np.isnan(columns.close)
    lost = np.flatnonzero(priced & ((columns.code < 0) | np.isnat(columns.day)))
    if len(lost):
        name = "instrument" if columns.code[lost[0]] < 0 else "date"
        raise Misconfigured(f"{path}: row {lost[0] + 1}: column {name}: is empty; fill it")
    conflict = find_conflict(columns.take(priced))
    if conflict is None:
        raise Misconfigured(f"{path}: column date: has days outside {EARLIEST} to {LATEST}; correct them")
    raise Misconfigured(
        f"{path}: column close: {conflict[0]!r} has two closes on {conflict[1]} that differ; keep the right one"
    )
