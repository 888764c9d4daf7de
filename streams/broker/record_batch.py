"""Records of one poll and partition, made only when somebody asks: of a plain tick the value is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE

from streams.broker.kafka import NO_HEADERS, Record


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

    def headers(self) -> list[Any]:
        """The headers of each record, as the client gives them."""
        return [message.headers() for message in self._messages]


def values_of(records: Sequence[Record]) -> list[bytes]:
    """The values, empty ones where there is none."""
    return records.values() if isinstance(records, RecordBatch) else [record.value or b"" for record in records]


def shared_headers(records: Sequence[Record]) -> Mapping[str, bytes] | None:
    """The headers that all of the records have, at least one record; None when theirs differ."""
    headers = records.headers() if isinstance(records, RecordBatch) else [record.headers for record in records]
    first = headers[0]
    if not first:
        return None if any(headers) else NO_HEADERS
    return dict(first) if headers.count(first) == len(headers) else None


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
