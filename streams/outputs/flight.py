"""One try of an output on its way, and the receipts that stand before and after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.brief import Brief
from services.alerts.delivery_queue import Waiting
from services.alerts.holding import SHELVED as SHELVED_REASON
from services.alerts.repeat import first_word
from streams.delivery.attempt_log import AttemptLog
from streams.delivery.digest_post import DIGEST
from streams.delivery.job import shown_fields
from streams.delivery.pacing import WaitingClock
from streams.outputs.output import Output, Result

REFUSED = "output"
DOUBT = "doubt"
"""First word of the detail of an ATTEMPT that the other side may have accepted."""
SHELVED = f"{SHELVED_REASON}: alone: the output does not take it"
"""Detail of a HELD receipt; it reads like that of a Hold."""
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
    note_of: Callable[[Alert], str] = lambda _alert: ""
    """A sentence of ours for the message of an alert, as of the second route."""


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
    """The line before a try at an alert; ``attempts`` counts those that ended in doubt, with this one."""
    return Receipt(
        alert_id=alert.alert_id,
        revision=alert.revision,
        channel=channel,
        state=DeliveryState.ATTEMPT,
        attempts=_count_doubts(last) + 1,
        # The mark of its first message is kept for as long as there are further ones.
        slack_ts=last.slack_ts if last is not None else None,
        is_released=last is not None and (last.state is DeliveryState.HELD or last.is_released),
        at=now,
        **shown_fields(alert),
    )


def write_own_receipt(key: str, channel: str, last: Receipt | None, now: datetime) -> Receipt:
    """The same before a try at a brief or a notice."""
    return Receipt(
        alert_id=key,
        revision=1,
        channel=channel,
        reply_id=DIGEST,
        state=DeliveryState.ATTEMPT,
        attempts=_count_doubts(last) + 1,
        at=now,
    )


def shelve(alert: Alert, channel: str, last: Receipt | None, now: datetime) -> Receipt:
    """An alert that an output has not taken for long: it waits on, and a next process finds it without its record."""
    if last is not None and last.state is DeliveryState.ATTEMPT:
        # What is known of its tries, and of their doubts, stays.
        return replace(last, is_released=True)
    return Receipt(
        alert_id=alert.alert_id,
        revision=alert.revision,
        channel=channel,
        state=DeliveryState.HELD,
        slack_ts=last.slack_ts if last is not None else None,
        detail=SHELVED,
        at=now,
        **shown_fields(alert),
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


def is_wanted(last: Receipt | None, alert: Alert, output: Output) -> bool:
    """Is this revision worth a message, given the last receipt of its alert?"""
    if last is None or last.state is DeliveryState.HELD:
        return True
    if last.state is DeliveryState.ATTEMPT:
        return alert.revision >= last.revision
    if alert.revision <= last.revision:
        return False
    # What was refused as it was may be taken as it is now.
    return (last.state is DeliveryState.PARKED and last.slack_ts is None) or output.wants(last, alert)


def is_follow_up(last: Receipt | None) -> bool:
    """The other side has a message of this alert, or may have one of an older revision."""
    return last is not None and last.slack_ts is not None


def is_given_up(last: Receipt | None, output: Output) -> bool:
    """Did so many tries end in doubt that one more would be one copy too many?"""
    is_in_doubt = last is not None and last.state is DeliveryState.ATTEMPT and first_word(last.detail) == DOUBT
    return bool(output.most_doubts) and is_in_doubt and _count_doubts(last) >= output.most_doubts


def _count_doubts(last: Receipt | None) -> int:
    if last is None or last.state is not DeliveryState.ATTEMPT:
        return 0
    # A try that a kill cut off counts for nothing: it may never have left, and nothing may be lost.
    return last.attempts if last.detail else last.attempts - 1
