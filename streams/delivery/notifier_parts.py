"""What the notifier works with: everything from outside, so that tests and benches can put their own in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from config.routing import RoutingFile
from services.alerts.alert import Alert, Silence
from streams.delivery.attempt_log import AttemptLog
from streams.delivery.card_writer import CardWriter
from streams.delivery.pacing import WaitingClock
from streams.outputs.flight import Run, run_beside
from streams.outputs.output import Output
from streams.slack.client import SlackChannel
from streams.tracing.trace_sender import Tracer, drop_trace


@dataclass(frozen=True, kw_only=True)
class NotifierParts:
    """What the notifier works with; ``connect`` makes the channel of an id, ``may_send`` is asked before every call."""

    routing: RoutingFile
    log: AttemptLog
    connect: Callable[[str], SlackChannel]
    cards: CardWriter
    clock: WaitingClock
    may_send: Callable[[], bool] = lambda: True
    read_alerts: Callable[[], Iterable[Alert]] = lambda: ()
    """The last revision of every alert on the topic, for what waited through a restart. Raises Unavailable."""
    tell_silence: Callable[[Silence], None] = lambda _: None
    """Records why an alert makes no sound."""
    read_silences: Callable[[], Iterable[Silence]] = lambda: ()
    """The last of those records, for what a process that ended left untold. Raises Unavailable."""
    outputs: Mapping[str, Output] = field(default_factory=dict)
    """The channels that are not Slack's, by name."""
    run_output: Run = run_beside
    trace: Tracer = drop_trace
    """Records what was decided about an alert, with the numbers; nothing waits for it."""
