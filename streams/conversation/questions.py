"""Answers to the questions of ``/policy``: gathers what a question needs, and lets ``services`` say it."""

from __future__ import annotations

from datetime import datetime

from config.routing import load_routing
from config.settings import Settings
from services.alerts.alert import Silence
from services.alerts.alert_memory import AlertMemory
from services.alerts.answers import (
    DIGEST_SPAN,
    Standing,
    say_digest,
    say_last,
    say_mutes,
    say_status,
    say_watches,
    say_why,
    say_why_not,
)
from services.alerts.commands import HELP, Digest, Help, Last, Mutes, Question, Status, Watches, Why, WhyNot
from services.alerts.held_list import say_held
from services.alerts.mutes import MuteKind
from services.alerts.orders import find_name
from services.alerts.suppression import Kept, Span, count_decided, explain_nothing, find_candidates
from services.alerts.wording import place_of
from services.errors import Unavailable
from services.signals.entities import Catalogue
from streams.broker.kafka import read_values
from streams.conversation.audit_log import AuditLog
from streams.delivery.held_reader import HeldReader
from streams.topics import POLICY_SILENCES
from streams.tracing.trace_reader import read_deliveries, read_path_of

NEWEST_SILENCES = 5_000
NO_SUCH_ALERT = "No such alert among the last ones. `last` lists them; write the id, or its first eight characters."
NO_SUCH_INSTRUMENT = "The catalogue has no such instrument or company; write it such as 0700.HK, or Tencent."


class Questions:
    """Reads; changes nothing."""

    def __init__(self, settings: Settings, catalogue: Catalogue, audit: AuditLog, alerts: AlertMemory) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._names = catalogue.names()
        routing = load_routing(catalogue)
        self._table = routing.table
        self._held = HeldReader(settings, routing, self._names)
        self._audit = audit
        self._alerts = alerts

    def answer(self, question: Question, now: datetime) -> str:
        """The answer in mrkdwn; ``now`` is wall time, UTC. ``why`` and ``why-not`` read topics: raise Unavailable."""
        desk, alerts = self._audit.desk, self._alerts.by_id.values()
        match question:
            case Status():
                said = say_status(desk, self._standing(now), self._audit.feedback, now)
            case Why(alert_id=alert_id):
                said = self._why(alert_id)
            case WhyNot():
                said = self._why_not(question, now)
            case Mutes():
                said = say_mutes(desk.mutes.values(), now)
            case Watches():
                said = say_watches(desk)
            case Digest():
                said = "\n".join(part for part in (say_digest(alerts, now, desk.owners), self._say_held(now)) if part)
            case Last(count=count):
                said = say_last(alerts, count, desk.owners)
            case Help():
                said = "\n".join(HELP)
        return said

    def _why(self, alert_id: str) -> str:
        alert = self._alerts.find(alert_id)
        if alert is None:
            return NO_SUCH_ALERT
        return say_why(alert, self._table, self._names, read_path_of(self._settings, alert))

    def _why_not(self, question: WhyNot, now: datetime) -> str:
        said = question.instrument
        instrument = find_name(MuteKind.INSTRUMENT, said, self._catalogue) or self._catalogue.find_company(said)
        if instrument is None:
            return NO_SUCH_INSTRUMENT
        at = None
        if question.clock is not None:
            hour, minute = question.clock
            local = now.astimezone(place_of(instrument).zone)
            at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        kept = Kept(
            silences=list(read_values(self._settings, POLICY_SILENCES.name, Silence, newest=NEWEST_SILENCES)),
            alerts=list(self._alerts.by_id.values()),
            deliveries=list(read_deliveries(self._settings)),
        )
        near = find_candidates(instrument, self._catalogue.names_of(instrument), kept, Span())
        span = Span(at=at, window=question.window)
        found = [one for one in near if span.holds(one.at)]
        return say_why_not(instrument, found, at, explain_nothing(near, count_decided(kept, span), span))

    def _say_held(self, now: datetime) -> str:
        """What waits on purpose: nobody should take quiet hours for a quiet day."""
        try:
            return say_held(*self._held.read(now))
        except Unavailable:
            return "What waits on purpose cannot be read now."

    def _standing(self, now: datetime) -> Standing:
        return Standing(
            alerts=len(self._alerts.by_id),
            recent=sum(alert.raised_at > now - DIGEST_SPAN for alert in self._alerts.by_id.values()),
            audited=self._audit.count,
            last_digest=self._audit.last_digest,
        )
