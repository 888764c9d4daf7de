"""``policy-signals event-study``: true numbers from files, one clear sentence for each mistake, a page that is safe."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from typer.testing import CliRunner, Result

from config.exchanges import load_calendars
from services.errors import Misconfigured
from services.market.study.file_prices import FilePrices
from services.market.study.study_row import StudyRow, StudyState
from streams.cli.commands import app
from streams.prices.price_file import OPTIONAL, REQUIRED, _is_sound, _read_quickly, read_price_file
from streams.prices.price_rows import read_rows
from streams.rendering.html_page import hash_style
from streams.rendering.table_text import read_table
from streams.study.event_study_files import OUT_COLUMNS, read_events, say_value, write_rows

CALENDAR = load_calendars()["XHKG"]
DAYS = [day for number in range(420) if CALENDAR.session_on(day := date(2022, 6, 1) + timedelta(days=number))]
JULY_13 = DAYS.index(date(2023, 7, 13))
FACTS = {"3690.HK": 0.0573, "9626.HK": 0.0752, "0700.HK": 0.0288, "HSI": 0.0260}
EVENTS = "event_id,date,time,tz,tone,instruments\n"
STUDY = EVENTS + "council,2023-07-12,18:30,Asia/Shanghai,supportive,3690.HK 9626.HK 0700.HK\n"
Study = Callable[..., list[dict[str, str]]]
Prices = dict[str, np.ndarray]


def make_prices() -> Prices:
    """Closes of DAYS: beta 1 and noise, and on 13 July 2023 the moves that newspapers reported."""
    random = np.random.default_rng(13)
    index = random.normal(0.0, 0.012, len(DAYS))
    prices = {}
    for name, fact in FACTS.items():
        moves = index + (0.0 if name == "HSI" else random.normal(0.0, 0.008, len(DAYS)))
        moves[JULY_13] = fact
        prices[name] = 100.0 * np.cumprod(1.0 + moves)
    return prices


def csv_of(prices: Prices, days: Sequence[date] = DAYS) -> str:
    rows = [
        f"{name},{day},{close!r}\n" for name in prices for day, close in zip(days, prices[name].tolist(), strict=True)
    ]
    return "instrument,date,close\n" + "".join(rows)


PRICES = csv_of(make_prices())


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Result]:
    """``ask(events, prices, "--index", "HSI")``: the command on files with these texts; the rows go to ``out.csv``."""

    def run(events: str | bytes, prices: str | bytes, *options: str, name: str = "prices.csv") -> Result:
        for path, text in ((tmp_path / "events.csv", events), (tmp_path / name, prices)):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        files = {"--events": "events.csv", "--prices": name, "--out": "out.csv"}
        given = [part for option, file in files.items() for part in (option, str(tmp_path / file))]
        result = CliRunner().invoke(app, ["event-study", *given, *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def study(ask: Callable[..., Result], tmp_path: Path) -> Study:
    """The rows of a study that went well."""

    def run(*arguments: str | bytes, name: str = "prices.csv") -> list[dict[str, str]]:
        result = ask(*arguments, name=name)
        assert result.exit_code == 0, result.output
        with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return run


# ---- numbers


def test_the_thirteenth_of_july_2023(study: Study) -> None:
    """The council spoke on the evening of the 12th: Meituan +5.73 %, Bilibili +7.52 %, Tencent +2.88 % on the 13th."""
    rows = study(STUDY, PRICES)
    assert [(row["instrument"], row["return_pct"]) for row in rows] == [
        ("3690.HK", "5.7300"),
        ("9626.HK", "7.5200"),
        ("0700.HK", "2.8800"),
    ]
    assert {row["session"] for row in rows} == {"2023-07-13"}
    assert {row["index_return_pct"] for row in rows} == {"2.6000"}
    assert rows[0]["abnormal_pct"] == "3.1300"
    assert {row["state"] for row in rows} == {"ok"}
    assert float(rows[1]["t_stat"]) > 5.0


def test_the_columns_are_those_promised(study: Study, tmp_path: Path) -> None:
    """Others read this file: names and order are part of the contract."""
    study(STUDY, PRICES)
    header = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == (
        "event_id,instrument,session,return_pct,index_return_pct,abnormal_pct,beta,abnormal_beta_pct,t_stat,"
        "estimation_days,state"
    )


def test_rows_stand_in_the_order_of_the_input_with_its_names(study: Study) -> None:
    """Instruments of several exchanges are measured apart, but reported as they were given."""
    events = EVENTS + "b,2023-07-13,,,neutral,NOPE.HK 700.HK BABA\na,2023-07-13,,,neutral,3690.HK\n"
    rows = study(events, PRICES)
    assert [(row["event_id"], row["instrument"]) for row in rows] == [
        ("b", "NOPE.HK"),
        ("b", "700.HK"),
        ("b", "BABA"),
        ("a", "3690.HK"),
    ]
    assert [row["state"] for row in rows] == ["unknown_instrument", "ok", "unknown_instrument", "ok"]
    assert rows[1]["return_pct"] == "2.8800"


def test_what_was_not_measured_is_empty_and_never_zero(study: Study) -> None:
    """0.00 would say that the price stood still."""
    halted = "".join(line for line in PRICES.splitlines(keepends=True) if not line.startswith("9626.HK,2023-07-13"))
    events = (
        EVENTS
        + "a,2023-07-13,,,neutral,9626.HK XX.HK 3690.HK\nb,2030-01-02,,,neutral,3690.HK\nc,2020-01-02,,,neutral,3690.HK\n"
    )
    rows = study(events, halted)
    measured = OUT_COLUMNS[3:9]
    assert [row["state"] for row in rows] == ["not_traded", "unknown_instrument", "ok", "not_traded", "not_traded"]
    for row in (rows[0], rows[1], rows[3], rows[4]):
        assert [row[name] for name in measured] == [""] * 6
    assert [row["session"] for row in rows] == ["2023-07-13"] * 3 + ["2030-01-02", "2020-01-02"]


def test_the_index_is_the_chosen_one_else_that_of_the_exchange_else_none(
    study: Study, ask: Callable[..., Result]
) -> None:
    """Without an index only the raw return stands, and the state says so."""
    assert study(STUDY, PRICES, "--index", "0700.HK")[0]["index_return_pct"] == "2.8800"
    alone = "".join(line for line in PRICES.splitlines(keepends=True) if not line.startswith("HSI"))
    row = study(STUDY, alone)[0]
    assert (row["state"], row["return_pct"], row["index_return_pct"], row["abnormal_pct"]) == (
        "no_index",
        "5.7300",
        "",
        "",
    )
    result = ask(STUDY, PRICES, "--index", "700.HK")
    assert result.exit_code == 2
    assert "--index 700.HK" in result.output
    assert "0700.HK" in result.output


def test_an_index_is_not_measured_against_itself(study: Study) -> None:
    """It would be 0.00 % abnormal for ever."""
    row = study(EVENTS + "a,2023-07-13,,,neutral,HSI\n", PRICES)[0]
    assert (row["state"], row["return_pct"], row["abnormal_pct"]) == ("no_index", "2.6000", "")


def test_an_unknown_exchange_takes_the_days_of_the_file(study: Study, ask: Callable[..., Result]) -> None:
    """Every weekday has a price here, the holiday too; nobody knows when XX closes."""
    days = [date(2023, 4, 3) + timedelta(days=number) for number in range(5)]
    prices = csv_of({"A.XX": np.array([1.0, 1.1, 1.21, 1.331, 1.4641])}, days)
    events = EVENTS + "a,2023-04-05,23:00,,neutral,A.XX\nb,2023-04-08,,,neutral,A.XX\n"
    first, second = study(events, prices)
    assert (first["session"], first["return_pct"], first["state"]) == ("2023-04-05", "10.0000", "no_index")
    assert (second["session"], second["state"]) == ("", "not_traded")
    assert "No exchange is known for A.XX" in ask(events, prices).output


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(60, len(DAYS) - 2), factor=st.floats(0.2, 5.0), name=st.sampled_from(sorted(FACTS)))
def test_later_prices_do_not_change_a_row(study: Study, place: int, factor: float, name: str) -> None:
    """No look-ahead through the whole command: not by the index, nor by another instrument."""
    events = EVENTS + f"a,{DAYS[place]},,,supportive,3690.HK 0700.HK\n"
    changed = make_prices()
    changed[name][place + 1 :] *= factor
    assert study(events, csv_of(changed)) == study(events, PRICES)
    shorter = {one: closes[: place + 1] for one, closes in make_prices().items()}
    assert study(events, csv_of(shorter, DAYS[: place + 1])) == study(events, PRICES)


def intraday(prices: Prices) -> str:
    """Open, noon, 14:00 and the close of each day: the path from one close to the next in four steps."""
    rows = ["instrument,date,time,close\n"]
    for name, closes in prices.items():
        for number in range(1, len(DAYS)):
            steps = np.geomspace(closes[number - 1], closes[number], 5)[1:]
            times = ("09:30", "12:00", "14:00:30", "16:00")
            rows += [f"{name},{DAYS[number]},{at},{price!r}\n" for at, price in zip(times, steps.tolist(), strict=True)]
    return "".join(rows)


def test_prices_within_the_day_measure_from_publication_to_the_close(study: Study, ask: Callable[..., Result]) -> None:
    """An event of 13:00 is measured from the price of noon: half of the day's logarithmic move. Others as with daily prices."""
    prices = intraday(make_prices())
    events = (
        EVENTS
        + "in,2023-07-13,13:00,,supportive,3690.HK\nbefore,2023-07-13,09:00,,supportive,3690.HK\nday,2023-07-13,,,supportive,3690.HK\n"
    )
    inside, before, day = study(events, prices)
    assert inside["return_pct"] == f"{100.0 * (1.0573**0.5 - 1.0):.4f}"
    assert inside["index_return_pct"] == f"{100.0 * (1.026**0.5 - 1.0):.4f}"
    assert before["return_pct"] == day["return_pct"] == "5.7300"
    assert {row["state"] for row in (inside, before, day)} == {"ok"}
    assert "from the last price before publication: 1 of 3 rows" in ask(events, prices).output


# ---- files


@pytest.mark.parametrize("change", ["plain", "gzip", "bom", "crlf", "shuffled", "repeated", "quoted", "capitals"])
def test_the_same_prices_in_another_dress_are_the_same_rows(study: Study, change: str) -> None:
    """Excel, pandas and vendors write the same table in many ways."""
    lines = PRICES.splitlines(keepends=True)
    dressed = {
        "plain": PRICES.encode(),
        "gzip": gzip.compress(PRICES.encode()),
        "bom": b"\xef\xbb\xbf" + PRICES.encode(),
        "crlf": PRICES.replace("\n", "\r\n").encode(),
        "shuffled": "".join([lines[0], *sorted(lines[1:], key=lambda line: line[::-1])]).encode(),
        "repeated": "".join([*lines, *lines[1:500]]).encode(),
        "quoted": re.sub(r"(?m)^([^,\n]+),", r'"\1",', PRICES).encode(),
        "capitals": PRICES.replace("instrument,date,close", " Instrument , DATE,Close ").encode(),
    }
    assert study(STUDY, dressed[change]) == study(STUDY, PRICES)


def test_parquet_is_read_like_csv(study: Study, tmp_path: Path) -> None:
    """With texts or categories for names and with days or timestamps for dates, as pandas and polars write them."""
    table = list(csv.DictReader(io.StringIO(PRICES)))
    days = [date.fromisoformat(row["date"]) for row in table]
    kinds = {
        "plain": (pa.array([row["instrument"] for row in table]), pa.array(days)),
        "pandas": (
            pa.array([row["instrument"] for row in table]).dictionary_encode(),
            pa.array(days).cast(pa.timestamp("ns")),
        ),
    }
    expected = study(STUDY, PRICES)
    for instruments, dates in kinds.values():
        columns = {"instrument": instruments, "date": dates, "close": [float(row["close"]) for row in table]}
        parquet.write_table(pa.table(columns), tmp_path / "source.parquet")
        assert study(STUDY, (tmp_path / "source.parquet").read_bytes(), name="prices.parquet") == expected


def test_blank_closes_are_skipped_and_counted(study: Study, ask: Callable[..., Result]) -> None:
    """A vendor writes an empty close for a halted day; Excel leaves rows of commas at the end."""
    prices = PRICES + "XX.HK,2023-07-13,\nXX.HK,2023-07-14,nan\n,,\n\n"
    assert study(STUDY, prices) == study(STUDY, PRICES)
    assert "3 of" in ask(STUDY, prices).output


PRICE_MISTAKES = {
    "": "prices.csv: is empty",
    "instrument,date,close\n": "has no row with a close",
    "instrument,day,close\nA,2023-07-13,1\n": "line 1: there is no column 'date', only 'instrument', 'day', 'close'",
    "instrument;date;close\nA;2023-07-13;1\n": "line 1: the columns are separated by semicolons; save the file with commas",
    "instrument,date,close,close\nA,2023-07-13,1,1\n": "line 1: the column 'close' is there twice",
    "instrument,date,close\nA,2023-07-13,1\nA,13.07.2023,1\n": "line 3: column date: '13.07.2023' is no date; write it like 2023-07-13",
    "instrument,date,close\nA,2023-02-30,1\n": "line 2: column date: '2023-02-30' is no date",
    "instrument,date,close\nA,0023-02-20,1\n": "line 2: column date: '0023-02-20' is not within 1900-01-01 to 2200-01-01",
    "instrument,date,close\nA,2023-07-13,0\n": "line 2: column close: '0' is no price above 0",
    "instrument,date,close\nA,2023-07-12,1\n\nA,2023-07-13,-3\n": "line 4: column close: '-3' is no price above 0",
    "instrument,date,close\nA,2023-07-13,inf\n": "line 2: column close: 'inf' is no number",
    'instrument,date,close\nA,2023-07-13,"1,234.5"\n': "line 2: column close: '1,234.5' is no number; write it like 349.8",
    "instrument,date,close\nA,2023-07-13,1,5\n": "line 2: has 4 columns where the header has 3",
    "instrument,date,close\n,2023-07-13,1\n": "line 2: column instrument: is empty; fill it",
    "instrument,date,close\nA,2023-07-13,1\nB,2023-07-13,1\nA,2023-07-13,2\n": (
        "line 4: column close: 2 for 'A' on 2023-07-13, where line 2 has 1; keep the right one"
    ),
    "instrument,date,time,close\nA,2023-07-13,25:00,1\n": "line 2: column time: '25:00' is no time; write it like 14:05",
}
EVENT_MISTAKES = {
    "": "events.csv: is empty",
    EVENTS: "events.csv: has no event below its header",
    "event_id,date,instruments\na,2023-07-13,0700.HK\n": "line 1: there is no column 'tone'",
    "event_id;date;tone;instruments\n": "separated by semicolons",
    EVENTS + "a,today,,,neutral,0700.HK\n": "line 2: column date: 'today' is no date",
    EVENTS + "a,2023-07-13,9am,,neutral,0700.HK\n": "line 2: column time: '9am' is no time",
    EVENTS
    + "a,2023-07-13,09:00,Mars/Base,neutral,0700.HK\n": "line 2: column tz: 'Mars/Base' is no time zone; write it like Asia/Hong_Kong or +08:00",
    EVENTS + "a,2023-07-13,09:00,../../etc/passwd,neutral,0700.HK\n": "column tz: '../../etc/passwd' is no time zone",
    EVENTS + "a,2023-07-13,,,,0700.HK\n": "line 2: column tone: is empty; fill it",
    EVENTS + "a,2023-07-13,,,neutral,\n": "line 2: column instruments: is empty; fill it",
    EVENTS + "a,2023-07-13,,,neutral,0700.HK\na,2023-07-14,,,neutral,0700.HK\n": (
        "line 3: column instruments: '0700.HK' stands already in line 2 for event 'a'; keep one of them"
    ),
    EVENTS + "a,2023-07-13,,,neutral,0700.HK 700.HK\n": "'700.HK' stands already in the same line for event 'a'",
    EVENTS + "a,2023-07-13,,,neutral\n": "line 2: has 5 columns where the header has 6",
}


@pytest.mark.parametrize(("prices", "sentence"), PRICE_MISTAKES.items())
def test_a_mistake_in_the_prices_is_one_sentence(ask: Callable[..., Result], prices: str, sentence: str) -> None:
    """File, line, column, what to do; a line and not a traceback."""
    check_mistake(ask(STUDY, prices), sentence)


@pytest.mark.parametrize(("events", "sentence"), EVENT_MISTAKES.items())
def test_a_mistake_in_the_events_is_one_sentence(ask: Callable[..., Result], events: str, sentence: str) -> None:
    """The same for events."""
    check_mistake(ask(events, PRICES), sentence)


@pytest.mark.parametrize(
    ("prices", "sentence"),
    [
        (gzip.compress(PRICES.encode())[:-9], "is no complete gzip file"),
        (PRICES.encode("utf-16"), "is UTF-16 text; save it as CSV UTF-8"),
        ("instrument,date,close\n腾讯,2023-07-13,1\n".encode("gbk"), "line 2: is not UTF-8 text"),
        (b'instrument,date,close\n"A,2023-07-13,1\n', "line 2: has 1 columns"),
    ],
)
def test_a_file_that_is_no_table_is_one_sentence(ask: Callable[..., Result], prices: bytes, sentence: str) -> None:
    """Wrong encodings are the most frequent mistake of all."""
    check_mistake(ask(STUDY, prices), sentence)


def check_mistake(result: Result, sentence: str) -> None:
    assert result.exit_code == 2
    assert sentence in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_a_name_that_could_be_two_is_asked_back(ask: Callable[..., Result]) -> None:
    """Never guess between prices."""
    prices = PRICES + "700.HK,2023-07-13,5\n"
    check_mistake(ask(EVENTS + "a,2023-07-13,,,neutral,00700.HK\n", prices), "'00700.HK' may be 0700.HK or 700.HK")


def test_the_inputs_are_never_written_over(ask: Callable[..., Result], tmp_path: Path) -> None:
    """One slip of the hand must not cost the prices; and a folder that is missing is said before the work."""
    check_mistake(ask(STUDY, PRICES, "--report", str(tmp_path / "prices.csv")), "is the file of --prices; name another")
    check_mistake(ask(STUDY, PRICES, "--report", str(tmp_path / "no" / "r.html")), "in a folder that does not exist")
    assert (tmp_path / "prices.csv").read_text(encoding="utf-8") == PRICES


# ---- round trips

CELLS = st.one_of(
    st.sampled_from(
        ["0700.HK", "BABA", "", " ", "2023-07-13", "2023-7-1", "349.8", "-1", "0", "nan", "1e3", "12:30", "x"]
    ),
    st.text(max_size=6),
)
GOOD_ROWS = st.tuples(
    st.sampled_from(["0700.HK", "BABA", "腾讯", "a,b", 'q"q']),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(str),
    st.sampled_from(["", "09:30", "16:00:01", "23:59:59.5"]),
    st.floats(1e-3, 1e6).map(repr) | st.sampled_from(["", "nan", "5", ".5", "+5."]),
)


def table_of(path: Path, header: Iterable[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(header), *rows])
    return path


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(GOOD_ROWS | st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=8))
def test_the_quick_reader_and_the_careful_one_agree(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    """What the quick reader accepts, the careful one reads alike; what that refuses, the quick one never lets through."""
    path = table_of(tmp_path / "p.csv", (*REQUIRED[:2], *OPTIONAL, REQUIRED[2]), rows)
    text = read_table(path, REQUIRED, OPTIONAL)
    quick = _read_quickly(text)
    if quick is None or not _is_sound(quick) or any(name != name.strip() for name in quick.instruments):
        return
    careful = read_rows(text)
    assert everything(FilePrices(quick.take(~np.isnan(quick.close)))) == everything(
        FilePrices(careful.take(~np.isnan(careful.close)))
    )


def everything(prices: FilePrices) -> dict[str, list[list[object]]]:
    tapes = {name: prices.tape(name) for name in prices.instruments}
    return {name: [t.moment.tolist(), t.close.tolist()] for name, t in sorted(tapes.items()) if len(t.close)}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.lists(CELLS, max_size=5),
    rows=st.lists(st.lists(CELLS, max_size=5), max_size=5),
    tail=st.binary(max_size=8),
)
def test_any_file_is_read_or_refused_in_one_sentence(
    header: list[str], rows: list[list[str]], tail: bytes, tmp_path: Path
) -> None:
    """Nothing else may come out of a file, whatever is in it."""
    for names in (header, [*REQUIRED, *header], ["event_id", "date", "time", "tz", "tone", "instruments"]):
        path = table_of(tmp_path / "any.csv", names, rows)
        path.write_bytes(path.read_bytes() + tail)
        for read in (read_events, read_price_file):
            try:
                read(path)
            except Misconfigured as error:
                assert str(error).startswith(str(path))
                assert "\n" not in str(error)


IDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12).map(str.strip).filter(bool)
NUMBERS = st.none() | st.floats(-1e6, 1e6)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.lists(IDS, min_size=1, max_size=5), value=NUMBERS)
def test_rows_come_back_as_they_were_written(ids: list[str], value: float | None, tmp_path: Path) -> None:
    """Commas, quotes, line breaks, Chinese: an id is the same in as out, a number is right to four digits."""
    rows = [
        StudyRow(event_id=one, instrument="A", session=None, return_pct=value, state=StudyState.NO_INDEX) for one in ids
    ]
    write_rows(tmp_path / "rows.csv", rows)
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["event_id"] for row in found] == ids
    for row in found:
        assert (row["return_pct"] == "") == (value is None)
        assert value is None or float(row["return_pct"]) == pytest.approx(value, abs=5.1e-5)
        assert not row["return_pct"].startswith("-0.0000")


def test_numbers_are_plain_decimals() -> None:
    """No exponent, no minus zero: every spreadsheet reads them."""
    assert [say_value(value) for value in (1e-9, -1e-9, 12345678.9, None, 7)] == [
        "0.0000",
        "0.0000",
        "12345678.9000",
        "",
        "7",
    ]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(IDS, st.dates(date(1950, 1, 1)), st.sampled_from(["", "09:30"])),
        min_size=1,
        max_size=5,
        unique_by=lambda row: row[0],
    )
)
def test_events_are_read_as_they_were_written(rows: list[tuple[str, date, str]], tmp_path: Path) -> None:
    """Ids with commas, quotes and line breaks included; dates beyond 2200 are refused elsewhere."""
    kept = [row for row in rows if row[1].year < 2200]
    if not kept:
        return
    table = [[one, str(day), at, "", "neutral", "A B"] for one, day, at in kept]
    events = read_events(table_of(tmp_path / "e.csv", EVENTS.strip().split(","), table))
    assert [(event.event_id, event.publication.day) for event in events] == [(one, day) for one, day, _ in kept]
    assert all(
        (event.publication.time_of_day is None) == (at == "") for event, (_, _, at) in zip(events, kept, strict=True)
    )


# ---- the page

HOSTILE = [
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "$\\frac{1}{0}$",
    "[bold red]x[/]",
    "\x1b[31mred",
    "{{ 7*7 }}",
    "=cmd()",
    "_hidden",
    "政策",
]


class Page(HTMLParser):
    """Tags and ids of a page, and the attributes that would make it do something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.active += [name for name, value in attrs if name.startswith("on") or name in ("style", "src")]
        self.active += [value or "" for name, value in attrs if name == "href" and not (value or "").startswith("#")]


def read_page(tmp_path: Path) -> tuple[str, Page]:
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    return text, page


def many_events() -> str:
    """Thirty of each tone, one of them with a tone of its own; some against their tone."""
    tones = ["supportive", "restrictive", "neutral"]
    rows = [f"e{n},{DAYS[80 + 2 * n]},,,{tones[n % 3]},3690.HK 0700.HK\n" for n in range(90)]
    return EVENTS + "".join(rows) + f"odd,{DAYS[100]},,,puzzling,9626.HK\n"


def test_the_report_holds_all_that_was_asked(ask: Callable[..., Result], tmp_path: Path) -> None:
    """Plot, distribution, tests, disagreements, rows: each with something in it."""
    result = ask(many_events(), PRICES, "--report", str(tmp_path / "report.html"))
    assert result.exit_code == 0, result.output
    text, page = read_page(tmp_path)
    sections = {"paths-section", "distribution-section", "tests-section", "disagreements", "rows"}
    assert sections <= set(page.ids)
    for word in ("BMP", "Patell", "rank", "sign", "Kolari", "95 %", "puzzling", "e89", "HSI"):
        assert word in text
    assert text.count("<tr>") > 181
    assert "mean cumulative abnormal return" in text
    assert str(tmp_path / "report.html") in result.output.replace("\n", "")


def test_the_report_runs_and_fetches_nothing(ask: Callable[..., Result], tmp_path: Path) -> None:
    """Its policy lets in one style sheet by hash; charts carry no style attribute, and no id is there twice."""
    ask(many_events(), PRICES, "--report", str(tmp_path / "report.html"))
    text, page = read_page(tmp_path)
    assert not page.tags & {"script", "img", "link", "iframe", "object", "image", "foreignobject"}
    assert page.active == []
    assert len(page.ids) == len(set(page.ids))
    style = re.search(r"<style>(.*?)</style>", text, re.S)
    assert style is not None
    assert f"default-src 'none'; style-src '{hash_style(style[1])}'" in text
    assert text.count("<style") == 1


def test_hostile_text_of_files_is_only_text(ask: Callable[..., Result], tmp_path: Path) -> None:
    """Ids and tones come from anywhere: neither page, picture nor terminal may obey them."""
    file = io.StringIO()
    writer = csv.writer(file)
    for number, words in enumerate(HOSTILE):
        writer.writerow([words, DAYS[90 + number], "", "", words, f"3690.HK 0700.HK <b>{number}</b>"])
    result = ask(EVENTS + file.getvalue(), PRICES, "--report", str(tmp_path / "report.html"))
    assert result.exit_code == 0, result.output
    text, page = read_page(tmp_path)
    assert not page.tags & {"script", "img", "b"}
    assert page.active == []
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "\x1b" not in result.output
    assert "[bold red]x" in result.output
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as out:
        assert [row["event_id"] for row in csv.DictReader(out)] == [words for words in HOSTILE for _ in range(3)]


def test_a_study_without_a_measured_row_still_has_a_page(ask: Callable[..., Result], tmp_path: Path) -> None:
    """It says that there is nothing, instead of drawing it."""
    result = ask(EVENTS + "a,2023-07-13,,,supportive,NOPE.HK\n", PRICES, "--report", str(tmp_path / "report.html"))
    assert result.exit_code == 0, result.output
    text, page = read_page(tmp_path)
    assert "unknown_instrument" in text
    assert "paths-section" not in page.ids


def test_one_single_row_is_drawn_without_a_band(ask: Callable[..., Result], tmp_path: Path) -> None:
    """One session has no spread: no band, no test, and no warning either."""
    result = ask(EVENTS + "a,2023-07-13,,,supportive,3690.HK\n", PRICES, "--report", str(tmp_path / "report.html"))
    assert result.exit_code == 0, result.output
    assert "paths-section" in read_page(tmp_path)[1].ids
