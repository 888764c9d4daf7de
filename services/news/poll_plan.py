"""When a feed is asked next: its own interval, longer after failures, never before what its server asked for."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

JITTER = 0.1
FIRST_SPREAD_SECONDS = 30.0
LONGEST_BACKOFF_SECONDS = 3_600.0
LONGEST_ASKED_SECONDS = 86_400.0
GONE_SECONDS = 86_400.0
HOST_GAP_SECONDS = 2.0
LONGEST_HOST_GAP_SECONDS = 60.0
_MOST_DOUBLINGS = 20


class PollResult(StrEnum):
    """What a poll came to, as far as the next one is concerned."""

    ANSWERED = "answered"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"
    """Status 410: the address is not coming back; asked once a day, in case somebody erred."""


class PollState(Struct, frozen=True, kw_only=True):
    """When a feed is due, on a clock of seconds that never jumps, and how often it failed in a row."""

    due_at: float
    failures: int = 0


def first_poll(now: float, interval_seconds: float, chance: float) -> PollState:
    """Feeds begin spread over half a minute (``chance`` 0..1), not all in the same second."""
    return PollState(due_at=now + chance * min(interval_seconds, FIRST_SPREAD_SECONDS))


def next_poll(  # noqa: PLR0913 - the two draws are keywords
    state: PollState, now: float, interval_seconds: float, result: PollResult, *, asked_seconds: float, chance: float
) -> PollState:
    """The plan after a poll that ended at ``now``.

    ``asked_seconds``: what ``Retry-After`` asked for, at most a day of it is heeded. ``chance``: 0..1, drawn anew.
    Waits double from the interval to an hour (or the interval, where that is longer), and jitter takes up to half of
    a back-off away (Brooker, Exponential Backoff And Jitter, 2015); at most a tenth either way of a plain interval.
    """
    failures = state.failures + 1 if result in (PollResult.FAILED, PollResult.GONE) else 0
    if result is PollResult.GONE:
        wait = GONE_SECONDS
    elif failures:
        longest = max(LONGEST_BACKOFF_SECONDS, interval_seconds)
        doubled = min(longest, interval_seconds * 2.0 ** min(failures, _MOST_DOUBLINGS))
        wait = max(interval_seconds, doubled * (0.5 + 0.5 * chance))
    else:
        wait = interval_seconds * (1.0 + JITTER * (2.0 * chance - 1.0))
    return PollState(due_at=now + max(wait, min(asked_seconds, LONGEST_ASKED_SECONDS)), failures=failures)


def host_gap(crawl_delay_seconds: float | None) -> float:
    """Seconds between two requests to one host: ours, or what its robots.txt asks for, up to a minute."""
    return min(max(HOST_GAP_SECONDS, crawl_delay_seconds or 0.0), LONGEST_HOST_GAP_SECONDS)
