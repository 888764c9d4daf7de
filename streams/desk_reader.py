"""What people ordered in Slack, followed on ``policy.actions`` by a process that does something else beside it."""

from __future__ import annotations

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition

from config.settings import Settings
from services.alerts.desk import ActionRecord, Desk
from services.errors import Unavailable, Unreadable
from streams.codec import decode
from streams.kafka import Record, as_record, connect_consumer, read_whole
from streams.logs import log
from streams.topics import POLICY_ACTIONS


class DeskReader:
    """The desk as of the last ``refresh``; a member of no group, so it holds nobody up."""

    def __init__(self, settings: Settings) -> None:
        self.desk = Desk()
        self._settings = settings
        self._consumer: KafkaConsumer | None = None
        self._next = 0

    def rebuild(self) -> None:
        """Read the topic whole; raises Unavailable."""
        self.close()
        self.desk.forget_all()
        self._next = 0
        for record in read_whole(self._settings, POLICY_ACTIONS.name):
            self._take(record)

    def refresh(self) -> None:
        """Take what has come since, without waiting for more; a broker that does not answer is asked again later."""
        try:
            for records in self._connected().poll(timeout_ms=0).values():
                for raw in records:
                    self._take(as_record(raw))
        except (KafkaError, Unavailable) as error:
            log.warning("orders from Slack cannot be followed now", problem=str(error))
            self.close()

    def close(self) -> None:
        """Drop the connection."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close()

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            partition = TopicPartition(POLICY_ACTIONS.name, 0)
            self._consumer = connect_consumer(self._settings, None)
            self._consumer.assign([partition])
            self._consumer.seek(partition, self._next)
        return self._consumer

    def _take(self, record: Record) -> None:
        self._next = record.offset + 1
        try:
            self.desk.take(decode(ActionRecord, record.value).order)
        except Unreadable as error:
            log.warning("an order cannot be read", offset=record.offset, reason=error.reason)
