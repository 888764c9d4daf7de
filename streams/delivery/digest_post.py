"""A digest on its way to one channel: its alerts are marked before it leaves, and told as sent when it stands.

The order makes a crash harmless: marks of all alerts, attempt of the digest, the post, its receipt, receipts of the
alerts. A process that finds a mark asks the digest's own receipt, or Slack, what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.digest import is_brief, name_digest, write_digest
from services.alerts.repeat import NOT_POSTED, first_word
from streams.delivery.attempt_log import AttemptLog
from streams.delivery.card_writer import CardWriter
from streams.delivery.deliver import Delivery
from streams.delivery.job import shown_fields
from streams.delivery.pacing import WaitingClock
from streams.slack.client import Card

DIGEST = "digest"


class DigestPost:
    """The digest that is on its way now, if any, to the channel of ``delivery``."""

    def __init__(
        self, delivery: Delivery, log: AttemptLog, clock: WaitingClock, cards: CardWriter, channel: str
    ) -> None:
        self._delivery = delivery
        self._log = log
        self._clock = clock
        self._cards = cards
        self._channel = channel
        self._card: Card | None = None
        self.alerts: tuple[Alert, ...] = ()

    @property
    def digest_id(self) -> str:
        """Of the digest that is on its way; empty when none is."""
        return "" if self._card is None else self._card.alert_id

    def begin(self, alerts: Sequence[Alert]) -> None:
        """Mark the alerts as about to stand in a digest of what is too much. Raises Unavailable."""
        self.begin_with(alerts, name_digest(self._channel, alerts), write_digest(alerts, self._cards.names))

    def begin_with(self, alerts: Sequence[Alert], digest_id: str, payload: Mapping[str, object]) -> None:
        """Mark the alerts as about to stand in the message of ``payload`` (``text``, ``blocks``). Raises Unavailable.

        There may be none: a message that tells of others only.
        """
        if alerts:
            self._log.append(*(self._mark(alert, digest_id) for alert in alerts))
        blocks = payload["blocks"]
        assert isinstance(blocks, list)
        self._card = Card(
            alert_id=digest_id,
            revision=1,
            text=str(payload["text"]),
            blocks=tuple(blocks),
            reply_id=DIGEST,
            alert_ids=tuple(alert.alert_id for alert in alerts),
        )
        self.alerts = tuple(alerts)

    def send(self) -> tuple[Alert, ...]:
        """Post it and remember where its alerts stand; none when Slack will not take it. Raises Unavailable."""
        assert self._card is not None
        receipt = self._delivery.tell_once(self._card)
        alerts = self.alerts if receipt.state is DeliveryState.SENT else ()
        if alerts:
            self._log.append(
                *(self._receipt(alert, self._card.alert_id, DeliveryState.SENT, receipt.slack_ts) for alert in alerts)
            )
        self.forget()
        return alerts

    def forget(self) -> None:
        """Before a rebuild; what is marked is resolved by ``resolve``."""
        self._card, self.alerts = None, ()

    def resolve(self, mark: Receipt) -> Receipt:
        """The receipt of an alert that an earlier process marked: it stands in its digest, or is free. May raise."""
        receipt = self.settle(mark.digest_id)
        if receipt is not None and receipt.state is DeliveryState.SENT:
            found = replace(mark, state=DeliveryState.SENT, slack_ts=receipt.slack_ts, at=self._clock.now())
        elif is_brief(mark.digest_id):
            found = replace(mark, state=DeliveryState.HELD, digest_id="")
        else:
            found = replace(mark, digest_id="", detail=f"{NOT_POSTED}: {DIGEST}", at=self._clock.now())
        self._log.append(found)
        return found

    def settle(self, digest_id: str) -> Receipt | None:
        """The receipt of a digest of an earlier process, in no doubt any more; None: it was never tried. May raise."""
        card = Card(alert_id=digest_id, revision=1, text="", reply_id=DIGEST)
        receipt = self._log.last(digest_id, self._channel, DIGEST)
        is_open = receipt is not None and receipt.state is DeliveryState.ATTEMPT
        if receipt is not None and is_open and first_word(receipt.detail) != NOT_POSTED:
            return self._delivery.settle(card, receipt)
        return receipt

    def _mark(self, alert: Alert, digest_id: str) -> Receipt:
        """What waited keeps what is known of its waiting: it goes on if the message does not come about."""
        last = self._log.last(alert.alert_id, self._channel)
        if last is not None and last.state is DeliveryState.HELD:
            return replace(last, state=DeliveryState.ATTEMPT, digest_id=digest_id, is_released=True)
        mark = self._receipt(alert, digest_id, DeliveryState.ATTEMPT)
        return replace(mark, is_released=last is not None and last.is_released)

    def _receipt(self, alert: Alert, digest_id: str, state: DeliveryState, ts: str | None = None) -> Receipt:
        return Receipt(
            alert_id=alert.alert_id,
            revision=alert.revision,
            channel=self._channel,
            state=state,
            slack_ts=ts,
            attempts=1,
            digest_id=digest_id,
            at=self._clock.now(),
            **shown_fields(alert),
        )
