"""Cooldown in Slack: a like event stands in the thread of the first, is edited there, and rings when it grows louder."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.alerts.alert import Agreement, Severity, SilenceReason
from services.alerts.holding import ChannelRules
from services.alerts.loudness import Cooldown
from services.alerts.routing import Route
from streams.slack_stand_in.faults import Fault, FaultKind
from tests.slack.conftest import CHANNEL, START, make_alert
from tests.slack.notifier_bench import payload_of
from tests.slack.quiet_bench import QuietBench, rules

HOUR = Cooldown(minutes=60)
COOL = rules(ChannelRules(cooldown=HOUR))


def alert(number, severity=Severity.URGENT, **changes):
    made = make_alert(number)
    return replace(made, severity=severity, signal=replace(made.signal, **changes))


def later(one, revision, **changes):
    return replace(one, revision=revision, revised_at=START + timedelta(minutes=revision), **changes)


def in_threads(bench):
    """(alert id, revision, root's alert id) of every card that stands in a thread."""
    by_ts = {message.ts: payload_of(message) for message in bench.messages()}
    return [
        (payload_of(one)["alert_id"], payload_of(one)["revision"], by_ts[one.thread_ts]["alert_id"])
        for one in bench.messages()
        if one.thread_ts is not None and "reply_id" not in payload_of(one)
    ]


def broadcasts(bench):
    return [call for call in bench.scripted.calls("chat.postMessage") if call.arguments.get("reply_broadcast")]


def test_a_like_event_stands_in_the_thread_of_the_first_and_makes_no_sound():
    """Whole, with its own evidence and prices; only the bell is missing."""
    bench = QuietBench(COOL)
    bench.publish(alert(1), alert(2))
    bench.run(5)
    assert bench.shown() == [("alert1", 1)]
    assert in_threads(bench) == [("alert2", 1, "alert1")]
    assert broadcasts(bench) == []
    (silence,) = bench.silences
    assert silence.reason is SilenceReason.COOLDOWN
    assert "like alert alert1" in silence.detail


class Killed(BaseException):
    """The process is gone: no handler of ours may see this."""


def test_a_kill_at_any_boundary_leaves_one_record_of_the_alert_that_joined_a_thread():
    """`why-not` finds it once, wherever the process ended on the way into the thread."""
    tried = 0
    for kill_at in range(1, 60):
        bench, left = QuietBench(COOL), [kill_at]
        bench.publish(alert(1))
        bench.run(5)
        bench.publish(alert(2))

        def count_down(left=left):
            left[0] -= 1
            if left[0] == 0:
                raise Killed

        bench.boundary = count_down
        try:
            bench.run(20)
            break
        except Killed:
            tried += 1
        bench.boundary = lambda: None
        bench.restart()
        bench.run(30)
        assert in_threads(bench) == [("alert2", 1, "alert1")], f"killed at boundary {kill_at}"
        assert [one.reason for one in bench.silences] == [SilenceReason.COOLDOWN], f"killed at boundary {kill_at}"
    assert tried >= 5


def test_its_card_is_edited_where_it_stands():
    """A verdict of the market is shown there, too."""
    bench = QuietBench(COOL)
    bench.publish(alert(1), alert(2))
    bench.run(5)
    bench.publish(later(alert(2), 2, agreement=Agreement.CONFIRMED))
    bench.run(5)
    assert in_threads(bench) == [("alert2", 2, "alert1")]
    assert broadcasts(bench) == []


def test_an_upgrade_in_the_thread_is_broadcast_once():
    """Louder than when it joined: the channel hears of it."""
    bench = QuietBench(COOL)
    bench.publish(alert(1), alert(2))
    bench.run(5)
    bench.publish(later(alert(2), 2, severity=Severity.FLASH), later(alert(2), 3, severity=Severity.FLASH))
    bench.run(10)
    bench.restart()
    bench.run(5)
    assert len(broadcasts(bench)) == 1
    assert in_threads(bench) == [("alert2", 3, "alert1")]


def test_a_louder_event_rings():
    """An upgrade breaks through."""
    bench = QuietBench(COOL)
    bench.publish(alert(1))
    bench.run(3)
    bench.publish(alert(2, Severity.FLASH))
    bench.run(3)
    assert bench.shown() == [("alert1", 1), ("alert2", 1)]


@pytest.mark.parametrize("changes", [{"sectors": ("banks",)}, {"regulators": ("SAMR",)}])
def test_a_different_event_is_never_swallowed(changes):
    """In doubt it rings."""
    bench = QuietBench(COOL)
    bench.publish(alert(1), alert(2, **changes))
    bench.run(5)
    assert bench.shown() == [("alert1", 1), ("alert2", 1)]


def test_without_a_cooldown_in_the_file_everything_rings():
    """Off by default."""
    bench = QuietBench(rules(ChannelRules()))
    bench.publish(alert(1), alert(2))
    bench.run(5)
    assert bench.shown() == [("alert1", 1), ("alert2", 1)]


def test_a_route_without_a_cooldown_to_the_same_channel_wins():
    """Who asked to hear everything hears everything."""
    routes = (
        Route(name="calm", to=("desk",), cooldown=HOUR, go_on=True),
        Route(name="all", severity=Severity.URGENT, to=("desk",)),
    )
    bench = QuietBench(rules(ChannelRules()), routes)
    bench.publish(alert(1), alert(2), alert(3, Severity.ALERT))
    bench.run(6)
    assert bench.shown() == [("alert1", 1), ("alert2", 1)]
    assert in_threads(bench) == [("alert3", 1, "alert2")]


def test_a_restart_remembers_what_was_told():
    """The attempt log and the topic know; the memory of a process does not matter."""
    bench = QuietBench(COOL)
    bench.publish(alert(1))
    bench.run(3)
    bench.restart()
    bench.publish(alert(2))
    bench.run(3)
    assert in_threads(bench) == [("alert2", 1, "alert1")]


@pytest.mark.parametrize("accepted", [False, True])
def test_a_lost_answer_is_read_back_from_the_thread(accepted):
    """Also by the next process: lost 0, extra 0."""
    bench = QuietBench(COOL)
    bench.publish(alert(1))
    bench.run(3)
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=accepted))
    bench.publish(alert(2))
    bench.run(0.5)
    bench.restart()
    bench.run(20)
    assert in_threads(bench) == [("alert2", 1, "alert1")]
    assert bench.committed == 2


def test_when_somebody_deleted_the_first_the_like_event_stands_by_itself():
    """A thread that is gone must not take an alert with it."""
    bench = QuietBench(COOL)
    bench.publish(alert(1))
    bench.run(3)
    bench.scripted.add_faults(Fault(kind=FaultKind.ERROR, error="thread_not_found"))
    bench.publish(alert(2))
    bench.run(5)
    assert bench.shown() == [("alert1", 1), ("alert2", 1)]
    receipt = bench.log.last("alert2", CHANNEL)
    assert receipt is not None
    assert receipt.thread_ts == ""


def test_after_the_cooldown_its_kind_rings_again():
    """An hour later it is news."""
    bench = QuietBench(COOL)
    bench.publish(alert(1))
    bench.run(3)
    for _ in range(6):
        bench.clock.wait(600.0)
    bench.publish(alert(2))
    bench.run(3)
    assert bench.shown() == [("alert1", 1), ("alert2", 1)]
