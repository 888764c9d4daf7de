"""What waits on purpose for one channel: through quiet hours, for a digest, for a brief of late news.

A HELD receipt in the attempt log is all that is kept of an alert that waits; its record on the topic is committed, so
nothing behind it waits, and the alert itself is read again from ``policy.alerts`` after a restart. When its time has
come it is told by itself or in a brief, along the same way as everything else: attempt, message, receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.alerts.alert import Alert, DeliveryState, Receipt, Silence
from services.alerts.alert_memory import AlertMemory
from services.alerts.brief import MOST_TOLD, Brief, BriefItem, Known, rank
from services.alerts.card_sentences import find_place
from services.alerts.delivery_channels import find_ways
from services.alerts.delivery_queue import NO_PARTITION
from services.alerts.digest import is_brief, name_brief
from services.alerts.holding import Hold, HoldRules, find_hold, waits_for_brief
from services.alerts.repeat import NOT_POSTED, first_word
from services.alerts.routing import RoutingTable, Way
from services.alerts.silence import silence_signal
from services.alerts.wording import HONG_KONG, say_clock
from streams import metrics
from streams.delivery import delivery_metrics
from streams.delivery.attempt_log import AttemptLog
from streams.delivery.delivery_traces import DeliveryTraces
from streams.delivery.digest_clock import DigestClock
from streams.delivery.job import shown_fields
from streams.delivery.pacing import WaitingClock
from streams.delivery.sender import Teller
from streams.logs import log as logger

LOOK_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class HoldingParts:
    """What holding works with; ``tell_silence`` records why something makes no sound."""

    log: AttemptLog
    clock: WaitingClock
    rules: HoldRules
    table: RoutingTable
    points: Callable[[Alert], float]
    tell_silence: Callable[[Silence], None]
    recent: AlertMemory
    traces: DeliveryTraces


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    alert: Alert
    since: datetime
    until: datetime
    in_brief: bool
    known: Known


class HeldAlerts:
    """The alerts that wait for one channel; ``names`` are those that lead to it in routing.toml."""

    def __init__(self, teller: Teller, names: tuple[str, ...], parts: HoldingParts) -> None:
        self._teller = teller
        self._names = names
        self._parts = parts
        self._waiting: dict[str, _Waiting] = {}
        self._on_way: frozenset[str] = frozenset()
        self._returning: frozenset[str] = frozenset()
        """Of a brief that an earlier process left: whether it stands is being found out."""
        self._look_at = 0.0
        self.digests = DigestClock(teller, parts.rules.of(names[0]).schedule, parts)

    def __len__(self) -> int:
        return len(self._waiting)

    def keep(self, alert: Alert) -> bool:
        """True when the alert waits (its record may be committed); False when it goes its usual way. May raise."""
        waiting = self._waiting.get(alert.alert_id)
        hold = self._find_hold(alert, waiting.since if waiting else None)
        if waiting is not None:
            return self._keep_on(waiting, alert, hold)
        if hold is None or not self._is_untold(alert):
            return False
        self._teller.require_ownership()
        now = self._parts.clock.now()
        self._parts.log.append(self._receipt(alert, hold, now))
        self._put(alert, hold.until, now, in_brief=hold.in_brief, known=_known_of(alert))
        self._say_silent(alert, hold, now)
        return True

    def take_back(self, alert: Alert) -> bool:
        """A brief did not come about, and its alert waits again; False when its receipt does not say so."""
        last = self._teller.last(alert.alert_id)
        if last is None or last.state is not DeliveryState.HELD:
            return False
        self._restore(alert, last)
        return True

    def restore(self, alerts: Mapping[str, Alert]) -> None:
        """After a restart: wait on, and finish what was on its way. ``alerts`` are those of the receipts, by id."""
        self._waiting.clear()
        self._on_way = self._returning = frozenset()
        self.digests.forget()
        for receipt in self._parts.log.find_held(self._teller.channel):
            alert = alerts.get(receipt.alert_id)
            if alert is None:
                logger.error("an alert that waits is not on its topic", alert_id=receipt.alert_id)
            elif receipt.state is DeliveryState.HELD:
                self._restore(alert, receipt)
            else:
                self._returning |= {alert.alert_id}
                self._teller.take(alert, NO_PARTITION, NO_PARTITION, alert.clock_offset_ms)

    def look(self) -> None:
        """Tell what need not wait any longer, and digests that are due. Raises Unavailable."""
        monotonic = self._parts.clock.monotonic()
        if monotonic < self._look_at:
            return
        self._look_at = monotonic + LOOK_SECONDS
        now = self._parts.clock.now()
        ready = [one for one in self._waiting.values() if one.until <= now and self._is_over(one)]
        for one in ready:
            if not one.in_brief:
                self._release(one.alert)
        self._returning = frozenset(filter(self._is_returning, self._returning))
        if self._teller.is_brief_free and not self._returning:
            self._tell([one for one in ready if one.in_brief], now)

    def wait(self, seconds: float, *, in_doubt: bool = False) -> None:
        """Look again after so long."""
        self._look_at = self._parts.clock.monotonic() + seconds

    def count(self) -> None:
        """Show how many wait, and the oldest for how long."""
        since = min((one.since for one in self._waiting.values()), default=None)
        age = timedelta() if since is None else self._parts.clock.now() - since
        delivery_metrics.HELD.labels(channel=self._teller.name).set(len(self._waiting))
        delivery_metrics.HELD_OLDEST_SECONDS.labels(channel=self._teller.name).set(max(0.0, age.total_seconds()))

    def _tell(self, ready: list[_Waiting], now: datetime) -> None:
        is_quiet = self._parts.rules.quiet_of(self._names[0], now) is not None
        due = None if is_quiet else self.digests.find_due(now)
        if not ready and due is None:
            return
        items = [BriefItem(alert=o.alert, points=self._parts.points(o.alert), known=o.known) for o in ready]
        chosen = rank(items)[:MOST_TOLD]
        told, changed = self.digests.find_news() if due is not None else ((), ())
        brief = Brief(title=self._name(chosen, due, now), waited=tuple(chosen), told=told, changed=changed)
        if brief.is_empty:
            self.digests.skip(due)
            return
        alerts = [one.alert for one in chosen]
        digest_id = name_brief(self._teller.channel, alerts, "" if due is None else due.isoformat())
        self._teller.require_ownership()
        if due is not None:
            self.digests.begin(due, digest_id)
        self._on_way = frozenset(alert.alert_id for alert in alerts)
        self._teller.begin_brief(brief, digest_id, lambda stands: self._done(alerts, due, stands=stands))

    def _done(self, alerts: Iterable[Alert], due: datetime | None, *, stands: bool) -> None:
        for alert in alerts:
            waiting = self._waiting.pop(alert.alert_id, None)
            if waiting is not None and not (stands and waiting.alert.revision <= alert.revision):
                self._teller.take(waiting.alert, NO_PARTITION, NO_PARTITION, alert.clock_offset_ms)
        self._on_way = frozenset()
        if due is not None:
            self.digests.finish(due)

    def _keep_on(self, waiting: _Waiting, alert: Alert, hold: Hold | None) -> bool:
        if alert.revision > waiting.alert.revision:
            waiting = self._waiting[alert.alert_id] = replace(waiting, alert=alert)
        if hold is not None or waiting.until <= self._parts.clock.now() or alert.alert_id in self._on_way:
            # Its time has come, or nearly: the look tells it, in the brief that it waits for.
            return True
        del self._waiting[alert.alert_id]
        return False

    def _is_untold(self, alert: Alert) -> bool:
        if self._teller.queue.next_of(alert.alert_id) is not None:
            return False
        last = self._teller.last(alert.alert_id)
        is_free = last is not None and last.state is DeliveryState.ATTEMPT and first_word(last.detail) == NOT_POSTED
        return last is None or last.state is DeliveryState.HELD or (is_free and last.slack_ts is None)

    def _is_over(self, waiting: _Waiting) -> bool:
        if waiting.alert.alert_id in self._on_way:
            return False
        hold = self._find_hold(waiting.alert, waiting.since)
        if hold is not None:
            self._waiting[waiting.alert.alert_id] = replace(waiting, until=hold.until)
        return hold is None

    def _is_returning(self, alert_id: str) -> bool:
        last = self._teller.last(alert_id)
        return last is not None and last.state is DeliveryState.ATTEMPT and is_brief(last.digest_id)

    def _release(self, alert: Alert) -> None:
        del self._waiting[alert.alert_id]
        self._teller.take(alert, NO_PARTITION, NO_PARTITION, alert.clock_offset_ms)

    def _find_hold(self, alert: Alert, since: datetime | None) -> Hold | None:
        """Told as soon as one of the names that lead to the channel wants it told; none at all: it was told before."""
        ways = find_ways(alert, self._parts.table)
        now, rules = self._parts.clock.now(), self._parts.rules
        several = [ways.get(name, ()) for name in self._names]
        holds = [find_hold(alert, one, rules, now, since) for one in several if one]
        if not holds:
            holds = [find_hold(alert, (Way(channel=self._names[0]),), rules, now, since)]
        standing = [one for one in holds if one is not None]
        return min(standing, key=lambda one: one.until) if len(standing) == len(holds) else None

    def _name(self, chosen: list[BriefItem], due: datetime | None, now: datetime) -> str:
        place = find_place(chosen[0].alert) if chosen else HONG_KONG
        return f"{'Digest' if due is not None else 'Brief'} {say_clock(now, place)}"

    def _restore(self, alert: Alert, receipt: Receipt) -> None:
        known = Known(severity=receipt.severity, agreement=receipt.agreement, is_struck=bool(receipt.correction))
        self._put(alert, self._parts.clock.now(), receipt.at, in_brief=waits_for_brief(receipt), known=known)

    def _put(self, alert: Alert, until: datetime, since: datetime, *, in_brief: bool, known: Known) -> None:
        self._waiting[alert.alert_id] = _Waiting(alert=alert, since=since, until=until, in_brief=in_brief, known=known)

    def _receipt(self, alert: Alert, hold: Hold, now: datetime) -> Receipt:
        return Receipt(
            alert_id=alert.alert_id,
            revision=alert.revision,
            channel=self._teller.channel,
            state=DeliveryState.HELD,
            detail=hold.as_receipt_detail(),
            at=now,
            **shown_fields(alert),
        )

    def _say_silent(self, alert: Alert, hold: Hold, now: datetime) -> None:
        event_now = now + timedelta(milliseconds=alert.clock_offset_ms)
        detail = f"{self._teller.name}: {hold.detail}; alert {alert.alert_id}"
        self._parts.tell_silence(silence_signal(alert.signal, hold.reason, detail, event_now))
        self._parts.traces.held(alert, self._teller.name, hold, now)
        metrics.SILENCES.labels(reason=hold.reason.value).inc()
        logger.info("waits", alert_id=alert.alert_id, channel=self._teller.name, reason=hold.reason.value)


def _known_of(alert: Alert) -> Known:
    shown = shown_fields(alert)
    return Known(severity=alert.severity, agreement=alert.agreement, is_struck=bool(shown.get("correction")))
