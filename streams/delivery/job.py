"""One message on its way to Slack: what is known of it, and the small decisions about its next try."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

from services.alerts.alert import Agreement, Alert, DeliveryState, Receipt, Severity
from services.alerts.corrections import correction_of
from streams.logs import log as logger
from streams.slack.cards import without_blocks
from streams.slack.client import Card
from streams.slack.outcome import Outcome, Posted, RateLimited, Refused, Unknown

LONGEST_BACKOFF_SECONDS = 60.0
PLAIN_AFTER_ATTEMPTS = 5
"""From here on a card that Slack neither takes nor refuses goes as plain text every other time."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One message on its way; ``note`` is the first word of the next attempt's detail."""

    card: Card
    alert: Alert | None = None
    """What the card shows; None for a message that shows no alert revision."""
    attempts: int = 0
    note: str = ""
    plain: bool = False
    other_copy: bool = False
    """The message first known was gone, and this is a second copy of it."""

    @property
    def key(self) -> tuple[str, str]:
        """The message within its channel."""
        return self.card.alert_id, self.card.reply_id


class ShownFields(TypedDict, total=False):
    """Fields of a receipt that tell what the message shows."""

    severity: Severity
    agreement: Agreement
    revised_at: datetime
    correction: str


def shown_fields(alert: Alert | None) -> ShownFields:
    """What a receipt remembers of the revision, for the pace of its edits; nothing for other messages."""
    if alert is None:
        return {}
    return {
        "severity": alert.severity,
        "agreement": alert.agreement,
        "revised_at": alert.revised_at,
        "correction": correction_of(alert),
    }


def attempts_so_far(last: Receipt | None, revision: int) -> int:
    """How often this revision was tried without a clear answer."""
    unfinished = last is not None and last.state is DeliveryState.ATTEMPT and last.revision == revision
    return last.attempts if last is not None and unfinished else 0


def as_plain(job: Job, reason: str) -> Job:
    """The job with the text alone."""
    logger.warning("slack refuses the card, trying plain text", alert_id=job.card.alert_id, reason=reason)
    return replace(job, card=without_blocks(job.card), plain=True)


def plain_when_stuck(job: Job) -> Job:
    """A card that Slack neither takes nor refuses goes as plain text every other time."""
    stuck = job.attempts >= PLAIN_AFTER_ATTEMPTS and job.attempts % 2 == 1
    return as_plain(job, "no clear answer") if stuck and not job.plain else job


def backoff(attempts: int) -> float:
    """Seconds before the next attempt: 3, 6, 12, 24, 48, 60, 60 ..."""
    return min(3.0 * 2.0 ** min(max(attempts - 1, 0), 10), LONGEST_BACKOFF_SECONDS)


def why(outcome: Outcome) -> str:
    """The outcome in Slack's own word, for logs and receipts."""
    match outcome:
        case Refused(reason=reason):
            return reason
        case Unknown(reason=doubt, detail=detail):
            return f"{doubt.value} {detail}".strip()
        case RateLimited():
            return "ratelimited"
        case Posted():
            return "posted"
