"""A correlator that takes over answers what the one before took and never answered, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from config.settings import Settings
from services.alerts.alert import Alert, Silence
from services.alerts.correlation import Correlation
from services.signals.signal import PolicySignal
from streams.broker.kafka import Outbox, Record, read_values
from streams.codec import encode
from streams.correlator import PROCESS, Correlator
from streams.topics import POLICY_ALERTS, POLICY_SIGNALS, POLICY_SILENCES, POLICY_TRACE
from tests.alerts.alert_samples import POLICY, PUBLISHED, make_signal
from tests.alerts.test_correlation import ScriptedMarket
from tests.conftest import make_settings
from tests.slack.actions_bench import own_broker

pytestmark = pytest.mark.parts


@pytest.fixture
def settings() -> Iterator[Settings]:
    with own_broker() as bootstrap:
        yield make_settings(bootstrap)


def signal(number: int, **changes: object) -> PolicySignal:
    """The first report of a story of its own."""
    at = PUBLISHED + timedelta(minutes=number)
    names = {"signal_id": f"sig_{number}", "story_id": f"sto_{number}", "article_id": f"art_{number}"}
    return make_signal(**names, published_at=at, received_at=at, scored_at=at, **changes)


class Line:
    """Signals on the topic, a group that has committed so far, and correlators that take over one after another."""

    def __init__(self, settings: Settings, *signals: PolicySignal, taken: int) -> None:
        self.settings = settings
        outbox = Outbox(settings)
        for one in signals:
            outbox.send(POLICY_SIGNALS.name, one.story_id, encode(one))
        outbox.flush()
        outbox.close()
        consumer = KafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, group_id=PROCESS, enable_auto_commit=False)
        with closing(consumer):
            place = TopicPartition(POLICY_SIGNALS.name, 0)
            consumer.assign([place])
            consumer.commit({place: OffsetAndMetadata(taken, "", -1)})

    def take_over(self) -> list[str]:
        """A new correlator before its first record; what it sent goes to the topics. Returns the keys of its answers."""
        outbox, sent = Outbox(self.settings), []

        async def send(topic: str, key: str, value: bytes, _cause: Record) -> None:
            if topic != POLICY_TRACE.name:
                sent.append(key)
            outbox.send(topic, key, value)
            outbox.flush()

        correlator = Correlator(self.settings, Correlation(POLICY, ScriptedMarket()), send)
        correlator.rebuild()
        asyncio.run(correlator.answer_what_was_left())
        outbox.close()
        return sent


def test_what_was_taken_and_never_answered_is_answered_by_the_next(settings: Settings) -> None:
    """The offset was committed, the alert was lost in a kill: nobody would ever have asked again."""
    line = Line(settings, signal(1), signal(2), taken=2)
    line.take_over()
    alerts = list(read_values(settings, POLICY_ALERTS.name, Alert))
    assert [alert.signal.signal_id for alert in alerts] == ["sig_1", "sig_2"]
    assert line.take_over() == []


def test_what_was_not_taken_yet_comes_by_itself_in_its_order(settings: Settings) -> None:
    """A backlog is not answered twice, and not before what stands ahead of it."""
    line = Line(settings, signal(1), signal(2), taken=1)
    assert len(line.take_over()) == 1
    assert [alert.signal.signal_id for alert in read_values(settings, POLICY_ALERTS.name, Alert)] == ["sig_1"]


def test_what_was_silent_is_answered(settings: Settings) -> None:
    """A silence is an answer, and one is enough."""
    line = Line(settings, signal(1, score=0.01), taken=1)
    line.take_over()
    assert [silence.article_id for silence in read_values(settings, POLICY_SILENCES.name, Silence)] == ["art_1"]
    assert line.take_over() == []


def test_a_further_report_of_a_known_alert_is_not_lost_either(settings: Settings) -> None:
    """It joins the alert that the topic holds."""
    line = Line(settings, signal(1), taken=1)
    line.take_over()
    further = make_signal(signal_id="sig_2", story_id="sto_1", article_id="art_2", source="Other Wire")
    Line(settings, further, taken=2).take_over()
    last = list(read_values(settings, POLICY_ALERTS.name, Alert))[-1]
    assert [report.signal_id for report in last.reports] == ["sig_1", "sig_2"]
