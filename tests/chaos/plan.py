"""What is done to the line, in which order: the same for the same seed, and nothing here does it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

NOTIFIER = "slack_notifier"


class Kind(StrEnum):
    """What happens in one step."""

    KILL = "SIGKILL"
    KILL_AT_ACCEPTANCE = "SIGKILL between Slack's acceptance and its reply"
    TERMINATE = "SIGTERM and a new start"
    PAUSE = "SIGSTOP of the owner, a second notifier takes over"
    PAUSE_AT_ACCEPTANCE = "SIGSTOP of the owner between acceptance and reply"
    SECOND = "second instance joins and leaves"
    BROKER_KILL = "broker killed and started"
    BROKER_RESTART = "broker restarted in good order"
    REDIS_KILL = "Redis killed and started empty"
    FLUSH = "FLUSHALL"
    HISTORY_LAGS = "read-back lags"
    HISTORY_DOWN = "read-back answers 503 for long"


KILLS = (Kind.KILL, Kind.KILL_AT_ACCEPTANCE)
PAUSES = (Kind.PAUSE, Kind.PAUSE_AT_ACCEPTANCE)
OF_BROKER = (Kind.BROKER_KILL, Kind.BROKER_RESTART)
WEIGHTS = {
    Kind.PAUSE: 5,
    Kind.PAUSE_AT_ACCEPTANCE: 5,
    Kind.SECOND: 3,
    Kind.BROKER_KILL: 3,
    Kind.BROKER_RESTART: 3,
    Kind.HISTORY_LAGS: 3,
    Kind.HISTORY_DOWN: 4,
}
"""How many times as many articles come during a step as during a kill, because it takes longer."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that is done, to a process where it is one."""

    kind: Kind
    process: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.process}" if self.process else self.kind.value


FULL: tuple[tuple[Kind, str, int], ...] = (
    (Kind.KILL, "news_consumer", 11),
    (Kind.KILL, "tick_aggregator", 10),
    (Kind.KILL, "correlator", 11),
    (Kind.KILL, "slack_actions", 5),
    (Kind.KILL, NOTIFIER, 14),
    (Kind.KILL_AT_ACCEPTANCE, NOTIFIER, 14),
    (Kind.TERMINATE, NOTIFIER, 50),
    (Kind.PAUSE, NOTIFIER, 3),
    (Kind.PAUSE_AT_ACCEPTANCE, NOTIFIER, 2),
    (Kind.SECOND, NOTIFIER, 3),
    (Kind.SECOND, "news_consumer", 2),
    (Kind.SECOND, "tick_aggregator", 2),
    (Kind.SECOND, "correlator", 1),
    (Kind.BROKER_KILL, "", 2),
    (Kind.BROKER_RESTART, "", 1),
    (Kind.REDIS_KILL, "", 2),
    (Kind.FLUSH, "", 3),
    (Kind.HISTORY_LAGS, "", 3),
    (Kind.HISTORY_DOWN, "", 2),
)
SHORT: tuple[tuple[Kind, str, int], ...] = (
    (Kind.KILL, "news_consumer", 1),
    (Kind.KILL, "tick_aggregator", 1),
    (Kind.KILL, "correlator", 1),
    (Kind.KILL, NOTIFIER, 2),
    (Kind.KILL_AT_ACCEPTANCE, NOTIFIER, 3),
    (Kind.TERMINATE, NOTIFIER, 2),
    (Kind.PAUSE, NOTIFIER, 1),
    (Kind.SECOND, NOTIFIER, 1),
    (Kind.REDIS_KILL, "", 1),
    (Kind.FLUSH, "", 1),
    (Kind.HISTORY_LAGS, "", 1),
)


def share_articles(plan: list[Step], articles: int) -> list[int]:
    """How many articles may have been sent by the end of each step.

    >>> share_articles([Step(kind=Kind.KILL), Step(kind=Kind.PAUSE), Step(kind=Kind.FLUSH)], 70)
    [10, 60, 70]
    """
    weights = [WEIGHTS.get(step.kind, 1) for step in plan]
    total = sum(weights)
    return [articles * sum(weights[: place + 1]) // total for place in range(len(plan))]


def make_plan(table: tuple[tuple[Kind, str, int], ...], seed: int, *, can_stop_broker: bool) -> list[Step]:
    """Every step of the table, shuffled by the seed; without those of the broker where it would forget everything."""
    steps = [Step(kind=kind, process=process) for kind, process, times in table for _ in range(times)]
    if not can_stop_broker:
        steps = [step for step in steps if step.kind not in OF_BROKER]
    random.Random(seed).shuffle(steps)
    return steps
