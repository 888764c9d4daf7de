"""How far a consumer group has come, asked from outside the group."""

from __future__ import annotations

from kafka import TopicPartition
from kafka.errors import KafkaError

from config.settings import Settings
from services.errors import Unavailable
from streams.broker.kafka import connect_consumer


def read_committed(settings: Settings, group: str, topic: str) -> dict[int, int]:
    """Partition -> offset of the next record that the group takes, where it took any; raises Unavailable."""
    consumer = connect_consumer(settings, group)
    try:
        partitions = sorted(consumer.partitions_for_topic(topic) or ())
        found = {number: consumer.committed(TopicPartition(topic, number)) for number in partitions}
    except KafkaError as error:
        raise Unavailable("kafka", str(error), retry_after=2.0) from error
    finally:
        consumer.close()
    return {number: offset for number, offset in found.items() if offset is not None}
