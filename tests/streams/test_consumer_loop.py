"""The loop of every consumer, on a real broker and with both clients: poison, absence, restarts, held-back commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress

import pytest
from kafka import KafkaAdminClient, KafkaConsumer
from kafka.admin import NewTopic
from kafka.errors import RebalanceInProgressError, TopicAlreadyExistsError

from config.settings import Settings
from services.errors import Unavailable, Unreadable
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.group_member import GroupMember, Join, MemberLost
from streams.broker.kafka import Outbox, Record, read_whole
from streams.broker.plain_consumer import PlainConsumer
from streams.broker.quick_consumer import QuickConsumer
from streams.broker.topic_setup import create_topics, missing_topics
from streams.local.embedded import EmbeddedBroker
from streams.topics import Topic
from streams.watching.health import Health, Surroundings
from tests.conftest import make_settings
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts


class Recorder:
    """A handler that notes what it saw and fails as it is told."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.fail: Callable[[bytes], None] = lambda value: None
        self.rebuilt = 0
        self.looks = 0
        self.needed: int | None = None

    def rebuild(self) -> None:
        self.rebuilt += 1

    def handle(self, record: Record) -> None:
        assert record.value is not None
        self.fail(record.value)
        self.seen.append(record.value)

    def idle(self, caught_up: bool) -> None:
        """Nothing to do."""

    def stand_by(self) -> None:
        self.looks += 1

    def oldest_needed(self, partition: int) -> int | None:
        return self.needed


class ManyRecorder(Recorder):
    """Takes what a poll brought at once."""

    def __init__(self) -> None:
        super().__init__()
        self.polls = 0
        self.fail_at_once: Callable[[], None] = lambda: None

    def handle_many(self, records: Sequence[Record]) -> list[tuple[Record, Unreadable]]:
        self.polls += 1
        self.fail_at_once()
        unreadable = []
        for record in records:
            try:
                self.handle(record)
            except Unreadable as error:
                unreadable.append((record, error))
        return unreadable


class Running:
    """A loop in a thread."""

    def __init__(self, settings: Settings, topic: Topic, group: str, join: Join = PlainConsumer) -> None:
        self.recorder = Recorder() if join is PlainConsumer else ManyRecorder()
        self.health = Health("kafka")
        self.loop = ConsumerLoop(
            Surroundings(settings=settings, health=self.health), group, topic, self.recorder, Outbox(settings)
        )
        self.loop.join = join
        self._thread = threading.Thread(target=self.loop.run, daemon=True)

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Stop, and wait for it: what is sent from here on is not for this member."""
        self.loop.stop.set()
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()


@pytest.fixture(params=[PlainConsumer, QuickConsumer], ids=["kafka-python", "confluent-kafka"])
def join(request: pytest.FixtureRequest) -> Join:
    return request.param  # type: ignore[no-any-return]  # pytest gives Any


@pytest.fixture
def topic(unique: Callable[[str], str], shared_settings: Settings) -> Topic:
    topic = Topic(name=unique("loop"), key="", value="", partitions=1, retention_ms=None)
    make_topic(shared_settings, topic)
    return topic


def make_topic(settings: Settings, topic: Topic) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)) as admin:
        for name in (topic.name, topic.dead_letters):
            # A member that waits for its topic may have made the broker create it a moment before.
            with suppress(TopicAlreadyExistsError):
                admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])


@pytest.fixture
def sent(shared_settings: Settings, topic: Topic) -> Iterator[Callable[..., None]]:
    outbox = Outbox(shared_settings)

    def send(*values: bytes) -> None:
        for value in values:
            outbox.send(topic.name, None, value)
        outbox.flush()

    yield send
    outbox.close()


def test_poison_is_set_aside_and_the_line_goes_on(
    shared_settings: Settings, topic: Topic, sent: Callable[..., None], unique: Callable[[str], str], join: Join
) -> None:
    """One bad record in a hundred costs one dead letter, with reason and origin, and nothing else."""
    sent(*(b"poison" if number % 10 == 5 else b"good" for number in range(30)))
    with Running(shared_settings, topic, unique("group"), join) as running:

        def refuse(value: bytes) -> None:
            if value == b"poison":
                raise Unreadable("not_json", "it is poison")

        running.recorder.fail = refuse
        wait_until(lambda: len(running.recorder.seen) == 27, "27 good records handled")
        wait_until(lambda: len(list(read_whole(shared_settings, topic.dead_letters))) == 3, "3 dead letters")
    letter = next(iter(read_whole(shared_settings, topic.dead_letters)))
    assert letter.value == b"poison"
    assert letter.headers["reason"] == b"not_json"
    assert letter.headers["origin"] == f"{topic.name}/0/5".encode()


def test_what_is_unavailable_now_is_handled_later_in_order(
    shared_settings: Settings, topic: Topic, sent: Callable[..., None], unique: Callable[[str], str], join: Join
) -> None:
    """A Slack that is away for a while costs time, never a record or the order."""
    sent(b"1", b"2", b"3")
    with Running(shared_settings, topic, unique("group"), join) as running:
        failures = iter(range(3))

        def fail_thrice(value: bytes) -> None:
            if value == b"2" and next(failures, None) is not None:
                raise Unavailable("slack", retry_after=0.05)

        running.recorder.fail = fail_thrice
        wait_until(lambda: running.recorder.seen[-1:] == [b"3"], "the last record handled")
    # What was handled before the failure may be handled again, since handlers are idempotent.
    assert [value for value in running.recorder.seen if value != b"1"] == [b"2", b"3"]


def test_a_second_member_without_a_partition_says_that_it_stands_by_and_takes_over(
    shared_settings: Settings, topic: Topic, sent: Callable[..., None], unique: Callable[[str], str], join: Join
) -> None:
    """Row 41: it is well, only without work; nobody should restart it for that, and it looks after what it will need."""
    group = unique("group")
    with Running(shared_settings, topic, group, join) as first:
        wait_until(lambda: first.recorder.rebuilt > 0, "the first works")
        with Running(shared_settings, topic, group, join) as second:
            wait_until(lambda: first.health.is_standby or second.health.is_standby, "one of them stands by")
            standby, worker = (first, second) if first.health.is_standby else (second, first)
            wait_until(lambda: standby.recorder.looks > 0 and not standby.health.problems(), "it looks, and is ready")
            assert not worker.health.is_standby
            worker.end()
            sent(b"1")
            wait_until(lambda: standby.recorder.seen == [b"1"], "the standby works")
            wait_until(lambda: not standby.health.is_standby, "and says so")


def test_a_restart_goes_on_behind_what_was_committed(
    shared_settings: Settings, topic: Topic, sent: Callable[..., None], unique: Callable[[str], str], join: Join
) -> None:
    """Nothing twice after a clean stop, nothing lost."""
    group = unique("group")
    sent(b"1", b"2")
    with Running(shared_settings, topic, group, join) as running:
        wait_until(lambda: len(running.recorder.seen) == 2, "the first two")
    sent(b"3")
    with Running(shared_settings, topic, group, join) as running:
        wait_until(lambda: bool(running.recorder.seen), "the third")
        assert running.recorder.seen == [b"3"]
        assert running.recorder.rebuilt >= 1


def test_commits_stop_at_what_a_crash_would_still_need(
    shared_settings: Settings, topic: Topic, sent: Callable[..., None], unique: Callable[[str], str], join: Join
) -> None:
    """Ticks of a second that is still open must come again after a crash."""
    group = unique("group")
    sent(b"1", b"2", b"3")
    with Running(shared_settings, topic, group, join) as running:
        running.recorder.needed = 1
        wait_until(lambda: len(running.recorder.seen) == 3, "all three")
    with Running(shared_settings, topic, group, join) as running:
        wait_until(lambda: running.recorder.seen[-1:] == [b"3"], "the records from the held-back one on")
        assert running.recorder.seen == [b"2", b"3"]


def test_a_commit_during_a_rebalance_is_tried_again_without_leaving_the_group(
    shared_settings: Settings,
    topic: Topic,
    sent: Callable[..., None],
    unique: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only polling ends a rebalance: a member that left and joined anew would start the next one, for ever."""
    calls: list[bool] = []
    commit = KafkaConsumer.commit

    def refuse_twice(consumer: KafkaConsumer, *arguments: object, **options: object) -> None:
        calls.append(True)
        if len(calls) < 3:
            raise RebalanceInProgressError
        commit(consumer, *arguments, **options)

    monkeypatch.setattr(KafkaConsumer, "commit", refuse_twice)
    sent(b"1")
    group = unique("group")
    with Running(shared_settings, topic, group) as running:
        wait_until(lambda: len(calls) >= 3, "the third try")
        assert running.recorder.seen == [b"1"]
        assert running.recorder.rebuilt == 1
    sent(b"2")
    with Running(shared_settings, topic, group) as running:
        wait_until(lambda: bool(running.recorder.seen), "what came later")
        assert running.recorder.seen == [b"2"]


def test_a_commit_refused_by_the_group_is_tried_again_with_the_quick_client_too(
    shared_settings: Settings, topic: Topic, sent: Callable[..., None], unique: Callable[[str], str]
) -> None:
    """The second client says so in its own words; the loop hears the same."""
    calls: list[bool] = []

    class RefusedTwice(QuickConsumer):
        def commit(self, offsets: Mapping[int, int]) -> bool:
            calls.append(True)
            return len(calls) >= 3 and super().commit(offsets)

    sent(b"1")
    group = unique("group")
    with Running(shared_settings, topic, group, RefusedTwice) as running:
        wait_until(lambda: len(calls) >= 3, "the third try")
        assert running.recorder.seen == [b"1"]
    sent(b"2")
    with Running(shared_settings, topic, group, QuickConsumer) as running:
        wait_until(lambda: bool(running.recorder.seen), "what came later")
        assert running.recorder.seen == [b"2"]


def test_records_that_cannot_be_handled_at_once_are_handled_one_by_one(
    shared_settings: Settings, topic: Topic, sent: Callable[..., None], unique: Callable[[str], str]
) -> None:
    """A mistake of ours in the quick path costs speed, not the records that came in the same poll."""
    sent(*(b"poison" if number == 5 else b"good" for number in range(10)))
    with Running(shared_settings, topic, unique("group"), QuickConsumer) as running:
        recorder = running.recorder
        assert isinstance(recorder, ManyRecorder)

        def refuse(value: bytes) -> None:
            if value == b"poison":
                raise Unreadable("not_json", "it is poison")

        def stumble() -> None:
            raise RuntimeError("not all at once")

        recorder.fail, recorder.fail_at_once = refuse, stumble
        wait_until(lambda: len(recorder.seen) == 9, "9 good records handled")
        wait_until(lambda: len(list(read_whole(shared_settings, topic.dead_letters))) == 1, "1 dead letter")
    assert 0 < recorder.polls <= 10


def test_both_clients_know_where_the_topic_ends(
    shared_settings: Settings, topic: Topic, sent: Callable[..., None], unique: Callable[[str], str], join: Join
) -> None:
    """Ticks may be called quiet only when none is left to be read: an end seen too early makes a backlog late."""
    sent(b"1", b"2")
    member, first = _join_and_read(lambda: join(shared_settings, unique("group"), topic, 1, lambda: None))
    try:
        assert first == [b"1", b"2"]
        sent(b"3")
        assert _read_to_end(member, until=b"3") == [b"3"]
        member.commit({0: 1})
        member.go_back()
        assert not member.poll()
        member.resume()
        assert _read_to_end(member, until=b"3") == [b"2", b"3"]
    finally:
        member.close()


def _join_and_read(join: Callable[[], GroupMember]) -> tuple[GroupMember, list[bytes | None]]:
    """A member that does not get into its group is replaced, as a process does it."""
    for is_last in (False, False, True):
        member = join()
        try:
            return member, _read_to_end(member)
        except MemberLost:
            member.close()
            if is_last:
                raise
    raise AssertionError


def _read_to_end(member: GroupMember, until: bytes | None = None) -> list[bytes | None]:
    seen: list[bytes | None] = []

    def is_done() -> bool:
        records = member.poll().get(0, ())
        seen.extend(record.value for record in records)
        if not member.assignment() or (until is not None and until not in seen):
            return False
        return member.is_caught_up()

    wait_until(is_done, "the end of the topic")
    return seen


def test_the_loop_waits_for_a_broker_that_comes_later_and_survives_its_loss(
    unique: Callable[[str], str], join: Join
) -> None:
    """Absent at start or lost later: the process stays up, is not ready, and goes on by itself."""
    broker = EmbeddedBroker()
    settings = make_settings(broker.bootstrap)
    topic = Topic(name="late", key="", value="", partitions=1, retention_ms=None)
    try:
        with Running(settings, topic, unique("group"), join) as running:
            wait_until(lambda: "nothing listens" in running.health.problems().get("kafka", ""), "not ready")
            for value in (b"first", b"second"):
                broker.start()
                assert missing_topics(settings)
                create_topics(settings)
                make_topic(settings, topic)
                outbox = Outbox(settings)
                outbox.send("late", None, value)
                outbox.flush()
                outbox.close()
                wait_until(lambda wanted=value: wanted in running.recorder.seen, "handled after the broker came")  # type: ignore[misc]
                wait_until(lambda: not running.health.problems(), "ready")
                broker.kill()
                wait_until(lambda: "kafka" in running.health.problems(), "not ready again")
    finally:
        broker.stop()
