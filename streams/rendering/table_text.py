"""The text of a table file and its header; what is wrong with either is said in one sentence."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from services.errors import Misconfigured

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_CELL = 1_000_000


class TableText(Struct, frozen=True, kw_only=True):
    """A file with one header line."""

    path: Path
    data: bytes
    """UTF-8, without a byte order mark."""
    columns: tuple[str, ...]
    """Names in the header, in small letters."""

    def place(self, column: str) -> int | None:
        """Where a column stands; None without it."""
        return self.columns.index(column) if column in self.columns else None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells without blanks around them) below the header; lines with nothing on them are left out."""
        reader = csv.reader(io.StringIO(decode(self.path, self.data), newline=""))
        csv.field_size_limit(_LONGEST_CELL)
        try:
            next((cells for cells in reader if any(cells)), None)
            line = reader.line_num
            for cells in reader:
                first, line = line + 1, reader.line_num
                if any(cell.strip() for cell in cells):
                    yield first, [cell.strip() for cell in cells]
        except csv.Error as error:
            raise Misconfigured(f"{self.path}: line {reader.line_num}: is no CSV: {error}; correct the line") from None

    def wrong(self, line: int, column: str, sentence: str) -> Misconfigured:
        """The mistake of one cell."""
        return Misconfigured(f"{self.path}: line {line}: column {column}: {sentence}")

    def check_width(self, line: int, cells: list[str]) -> None:
        """Raise Misconfigured for a row with more or fewer cells than the header."""
        if len(cells) != len(self.columns):
            raise Misconfigured(
                f"{self.path}: line {line}: has {len(cells)} columns where the header has {len(self.columns)}; "
                "a value with a comma in it needs quotes"
            )


def read_table(path: Path, required: tuple[str, ...], optional: tuple[str, ...]) -> TableText:
    """The file, unpacked when it is a gzip file; raises Misconfigured when it has not the columns required."""
    data = _unpack(path, _read(path)).removeprefix(_BYTE_ORDER_MARK)
    if data.startswith(_UTF_16_MARKS):
        raise Misconfigured(f"{path}: is UTF-16 text; save it as CSV UTF-8")
    header = decode(path, data.lstrip(b"\r\n").split(b"\n", 1)[0].split(b"\r", 1)[0])
    if not header.strip():
        raise Misconfigured(f"{path}: is empty; its first line must be the header {','.join(required)}")
    columns = tuple(name.strip().lower() for name in next(csv.reader([header])))
    check_columns(f"{path}: line 1", columns, required, optional)
    return TableText(path=path, data=data, columns=columns)


def check_columns(where: str, columns: tuple[str, ...], required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    """Raise Misconfigured for columns that are missing, or there twice."""
    if len(columns) == 1:
        for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if sign in columns[0]:
                raise Misconfigured(f"{where}: the columns are separated by {name}; save the file with commas")
    missing = [name for name in required if name not in columns]
    if missing:
        there = ", ".join(repr(name[:40]) for name in columns[:12])
        raise Misconfigured(f"{where}: there is no column {missing[0]!r}, only {there}; name it in the header")
    twice = [name for name in (*required, *optional) if columns.count(name) > 1]
    if twice:
        raise Misconfigured(f"{where}: the column {twice[0]!r} is there twice; leave one of them out")


def decode(path: Path, data: bytes) -> str:
    """The bytes as text; raises Misconfigured with the line that is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Misconfigured(f"{path}: line {line}: is not UTF-8 text; save it as CSV UTF-8") from None


def _read(path: Path) -> bytes:
    if path.is_dir() or not path.exists():
        raise Misconfigured(f"{path} {'is a folder' if path.is_dir() else 'does not exist'}; give a CSV file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}") from None


def _unpack(path: Path, data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        raise Misconfigured(f"{path}: is no complete gzip file; pack it again") from None
