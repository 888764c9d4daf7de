"""The queue of one channel: loud first, in order within an alert, nothing lost but what a newer revision replaces."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.delivery_queue import ChannelQueue, Waiting
from services.alerts.routing import LOUDNESS
from tests.alerts.alert_samples import PUBLISHED, make_signal


def make_alert(name: str = "a", revision: int = 1, severity: Severity = Severity.ALERT, **changes: object) -> Alert:
    fields: dict[str, object] = {
        "alert_id": name,
        "revision": revision,
        "cause": "raised",
        "severity": severity,
        "agreement": Agreement.NOT_YET,
        "signal": make_signal(),
        "reports": (),
        "reactions": (),
        "measured": (),
        "reasons": (),
        "raised_at": PUBLISHED,
        "revised_at": PUBLISHED + timedelta(minutes=revision),
        **changes,
    }
    return Alert(**fields)  # type: ignore[arg-type]


def waiting(alert: Alert, offset: int = 0, **changes: object) -> Waiting:
    fields: dict[str, object] = {"partition": 0, "offset": offset, "since": float(offset), "is_first": True, **changes}
    return Waiting(alert=alert, **fields)  # type: ignore[arg-type]


def drain(queue: ChannelQueue, now: float = 1e9) -> list[Waiting]:
    found = []
    while (one := queue.choose(now)) is not None:
        queue.done(one)
        found.append(one)
    return found


arrivals = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(list(Severity)), st.booleans(), st.booleans()), max_size=40
)


@given(arrivals)
def test_nothing_is_lost_and_each_alert_leaves_in_order(arrived: list[tuple[str, Severity, bool, bool]]) -> None:
    """The newest revision of every alert leaves, none leaves twice, and none before an older one of its alert."""
    queue, revisions = ChannelQueue(), dict.fromkeys("abcdef", 0)
    for offset, (name, severity, is_first, is_replayed) in enumerate(arrived):
        revisions[name] += 1
        alert = make_alert(name, revisions[name], severity, clock_offset_ms=-5 if is_replayed else 0)
        queue.put(waiting(alert, offset, is_first=is_first))
    left = drain(queue)
    assert {one.alert.alert_id: one.alert.revision for one in left} == {
        name: newest for name, newest in revisions.items() if newest
    }
    for name in revisions:
        order = [one.alert.revision for one in left if one.alert.alert_id == name]
        assert order == sorted(set(order))
    assert len(queue) == 0


@given(arrivals)
def test_loud_leaves_before_quiet_first_posts_before_edits_old_before_new(
    arrived: list[tuple[str, Severity, bool, bool]],
) -> None:
    """A Flash overtakes whatever waits, and an edit never keeps a new alert waiting of the same loudness."""
    queue = ChannelQueue()
    for offset, (_, severity, is_first, _) in enumerate(arrived):
        queue.put(waiting(make_alert(f"a{offset}", 1, severity), offset, is_first=is_first))
    left = drain(queue)
    ranks = [(-LOUDNESS.index(one.alert.severity), not one.is_first, one.since) for one in left]
    assert ranks == sorted(ranks)


@given(arrivals, st.integers(0, 40))
def test_the_oldest_offset_is_that_of_the_oldest_revision_still_needed(
    arrived: list[tuple[str, Severity, bool, bool]], leaving: int
) -> None:
    """A crash hands in again everything from there on."""
    queue, revisions, offsets = ChannelQueue(), dict.fromkeys("abcdef", 0), {}
    for offset, (name, severity, is_first, _) in enumerate(arrived):
        revisions[name] += 1
        queue.put(waiting(make_alert(name, revisions[name], severity), offset, is_first=is_first))
        offsets[name] = offset
    for _ in range(leaving):
        one = queue.choose(1e9)
        if one is not None:
            queue.done(one)
            del offsets[one.alert.alert_id]
    assert queue.oldest_offset(0) == min(offsets.values(), default=None)
    assert queue.oldest_offset(1) is None


def test_of_several_waiting_revisions_only_the_newest_is_sent() -> None:
    """Each is whole, so the older ones would only cost turns; its place in the line stays that of the first."""
    queue = ChannelQueue()
    assert [queue.put(waiting(make_alert("a", number), number)) for number in (1, 2, 3)] == [False, True, True]
    (left,) = drain(queue)
    assert (left.alert.revision, left.since, left.offset) == (3, 1.0, 3)


def test_a_replayed_day_shows_each_state_that_stood_for_long_enough() -> None:
    """It is played faster than Slack takes it: a horizon minutes later is an edit of its own, as it was live."""
    queue = ChannelQueue()
    for number, seconds in ((1, 0), (2, 30), (3, 200)):
        at = PUBLISHED + timedelta(seconds=seconds)
        queue.put(waiting(make_alert("a", number, revised_at=at, clock_offset_ms=-9), number))
    assert [one.alert.revision for one in drain(queue)] == [2, 3]


def test_a_record_handed_in_again_changes_nothing() -> None:
    """After every trouble the topic is read again from the last commit."""
    queue = ChannelQueue()
    queue.put(waiting(make_alert("a", 2), 2))
    assert not queue.put(waiting(make_alert("a", 1), 1))
    assert not queue.put(waiting(make_alert("a", 2), 2))
    assert [one.alert.revision for one in drain(queue)] == [2]


def test_what_waits_for_its_time_lets_others_pass() -> None:
    """An edit that came too soon keeps nobody waiting."""
    queue = ChannelQueue()
    queue.put(waiting(make_alert("a", severity=Severity.FLASH), 1, not_before=50.0))
    queue.put(waiting(make_alert("b"), 2))
    first = queue.choose(10.0)
    assert first is not None
    assert first.alert.alert_id == "b"
    queue.done(first)
    assert queue.choose(10.0) is None
    assert queue.choose(50.0) is not None


def test_a_doubt_is_settled_at_its_time_whatever_comes_after() -> None:
    """A newer revision must not shorten the grace before the channel is read back."""
    queue = ChannelQueue()
    queue.put(waiting(make_alert("a"), 1))
    one = queue.choose(0.0)
    assert one is not None
    queue.change(replace(one, not_before=3.0, in_doubt=True))
    queue.put(waiting(make_alert("a", 2, Severity.FLASH), 2))
    queue.put(waiting(make_alert("b"), 3))
    assert queue.count_doubts() == 1
    assert queue.choose(1.0, only_doubts=True) is None
    doubt = queue.choose(3.0, only_doubts=True)
    assert doubt is not None
    assert (doubt.alert.alert_id, doubt.alert.revision) == ("a", 2)
    assert [one.alert.alert_id for one in queue.first_posts()] == ["b"]
