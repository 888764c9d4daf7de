"""``policy.alerts`` -> Slack: one message per alert and channel, edited in place.

Each revision goes into the queues of its channels; the queues are worked within the pace that Slack allows. An attempt
stands in ``policy.alerts.log`` before it is made, and a record is committed when every channel is done with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from config.catalogue import load_catalogue
from config.routing import RoutingFile, load_routing
from config.settings import Settings
from services.alerts.alert import Alert, Silence
from services.alerts.alert_memory import AlertMemory
from services.alerts.delivery_channels import find_channels
from services.errors import Unavailable
from streams import codec, metrics
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.kafka import Outbox, Record, read_values
from streams.delivery import metrics as delivery_metrics
from streams.delivery.attempt_log import AttemptLog, KafkaAttemptLog
from streams.delivery.card_writer import CardWriter, find_posted_at
from streams.delivery.channel_sender import ChannelSender, SenderParts
from streams.delivery.held_alerts import HoldingParts
from streams.delivery.like_events import LikeEvents
from streams.delivery.pacing import Pacing, SystemClock, WaitingClock
from streams.delivery.quiet_desk import QuietDesk
from streams.delivery.refusals import Refusals
from streams.delivery.sweep import sweep_copies
from streams.process import read_surroundings, run_loop
from streams.slack.client import SlackChannel, connect_slack
from streams.slack.outcome import Posted, outcome_label
from streams.topics import POLICY_ALERTS, POLICY_SILENCES
from streams.watching.desk_reader import DeskReader
from streams.watching.health import Health, Surroundings

PROCESS = "slack_notifier"
SWEEP_SECONDS = 300.0
CHECK_SECONDS = 30.0
MOST_REMEMBERED = 2_000
"""Alerts that digests and like events look back at."""
MOST_WAITING = 5_000
"""Revisions in all queues together; what comes then stays on the topic until there is room."""
ROUND_SECONDS = 2.0
"""How long the queues are worked before the topic is looked at again."""

__all__ = ["PROCESS", "NotifierParts", "SlackNotifier", "build", "find_posted_at", "main"]


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


class SlackNotifier:
    """Brings every channel up to each revision, at least once and visibly never twice."""

    def __init__(self, settings: Settings, parts: NotifierParts, health: Health) -> None:
        self._settings = settings
        self._parts = parts
        self._health = health
        self._latest_offset_ms = 0
        self._targets = {name: entry.target or settings.slack_channel for name, entry in parts.routing.channels.items()}
        names: dict[str, str] = {}
        for name, target in self._targets.items():
            # Two names may lead to one channel, which has one pace.
            names.setdefault(target, name)
        recent = AlertMemory(MOST_REMEMBERED)
        table, rules = parts.routing.table, parts.routing.holding
        self._like = LikeEvents(table, rules, recent, parts.clock, parts.tell_silence)
        holding = HoldingParts(
            log=parts.log,
            clock=parts.clock,
            rules=rules,
            table=table,
            points=parts.cards.points,
            tell_silence=parts.tell_silence,
            recent=recent,
        )
        self._quiet = QuietDesk(holding, parts.read_alerts)
        self.senders: Mapping[str, ChannelSender] = {
            target: ChannelSender(name, self._sender_parts(target)) for target, name in names.items()
        }
        for target, sender in self.senders.items():
            leading = tuple(name for name, other in self._targets.items() if other == target)
            sender.take_back = self._quiet.add(sender, leading, sender.state).take_back
        delivery_metrics.declare_channels(names.values())
        fallback = self.senders[self._targets[parts.routing.table.fallback]]
        self._fallback = fallback
        self._refusals = Refusals(tuple(self.senders.values()), fallback, settings.slack_bot_token.reveal, parts.clock)
        self._turns = cycle(self.senders.values())
        self._next_check, self._next_sweep = cycle(self.senders.values()), cycle(self.senders.values())
        self._check_at = 0.0
        self._sweep_at = parts.clock.monotonic() + SWEEP_SECONDS

    def rebuild(self) -> None:
        """Read the attempt log whole; another process may have written to it. Raises Unavailable."""
        self._parts.log.rebuild()
        for sender in self.senders.values():
            sender.forget()
        self._quiet.rebuild()
        self._check_slack(self._fallback)

    def handle(self, record: Record) -> None:
        """Put one revision into the queues of its channels. Raises Unreadable; Unavailable when they are full."""
        alert = codec.decode(Alert, record.value)
        self._latest_offset_ms = record.clock_offset_ms or self._latest_offset_ms
        self._quiet.note(alert)
        wanted = [sender for sender in self._find_senders(alert) if not sender.queue.knows(alert)]
        if not wanted:
            return
        if self._count_waiting() >= MOST_WAITING:
            self._work()
            raise Unavailable("slack_queue", f"{MOST_WAITING} revisions wait", retry_after=0.2)
        # A card that cannot be written is set aside with its record, not met again and again in the queue.
        self._parts.cards.write(alert, self._event_now(record.clock_offset_ms), None)
        for sender in [sender for sender in wanted if not self._quiet.keep(sender.channel, alert)]:
            sender.take(alert, record.partition, record.offset, record.clock_offset_ms)

    def idle(self, caught_up: bool) -> None:
        """Work the queues; every five minutes remove copies that an unknown outcome may have left."""
        self._work()
        now = self._parts.clock.monotonic()
        if now >= self._check_at:
            self._check_slack(next(self._next_check))
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_SECONDS / len(self.senders)
            swept = sweep_copies(next(self._next_sweep).slack, self._parts.log, self._parts.clock)
            metrics.COPIES_REMOVED.inc(swept.deleted)

    def oldest_needed(self, partition: int) -> int | None:
        """The oldest record that some channel still waits for."""
        offsets = (sender.queue.oldest_offset(partition) for sender in self.senders.values())
        return min((offset for offset in offsets if offset is not None), default=None)

    def _work(self) -> None:
        """In turns, until nothing may leave now or the round is over. Raises Unavailable for Kafka and ownership."""
        clock = self._parts.clock
        self._quiet.look()
        until, quiet, has_worked = clock.monotonic() + ROUND_SECONDS, 0, False
        while quiet < len(self.senders) and clock.monotonic() < until:
            did = next(self._turns).work()
            quiet, has_worked = 0 if did else quiet + 1, has_worked or did
            self._refusals.look()
        self._show(has_worked)

    def _show(self, has_worked: bool) -> None:
        problems = [f"{one.name}: {one.state.problem}" for one in self.senders.values() if one.state.problem]
        if problems:
            self._health.fails("slack", "; ".join(problems))
        elif has_worked:
            self._health.answers("slack")
        for sender in self.senders.values():
            sender.show_metrics()

    def _find_senders(self, alert: Alert) -> list[ChannelSender]:
        """Those of its routes, and those that have it already although the routes have changed since."""
        targets = [self._targets[name] for name in find_channels(alert, self._parts.routing.table)]
        known = [target for target in self.senders if self._parts.log.last(alert.alert_id, target) is not None]
        return [self.senders[target] for target in dict.fromkeys((*targets, *known))]

    def _count_waiting(self) -> int:
        return sum(len(sender.queue) for sender in self.senders.values())

    def _sender_parts(self, target: str) -> SenderParts:
        parts = self._parts
        return SenderParts(
            slack=parts.connect(target),
            log=parts.log,
            pacing=Pacing(parts.clock, self._settings.slack_pace_seconds, parts.may_send),
            clock=parts.clock,
            cards=parts.cards,
            event_now=self._event_now,
            find_thread=self._like.find_thread,
        )

    def _event_now(self, clock_offset_ms: int) -> datetime:
        """Event time of a record now. A replayed day is as late as its latest record tells."""
        offset_ms = self._latest_offset_ms if clock_offset_ms else 0
        return self._parts.clock.now() + timedelta(milliseconds=offset_ms)

    def _check_slack(self, sender: ChannelSender) -> None:
        """Token, scopes and channel, for ``/readyz``; posting goes by what posting itself meets."""
        self._check_at = self._parts.clock.monotonic() + CHECK_SECONDS / len(self.senders)
        outcome = sender.slack.check()
        if not isinstance(outcome, Posted):
            self._health.fails("slack", f"{sender.name}: {outcome_label(outcome)}")
        elif not any(one.state.problem for one in self.senders.values()):
            self._health.answers("slack")


def build() -> tuple[Surroundings, ConsumerLoop]:
    """Wire the process from the environment; raises Misconfigured, also without token and channel."""
    surroundings = read_surroundings("kafka", "slack")
    settings, health = surroundings.settings, surroundings.health
    settings.require_slack()
    catalogue = load_catalogue()
    routing = load_routing(catalogue)
    outbox = Outbox(settings)

    def connect(target: str) -> SlackChannel:
        return connect_slack(target, settings.slack_bot_token.reveal, api_url=settings.slack_api_url)

    # Without buttons nobody can have taken an alert, and the topic of orders is not looked at.
    owner_of = DeskReader(settings).owner_of if settings.slack_buttons else None
    parts = NotifierParts(
        routing=routing,
        log=KafkaAttemptLog(settings),
        connect=connect,
        cards=CardWriter(catalogue.names(), settings.card_label, routing.table.watchlists, owner_of),
        clock=SystemClock(),
        # Before each call the pacing asks the loop, which is made below, whether this process is still the owner.
        may_send=lambda: loop.is_owner(),  # noqa: PLW0108
        read_alerts=lambda: read_values(settings, POLICY_ALERTS.name, Alert),
        tell_silence=lambda one: outbox.send(POLICY_SILENCES.name, one.article_id, codec.encode(one)),
    )
    notifier = SlackNotifier(settings, parts, health)
    loop = ConsumerLoop(surroundings, PROCESS, POLICY_ALERTS, notifier, outbox)
    loop.max_poll_records = 50
    return surroundings, loop


def main() -> None:
    """Run until told to stop."""
    run_loop(PROCESS, *build())
