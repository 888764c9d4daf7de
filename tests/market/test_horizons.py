"""When horizons end: trading time, never across a close."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.exchanges import load_calendars
from services.market.reaction import HORIZONS
from services.market.sessions.horizons import answering_session, horizon_ends, subtract_trading_minutes, trading_minutes
from services.market.sessions.sessions import ExchangeCalendar

HKT = ZoneInfo("Asia/Hong_Kong")
CALENDARS = load_calendars()


def hkt(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HKT)


@pytest.mark.parametrize(
    ("published", "ends"),
    [
        ("2023-07-12T19:30", ("2023-07-13T09:31", "2023-07-13T09:35", "2023-07-13T10:00", "2023-07-13T16:10")),
        (
            "2023-07-13T10:00:30",
            ("2023-07-13T10:01:30", "2023-07-13T10:05:30", "2023-07-13T10:30:30", "2023-07-13T16:10"),
        ),
        ("2023-07-13T12:20", ("2023-07-13T13:01", "2023-07-13T13:05", "2023-07-13T13:30", "2023-07-13T16:10")),
        ("2023-07-13T11:50", ("2023-07-13T11:51", "2023-07-13T11:55", "2023-07-13T13:20", "2023-07-13T16:10")),
        ("2023-07-13T11:30", ("2023-07-13T11:31", "2023-07-13T11:35", "2023-07-13T12:00", "2023-07-13T16:10")),
        ("2023-07-13T15:50", ("2023-07-13T15:51", "2023-07-13T15:55", "2023-07-13T16:10", "2023-07-13T16:10")),
        ("2023-07-13T16:05", ("2023-07-14T09:31", "2023-07-14T09:35", "2023-07-14T10:00", "2023-07-14T16:10")),
        ("2023-07-14T18:00", ("2023-07-18T09:31", "2023-07-18T09:35", "2023-07-18T10:00", "2023-07-18T16:10")),
        ("2020-12-24T11:45", ("2020-12-24T11:46", "2020-12-24T11:50", "2020-12-24T12:10", "2020-12-24T12:10")),
        ("2020-12-24T14:00", ("2020-12-28T09:31", "2020-12-28T09:35", "2020-12-28T10:00", "2020-12-28T16:10")),
    ],
    ids=["evening", "open", "lunch", "into lunch", "up to lunch", "late", "auction", "typhoon", "half-day", "after it"],
)
def test_known_ends_in_hong_kong(hong_kong: ExchangeCalendar, published: str, ends: tuple[str, ...]) -> None:
    """One line per way in which a day can be odd."""
    assert tuple(horizon_ends(hkt(published), hong_kong).values())[:4] == tuple(hkt(end) for end in ends)
    assert tuple(horizon_ends(hkt(published), hong_kong)) == HORIZONS


@pytest.mark.parametrize(
    ("code", "published", "ends"),
    [
        ("XHKG", "2023-07-12T19:30+08:00", ("2023-07-14T16:10+08:00", "2023-07-21T16:10+08:00")),
        ("XHKG", "2023-07-13T10:00+08:00", ("2023-07-14T16:10+08:00", "2023-07-21T16:10+08:00")),
        ("XHKG", "2023-08-31T10:00+08:00", ("2023-09-04T16:10+08:00", "2023-09-11T16:10+08:00")),
        ("XHKG", "2020-12-23T10:00+08:00", ("2020-12-24T12:10+08:00", "2020-12-31T12:10+08:00")),
        ("XHKG", "2020-12-24T11:45+08:00", ("2020-12-28T16:10+08:00", "2021-01-04T16:10+08:00")),
        ("XNYS", "2023-07-03T12:00-04:00", ("2023-07-05T16:05-04:00", "2023-07-11T16:05-04:00")),
        ("XNYS", "2023-07-04T12:00-04:00", ("2023-07-06T16:05-04:00", "2023-07-12T16:05-04:00")),
        ("XTKS", "2023-07-14T20:00+09:00", ("2023-07-19T15:00+09:00", "2023-07-25T15:00+09:00")),
        ("CRYPTO", "2023-07-15T23:50+00:00", ("2023-07-17T00:00+00:00", "2023-07-21T00:00+00:00")),
    ],
    ids=[
        "evening",
        "day",
        "typhoon 1 + 8 September",
        "half-days",
        "on a half-day",
        "US eve",
        "US holiday",
        "Tokyo",
        "crypto",
    ],
)
def test_long_horizons_end_at_whole_sessions(code: str, published: str, ends: tuple[str, str]) -> None:
    """One and five sessions after that of the close; what is closed is no session, a half-day is one."""
    long = list(horizon_ends(datetime.fromisoformat(published), CALENDARS[code]).values())[4:]
    assert long == [datetime.fromisoformat(end) for end in ends]


def test_an_event_belongs_to_the_session_that_answers_it(hong_kong: ExchangeCalendar) -> None:
    """News of the evening moves the next day: that is the day that must not count as quiet."""
    assert answering_session(hkt("2023-07-13T10:00"), hong_kong).day == date(2023, 7, 13)
    assert answering_session(hkt("2023-07-13T16:05"), hong_kong).day == date(2023, 7, 14)
    assert answering_session(hkt("2023-07-16T20:00"), hong_kong).day == date(2023, 7, 18)


def test_round_the_clock_horizons_run_over_midnight() -> None:
    """There is no night in which to stop."""
    ends = list(horizon_ends(datetime(2023, 7, 15, 23, 50, tzinfo=UTC), CALENDARS["CRYPTO"]).values())
    assert ends[2] == datetime(2023, 7, 16, 0, 20, tzinfo=UTC)
    assert subtract_trading_minutes(datetime(2023, 7, 16, 0, 10, tzinfo=UTC), 30, CALENDARS["CRYPTO"]) == datetime(
        2023, 7, 15, 23, 40, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("at", "start"),
    [
        ("2023-07-13T13:10", "2023-07-13T11:40"),
        ("2023-07-13T09:40", "2023-07-13T09:30"),
        ("2023-07-13T19:30", "2023-07-13T15:30"),
        ("2023-07-14T08:00", "2023-07-13T15:30"),
        ("2023-07-13T12:30", "2023-07-13T11:30"),
    ],
)
def test_thirty_trading_minutes_before(hong_kong: ExchangeCalendar, at: str, start: str) -> None:
    """Over lunch, but never over a night."""
    assert subtract_trading_minutes(hkt(at), 30, hong_kong) == hkt(start)


def test_a_full_day_has_its_minutes(hong_kong: ExchangeCalendar) -> None:
    """2.5 hours before lunch and 3 after."""
    assert trading_minutes(hkt("2023-07-13T00:00"), hkt("2023-07-14T00:00"), hong_kong) == 330.0
    assert trading_minutes(hkt("2023-07-12T16:10"), hkt("2023-07-13T09:30"), hong_kong) == 0.0


@given(
    code=st.sampled_from(["XHKG", "XNYS", "XTKS", "XLON", "XSES", "CRYPTO"]),
    at=st.datetimes(min_value=datetime(2018, 1, 1), max_value=datetime(2026, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_horizons_come_in_order_and_last_their_minutes(code: str, at: datetime) -> None:
    """1 <= 5 <= 30 minutes <= close, and each is that much trading time unless the close comes first."""
    calendar = CALENDARS[code]
    ends = list(horizon_ends(at, calendar).values())
    if code != "CRYPTO":
        assert ends == sorted(ends)
        assert ends[3] <= calendar.close_of(at)
    for minutes, end in zip((1, 5, 30), ends[:3], strict=True):
        traded = trading_minutes(at, end, calendar)
        assert abs(traded - minutes) < 1e-6 or end == calendar.close_of(at)
        assert traded <= minutes + 1e-6
    assert ends[0] > at
    assert ends[0] - at < timedelta(days=12)
