"""Faust's Kafka transport with a shorter wait per fetch.

Faust asks the broker to hold a fetch for up to 1.5 seconds and offers no setting for it. Apache Kafka answers as soon
as a record is there; the embedded broker looks for new records less often the longer it may wait (a third of a second
was measured), and an alert would wait with it.
"""

from __future__ import annotations

from typing import Any

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport

from streams.broker.kafka import FETCH_WAIT_MS


class _QuickThread(AIOKafkaConsumerThread):
    def _create_worker_consumer(self, *arguments: Any, **options: Any) -> Any:
        consumer = super()._create_worker_consumer(*arguments, **options)
        # Read when the consumer starts, which is after this.
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer


class _QuickConsumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _QuickThread(self, loop=self.loop, beacon=self.beacon)


class QuickTransport(Transport):
    """For ``app.transport``, before the app starts."""

    Consumer = _QuickConsumer
