"""What the notifier leaves in ``policy.trace``: every route asked, every wait with its limit, every try with its end."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest
from msgspec.structs import replace

from services.alerts.alert import Agreement, Severity
from services.alerts.holding import ChannelRules
from services.alerts.loudness import Cooldown
from services.alerts.quiet_hours import QuietMode
from services.alerts.trace import Step, TraceStage
from streams.broker.kafka import Outbox
from streams.slack_notifier import NotifierParts, SlackNotifier
from streams.slack_stand_in.faults import Fault, FaultKind
from streams.tracing.trace_sender import TraceSender, drop_trace
from tests.outputs.outputs_bench import OutputsBench
from tests.outputs.test_second_route import TO_SALES, refuse
from tests.slack.conftest import make_alert
from tests.slack.notifier_bench import LOUD_TO_RISK, SALES, NotifierBench
from tests.slack.quiet_bench import QuietBench, quiet_until, rules

POST = "chat.postMessage"


def steps_of(bench: NotifierBench, *stages: TraceStage) -> list[Step]:
    return [step for trace in bench.traces for step in trace.steps if step.stage in stages]


def outcomes(bench: NotifierBench, *stages: TraceStage) -> list[str]:
    return [step.outcome for step in steps_of(bench, *stages)]


def told(bench: NotifierBench) -> list[str]:
    return outcomes(bench, TraceStage.DELIVERY)


class NoTopic:
    """An outbox that nothing reaches in this test."""

    def send(self, *_: object) -> None:
        raise AssertionError("nothing could be written, so nothing is sent")

    def close(self) -> None:
        """As an outbox."""


def test_the_route_names_every_branch_that_was_asked_and_why_it_passed_by() -> None:
    """So that a person sees which line of routing.toml to change."""
    bench = NotifierBench(LOUD_TO_RISK)
    bench.publish(make_alert(1))
    bench.run(3)
    asked, matched, chosen = steps_of(bench, TraceStage.ROUTE)
    assert (asked.outcome, asked.detail) == ("loud: does not match", "severity is urgent, wanted flash or more")
    assert matched.outcome == "rest: matches"
    assert (chosen.outcome, chosen.detail) == ("desk", "desk by route rest")
    assert chosen.numbers == {"routes_asked": 2, "loudness": 2}


def test_a_post_tells_its_message_its_tries_and_the_time_it_took() -> None:
    """With the ids of the card, the article and the story."""
    bench = NotifierBench()
    bench.publish(make_alert(1))
    bench.run(3)
    trace = bench.traces[-1]
    assert (trace.alert_id, trace.article_id, trace.story_id, trace.channel) == ("alert1", "a1", "story1", "desk")
    (step,) = trace.steps
    assert step.outcome == "posted"
    assert step.detail.startswith("message ")
    assert (step.numbers["tries"], set(step.numbers)) == (1, {"queued_s", "took_s", "tries"})


def test_what_waits_behind_others_says_how_many_and_the_pace_of_the_channel() -> None:
    """The budget of Slack is one message a second: the third of three is two seconds late, and says so."""
    bench = NotifierBench()
    bench.publish(*(make_alert(number) for number in (1, 2, 3)))
    bench.run(6)
    queues = steps_of(bench, TraceStage.QUEUE)
    assert [step.numbers["ahead"] for step in queues] == [0, 1, 2]
    assert all(step.thresholds == {"pace_s": 1.0} for step in queues)
    waits = [step.numbers["queued_s"] for step in steps_of(bench, TraceStage.DELIVERY)]
    assert waits == sorted(waits)
    assert waits[-1] >= 2


def test_an_edit_is_told_as_an_edit() -> None:
    """And the routes are not told again for it."""
    bench = NotifierBench()
    alert = make_alert(1)
    bench.publish(alert)
    bench.run(3)
    later = replace(alert, revision=2, agreement=Agreement.CONFIRMED, revised_at=alert.revised_at + timedelta(hours=1))
    bench.publish(later)
    bench.run(90)
    assert told(bench) == ["posted", "edited"]
    assert len(outcomes(bench, TraceStage.ROUTE)) == 1
    assert [trace.revision for trace in bench.traces if trace.steps[0].stage is TraceStage.DELIVERY] == [1, 2]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(kind=FaultKind.DROPPED, accepted=True), "posted, found when the channel was read back"),
        (Fault(kind=FaultKind.DROPPED), "posted again, the first try had not arrived"),
        (Fault(kind=FaultKind.ERROR, error="invalid_blocks"), "posted as plain text"),
    ],
    ids=["accepted", "lost", "refused blocks"],
)
def test_a_try_without_a_clear_answer_says_how_it_was_settled(fault: Fault, said: str) -> None:
    """Whoever sees a late or a plain card asks exactly this."""
    bench = NotifierBench()
    bench.scripted.add_faults(fault)
    bench.publish(make_alert(1))
    bench.run(30)
    assert told(bench)[-1] == said


def test_a_rate_limit_is_told_once_and_then_the_post() -> None:
    """Not once for each look."""
    bench = NotifierBench()
    bench.scripted.add_faults(Fault(kind=FaultKind.RATE_LIMITED, retry_after="20"))
    bench.publish(make_alert(1))
    bench.run(40)
    assert told(bench) == ["not taken: ratelimited", "posted"]
    assert steps_of(bench, TraceStage.DELIVERY)[-1].numbers["queued_s"] >= 20


def test_a_setback_that_repeats_for_long_is_one_line() -> None:
    """An outage must not flood the topic that explains it."""
    bench = OutputsBench(TO_SALES, {"sales": "risk"})
    refuse(bench, SALES, "is_archived")
    bench.publish(make_alert(1))
    bench.run(600)
    assert told(bench).count("not taken: is_archived") == 1
    assert "goes to the second route risk" in told(bench)
    assert [trace.channel for trace in bench.traces if trace.steps[0].outcome == "posted"] == ["risk"]


def test_a_parked_message_says_what_the_channel_answered() -> None:
    """Neither the card nor its plain text was taken."""
    bench = NotifierBench()
    bench.scripted.add_faults(*(Fault(kind=FaultKind.ERROR, error="invalid_blocks") for _ in range(2)))
    bench.publish(make_alert(1))
    bench.run(5)
    assert told(bench) == ["parked: the channel refuses this message"]
    assert steps_of(bench, TraceStage.DELIVERY)[-1].detail == "invalid_blocks"


def test_quiet_hours_tell_the_severity_the_limit_and_the_wait() -> None:
    """And, when they are over, how long it waited."""
    bench = QuietBench(quiet_until("01:40", mode=QuietMode.CRITICAL_ONLY))
    bench.publish(replace(make_alert(1), severity=Severity.URGENT))
    bench.run(5)
    (hold,) = steps_of(bench, TraceStage.HOLD)
    assert hold.outcome == "waits: quiet_hours"
    assert (hold.numbers["loudness"], hold.thresholds["passes_from"]) == (2, 3)
    assert 500 < hold.numbers["waits_s"] <= 600
    assert hold.detail == "night until 2023-07-13 01:40 UTC; then a message of its own"
    bench.run(620)
    assert outcomes(bench, TraceStage.HOLD)[-1] == "waits no longer"
    assert steps_of(bench, TraceStage.HOLD)[-1].numbers["held_s"] >= 590
    assert told(bench)[-1] == "posted"


def test_what_a_brief_tells_is_told_in_a_brief() -> None:
    """The alert has no message of its own, and says where it stands."""
    bench = QuietBench(quiet_until("01:40"))
    bench.publish(replace(make_alert(1), severity=Severity.ALERT), replace(make_alert(2), severity=Severity.ALERT))
    bench.run(620)
    assert told(bench).count("told in a brief") == 2
    assert "in brf_" in steps_of(bench, TraceStage.DELIVERY)[-1].detail


def test_a_cooldown_names_the_like_alert_and_what_would_have_rung() -> None:
    """Minutes left of how many, and the severity that it did not exceed."""
    bench = QuietBench(rules(ChannelRules(cooldown=Cooldown(minutes=60))))
    named = make_alert(1).signal
    bench.publish(make_alert(1), replace(make_alert(2), signal=replace(named, signal_id="s2", story_id="story2")))
    bench.run(5)
    (hold,) = steps_of(bench, TraceStage.HOLD)
    assert (hold.outcome, hold.detail) == ("does not ring: cooldown", "joins the thread of like alert alert1")
    assert hold.thresholds == {"cooldown_minutes": 60, "rings_above": 2}
    assert 59 < hold.numbers["minutes_left"] <= 60
    assert told(bench) == ["posted", "posted in the thread of a like event"]


def test_a_restart_tells_nothing_a_second_time() -> None:
    """What was posted is known from the attempt log."""
    bench = NotifierBench()
    bench.publish(make_alert(1))
    bench.run(5)
    bench.committed = 0
    bench.restart()
    bench.run(5)
    assert told(bench) == ["posted"]


def test_a_trace_that_cannot_be_written_stops_no_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in an explanation is ours, and the card goes out all the same: ``TraceSender`` keeps it to itself."""
    assert NotifierParts.trace is drop_trace
    monkeypatch.setattr("streams.delivery.delivery_traces.explain_receipt", lambda *_: 1 / 0)
    monkeypatch.setattr("streams.delivery.delivery_traces.explain_routes", lambda *_: 1 / 0)
    bench = NotifierBench()
    bench.take_trace = TraceSender(cast(Outbox, NoTopic()))  # type: ignore[method-assign]
    bench.restart()
    assert isinstance(bench.notifier, SlackNotifier)
    bench.publish(make_alert(1))
    bench.run(5)
    assert bench.shown() == [("alert1", 1)]
