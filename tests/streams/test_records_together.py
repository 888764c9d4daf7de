"""Records of one poll that are read at once come to exactly what they come to one by one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from confluent_kafka import TIMESTAMP_CREATE_TIME, TIMESTAMP_NOT_AVAILABLE
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from services.errors import Unreadable
from services.market.ticks.tick import Bar
from streams.broker.kafka import Record
from streams.broker.record_batch import RecordBatch, shared_headers, values_of
from streams.ticks.tick_shard import LATENESS_SECONDS, Shard

START = datetime(2023, 7, 13, 6, 0, tzinfo=UTC)
START_MICROS = int(START.timestamp() * 1_000_000)
NOW = START + timedelta(minutes=5)
KNOWN = ("0700.HK", "3690.HK", "9988.HK")
Columns = dict[str, list[Any]]


class Message:
    """As confluent-kafka hands it over."""

    def __init__(self, offset: int, value: bytes | None, headers: list[tuple[str, bytes]] | None = None) -> None:
        self._offset, self._value, self._headers = offset, value, headers

    def topic(self) -> str:
        return "market.ticks"

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return self._offset

    def key(self) -> bytes | None:
        return None

    def value(self) -> bytes | None:
        return self._value

    def timestamp(self) -> tuple[int, int]:
        return (TIMESTAMP_CREATE_TIME, 5) if self._offset % 2 else (TIMESTAMP_NOT_AVAILABLE, 0)

    def headers(self) -> list[tuple[str, bytes]] | None:
        return self._headers


def as_arrow(columns: Columns, *, is_coded: bool = True) -> bytes:
    names = pa.array(columns["instrument"], pa.string())
    arrays = {
        "instrument": names.dictionary_encode() if is_coded else names,
        "price": pa.array(columns["price"], pa.float64()),
        "volume": pa.array(columns["volume"], pa.float64()),
        "traded_at": pa.array(columns["traded_at"], pa.int64()),
        "sequence": pa.array(columns["sequence"], pa.int64()),
    }
    batch = pa.record_batch(arrays)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]  # pyarrow ships no types


def as_frame(columns: Columns, form: str) -> bytes:
    if form.startswith("arrow"):
        return as_arrow(columns, is_coded=form == "arrow")
    return json.dumps(columns).encode()


TICK = st.tuples(
    st.sampled_from([*KNOWN, KNOWN[0], "NOPE", ""]),
    st.sampled_from([340.0, 340.5, 341.0, 339.0, 900.0, 0.0, -1.0, float("inf")]),
    st.sampled_from([100.0, 0.0, -5.0]),
    st.integers(0, 30_000).map(lambda millis: START_MICROS + millis * 1_000),
    st.one_of(st.none(), st.integers(0, 20)),
)
FRAME = st.lists(TICK, min_size=16, max_size=24).map(
    lambda ticks: dict(
        zip(
            ("instrument", "price", "volume", "traded_at", "sequence"), map(list, zip(*ticks, strict=True)), strict=True
        )
    )
)
FORMS = {"arrow": b"arrow", "arrow texts": b"arrow", "columns": b"json-columns"}
RECORD = st.one_of(
    *(FRAME.map(lambda columns, form=form: (as_frame(columns, form), FORMS[form])) for form in FORMS),
    st.sampled_from([(b"", None), (b"\xff\xff\xff\xff" + b"\0" * 600, None), (b'{"instrument":' + b" " * 600, None)]),
)


def as_messages(records: Sequence[tuple[bytes, bytes | None]], *, has_headers: bool) -> list[Message]:
    return [
        Message(offset, value, [("tick-format", form)] if has_headers and form else None)
        for offset, (value, form) in enumerate(records)
    ]


def outcome(shard: Shard, refused: list[tuple[int, str]]) -> tuple[tuple[Bar, ...], Counter[str], int, Any]:
    """The newest revision of every bar; a tick that put a bar right counts like one that was in it at once."""
    newest = {(bar.instrument, bar.second): bar for bar in (*shard.give_out()[0].bars(), *shard.aggregator.flush())}
    bars = tuple(structs.replace(newest[key], revision=0) for key in sorted(newest))
    counts = +Counter({**shard.aggregator.counts, "jump": shard.gate.dropped}) + shard._refused
    counts["accepted"] += counts.pop("corrected", 0)
    return bars, counts, shard._next_offset, refused


@settings(max_examples=80, deadline=None)
@given(records=st.lists(RECORD, min_size=1, max_size=8), has_headers=st.booleans(), same=st.booleans())
def test_frames_read_at_once_come_to_what_they_come_to_alone(
    records: list[tuple[bytes, bytes | None]], has_headers: bool, same: bool
) -> None:
    """A poll is read in one go when all its frames are alike, and one frame that is odd changes nothing for the rest."""
    if same:
        records = [record for record in records if record[1] == records[0][1]]
    messages = as_messages(records, has_headers=has_headers)
    alone, refused = Shard(0, KNOWN.__contains__, None, {}), []
    for record in RecordBatch(messages):
        try:
            alone.take(record, NOW)
        except Unreadable as error:
            refused.append((record.offset, error.reason))
    together = Shard(0, KNOWN.__contains__, None, {})
    found = [(record.offset, error.reason) for record, error in together.take_many(RecordBatch(messages), NOW)]
    assert outcome(together, found) == outcome(alone, refused)


def test_a_long_poll_gives_out_its_bars_once_and_in_the_order_of_their_seconds() -> None:
    """Bars are made while a poll is read; who asks gets all of them, and none a second time."""
    frames = [
        {
            "instrument": list(KNOWN) * 8,
            "price": [340.0] * 24,
            "volume": [100.0] * 24,
            "traded_at": [START_MICROS + second * 1_000_000 + place for place in range(24)],
            "sequence": list(range(24)),
        }
        for second in range(60)
    ]
    shard = Shard(0, KNOWN.__contains__, None, {})
    records = [(as_frame(frame, "arrow"), FORMS["arrow"]) for frame in frames]
    assert shard.take_many(RecordBatch(as_messages(records, has_headers=True)), NOW) == []
    bars, watermark = shard.give_out()
    begin = START_MICROS // 1_000_000
    assert watermark == begin + 59 - LATENESS_SECONDS
    told = [(bar.second, bar.instrument, bar.ticks, bar.revision) for bar in bars.bars()]
    assert told == [(second, name, 8, 0) for second in range(begin, watermark) for name in sorted(KNOWN)]
    assert not len(shard.give_out()[0])


def test_a_batch_makes_the_same_records_as_a_list_would_hold() -> None:
    """Whoever asks for a record gets a whole one; who asks for values alone pays for no record."""
    messages = [Message(4, b"a"), Message(5, None)]
    batch = RecordBatch(messages)
    expected = [
        Record(topic="market.ticks", partition=0, offset=4, key=None, value=b"a", timestamp_ms=-1),
        Record(topic="market.ticks", partition=0, offset=5, key=None, value=None, timestamp_ms=5),
    ]
    assert list(batch) == expected
    assert list(batch[1:]) == expected[1:]
    assert batch[-1] == expected[-1]
    assert values_of(batch) == values_of(expected) == [b"a", b""]


def test_headers_are_shared_only_when_every_record_has_the_same() -> None:
    """One header decides how all of a poll are read, so it must hold for all."""
    note = [("tick-format", b"arrow")]
    cases: list[tuple[list[list[tuple[str, bytes]] | None], dict[str, bytes] | None]] = [
        ([None, None], {}),
        ([note, note], {"tick-format": b"arrow"}),
        ([note, None], None),
        ([None, note], None),
        ([note, [("tick-format", b"json")]], None),
    ]
    for headers, expected in cases:
        batch = RecordBatch([Message(offset, b"x", one) for offset, one in enumerate(headers)])
        assert shared_headers(batch) == expected
        assert shared_headers(list(batch)) == expected
