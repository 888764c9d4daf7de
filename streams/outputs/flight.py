"""One try of an output on its way, and the receipts that stand before and after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.brief import Brief
from services.alerts.delivery_queue import Waiting
from streams.delivery.attempt_log import AttemptLog
from streams.delivery.digest_post import DIGEST
from streams.delivery.job import shown_fields
from streams.delivery.pacing import WaitingClock
from streams.outputs.output import Output, Result

UNCONFIRMED = "unconfirmed"
"""First word of a PARKED detail: even the last copy that may be sent was not confirmed."""
REFUSED = "output"
Run = Callable[[Callable[[], None]], None]


def run_beside(act: Callable[[], None]) -> None:
    """In a thread of its own, which does not keep the process alive."""
    threading.Thread(target=act, name="output", daemon=True).start()


@dataclass(frozen=True, kw_only=True)
class OutputParts:
    """What a sender works with; ``on_unconfirmed`` tells people of a message that may not have arrived."""

    output: Output
    log: AttemptLog
    clock: WaitingClock
    may_send: Callable[[], bool]
    run: Run = run_beside
    on_unconfirmed: Callable[[str, str], None] = lambda _name, _key: None


@dataclass(kw_only=True)
class Flight:
    """One try on its way; the thread writes ``result`` last."""

    receipts: tuple[Receipt, ...]
    waiting: Waiting | None = None
    notice: str = ""
    result: Result | None = None


@dataclass(frozen=True, kw_only=True)
class BriefOnWay:
    brief: Brief
    brief_id: str
    done: Callable[[bool], None]


def write_attempt(alert: Alert, channel: str, last: Receipt | None, now: datetime) -> Receipt:
    """The line before a try at an alert; ``attempts`` counts those that may have been accepted, with this one."""
    attempts = last.attempts if last is not None and last.state is DeliveryState.ATTEMPT else 0
    return Receipt(
        alert_id=alert.alert_id,
        revision=alert.revision,
        channel=channel,
        state=DeliveryState.ATTEMPT,
        attempts=attempts + 1,
        # The mark of its first message is kept for as long as there are further ones.
        slack_ts=last.slack_ts if last is not None else None,
        is_released=last is not None and (last.state is DeliveryState.HELD or last.is_released),
        at=now,
        **shown_fields(alert),
    )


def write_own_receipt(key: str, channel: str, last: Receipt | None, now: datetime) -> Receipt:
    """The same before a try at a brief or a notice."""
    attempts = last.attempts if last is not None and last.state is DeliveryState.ATTEMPT else 0
    return Receipt(
        alert_id=key,
        revision=1,
        channel=channel,
        reply_id=DIGEST,
        state=DeliveryState.ATTEMPT,
        attempts=attempts + 1,
        at=now,
    )


def told_in_brief(alert: Alert, channel: str, brief_id: str, now: datetime) -> Receipt:
    """Written when the brief stands; until then its alert stays HELD."""
    return Receipt(
        alert_id=alert.alert_id,
        revision=alert.revision,
        channel=channel,
        state=DeliveryState.ATTEMPT,
        attempts=1,
        digest_id=brief_id,
        at=now,
        **shown_fields(alert),
    )
