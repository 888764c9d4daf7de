"""Quiet hours in Slack: what waits, what passes, what is told at the end, and that a kill anywhere loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from services.alerts.alert import Agreement, DeliveryState, Severity, SilenceReason
from services.alerts.holding import ChannelRules
from services.alerts.quiet_hours import QuietMode
from services.alerts.routing import Route
from tests.slack.conftest import CHANNEL, START, make_alert
from tests.slack.notifier_bench import RISK
from tests.slack.quiet_bench import QuietBench, quiet_until, rules

ALONE = QuietMode.CRITICAL_ONLY


def loud(number, severity):
    return replace(make_alert(number), severity=severity)


def later(alert, revision, **changes):
    return replace(alert, revision=revision, revised_at=START + timedelta(minutes=revision), **changes)


def test_in_quiet_hours_a_flash_passes_and_the_rest_waits_without_holding_up_the_topic():
    """What waits is committed: nothing behind it must wait with it."""
    bench = QuietBench(quiet_until("01:40", ALONE))
    bench.publish(loud(1, Severity.URGENT), loud(2, Severity.FLASH), loud(3, Severity.ALERT))
    bench.run(60)
    assert bench.shown() == [("alert2", 1)]
    assert bench.committed == 3
    assert REGISTRY.get_sample_value("policy_signals_held", {"channel": "desk"}) == 2
    assert 50 <= (REGISTRY.get_sample_value("policy_signals_held_oldest_seconds", {"channel": "desk"}) or 0) <= 60


def test_critical_only_posts_each_by_itself_at_the_end_the_loudest_first():
    """They are alerts like any other, only later."""
    bench = QuietBench(quiet_until("01:40", ALONE))
    bench.publish(loud(1, Severity.ALERT), loud(2, Severity.URGENT))
    bench.run(595)
    assert bench.shown() == []
    bench.run(10)
    assert bench.shown() == [("alert2", 1), ("alert1", 1)]
    assert REGISTRY.get_sample_value("policy_signals_held", {"channel": "desk"}) == 0
    assert REGISTRY.get_sample_value("policy_signals_held_oldest_seconds", {"channel": "desk"}) == 0


def test_hold_and_brief_tells_everything_in_one_ranked_message():
    """The loudest first, grouped by regulator, one message for the night."""
    bench = QuietBench(quiet_until("01:40"))
    bench.publish(*(loud(number, Severity.ALERT) for number in range(8)), loud(9, Severity.URGENT))
    bench.run(605)
    (brief,) = bench.briefs()
    assert bench.cards() == []
    assert bench.told() == sorted(f"alert{number}" for number in (*range(8), 9))
    assert brief["title"].startswith("Brief 09:40")
    assert brief["texts"].splitlines()[0] == "*NDRC* (9)"
    assert "alert9" in brief["texts"].splitlines()[1]


def test_a_brief_says_what_changed_while_the_alert_waited():
    """The reader of the morning sees the state of the morning, and how it came about."""
    bench = QuietBench(quiet_until("01:40"))
    alert = loud(1, Severity.ALERT)
    bench.publish(alert)
    bench.run(60)
    bench.publish(later(alert, 2, severity=Severity.URGENT, agreement=Agreement.CONFIRMED))
    bench.run(550)
    (brief,) = bench.briefs()
    assert "was ALERT; ✓ Market agrees (confirmed)" in brief["texts"]


def test_an_upgrade_to_flash_breaks_through():
    """Quiet hours are for what can wait."""
    bench = QuietBench(quiet_until("01:40"))
    alert = loud(1, Severity.URGENT)
    bench.publish(alert)
    bench.run(10)
    bench.publish(later(alert, 2, severity=Severity.FLASH))
    bench.run(3)
    assert bench.shown() == [("alert1", 2)]
    bench.run(600)
    assert bench.briefs() == []


def test_a_lower_severity_may_be_let_through():
    """`passes` is the reader's choice."""
    bench = QuietBench(quiet_until("01:40", passes=Severity.URGENT))
    bench.publish(loud(1, Severity.URGENT), loud(2, Severity.ALERT))
    bench.run(10)
    assert bench.shown() == [("alert1", 1)]


def test_edits_of_a_card_go_on_through_the_quiet_hours():
    """An edit makes no sound."""
    bench = QuietBench(quiet_until("01:40"))
    alert = loud(1, Severity.FLASH)
    bench.publish(alert)
    bench.run(5)
    bench.publish(later(alert, 2, agreement=Agreement.CONFIRMED))
    bench.run(5)
    assert bench.shown() == [("alert1", 2)]


def test_what_waits_survives_a_restart():
    """The receipt says that it waits, and the alert is read from its topic at its last revision."""
    bench = QuietBench(quiet_until("01:40"))
    alert = loud(1, Severity.ALERT)
    bench.publish(alert, loud(2, Severity.ALERT))
    bench.run(5)
    bench.publish(later(alert, 2, agreement=Agreement.CONTRADICTED))
    bench.run(5)
    receipt = bench.log.last("alert1", CHANNEL)
    assert receipt is not None
    assert receipt.state is DeliveryState.HELD
    bench.restart()
    bench.run(600)
    (brief,) = bench.briefs()
    assert bench.told() == ["alert1", "alert2"]
    assert "Market disagrees" in brief["texts"]


def test_quiet_hours_that_ended_while_the_process_was_down_are_over():
    """Nobody waits for another night."""
    bench = QuietBench(quiet_until("01:40"))
    bench.publish(loud(1, Severity.ALERT))
    bench.run(5)
    bench.clock.wait(600.0)
    bench.restart()
    bench.run(3)
    assert bench.told() == ["alert1"]


class Killed(BaseException):
    """The process is gone: no handler of ours may see this."""


@pytest.mark.parametrize("mode", list(QuietMode))
def test_a_kill_at_any_boundary_of_a_night_loses_nothing_and_tells_nothing_twice(mode):
    """Every boundary of every call to Slack and to the attempt log, once each."""
    tried = 0
    for kill_at in range(1, 200):
        bench = QuietBench(quiet_until("01:32", mode))
        bench.publish(*(loud(number, Severity.ALERT) for number in range(4)), loud(5, Severity.FLASH))
        if not run_with_kill(bench, kill_at):
            break
        tried += 1
        bench.run(200)
        assert bench.told() == ["alert0", "alert1", "alert2", "alert3", "alert5"], f"killed at boundary {kill_at}"
        assert bench.committed == 5
        silent = sorted(silence.article_id for silence in bench.silences)
        assert silent == sorted(loud(number, Severity.ALERT).signal.article_id for number in range(4))
    assert tried >= 20


def run_with_kill(bench, kill_at):
    count = 0

    def boundary():
        nonlocal count
        count += 1
        if count == kill_at:
            raise Killed

    bench.boundary = boundary
    try:
        bench.run(140)
    except Killed:
        bench.boundary = lambda: None
        bench.clock.wait(1.0)
        bench.restart()
        return True
    return False


def test_each_alert_that_waits_is_recorded_once_with_its_reason():
    """`why-not` finds it."""
    bench = QuietBench(quiet_until("01:40"))
    bench.publish(loud(1, Severity.ALERT))
    bench.run(5)
    bench.restart()
    bench.run(5)
    (silence,) = bench.silences
    assert silence.reason is SilenceReason.QUIET_HOURS
    assert silence.detail == "desk: night until 2023-07-13 01:40 UTC; alert alert1"


def test_after_a_clean_end_nobody_looks_for_untold_silences():
    """The topic is long; only a process that was cut off can have left something untold."""
    bench = QuietBench(quiet_until("01:40"))
    bench.publish(loud(1, Severity.ALERT))
    bench.run(5)
    bench.restart()
    bench.publish(loud(2, Severity.ALERT), later(loud(1, Severity.ALERT), 2))
    bench.run(5)
    assert bench.reads_of_silences == 0
    assert len(bench.silences) == 2


def test_a_silence_that_a_killed_process_did_not_tell_is_told_once_with_its_own_words_and_time():
    """Killed when the receipt stood and the record of why did not: `why-not` must find the alert all the same."""
    bench = QuietBench(quiet_until("01:32"))
    bench.publish(loud(1, Severity.ALERT))
    count = 0

    def kill_behind_the_receipt():
        nonlocal count
        count += bench.log.last("alert1", CHANNEL) is not None
        if count:
            raise Killed

    bench.boundary = kill_behind_the_receipt
    with pytest.raises(Killed):
        bench.run(5)
    bench.boundary = lambda: None
    held_at = bench.log.last("alert1", CHANNEL).at
    assert bench.silences == []
    bench.clock.wait(600.0)
    bench.restart()
    bench.run(5)
    (silence,) = bench.silences
    assert silence.reason is SilenceReason.QUIET_HOURS
    assert silence.detail == "desk: night until 2023-07-13 01:32 UTC; alert alert1"
    assert silence.decided_at == held_at
    bench.restart()
    bench.run(5)
    assert len(bench.silences) == 1
    assert bench.told() == ["alert1"]


def test_quiet_hours_of_a_route_hold_only_what_comes_that_way():
    """Another route to the same channel that is not quiet wins: nobody asked for silence there."""
    quiet = quiet_until("01:40").quiet
    holding = replace(rules(quiet_until("01:40").channels["desk"]), channels={}, quiet=quiet)
    routes = (
        Route(name="night shift", to=("risk",), go_on=True),
        Route(name="loud", severity=Severity.URGENT, to=("desk",), go_on=True),
        Route(name="rest", to=("desk",), quiet=("night",)),
    )
    bench = QuietBench(holding, routes)
    bench.publish(loud(1, Severity.URGENT), loud(2, Severity.ALERT))
    bench.run(10)
    assert bench.shown() == [("alert1", 1)]
    assert sorted(bench.shown(RISK)) == [("alert1", 1), ("alert2", 1)]


def test_more_than_one_brief_can_hold_goes_into_the_next_at_once():
    """Every id is shown, whatever the night brought."""
    bench = QuietBench(quiet_until("01:40"))
    bench.publish(*(loud(number, Severity.ALERT) for number in range(120)))
    bench.run(620)
    assert bench.told() == sorted(f"alert{number}" for number in range(120))
    assert len(bench.briefs()) <= 4


def test_a_channel_of_another_process_is_left_alone():
    """A paused owner must not write that an alert waits when another has told it."""
    bench = QuietBench(quiet_until("01:40"))
    bench.may_send = False
    bench.publish(loud(1, Severity.ALERT))
    bench.run(2)
    assert bench.log.last("alert1", CHANNEL) is None
    assert bench.committed == 0


def test_late_news_stands_in_the_brief_of_the_quarter_and_does_not_ring():
    """After an outage the backlog is told, even a Flash; it is old, and forty messages at once are noise."""
    bench = QuietBench(rules(ChannelRules()))
    bench.publish(*(replace(loud(number, Severity.FLASH), is_late=True) for number in (1, 2)), loud(3, Severity.ALERT))
    bench.run(60)
    assert bench.shown() == [("alert3", 1)]
    bench.run(900)
    assert len(bench.briefs()) == 1
    assert bench.cards() == ["alert3"]
    assert sorted(bench.told()) == ["alert1", "alert2", "alert3"]
    assert {silence.reason for silence in bench.silences} == {SilenceReason.LATE}
