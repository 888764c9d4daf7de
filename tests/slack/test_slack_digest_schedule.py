"""Digests by schedule: what is new and what changed, once each, whatever happens to the process."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.alerts.alert import Agreement, Severity, SilenceReason
from services.alerts.digest_schedule import DigestMoment, DigestTime
from services.alerts.holding import ChannelRules
from tests.slack.conftest import START, make_alert
from tests.slack.quiet_bench import QuietBench, rules

HOURLY = DigestTime(moment=DigestMoment.HOURLY)
OPEN = DigestTime(moment=DigestMoment.OPEN, exchange="XTKS")
EACH_HOUR = rules(ChannelRules(schedule=(HOURLY,)))
QUIET_ONES = rules(ChannelRules(schedule=(HOURLY,), told_in_digest=Severity.ALERT))


def loud(number, severity=Severity.URGENT):
    return replace(make_alert(number), severity=severity)


def later(alert, revision, **changes):
    return replace(alert, revision=revision, revised_at=START + timedelta(minutes=revision), **changes)


def run_to(bench, minute):
    """Until so many minutes after 01:30 UTC; coarse steps between, fine ones at the end."""
    while bench.clock.seconds < minute * 60 - 20:
        bench.clock.wait(10.0)
        bench.step()
    bench.run(minute * 60 - bench.clock.seconds)


def test_a_digest_tells_what_is_new_since_the_last_one_and_what_changed():
    """Cards stay where they are; the digest says where to look."""
    bench = QuietBench(EACH_HOUR)
    bench.publish(loud(1), loud(2))
    run_to(bench, 31)
    (first,) = bench.briefs()
    assert first["title"].startswith("Digest 10:00")
    assert "New since then" in first["texts"]
    assert "Changed since then" not in first["texts"]
    bench.publish(later(loud(1), 40, agreement=Agreement.CONFIRMED), loud(3))
    run_to(bench, 91)
    second = bench.briefs()[1]["texts"]
    assert "alert3" in second.partition("Changed since then")[0]
    assert "alert1" in second.partition("Changed since then")[2]
    assert "✓ Market agrees (confirmed)" in second
    assert "alert2" not in second


def test_an_hour_without_news_has_no_digest():
    """Nobody reads an empty one."""
    bench = QuietBench(EACH_HOUR)
    bench.publish(loud(1))
    run_to(bench, 160)
    assert len(bench.briefs()) == 1


def test_alerts_that_are_told_in_digests_only_wait_for_the_next_and_louder_ones_do_not():
    """A quiet channel: Flash and Urgent at once, the rest each hour."""
    bench = QuietBench(QUIET_ONES)
    bench.publish(loud(1, Severity.ALERT), loud(2, Severity.URGENT))
    run_to(bench, 5)
    assert bench.cards() == ["alert2"]
    assert [one.reason for one in bench.silences] == [SilenceReason.DIGEST_ONLY]
    run_to(bench, 31)
    (digest,) = bench.briefs()
    assert "alert1" in digest["texts"]
    assert bench.told() == ["alert1", "alert2"]


def test_a_digest_at_the_open_of_an_exchange_follows_its_calendar():
    """Tokyo opens at 00:00 UTC; the bench begins at 01:30, so the next one is tomorrow."""
    bench = QuietBench(rules(ChannelRules(schedule=(OPEN,), told_in_digest=Severity.ALERT)))
    bench.publish(loud(1, Severity.ALERT))
    run_to(bench, 60 * 22 + 29)
    assert bench.briefs() == []
    run_to(bench, 60 * 22 + 31)
    assert len(bench.briefs()) == 1


@pytest.mark.parametrize("holding", [EACH_HOUR, QUIET_ONES], ids=["news", "held"])
def test_a_kill_at_any_boundary_of_a_digest_sends_it_once(holding):
    """It is named by what it tells, and begun in the log before it leaves."""
    tried = 0
    for kill_at in range(1, 100):
        bench = QuietBench(holding)
        bench.publish(loud(1, Severity.ALERT), loud(2, Severity.URGENT))
        run_to(bench, 29)
        if not run_with_kill(bench, kill_at):
            break
        tried += 1
        run_to(bench, 33)
        assert len(bench.briefs()) == 1, f"killed at boundary {kill_at}"
        assert bench.told() == ["alert1", "alert2"], f"killed at boundary {kill_at}"
    assert tried >= 6


class Killed(BaseException):
    """The process is gone."""


def run_with_kill(bench, kill_at):
    count = 0

    def boundary():
        nonlocal count
        count += 1
        if count == kill_at:
            raise Killed

    bench.boundary = boundary
    try:
        run_to(bench, 31)
    except Killed:
        bench.boundary = lambda: None
        bench.clock.wait(1.0)
        bench.restart()
        return True
    return False


def test_of_several_digests_that_were_missed_only_the_last_is_sent():
    """It tells everything since the one that was."""
    bench = QuietBench(EACH_HOUR)
    run_to(bench, 2)
    bench.publish(loud(1))
    run_to(bench, 4)
    for _ in range(24):
        bench.clock.wait(600.0)
    bench.restart()
    run_to(bench, 246)
    assert len(bench.briefs()) == 1
