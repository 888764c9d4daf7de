"""What was accepted against what people see in Slack: nothing here knows of processes, only of two lists.

The definitions are those of Jepsen (Kingsbury): every write has a name of its own, and what was acknowledged is
compared with what is read. Lost: accepted and never shown. Extra: shown once more than needed. Late: shown after its
deadline.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from streams.slack_stand_in.faults import JournalEntry

POST = "chat.postMessage"
LATE_AFTER_SECONDS = 60.0
LABEL = "May repeat an alert"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One message that Slack accepted: ``alert_ids`` are several in a digest; ``at`` is seconds since 1970."""

    at: float
    alert_ids: tuple[str, ...]
    revision: int = 1
    is_digest: bool = False
    is_labelled: bool = False
    """It says of itself that it may repeat an earlier one."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Counts of one way of delivering; delays in seconds from the alert on its topic to its first message."""

    accepted: int
    lost: int
    extra: int
    late: int
    most_copies: int
    labelled: int
    digested: int
    delay_p50: float
    delay_p99: float
    delay_longest: float

    @property
    def extra_share(self) -> float:
        """Extra messages for each accepted alert."""
        return self.extra / self.accepted if self.accepted else 0.0


def find_shown(journal: Iterable[JournalEntry]) -> list[Shown]:
    """Every post that took effect and tells of alerts, whatever the reply said; replies in threads are none."""
    posts = [entry for entry in journal if entry.method == POST and entry.accepted]
    found = (_read_post(entry) for entry in posts if not entry.arguments.get("thread_ts"))
    return [message for message in found if message is not None]


def judge(accepted_at: Mapping[str, float], shown: Sequence[Shown]) -> Verdict:
    """``accepted_at``: seconds since 1970 at which each alert was on its topic."""
    copies = count_copies(shown)
    first_at: dict[str, float] = {}
    for message in sorted(shown, key=lambda one: one.at):
        for alert_id in message.alert_ids:
            first_at.setdefault(alert_id, message.at)
    delays = sorted(first_at[alert_id] - at for alert_id, at in accepted_at.items() if alert_id in first_at)
    return Verdict(
        accepted=len(accepted_at),
        lost=len(accepted_at.keys() - first_at.keys()),
        extra=sum(count - 1 for count in copies.values()),
        late=sum(delay > LATE_AFTER_SECONDS for delay in delays),
        most_copies=max(copies.values(), default=0),
        labelled=sum(message.is_labelled for message in shown),
        digested=len({alert_id for message in shown if message.is_digest for alert_id in message.alert_ids}),
        delay_p50=percentile(delays, 0.50),
        delay_p99=percentile(delays, 0.99),
        delay_longest=percentile(delays, 1.0),
    )


def count_copies(shown: Sequence[Shown]) -> Counter[str]:
    """How often each alert was told. What outgrew its line in a digest is told anew for a reason: that is one telling."""
    lines = Counter(alert_id for message in shown if message.is_digest for alert_id in message.alert_ids)
    cards = Counter(alert_id for message in shown if not message.is_digest for alert_id in message.alert_ids)
    firsts = {message.alert_ids[0] for message in shown if not message.is_digest and message.revision == 1}
    copies = lines + cards
    for alert_id in lines.keys() & (cards.keys() - firsts):
        copies[alert_id] -= 1
    return copies


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; NaN of nothing.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5), percentile([1.0, 2.0, 3.0, 4.0], 0.95)
    (2.0, 4.0)
    """
    if not values:
        return float("nan")
    ordered = sorted(values)
    rank = max(1, -int(-share * len(ordered) // 1))
    return ordered[min(rank, len(ordered)) - 1]


def _read_post(entry: JournalEntry) -> Shown | None:
    metadata = entry.arguments.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    if not isinstance(payload, dict):
        return None
    several = str(payload.get("alert_ids") or "")
    if not several and "reply_id" in payload:
        return None
    return Shown(
        at=entry.at,
        alert_ids=tuple(several.split(",")) if several else (str(payload["alert_id"]),),
        revision=int(payload.get("revision", 1)),
        is_digest=bool(several),
        is_labelled=str(entry.arguments.get("text", "")).startswith(LABEL),
    )
