"""``policy.alerts`` -> Slack: one message per alert and channel, edited in place; and to webhooks and mail servers.

Each revision goes into the queues of its channels; the queues are worked within the pace that Slack allows. An attempt
stands in ``policy.alerts.log`` before it is made, and a record is committed when every channel is done with it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle

from config.catalogue import load_catalogue
from config.routing import load_routing
from config.settings import Settings
from services.alerts.alert import Alert, Silence
from services.alerts.alert_memory import AlertMemory
from services.alerts.delivery_channels import find_channels
from services.alerts.delivery_trace import Queued
from services.errors import Unavailable
from streams import codec, metrics
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.kafka import Outbox, Record, read_values
from streams.delivery import counting
from streams.delivery.attempt_log import KafkaAttemptLog
from streams.delivery.card_writer import CardWriter, find_posted_at
from streams.delivery.channel_sender import ChannelSender, SenderParts
from streams.delivery.delivery_traces import DeliveryTraces, TracedLog
from streams.delivery.held_alerts import HoldingParts
from streams.delivery.like_events import LikeEvents
from streams.delivery.lines import ChannelLines
from streams.delivery.notifier_parts import NotifierParts
from streams.delivery.pacing import Pacing, SystemClock
from streams.delivery.quiet_desk import QuietDesk
from streams.delivery.refusals import Refusals
from streams.delivery.second_routes import SecondRoutes
from streams.delivery.sender import Sender
from streams.delivery.sign_of_life import open_sign
from streams.delivery.slack_watch import SlackWatch
from streams.delivery.sweep import sweep_copies
from streams.delivery.untold_silences import UntoldSilences
from streams.logs import log
from streams.outputs.flight import OutputParts
from streams.outputs.open_outputs import open_outputs
from streams.outputs.output_sender import OutputSender
from streams.process import read_surroundings, run_loop
from streams.slack.client import SlackChannel, connect_slack
from streams.topics import POLICY_ALERTS, POLICY_SILENCES
from streams.tracing.trace_sender import Stopwatch, TraceSender
from streams.watching.desk_reader import DeskReader
from streams.watching.health import Health, Surroundings

PROCESS = "slack_notifier"
SWEEP_SECONDS = 300.0
FINISH_SECONDS = 10.0
FINISH_LOOK_SECONDS = 0.05
SILENCES_LOOKED_AT = 50_000
"""How far back a silence is looked for that the process before may not have told."""
MOST_REMEMBERED = 2_000
"""Alerts that digests and like events look back at."""
MOST_WAITING = 5_000
"""Revisions in all queues together; what comes then stays on the topic until there is room."""
ROUND_SECONDS = 2.0
"""How long the queues are worked before the topic is looked at again."""

__all__ = ["PROCESS", "NotifierParts", "SlackNotifier", "build", "find_posted_at", "main"]


class SlackNotifier:
    """Brings every channel up to each revision, at least once and visibly never twice."""

    def __init__(self, settings: Settings, parts: NotifierParts, health: Health) -> None:
        self._settings = settings
        self._latest_offset_ms = 0
        self._lines = ChannelLines(parts.routing, settings.slack_channel)
        self._targets = self._lines.targets
        recent = AlertMemory(MOST_REMEMBERED)
        table, rules = parts.routing.table, parts.routing.holding
        self._traces = DeliveryTraces(parts.trace, recent.by_id, self._event_now, self._lines.names, table)
        self._parts = parts = replace(parts, log=TracedLog(parts.log, self._traces))
        self._like = LikeEvents(table, rules, recent, parts.clock, parts.tell_silence)
        self._like.traces = self._traces
        holding = HoldingParts(
            log=parts.log,
            clock=parts.clock,
            rules=rules,
            table=table,
            points=parts.cards.points,
            tell_silence=parts.tell_silence,
            recent=recent,
            traces=self._traces,
        )
        self._quiet = QuietDesk(holding, parts.read_alerts)
        self._untold = UntoldSilences(parts.log, self._lines.names, parts.read_silences, parts.tell_silence)
        self.senders: Mapping[str, Sender] = {target: self._make_sender(target) for target in self._lines.names}
        self._of_slack = [one for one in self.senders.values() if isinstance(one, ChannelSender)]
        self._second = SecondRoutes(self.senders, self._lines.seconds, self._quiet.keep)
        self._second.traces = self._traces
        fallback = self.senders[self._targets[parts.routing.table.fallback]]
        assert isinstance(fallback, ChannelSender), "load_routing refuses any other fallback"
        self._fallback = fallback
        token = settings.slack_bot_token.reveal
        self._refusals = Refusals(tuple(self.senders.values()), fallback, token, parts.clock)
        self._refusals.second_of_fallback = self._second.find(fallback.channel)
        self._turns = cycle(self.senders.values())
        self._sign = open_sign(parts, self.senders, self._targets)
        self._watch = SlackWatch(self._of_slack, health, parts.clock)
        self._next_sweep = cycle(self._of_slack)
        self._sweep_at = parts.clock.monotonic() + SWEEP_SECONDS

    def rebuild(self) -> None:
        """Read the attempt log whole; another process may have written to it. Raises Unavailable."""
        self._parts.log.rebuild()
        counting.show_last_post(one for each in self._of_slack for one in self._parts.log.list_posted(each.channel))
        for sender in self.senders.values():
            sender.forget()
        self._second.forget()
        self._quiet.rebuild()
        self._untold.rebuild()
        self._watch.check(self._fallback)

    def handle(self, record: Record) -> None:
        """Put one revision into the queues of its channels. Raises Unreadable; Unavailable when they are full."""
        alert, watch = codec.decode(Alert, record.value), Stopwatch(record, self._parts.clock.now)
        self._latest_offset_ms = record.clock_offset_ms or self._latest_offset_ms
        self._quiet.note(alert)
        self._untold.look(alert)
        wanted = [sender for sender in self._find_senders(alert) if not sender.queue.knows(alert)]
        if not wanted:
            return
        if self._count_waiting() >= MOST_WAITING:
            self._work()
            raise Unavailable("slack_queue", f"{MOST_WAITING} revisions wait", retry_after=0.2)
        # A card that cannot be written is set aside with its record, not met again and again in the queue.
        self._parts.cards.write(alert, self._event_now(record.clock_offset_ms), None)
        self._trace_way(alert, wanted, watch)
        for sender in [sender for sender in wanted if not self._quiet.keep(sender.channel, alert)]:
            sender.take(alert, record.partition, record.offset, record.clock_offset_ms)

    def idle(self, caught_up: bool) -> None:
        """Work the queues; every five minutes remove copies that an unknown outcome may have left."""
        self._work()
        self._watch.look()
        now = self._parts.clock.monotonic()
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_SECONDS / len(self._of_slack)
            swept = sweep_copies(next(self._next_sweep).slack, self._parts.log, self._parts.clock)
            metrics.COPIES_REMOVED.inc(swept.deleted)

    def stand_by(self) -> None:
        """While another process has the topic: would Slack take what this one had to send?"""
        self._watch.stand_by()

    def finish(self) -> None:
        """At the end: wait for tries that are on their way, so that a next process need not repeat them."""
        until = self._parts.clock.monotonic() + FINISH_SECONDS
        outputs = [one for one in self.senders.values() if isinstance(one, OutputSender)]
        while (busy := [one for one in outputs if one.is_on_way]) and self._parts.clock.monotonic() < until:
            for one in busy:
                one.work()
            self._parts.clock.wait(FINISH_LOOK_SECONDS)

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
            self._second.look()
        if self._sign is not None:
            self._sign.look()
        self._watch.note_work(has_worked=has_worked)
        for sender in self.senders.values():
            sender.show_metrics()

    def _find_senders(self, alert: Alert) -> list[Sender]:
        """Those of its routes, those that stand in for one of them, and those that have it from earlier routes."""
        targets = [self._targets[name] for name in find_channels(alert, self._parts.routing.table)]
        known = [target for target in self.senders if self._parts.log.last(alert.alert_id, target) is not None]
        parked = self._second.find_for_parked(alert, targets)
        return [self.senders[target] for target in dict.fromkeys((*targets, *known, *parked))]

    def _trace_way(self, alert: Alert, wanted: list[Sender], watch: Stopwatch) -> None:
        pace_s = self._settings.slack_pace_seconds
        queues = {
            one.name: Queued(ahead=len(one.queue), pace_s=pace_s if one in self._of_slack else 0.0) for one in wanted
        }
        is_new = any(one.last(alert.alert_id) is None for one in wanted)
        self._traces.routed(alert, queues, watch, is_new=is_new)

    def _count_waiting(self) -> int:
        return sum(sender.queue.count_held_back() for sender in self.senders.values())

    def _make_sender(self, target: str) -> Sender:
        """The sender of a channel, with what waits there on purpose."""
        name = self._lines.names[target]
        counting.declare_channels([name])
        if name in self._parts.outputs:
            counting.declare_outputs([name])
            sender: Sender = OutputSender(name, self._output_parts(name))
            self._quiet.add(sender, self._lines.leading_to(target), sender.state)
            return sender
        slack = ChannelSender(name, self._sender_parts(target))
        slack.take_back = self._quiet.add(slack, self._lines.leading_to(target), slack.state).take_back
        return slack

    def _output_parts(self, name: str) -> OutputParts:
        parts = self._parts
        return OutputParts(
            output=parts.outputs[name],
            log=parts.log,
            clock=parts.clock,
            may_send=parts.may_send,
            run=parts.run_output,
            on_unconfirmed=self._tell_unconfirmed,
            note_of=self._lines.note_of(self._targets[name]),
        )

    def _tell_unconfirmed(self, name: str, key: str) -> None:
        words = f"{name} was sent {key} twice and confirmed neither; it may not have arrived."
        self._fallback.notify(f"unconfirmed-{name}-{key}", words)

    def _sender_parts(self, target: str) -> SenderParts:
        parts, stands_in = self._parts, target in self._lines.seconds.values()
        return SenderParts(
            slack=parts.connect(target),
            log=parts.log,
            pacing=Pacing(parts.clock, self._settings.slack_pace_seconds, parts.may_send),
            clock=parts.clock,
            cards=parts.cards.with_notes(self._lines.note_of(target)) if stands_in else parts.cards,
            event_now=self._event_now,
            find_thread=self._like.find_thread,
        )

    def _event_now(self, clock_offset_ms: int) -> datetime:
        """Event time of a record now. A replayed day is as late as its latest record tells."""
        offset_ms = self._latest_offset_ms if clock_offset_ms else 0
        return self._parts.clock.now() + timedelta(milliseconds=offset_ms)


def build() -> tuple[Surroundings, ConsumerLoop, SlackNotifier, TraceSender]:
    """Wire the process from the environment; raises Misconfigured, also without token and channel."""
    surroundings = read_surroundings("kafka", "slack")
    settings, health = surroundings.settings, surroundings.health
    settings.require_slack()
    catalogue = load_catalogue()
    routing = load_routing(catalogue)
    outbox, traces = Outbox(settings), TraceSender(Outbox(settings))

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
        read_silences=lambda: read_values(settings, POLICY_SILENCES.name, Silence, newest=SILENCES_LOOKED_AT),
        tell_silence=lambda one: outbox.send(POLICY_SILENCES.name, one.article_id, codec.encode(one)),
        outputs=open_outputs(routing, catalogue.names(), os.environ),
        trace=traces,
    )
    notifier = SlackNotifier(settings, parts, health)
    loop = ConsumerLoop(surroundings, PROCESS, POLICY_ALERTS, notifier, outbox)
    loop.max_poll_records = 50
    return surroundings, loop, notifier, traces


def main() -> None:
    """Run until told to stop."""
    surroundings, loop, notifier, traces = build()
    run_loop(PROCESS, surroundings, loop)
    try:
        notifier.finish()
    except Unavailable as error:
        # What is not remembered now is in doubt for the next process, which tries it again under the same key.
        log.warning("could not note the last tries", problem=str(error))
    traces.close()
