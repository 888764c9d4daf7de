"""What people ordered in Slack, followed on ``policy.actions`` by a process that does something else beside it."""

from __future__ import annotations

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition

from config.settings import Settings
from services.alerts.acknowledgement import Acknowledgement
from services.alerts.desk import ActionRecord, Desk
from services.errors import Unavailable, Unreadable
from streams.broker.kafka import Record, as_record, connect_consumer, read_whole
from streams.clock import monotonic
from streams.codec import decode
from streams.logs import log
from streams.topics import POLICY_ACTIONS

REFRESH_SECONDS = 0.2


class DeskReader:
    """Read whole at the first question, then followed; a member of no group, so it holds nobody up."""

    def __init__(self, settings: Settings) -> None:
        self.desk = Desk()
        self._settings = settings
        self._consumer: KafkaConsumer | None = None
        self._next = 0
        self._is_read = False
        self._refresh_at = 0.0

    def owner_of(self, alert_id: str) -> Acknowledgement | None:
        """Who acknowledged an alert, as known a moment ago. Raises Unavailable while nothing is known at all."""
        if not self._is_read:
            for record in read_whole(self._settings, POLICY_ACTIONS.name):
                self._take(record)
            self._is_read = True
        self._refresh()
        return self.desk.owners.get(alert_id)

    def _refresh(self) -> None:
        """Take what has come since, without waiting for more; a broker that does not answer is asked again later."""
        if monotonic() < self._refresh_at:
            return
        self._refresh_at = monotonic() + REFRESH_SECONDS
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
