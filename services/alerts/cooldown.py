"""Cooldown: a like event soon after another joins the other's thread, and does not ring again.

Like means the same: regulators, tone, stage, and either the same named companies or, where neither names one, the same
sectors. So an event about another company, or the penalty after the investigation, is never like. What is louder than
everything told of its kind since the ringing one rings too; the loudest told counts, so that a severity which swings
around its threshold rings once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from services.alerts.alert import Alert, Severity
from services.alerts.loudness import Cooldown, is_louder
from services.signals.signal import Role, Stage, Tone

LONGEST_COOLDOWN = timedelta(hours=24)


class EventKey(Struct, frozen=True, kw_only=True):
    """What makes two events alike."""

    regulators: frozenset[str]
    tone: Tone
    stage: Stage | None
    issuers: frozenset[str]
    sectors: frozenset[str]
    """Only where no company is named."""


class Told(Struct, frozen=True, kw_only=True):
    """One event that a channel has: when it was posted there, at which severity, in a message of its own or not."""

    alert_id: str
    key: EventKey
    at: datetime
    severity: Severity
    rang: bool
    """It has a message of its own in the channel."""


class Cooling(Struct, frozen=True, kw_only=True):
    """The event whose thread a new one joins, and when its kind may ring again."""

    root: str
    """Alert id."""
    until: datetime
    severity: Severity
    """The loudest that was told of this kind since it rang."""


def event_key(alert: Alert) -> EventKey | None:
    """None where too little is known to call anything like it: no regulator, or neither company nor sector."""
    signal = alert.signal
    issuers = frozenset(one.issuer for one in signal.exposures if one.role is Role.DIRECT)
    sectors = frozenset() if issuers else frozenset(signal.sectors)
    if not signal.regulators or not (issuers or sectors):
        return None
    return EventKey(
        regulators=frozenset(signal.regulators),
        tone=signal.tone,
        stage=signal.stage,
        issuers=issuers,
        sectors=sectors,
    )


def find_cooling(alert: Alert, now: datetime, history: Iterable[Told], rule: Cooldown) -> Cooling | None:
    """What holds a new event back in one channel, given what the channel has, in any order; None: it rings."""
    key = event_key(alert)
    like = sorted((one for one in history if one.key == key and one.alert_id != alert.alert_id), key=lambda o: o.at)
    if key is None or not like:
        return None
    cooling = _play(like, rule)
    if cooling is None or now >= cooling.until or is_louder(alert.severity, cooling.severity):
        return None
    return cooling


def _play(like: Iterable[Told], rule: Cooldown) -> Cooling | None:
    """The state of one kind after everything that was told of it."""
    base = timedelta(minutes=rule.minutes)
    span, cooling = base, None
    for one in like:
        if one.rang:
            # Rung again within twice its time: this kind is not over.
            is_same_wave = cooling is not None and one.at < cooling.until + span
            span = min(span * 2, LONGEST_COOLDOWN) if rule.grows and is_same_wave else base
            cooling = Cooling(root=one.alert_id, until=one.at + span, severity=one.severity)
        elif cooling is not None and is_louder(one.severity, cooling.severity):
            cooling = Cooling(root=cooling.root, until=cooling.until, severity=one.severity)
    return cooling
