"""Clearing up: when an alert stands twice in the channel, one copy stays and the others are deleted."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TypeGuard

from msgspec import Struct

from services.alerts.alert import DeliveryState, Receipt
from streams.delivery.attempt_log import AttemptLog
from streams.delivery.pacing import WaitingClock
from streams.slack.client import Copy, NotReadable, Slack
from streams.slack.outcome import Posted

SWEEP_REACH = timedelta(hours=1)


class Swept(Struct, frozen=True, kw_only=True):
    """``deleted`` copies are gone; ``complete`` is False when the channel could not be read or a copy not deleted."""

    deleted: int
    complete: bool


def sweep_copies(slack: Slack, log: AttemptLog, clock: WaitingClock) -> Swept:
    """Leave one copy of every alert of the last hour: the newest revision, and of equal ones the oldest.

    Call it every few minutes from the thread that delivers. Raises Unavailable when the attempt log does.
    """
    copies = slack.read_copies(clock.now() - SWEEP_REACH)
    if isinstance(copies, NotReadable):
        return Swept(deleted=0, complete=False)
    deleted, complete = 0, True
    by_alert = groupby(sorted(copies, key=lambda copy: copy.alert_id), key=lambda copy: copy.alert_id)
    for alert_id, group in by_alert:
        several = sorted(group, key=lambda copy: (-copy.revision, copy.ts))
        last = log.last(alert_id, slack.channel)
        if len(several) == 1 or not _is_settled(last, several):
            continue
        # The log must name the survivor before the others go: a crash in between leaves a copy, never none.
        log.append(_receipt_for(last, several[0], clock))
        gone = [isinstance(slack.delete(copy.ts), Posted) for copy in several[1:]]
        deleted, complete = deleted + sum(gone), complete and all(gone)
    return Swept(deleted=deleted, complete=complete)


def _is_settled(last: Receipt | None, copies: list[Copy]) -> TypeGuard[Receipt]:
    """An unfinished alert is settled by delivery first; and the message in the log must be one of those seen."""
    return last is not None and last.state is DeliveryState.SENT and last.slack_ts in {copy.ts for copy in copies}


def _receipt_for(last: Receipt, kept: Copy, clock: WaitingClock) -> Receipt:
    return Receipt(
        alert_id=last.alert_id,
        revision=kept.revision,
        channel=last.channel,
        state=DeliveryState.SENT,
        slack_ts=kept.ts,
        attempts=last.attempts,
        detail="swept",
        at=clock.now(),
    )
