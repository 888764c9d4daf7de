"""The sender of one Slack channel: its queue, its pace, and what it does when Slack will not take something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from services.alerts.alert import Alert, DeliveryState, Receipt, Severity
from services.alerts.brief import Brief, write_brief
from services.alerts.delivery_queue import ChannelQueue, Waiting
from services.alerts.digest import MOST_SINGLE, gather
from services.alerts.edit_pace import decide_edit
from services.alerts.repeat import ROOT_GONE, Decision, decide_repeat, first_word
from services.alerts.thread_replies import Reply, find_upgrade, list_replies
from services.errors import Unavailable
from streams import metrics
from streams.delivery import counting, delivery_metrics
from streams.delivery.attempt_log import AttemptLog
from streams.delivery.card_writer import CardWriter, as_notice, as_reply, find_posted_at
from streams.delivery.channel_state import ChannelState
from streams.delivery.deliver import Delivery
from streams.delivery.digest_post import DigestPost
from streams.delivery.pacing import Pacing, WaitingClock
from streams.logs import ids_of
from streams.logs import log as logger
from streams.slack.client import SlackChannel

SHORT_WAIT_SECONDS = 0.1
"""A turn that comes sooner than this is waited for."""
LOOK_AGAIN_SECONDS = 1.0
"""The clock of a replayed day may leap, so an edit that waits for its time is looked at again."""
MOST_DOUBTS = 3
"""With so many messages in doubt Slack itself is unwell, and each further post would be one more doubt."""
POSTS = (Decision.POST, Decision.READ_BACK)


@dataclass(frozen=True, kw_only=True)
class SenderParts:
    """What a sender works with; ``event_now`` gives the event time for a record's clock offset in milliseconds."""

    slack: SlackChannel
    log: AttemptLog
    pacing: Pacing
    clock: WaitingClock
    cards: CardWriter
    event_now: Callable[[int], datetime]
    find_thread: Callable[[Alert, ChannelSender], str] = lambda _alert, _sender: ""
    """The message of a like event whose thread a first post joins; empty: it stands by itself."""


class ChannelSender:
    """Brings one channel up to every revision in its queue. Not for use by two threads at once."""

    def __init__(self, name: str, parts: SenderParts) -> None:
        self.name = name
        self.queue = ChannelQueue()
        self.state = ChannelState(name, parts.clock)
        self.slack = parts.slack
        self._parts = parts
        self._delivery = Delivery(parts.slack, parts.log, parts.pacing, parts.clock)
        self._digest = DigestPost(self._delivery, parts.log, parts.clock, parts.cards, parts.slack.channel)
        self._digest_not_before = 0.0
        self._brief = DigestPost(self._delivery, parts.log, parts.clock, parts.cards, parts.slack.channel)
        self._brief_not_before = 0.0
        self._brief_done: Callable[[bool], None] = lambda _: None
        self.take_back: Callable[[Alert], bool] = lambda _: False
        """Asked for an alert whose brief did not come about: does it wait for another one?"""
        self.on_parked: Callable[[Waiting], None] = lambda _: None
        """Told of a revision that this channel will never take."""

    @property
    def channel(self) -> str:
        """The channel's id."""
        return self.slack.channel

    @property
    def is_brief_free(self) -> bool:
        """No brief is on its way."""
        return not self._brief.digest_id

    def notify(self, key: str, words: str) -> None:
        """Say something that is no alert; once for each key."""
        self.state.notices[key] = as_notice(key, words)

    def begin_brief(self, brief: Brief, digest_id: str, done: Callable[[bool], None]) -> None:
        """Put a brief on its way; ``done`` is told whether it stands. Raises Unavailable."""
        alerts = [one.alert for one in brief.waited]
        self._brief.begin_with(alerts, digest_id, write_brief(brief, self._parts.cards.names))
        self._brief_done, self._brief_not_before = done, 0.0

    def was_posted(self, digest_id: str) -> bool:
        """Does the brief of this id stand? Raises Unavailable while that is not known."""
        receipt = self._brief.settle(digest_id)
        return receipt is not None and receipt.state is not DeliveryState.ATTEMPT

    def require_ownership(self) -> None:
        """Raises Unavailable when the channel is another process's."""
        self._parts.pacing.require_ownership()

    def last(self, alert_id: str, reply_id: str = "") -> Receipt | None:
        """The last receipt of a message in this channel."""
        return self._parts.log.last(alert_id, self.slack.channel, reply_id)

    def take(self, alert: Alert, partition: int, offset: int, clock_offset_ms: int) -> None:
        """Put a revision into the queue unless the channel has it."""
        last = self.last(alert.alert_id)
        repeat = decide_repeat(last, alert)
        if repeat.decision not in (*POSTS, Decision.EDIT) and self._find_reply(alert) is None:
            metrics.DELIVERIES.labels(decision=repeat.decision.value).inc()
            return
        waiting = Waiting(
            alert=alert,
            partition=partition,
            offset=offset,
            since=self._parts.clock.monotonic(),
            is_first=repeat.decision in POSTS,
            in_doubt=repeat.decision is Decision.READ_BACK,
            is_alone=last is not None and last.state is DeliveryState.SENT,
            clock_offset_ms=clock_offset_ms,
        )
        if self.queue.put(waiting):
            delivery_metrics.COALESCED.inc()

    def work(self) -> bool:
        """Do what comes next; False when nothing may leave now. Raises Unavailable for what is not Slack's matter."""
        now = self._parts.clock.monotonic()
        if now < self.state.hold_until or self._parts.pacing.ready_in() > SHORT_WAIT_SECONDS:
            return False
        is_unwell = self.queue.count_doubts() >= MOST_DOUBTS
        if not is_unwell:
            self._gather()
        waiting = self.queue.choose(now, only_doubts=is_unwell)
        if self.state.notices:
            self.state.attempt(self._tell_notice, self.state.hold)
        elif self._has_brief(now) and (waiting is None or waiting.alert.severity is not Severity.FLASH):
            self.state.attempt(self._send_brief, self._hold_brief)
        elif self._has_digest(now) and (waiting is None or waiting.alert.severity is not Severity.FLASH):
            self.state.attempt(self._send_digest, self._hold_digest)
        elif waiting is not None:
            self._attempt_one(waiting)
        else:
            return False
        return True

    def forget(self) -> None:
        """Before a rebuild: what waits is not committed, and its records come again."""
        self.queue.clear()
        self._digest.forget()
        self._brief.forget()

    def show_metrics(self) -> None:
        """Length and age of the queue."""
        now, is_refused = self._parts.clock.monotonic(), bool(self.state.refusal)
        counting.show_queue(self.name, self.queue, now, is_refused=is_refused)

    def _attempt_one(self, waiting: Waiting) -> None:
        def wait(seconds: float, *, in_doubt: bool = False) -> None:
            not_before = self._parts.clock.monotonic() + seconds
            self.queue.change(replace(waiting, not_before=not_before, in_doubt=in_doubt))

        try:
            self.state.attempt(lambda: self._bring_up(waiting), wait)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - a mistake of ours in one card must not stop the line for all others
            logger.exception("could not be sent", channel=self.name, alert_id=waiting.alert.alert_id)
            metrics.PARKED.inc()
            self.queue.done(waiting)

    def _tell_notice(self) -> None:
        key, card = next(iter(self.state.notices.items()))
        self._delivery.tell_once(card)
        del self.state.notices[key]
        self.state.is_well()

    def _gather(self) -> None:
        """Too many first posts wait: those that would come last go into a digest."""
        if self._digest.digest_id or len(self.queue) <= MOST_SINGLE:
            return
        chosen = gather(self.queue.first_posts(), self._parts.cards.points)
        if chosen:
            self._parts.pacing.require_ownership()
            self._digest.begin([one.alert for one in chosen])
            for one in chosen:
                self.queue.change(replace(one, digest_id=self._digest.digest_id))

    def _has_digest(self, now: float) -> bool:
        return bool(self._digest.digest_id) and now >= self._digest_not_before

    def _hold_digest(self, seconds: float, *, in_doubt: bool = False) -> None:
        self._digest_not_before = self._parts.clock.monotonic() + seconds

    def _has_brief(self, now: float) -> bool:
        return bool(self._brief.digest_id) and now >= self._brief_not_before

    def _hold_brief(self, seconds: float, *, in_doubt: bool = False) -> None:
        self._brief_not_before = self._parts.clock.monotonic() + seconds

    def _send_brief(self) -> None:
        alerts = self._brief.alerts
        told = self._brief.send()
        self.state.is_well()
        delivery_metrics.BRIEFED.inc(len(told))
        self._brief_done(len(told) == len(alerts))

    def _send_digest(self) -> None:
        digest_id, alerts = self._digest.digest_id, self._digest.alerts
        told = self._digest.send()
        self.state.is_well()
        delivery_metrics.DIGESTED.inc(len(told))
        for alert in alerts:
            waiting = self.queue.next_of(alert.alert_id)
            if waiting is None or waiting.digest_id != digest_id:
                continue
            if told and waiting.alert.revision <= alert.revision:
                self.queue.done(waiting)
            else:
                self.queue.change(replace(waiting, digest_id="", is_alone=True))

    def _bring_up(self, waiting: Waiting) -> None:
        last = self.last(waiting.alert.alert_id)
        if last is not None and last.state is DeliveryState.ATTEMPT and last.digest_id:
            self._parts.pacing.require_ownership()
            last = self._digest.resolve(last)
            if last.state is DeliveryState.HELD and self.take_back(waiting.alert):
                self.queue.done(waiting)
                return
            self.queue.change(replace(waiting, in_doubt=False, is_first=last.state is not DeliveryState.SENT))
            return
        match decide_repeat(last, waiting.alert).decision:
            case Decision.POST | Decision.READ_BACK:
                self._deliver(waiting, last)
            case Decision.EDIT if last is not None:
                self._edit_in_time(waiting, last)
            case _:
                self._go_on(waiting)

    def _edit_in_time(self, waiting: Waiting, last: Receipt) -> None:
        upgrade = find_upgrade(last, waiting.alert, self._parts.cards.names)
        if upgrade is not None and last.slack_ts is not None and not self._is_told(waiting.alert, upgrade):
            self._tell(waiting.alert, upgrade, last.thread_ts or last.slack_ts)
            return
        pace = decide_edit(last, waiting.alert)
        delivery_metrics.EDITS.labels(reason=pace.reason.value).inc()
        left = 0.0
        if pace.due_at is not None:
            left = (pace.due_at - self._parts.event_now(waiting.clock_offset_ms)).total_seconds()
        if left <= 0:
            self._deliver(waiting, last)
            return
        self._go_on(waiting, wait=min(left, LOOK_AGAIN_SECONDS) if waiting.clock_offset_ms else left)

    def _deliver(self, waiting: Waiting, last: Receipt | None) -> None:
        alert, now = waiting.alert, self._parts.event_now(waiting.clock_offset_ms)
        posted_at = find_posted_at(last, alert)
        thread_ts = self._parts.find_thread(alert, self) if waiting.is_first else ""
        delivered = self._delivery.deliver(alert, self._parts.cards.write(alert, now, posted_at), thread_ts)
        self.state.is_well()
        counting.count_delivered(alert, delivered, self._parts.event_now(waiting.clock_offset_ms), posted_at)
        decision = delivered.repeat.decision.value
        ids = {"alert_id": alert.alert_id, **ids_of(alert.signal), "revision": alert.revision}
        logger.info("delivered", **ids, channel=self.name, decision=decision)
        waiting = replace(waiting, is_first=False, in_doubt=False, not_before=0.0)
        self.queue.change(waiting)
        if delivered.receipt is not None and delivered.receipt.state is DeliveryState.PARKED:
            self.on_parked(waiting)
        if self._find_reply(alert) is None:
            self.queue.done(waiting)

    def _go_on(self, waiting: Waiting, wait: float = 0.0) -> None:
        """Tell the next reply; when all are told the revision is done, or waits for its time."""
        last, reply = self.last(waiting.alert.alert_id), self._find_reply(waiting.alert)
        if reply is not None and last is not None and last.slack_ts is not None:
            self._tell(waiting.alert, reply, last.thread_ts or last.slack_ts)
        elif wait > 0:
            self.queue.change(replace(waiting, not_before=self._parts.clock.monotonic() + wait))
        else:
            self.queue.done(waiting)

    def _tell(self, alert: Alert, reply: Reply, thread_ts: str) -> None:
        self._delivery.tell_once(as_reply(alert, reply, thread_ts))
        self.state.is_well()
        delivery_metrics.REPLIES.inc()

    def _find_reply(self, alert: Alert) -> Reply | None:
        """The first report of which the thread does not tell yet; None too when there is no thread."""
        last = self.last(alert.alert_id)
        if last is None or last.slack_ts is None or last.digest_id or first_word(last.detail) == ROOT_GONE:
            return None
        return next((reply for reply in list_replies(alert) if not self._is_told(alert, reply)), None)

    def _is_told(self, alert: Alert, reply: Reply) -> bool:
        last = self.last(alert.alert_id, reply.reply_id)
        return last is not None and last.state is not DeliveryState.ATTEMPT
