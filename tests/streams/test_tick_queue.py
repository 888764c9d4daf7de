"""Between a source and Kafka: newest kept, oldest dropped and counted, nothing sent twice by us."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.errors import Misconfigured, Unavailable
from services.market.ticks.tick import Tick
from streams.ticks.tick_producer import Receipt, TickProducer
from streams.ticks.tick_queue import TickQueue, TickSender
from streams.ticks.tick_sink import TopicSink
from streams.watching.health import Health
from tests.conftest import make_settings
from tests.streams.tick_feed import counted
from tests.streams.waiting import wait_until


class Sink:
    """A topic that may be away, or slow."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = threading.Event()
        self.asked = threading.Event()
        self.checked = threading.Event()
        self.got: list[dict[str, Any]] = []
        if away:
            self.away.set()

    def send(self, ticks: Sequence[dict[str, Any]]) -> None:
        self.asked.set()
        if self.away.is_set():
            raise Unavailable("kafka", "no broker", retry_after=0.01)
        self.got += ticks

    def check(self) -> None:
        self.checked.set()
        if self.away.is_set():
            raise Unavailable("kafka", "no broker", retry_after=0.01)

    def close(self) -> None:
        """Nothing to close."""


def ticks(*numbers: int) -> list[dict[str, Any]]:
    return [{"sequence": number} for number in numbers]


def numbers(found: Sequence[dict[str, Any]]) -> list[int]:
    return [tick["sequence"] for tick in found]


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 12))
def test_a_queue_keeps_the_newest_and_counts_the_rest(sizes: list[int], capacity: int) -> None:
    """Never more than its capacity, always the end of what was put, in its order."""
    queue, put, dropped = TickQueue(capacity), 0, 0
    for size in sizes:
        dropped += queue.put(ticks(*range(put, put + size)))
        put += size
        assert len(queue) <= capacity
    queue.close()
    left: list[int] = []
    while batch := queue.take():
        left += numbers(batch)
        queue.done()
    assert left == list(range(dropped, put))


def test_what_is_in_hand_is_not_dropped_and_counts() -> None:
    """It may be on the topic already; only what waits behind it can go."""
    queue = TickQueue(4)
    queue.put(ticks(1, 2, 3, 4))
    assert numbers(queue.take()) == [1, 2]
    assert queue.put(ticks(5, 6, 7)) == 3
    assert len(queue) == 4
    assert numbers(queue.take()) == [1, 2]
    queue.done()
    assert numbers(queue.take()) == [6, 7]


def test_ticks_wait_while_kafka_is_away_and_leave_in_order() -> None:
    """What fits is not lost; what does not is counted as dropped."""
    queue, sink, health = TickQueue(10), Sink(away=True), Health("kafka")
    sent = counted("ticks_total", source="websocket", outcome="sent")
    sender = TickSender("websocket", queue, sink, health)
    sender.start()
    queue.put(ticks(1, 2))
    assert sink.asked.wait(10)
    wait_until(lambda: "kafka" in health.problems() and "no broker" in health.problems()["kafka"], "a problem")
    assert queue.put(ticks(*range(3, 20))) == 9
    sink.away.clear()
    wait_until(lambda: len(queue) == 0, "an empty queue")
    sender.stop()
    assert numbers(sink.got) == [1, 2, *range(12, 20)]
    assert health.problems() == {}
    assert counted("ticks_total", source="websocket", outcome="sent") == sent + 10


def test_the_end_sends_what_is_left() -> None:
    """A restart costs no tick that was read."""
    queue, sink = TickQueue(100_000), Sink()
    queue.put(ticks(*range(12_000)))
    sender = TickSender("polling", queue, sink, Health("kafka"))
    sender.start()
    sender.stop()
    assert numbers(sink.got) == list(range(12_000))


def test_the_end_does_not_wait_for_a_kafka_that_is_away() -> None:
    """What cannot be sent within the time is counted as dropped, and the process ends."""
    dropped = counted("ticks_total", source="polling", outcome="dropped")
    queue, sink = TickQueue(10), Sink(away=True)
    queue.put(ticks(1, 2, 3))
    sender = TickSender("polling", queue, sink, Health("kafka"))
    sender.start()
    assert sink.asked.wait(10)
    sender.stop(within_seconds=0.05)
    assert counted("ticks_total", source="polling", outcome="dropped") == dropped + 3
    wait_until(lambda: not sender._thread.is_alive(), "the end of the thread")


def test_a_batch_that_cannot_be_written_does_not_stop_the_others() -> None:
    """A mistake of ours in one tick must not end all prices."""
    dropped = counted("ticks_total", source="websocket", outcome="dropped")

    class Picky(Sink):
        def send(self, ticks: Sequence[dict[str, Any]]) -> None:
            if not self.got and not self.asked.is_set():
                self.asked.set()
                raise OverflowError
            super().send(ticks)

    queue, sink = TickQueue(10), Picky()
    sender = TickSender("websocket", queue, sink, Health("kafka"))
    queue.put(ticks(1, 2))
    sender.start()
    wait_until(lambda: len(queue) == 0, "an empty queue")
    queue.put(ticks(3))
    sender.stop()
    assert numbers(sink.got) == [3]
    assert counted("ticks_total", source="websocket", outcome="dropped") == dropped + 2


def test_kafka_is_looked_for_before_the_first_tick() -> None:
    """A source started on a Sunday would otherwise be reported as down until Monday."""
    queue, sink, health = TickQueue(10), Sink(away=True), Health("kafka")
    sender = TickSender("websocket", queue, sink, health)
    sender.start()
    wait_until(lambda: "no broker" in health.problems().get("kafka", ""), "a problem")
    sink.away.clear()
    wait_until(lambda: health.problems() == {}, "Kafka")
    sender.stop()
    assert sink.got == []


class Producer(TickProducer):
    """A producer that keeps what it is given, and may fail."""

    def __init__(self, failing: bool = False) -> None:
        self.failing = failing
        self.given: list[Tick] = []
        self.offsets: list[int] = []
        self.closed = False

    def send(self, ticks: Any, form: Any = None, *, offset_ms: int = 0) -> int:
        self.given += ticks
        self.offsets.append(offset_ms)
        return 1

    def flush(self) -> Receipt:
        if self.failing:
            raise Unavailable("kafka", "no answer")
        return Receipt(records=1, ticks=len(self.given))

    def close(self) -> None:
        self.closed = True


RAW = {"instrument": "0700.HK", "price": 349.8, "volume": 5.0, "traded_at": 1_689_228_000_250_000}


def test_raw_ticks_become_the_producers_ticks() -> None:
    """Nothing that the vendor said is lost, its time to the microsecond included."""
    producer = Producer()
    sink = TopicSink(make_settings("127.0.0.1:1"), -5_500, lambda _: producer)
    sink.send([RAW, RAW | {"sequence": 7, "conditions": ["odd_lot"], "currency": "HKD"}])
    at = datetime(2023, 7, 13, 6, 0, 0, 250_000, tzinfo=UTC)
    bare = Tick(instrument="0700.HK", price=349.8, volume=5.0, traded_at=at)
    assert producer.given == [bare, replace(bare, sequence=7, conditions=("odd_lot",), currency="HKD")]
    assert producer.offsets == [-5_500]


def test_a_producer_that_failed_is_replaced() -> None:
    """One whose broker lost its memory never heals; and nothing may leave it later, behind newer ticks."""
    producers = [Producer(failing=True), Producer()]
    left = list(producers)
    sink = TopicSink(make_settings("127.0.0.1:1"), connect=lambda _: left.pop(0))
    with pytest.raises(Unavailable, match="no answer"):
        sink.send([RAW])
    sink.send([RAW])
    sink.send([RAW])
    assert producers[0].closed
    assert len(producers[1].given) == 2
    sink.close()
    assert producers[1].closed


def test_a_missing_topic_is_waited_for() -> None:
    """The source goes on reading; /readyz says which command creates the topic."""

    def refuse(_: object) -> TickProducer:
        raise Misconfigured("the topic market.ticks is missing: run `policy-signals topics create`")

    with pytest.raises(Unavailable, match="topics create"):
        TopicSink(make_settings("127.0.0.1:1"), connect=refuse).check()
