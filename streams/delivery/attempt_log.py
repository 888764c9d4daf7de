"""The attempt log: the last receipt per message, written before and after every message to Slack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from kafka.errors import KafkaError

from config.settings import Settings
from services.alerts.alert import DeliveryState, Receipt
from services.errors import Unavailable, Unreadable
from streams.broker.kafka import Outbox, Record, connect_consumer, read_whole
from streams.codec import decode, encode
from streams.logs import log
from streams.topics import POLICY_ALERTS_LOG

_SEPARATOR = "@"
_Place = tuple[str, str, str]
"""Alert, channel, reply."""


class AttemptLog(Protocol):
    """What delivery needs to remember. One process writes the lines of one channel."""

    def last(self, alert_id: str, channel: str, reply_id: str = "") -> Receipt | None:
        """The last receipt of this alert's message, or reply, in this channel; None: never tried."""

    def find_held(self, channel: str) -> tuple[Receipt, ...]:
        """Receipts of alerts that wait in this channel, and of those that were being told when a process ended."""

    def list_posted(self, channel: str) -> tuple[Receipt, ...]:
        """Receipts of alerts that have a message in this channel, or a line in one."""

    def append(self, *receipts: Receipt) -> None:
        """Return when the receipts are safe; raises Unavailable when that is not certain."""

    def rebuild(self) -> None:
        """Read everything again: another process may have written. Raises Unavailable."""


class InMemoryAttemptLog:
    """The last receipt per message. By itself it is the stub: it forgets everything when the process ends."""

    def __init__(self) -> None:
        self._last: dict[_Place, Receipt] = {}

    def last(self, alert_id: str, channel: str, reply_id: str = "") -> Receipt | None:
        """The last receipt of this alert's message, or reply, in this channel; None: never tried."""
        return self._last.get((alert_id, channel, reply_id))

    def find_held(self, channel: str) -> tuple[Receipt, ...]:
        """Receipts of alerts that wait in this channel, and of those that were being told when a process ended."""
        return tuple(one for one in self._cards_in(channel) if _is_held(one))

    def list_posted(self, channel: str) -> tuple[Receipt, ...]:
        """Receipts of alerts that have a message in this channel, or a line in one."""
        return tuple(one for one in self._cards_in(channel) if one.slack_ts is not None)

    def append(self, *receipts: Receipt) -> None:
        """Remember the receipts."""
        self._last |= {_place_of(receipt): receipt for receipt in receipts}

    def rebuild(self) -> None:
        """Nothing to read: there is no other writer."""

    def _cards_in(self, channel: str) -> Iterator[Receipt]:
        return (one for one in self._last.values() if one.channel == channel and not one.reply_id)


class KafkaAttemptLog(InMemoryAttemptLog):
    """The compacted topic ``policy.alerts.log``, held in memory as well; connects to nothing until used.

    What it answers is as of ``rebuild`` and its own appends.
    """

    def __init__(self, settings: Settings, topic: str = POLICY_ALERTS_LOG.name) -> None:
        super().__init__()
        self._settings = settings
        self._topic = topic
        # An outbox of its own: resetting it must not drop what others have queued.
        self._outbox = Outbox(settings)

    def append(self, *receipts: Receipt) -> None:
        """Return when the broker has acknowledged the receipts; raises Unavailable when it did not.

        After Unavailable the record may still arrive; memory keeps the older line, which asks for a read-back at worst.
        """
        for receipt in receipts:
            key = receipt_key(receipt.alert_id, receipt.channel, receipt.reply_id)
            self._outbox.send(self._topic, key, encode(receipt))
        self._outbox.flush()
        super().append(*receipts)

    def rebuild(self) -> None:
        """Read the whole topic; what was known before stays until everything is read. Raises Unavailable."""
        self._require_topic()
        found = (_read_receipt(record) for record in read_whole(self._settings, self._topic))
        self._last = {_place_of(receipt): receipt for receipt in found if receipt is not None}

    def _require_topic(self) -> None:
        """A topic that is not there reads as empty, and an empty log would tell every open alert a second time."""
        consumer = connect_consumer(self._settings, None)
        try:
            if not consumer.partitions_for_topic(self._topic):
                raise Unavailable("kafka", f"topic {self._topic} is not there", retry_after=2.0)
        except KafkaError as error:
            raise Unavailable("kafka", str(error), retry_after=2.0) from error
        finally:
            consumer.close()

    def close(self) -> None:
        """Close the connection in good order."""
        self._outbox.close()


def receipt_key(alert_id: str, channel: str, reply_id: str = "") -> str:
    """Key of the topic: compaction keeps the last receipt per alert, channel and reply.

    >>> receipt_key("a1", "C0123456789"), receipt_key("a1", "C0123456789", "s2")
    ('a1@C0123456789', 'a1@C0123456789@s2')
    """
    return _SEPARATOR.join((alert_id, channel, reply_id) if reply_id else (alert_id, channel))


def _place_of(receipt: Receipt) -> _Place:
    return receipt.alert_id, receipt.channel, receipt.reply_id


def _is_held(receipt: Receipt) -> bool:
    is_on_way = receipt.state is DeliveryState.ATTEMPT and receipt.is_released
    return receipt.state is DeliveryState.HELD or is_on_way


def _read_receipt(record: Record) -> Receipt | None:
    try:
        return decode(Receipt, record.value)
    except Unreadable as error:
        log.warning("receipt cannot be read", offset=record.offset, reason=error.reason)
        return _doubtful_receipt(record)


def _doubtful_receipt(record: Record) -> Receipt | None:
    """A line that cannot be read still tells that there was one: ask Slack before posting again."""
    alert_id, _, rest = (record.key or b"").decode(errors="replace").partition(_SEPARATOR)
    channel, _, reply_id = rest.partition(_SEPARATOR)
    if not channel or not alert_id:
        return None
    return Receipt(
        alert_id=alert_id,
        revision=0,
        channel=channel,
        reply_id=reply_id,
        state=DeliveryState.ATTEMPT,
        detail="unreadable",
        at=datetime.fromtimestamp(max(record.timestamp_ms, 0) / 1000, UTC),
    )
