"""A price that is not live is called by its name: stale, halted, lunch, closed, or no data."""

from __future__ import annotations

import pytest

from services.market.event_study import measure_signal
from services.market.reaction import SessionState, Window
from tests.market.tapes import INDEX, OWN, book_of, event, hkt, measure, tape

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
