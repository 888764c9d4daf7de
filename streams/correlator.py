"""``policy.signals`` joined with ``market.bars`` on event time -> ``policy.alerts``.

The work of the correlator; the Faust app that feeds it stands in ``correlator_app.py``. Its state is rebuilt from
``policy.alerts``, which holds every alert whole: Faust tables lose events on restart.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from statistics import fmean

from config.exchanges import load_calendars
from config.settings import Settings
from services.alerts.alert import Alert, Silence
from services.alerts.correlation import Correlation
from services.alerts.desk import ActionRecord
from services.alerts.reconciliation import find_unanswered
from services.alerts.trace import trace_alert, trace_silence
from services.alerts.verdict import is_comparable, select_basket
from services.errors import Unreadable
from services.market.bars.bar_frame import Progress
from services.market.reaction import Window
from services.signals.signal import PolicySignal
from streams import codec, metrics
from streams.broker.committed import read_committed
from streams.broker.kafka import Record, read_values, read_whole
from streams.clock import wall_clock
from streams.logs import ids_of, log
from streams.process import read_surroundings, serving
from streams.topics import POLICY_ACTIONS, POLICY_ALERTS, POLICY_SIGNALS, POLICY_SILENCES
from streams.tracing.trace_sender import Stopwatch, Tracer, drop_trace
from streams.watching.health import Surroundings
from streams.watching.latest_alerts import LatestAlerts

PROCESS = "correlator"

TAPE_PATIENCE = timedelta(minutes=10)
"""How far the tape may lag behind the wall clock before live horizons are measured without it."""
SIGNALS_LOOKED_AT = 500
SILENCES_LOOKED_AT = 20_000
"""How far back whoever takes over looks for signals that were taken and never answered."""
NO_CAUSE = Record(topic="", partition=0, offset=0, key=None, value=None, timestamp_ms=0)

Send = Callable[[str, str, bytes, Record], Awaitable[None]]
"""Topic, key, value and the record that caused it; returns when the broker has acknowledged."""


class Correlator:
    """Two handlers on one Correlation; the tape's progress is the slowest shard's."""

    def __init__(self, settings: Settings, correlation: Correlation, send: Send, trace: Tracer = drop_trace) -> None:
        self._settings = settings
        self._trace = trace
        self._correlation = correlation
        self._send = send
        # Round the clock without holidays: such a calendar has no end that could come.
        self._calendars = {name: one for name, one in load_calendars().items() if one.last_day != date.max}
        self._watermarks: dict[int, int] = {}
        self._latest = LatestAlerts()
        self._unanswered: list[Record] = []

    def rebuild(self) -> None:
        """Take up every alert where its last revision left it; raises Unavailable."""
        alerts = list(read_values(self._settings, POLICY_ALERTS.name, Alert))
        actions = list(read_values(self._settings, POLICY_ACTIONS.name, ActionRecord))
        self._correlation.forget_all()
        self._latest.forget_all()
        for action in actions:
            self._correlation.take(action.order)
        for alert in alerts:
            self._correlation.restore(alert)
            self._latest.take(alert)
        self._unanswered = self._find_unanswered(alerts)
        metrics.OPEN_ALERTS.set(self._correlation.open_alerts)

    async def answer_what_was_left(self) -> None:
        """Answer the signals that were taken before and never answered; raises Unavailable."""
        while self._unanswered:
            record = self._unanswered[0]
            log.warning("taken before and never answered", topic=record.topic, offset=record.offset)
            await self.on_signal(record)
            metrics.REPAIRED_SIGNALS.inc()
            del self._unanswered[0]

    def _find_unanswered(self, alerts: list[Alert]) -> list[Record]:
        """Only below what the group has committed: the others come by themselves, in their order."""
        committed = read_committed(self._settings, PROCESS, POLICY_SIGNALS.name)
        taken: list[tuple[Record, PolicySignal]] = []
        for record in read_whole(self._settings, POLICY_SIGNALS.name, newest=SIGNALS_LOOKED_AT):
            if record.offset < committed.get(record.partition, 0):
                with suppress(Unreadable):  # it stands among the dead letters
                    taken.append((record, codec.decode(PolicySignal, record.value)))
        silences = list(read_values(self._settings, POLICY_SILENCES.name, Silence, newest=SILENCES_LOOKED_AT))
        missing = {one.signal_id for one in find_unanswered([signal for _, signal in taken], alerts, silences)}
        return [record for record, signal in taken if signal.signal_id in missing]

    async def on_signal(self, record: Record) -> None:
        """Alert at once on what has already happened, or be silent with a reason."""
        signal = codec.decode(PolicySignal, record.value)
        watch = Stopwatch(record, wall_clock, signal.scored_at)
        with metrics.MEASURE_SECONDS.time():
            outcome = self._correlation.on_signal(signal, record.clock_offset_ms)
        if isinstance(outcome, Silence):
            await self._send(POLICY_SILENCES.name, outcome.article_id, codec.encode(outcome), record)
            policy = self._correlation.policy
            self._trace(lambda: watch.stamp(trace_silence(signal, outcome, policy, PROCESS)), record.clock_offset_ms)
            metrics.SILENCES.labels(reason=outcome.reason.value).inc()
            log.info("silent", **ids_of(signal), reason=outcome.reason.value)
        elif outcome is not None:
            followed = self._correlation.on_new_act(outcome)
            if followed is not None:
                # Before the new alert: a crash between the two would else forget it.
                await self._publish(followed, record, watch)
            await self._publish(outcome, record, watch)

    async def on_action(self, record: Record) -> None:
        """Obey an order that a person gave in Slack."""
        self._correlation.take(codec.decode(ActionRecord, record.value).order)

    async def on_bars(self, record: Record) -> None:
        """Move event time on and measure every horizon that has ended."""
        watch, frame = Stopwatch(record, wall_clock), codec.decode(Progress, record.value)
        self._watermarks[frame.shard] = max(frame.watermark, self._watermarks.get(frame.shard, 0))
        tape_until = datetime.fromtimestamp(min(self._watermarks.values()), UTC)
        for alert in self._correlation.on_tape(tape_until):
            await self._publish(alert, record, watch)

    async def on_time(self, now: datetime) -> None:
        """A feed that died must not leave live alerts unmeasured for ever: they say what is missing."""
        for exchange, calendar in self._calendars.items():
            metrics.CALENDAR_DAYS_LEFT.labels(exchange=exchange).set(calendar.days_left(now))
        for alert in self._correlation.on_silent_tape(now - TAPE_PATIENCE):
            await self._publish(alert, NO_CAUSE, Stopwatch(NO_CAUSE, wall_clock))

    async def _publish(self, alert: Alert, cause: Record, watch: Stopwatch) -> None:
        await self._send(POLICY_ALERTS.name, alert.alert_id, codec.encode(alert), cause)
        policy = self._correlation.policy
        self._trace(lambda: watch.stamp(trace_alert(alert, policy, PROCESS)), cause.clock_offset_ms)
        if alert.revision == 1:
            metrics.ALERTS.labels(severity=alert.severity.value, tone=alert.signal.tone.value).inc()
        metrics.ALERT_REVISIONS.labels(cause=alert.cause).inc()
        metrics.VERDICTS.labels(agreement=alert.agreement.value).inc()
        for reaction in alert.reactions:
            if reaction.window is Window.SO_FAR:
                metrics.EXPOSURE_STATES.labels(state=reaction.state.value).inc()
                metrics.NORMAL_MODELS.labels(model=reaction.model.value).inc()
        _count_answer(alert)
        self._latest.take(alert)
        metrics.OPEN_ALERTS.set(self._correlation.open_alerts)
        log.info("alert", alert_id=alert.alert_id, **ids_of(alert.signal), revision=alert.revision, cause=alert.cause)


def _count_answer(alert: Alert) -> None:
    """For the desk: what the market did after half an hour, and the verdict that stands at the close."""
    if alert.cause == Window.TO_CLOSE.value:
        metrics.FINAL_VERDICTS.labels(agreement=alert.agreement.value).inc()
    if alert.cause != Window.AFTER_30M.value:
        return
    basket = [one for one in select_basket(alert.signal, alert.reactions) if one.window is Window.AFTER_30M]
    moves = [one.abnormal_return or 0.0 for one in basket if is_comparable(one)]
    if moves:
        mean, tone = fmean(moves), alert.signal.tone.value
        metrics.REACTIONS.labels(tone=tone).inc()
        metrics.REACTION_MOVES.labels(tone=tone, direction="up" if mean >= 0 else "down").inc(abs(mean))


def build() -> Surroundings:
    """Settings and health of the process; the app is built anew whenever the broker went away. Raises Misconfigured."""
    return read_surroundings("kafka", "redis")


def main() -> None:
    """Run until told to stop."""
    from streams.correlator_app import serve  # noqa: PLC0415 - Faust takes a second to import; --help need not wait

    surroundings = build()
    with serving(PROCESS, surroundings):
        serve(surroundings)
