"""One suite for the attempt log in memory and on a broker; then what only the broker can show."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from config.settings import Secret, Settings
from services.alerts.alert import DeliveryState, Receipt
from services.errors import Unavailable
from streams.codec import encode
from streams.delivery.attempt_log import InMemoryAttemptLog, KafkaAttemptLog, receipt_key

CHANNEL = "C0POLICYALERTS"
START = datetime(2023, 7, 13, 1, 30, tzinfo=UTC)


def receipt(alert="alert1", attempts=1, state=DeliveryState.ATTEMPT, channel=CHANNEL, ts=None):
    return Receipt(
        alert_id=alert,
        revision=1,
        channel=channel,
        state=state,
        slack_ts=ts,
        attempts=attempts,
        detail="",
        at=START + timedelta(seconds=attempts),
    )


def make_settings(bootstrap):
    return Settings(kafka_bootstrap=bootstrap, slack_bot_token=Secret(""))


@pytest.fixture
def kafka_log(kafka_bootstrap, unique):
    topic = unique("attempts")
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    admin.close()
    log = KafkaAttemptLog(make_settings(kafka_bootstrap), topic)
    log.topic, log.bootstrap = topic, kafka_bootstrap
    yield log
    log.close()


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.parts)])
def log(request):
    return InMemoryAttemptLog() if request.param == "memory" else request.getfixturevalue("kafka_log")


def test_an_alert_that_was_never_tried_has_no_receipt(log):
    """None is the only thing that allows a first post."""
    log.rebuild()
    assert log.last("alert1", CHANNEL) is None


def test_the_last_receipt_counts_and_survives_a_rebuild(log):
    """The same answer before and after reading everything again."""
    log.append(receipt(attempts=1))
    log.append(receipt(attempts=2, state=DeliveryState.SENT, ts="1689212345.000100"))
    before = log.last("alert1", CHANNEL)
    log.rebuild()
    assert (
        log.last("alert1", CHANNEL) == before == receipt(attempts=2, state=DeliveryState.SENT, ts="1689212345.000100")
    )


def test_channels_and_alerts_are_kept_apart(log):
    """One alert may go to two channels."""
    log.append(receipt("alert1", 1))
    log.append(receipt("alert1", 2, channel="C0OTHER"))
    log.append(receipt("alert2", 3))
    log.rebuild()
    found = [log.last(*key).attempts for key in (("alert1", CHANNEL), ("alert1", "C0OTHER"), ("alert2", CHANNEL))]
    assert found == [1, 2, 3]


@pytest.mark.parts
def test_another_process_reads_what_this_one_wrote(kafka_log):
    """A new owner of the partition must know every attempt of the old one."""
    for number in range(50):
        kafka_log.append(receipt(f"alert{number}", number))
    other = KafkaAttemptLog(make_settings(kafka_log.bootstrap), kafka_log.topic)
    other.rebuild()
    assert [other.last(f"alert{number}", CHANNEL).attempts for number in range(50)] == list(range(50))


@pytest.mark.parts
def test_the_topic_is_read_to_its_true_end_when_batches_hold_many_records(kafka_log):
    """One broker in use answers ListOffsets too low for such batches; the last receipts must not be missed."""
    write_batches(kafka_log, [1, 1, 5, 10])
    kafka_log.rebuild()
    assert kafka_log.last("alert16", CHANNEL) is not None


def write_batches(kafka_log, sizes):
    numbers = iter(range(sum(sizes)))
    for size in sizes:
        producer = KafkaProducer(bootstrap_servers=kafka_log.bootstrap, linger_ms=300)
        for number in [next(numbers) for _ in range(size)]:
            line = receipt(f"alert{number}", number)
            producer.send(kafka_log.topic, key=receipt_key(line.alert_id, CHANNEL).encode(), value=encode(line))
        producer.flush(timeout=10)
        producer.close()


@pytest.mark.parts
def test_a_receipt_that_cannot_be_read_asks_for_a_read_back(kafka_log):
    """Its key still tells that there was an attempt; forgetting it would tell the alert twice."""
    producer = KafkaProducer(bootstrap_servers=kafka_log.bootstrap)
    producer.send(kafka_log.topic, key=receipt_key("alert1", CHANNEL).encode(), value=b"{half").get(timeout=10)
    producer.send(kafka_log.topic, key=b"no separator", value=b"\xff").get(timeout=10)
    producer.close()
    kafka_log.rebuild()
    found = kafka_log.last("alert1", CHANNEL)
    assert (found.state, found.slack_ts) == (DeliveryState.ATTEMPT, None)


@pytest.mark.parts
def test_a_missing_topic_is_not_an_empty_log(kafka_bootstrap, unique):
    """An empty log would tell every open alert a second time."""
    with pytest.raises(Unavailable, match="not there"):
        KafkaAttemptLog(make_settings(kafka_bootstrap), unique("nowhere")).rebuild()


@pytest.mark.parts
def test_an_acknowledged_receipt_survives_the_death_of_its_writer(kafka_log):
    """append returns only when the broker has it: the writer ends without closing anything."""
    script = (
        "import os, sys\n"
        "sys.path[:0] = sys.argv[3:]\n"
        "from datetime import UTC, datetime\n"
        "from config.settings import Secret, Settings\n"
        "from services.alerts.alert import DeliveryState, Receipt\n"
        "from streams.delivery.attempt_log import KafkaAttemptLog\n"
        "log = KafkaAttemptLog(Settings(kafka_bootstrap=sys.argv[1], slack_bot_token=Secret('')), sys.argv[2])\n"
        "for number in range(20):\n"
        "    log.append(Receipt(alert_id='alert1', revision=number, channel='C0POLICYALERTS',\n"
        "                       state=DeliveryState.ATTEMPT, attempts=number, at=datetime.now(UTC)))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", script, kafka_log.bootstrap, kafka_log.topic, *filter(None, sys.path)]
    assert subprocess.run(command, timeout=60, check=False).returncode == -9
    kafka_log.rebuild()
    assert kafka_log.last("alert1", CHANNEL).revision == 19


def test_without_a_broker_nothing_is_remembered_and_nothing_pretends_to_be(monkeypatch):
    """Unavailable keeps the record in Kafka and the message unsent."""
    monkeypatch.setattr("streams.broker.kafka.CONNECT_TIMEOUT_MS", 300)
    log = KafkaAttemptLog(make_settings("127.0.0.1:1"))
    with pytest.raises(Unavailable):
        log.append(receipt())
    assert log.last("alert1", CHANNEL) is None
