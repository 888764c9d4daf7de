"""The rhythm of a feed: a night is no silence, a missed morning is one, and what was learned outlives a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.news.feed_rhythm import LEARNS_NEWS, LONGEST_STEP, FeedRhythm

MONDAY = datetime(2023, 7, 3, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)


def office(at: datetime) -> float:
    """News per hour of an authority that publishes on working days from one to nine o'clock UTC."""
    return 2.0 if at.weekday() < 5 and 1 <= at.hour < 9 else 0.0


def wire(_at: datetime) -> float:
    return 5.0


def listen(rhythm: FeedRhythm, since: datetime, until: datetime, rate: Callable[[datetime], float], seed: int = 1) -> float:  # fmt: skip
    """Polls every ten minutes with news at that rate per hour; the highest ratio seen."""
    random, highest, now = np.random.default_rng(seed), 0.0, since
    while now < until:
        rhythm.answered(now, has_news=bool(random.random() < rate(now) / 6))
        highest = max(highest, rhythm.quiet_ratio)
        now += TEN_MINUTES
    return highest


@pytest.mark.parametrize("rate", [office, wire], ids=["office", "wire"])
def test_a_feed_in_its_rhythm_is_hardly_ever_quiet(rate: Callable[[datetime], float]) -> None:
    """Six weeks with nights and weekends, ten times over: an alarm that cries wolf is switched off."""
    cried = sum(listen(FeedRhythm(), MONDAY, MONDAY + timedelta(weeks=6), rate, seed) > 1 for seed in range(10))
    assert cried <= 1


def test_an_office_that_says_nothing_for_a_day_is_quiet_and_its_weekend_is_not() -> None:
    """So a page that was moved is noticed on the first working day."""
    rhythm = FeedRhythm()
    friday_night = MONDAY + timedelta(weeks=6, days=4, hours=12)
    listen(rhythm, MONDAY, friday_night, office)
    monday = MONDAY + timedelta(weeks=7)
    assert listen(rhythm, friday_night, monday, lambda _: 0.0) < 0.7
    listen(rhythm, monday, monday + timedelta(hours=10), lambda _: 0.0)
    assert rhythm.quiet_ratio > 1
    rhythm.answered(monday + timedelta(hours=11), has_news=True)
    assert rhythm.quiet_ratio == 0


def test_a_feed_that_is_not_known_yet_is_never_quiet() -> None:
    """Two weeks of listening come first, and a feed with three news a month has no rhythm."""
    assert listen(FeedRhythm(), MONDAY, MONDAY + timedelta(days=13), lambda _: 0.0) == 0
    rhythm = FeedRhythm()
    listen(rhythm, MONDAY, MONDAY + timedelta(weeks=8), lambda at: 0.02)
    assert not rhythm.is_learned or rhythm.quiet_ratio < 1
    assert LEARNS_NEWS > 8 * 3


def test_time_in_which_nobody_listened_is_no_silence() -> None:
    """After an outage of ours the first answer brings what was missed."""
    rhythm = FeedRhythm()
    end = MONDAY + timedelta(weeks=5)
    listen(rhythm, MONDAY, end, wire)
    owed = rhythm.owed
    rhythm.answered(end + timedelta(days=3), has_news=False)
    assert rhythm.owed == owed


@given(st.lists(st.tuples(st.integers(-4_000, 40_000), st.booleans()), max_size=60))
def test_what_was_learned_outlives_a_restart(steps: list[tuple[int, bool]]) -> None:
    """Written and read again it says the same, whatever the clock did; nothing becomes negative."""
    rhythm, now = FeedRhythm(), MONDAY
    for seconds, has_news in steps:
        now += timedelta(seconds=seconds)
        rhythm.answered(now, has_news=has_news)
    again = FeedRhythm.read(rhythm.write())
    for one in (rhythm, again):
        one.answered(now + LONGEST_STEP, has_news=False)
    assert again.write() == rhythm.write()
    assert rhythm.owed >= 0
    assert rhythm.expected_per_hour(now) >= 0


@given(st.binary(max_size=200))
def test_a_broken_cache_is_a_rhythm_to_be_learned(data: bytes) -> None:
    """Whatever lies in Redis, the poller starts."""
    assert not FeedRhythm.read(data).is_learned
