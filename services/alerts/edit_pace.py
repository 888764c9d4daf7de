"""How often a message may change: at most once in 45 seconds, unless what it says has changed.

Counted in event time of the revisions, so that a replayed day shows the same edits as a live one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.corrections import correction_of

LEAST_GAP = timedelta(seconds=45)


class EditReason(StrEnum):
    """Why an edit may leave, or waits: a closed set, which is also the metric label."""

    UNFINISHED = "unfinished"
    """The edit before it may not have arrived."""
    NOT_KNOWN = "not_known"
    """The receipt does not tell what the message shows."""
    SEVERITY_CHANGED = "severity_changed"
    VERDICT_CHANGED = "verdict_changed"
    CORRECTED = "corrected"
    LONG_ENOUGH = "long_enough"
    TOO_SOON = "too_soon"


class EditPace(Struct, frozen=True, kw_only=True):
    """The reason, and the event time before which the edit waits; None: it leaves now."""

    reason: EditReason
    due_at: datetime | None = None


def decide_edit(last: Receipt, alert: Alert) -> EditPace:
    """Whether the message of ``last`` may show ``alert`` now; raises nothing."""
    checks = (
        (last.state is not DeliveryState.SENT, EditReason.UNFINISHED),
        (last.revised_at is None, EditReason.NOT_KNOWN),
        (alert.severity is not last.severity, EditReason.SEVERITY_CHANGED),
        (alert.agreement is not last.agreement, EditReason.VERDICT_CHANGED),
        (correction_of(alert) != last.correction, EditReason.CORRECTED),
    )
    reason = next((reason for holds, reason in checks if holds), None)
    if reason is not None or last.revised_at is None:
        return EditPace(reason=reason or EditReason.NOT_KNOWN)
    due_at = last.revised_at + LEAST_GAP
    if alert.revised_at >= due_at:
        return EditPace(reason=EditReason.LONG_ENOUGH)
    return EditPace(reason=EditReason.TOO_SOON, due_at=due_at)
