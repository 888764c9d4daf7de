"""Rows of a file become sessions: nothing that goes on, nothing that is not kept, no day twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.market.bars.rollup import KEPT_CLOSES, KEPT_SESSIONS
from services.market.prices.history import DailyCloses, SessionMinutes
from services.market.prices.history_gathering import HistoryGathering, HistoryRow, OutOfOrder, Record
from services.market.sessions.sessions import ExchangeCalendar

THURSDAY = date(2023, 7, 13)
NOW = datetime(2023, 7, 19, 12, 0, tzinfo=UTC)
NAME = "0700.HK"


def gather(
    calendar: ExchangeCalendar, rows: list[HistoryRow], now: datetime = NOW
) -> tuple[list[Record], dict[str, int]]:
    gathering = HistoryGathering(lambda _: calendar, lambda name: name != "NOPE", now)
    records: list[Record] = []
    for row in rows:
        records.extend(gathering.add(row))
    records.extend(gathering.finish())
    return records, dict(gathering.left_out)


def minute(day: date, hour: int, at: int, close: float, volume: float = 10.0, second: int = 0) -> HistoryRow:
    return HistoryRow(NAME, day, hour * 3_600 + at * 60 + second, close, volume)


def test_minutes_become_a_session_and_its_close(hong_kong: ExchangeCalendar) -> None:
    """A time is the beginning of its minute, in local time; the last price before the settling is the close."""
    rows = [minute(THURSDAY, 9, 30, 340.0), minute(THURSDAY, 16, 8, 342.0), minute(THURSDAY, 16, 40, 999.0)]
    (session, closes), left_out = gather(hong_kong, rows)
    assert isinstance(session, SessionMinutes)
    assert isinstance(closes, DailyCloses)
    opens = int(datetime(2023, 7, 13, 1, 30, tzinfo=UTC).timestamp())
    assert (session.key, session.since, session.minute) == ("0700.HK@2023-07-13", opens, (0, 398, 430))
    assert (closes.close, closes.volume) == ((342.0,), (30.0,))
    assert left_out == {}


def test_several_prices_of_one_minute_are_one_bar(hong_kong: ExchangeCalendar) -> None:
    """A file of seconds may be loaded, too."""
    rows = [minute(THURSDAY, 9, 30, 340.0 + second, second=second) for second in range(3)]
    (session, _), _ = gather(hong_kong, rows)
    assert isinstance(session, SessionMinutes)
    assert (session.minute, session.close, session.volume) == ((0,), (342.0,), (30.0,))


@pytest.mark.parametrize("daily_first", [True, False])
def test_a_row_of_a_whole_day_says_the_close(hong_kong: ExchangeCalendar, daily_first: bool) -> None:
    """The official close knows of the auction, which files of minutes often leave out; the order of files is no matter."""
    whole = HistoryRow(NAME, THURSDAY, None, 345.0, 1_000.0)
    rows = [whole, minute(THURSDAY, 15, 59, 340.0)] if daily_first else [minute(THURSDAY, 15, 59, 340.0), whole]
    records, _ = gather(hong_kong, rows)
    assert [record.close for record in records if isinstance(record, DailyCloses)] == [(345.0,)]


def test_what_cannot_be_kept_is_counted_and_left_out(hong_kong: ExchangeCalendar) -> None:
    """A half session would stand for a whole one; a close on a holiday would be no close."""
    rows = [
        HistoryRow("NOPE", THURSDAY, None, 1.0, 0.0),
        HistoryRow(NAME, date(2023, 7, 17), None, 1.0, 0.0),
        HistoryRow(NAME, NOW.date(), None, 1.0, 0.0),
        minute(date(2022, 7, 13), 9, 30, 1.0),
    ]
    records, left_out = gather(hong_kong, rows)
    assert left_out == {"unknown_instrument": 1, "no_session": 1, "not_over": 1, "too_old": 1}
    assert [type(record) for record in records] == [DailyCloses]


def test_days_that_go_back_are_refused(hong_kong: ExchangeCalendar) -> None:
    """The rest of a session that was given already would replace it."""
    with pytest.raises(OutOfOrder):
        gather(hong_kong, [minute(THURSDAY, 9, 30, 1.0), minute(THURSDAY - timedelta(days=1), 9, 30, 1.0)])


def test_memory_is_bounded_by_what_is_kept(hong_kong: ExchangeCalendar) -> None:
    """Twenty years of closes: the last three stay, one record a year."""
    first = date(2003, 7, 1)
    days = [day for number in range(7_300) if hong_kong.session_on(day := first + timedelta(days=number))]
    gathering = HistoryGathering(lambda _: hong_kong, lambda _: True, NOW)
    for day in days:
        assert not list(gathering.add(HistoryRow(NAME, day, None, 1.0, 0.0)))
        assert len(gathering._closes[NAME]) <= 2 * KEPT_CLOSES
    records = list(gathering.finish())
    settled = [second for record in records if isinstance(record, DailyCloses) for second in record.settled]
    assert len(settled) == len(set(settled)) == KEPT_CLOSES
    assert [record.key.count("..") for record in records] == [1] * len(records)
    assert len(records) <= 5


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 400), st.floats(0.01, 1e6)), max_size=60))
def test_the_order_of_instruments_in_a_file_does_not_matter(
    hong_kong: ExchangeCalendar, rows: list[tuple[int, int, float]]
) -> None:
    """Sorted by date or by instrument: the same records."""
    made = [
        HistoryRow(f"{name}.HK", THURSDAY - timedelta(days=7 - day), 9 * 3_600 + 60 * at, close, 1.0)
        for day, at, close in sorted(rows)
        for name in ("1", "2")
    ]
    by_name = sorted(made, key=lambda row: row.instrument)
    left, right = (gather(hong_kong, order)[0] for order in (made, by_name))
    assert {record.key: record for record in left} == {record.key: record for record in right}
    assert len(left) <= 2 * (KEPT_SESSIONS + 5)
