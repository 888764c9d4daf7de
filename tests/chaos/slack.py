"""A Slack that has bad days by the seed: each call of a method may fail, and an accepted post may cost its sender.

Two of them with the same seed treat two ways of delivering alike: the n-th post meets the same fault in both.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count

from streams.slack_stand_in.faults import Fault, FaultKind, ScriptedSlack
from streams.slack_stand_in.workspace import Reply, Workspace
from tests.chaos.verdict import POST

HISTORY = "conversations.history"
SLOWER_THAN_PATIENCE_SECONDS = 11.0
"""The client gives up after ten."""

FAULTS: dict[str, tuple[tuple[str, float, Fault], ...]] = {
    POST: (
        ("429, whole seconds", 0.010, Fault(kind=FaultKind.RATE_LIMITED, retry_after="1")),
        ("429, 1.5 seconds", 0.010, Fault(kind=FaultKind.RATE_LIMITED, retry_after="1.5")),
        ("429, no Retry-After", 0.010, Fault(kind=FaultKind.RATE_LIMITED)),
        ("5xx, not accepted", 0.015, Fault(kind=FaultKind.SERVER_ERROR, status=503)),
        ("5xx, accepted", 0.015, Fault(kind=FaultKind.SERVER_ERROR, status=500, accepted=True)),
        ("reply dropped, accepted", 0.025, Fault(kind=FaultKind.DROPPED, accepted=True)),
        ("reply dropped, not accepted", 0.010, Fault(kind=FaultKind.DROPPED)),
        ("half a reply, accepted", 0.005, Fault(kind=FaultKind.HALF_BODY, accepted=True)),
        ("internal_error, accepted", 0.005, Fault(kind=FaultKind.ERROR, accepted=True)),
        ("slow reply", 0.010, Fault(kind=FaultKind.SLOW, seconds=1.5)),
        ("reply after the timeout", 0.004, Fault(kind=FaultKind.SLOW, seconds=SLOWER_THAN_PATIENCE_SECONDS)),
    ),
    "chat.update": (
        ("429 to an edit", 0.010, Fault(kind=FaultKind.RATE_LIMITED, retry_after="1")),
        ("5xx to an edit", 0.010, Fault(kind=FaultKind.SERVER_ERROR, status=502)),
        ("reply to an edit dropped", 0.010, Fault(kind=FaultKind.DROPPED, accepted=True)),
    ),
    HISTORY: (
        ("history 503", 0.150, Fault(kind=FaultKind.SERVER_ERROR, status=503)),
        ("history 429", 0.020, Fault(kind=FaultKind.RATE_LIMITED, retry_after="1")),
    ),
}
"""Share of the calls of a method that meet each fault."""


class ChaoticSlack(ScriptedSlack):
    """Faults by the seed until ``calm``; ``after_next_post`` runs once, between acceptance and reply."""

    def __init__(self, workspace: Workspace, seed: int) -> None:
        super().__init__(workspace)
        self.met: Counter[str] = Counter()
        self.history_is_down = False
        self._seed = seed
        self._numbers = {method: count() for method in FAULTS}
        self._is_calm = False
        self._hooks: list[Callable[[], None]] = []
        self._hooks_lock = threading.Lock()

    def calm(self) -> None:
        """No more faults: what is still open must now be settled."""
        self._is_calm, self.history_is_down = True, False
        self.workspace.history_lag_seconds = 0.0
        with self._hooks_lock:
            self._hooks.clear()

    def after_next_post(self, act: Callable[[], None]) -> None:
        """Run ``act`` when the next post has been accepted and its sender does not know it yet."""
        with self._hooks_lock:
            self._hooks.append(act)

    def handle(self, token: str | None, method: str, arguments: Mapping[str, object]) -> tuple[Fault | None, Reply]:
        """As ever, and then what waits for an accepted post."""
        fault, reply = super().handle(token, method, arguments)
        if method == POST and reply["ok"] is True and not arguments.get("thread_ts"):
            with self._hooks_lock:
                hooks, self._hooks = self._hooks, []
            for act in hooks:
                act()
        return fault, reply

    def _take(self, method: str) -> Fault | None:
        if self._is_calm or method not in FAULTS:
            return None
        if method == HISTORY and self.history_is_down:
            self.met["history 503, for long"] += 1
            return Fault(kind=FaultKind.SERVER_ERROR, status=503)
        with self._hooks_lock:
            number = next(self._numbers[method])
        drawn = random.Random(f"{self._seed} {method} {number}").random()
        for name, share, fault in FAULTS[method]:
            drawn -= share
            if drawn < 0:
                self.met[name] += 1
                return fault
        return None
