"""Shapes of ``market.ticks``: whatever a producer sends is read, or refused with a word of a closed set."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Unreadable
from services.market.ticks.tick_columns import NO_SEQUENCE, check_columns
from services.market.ticks.ticks import parse_tick
from streams.metrics import DEAD_LETTER_REASONS
from streams.ticks.tick_formats import ARROW_START, FORMAT_HEADER, TickFormat, format_of
from streams.ticks.tick_intake import (
    FEWEST_COLUMNS,
    MAX_TICKS,
    UNKNOWN,
    columns_of_table,
    is_table,
    read_record,
    rows_of,
)

NOW = datetime(2023, 7, 13, 6, 0, 10, tzinfo=UTC)
AT_MS = 1689228000250
MANY = FEWEST_COLUMNS


def row(**changed: object) -> dict[str, object]:
    return {"instrument": "0700.HK", "price": 349.8, "volume": 1200, "traded_at": AT_MS, "sequence": 7, **changed}


def knows(name: str) -> bool:
    return name.endswith(".HK")


def refusal(data: bytes | None) -> str:
    with pytest.raises(Unreadable) as caught:
        read_record(data)
    return caught.value.reason


def test_the_three_shapes_say_the_same() -> None:
    """A producer may choose; what it says must not depend on it."""
    single = read_record(json.dumps(row()).encode())
    rows = read_record(json.dumps([row()]).encode())
    columns = read_record(json.dumps({name: [value] for name, value in row().items()}).encode())
    assert not is_table(single)
    assert [parse_tick(raw, NOW) for raw in rows_of(rows)] == [parse_tick(single, NOW)]
    assert [parse_tick(raw, NOW) for raw in rows_of(columns)] == [parse_tick(single, NOW)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"5", "wrong_type"),
        (b'[{"instrument": "0700.HK"}, 5]', "wrong_type"),
        (b'{"instrument": ["0700.HK"], "price": [1]}', "missing_field"),
        (b'{"instrument": ["0700.HK"], "price": [1], "volume": 5, "traded_at": [1]}', "missing_field"),
        (b'{"instrument": ["0700.HK"], "price": [1], "volume": [], "traded_at": [1]}', "wrong_type"),
        (b"[" * 100_000, "too_deep"),
        (b"[" + b"{}," * MAX_TICKS + b"{}]", "too_large"),
        (b" " * 8_000_001, "too_large"),
    ],
)
def test_a_record_that_is_no_ticks_is_refused_with_a_known_reason(data: bytes | None, reason: str) -> None:
    """The reason is a metric label and a dead-letter header, and memory is bounded."""
    assert refusal(data) == reason
    assert reason in DEAD_LETTER_REASONS["market.ticks"]


def test_columns_over_the_limit_are_refused() -> None:
    """A frame is work that nothing can interrupt."""
    column = [1] * (MAX_TICKS + 1)
    frame = {"instrument": ["0700.HK"] * len(column), "price": column, "volume": column, "traded_at": column}
    assert refusal(json.dumps(frame).encode()) == "too_large"


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_bytes_bring_anything_but_a_refusal(data: bytes) -> None:
    """A producer can send anything; the process must outlive it."""
    try:
        value = read_record(data)
    except Unreadable as error:
        assert error.reason in DEAD_LETTER_REASONS["market.ticks"]
    else:
        assert isinstance(value, dict)


def test_an_unknown_instrument_leaves_no_name_behind() -> None:
    """A feed with endless symbols would otherwise fill the memory with their names."""
    names = ["0700.HK", "NOPE", "3690.HK", "0700.HK"] * MANY
    table = {"instrument": names, **{name: [1.0] * len(names) for name in ("price", "volume")}}
    columns = columns_of_table({**table, "traded_at": [AT_MS] * len(names)}, knows)
    assert columns is not None
    assert columns.instruments == ("0700.HK", "3690.HK")
    assert columns.code.tolist() == [0, UNKNOWN, 1, 0] * MANY
    assert columns.sequence.tolist() == [NO_SEQUENCE] * len(names)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIMES = st.integers(10**15, 4 * 10**15).map(lambda micros: EPOCH + timedelta(microseconds=micros))


@given(st.lists(TIMES, min_size=MANY, max_size=MANY), st.sampled_from([0, 1, 1_000, 1_000_000]))
def test_times_in_columns_mean_what_they_mean_in_single_ticks(times: list[datetime], per_micro: int) -> None:
    """Seconds, milliseconds, microseconds, nanoseconds and text: one rule for both paths."""
    micros = [(at - EPOCH) // timedelta(microseconds=1) for at in times]
    shapes = {
        0: [value / 1e6 for value in micros],
        1: micros,
        1_000: [value * 1_000 for value in micros],
        1_000_000: [at.isoformat() for at in times],
    }
    table = {
        "instrument": ["0700.HK"] * MANY,
        "price": [1.0] * MANY,
        "volume": [1.0] * MANY,
        "traded_at": shapes[per_micro],
    }
    columns = columns_of_table(table, knows)
    assert columns is not None
    singly = [parse_tick(raw, datetime(2101, 1, 1, tzinfo=UTC)).traded_at for raw in rows_of(table)]
    assert [columns.tick(index).traded_at for index in range(MANY)] == singly


@pytest.mark.parametrize(
    "odd",
    [
        *({"price": value} for value in (True, "349.8", None, 10**400)),
        *({"volume": value} for value in (False, [], {})),
        *({"traded_at": value} for value in (-1, "2023-07-13T14:00:00", "yesterday", True, 10**30, 1e300, None)),
        *({"sequence": value} for value in (-1, 1.5, 2**70, "7", True)),
        *({"instrument": value} for value in (5, None, ["0700.HK"])),
        *({"conditions": value} for value in (5, [5], [""], ["x" * 65], ["x"] * 33, {})),
        *({"currency": value} for value in (5, ["HKD"], "x" * 65)),
    ],
    ids=str,
)
def test_what_is_not_plain_goes_row_by_row(odd: dict[str, object]) -> None:
    """Arrays would turn true into 1.0 and text into numbers; the odd tick must be refused with its own reason."""
    rows = [row() for _ in range(MANY)] + [row(**odd)]
    table = {name: [one.get(name) for one in rows] for name in {**row(), **odd}}
    assert columns_of_table(table, knows) is None


def test_an_empty_name_is_malformed_and_not_unknown() -> None:
    """As for a single tick."""
    rows = [row() for _ in range(MANY)] + [row(instrument="")]
    columns = columns_of_table({name: [one[name] for one in rows] for name in row()}, knows)
    assert columns is not None
    assert check_columns(columns, NOW)[1] == {"wrong_type": 1}


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (TickFormat.JSON, {name: [value] for name, value in row().items()}),
        (TickFormat.JSON_COLUMNS, row()),
        (TickFormat.JSON_COLUMNS, [row()]),
    ],
)
def test_a_header_that_promises_another_form_is_no_shape_to_guess(form: TickFormat, data: object) -> None:
    """A producer that is wrong about what it sends is wrong about more."""
    with pytest.raises(Unreadable, match="wrong_type"):
        read_record(json.dumps(data).encode(), form)


def test_an_unknown_header_is_refused_with_a_known_reason() -> None:
    """A newer producer's format must not be read as something that it is not."""
    with pytest.raises(Unreadable) as refused:
        format_of({FORMAT_HEADER: b"avro"}, b"{}")
    assert refused.value.reason == "unknown_format"
    assert refused.value.reason in DEAD_LETTER_REASONS["market.ticks"]


@pytest.mark.parametrize("form", list(TickFormat))
def test_the_words_of_the_header_are_the_documented_ones(form: TickFormat) -> None:
    """They are written into other people's producers."""
    assert form.value in ("json", "json-columns", "arrow")
    assert format_of({FORMAT_HEADER: form.value.encode()}, b"") is form
    assert format_of({}, b"{}") is None
    assert format_of({}, ARROW_START + b"rest") is TickFormat.ARROW


def test_an_empty_frame_is_no_tick_and_no_mistake() -> None:
    """It moves event time on where a market is quiet."""
    table = read_record(b'{"instrument": [], "price": [], "volume": [], "traded_at": []}')
    assert is_table(table)
    assert list(rows_of(table)) == []
