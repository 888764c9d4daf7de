"""The traces of the notifier: which channels an alert goes to, what holds it back there, what became of each try.

What became of a try is read off the attempt log, which has every line of it anyway: whoever appends to a ``TracedLog``
leaves a trace, be it a post, an edit, a digest, a webhook or a parked message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from services.alerts.alert import Alert, Receipt
from services.alerts.delivery_trace import Queued, explain_hold, explain_queue, explain_receipt, explain_routes
from services.alerts.holding import Hold
from services.alerts.routing import RoutingTable
from services.alerts.trace import Step, Trace, TraceStage, about_alert
from streams.delivery.attempt_log import AttemptLog
from streams.tracing.trace_sender import Stopwatch, Tracer

PROCESS = "slack_notifier"
MOST_REMEMBERED = 20_000
ALERT_PREFIX = "alt_"
Key = tuple[str, int, str]
K = TypeVar("K")
T = TypeVar("T")


class DeliveryTraces:
    """Says everything once: a setback that repeats is one line.

    ``known``: the last alerts by id. ``event_now`` gives event time for a clock offset. ``names``: of channels, by what
    the attempt log calls them.
    """

    def __init__(
        self,
        trace: Tracer,
        known: Mapping[str, Alert],
        event_now: Callable[[int], datetime],
        names: Mapping[str, str],
        table: RoutingTable,
    ) -> None:
        self._trace = trace
        self._known = known
        self._event_now = event_now
        self._names = names
        self._table = table
        self._said: dict[tuple[str, int, str, str], bool] = {}
        self._since: dict[Key, datetime] = {}
        """When a revision joined the queues (wall time), by alert and revision; not of what waited on purpose."""

    def routed(self, alert: Alert, queues: Mapping[str, Queued], watch: Stopwatch, *, is_new: bool) -> None:
        """The way of a revision; the routes only where some channel has nothing of the alert yet."""
        _remember(self._since, (alert.alert_id, alert.revision, ""), self._event_now(0))
        if not is_new and not any(queued.ahead for queued in queues.values()):
            return

        def explain() -> tuple[Step, ...]:
            return (*(explain_routes(alert, self._table) if is_new else ()), *explain_queue(queues))

        self._tell(alert, alert.revision, "", explain, watch)

    def held(self, alert: Alert, channel: str, hold: Hold, now: datetime) -> None:
        """It waits in a channel, by its name. ``now``: wall time."""
        self._since.pop((alert.alert_id, alert.revision, ""), None)
        self._tell(alert, alert.revision, channel, lambda: (explain_hold(hold, (hold.until - now).total_seconds()),))

    def said(self, alert: Alert, channel: str, step: Step) -> None:
        """Anything else about a revision in a channel."""
        self._tell(alert, alert.revision, channel, lambda: (step,))

    def receipt(self, last: Receipt | None, new: Receipt) -> None:
        """A new line of the attempt log."""
        alert = self._known.get(new.alert_id)
        if alert is None and not new.alert_id.startswith(ALERT_PREFIX):
            # A digest, a brief, a notice: each alert in it has a line of its own.
            return
        since = None if new.reply_id else self._since.get((new.alert_id, new.revision, ""))

        def explain() -> tuple[Step, ...]:
            step = explain_receipt(last, new, since)
            return () if step is None else (step,)

        revision = alert.revision if alert is not None and new.reply_id else new.revision
        self._tell(alert or new.alert_id, revision, self._names.get(new.channel, new.channel), explain)

    def _tell(
        self,
        about: Alert | str,
        revision: int,
        channel: str,
        explain: Callable[[], tuple[Step, ...]],
        watch: Stopwatch | None = None,
    ) -> None:
        offset_ms = about.clock_offset_ms if isinstance(about, Alert) else 0
        at = self._event_now(offset_ms)

        def build() -> Trace | None:
            steps = explain()
            key = (about.alert_id if isinstance(about, Alert) else about, revision, channel)
            if not steps or self._is_said(key, steps):
                return None
            blank = about_alert(about) if isinstance(about, Alert) else _about_id(about, at)
            trace = replace(blank, by=PROCESS, at=at, revision=revision, channel=channel, steps=steps)
            return trace if watch is None else watch.stamp(trace)

        self._trace(build, offset_ms)

    def _is_said(self, key: Key, steps: tuple[Step, ...]) -> bool:
        words = "; ".join(f"{step.stage}: {step.outcome}" for step in steps)
        if (*key, words) in self._said:
            return steps[-1].stage in (TraceStage.HOLD, TraceStage.DELIVERY)
        _remember(self._said, (*key, words), True)
        return False


class TracedLog:
    """An attempt log that tells the traces of each line that is safe."""

    def __init__(self, log: AttemptLog, traces: DeliveryTraces) -> None:
        self._log = log
        self._traces = traces

    def last(self, alert_id: str, channel: str, reply_id: str = "") -> Receipt | None:
        """As the log inside."""
        return self._log.last(alert_id, channel, reply_id)

    def find_held(self, channel: str) -> tuple[Receipt, ...]:
        """As the log inside."""
        return self._log.find_held(channel)

    def list_posted(self, channel: str) -> tuple[Receipt, ...]:
        """As the log inside."""
        return self._log.list_posted(channel)

    def append(self, *receipts: Receipt) -> None:
        """Return when the receipts are safe; raises Unavailable. The trace comes after that, and cannot fail."""
        before = [self._log.last(one.alert_id, one.channel, one.reply_id) for one in receipts]
        self._log.append(*receipts)
        for last, new in zip(before, receipts, strict=True):
            self._traces.receipt(last, new)

    def rebuild(self) -> None:
        """As the log inside."""
        self._log.rebuild()


def _remember(memory: dict[K, T], key: K, value: T) -> None:
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[key] = value


def _about_id(alert_id: str, at: datetime) -> Trace:
    """Of an alert that came before this process began."""
    return Trace(by="", at=at, article_id="", alert_id=alert_id, steps=())
