"""Quiet hours by the clock on the wall, over midnight and clock changes, and by the sessions of exchanges."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.exchanges import load_calendars
from services.alerts.quiet_hours import (
    LONGEST_QUIET,
    ClockSpan,
    QuietHours,
    QuietMode,
    first_moment,
    is_endless,
    quiet_until,
)

CALENDARS = load_calendars()
LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
CHANGES = {
    LONDON: (datetime(2023, 3, 26, 1, tzinfo=UTC), datetime(2023, 10, 29, 1, tzinfo=UTC)),
    NEW_YORK: (datetime(2023, 3, 12, 7, tzinfo=UTC), datetime(2023, 11, 5, 6, tzinfo=UTC)),
}
MINUTE = timedelta(minutes=1)


def quiet(spans: list[tuple[str, str]], zone: ZoneInfo | None = LONDON, **changes: object) -> QuietHours:
    built = tuple(ClockSpan(starts=time.fromisoformat(start), ends=time.fromisoformat(end)) for start, end in spans)
    fields = {"name": "night", "mode": QuietMode.HOLD_AND_BRIEF, "zone": zone, "spans": built, **changes}
    return QuietHours(**fields)  # type: ignore[arg-type]


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


zones = st.sampled_from([LONDON, NEW_YORK])
clock_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@st.composite
def moments(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone and a moment, most of them within two days of a change of its clock."""
    zone = draw(zones)
    change = draw(st.sampled_from(CHANGES[zone]))
    return zone, change + timedelta(minutes=draw(st.integers(-2_880, 2_880)))


@given(moments(), clock_times, clock_times)
def test_a_span_is_quiet_from_the_first_moment_of_its_start_to_the_first_moment_of_its_end(
    given_moment: tuple[ZoneInfo, datetime], starts: time, ends: time
) -> None:
    """An oracle that walks minute by minute: whatever the clock does, each evening has one beginning and one end."""
    zone, now = given_moment
    span = quiet([(starts.isoformat(), ends.isoformat())], zone)
    minute = now - timedelta(days=3)
    is_quiet, begun_on, end_day = False, None, None
    if starts == ends:
        return
    while minute <= now:
        local = minute.astimezone(zone)
        if is_quiet and end_day is not None and (local.date(), local.time()) >= (end_day, ends):
            is_quiet = False
        if local.time() >= starts and begun_on != local.date() and not is_quiet:
            begun_on = local.date()
            end_day = begun_on if ends > starts else begun_on + timedelta(days=1)
            is_quiet = (local.date(), local.time()) < (end_day, ends)
        minute += MINUTE
    assert (quiet_until(span, now, {}) is not None) is is_quiet


@given(moments(), clock_times, clock_times)
def test_the_end_is_the_first_moment_that_is_not_quiet(
    given_moment: tuple[ZoneInfo, datetime], starts: time, ends: time
) -> None:
    """So what waits is told then, not a minute earlier, and never waits on by mistake."""
    zone, now = given_moment
    span = quiet([(starts.isoformat(), ends.isoformat())], zone)
    end = quiet_until(span, now, {})
    if end is not None and end - now < LONGEST_QUIET:
        assert end > now
        assert quiet_until(span, end, {}) is None
        assert quiet_until(span, end - MINUTE, {}) == end
        # Where the clock leaps over the time between an end and the next start, two nights are one.
        assert end - now <= timedelta(hours=49)


@pytest.mark.parametrize(
    ("now", "hours"),
    [("2023-03-25T22:00", 8.0), ("2023-10-28T22:00", 10.0), ("2023-07-13T22:00", 9.0)],
)
def test_a_night_of_a_clock_change_is_an_hour_shorter_or_longer(now: str, hours: float) -> None:
    """22:00 to 07:00 by the clock on the wall, not nine hours."""
    begins = at(now).astimezone(UTC)
    end = quiet_until(quiet([("22:00", "07:00")]), begins, {})
    assert end is not None
    assert (end - begins) == timedelta(hours=hours)
    assert end.astimezone(LONDON).strftime("%H:%M") == "07:00"


def test_a_time_that_the_clock_leaps_over_is_the_moment_of_the_leap() -> None:
    """At 01:00 London's clock shows 02:00: a night until 01:30 is over then."""
    end = quiet_until(quiet([("22:00", "01:30")]), at("2023-03-26T00:30").astimezone(UTC), {})
    assert end == datetime(2023, 3, 26, 1, 0, tzinfo=UTC)


def test_an_end_that_the_clock_shows_twice_is_the_first_of_the_two() -> None:
    """Nobody is put to sleep again for half an hour."""
    span = quiet([("22:00", "01:30")])
    first = datetime(2023, 10, 29, 0, 30, tzinfo=UTC)
    assert quiet_until(span, first - MINUTE, {}) == first
    assert quiet_until(span, datetime(2023, 10, 29, 1, 10, tzinfo=UTC), {}) is None


def test_the_day_of_a_span_over_midnight_is_that_of_its_evening() -> None:
    """Friday's night lasts into Saturday; on Saturday evening nobody is quiet."""
    fridays = quiet([("22:00", "07:00")], days=frozenset({4}))
    assert quiet_until(fridays, at("2023-07-15T06:59"), {}) is not None
    assert quiet_until(fridays, at("2023-07-15T23:00"), {}) is None
    assert quiet_until(fridays, at("2023-07-14T06:00"), {}) is None


def test_spans_that_touch_are_one_quiet_time_with_one_end() -> None:
    """A brief at midnight between two quiet spans would wake people for nothing."""
    span = quiet([("22:00", "00:00"), ("00:00", "07:00")])
    assert quiet_until(span, at("2023-07-13T22:30"), {}) == at("2023-07-14T07:00").astimezone(UTC)


def test_a_weekend_is_one_quiet_time() -> None:
    """From Friday evening to Monday morning: the whole days in between count."""
    weekend = (quiet([("00:00", "00:00")], days=frozenset({5, 6})),)[0]
    end = quiet_until(weekend, at("2023-07-15T10:00"), {})
    assert end == at("2023-07-17T00:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2023-07-13T10:00", None),
        ("2023-07-13T12:30", None),
        ("2023-07-13T16:05", None),
        ("2023-07-13T16:10", "2023-07-14T09:30"),
        ("2023-07-14T20:00", "2023-07-18T09:30"),
        ("2023-09-30T10:00", "2023-10-03T09:30"),
    ],
    ids=["open", "lunch", "auction", "settled", "typhoon of 17 July", "national day"],
)
def test_outside_the_sessions_of_an_exchange_it_is_quiet_until_the_next_open(now: str, end: str | None) -> None:
    """Its own calendar decides: lunch and auction belong to the session, half-days, holidays and typhoons count."""
    hong_kong = ZoneInfo("Asia/Hong_Kong")
    outside = quiet([], None, outside=("XHKG",))
    expected = None if end is None else at(end, hong_kong).astimezone(UTC)
    assert quiet_until(outside, at(now, hong_kong), CALENDARS) == expected


def test_of_several_exchanges_one_in_session_is_enough_to_be_awake() -> None:
    """Who trades Hong Kong and New York sleeps while both are closed."""
    both = quiet([], None, outside=("XHKG", "XNYS"))
    assert quiet_until(both, datetime(2023, 7, 13, 15, 0, tzinfo=UTC), CALENDARS) is None
    assert quiet_until(both, datetime(2023, 7, 13, 21, 0, tzinfo=UTC), CALENDARS) == datetime(
        2023, 7, 14, 1, 30, tzinfo=UTC
    )


def test_a_quiet_time_without_an_end_is_known_as_one() -> None:
    """It would swallow everything, so the loader refuses it."""
    assert is_endless(quiet([("00:00", "12:00"), ("12:00", "00:00")]), at("2023-01-02T10:00"), {})
    assert not is_endless(quiet([], None, outside=("XSHG",)), at("2023-09-29T16:00"), CALENDARS)


@given(moments(), clock_times)
def test_a_local_time_has_one_first_moment(given_moment: tuple[ZoneInfo, datetime], clock: time) -> None:
    """A minute before it the clock shows an earlier time, or the day has not begun."""
    zone, now = given_moment
    day = now.astimezone(zone).date()
    moment = first_moment(day, clock, zone).astimezone(zone)
    before = (moment.astimezone(UTC) - MINUTE).astimezone(zone)
    assert (moment.date(), moment.time()) >= (day, clock)
    assert (before.date(), before.time()) < (day, clock)
