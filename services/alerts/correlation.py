"""Policy signals joined with the tape, in event time: the decisions of the correlator, without any I/O.

State is the latest revision of each alert, which is exactly what the topic ``policy.alerts`` keeps, so it can be
rebuilt after any crash by ``restore``. The same object runs live and in replay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from services.alerts.alert import Alert, Silence, SilenceReason
from services.alerts.corrections import is_retraction
from services.alerts.desk import Desk, Order, Watch
from services.alerts.inhibition import find_inhibition
from services.alerts.lifecycle import Due, add_new_act, add_report, find_next_due, raise_alert, revise
from services.alerts.market_answer import MarketAnswer
from services.alerts.mutes import find_mute
from services.alerts.past_events import PastEvents
from services.alerts.policy import AlertPolicy
from services.alerts.silence import explain_mute, find_silence, is_own_text, silence_signal
from services.news.parsing import content_id
from services.signals.signal import PolicySignal


class Market(Protocol):
    """What the tape says about a signal; ``Measuring`` is the one implementation."""

    def place(self, signal: PolicySignal) -> PolicySignal:
        """The signal with each company at the listing that trades first."""

    def measure(self, signal: PolicySignal, as_of: datetime, past: PastEvents) -> MarketAnswer:
        """All reactions as known at an event time; raises Unavailable."""

    def measure_or_nothing(self, signal: PolicySignal, as_of: datetime, past: PastEvents) -> MarketAnswer:
        """The same, but nothing when prices are unavailable: the text of an alert never waits for them."""

    def schedule(self, signal: PolicySignal) -> Sequence[Due]:
        """When each horizon of a signal ends, over all its exposures."""


MEMORY = timedelta(days=3)
SILENT_REPORTS = (SilenceReason.STALE_NEWS, SilenceReason.REPRINT, SilenceReason.BACKGROUND)
"""What keeps a further report of a known alert off its card, too; beside a mute."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Correlation:
    """Alerts by id, and how far the tape has come."""

    def __init__(self, policy: AlertPolicy, market: Market) -> None:
        self._base_policy = self._policy = policy
        self._market = market
        self._alerts: dict[str, Alert] = {}
        self._due: dict[str, Due] = {}
        self._past = PastEvents()
        self._desk = Desk()
        self.tape_until = BEGINNING

    def forget_all(self) -> None:
        """Empty, before a rebuild: what was decided but never reached the topic must be decided again."""
        self._alerts.clear()
        self._due.clear()
        self._past.clear()
        self._desk.forget_all()
        self._policy = self._base_policy

    def take(self, order: Order) -> None:
        """Obey what a person ordered: mutes, and watched instruments, from the next signal on."""
        self._desk.take(order)
        if isinstance(order, Watch):
            watchlists = {**self._base_policy.watchlists, **self._desk.watchlists()}
            self._policy = replace(self._base_policy, watchlists=watchlists)

    def restore(self, alert: Alert) -> None:
        """Take up a revision read back from the topic; older ones than known are ignored."""
        known = self._alerts.get(alert.alert_id)
        if known is None or known.revision <= alert.revision:
            self._keep(alert)

    def on_signal(self, signal: PolicySignal, clock_offset_ms: int = 0) -> Alert | Silence | None:
        """An alert revision, a silence with its reason, or None when this very signal was handled before."""
        known = self._alerts.get(content_id("alt", signal.story_id))
        if known is not None and any(report.signal_id == signal.signal_id for report in known.reports):
            return None
        silence = self._find_silence(signal, clock_offset_ms, is_known=known is not None)
        if silence is not None:
            return silence_signal(signal, *silence, decided_at=signal.received_at)
        if known is not None:
            alert = add_report(known, signal, self._policy)
        else:
            # The lead is for the story memory: an alert has many revisions, and goes to many who need no text.
            signal = replace(self._market.place(signal), lead="")
            answer = self._market.measure_or_nothing(signal, signal.received_at, self._past)
            alert = raise_alert(signal, answer, self._policy, self.tape_until, clock_offset_ms)
        self._keep(alert)
        return alert

    def on_new_act(self, raised: Alert) -> Alert | None:
        """A revision of the alert whose story ``raised`` continues; None when it continues none that is known."""
        signal = raised.signal
        earlier = self._alerts.get(content_id("alt", signal.follows)) if signal.follows else None
        if earlier is None or raised.revision > 1:
            return None
        if any(report.signal_id == signal.signal_id for report in earlier.followed_by):
            return None
        alert = add_new_act(earlier, signal)
        self._keep(alert)
        return alert

    def on_tape(self, until: datetime) -> Iterator[Alert]:
        """Move event time on; yields a revision for every horizon that has ended, in order of their ends."""
        self.tape_until = max(self.tape_until, until)
        yield from self._revise_until(self.tape_until, self._due.keys())
        self._forget()

    def on_silent_tape(self, until: datetime) -> Iterator[Alert]:
        """The tape has said nothing for long: revise live alerts by the wall clock, with what prices there are.

        Replayed alerts wait for their tape, which may be played at any time.
        """
        yield from self._revise_until(until, {key for key in self._due if not self._alerts[key].clock_offset_ms})

    def _revise_until(self, until: datetime, chosen: Collection[str]) -> Iterator[Alert]:
        while True:
            ended = [(self._due[key], key) for key in chosen if key in self._due and self._due[key][0] <= until]
            if not ended:
                return
            due, alert_id = min(ended)
            known = self._alerts[alert_id]
            alert = revise(known, due, self._market.measure(known.signal, due[0], self._past), self._policy)
            self._keep(alert)
            yield alert

    @property
    def policy(self) -> AlertPolicy:
        """The thresholds that hold now, with the instruments that people watch."""
        return self._policy

    @property
    def open_alerts(self) -> int:
        """Alerts that still wait for a horizon."""
        return len(self._due)

    @property
    def next_due_at(self) -> datetime | None:
        """When the next horizon ends."""
        return min((due[0] for due in self._due.values()), default=None)

    def _keep(self, alert: Alert) -> None:
        self._alerts[alert.alert_id] = alert
        self._past.add(alert)
        due = find_next_due(alert, self._market.schedule(alert.signal))
        if due is None:
            self._due.pop(alert.alert_id, None)
        else:
            self._due[alert.alert_id] = due

    def _find_silence(
        self, signal: PolicySignal, clock_offset_ms: int, *, is_known: bool
    ) -> tuple[SilenceReason, str] | None:
        """Few things silence a report of a known alert. People order by the wall clock, whatever day is replayed."""
        root = content_id("alt", signal.story_id)
        found = find_silence(signal, self._policy)
        if is_known and found is not None and found[0] is SilenceReason.REPRINT:
            found = None if is_own_text(signal, self._alerts[root].reports) else found
        if found is not None and (not is_known or found[0] in SILENT_REPORTS):
            return found
        if not is_known and is_retraction(signal):
            return SilenceReason.RETRACTION, f"no alert of story {signal.story_id} is known"
        inhibited = find_inhibition(signal, self._alerts[root] if root in self._due else None)
        if inhibited is not None:
            return inhibited
        arrived_at = signal.received_at - timedelta(milliseconds=clock_offset_ms)
        mute = find_mute(signal, self._desk.mutes.values(), arrived_at)
        return None if mute is None else explain_mute(mute)

    def _forget(self) -> None:
        horizon = self.tape_until - MEMORY
        if len(self._alerts) > 1_000:
            old = [key for key, alert in self._alerts.items() if key not in self._due and alert.revised_at < horizon]
            for key in old:
                del self._alerts[key]
