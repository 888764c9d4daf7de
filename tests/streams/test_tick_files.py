"""CSV and Parquet files of ticks: every row is a sound tick or refused with its reason and its line."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Misconfigured, Unreadable
from services.market.ticks.tick import Tick
from services.market.ticks.ticks import parse_tick
from streams.ticks import tick_files
from streams.ticks.tick_files import Refusals, read_tick_file
from streams.ticks.tick_text import columns_of_texts, raw_value

NOW = datetime(2023, 7, 13, 7, 0, tzinfo=UTC)
HEADER = ["instrument", "price", "volume", "traded_at", "sequence"]
SOUND = ["0700.HK", "349.8", "1200", "2023-07-13T14:00:00.250+08:00", "7"]
TICK = Tick(
    instrument="0700.HK",
    price=349.8,
    volume=1200.0,
    traded_at=datetime(2023, 7, 13, 6, 0, 0, 250_000, tzinfo=UTC),
    sequence=7,
)


def knows(name: str) -> bool:
    return name.endswith(".HK")


def write_csv(path: Path, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    with gzip.open(path, "wt", newline="") if path.suffix == ".gz" else path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path: Path) -> tuple[list[Tick], Refusals]:
    refusals = Refusals()
    parts = list(read_tick_file(path, knows, NOW, refusals))
    return [part.tick(index) for part in parts for index in range(len(part))], refusals


@pytest.mark.parametrize("name", ["ticks.csv", "ticks.csv.gz"])
def test_a_csv_file_is_read_plain_or_packed(tmp_path: Path, name: str) -> None:
    """As people have them, with a column more and in any order."""
    header = ["venue", *reversed(HEADER)]
    ticks, refusals = read(write_csv(tmp_path / name, [["x", *reversed(SOUND)]] * 3, header))
    assert ticks == [TICK] * 3
    assert refusals.counts == {}


def test_each_refused_row_is_counted_with_its_reason_and_first_lines(tmp_path: Path) -> None:
    """Whoever sends a file of a million rows wants to know where to look."""
    bad = [
        ("wrong_type", ["0700.HK", "349,8", "1200", SOUND[3], "1"]),
        ("wrong_type", ["0700.HK", "349", "8", "1200", SOUND[3], "1"]),
        ("wrong_type", ["0700.HK", "", "1200", SOUND[3], "1"]),
        ("wrong_type", ["0700.HK", "1_000", "1200", SOUND[3], "1"]),
        ("wrong_type", ["0700.HK", "1"]),
        ("not_positive", ["0700.HK", "-1", "1200", SOUND[3], "1"]),
        ("not_finite", ["0700.HK", "nan", "1200", SOUND[3], "1"]),
        ("naive_time", ["0700.HK", "1", "1200", "2023-07-13T14:00:00", "1"]),
        ("unknown_instrument", ["NOPE", "1", "1200", SOUND[3], "1"]),
        ("future_time", ["0700.HK", "1", "1200", "2033-07-13T14:00:00Z", "1"]),
    ]
    rows = [SOUND, *(row for _, row in bad), [], SOUND]
    ticks, refusals = read(write_csv(tmp_path / "ticks.csv", rows))
    assert ticks == [TICK, TICK]
    reasons = [reason for reason, _ in bad]
    assert refusals.counts == {reason: reasons.count(reason) for reason in reasons}
    assert refusals.lines["wrong_type"] == [3, 4, 5]
    assert refusals.lines["future_time"] == [12]


def test_many_rows_are_read_piece_by_piece_with_the_right_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory does not grow with the file; a bad row spoils only its own piece, and no line number."""
    monkeypatch.setattr(tick_files, "ROWS_AT_ONCE", 10)
    rows = [SOUND] * 95
    rows[42] = ["0700.HK", "0", "1", SOUND[3], ""]
    rows[77] = ["0700.HK", "x", "1", SOUND[3], ""]
    rows[78] = ["NOPE", "1", "1", SOUND[3], ""]
    refusals = Refusals()
    parts = list(read_tick_file(write_csv(tmp_path / "ticks.csv", rows), knows, NOW, refusals))
    assert [len(part) for part in parts] == [10, 10, 10, 10, 9, 10, 10, 8, 10, 5]
    assert refusals.lines == {"not_positive": [44], "wrong_type": [79], "unknown_instrument": [80]}


TEXTS = {
    "instrument": st.sampled_from(["0700.HK", " 3690.HK", "NOPE", ""]),
    "price": st.sampled_from(["349.8", " 7 ", "-1", "1e3", "nan", "inf", "1_0", "", "x", "٣"]) | st.floats().map(str),
    "volume": st.sampled_from(["0", "1200", "1e15", "-5", "", "x"]),
    "traded_at": st.sampled_from(
        [
            SOUND[3],
            "2023-07-13 06:00:00Z",
            "1689228000",
            "1689228000250",
            "1689228000.25",
            "",
            "x",
            "2023-07-13T14:00:00",
        ]
    ),
    "sequence": st.sampled_from(["", "7", " 8", "-1", "1.5", "x", str(2**63)]),
    "conditions": st.sampled_from(["", "odd_lot", "a, b", "x" * 65]),
    "currency": st.sampled_from(["", "HKD", " GBX ", "x" * 65]),
}


@given(st.lists(st.fixed_dictionaries(TEXTS), min_size=1, max_size=8))
def test_rows_at_once_are_the_rows_one_by_one(rows: list[dict[str, str]]) -> None:
    """The quick way may give up, but never differ."""
    columns = columns_of_texts({name: [row[name] for row in rows] for name in rows[0]}, lambda name: True)
    if columns is None:
        return
    for index, row in enumerate(rows):
        raw = {name: raw_value(name, text) for name, text in row.items()}
        if raw["instrument"] == "":
            continue
        at_least: dict[str, Any] = {"price": 1.0, "volume": 1.0}
        tick = columns.tick(index)
        sound = parse_tick({**raw, **at_least}, datetime(2100, 1, 1, tzinfo=UTC))
        assert (tick.traded_at, tick.sequence, tick.conditions, tick.currency) == (
            *(sound.traded_at, sound.sequence, sound.conditions, sound.currency),
        )
        assert str(tick.price) == str(float(row["price"]))


def parquet(path: Path, **changed: Any) -> Path:
    at = datetime(2023, 7, 13, 6, 0, 0, 250_000, tzinfo=UTC)
    columns = {
        "instrument": ["0700.HK", "NOPE", "0700.HK", None],
        "price": [349.8, 1.0, -1.0, 1.0],
        "volume": [1200, 1, 1, 1],
        "traded_at": pa.array([at] * 4, pa.timestamp("ms", tz="UTC")),
        "sequence": [7, None, None, None],
        "junk": [[{"a": 1}]] * 4,
    }
    pq.write_table(pa.table({**columns, **changed}), path, row_group_size=3)
    return path


def test_a_parquet_file_is_read_by_the_rules_of_arrow_frames(tmp_path: Path) -> None:
    """Rows are numbered from 1 over all row groups."""
    ticks, refusals = read(parquet(tmp_path / "ticks.parquet"))
    assert ticks == [TICK]
    assert refusals.lines == {"unknown_instrument": [2], "not_positive": [3], "wrong_type": [4]}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "", "column 'instrument' is missing"),
        ("a.csv", "instrument,price,volume\n", "column 'traded_at' is missing"),
        ("a.csv", "instrument,price,price,volume,traded_at\n", "column 'price' stands there twice"),
        ("a.csv.gz", "no gzip", "cannot be read"),
        ("a.parquet", "no parquet", "cannot be read"),
        ("missing.csv", None, "cannot be read"),
        ("missing.parquet", None, "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(
    tmp_path: Path, name: str, text: str | None, sentence: str
) -> None:
    """With its name, before anything is sent."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(Misconfigured) as refused:
        read(path)
    assert sentence in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_parquet_column_of_a_wrong_type_is_named(tmp_path: Path) -> None:
    """Rather than a million refused rows."""
    with pytest.raises(Misconfigured, match="'price' holds"):
        read(parquet(tmp_path / "ticks.parquet", price=["a", "b", "c", "d"]))


def test_a_file_cut_off_in_the_middle_says_so(tmp_path: Path) -> None:
    """A download that broke must not pass for a short day."""
    path = write_csv(tmp_path / "ticks.csv.gz", [SOUND] * 1000)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Misconfigured, match="cannot be read"):
        read(path)


def test_times_ahead_of_the_clock_are_refused_as_they_would_be_live(tmp_path: Path) -> None:
    """Sent on, they would be refused behind the topic, where nobody looks."""
    soon = (NOW + timedelta(minutes=3)).isoformat()
    _, refusals = read(write_csv(tmp_path / "ticks.csv", [[*SOUND[:3], soon, "1"]]))
    assert refusals.counts == {"future_time": 1}
    with pytest.raises(Unreadable):
        parse_tick(dict(zip(HEADER, ["0700.HK", 1.0, 1.0, soon, 1], strict=True)), NOW)
