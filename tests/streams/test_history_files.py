"""Files of history: what is wrong is named with its line and column; every form of file gives the same rows."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from config.settings import Settings
from services.errors import Misconfigured
from services.market.prices.history import DailyCloses, SessionMinutes
from services.market.prices.history_gathering import HistoryRow
from streams import codec
from streams.broker.kafka import read_whole
from streams.cli import history as cli_history
from streams.cli.commands import app
from streams.prices.history_files import read_history_file
from streams.prices.price_store import RedisPriceStore, connect
from streams.topics import MARKET_DAYS, MARKET_MINUTES

HEADER = "instrument,date,time,close,volume"
ROWS = ["0700.HK,2023-07-13,09:30,349.8,1200", "0700.HK,2023-07-13,,351.0,", "HSI,2023-07-13,10:00:30,19000.5,0"]
EXPECTED = [
    HistoryRow("0700.HK", date(2023, 7, 13), 34_200, 349.8, 1_200.0),
    HistoryRow("0700.HK", date(2023, 7, 13), None, 351.0, 0.0),
    HistoryRow("HSI", date(2023, 7, 13), 36_030, 19_000.5, 0.0),
]


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_every_form_of_file_gives_the_same_rows(tmp_path: Path) -> None:
    """CSV with a byte order mark, packed, with other columns between; Parquet with typed columns."""
    text = "\n".join([HEADER, *ROWS, "", "HSI,2023-07-14,,nan,"]) + "\n"
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    columns = {
        "Instrument": ["0700.HK", "0700.HK", "HSI"],
        "date": [date(2023, 7, 13)] * 3,
        "time": pa.array([time(9, 30), None, time(10, 0, 30)], pa.time64("us")),
        "close": [349.8, 351.0, 19_000.5],
        "volume": [1_200.0, None, 0.0],
        "note": ["x", "y", "z"],
    }
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    for name in ("a.csv", "a.csv.gz", "a.parquet"):
        assert [row for _, row in read_history_file(tmp_path / name)] == EXPECTED, name


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("0700.HK,2023-07-32,,1,", "line 3: column date: '2023-07-32' is no date"),
        ("0700.HK,13/07/2023,,1,", "line 3: column date"),
        ("0700.HK,2023-07-13,9h30,1,", "line 3: column time: '9h30' is no time"),
        ("0700.HK,2023-07-13,,1_000,", "line 3: column close: '1_000' is no number"),
        ("0700.HK,2023-07-13,,0,", "line 3: column close: '0' is no price above 0"),
        ("0700.HK,2023-07-13,,1e999,", "line 3: column close: '1e999' is out of range"),
        ("0700.HK,2023-07-13,,1,-5", "line 3: column volume: '-5' is out of range"),
        (",2023-07-13,,1,", "line 3: column instrument: is empty"),
        ("0700.HK,2023-07-13,,1,5,7", "line 3: has 6 columns where the header has 5"),
        ("0700.HK,2023-07-13,,\ud83d,", "line 3: is not UTF-8"),
    ],
)
def test_a_mistake_is_named_with_line_and_column(tmp_path: Path, row: str, said: str) -> None:
    """Ten thousand lines are not searched by eye."""
    path = tmp_path / "history.csv"
    path.write_bytes("\n".join([HEADER, ROWS[0], row]).encode("utf-8", "surrogatepass"))
    with pytest.raises(Misconfigured) as caught:
        list(read_history_file(path))
    assert said in str(caught.value)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """Before anything is sent."""
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "text.parquet").write_text("no parquet")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(HEADER.encode() * 100)[:20])
    write(tmp_path / "other.csv", header="symbol,date,close")
    for name in ("empty.csv", "text.parquet", "cut.csv.gz", "other.csv", "absent.csv", "absent.parquet"):
        with pytest.raises(Misconfigured, match=name):
            list(read_history_file(tmp_path / name))


@pytest.fixture
def line(shared_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The command finds the parts of this test run, and it is July 2023."""
    monkeypatch.setattr(cli_history, "read_settings", lambda _: shared_settings)
    monkeypatch.setattr(cli_history, "wall_clock", lambda: datetime.fromisoformat("2023-07-19T12:00:00+00:00"))
    return shared_settings


@pytest.fixture
def say(line: Settings) -> Callable[..., str]:
    del line

    def invoke(*words: str, status: int = 0) -> str:
        result = CliRunner().invoke(app, ["history", *words])
        assert result.exit_code == status, result.output
        return result.output

    return invoke


@pytest.mark.parts
def test_history_goes_onto_the_topics_and_into_the_store(
    tmp_path: Path, line: Settings, say: Callable[..., str]
) -> None:
    """Loaded twice, it stands there once."""
    store = RedisPriceStore(line.redis_url)
    connect(line.redis_url).flushall()
    store.begin_filling()
    store.end_filling()
    path = write(tmp_path / "history.csv", *ROWS, "NOPE,2023-07-13,,1,")
    for _ in range(2):
        said = say("load", str(path))
        assert "2 sessions of minutes and 2 closes of 2 instruments" in said
        assert "left out: 1 rows of instruments that the catalogue does not have" in said
    assert "the price store has them" in said
    shown = say("show", "0700.HK")
    assert [words.split()[:3] for words in shown.splitlines()[1:4]] == [
        ["seconds", "none"],
        ["minutes", "1", "rows"],
        ["days", "1", "rows"],
    ]
    sent = [record for record in read_whole(line, MARKET_MINUTES.name) if record.key == b"0700.HK@2023-07-13"]
    assert codec.decode(SessionMinutes, sent[-1].value).source == "loaded"
    days = [record for record in read_whole(line, MARKET_DAYS.name) if record.key == b"0700.HK@2023-07-13"]
    assert codec.decode(DailyCloses, days[-1].value).close == (351.0,)


@pytest.mark.parts
def test_without_redis_the_topics_still_get_it(tmp_path: Path, line: Settings, say: Callable[..., str]) -> None:
    """Redis is a cache: it takes them from the topics when it is back."""
    connect(line.redis_url).flushall()
    said = say("load", str(write(tmp_path / "history.csv", *ROWS)))
    assert "the price store takes them from there when it is filled again" in said
    assert "being filled" in say("show", "0700.HK", status=3)


@pytest.mark.parts
def test_minutes_out_of_order_are_named(tmp_path: Path, say: Callable[..., str]) -> None:
    """A session that was sent already must not be replaced by its rest."""
    rows = ["0700.HK,2023-07-13,09:30,1,", "0700.HK,2023-07-12,09:30,1,"]
    said = say("load", str(write(tmp_path / "history.csv", *rows)), status=2)
    assert "line 3: column date: 0700.HK: 2023-07-12 comes after 2023-07-13" in said
    assert "no instrument 'NOPE'" in say("show", "NOPE", status=2)
