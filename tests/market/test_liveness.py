"""A price that is not live is called by its name: stale, halted, lunch, closed, or no data."""

from __future__ import annotations

import pytest

from services.market.reaction import SessionState, Window
from services.market.study.event_study import measure_signal
from tests.market.histories import ArrayBook, publish
from tests.market.tapes import CALENDARS, INDEX, OWN, book_of, event, hkt, measure, tape

NUMBERS = ("price", "price_at", "previous_close", "return_", "benchmark_return", "abnormal_return", "z", "z_basis")


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2023-07-13T11:00:30", "open"),
        ("2023-07-13T11:04", "open"),
        ("2023-07-13T11:21", "stale"),
        ("2023-07-13T12:30", "lunch"),
        ("2023-07-13T13:00:30", "stale"),
        ("2023-07-13T17:00", "closed"),
    ],
)
def test_silence_becomes_stale(as_of: str, state: str) -> None:
    """One trade a minute is usual here: twenty minutes of silence are not. Lunch is no silence."""
    rows = [(f"2023-07-13T{9 + (30 + m) // 60:02}:{(30 + m) % 60:02}:00", 100.0) for m in range(91)]
    reaction = measure(book_of(tape(OWN, *rows)), "2023-07-13T10:59", as_of, Window.SO_FAR)
    assert reaction.state is SessionState(state)


def test_silence_while_the_benchmark_trades_is_a_halt() -> None:
    """Many trades a minute, then nothing for five minutes in a living market."""
    own = [(f"2023-07-13T10:{m:02}:{s:02}", 100.0) for m in range(10) for s in range(0, 60, 2)]
    living = [(f"2023-07-13T10:{m:02}:{s:02}", 19_000.0) for m in range(20) for s in range(0, 60, 5)]
    both = book_of(tape(OWN, *own), tape(INDEX, *living))
    assert measure(both, "2023-07-13T10:10", "2023-07-13T10:12", Window.SO_FAR).state is SessionState.STALE
    assert measure(both, "2023-07-13T10:10", "2023-07-13T10:16", Window.SO_FAR).state is SessionState.HALTED
    alone = measure(book_of(tape(OWN, *own)), "2023-07-13T10:10", "2023-07-13T10:16", Window.SO_FAR)
    assert alone.state is SessionState.STALE


def test_nothing_known_is_no_data() -> None:
    """An instrument without a single price: every number is None, and that is said."""
    for reaction in measure_signal(event("2023-07-13T10:00"), book_of(), hkt("2023-07-13T16:10")):
        assert reaction.state is SessionState.NO_DATA
        assert [getattr(reaction, name) for name in NUMBERS] == [None] * len(NUMBERS)


def test_silence_is_judged_by_the_time_of_day() -> None:
    """A share that trades every second at the open and every second minute at noon is not stale at noon."""
    opening = [(f"2023-07-{day}T09:{m}:{s:02}", 100.0) for day in (12, 13) for m in range(30, 40) for s in range(60)]
    noon = [(f"2023-07-12T11:{m:02}:00", 100.0) for m in range(10, 60, 2)]
    book = book_of(tape(OWN, *opening, *noon, ("2023-07-13T11:20:00", 100.0)))
    at_noon = measure(book, "2023-07-13T11:19", "2023-07-13T11:35", Window.SO_FAR)
    assert at_noon.state is SessionState.OPEN
    later = measure(book, "2023-07-13T11:19", "2023-07-13T13:05", Window.SO_FAR)
    assert later.state is SessionState.STALE
    at_the_open = measure(book, "2023-07-13T09:39", "2023-07-13T09:42", Window.SO_FAR)
    assert at_the_open.state is SessionState.STALE


def test_a_share_suspended_for_days_is_halted_not_unknown() -> None:
    """Its last price is in the minutes of last week; the market trades on without it."""
    living = [(f"2023-07-13T10:{m:02}:{s:02}", 19_000.0) for m in range(20) for s in range(0, 60, 5)]
    calendar = CALENDARS["XHKG"]
    last_week = tape(OWN, *((f"2023-07-05T10:{m:02}:30", 100.0) for m in range(30)))
    book = ArrayBook((last_week, tape(INDEX, *living)), (), hkt("2023-07-12T09:30"))
    (reaction,) = measure_signal(
        publish(hkt("2023-07-13T10:10"), calendar), book, hkt("2023-07-13T10:16"), (Window.SO_FAR,)
    )
    assert (reaction.state, reaction.price, reaction.return_) == (SessionState.HALTED, 100.0, None)
