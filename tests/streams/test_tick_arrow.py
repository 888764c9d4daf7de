"""Arrow frames: read as columns, or refused with a word of the closed set; nothing in them is trusted."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import Unreadable
from services.market.ticks.tick_columns import NO_SEQUENCE, check_columns
from services.market.ticks.trade_rules import TradeRules
from streams.metrics import DEAD_LETTER_REASONS
from streams.ticks.arrow_words import read_numbers
from streams.ticks.tick_arrow import read_arrow
from streams.ticks.tick_formats import ARROW_START, MAX_RECORD_BYTES, MAX_TICKS

ROOT = Path(__file__).parents[2]
NOW = datetime(2023, 7, 13, 6, 0, 10, tzinfo=UTC)
AT_US = 1689228000250000
KNOWN = {"0700.HK", "3690.HK"}
UTC_MICROS = pa.timestamp("us", tz="UTC")


def knows(name: str) -> bool:
    return name in KNOWN


def sound() -> dict[str, Any]:
    return {
        "instrument": pa.array(["0700.HK", "3690.HK", "0700.HK"]),
        "price": pa.array([349.8, 134.6, 350.0]),
        "volume": pa.array([1200, 300, 100], pa.int64()),
        "traded_at": pa.array([AT_US, AT_US + 1, AT_US + 2], UTC_MICROS),
    }


def frame(columns: dict[str, Any], batches: int = 1, **options: Any) -> bytes:
    batch = pa.RecordBatch.from_pydict(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for _ in range(batches):
            writer.write_batch(batch)
    value: bytes = sink.getvalue().to_pybytes()
    return value


def refusal(data: bytes | None) -> str:
    with pytest.raises(Unreadable) as refused:
        read_arrow(data, knows)
    assert refused.value.reason in DEAD_LETTER_REASONS["market.ticks"]
    return refused.value.reason


def refused_ticks(**changed: Any) -> dict[str, int]:
    return dict(check_columns(read_arrow(frame({**sound(), **changed}), knows), NOW)[1])


def test_a_frame_of_plain_columns_is_read() -> None:
    """The smallest useful frame."""
    ticks = read_arrow(frame(sound()), knows)
    assert [ticks.tick(index).instrument for index in range(3)] == ["0700.HK", "3690.HK", "0700.HK"]
    assert ticks.price.tolist() == [349.8, 134.6, 350.0]
    assert ticks.volume.tolist() == [1200.0, 300.0, 100.0]
    assert ticks.micros.tolist() == [AT_US, AT_US + 1, AT_US + 2]
    assert ticks.sequence.tolist() == [NO_SEQUENCE] * 3
    assert check_columns(ticks, NOW)[1] == {}


@pytest.mark.parametrize(("unit", "per_second"), [("s", 1), ("ms", 1_000), ("us", 1_000_000), ("ns", 1_000_000_000)])
def test_times_may_be_timestamps_or_numbers_of_any_unit(unit: str, per_second: int) -> None:
    """Timestamps say their unit, numbers show it by their size, as in JSON."""
    moment = pa.array([1689228000 * per_second] * 3)
    for column in (moment.cast(pa.timestamp(unit, tz="Asia/Hong_Kong")), moment):
        ticks = read_arrow(frame({**sound(), "traded_at": column}), knows)
        assert ticks.micros.tolist() == [1689228000 * 1_000_000] * 3


@pytest.mark.parametrize(
    "instrument",
    [
        sound()["instrument"].dictionary_encode(),
        sound()["instrument"].cast(pa.large_utf8()),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.uint8()), pa.array(["0700.HK", "3690.HK", "unused"])),
        pa.DictionaryArray.from_arrays(pa.array([2, 1, 0], pa.int16()), pa.array(["0700.HK", "3690.HK", "0700.HK"])),
    ],
    ids=["dictionary", "large", "unused entry", "entry twice"],
)
def test_instruments_may_be_texts_or_a_dictionary(instrument: Any) -> None:
    """Writers choose by themselves."""
    ticks = read_arrow(frame({**sound(), "instrument": instrument}), knows)
    assert [ticks.tick(index).instrument for index in range(3)] == ["0700.HK", "3690.HK", "0700.HK"]


def test_batches_follow_each_other_whatever_their_dictionaries() -> None:
    """A writer may give each batch a dictionary of its own."""
    first = pa.RecordBatch.from_pydict({**sound(), "instrument": sound()["instrument"].dictionary_encode()})
    other = pa.array(["NOPE", "3690.HK", "3690.HK"]).dictionary_encode()
    second = pa.RecordBatch.from_pydict({**sound(), "instrument": other})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, first.schema) as writer:
        for batch in (first, second, first):
            writer.write_batch(batch)
    good, refused = check_columns(read_arrow(sink.getvalue().to_pybytes(), knows), NOW)
    names = [good.tick(index).instrument for index in range(len(good))]
    assert names == ["0700.HK", "3690.HK", "0700.HK", "3690.HK", "3690.HK", "0700.HK", "3690.HK", "0700.HK"]
    assert refused == {"unknown_instrument": 1}


def test_a_slice_of_a_column_is_read_from_where_it_begins() -> None:
    """Numbers are taken from the frame's own memory, so what lies before a slice must not be taken for it."""
    columns = {name: pa.concat_arrays([array, array]).slice(2, 2) for name, array in sound().items()}
    ticks = read_arrow(frame(columns), knows)
    assert ticks.price.tolist() == [350.0, 349.8]
    assert read_numbers(columns["volume"]).tolist() == [100, 1200]


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint16(), pa.int32(), pa.uint64(), pa.float16(), pa.float32()], ids=str)
def test_numbers_of_every_width_are_read_alike(kind: Any) -> None:
    """A feed may be thrifty with its columns."""
    assert read_numbers(pa.array([1, 2, 3], kind)).tolist() == [1, 2, 3]
    assert read_numbers(pa.array([], kind)).tolist() == []


def test_a_frame_is_read_without_pandas() -> None:
    """It would cost every process that reads ticks a tenth of a second and 50 MB, and nothing of it is used."""
    code = (
        "import sys; from streams.ticks.tick_arrow import read_arrow;"
        f"read_arrow(bytes.fromhex('{frame(sound()).hex()}'), lambda name: True); print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


def test_other_columns_are_passed_over_even_when_nested() -> None:
    """People send the frames that they have."""
    nested = pa.array([[{"bid": 1.0}], [], None])
    assert len(read_arrow(frame({"book": nested, **sound(), "venue": pa.array(["a", "b", "c"])}), knows)) == 3


@pytest.mark.parametrize(
    ("changed", "reason", "count"),
    [
        ({"instrument": pa.array(["0700.HK", None, ""])}, "wrong_type", 2),
        ({"instrument": pa.array(["0700.HK", "NOPE", None]).dictionary_encode()}, "unknown_instrument", 1),
        ({"price": pa.array([1.0, None, 2.0])}, "wrong_type", 1),
        ({"price": pa.array([1.0, float("nan"), float("inf")])}, "not_finite", 2),
        ({"price": pa.array([0.0, -1.0, 1.0])}, "not_positive", 2),
        ({"price": pa.array([1, 2, 10_000_000])}, "absurd", 1),
        ({"volume": pa.array([None, None, None], pa.int64())}, "wrong_type", 3),
        ({"traded_at": pa.array([AT_US] * 3, pa.timestamp("us"))}, "naive_time", 3),
        ({"traded_at": pa.array([AT_US, None, 5], UTC_MICROS)}, "wrong_type", 1),
        ({"traded_at": pa.array([-1, AT_US, 2**63 - 1])}, "ancient_time", 1),
        ({"traded_at": pa.array([2**64 - 1, AT_US, AT_US], pa.uint64())}, "future_time", 1),
        ({"traded_at": pa.array([2**62, -(2**62), AT_US // 1_000_000], pa.timestamp("s", tz="UTC"))}, "future_time", 1),
        ({"sequence": pa.array([-1, None, 5])}, "wrong_type", 1),
        ({"sequence": pa.array([2**64 - 1, None, 5], pa.uint64())}, "nothing", 0),
        ({"conditions": pa.array([["x" * 65], [""], None])}, "wrong_type", 2),
        ({"conditions": pa.array([["x"] * 33, ["x"], None])}, "wrong_type", 1),
        ({"conditions": pa.array(["x " * 33, "y " * 5_000, None])}, "wrong_type", 2),
        ({"conditions": pa.array([["x", None], None, ["y"]])}, "wrong_type", 1),
        ({"currency": pa.array(["x" * 65, "", "HKD"])}, "wrong_type", 1),
    ],
)
def test_a_bad_tick_is_counted_and_the_others_are_taken(changed: dict[str, Any], reason: str, count: int) -> None:
    """By the same reasons as in JSON: one wrong row must not cost a frame."""
    refused = refused_ticks(**changed)
    assert refused.get(reason, 0) == count
    assert sum(refused.values()) <= 3


def test_conditions_and_currencies_come_along() -> None:
    """As a list, as a text of words, or not at all."""
    words = [pa.array([["odd_lot", "x"], [], None]), pa.array(["odd_lot, x", "", None])]
    for conditions in (*words, words[1].dictionary_encode()):
        currency = pa.array(["HKD", None, ""]).dictionary_encode()
        ticks = read_arrow(frame({**sound(), "conditions": conditions, "currency": currency}), knows)
        assert [ticks.tick(index).conditions for index in range(3)] == [("odd_lot", "x"), (), ()]
        assert [ticks.tick(index).currency for index in range(3)] == ["HKD", None, None]
        rules = TradeRules(not_price_forming=frozenset({"odd_lot"}))
        assert check_columns(ticks, NOW, rules)[1] == {"not_price_forming": 1}


@pytest.mark.parametrize(
    "changed",
    [
        {"instrument": pa.array([1, 2, 3])},
        {"instrument": pa.array([b"0700.HK"] * 3, pa.binary())},
        {"instrument": pa.array([1, 2, 1]).dictionary_encode()},
        {"price": pa.array(["1", "2", "3"])},
        {"price": pa.array([True, False, True])},
        {"price": pa.array([[1.0]] * 3)},
        {"volume": pa.array([{"a": 1}] * 3)},
        {"traded_at": pa.array(["2023-07-13T14:00:00Z"] * 3)},
        {"traded_at": pa.array([1.5, 2.5, 3.5])},
        {"sequence": pa.array([1.0, 2.0, 3.0])},
        {"conditions": pa.array([5, 6, 7])},
        {"conditions": pa.array([[1], [2], [3]])},
        {"currency": pa.array([["HKD"]] * 3)},
    ],
)
def test_a_column_of_a_wrong_type_refuses_the_frame(changed: dict[str, Any]) -> None:
    """That is a mistake of the producer's code, not of a trade."""
    assert refusal(frame({**sound(), **changed})) == "bad_frame"


@pytest.mark.parametrize("name", ["instrument", "price", "volume", "traded_at"])
def test_a_missing_column_is_named(name: str) -> None:
    """As in JSON columns."""
    columns = sound()
    del columns[name]
    assert refusal(frame(columns)) == "missing_field"


def test_a_column_that_stands_there_twice_is_refused() -> None:
    """Nobody can say which one is meant."""
    columns = [*sound().values(), pa.array([1.0, 2.0, 3.0])]
    batch = pa.RecordBatch.from_arrays(columns, names=[*sound(), "price"])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    assert refusal(sink.getvalue().to_pybytes()) == "bad_frame"


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
def test_compressed_columns_are_refused_before_they_are_unpacked(compression: str) -> None:
    """Eight megabytes of zeros are thousands of megabytes unpacked."""
    zeros = np.zeros(MAX_TICKS)
    columns = {
        "instrument": pa.array(["0700.HK"] * MAX_TICKS),
        **{name: pa.array(zeros) for name in ("price", "volume")},
        "traded_at": pa.array(zeros.astype(np.int64)),
    }
    assert refusal(frame(columns, compression=compression)) == "bad_frame"


def test_more_ticks_than_the_limit_are_refused_in_one_batch_or_many() -> None:
    """A frame is work that nothing can interrupt."""
    many = {name: column.take(pa.array([0] * 20_000)) for name, column in sound().items()}
    assert len(read_arrow(frame(many, 2), knows)) == 40_000
    assert refusal(frame(many, 3)) == "too_large"
    assert refusal(frame(sound(), 1_001)) == "bad_frame"
    assert refusal(ARROW_START + b" " * MAX_RECORD_BYTES) == "too_large"


def test_a_stream_without_batches_is_no_tick_and_no_mistake() -> None:
    """It moves event time on where a market is quiet."""
    assert len(read_arrow(frame(sound(), 0), knows)) == 0
    assert len(read_arrow(frame({name: column.slice(0, 0) for name, column in sound().items()}), knows)) == 0


def test_what_follows_the_end_of_a_stream_is_not_lost_in_silence() -> None:
    """Two frames glued together: the second would vanish."""
    assert refusal(frame(sound()) * 2) == "bad_frame"


@pytest.mark.parametrize("data", [None, b""])
def test_nothing_is_empty(data: bytes | None) -> None:
    """As in JSON."""
    assert refusal(data) == "empty"


SAMPLES = [
    frame(
        {
            "instrument": pa.array(["0700.HK", "NOPE", None]).dictionary_encode(),
            "price": pa.array([1.0, None, -2.0]),
            "volume": pa.array([1, 2, 3]),
            "traded_at": pa.array([AT_US, 5, None], UTC_MICROS),
            "sequence": pa.array([1, None, -1]),
            "conditions": pa.array([["odd_lot"], None, ["a", "b"]]),
            "currency": pa.array(["HKD", None, "USD"]),
            "junk": pa.array([[{"a": 1}]] * 3),
        },
        batches,
    )
    for batches in (1, 2)
]
PLACES = st.integers(0, len(SAMPLES[1]))
DAMAGE = st.one_of(
    st.tuples(PLACES, st.binary(min_size=1, max_size=8)),
    st.tuples(PLACES, st.sampled_from([b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\0\0\0", ARROW_START])),
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SAMPLES), st.lists(DAMAGE, max_size=6), st.none() | PLACES)
def test_a_damaged_frame_is_read_or_refused(sample: bytes, damage: list[tuple[int, bytes]], cut_at: int | None) -> None:
    """Lengths, offsets, types and codes may be anything; the process must outlive them, and every tick counts once."""
    data = bytearray(sample)
    for place, values in damage:
        data[place : place + len(values)] = values
    try:
        ticks = read_arrow(bytes(data[:cut_at]), knows)
    except Unreadable as error:
        assert error.reason in DEAD_LETTER_REASONS["market.ticks"]
    else:
        good, refused = check_columns(ticks, NOW)
        assert len(good) + sum(refused.values()) == len(ticks)


@given(st.binary(max_size=300))
def test_bytes_that_only_begin_like_a_frame_are_refused(data: bytes) -> None:
    """Whoever finds the topic can write to it."""
    assert refusal(ARROW_START + data) in ("bad_frame", "missing_field")
