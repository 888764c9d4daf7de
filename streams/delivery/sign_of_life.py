"""Posts the daily sign of life once, whichever process is there when it is due or afterwards.

It goes the way of every message: attempt, post, receipt. The time of the last one is a metric, and an alarm fires when
it is more than a day old.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from services.alerts.alert import DeliveryState, Receipt
from services.alerts.sign_of_life import DailySign, last_sign_due, name_sign, say_sign
from streams.delivery import delivery_metrics
from streams.delivery.attempt_log import AttemptLog
from streams.delivery.card_writer import NOTICE
from streams.delivery.channel_sender import ChannelSender
from streams.delivery.notifier_parts import NotifierParts
from streams.delivery.pacing import WaitingClock
from streams.delivery.sender import Sender

BEGAN, SINCE = "sign-of-life", "since"
LETS_ALERTS_PASS = timedelta(minutes=5)
"""So long it waits for an empty queue."""
LOOK_SECONDS = 1.0
ONE_DAY = timedelta(days=1)


def open_sign(parts: NotifierParts, senders: Mapping[str, Sender], targets: Mapping[str, str]) -> SignOfLife | None:
    """As routing.toml asks for it; ``senders`` by channel, ``targets``: channels by name. None: not asked for."""
    sign = parts.routing.sign_of_life
    if sign is None:
        return None
    sender = senders[targets[sign.channel]]
    assert isinstance(sender, ChannelSender), "load_routing refuses any other"
    return SignOfLife(sign, sender, parts.log, parts.clock)


class SignOfLife:
    """For one channel of Slack."""

    def __init__(self, sign: DailySign, sender: ChannelSender, log: AttemptLog, clock: WaitingClock) -> None:
        self._sign = sign
        self._sender = sender
        self._log = log
        self._clock = clock
        self._look_at = 0.0

    def look(self) -> None:
        """Tell it when it is due. Raises Unavailable for Kafka and ownership."""
        if self._clock.monotonic() < self._look_at:
            return
        self._look_at = self._clock.monotonic() + LOOK_SECONDS
        now = self._clock.now()
        due, began = last_sign_due(self._sign, now), self._read_began(now)
        key = name_sign(self._sign, due)
        told_at = self._told_at(key)
        if due > began and told_at is None:
            self._tell(key, due, now)
        before = self._told_at(name_sign(self._sign, due - ONE_DAY))
        delivery_metrics.SIGN_OF_LIFE.set((told_at or before or began).timestamp())

    def _tell(self, key: str, due: datetime, now: datetime) -> None:
        is_busy = len(self._sender.queue) > 0 and now - due < LETS_ALERTS_PASS
        if is_busy or key in self._sender.state.notices:
            return
        told, channel = self._log.list_posted(self._sender.channel), self._sender.channel
        waiting = len(self._sender.queue) + len(self._log.find_held(channel))
        self._sender.notify(key, say_sign(self._sign, now, told, waiting))

    def _told_at(self, key: str) -> datetime | None:
        last = self._sender.last(key, NOTICE)
        return None if last is None or last.state is DeliveryState.ATTEMPT else last.at

    def _read_began(self, now: datetime) -> datetime:
        """Since when this channel has signs of life: a new line does not begin with one of yesterday."""
        last = self._sender.last(BEGAN, SINCE)
        if last is not None:
            return last.at
        self._sender.require_ownership()
        state, channel = DeliveryState.SENT, self._sender.channel
        self._log.append(
            Receipt(alert_id=BEGAN, revision=1, channel=channel, reply_id=SINCE, state=state, detail=SINCE, at=now)
        )
        return now
