"""Traces leave beside the work: whatever their topic does, no article and no alert is lost or waits for it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import cast

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from config.settings import read_settings
from services.alerts.correlation import Correlation
from services.alerts.trace import Step, Trace, TraceStage
from services.errors import Unavailable
from streams import codec
from streams.broker.kafka import Outbox, Record
from streams.correlator import Correlator
from streams.news_consumer import NewsConsumer
from streams.topics import POLICY_ALERTS, POLICY_TRACE
from streams.tracing.trace_sender import Stopwatch, Tracer, TraceSender
from streams.watching.health import Health, Surroundings
from tests.alerts.alert_samples import POLICY, make_signal
from tests.alerts.test_correlation import ScriptedMarket
from tests.streams.test_news_consumer import ARTICLE, NOW
from tests.streams.waiting import wait_until

TRACE = Trace(by="correlator", at=NOW, article_id="art_1", steps=(Step(stage=TraceStage.STORY, outcome="new"),))
NOBODY = read_settings({"KAFKA_BOOTSTRAP": "127.0.0.1:1"})


class Topic:
    """An outbox whose broker takes records, refuses them, or keeps whoever sends waiting."""

    def __init__(self) -> None:
        self.taken: list[Trace] = []
        self.headers: list[Mapping[str, bytes]] = []
        self.refusals = 0
        self.is_open = threading.Event()
        self.is_open.set()
        self.asked = threading.Event()

    def send(self, topic: str, _key: str | None, value: bytes, headers: Mapping[str, bytes]) -> None:
        assert topic == POLICY_TRACE.name
        self.asked.set()
        self.is_open.wait()
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("kafka", "no such topic", retry_after=0.01)
        self.taken.append(codec.decode(Trace, value))
        self.headers.append(headers)

    def flush(self) -> None:
        """As an outbox."""

    def close(self) -> None:
        """As an outbox."""

    def sender(self, most_waiting: int = 1_000) -> TraceSender:
        return TraceSender(cast(Outbox, self), most_waiting)


def numbered(number: int) -> Trace:
    return replace(TRACE, article_id=f"art_{number}")


def tell(tracer: Tracer, *traces: Trace) -> None:
    for trace in traces:
        tracer(lambda trace=trace: trace)  # type: ignore[misc]


def dropped() -> float:
    return REGISTRY.get_sample_value("policy_signals_traces_total", {"outcome": "dropped"}) or 0.0


def test_traces_arrive_in_order_with_the_clock_of_a_replay() -> None:
    """``follow`` puts them in order by themselves, and a replay by its header."""
    topic = Topic()
    sender = topic.sender()
    tell(sender, *(numbered(number) for number in range(40)))
    sender(lambda: TRACE, -5_000)
    sender.close(30)
    assert [one.article_id for one in topic.taken] == [f"art_{number}" for number in range(40)] + ["art_1"]
    assert topic.headers[-1] == {"clock-offset-ms": b"-5000"}
    assert not any(topic.headers[:-1])


def test_a_topic_that_refuses_for_a_while_loses_nothing() -> None:
    """It is tried again, beside the work; what came twice is shown once by ``follow``."""
    topic = Topic()
    topic.refusals = 5
    sender = topic.sender()
    tell(sender, *(numbered(number) for number in range(3)))
    sender.close(30)
    assert {one.article_id for one in topic.taken} == {"art_0", "art_1", "art_2"}


def test_a_topic_that_stands_still_costs_the_oldest_traces_and_nothing_else() -> None:
    """Memory is bounded, and what is dropped is counted."""
    topic, before = Topic(), dropped()
    topic.is_open.clear()
    sender = topic.sender(most_waiting=10)
    tell(sender, numbered(0))
    topic.asked.wait(30)
    tell(sender, *(numbered(number) for number in range(1, 31)))
    assert dropped() - before == 20
    topic.is_open.set()
    sender.close(30)
    assert [one.article_id for one in topic.taken] == ["art_0", *(f"art_{number}" for number in range(21, 31))]


def test_a_trace_that_cannot_be_written_is_counted_and_kept_from_the_work() -> None:
    """An explanation may have a mistake in it; the decision stands."""
    topic, before = Topic(), dropped()
    sender = topic.sender()
    sender(lambda: cast(Trace, 1 / 0))
    sender(lambda: None)
    sender.close(30)
    assert (dropped() - before, topic.taken) == (1, [])


def test_a_process_that_ends_does_not_wait_for_a_topic_that_is_gone() -> None:
    """A stop has fifteen seconds in all. The port is closed: a real producer, and nobody who answers."""
    sender = TraceSender(Outbox(NOBODY))
    tell(sender, TRACE)
    sender.close(0.0)
    thread = sender._thread
    assert thread is not None
    wait_until(lambda: not thread.is_alive(), "the thread has ended")


def test_nothing_connects_before_the_first_trace() -> None:
    """Building a process connects to nothing."""
    sender = TraceSender(Outbox(NOBODY))
    sender.close()
    assert sender._thread is None


# --- the processes ----------------------------------------------------------------------------------------------------


def stand_still(topic: Topic) -> TraceSender:
    topic.is_open.clear()
    return topic.sender()


def refuse_for_ever(topic: Topic) -> TraceSender:
    topic.refusals = 1_000_000
    return topic.sender()


def break_at_once(_topic: Topic) -> Tracer:
    return TraceSender(Outbox(NOBODY))


ILLS = pytest.mark.parametrize(
    "ill", [stand_still, refuse_for_ever, break_at_once], ids=["stands still", "refuses", "is gone"]
)


@ILLS
def test_every_signal_leaves_while_the_trace_topic(ill: Callable[[Topic], Tracer]) -> None:
    """All thirty are handed to the outbox of signals before a single trace could leave."""
    topic, sent = Topic(), []

    class Signals:
        def send(self, name: str, _key: str, _value: bytes, _headers: Mapping[str, bytes]) -> None:
            sent.append(name)

    surroundings = Surroundings(settings=read_settings({}), health=Health("kafka"))
    sender = ill(topic)
    consumer = NewsConsumer(surroundings, cast(Outbox, Signals()), lambda: NOW + timedelta(seconds=3), sender)
    for number in range(30):
        article = {**ARTICLE, "url": f"https://news.example/{number}", "body": f"{ARTICLE['body']} Report {number}."}
        consumer.handle(record_of(json.dumps(article).encode()))
    assert (len(sent), topic.taken) == (30, [])
    assert POLICY_TRACE.name not in sent
    end(topic, sender)


@ILLS
def test_every_alert_leaves_while_the_trace_topic(ill: Callable[[Topic], Tracer]) -> None:
    """The correlator awaits what people see, and never what explains it."""
    topic, sent = Topic(), []

    async def send(name: str, _key: str, _value: bytes, _cause: Record) -> None:
        sent.append(name)

    sender = ill(topic)
    correlator = Correlator(read_settings({}), Correlation(POLICY, ScriptedMarket()), send, sender)

    async def play() -> None:
        for number in range(20):
            signal = make_signal(signal_id=f"sig_{number}", story_id=f"sto_{number}", article_id=f"art_{number}")
            await correlator.on_signal(record_of(codec.encode(signal)))

    asyncio.run(play())
    assert sent == [POLICY_ALERTS.name] * 20
    assert topic.taken == []
    end(topic, sender)


def test_the_trace_says_how_long_the_record_lay_there_and_how_long_the_work_took() -> None:
    """Time spent at each hop: where an alert was late, one sees at which."""
    record = record_of(codec.encode(make_signal()))
    stamped = Stopwatch(record, lambda: NOW + timedelta(seconds=4)).stamp(TRACE)
    assert stamped.waited_s == pytest.approx(2.0)
    assert stamped.took_s is not None
    assert stamped.took_s >= 0
    assert Stopwatch(replace(record, timestamp_ms=0), lambda: NOW).stamp(TRACE).waited_s is None
    assert codec.decode(Trace, codec.encode(stamped)) == stamped


def record_of(value: bytes) -> Record:
    came = int((NOW + timedelta(seconds=2)).timestamp() * 1000)
    return Record(topic="news.articles", partition=0, offset=0, key=None, value=value, timestamp_ms=came)


def end(topic: Topic, sender: Tracer) -> None:
    assert isinstance(sender, TraceSender)
    sender.close(0.0)
    topic.is_open.set()
    topic.refusals = 0
    thread = sender._thread
    wait_until(lambda: thread is None or not thread.is_alive(), "the thread has ended")
