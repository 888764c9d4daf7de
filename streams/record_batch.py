"""Records of one poll and partition, made only when somebody asks: of a plain tick the value is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE

from streams.kafka import NO_HEADERS, Record


class RecordBatch(Sequence[Record]):
    """Messages of confluent-kafka, none of them an event, in order of offsets, as Records."""

    __slots__ = ("_messages",)

    def __init__(self, messages: list[Any]) -> None:
        self._messages = messages

    def __len__(self) -> int:
        return len(self._messages)

    @overload
    def __getitem__(self, place: int) -> Record: ...

    @overload
    def __getitem__(self, place: slice) -> RecordBatch: ...

    def __getitem__(self, place: int | slice) -> Record | RecordBatch:
        return RecordBatch(self._messages[place]) if isinstance(place, slice) else _as_record(self._messages[place])

    def values(self) -> list[bytes]:
        """The values, empty ones where there is none."""
        return [message.value() or b"" for message in self._messages]

    def has_headers(self) -> bool:
        """True when any record has a header."""
        return any([message.headers() for message in self._messages])  # noqa: C419 - twice as fast as a generator


def values_of(records: Sequence[Record]) -> list[bytes]:
    """The values, empty ones where there is none."""
    return records.values() if isinstance(records, RecordBatch) else [record.value or b"" for record in records]


def have_headers(records: Sequence[Record]) -> bool:
    """True when any record has a header."""
    return records.has_headers() if isinstance(records, RecordBatch) else any(record.headers for record in records)


def _as_record(message: Any) -> Record:
    headers = message.headers()
    kind, timestamp_ms = message.timestamp()
    return Record(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        key=message.key(),
        value=message.value(),
        timestamp_ms=-1 if kind == TIMESTAMP_NOT_AVAILABLE else timestamp_ms,
        headers=dict(headers) if headers else NO_HEADERS,
    )
