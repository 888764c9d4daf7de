"""The outbox when the broker goes: what was not acknowledged is said, and never sent behind the caller's back."""

from __future__ import annotations

import threading

import pytest
from kafka.errors import KafkaTimeoutError

from services.errors import Unavailable
from streams.broker import kafka
from streams.broker.kafka import Outbox, read_whole
from streams.broker.topic_setup import create_topics
from streams.local.embedded import EmbeddedBroker
from streams.topics import POLICY_SIGNALS
from tests.conftest import make_settings
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts


def senders() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if "producer" in thread.name.lower()}


def test_what_a_lost_broker_did_not_acknowledge_is_unavailable_and_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other error would be taken for a mistake in one alert, which then is parked for nothing."""
    broker, before = EmbeddedBroker(), senders()
    broker.start()
    settings = make_settings(broker.bootstrap)
    create_topics(settings)
    outbox = Outbox(settings)
    try:
        outbox.send(POLICY_SIGNALS.name, "key", b"acknowledged")
        outbox.flush()
        monkeypatch.setattr(kafka, "SEND_TIMEOUT_SECONDS", 0.5)
        broker.kill()
        outbox.send(POLICY_SIGNALS.name, "key", b"in flight")
        with pytest.raises(Unavailable, match="kafka"):
            outbox.flush()
        wait_until(lambda: senders() == before, "the thread that would have sent it later ends")
        monkeypatch.undo()
        broker.start()
        create_topics(settings)
        outbox.send(POLICY_SIGNALS.name, "key", b"sent anew")
        outbox.flush()
        assert [record.value for record in read_whole(settings, POLICY_SIGNALS.name)][-1:] == [b"sent anew"]
    finally:
        outbox.close()
        broker.stop()


class Unanswered:
    """A receipt that never comes; ``asked`` are the seconds that somebody was ready to wait."""

    is_done = False

    def __init__(self, ending: threading.Event) -> None:
        self.asked: list[float] = []
        self._ending = ending

    def get(self, timeout: float) -> None:
        self.asked.append(timeout)
        self._ending.set()
        raise KafkaTimeoutError


def test_a_process_that_is_told_to_end_waits_no_longer_for_a_broker_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its supervisor kills it after 15 seconds, and what was not acknowledged is done again after the next start."""
    ending = threading.Event()
    monkeypatch.setattr(kafka, "ENDING", ending)
    receipt = Unanswered(ending)
    with pytest.raises(KafkaTimeoutError):
        kafka._wait_for(receipt)
    assert receipt.asked == [1.0, kafka.LAST_SECONDS]
