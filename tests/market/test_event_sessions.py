"""Which session answers an event: never one that was over when it became public."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.exchanges import load_calendars
from services.market.sessions.event_sessions import Market, Publication, find_event_session
from services.market.study import instrument_names
from services.market.study.instrument_names import InstrumentNames, normal_form

CALENDARS = load_calendars()
HONG_KONG = Market(calendar=CALENDARS["XHKG"])
NEW_YORK = Market(calendar=CALENDARS["XNYS"])
THURSDAY, FRIDAY, SATURDAY = date(2023, 7, 13), date(2023, 7, 14), date(2023, 7, 15)


def session_of(day: date, at: time | None = None, market: Market = HONG_KONG, zone: object = None) -> date | None:
    return find_event_session(Publication(day=day, time_of_day=at, zone=zone), market).day


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (THURSDAY, None, THURSDAY),
        (THURSDAY, time(0, 0), THURSDAY),
        (THURSDAY, time(9, 29, 59), THURSDAY),
        (THURSDAY, time(12, 30), THURSDAY),
        (THURSDAY, time(15, 59, 59), THURSDAY),
        (THURSDAY, time(16, 0), FRIDAY),
        (THURSDAY, time(16, 5), FRIDAY),
        (THURSDAY, time(23, 59, 59), FRIDAY),
        (SATURDAY, None, date(2023, 7, 18)),
        (FRIDAY, time(16, 0), date(2023, 7, 18)),
        (date(2023, 4, 5), time(10, 0), date(2023, 4, 6)),
        (date(2023, 1, 20), time(17, 0), date(2023, 1, 26)),
    ],
)
def test_an_event_belongs_to_the_first_session_that_is_not_over(day: date, at: time | None, expected: date) -> None:
    """Before the open and during it: that day. From the close on, at weekends and holidays: the next session.

    17 July 2023 was a typhoon day; 5 April 2023 a holiday; 23 to 25 January 2023 the lunar new year.
    """
    assert session_of(day, at) == expected


def test_a_half_day_is_over_at_noon() -> None:
    """Hong Kong closed at noon on 24 December 2024; its next session was the 27th."""
    assert session_of(date(2024, 12, 24), time(11, 59)) == date(2024, 12, 24)
    assert session_of(date(2024, 12, 24), time(12, 0)) == date(2024, 12, 27)


def test_the_time_zone_of_the_event_decides_what_is_over() -> None:
    """18:30 in Beijing on 12 July is 06:30 in New York: too late for Hong Kong, in time for New York's same day."""
    beijing = ZoneInfo("Asia/Shanghai")
    assert session_of(date(2023, 7, 12), time(18, 30), HONG_KONG, beijing) == THURSDAY
    assert session_of(date(2023, 7, 12), time(18, 30), NEW_YORK, beijing) == date(2023, 7, 12)
    assert session_of(THURSDAY, time(4, 30), NEW_YORK, beijing) == THURSDAY
    assert session_of(date(2023, 7, 12), time(23, 30), HONG_KONG, timezone(timedelta(hours=-5))) == THURSDAY


def test_the_moment_of_publication_is_known_only_within_the_session() -> None:
    """Only then can a price before it, on the same day, be where the reaction starts."""
    inside = find_event_session(Publication(day=THURSDAY, time_of_day=time(12, 30)), HONG_KONG)
    assert inside.published_at is not None
    assert inside.published_at.time() == time(12, 30)
    for at in (time(9, 29), time(16, 0), None):
        assert find_event_session(Publication(day=THURSDAY, time_of_day=at), HONG_KONG).published_at is None


def test_the_clock_that_turns_back_does_not_confuse_the_session() -> None:
    """New York, 5 November 2023, Sunday 01:30 happens twice: both are before Monday's session."""
    assert session_of(date(2023, 11, 5), time(1, 30), NEW_YORK) == date(2023, 11, 6)
    assert session_of(date(2023, 11, 6), time(15, 59), NEW_YORK) == date(2023, 11, 6)


@given(st.dates(date(2017, 2, 1), date(2026, 11, 30)), st.times(), st.integers(-12, 14))
def test_no_event_is_measured_in_a_session_that_was_over(published: date, at: time, hours: int) -> None:
    """And no session between the event and its own is passed over."""
    zone = timezone(timedelta(hours=hours))
    instant = datetime.combine(published, at, tzinfo=zone).astimezone(UTC)
    calendar = CALENDARS["XHKG"]
    day = session_of(published, at, HONG_KONG, zone)
    assert day is not None
    session = calendar.session_on(day)
    assert session is not None
    assert session.closes_at > instant
    before = calendar.previous_session(session.opens_at)
    assert before.closes_at <= instant


def test_outside_the_calendar_days_with_prices_are_sessions() -> None:
    """The calendar begins in 2017; before that, a file of prices knows more about holidays than weekdays do."""
    days = (date(2015, 4, 2), date(2015, 4, 8), date(2015, 4, 9))
    market = Market(calendar=CALENDARS["XHKG"], days=days)
    assert session_of(date(2015, 4, 3), None, market) == date(2015, 4, 8)
    assert session_of(date(2015, 4, 2), time(16, 0), market) == date(2015, 4, 8)
    assert session_of(date(2015, 4, 8), time(15, 0), market) == date(2015, 4, 8)
    assert market.sessions().tolist() == list(days)


def test_sessions_follow_the_calendar_where_it_reaches() -> None:
    """A day without any price in the file was a session all the same: an instrument may have been halted."""
    market = Market(calendar=CALENDARS["XHKG"], days=(date(2023, 7, 13), date(2023, 7, 20)))
    expected = ["2023-07-13", "2023-07-14", "2023-07-18", "2023-07-19", "2023-07-20"]
    assert market.sessions().tolist() == np.array(expected, dtype="datetime64[D]").tolist()


def test_without_a_calendar_the_days_with_prices_decide_and_no_close_is_made_up() -> None:
    """An unknown exchange has no hours: the event belongs to its day, or to the next with a price, or to none."""
    market = Market(calendar=None, days=(THURSDAY, FRIDAY))
    assert session_of(THURSDAY, time(23, 0), market) == THURSDAY
    assert session_of(date(2023, 7, 1), None, market) == THURSDAY
    assert session_of(SATURDAY, None, market) is None
    assert find_event_session(Publication(day=THURSDAY, time_of_day=time(11, 0)), market).published_at is None


@given(st.integers(0, 99_999), st.integers(0, 4), st.sampled_from(["HK", "SZ", "SS", "T"]))
def test_leading_zeros_are_no_other_instrument(number: int, zeros: int, suffix: str) -> None:
    """700.HK, 0700.HK and 00700.HK are one; 7000.HK and 700.SZ are others."""
    plain = f"{number}.{suffix}"
    assert normal_form("0" * zeros + plain) == plain
    names = InstrumentNames([plain, f"1{plain}"])
    assert names.find("0" * zeros + plain) == (plain,)


def test_nothing_else_is_guessed() -> None:
    """Small letters, other suffixes, spaces: a wrong guess would be a wrong price."""
    names = InstrumentNames(["0700.HK", "BABA", "005930.KS", "700", "5.HK", "05.HK"])
    assert names.find("0700.hk") == names.find("00700") == names.find("baba") == names.find("0700.HK ") == ()
    assert names.find("5930.KS") == ("005930.KS",)
    assert names.find("05.HK") == ("05.HK",)
    assert sorted(names.find("0005.HK")) == ["05.HK", "5.HK"]


def test_examples_in_the_docstrings_hold() -> None:
    """They are what a reader believes first."""
    assert doctest.testmod(instrument_names).failed == 0
