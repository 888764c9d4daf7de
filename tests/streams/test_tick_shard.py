"""One poll at once is the same as record by record, and all three formats say the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import Unreadable
from services.market.ticks.tick import Tick
from services.market.ticks.tick_columns import TickColumns, columns_of
from services.market.ticks.trade_rules import TradeRules, Unit
from streams.broker.kafka import Record
from streams.ticks.tick_formats import FORMAT_HEADER, TickFormat
from streams.ticks.tick_frames import write_frames
from streams.ticks.tick_rows import read_rows
from streams.ticks.tick_shard import Shard
from streams.topics import CLOCK_OFFSET_HEADER

START = datetime(2023, 7, 13, 6, 0, tzinfo=UTC)
NOW = START + timedelta(minutes=5)
RULES = TradeRules(
    currencies={"0700.HK": "HKD", "BP.L": "GBP"},
    units={"GBX": Unit(of="GBP", parts=100.0)},
    not_price_forming=frozenset({"odd_lot"}),
)
KNOWN = {"0700.HK", "3690.HK", "BP.L"}


class Recording(Shard):
    """A shard that keeps what it passes on to the bars."""

    def __init__(self) -> None:
        super().__init__(0, KNOWN.__contains__, None, {}, RULES)
        self.passed: list[Tick] = []
        aggregator = self.aggregator
        add, add_many = aggregator.add, aggregator.add_many

        def keep(tick: Tick) -> bool:
            self.passed.append(tick)
            return add(tick)

        def keep_many(columns: TickColumns) -> int:
            self.passed += [columns.tick(index) for index in range(len(columns))]
            return add_many(columns)

        aggregator.add, aggregator.add_many = keep, keep_many  # type: ignore[method-assign]

    def outcome(self) -> tuple[list[str], dict[str, int], int]:
        ticks = sorted(repr(tick) for tick in self.passed)
        return ticks, dict(self._refused), self.gate.dropped


def record(offset: int, value: bytes | None, form: str | None = None, offset_ms: int = 0) -> Record:
    headers = {} if form is None else {FORMAT_HEADER: form.encode()}
    if offset_ms:
        headers[CLOCK_OFFSET_HEADER] = str(offset_ms).encode()
    return Record(
        topic="market.ticks", partition=0, offset=offset, key=None, value=value, timestamp_ms=0, headers=headers
    )


def row(**changed: Any) -> dict[str, Any]:
    at = int(START.timestamp() * 1000)
    return {"instrument": "0700.HK", "price": 340.0, "volume": 100, "traded_at": at, **changed}


TICKS = st.lists(
    st.builds(
        Tick,
        instrument=st.sampled_from(["0700.HK", "3690.HK", "BP.L", "NOPE"]),
        price=st.sampled_from([340.0, 340.2, 341.0, -1.0, 1e8, 900.0]),
        volume=st.sampled_from([0.0, 100.0, 1e15]),
        traded_at=st.integers(0, 40_000_000).map(lambda micros: START + timedelta(microseconds=micros)),
        sequence=st.none() | st.integers(0, 2**63 - 1),
        conditions=st.lists(st.sampled_from(["odd_lot", "regular", "x"]), max_size=3).map(tuple),
        currency=st.sampled_from([None, "HKD", "GBX", "GBP", "USD"]),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(TICKS)
def test_the_same_ticks_come_to_the_same_whatever_the_format(ticks: list[Tick]) -> None:
    """A producer chooses by speed alone; and what is written is what is read."""
    outcomes = []
    for form in TickFormat:
        for header in (form.value, None):
            shard = Recording()
            frames = list(write_frames(columns_of(ticks), form)) if ticks else []
            refused = shard.take_many([record(offset, frame.value, header) for offset, frame in enumerate(frames)], NOW)
            assert not refused
            outcomes.append(shard.outcome())
    assert all(outcome == outcomes[0] for outcome in outcomes)


ODD: list[dict[str, Any]] = [
    *({"price": value} for value in (0, -1, 1e9, True, "340", None, 10**400)),
    *({"volume": value} for value in (-5, 1e16, None, [])),
    *({"traded_at": value} for value in (0, -1, 2**70, "yesterday", "2023-07-13T06:00:00", 1.5e9, True)),
    *({"traded_at": value} for value in ("2023-07-13T06:00:00.25Z", "2023-07-13T14:00:00+08:00")),
    *({"instrument": value} for value in ("NOPE", "", 5, "a{b", "}", "腾讯")),
    *({"sequence": value} for value in (3, -1, 2**63, 1.0)),
    *({"conditions": value} for value in (["odd_lot"], "odd_lot x", [""], 5)),
    *({"currency": value} for value in ("HKD", "USD", "", 5)),
    {"note": {"nested": [1]}},
    {"note": "a text that is longer than a plain tick ever is" * 20},
]
VALUES = st.one_of(
    st.sampled_from([{}, {}, {}, *ODD]).map(lambda odd: json.dumps(row(**odd)).encode()),
    st.sampled_from([{}, {}, {}]).map(lambda odd: json.dumps(row(**odd), indent=1).encode()),
    st.sampled_from(
        [None, b"", b"{", b"}", b"{}", b"[]", b"5", b'{"a": [', b"]}", b'{"a": "', b'"}', b"\xff", b"\xff\xff\xff\xff"]
    ),
    st.just(json.dumps([row(), row(price=True)]).encode()),
    st.just((json.dumps(row()) + "," + json.dumps(row())).encode()),
    st.just(json.dumps({name: [value] * 20 for name, value in row().items()}).encode()),
)
POLLS = st.lists(st.tuples(VALUES, st.sampled_from([None, None, "json", "json-columns", "arrow", "avro"])), max_size=80)


@settings(max_examples=200, deadline=None)
@given(POLLS, st.booleans())
def test_a_poll_at_once_is_the_same_as_record_by_record(
    poll: list[tuple[bytes | None, str | None]], plain: bool
) -> None:
    """Joined texts are quicker, never different: no broken value may become whole by its neighbours."""
    records = [record(offset, value, None if plain else form) for offset, (value, form) in enumerate(poll)]
    together, singly = Recording(), Recording()
    refused = together.take_many(records, NOW)
    expected = []
    for one in records:
        try:
            singly.take(one, NOW)
        except Unreadable as error:
            expected.append((one.offset, error.reason))
    assert sorted((one.offset, error.reason) for one, error in refused) == expected
    assert together.outcome() == singly.outcome()


def test_a_value_cannot_be_finished_by_the_next() -> None:
    """Each of these pairs joins to sound JSON."""
    whole = json.dumps(row()).encode()
    for first, second in [
        (whole[:20], whole[20:]),
        (b'{"a":[', b"]}"),
        (whole + b"," + whole, b" "),
        (whole[:-1], b'"b":1},' + whole),
        (b'{"instrument":"0700.HK}', b'{","price":1,"volume":1,"traded_at":1}'),
        (whole + b",\n" + whole, whole),
    ]:
        assert read_rows([whole] * 8 + [first, second] + [whole] * 8, KNOWN.__contains__) is None


def test_many_single_ticks_become_one_table() -> None:
    """The quick way is really taken: a field more, other orders and integers for prices are plain too."""
    rows = [row(price=340), row(extra=1), dict(reversed(row().items())), row(sequence=None, traded_at=1689228000.25)]
    columns = read_rows([json.dumps(one).encode() for one in rows * 5], KNOWN.__contains__)
    assert columns is not None
    assert len(columns) == 20


def test_a_record_handed_in_again_counts_once() -> None:
    """After a rebalance whole polls come again."""
    records = [record(offset, json.dumps(row(sequence=offset)).encode()) for offset in range(40)]
    shard = Recording()
    shard.take_many(records[:30], NOW)
    shard.take_many(records, NOW)
    shard.take_many(records[5:20], NOW)
    assert len(shard.passed) == 40


def test_commits_wait_for_the_oldest_open_second_of_a_run() -> None:
    """A crash must find every tick again that is in no bar yet; a run of single ticks is kept as one."""
    shard = Recording()
    at = int(START.timestamp())
    records = [record(offset, json.dumps(row(traded_at=at + offset)).encode()) for offset in range(40)]
    shard.take_many(records[:20], NOW)
    shard.take_many(records[20:], NOW)
    assert shard.oldest_needed(at + 10) == 0
    assert shard.oldest_needed(at + 20) == 20
    assert shard.oldest_needed(at + 40) is None


@pytest.mark.parametrize("ahead", [0, 3_600_000])
def test_each_record_is_judged_by_its_own_clock(ahead: int) -> None:
    """A replayed day and live ticks may stand in one poll: ``now`` goes with the last record."""
    day_ms = 86_400_000
    values = [json.dumps(row()).encode()] * 40
    records = [record(offset, value, None, -day_ms if offset < 20 else ahead) for offset, value in enumerate(values)]
    shard = Recording()
    shard.take_many(records, NOW + timedelta(milliseconds=ahead))
    assert shard.outcome()[1] == {"future_time": 20}
    assert shard.offset_ms == ahead


def test_nothing_is_taken_from_an_empty_poll() -> None:
    """The loop may hand in what it has."""
    assert Recording().take_many([], NOW) == []
