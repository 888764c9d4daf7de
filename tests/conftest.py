"""The real parts for the tests that need them, started once for all and stopped at the end.

``POLICY_SIGNALS_TEST_BROKER=apache`` runs the same tests on a real Apache Kafka, ``POLICY_SIGNALS_TEST_REDIS=server``
insists on a real redis-server; `make test-kafka` sets both.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from config.settings import Secret, Settings
from streams.broker.topic_setup import create_topics
from streams.local.embedded import EmbeddedBroker, EmbeddedRedis
from tests.kafka_broker import ApacheKafka

EMBEDDED_SESSION_TIMEOUT_MS = 6_000


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Every worker must give a case the same name, and packed bytes carry the second in which they were packed."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """``host:port`` of a broker of this test run."""
    is_apache = os.environ.get("POLICY_SIGNALS_TEST_BROKER") == "apache"
    broker = ApacheKafka() if is_apache else EmbeddedBroker()
    broker.start()
    yield broker.bootstrap
    broker.stop()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Address of a Redis of this test run."""
    server = EmbeddedRedis()
    if os.environ.get("POLICY_SIGNALS_TEST_REDIS") == "server":
        assert "fakeredis" not in server.name, f"a real redis-server was asked for, found {server.name}"
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def shared_settings(kafka_bootstrap: str, redis_url: str) -> Settings:
    """Settings that point to the parts of this test run, with all topics created."""
    settings = make_settings(kafka_bootstrap, redis_url)
    create_topics(settings)
    return settings


def make_settings(kafka_bootstrap: str, redis_url: str = "redis://127.0.0.1:1/0") -> Settings:
    """Settings for tests: quick sessions, free ports."""
    return Settings(
        kafka_bootstrap=kafka_bootstrap,
        kafka_session_timeout_ms=EMBEDDED_SESSION_TIMEOUT_MS,
        redis_url=redis_url,
        slack_bot_token=Secret("xoxb-test"),
        slack_channel="C0POLICYALERTS",
        metrics_port=0,
    )


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Names that no other test uses."""
    return lambda name: f"{name}-{uuid.uuid4().hex[:8]}"
