"""A vendor's message becomes ticks as its mapping says, and whatever is odd is left out with a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.errors import Unreadable
from services.market.ticks.tick_mapping import (
    EARLIEST_MICROS,
    LATEST_MICROS,
    FieldPath,
    TickFields,
    TickMapping,
    parse_path,
    read_message,
    read_micros,
    read_number,
)
from services.market.ticks.ticks import parse_tick

AT_MS = 1_689_228_000_250
NOW = datetime(2023, 7, 13, 6, 0, 1, tzinfo=UTC)


def field(text: str) -> FieldPath:
    return FieldPath(parse_path(text.removeprefix("/")), text.startswith("/"))


FIELDS = TickFields(
    instrument=field("s"),
    price=field("p"),
    time=field("t"),
    volume=field("v"),
    sequence=field("i"),
    conditions=field("c"),
    currency=field("x"),
)
MAPPING = TickMapping(
    instruments={"HK:00700": "0700.HK", "3690": "3690.HK"},
    fields=FIELDS,
    ticks=("payload", "trades"),
    match=((("type",), "trade"),),
    conditions={"O": "odd_lot"},
)


def trade(**changes: Any) -> dict[str, Any]:
    return {"s": "HK:00700", "p": 349.8, "t": AT_MS, "v": 1200, "i": 7, "c": ["O", "X"], "x": "HKD"} | changes


def message(*trades: object, **changes: Any) -> dict[str, Any]:
    return {"type": "trade", "payload": {"trades": list(trades)}} | changes


def test_a_mapped_tick_is_what_the_line_reads() -> None:
    """The contract between the sources and market.ticks."""
    (tick,) = read_message(message(trade()), MAPPING).ticks
    assert tick == {
        "instrument": "0700.HK",
        "price": 349.8,
        "volume": 1200.0,
        "traded_at": AT_MS * 1_000,
        "sequence": 7,
        "conditions": ["odd_lot", "X"],
        "currency": "HKD",
    }
    read = parse_tick(tick, NOW)
    assert read.traded_at == datetime(2023, 7, 13, 6, 0, 0, 250_000, tzinfo=UTC)


def test_texts_that_hold_numbers_are_numbers() -> None:
    """Many vendors write prices as texts, so that no digit is lost on the way."""
    (tick,) = read_message(message(trade(p="349.80", v="1200", t=str(AT_MS), i="7", s=3690)), MAPPING).ticks
    assert (tick["price"], tick["volume"], tick["traded_at"], tick["sequence"]) == (349.8, 1200.0, AT_MS * 1_000, 7)
    assert tick["instrument"] == "3690.HK"


@pytest.mark.parametrize(
    "other", [{"type": "heartbeat"}, {"type": "trade"}, {"type": "trade", "payload": None}, [], "pong", 7, None]
)
def test_a_message_without_ticks_holds_none(other: object) -> None:
    """Heartbeats and confirmations are no mistakes."""
    reading = read_message(other, MAPPING)
    assert (reading.ticks, sum(reading.left_out.values())) == ((), 0)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"p": None}, "price is no number"),
        ({"p": True}, "price is no number"),
        ({"p": "1_000.5"}, "price is no number"),
        ({"p": "nan"}, "price is no number"),
        ({"p": 10**400}, "price is too large"),
        ({"v": "many"}, "volume is no number"),
        ({"t": None}, "time is no number"),
        ({"t": AT_MS // 1_000}, "time is not between 2000 and 2100: is time_unit 'ms' right?"),
        ({"i": "a1"}, "sequence is no whole number from 0 up"),
        ({"i": -1}, "sequence is no whole number from 0 up"),
        ({"s": None}, "instrument is no name"),
    ],
)
def test_an_odd_tick_is_left_out_alone_with_a_reason(changes: dict[str, Any], problem: str) -> None:
    """Its neighbours stay, and the reason names the field to look at."""
    reading = read_message(message(trade(**changes), trade(), 5), MAPPING)
    assert len(reading.ticks) == 1
    assert reading.left_out == {"unreadable": 2}
    assert reading.problem == problem


def test_a_symbol_that_the_mapping_does_not_name_is_counted_as_such() -> None:
    """A feed may send more than was asked for; nobody invents an instrument."""
    reading = read_message(message(trade(s="US:XYZ")), MAPPING)
    assert reading.left_out == {"unknown_instrument": 1}
    assert reading.problem == ""


def test_what_a_feed_does_not_say_is_left_away() -> None:
    """No volume counts as none; the rest is optional on the topic too."""
    bare = {"s": "HK:00700", "p": 1.0, "t": AT_MS}
    (tick,) = read_message(message(bare), MAPPING).ticks
    assert tick == {"instrument": "0700.HK", "price": 1.0, "volume": 0.0, "traded_at": AT_MS * 1_000}


def test_ticks_may_be_lists_with_the_symbol_in_the_message_around_them() -> None:
    """Some vendors save bytes: [channel, [[price, volume, time], ...], "trade", symbol]."""
    lists = TickMapping(
        instruments={"XBT": "0700.HK"},
        fields=TickFields(instrument=field("/3"), price=field("0"), volume=field("1"), time=field("2")),
        ticks=(1,),
        match=(((2,), "trade"),),
        time_unit="s",
    )
    reading = read_message([17, [["5.5", "2", 1_689_228_000.25], ["5.6", "1", 1_689_228_001]], "trade", "XBT"], lists)
    assert [(tick["price"], tick["volume"]) for tick in reading.ticks] == [(5.5, 2.0), (5.6, 1.0)]
    assert reading.ticks[0]["traded_at"] == AT_MS * 1_000
    single = replace(lists, ticks=(), match=(), fields=replace(lists.fields, instrument=field("3")))
    assert len(read_message(["5.5", "2", 1_689_228_000.25, "XBT"], single).ticks) == 1


def test_a_message_may_be_the_tick_and_entries_may_be_of_other_kinds() -> None:
    """Without a path the message itself is taken; tick_match picks the trades among quotes."""
    single = replace(MAPPING, ticks=(), match=(), tick_match=((("kind",), "T"),))
    assert len(read_message(trade(kind="T"), single).ticks) == 1
    assert len(read_message([trade(kind="T"), trade(kind="Q"), trade()], single).ticks) == 1


def test_true_is_not_one_when_messages_are_told_apart() -> None:
    """Python says that 1 equals true; a vendor does not."""
    flagged = replace(MAPPING, match=((("type",), True),))
    assert read_message(message(trade(), type=1), flagged).ticks == ()
    assert len(read_message(message(trade(), type=True), flagged).ticks) == 1


@given(st.integers(EARLIEST_MICROS, LATEST_MICROS - 1))
def test_every_unit_tells_the_same_time(micros: int) -> None:
    """A time is converted to the microsecond, never altered."""
    at = datetime.fromtimestamp(0, UTC).replace(microsecond=0)
    text = (at + (datetime.resolution * micros)).isoformat()
    assert read_micros(micros, "us") == micros
    assert read_micros(micros * 1_000 + 999, "ns") == micros
    assert read_micros(micros // 1_000, "ms") == micros // 1_000 * 1_000
    assert read_micros(micros // 1_000_000, "s") == micros // 1_000_000 * 1_000_000
    assert read_micros(text, "iso") == micros
    assert abs(read_micros(micros / 1e6, "s") - micros) <= 1


def test_a_time_without_a_zone_is_refused_unless_the_mapping_gives_one() -> None:
    """Guessing a zone would move every trade by hours."""
    with pytest.raises(Unreadable, match="give time_zone"):
        read_micros("2023-07-13T14:00:00.250", "iso")
    assert read_micros("2023-07-13T14:00:00.250", "iso", ZoneInfo("Asia/Hong_Kong")) == AT_MS * 1_000


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_being_written_as_text(number: float) -> None:
    """What repr writes is read back exactly, or refused; never something else."""
    try:
        assert read_number(repr(number), "price") == number
    except Unreadable:
        assert "e" in repr(number)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "payload", "trades", "s", "p", "t", "v", "i", "c", "x"]), inner)
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_message_breaks_the_reader(value: object) -> None:
    """Whatever a vendor sends, the connection stays; every tick that comes out can be written as JSON."""
    for shape in (value, message(value), message(trade(p=value)), message(trade(t=value)), message(trade(s=value))):
        for tick in read_message(shape, MAPPING).ticks:
            assert json.loads(json.dumps(tick, allow_nan=False)) == tick
