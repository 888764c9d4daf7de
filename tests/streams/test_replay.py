"""``replay`` and ``sample-day``: files in, files out, the same files every time."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from streams.cli.commands import app
from streams.local.replay_input import EARLIEST, in_order_of_arrival, in_order_of_trading

OPEN = datetime(2023, 7, 13, 1, 30, tzinfo=UTC)
NEWS_AT = OPEN + timedelta(minutes=20)
FILES = {"alerts.jsonl", "silences.jsonl", "slack.jsonl", "dead_letters.jsonl", "report.html"}
Row = tuple[str, str, object, object]


def article(title: str, body: str, **changed: object) -> dict[str, object]:
    at = NEWS_AT.isoformat()
    return {
        "source": "Harbour Wire",
        "url": "https://news.example/1",
        "title": title,
        "body": body,
        "published_at": at,
    } | changed


NEWS = [
    article(
        "Rectification of platform companies completed",
        "The State Council said the rectification of platform companies has been completed and it will support Tencent.",
    ),
    article("Panda cub born at the zoo", "The keepers are glad.", url="https://news.example/2"),
    article("No time", "None at all.", published_at="2023-07-13T10:00:00"),
]


def tape() -> list[Row]:
    """Forty minutes: an index that stands still, and a stock that rises after the news."""
    rows: list[Row] = []
    for second in range(0, 2_400, 2):
        at = OPEN + timedelta(seconds=second)
        price = 340.0 + (second % 10) / 10 + (8.0 if at > NEWS_AT + timedelta(seconds=30) else 0.0)
        rows.append(("0700.HK", at.isoformat(), round(price, 2), 1_000))
        rows.append(("HSI", at.isoformat(), 19_000.0 + second % 6, 0))
    return rows


def write_news(file: Path, articles: Iterable[object]) -> Path:
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in articles), encoding="utf-8")
    return file


def write_ticks(file: Path, rows: Iterable[Row], header: str = "instrument,traded_at,price,volume") -> Path:
    text = io.StringIO(newline="")
    text.write(header + "\n")
    csv.writer(text).writerows(rows)
    data = text.getvalue().encode()
    file.write_bytes(gzip.compress(data) if file.suffix == ".gz" else data)
    return file


def replay(news: Path, ticks: Path, out: Path) -> Result:
    result = CliRunner().invoke(app, ["replay", "--news", str(news), "--ticks", str(ticks), "--out", str(out)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def decisions(out: Path) -> dict[str, str]:
    return {name: (out / name).read_text(encoding="utf-8") for name in sorted(FILES - {"report.html"})}


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return write_news(tmp_path / "news.jsonl", NEWS)


@pytest.fixture
def ticks(tmp_path: Path) -> Path:
    return write_ticks(tmp_path / "ticks.csv", tape())


def test_every_article_ends_in_one_of_the_files(tmp_path: Path, news: Path, ticks: Path) -> None:
    """An alert with its revisions, a silence with its reason, or a dead letter: nothing vanishes."""
    result = replay(news, ticks, tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES
    alerts = lines(tmp_path / "out" / "alerts.jsonl")
    assert [alert["cause"] for alert in alerts] == ["raised", "after_1m", "after_5m"]
    assert alerts[0]["agreement"] == "not_yet"
    assert {alert["alert_id"] for alert in alerts} == {alerts[0]["alert_id"]}
    calls = lines(tmp_path / "out" / "slack.jsonl")
    assert [call["method"] for call in calls] == ["chat.postMessage", "chat.update", "chat.update"]
    assert all(call["blocks"] and call["text"] for call in calls)
    (silence,) = lines(tmp_path / "out" / "silences.jsonl")
    assert silence["reason"] == "irrelevant"
    (letter,) = lines(tmp_path / "out" / "dead_letters.jsonl")
    assert (letter["reason"], "No time" in str(letter["value"])) == ("naive_time", True)
    assert "3 articles, 2,400 ticks (rejected: none)" in result.stdout
    assert "1 signals, 1 alerts, 2 edits, 1 silences, 1 unreadable" in result.stdout


def test_two_runs_write_the_same_files(tmp_path: Path, news: Path, ticks: Path) -> None:
    """A difference between two replays must come from the files or the code, never from chance."""
    replay(news, ticks, tmp_path / "one")
    replay(news, ticks, tmp_path / "two")
    assert decisions(tmp_path / "one") == decisions(tmp_path / "two")
    pages = [(tmp_path / run / "report.html").read_text(encoding="utf-8") for run in ("one", "two")]
    assert len({re.sub(r"Made [^.]+ UTC", "", page) for page in pages}) == 1


def test_packed_files_are_read_as_plain_ones(tmp_path: Path, news: Path, ticks: Path) -> None:
    """Recorded days are big."""
    packed = tmp_path / "news.jsonl.gz"
    packed.write_bytes(gzip.compress(news.read_bytes()))
    replay(news, ticks, tmp_path / "plain")
    replay(packed, write_ticks(tmp_path / "ticks.csv.gz", tape()), tmp_path / "packed")
    assert decisions(tmp_path / "plain") == decisions(tmp_path / "packed")


def test_rows_may_be_out_of_order_by_five_seconds(tmp_path: Path, news: Path, ticks: Path) -> None:
    """Recorders write in the order of arrival."""
    chance = random.Random(7)
    moved = sorted(tape(), key=lambda row: datetime.fromisoformat(row[1]).timestamp() + chance.uniform(0.0, 4.0))
    assert moved != tape()
    replay(news, ticks, tmp_path / "straight")
    result = replay(news, write_ticks(tmp_path / "moved.csv", moved), tmp_path / "moved")
    assert "rejected: none" in result.stdout
    straight, shuffled = decisions(tmp_path / "straight"), decisions(tmp_path / "moved")
    for name in ("silences.jsonl", "dead_letters.jsonl"):
        assert straight[name] == shuffled[name]
    reactions = [
        [alert["reactions"] for alert in lines(tmp_path / run / "alerts.jsonl")] for run in ("straight", "moved")
    ]
    assert reactions[0][1:] == reactions[1][1:]


def test_bad_rows_are_counted_and_change_nothing_else(tmp_path: Path, news: Path, ticks: Path) -> None:
    """One wrong clock in the file must not hold up all that comes after it."""
    at = OPEN.isoformat()
    bad: list[Row] = [
        ("0700.HK", "2031-01-01T00:00:00+08:00", 340, 1),
        ("0700.HK", "", 340, 1),
        ("0700.HK", "2023-07-13T10:00:00", 340, 1),
        ("0700.HK", at, "abc", 1),
        ("0700.HK", at, "1_000.5", 1),
        ("0700.HK", at, "nan", 1),
        ("0700.HK", at, -3, 1),
        ("NOPE", at, 3, 1),
        ("0700.HK", (OPEN - timedelta(hours=1)).isoformat(), 340, 1),
    ]
    rows = tape()
    replay(news, ticks, tmp_path / "clean")
    result = replay(news, write_ticks(tmp_path / "bad.csv", [*rows[:100], *bad, *rows[100:]]), tmp_path / "bad")
    counted = "1 future_time, 1 late, 1 naive_time, 1 not_finite, 1 not_positive, 1 unknown_instrument, 3 wrong_type"
    assert f"2,409 ticks (rejected: {counted})" in result.stdout
    assert "rows must be in order of time" in result.stdout
    assert decisions(tmp_path / "clean") == decisions(tmp_path / "bad")


def test_short_and_empty_rows_and_spaces_in_the_header_are_taken(tmp_path: Path, news: Path, ticks: Path) -> None:
    """As spreadsheets write them; times may be numbers, as on the topic."""
    numbers: list[Row] = [
        (row[0], str(round(datetime.fromisoformat(row[1]).timestamp() * 1000)), *row[2:]) for row in tape()
    ]
    file = write_ticks(tmp_path / "odd.csv", numbers, "\ufeff instrument , traded_at,price ,volume")
    file.write_text(file.read_text().replace("\n", "\n\n0700.HK\n", 1))
    replay(news, ticks, tmp_path / "plain")
    result = replay(news, file, tmp_path / "odd")
    assert "2,401 ticks (rejected: 1 wrong_type)" in result.stdout
    assert decisions(tmp_path / "plain") == decisions(tmp_path / "odd")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("t.csv", b"", "column 'instrument' is missing; expected instrument,traded_at,price,volume"),
        (
            "t.csv",
            b"instrument,traded_at,volume\n",
            "column 'price' is missing; expected instrument,traded_at,price,volume",
        ),
        ("t.csv", b'instrument,traded_at,price,volume\n"' + b"x" * 200_000, "field larger than field limit"),
        ("t.csv.gz", b"instrument,traded_at,price,volume\n", "cannot be read: Not a gzipped file"),
        (
            "t.csv.gz",
            gzip.compress(b"instrument,traded_at,price,volume\n" * 99)[:40],
            "cannot be read: Compressed file ended",
        ),
    ],
)
def test_a_file_that_is_no_tape_is_one_sentence(
    tmp_path: Path, news: Path, name: str, data: bytes, sentence: str
) -> None:
    """With the file's name and what is wrong, and status 2."""
    (tmp_path / name).write_bytes(data)
    result = replay(news, tmp_path / name, tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"policy-signals: {tmp_path / name}")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_places_that_cannot_be_used_are_named(tmp_path: Path, news: Path, ticks: Path) -> None:
    """A file that is not there, a folder that cannot be made: before any work is done."""
    assert (
        "nowhere.jsonl cannot be read: No such file" in replay(tmp_path / "nowhere.jsonl", ticks, tmp_path / "o").stderr
    )
    result = replay(news, ticks, news)
    assert (result.exit_code, result.stderr) == (2, f"policy-signals: --out {news} cannot be made: File exists\n")
    result = CliRunner().invoke(app, ["sample-day", "--out", str(news / "below")])
    assert (result.exit_code, "cannot be made" in result.stderr) == (2, True)


def test_the_sample_day_is_written_in_the_form_that_replay_reads(tmp_path: Path) -> None:
    """The quickest way to files of one's own: twice the same, to the byte."""
    for run in ("one", "two"):
        assert CliRunner().invoke(app, ["sample-day", "--out", str(tmp_path / run)]).exit_code == 0
    for name in ("news.jsonl", "ticks.csv.gz"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    with gzip.open(tmp_path / "one" / "ticks.csv.gz", "rt") as rows:
        assert next(rows) == "instrument,traded_at,price,volume\n"
        assert next(rows).count(",") == 3
    assert all(record["received_at"] for record in lines(tmp_path / "one" / "news.jsonl"))


SECONDS = st.integers(0, 600)


@given(st.lists(SECONDS | st.just(10**9) | st.none(), max_size=30))
def test_ticks_come_in_order_whatever_stands_in_the_file(seconds: list[int | None]) -> None:
    """Every row comes, in its place in the file, and time never goes back."""
    rows = [
        {"traded_at": None if second is None else (OPEN + timedelta(seconds=second)).isoformat(), "price": number}
        for number, second in enumerate(seconds)
    ]
    events = list(in_order_of_trading(rows))
    assert [event[2] for event in events] == rows
    times = [event[0] for event in events]
    assert times == sorted(times)


@given(
    st.lists(SECONDS, min_size=4, max_size=20).map(sorted),
    st.integers(0, 100),
    st.sampled_from([-(10**6), 10**9]),
    st.integers(1, 2),
)
def test_a_wrong_clock_moves_nothing_else(seconds: list[int], place: int, wrong: int, count: int) -> None:
    """One or two such rows in a file are refused or late; every other row comes at its own time."""
    place %= len(seconds) - 2
    mixed = [*seconds[:place], *[wrong] * count, *seconds[place:]]
    events = list(
        in_order_of_trading([{"traded_at": (OPEN + timedelta(seconds=second)).isoformat()} for second in mixed])
    )
    right = [event[0] for event, second in zip(events, mixed, strict=True) if second != wrong]
    assert right == [OPEN + timedelta(seconds=second) for second in seconds]


@given(
    st.lists(
        st.binary(max_size=30)
        | st.datetimes().map(lambda at: json.dumps({"published_at": at.isoformat() + "Z"}).encode())
    )
)
def test_articles_come_in_order_of_arrival(data: list[bytes]) -> None:
    """What has no readable time comes first, to be set aside."""
    events = list(in_order_of_arrival(data))
    assert sorted(event[2] for event in events) == sorted(data)
    assert [event[0] for event in events] == sorted(event[0] for event in events)
    assert all(event[0] >= EARLIEST or b"published_at" in event[2] for event in events)
