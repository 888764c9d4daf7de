"""What an Arrow IPC stream declares, read before anything is unpacked.

The Arrow library checks what it reads, but it unpacks compressed columns of any size first: eight megabytes can become
eight gigabytes. So the messages are walked here by the published layout (Apache Arrow, Columnar Format, "Encapsulated
message format"; FlatBuffers, "Internals") and refused by their own figures. Nothing here trusts a length or an offset.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache

from services.errors import Unreadable
from streams.ticks.tick_formats import ARROW_START, MAX_TICKS

MAX_MESSAGES = 1_000
MAX_METADATA_BYTES = 65_536
"""A schema of ticks takes about one thousand."""
LONGEST_KEPT = 4_096
"""Metadata up to this length is remembered with what was read in it."""
_SCHEMA, _DICTIONARY, _BATCH = 1, 2, 3
"""Message.header_type, by the format's Message.fbs."""
_HEADER_TYPE, _HEADER, _BODY_LENGTH = 1, 2, 3
_LENGTH, _COMPRESSION = 0, 3
_DATA, _IS_DELTA = 1, 2


def check_envelope(data: bytes) -> None:
    """Raises Unreadable unless the messages fit together, hold at most 50,000 ticks and are not compressed."""
    ticks = 0
    kinds = []
    try:
        for kind, rows in _messages(data):
            kinds.append(kind)
            if kind == _BATCH:
                ticks += rows
            elif kind != _DICTIONARY and (kind != _SCHEMA or len(kinds) > 1):
                raise Unreadable("bad_frame", "a message that does not belong into a stream of ticks")
    except (struct.error, IndexError):
        raise Unreadable("bad_frame", "the frame is cut off, or points outside itself") from None
    if not kinds or kinds[0] != _SCHEMA:
        raise Unreadable("bad_frame", "the first message is no schema")
    if ticks > MAX_TICKS:
        raise Unreadable("too_large", f"{ticks} ticks in one record, at most {MAX_TICKS}")


class _Table:
    """One FlatBuffers table within the metadata of a message."""

    __slots__ = ("_at", "_data", "_fields")

    def __init__(self, data: bytes, at: int) -> None:
        fields = at - struct.unpack_from("<i", data, at)[0]
        if fields < 0:
            raise IndexError
        self._data, self._at, self._fields = data, at, fields

    def place(self, number: int) -> int | None:
        """Where a field begins; None when it is left out."""
        size = struct.unpack_from("<H", self._data, self._fields)[0]
        slot = 4 + 2 * number
        if slot + 2 > size:
            return None
        offset = struct.unpack_from("<H", self._data, self._fields + slot)[0]
        return self._at + offset if offset else None

    def whole(self, number: int, layout: str) -> int:
        """A number; 0 when it is left out."""
        place = self.place(number)
        return 0 if place is None else int(struct.unpack_from(layout, self._data, place)[0])

    def table(self, number: int) -> _Table:
        """A table within this one; raises IndexError when it is left out."""
        place = self.place(number)
        if place is None:
            raise IndexError
        return _Table(self._data, place + struct.unpack_from("<I", self._data, place)[0])


def _messages(data: bytes) -> Iterator[tuple[int, int]]:
    """(kind, rows of a batch) of each message; raises struct.error or IndexError where lengths lead outside."""
    position = 0
    for _ in range(MAX_MESSAGES):
        if position == len(data):
            return
        if data[position : position + 4] != ARROW_START:
            raise Unreadable("bad_frame", "a message does not begin like one of an Arrow stream")
        size = struct.unpack_from("<i", data, position + 4)[0]
        start = position + 8
        if size == 0:
            if start != len(data):
                raise Unreadable("bad_frame", "bytes follow the end of the stream")
            return
        if not 0 < size <= MAX_METADATA_BYTES or start + size > len(data):
            raise IndexError
        read = _read_known_metadata if size <= LONGEST_KEPT else _read_metadata
        kind, body, rows = read(data[start : start + size])
        position = start + size + body
        if position > len(data):
            raise IndexError
        yield kind, rows
    raise Unreadable("bad_frame", f"more than {MAX_MESSAGES} messages")


def _read_metadata(metadata: bytes) -> tuple[int, int, int]:
    """(kind of message, bytes of its body, rows that a batch declares); refuses what may not be unpacked."""
    message = _Table(metadata, struct.unpack_from("<I", metadata, 0)[0])
    body = message.whole(_BODY_LENGTH, "<q")
    if body < 0:
        raise IndexError
    kind, header = message.whole(_HEADER_TYPE, "<B"), message.table(_HEADER)
    if kind == _DICTIONARY:
        _check_dictionary(header)
    return kind, body, _check_batch(header) if kind == _BATCH else 0


_read_known_metadata = lru_cache(maxsize=512)(_read_metadata)
"""Frame after frame of one producer has the same schema, and mostly the same numbers of rows."""


def _check_batch(batch: _Table) -> int:
    """How many rows a record batch declares."""
    if batch.place(_COMPRESSION) is not None:
        raise Unreadable("bad_frame", "compressed columns are not read: let Kafka compress the record")
    rows = batch.whole(_LENGTH, "<q")
    if rows < 0:
        raise IndexError
    return rows


def _check_dictionary(dictionary: _Table) -> None:
    if dictionary.whole(_IS_DELTA, "<B"):
        raise Unreadable("bad_frame", "dictionaries that grow by deltas are not read")
    if _check_batch(dictionary.table(_DATA)) > MAX_TICKS:
        raise Unreadable("too_large", f"a dictionary of more than {MAX_TICKS} entries")
