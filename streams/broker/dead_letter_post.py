"""Dead letters as a person sees them, and the way back: the record that was set aside, whole, onto its topic again.

A dead letter keeps the first KiB and says where the record stood; the record itself lies there until its topic's
retention ends. What was sent again is written down beside it, so that nothing is sent again twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kafka import TopicPartition
from kafka.errors import KafkaError
from msgspec import Struct

from config.settings import Settings
from services.errors import Unavailable
from streams.broker.kafka import Outbox, Record, as_record, connect_consumer, read_whole
from streams.clock import monotonic
from streams.topics import Topic

SENT_AGAIN = "sent_again"
FETCH_SECONDS = 20.0


class DeadLetter(Struct, frozen=True, kw_only=True):
    """One record that was set aside: where it stood, why, how long it is, and how it begins."""

    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    size: int
    timestamp_ms: int
    """When it was set aside."""
    begins: str

    @property
    def origin(self) -> str:
        """``topic/partition/offset``."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def read_dead_letters(settings: Settings, topics: Iterable[Topic]) -> list[DeadLetter]:
    """What is set aside and was not sent again, oldest first per topic; raises Unavailable."""
    found: dict[str, DeadLetter] = {}
    for topic in topics:
        for record in read_whole(settings, topic.dead_letters):
            letter = _as_letter(record)
            if letter is None:
                continue
            if letter.reason == SENT_AGAIN:
                found.pop(letter.origin, None)
            else:
                found[letter.origin] = letter
    return list(found.values())


def send_again(settings: Settings, letters: Sequence[DeadLetter]) -> tuple[list[DeadLetter], list[DeadLetter]]:
    """Put the records onto their topics again, with key, headers and time as they were. Raises Unavailable.

    Returns those sent and those that are no longer on their topic. Handlers are idempotent: what was understood after
    all is not told twice.
    """
    outbox, sent, gone = Outbox(settings), [], []
    try:
        for letter, record in _fetch(settings, letters):
            if record is None:
                gone.append(letter)
                continue
            outbox.send_record(record)
            mark = {"reason": SENT_AGAIN.encode(), "origin": letter.origin.encode()}
            outbox.send(f"{letter.topic}.dlq", None, b"", mark)
            sent.append(letter)
        outbox.flush()
    finally:
        outbox.close()
    return sent, gone


def _as_letter(record: Record) -> DeadLetter | None:
    """None for a record that nobody of ours wrote."""
    words = {name: value.decode("utf-8", "replace") for name, value in record.headers.items()}
    topic, _, place = words.get("origin", "").partition("/")
    partition, _, offset = place.partition("/")
    if not (topic and partition.isdecimal() and offset.isdecimal() and words.get("reason")):
        return None
    return DeadLetter(
        topic=topic,
        partition=int(partition),
        offset=int(offset),
        reason=words["reason"],
        detail=words.get("detail", ""),
        size=int(words["size"]) if words.get("size", "").isdecimal() else len(record.value or b""),
        timestamp_ms=record.timestamp_ms,
        begins=(record.value or b"").decode("utf-8", "replace"),
    )


def _fetch(settings: Settings, letters: Sequence[DeadLetter]) -> Iterator[tuple[DeadLetter, Record | None]]:
    """Each letter with its record, None where the topic no longer has it; raises Unavailable."""
    consumer = connect_consumer(settings, None, max_poll_records=1)
    try:
        for letter in letters:
            place = TopicPartition(letter.topic, letter.partition)
            consumer.assign([place])
            if letter.offset < consumer.beginning_offsets([place])[place]:
                yield letter, None
                continue
            consumer.seek(place, letter.offset)
            deadline = monotonic() + FETCH_SECONDS
            records: list[Record] = []
            while not records and (
                consumer.highwater(place) is None or consumer.position(place) < consumer.highwater(place)
            ):
                if monotonic() > deadline:
                    raise Unavailable("kafka", f"{letter.origin} could not be read", retry_after=2.0)
                records = [as_record(raw) for raw in consumer.poll(timeout_ms=200).get(place, [])]
            # Of a compacted topic the next record may come in its place.
            yield letter, next((record for record in records if record.offset == letter.offset), None)
    except KafkaError as error:
        raise Unavailable("kafka", str(error), retry_after=2.0) from error
    finally:
        consumer.close()
