"""The three forms in which ticks may stand on ``market.ticks``, and the record header that tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from services.errors import Unreadable

FORMAT_HEADER = "tick-format"
ARROW_START = b"\xff\xff\xff\xff"
"""First bytes of every Arrow IPC stream; no JSON text begins like that."""
MAX_TICKS = 50_000
"""Ticks of one record: its work is one piece that nothing can interrupt."""
MAX_RECORD_BYTES = 8_000_000
"""Room for 50,000 ticks written as rows."""


class TickFormat(StrEnum):
    """Words of the header ``tick-format``."""

    JSON = "json"
    """One tick as an object, or a list of them."""
    JSON_COLUMNS = "json-columns"
    """One object of lists of one length."""
    ARROW = "arrow"
    """An Arrow IPC stream of record batches."""


_BY_NAME = {form.value.encode(): form for form in TickFormat}


def format_of(headers: Mapping[str, bytes], value: bytes | None) -> TickFormat | None:
    """The form that the header says; without a header ARROW by its first bytes, else None: one of the JSON forms.

    Raises Unreadable with unknown_format.
    """
    name = headers.get(FORMAT_HEADER) if headers else None
    if name is not None:
        form = _BY_NAME.get(name)
        if form is None:
            shown = name[:40].decode("ascii", "backslashreplace")
            raise Unreadable("unknown_format", f"{shown!r}, expected one of {', '.join(TickFormat)}")
        return form
    return TickFormat.ARROW if value is not None and value.startswith(ARROW_START) else None


def check_size(data: bytes | None) -> bytes:
    """The value of a record, if there is one of a readable size. Raises Unreadable."""
    if not data:
        raise Unreadable("empty", "the record has no value")
    if len(data) > MAX_RECORD_BYTES:
        raise Unreadable("too_large", f"{len(data)} bytes, at most {MAX_RECORD_BYTES} are read")
    return data
