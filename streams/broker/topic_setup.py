"""Creates the topics of the table and checks those that exist."""

from __future__ import annotations

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from config.settings import Settings
from services.errors import Unavailable
from streams.broker.kafka import CONNECT_TIMEOUT_MS
from streams.topics import TOPICS, Topic

DEAD_LETTER_RETENTION_MS = 30 * 24 * 3_600_000


def wanted_topics(replication: int) -> dict[str, NewTopic]:
    """Every topic and dead-letter twin, as the broker should have it."""
    wanted = {topic.name: _describe(topic, replication) for topic in TOPICS}
    for topic in TOPICS:
        if topic.has_dead_letters:
            wanted[topic.dead_letters] = NewTopic(
                topic.dead_letters,
                num_partitions=1,
                replication_factor=replication,
                topic_configs={"retention.ms": str(DEAD_LETTER_RETENTION_MS)},
            )
    return wanted


def create_topics(settings: Settings) -> list[str]:
    """Create what is missing; returns the names created. Raises Unavailable."""
    created = []
    with _Admin(settings) as admin:
        for name in missing_topics(settings):
            try:
                admin.create_topics([wanted_topics(settings.kafka_replication)[name]])
                created.append(name)
            except TopicAlreadyExistsError:
                continue  # another process was quicker
            except KafkaError as error:
                raise Unavailable("kafka", f"{name} could not be created: {error}") from error
    return created


def missing_topics(settings: Settings) -> list[str]:
    """Names of the table that the broker does not have. Raises Unavailable."""
    with _Admin(settings) as admin:
        try:
            present = set(admin.list_topics())
        except KafkaError as error:
            raise Unavailable("kafka", str(error)) from error
    return [name for name in wanted_topics(settings.kafka_replication) if name not in present]


class _Admin:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> KafkaAdminClient:
        try:
            self._client = KafkaAdminClient(
                bootstrap_servers=self._settings.kafka_bootstrap.split(","), bootstrap_timeout_ms=CONNECT_TIMEOUT_MS
            )
        except KafkaError as error:
            raise Unavailable("kafka", str(error)) from error
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()


def _describe(topic: Topic, replication: int) -> NewTopic:
    policies = [
        *(["compact"] if topic.is_compacted or topic.retention_ms is None else []),
        *(["delete"] if topic.retention_ms is not None else []),
    ]
    keep = {"cleanup.policy": ",".join(policies)}
    if topic.retention_ms is not None:
        keep["retention.ms"] = str(topic.retention_ms)
    return NewTopic(topic.name, num_partitions=topic.partitions, replication_factor=replication, topic_configs=keep)
