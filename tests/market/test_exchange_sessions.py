"""Exchange hours as they were on days that trip up simpler calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import exchange_calendars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.exchanges import load_calendars
from services.errors import Misconfigured
from services.market.reaction import SessionState
from services.market.sessions.sessions import DayPlan, ExchangeCalendar, Hours

HKT = ZoneInfo("Asia/Hong_Kong")
NEW_YORK = ZoneInfo("America/New_York")


def hkt(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=HKT)


def nyt(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("clock", "state"),
    [
        ("09:29:59", "closed"),
        ("09:30", "open"),
        ("11:59:59", "open"),
        ("12:00", "lunch"),
        ("12:59:59", "lunch"),
        ("13:00", "open"),
        ("15:59:59", "open"),
        ("16:00", "closed"),
        ("16:09", "closed"),
    ],
)
def test_a_day_in_hong_kong(hong_kong: ExchangeCalendar, clock: str, state: str) -> None:
    """Borders belong to what begins there; in the closing auction no order answers news any more."""
    assert hong_kong.session_state(hkt("2023-07-13", clock)) == SessionState(state)
    assert hong_kong.is_open(hkt("2023-07-13", clock)) == (state == "open")


def test_neighbours_of_an_evening_in_hong_kong(hong_kong: ExchangeCalendar) -> None:
    """The sample event: news of 12 July 2023, 19:30."""
    evening = hkt("2023-07-12", "19:30")
    assert hong_kong.previous_close(evening) == hkt("2023-07-12", "16:10")
    assert hong_kong.next_open(evening) == hkt("2023-07-13", "09:30")
    assert hong_kong.close_of(evening) == hkt("2023-07-13", "16:10")
    assert hong_kong.session_of(evening) is None


def test_neighbours_within_a_session(hong_kong: ExchangeCalendar) -> None:
    """During the day the last final close is yesterday's; at lunch the next open is at one."""
    assert hong_kong.previous_close(hkt("2023-07-13", "10:00")) == hkt("2023-07-12", "16:10")
    assert hong_kong.next_open(hkt("2023-07-13", "10:00")) == hkt("2023-07-13", "13:00")
    assert hong_kong.next_open(hkt("2023-07-13", "12:30")) == hkt("2023-07-13", "13:00")
    assert hong_kong.next_open(hkt("2023-07-13", "14:00")) == hkt("2023-07-14", "09:30")
    assert hong_kong.close_of(hkt("2023-07-13", "12:30")) == hkt("2023-07-13", "16:10")
    assert hong_kong.previous_close(hkt("2023-07-13", "16:05")) == hkt("2023-07-12", "16:10")
    assert hong_kong.close_of(hkt("2023-07-13", "16:05")) == hkt("2023-07-14", "16:10")


def test_the_half_day_of_christmas_eve_2020(hong_kong: ExchangeCalendar) -> None:
    """Morning only, with a closing auction of its own; no lunch to wait for, and then four days of nothing."""
    assert hong_kong.session_state(hkt("2020-12-24", "11:59")) is SessionState.OPEN
    assert hong_kong.session_state(hkt("2020-12-24", "12:30")) is SessionState.CLOSED
    assert hong_kong.close_of(hkt("2020-12-24", "10:00")) == hkt("2020-12-24", "12:10")
    assert hong_kong.next_open(hkt("2020-12-24", "12:30")) == hkt("2020-12-28", "09:30")


@pytest.mark.parametrize("day", ["2023-07-17", "2023-09-01", "2023-09-08", "2017-08-23", "2024-09-06", "2023-01-23"])
def test_typhoons_rain_and_holidays_close_hong_kong(hong_kong: ExchangeCalendar, day: str) -> None:
    """The calendar library missed two of the typhoon days of 2023; the overrides know them."""
    assert hong_kong.session_on(date.fromisoformat(day)) is None
    assert hong_kong.session_state(hkt(day, "10:00")) is SessionState.CLOSED


@pytest.mark.parametrize(
    ("day", "opens"),
    [("2020-08-19", "13:30"), ("2021-06-28", "13:30"), ("2022-08-25", "13:00"), ("2023-10-09", "14:00")],
)
def test_a_lost_morning_opens_in_the_afternoon(hong_kong: ExchangeCalendar, day: str, opens: str) -> None:
    """News of ten o'clock then has to wait for the afternoon."""
    assert hong_kong.next_open(hkt(day, "10:00")) == hkt(day, opens)
    assert hong_kong.close_of(hkt(day, "10:00")) == hkt(day, "16:10")


def test_a_signal_in_the_afternoon_stops_without_auction(hong_kong: ExchangeCalendar) -> None:
    """2 November 2022: trading ended at 13:55, fifteen minutes after the signal."""
    assert hong_kong.session_state(hkt("2022-11-02", "12:30")) is SessionState.LUNCH
    assert hong_kong.session_state(hkt("2022-11-02", "14:00")) is SessionState.CLOSED
    assert hong_kong.previous_close(hkt("2022-11-02", "14:00")) == hkt("2022-11-02", "13:55")


def test_new_york_keeps_its_hours_when_the_clocks_change(new_york: ExchangeCalendar) -> None:
    """Half past nine is 14:30 UTC on Friday and 13:30 UTC on Monday."""
    friday, monday = new_york.session_on(date(2024, 3, 8)), new_york.session_on(date(2024, 3, 11))
    assert friday is not None
    assert monday is not None
    assert (friday.opens_at.hour, monday.opens_at.hour) == (14, 13)
    assert friday.minutes == monday.minutes == 390
    assert new_york.next_open(nyt("2024-03-09", "12:00")) == datetime(2024, 3, 11, 13, 30, tzinfo=UTC)


def test_new_york_holidays_and_half_days(new_york: ExchangeCalendar) -> None:
    """Thanksgiving, the short Friday after it, and two days of mourning that no rule foretold."""
    assert new_york.session_on(date(2023, 11, 23)) is None
    assert new_york.close_of(nyt("2023-11-24", "10:00")) == nyt("2023-11-24", "13:05")
    assert new_york.session_on(date(2018, 12, 5)) is None
    assert new_york.session_on(date(2025, 1, 9)) is None


@pytest.mark.parametrize(
    ("exchange", "day", "opens", "closes"),
    [
        ("XSHG", "2023-07-13", "01:30", "07:00"),
        ("XSHE", "2023-07-13", "01:30", "07:00"),
        ("XNAS", "2023-07-13", "13:30", "20:00"),
        ("XLON", "2023-07-13", "07:00", "15:30"),
        ("XLON", "2024-12-24", "08:00", "12:30"),
        ("XPAR", "2023-07-13", "07:00", "15:30"),
        ("XPAR", "2024-12-24", "08:00", "13:00"),
        ("XETR", "2023-01-13", "08:00", "16:30"),
        ("XAMS", "2023-07-13", "07:00", "15:30"),
        ("XSWX", "2023-07-13", "07:00", "15:20"),
        ("XTKS", "2024-11-01", "00:00", "06:00"),
        ("XTKS", "2024-11-05", "00:00", "06:30"),
        ("XKRX", "2023-07-13", "00:00", "06:30"),
        ("XKRX", "2023-11-16", "01:00", "07:30"),
        ("XBOM", "2023-07-13", "03:45", "10:00"),
        ("XNSE", "2023-11-12", "12:45", "13:45"),
        ("XSES", "2023-07-13", "01:00", "09:00"),
        ("XASX", "2023-07-13", "00:00", "06:00"),
        ("CRYPTO", "2023-07-15", "00:00", "00:00"),
    ],
)
def test_hours_in_utc(exchanges: dict[str, ExchangeCalendar], exchange: str, day: str, opens: str, closes: str) -> None:
    """One known day of each exchange, weekends and changed hours among them."""
    session = exchanges[exchange].session_on(date.fromisoformat(day))
    assert session is not None
    assert (session.opens_at.time(), session.closes_at.time()) == (
        time.fromisoformat(opens),
        time.fromisoformat(closes),
    )


def test_crypto_never_closes(exchanges: dict[str, ExchangeCalendar]) -> None:
    """Its day is a UTC day only so that there is a previous close to compare with."""
    crypto, saturday_night = exchanges["CRYPTO"], datetime(2023, 7, 15, 23, 59, 59, tzinfo=UTC)
    assert crypto.is_open(saturday_night)
    assert crypto.is_open(saturday_night + timedelta(seconds=1))
    assert crypto.previous_close(saturday_night) == datetime(2023, 7, 15, tzinfo=UTC)
    assert crypto.close_of(saturday_night) == datetime(2023, 7, 16, tzinfo=UTC)


def test_the_end_of_the_calendar_is_announced_and_survived(hong_kong: ExchangeCalendar) -> None:
    """After the last baked day, weekdays are assumed: late news beats no news, and the gauge has long been red."""
    after = datetime(2031, 7, 14, 2, 0, tzinfo=UTC)
    assert hong_kong.days_left(hkt("2027-12-01", "10:00")) == 30
    assert hong_kong.days_left(after) < 0
    assert not hong_kong.covers(after)
    assert hong_kong.covers(hkt("2023-07-13", "10:00"))
    assert hong_kong.is_open(after)


def test_a_night_session_belongs_to_its_first_day() -> None:
    """Hours that end after midnight must not lose their second half."""
    night = ExchangeCalendar(
        exchange="NIGHT",
        timezone=ZoneInfo("UTC"),
        hours=(Hours(since=date.min, opens=time(18), closes=time(2)),),
    )
    one_o_clock = datetime(2023, 7, 14, 1, tzinfo=UTC)
    session = night.session_of(one_o_clock)
    assert session is not None
    assert session.day == date(2023, 7, 13)
    assert night.is_open(one_o_clock)
    assert night.next_open(one_o_clock) == datetime(2023, 7, 14, 18, tzinfo=UTC)


def test_an_exchange_that_never_opens_is_a_mistake() -> None:
    """Better one clear sentence than an endless search."""
    days = {date(2023, 7, 1) + timedelta(days=offset): DayPlan(closed=True) for offset in range(120)}
    shut = ExchangeCalendar(
        exchange="SHUT",
        timezone=ZoneInfo("UTC"),
        hours=(Hours(since=date.min, opens=time(9), closes=time(17)),),
        exceptions=days,
    )
    with pytest.raises(Misconfigured, match="SHUT"):
        shut.next_open(datetime(2023, 7, 2, tzinfo=UTC))


CALENDARS = load_calendars()


@given(
    code=st.sampled_from(sorted(CALENDARS)),
    at=st.datetimes(min_value=datetime(2017, 2, 1), max_value=datetime(2026, 11, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_answers_agree_with_each_other(code: str, at: datetime) -> None:
    """At any instant, on any exchange: the order of the neighbours, and what is open lies in a session."""
    calendar = CALENDARS[code]
    assert calendar.previous_close(at) <= at < calendar.next_open(at)
    assert calendar.trades_from(at) >= at
    assert calendar.is_open(calendar.trades_from(at))
    assert calendar.close_of(at) > at
    assert calendar.close_of(at) == calendar.close_of(calendar.trades_from(at))
    session = calendar.session_of(at)
    if calendar.session_state(at) is SessionState.OPEN:
        assert session is not None
        assert any(start <= at < end for start, end in session.stretches)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the library and its pandas, which we never ship
@pytest.mark.parametrize("code", ["XHKG", "XNYS"])
def test_baked_days_are_those_of_the_library(exchanges: dict[str, ExchangeCalendar], code: str) -> None:
    """The file was written by a tool; only the overrides written by hand may differ."""
    library = exchange_calendars.get_calendar(code, start="2018-01-01", end="2024-12-31")
    theirs = {
        row.Index.date(): (row.open.to_pydatetime(), row.close.to_pydatetime()) for row in library.schedule.itertuples()
    }
    ours = {}
    for offset in range(366 * 7):
        session = exchanges[code].session_on(date(2018, 1, 1) + timedelta(days=offset))
        if session is not None and session.day <= date(2024, 12, 31):
            ours[session.day] = (session.opens_at, session.closes_at)
    known = {"2020-08-19", "2021-06-28", "2022-08-25", "2022-11-02", "2023-09-01", "2023-09-08", "2023-10-09"}
    differences = {day.isoformat() for day in theirs.keys() | ours.keys() if theirs.get(day) != ours.get(day)}
    assert differences == (known if code == "XHKG" else set())
