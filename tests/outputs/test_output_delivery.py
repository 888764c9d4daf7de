"""Webhooks and e-mail behind the notifier: at least once, with the same key, never dropped, never in each other's way."""

from __future__ import annotations

import dataclasses
import json
import random
from collections import deque
from datetime import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from prometheus_client import REGISTRY

from services.alerts.alert import DeliveryState
from services.alerts.holding import ChannelRules, HoldRules
from services.alerts.quiet_hours import ClockSpan, QuietHours, QuietMode
from streams.outputs.output import Result, ResultKind
from streams.outputs.output_sender import OVERDUE_SECONDS
from tests.outputs.outputs_bench import TO_ALL, TO_HOOK, TO_MAIL, OutputsBench
from tests.outputs.receiver import LOST, Receiver
from tests.outputs.smtp_stand_in import LOST as MAIL_LOST
from tests.outputs.smtp_stand_in import SmtpStandIn
from tests.outputs.test_mail import corrected, mail_to
from tests.outputs.test_webhook import hook
from tests.slack.conftest import make_alert
from tests.slack.notifier_bench import RISK

DOWN = Result(kind=ResultKind.NOT_SENT, detail="status 429", retry_after=30.0)
DOUBT = Result(kind=ResultKind.IN_DOUBT, detail="status 502")
REFUSED = Result(kind=ResultKind.REFUSED, detail="status 401")
CONTENT = Result(kind=ResultKind.CONTENT, detail="status 413")


def later(number, revision):
    return make_alert(number, revision)


def run_until(bench, condition, seconds=4_000):
    until = bench.clock.seconds + seconds
    while not condition() and bench.clock.seconds < until:
        bench.run(1)
    assert condition()


def test_an_alert_goes_to_slack_webhook_and_mail_and_its_record_is_committed():
    """One routing table for all of them."""
    bench = OutputsBench()
    bench.publish(make_alert(1))
    bench.run(5)
    assert (bench.shown(), bench.hook.taken, bench.mail.taken) == ([("alert1", 1)], ["alert1.1"], ["alert1"])
    assert bench.committed == 1


def test_a_webhook_gets_each_revision_and_a_mailing_list_the_first_and_corrections():
    """A program wants the course; people want to know what is wrong."""
    bench = OutputsBench()
    bench.hook.script = [DOWN]
    bench.publish(*(make_alert(1, number) for number in (1, 2, 3)))
    bench.run(120)
    assert bench.hook.taken == ["alert1.1", "alert1.2", "alert1.3"]
    assert bench.mail.taken == ["alert1"]
    bench.publish(corrected(make_alert(1, 3)), replace(corrected(make_alert(1, 3)), revision=5))
    bench.run(120)
    assert bench.hook.taken[3:] == ["alert1.4", "alert1.5"]
    assert bench.mail.taken == ["alert1", "alert1.s9"]


@pytest.mark.parametrize(("result", "least"), [(DOWN, 30.0), (replace(DOWN, retry_after=0.0), 3.0), (DOUBT, 3.0)])
def test_a_failed_try_is_repeated_with_the_same_key_after_its_time(result, least):
    """Retry-After is kept to; without it the waits grow."""
    bench = OutputsBench(TO_HOOK)
    bench.hook.script = [result]
    bench.publish(make_alert(1))
    bench.run(least - 1.5)
    assert bench.hook.tries == 1
    assert bench.committed == 0
    bench.run(4)
    assert bench.hook.tries == 2
    assert {*bench.hook.taken} == {"alert1.1"}
    assert bench.committed == 1


def test_the_waits_between_tries_grow_to_a_minute():
    """A receiver that is ill is not helped by being asked each second."""
    bench = OutputsBench(TO_HOOK)
    bench.hook.always = replace(DOWN, retry_after=0.0)
    bench.publish(make_alert(1))
    bench.run(600)
    assert 12 <= bench.hook.tries <= 16


def test_an_output_that_is_down_delays_no_other_channel_and_is_never_forgotten():
    """After a quarter of an hour its records are committed; what waits is in the attempt log, through a restart."""
    bench = OutputsBench(TO_ALL)
    bench.hook.always = replace(DOWN, retry_after=0.0)
    bench.publish(*(make_alert(number) for number in range(3)))
    bench.run(60)
    assert len(bench.shown()) == len(bench.mail.taken) == 3
    assert bench.committed == 0
    bench.run(OVERDUE_SECONDS)
    assert bench.committed == 3
    assert REGISTRY.get_sample_value("policy_signals_channel_refuses", {"channel": "hook"}) == 1
    assert bench.health.problems() == {}
    bench.restart()
    bench.run(5)
    bench.hook.always = None
    run_until(bench, lambda: {*bench.hook.taken} == {"alert0.1", "alert1.1", "alert2.1"})
    cards = [name for name, _ in bench.shown() if name.startswith("alert")]
    assert (len(cards), len(bench.mail.taken)) == (3, 3)
    assert bench.health.problems() == {}


def test_revisions_that_wait_without_their_records_are_found_again_after_a_kill():
    """The first of them was confirmed, the rest must not be lost with the process."""
    bench = OutputsBench(TO_HOOK)
    bench.hook.always = replace(DOWN, retry_after=0.0)
    bench.publish(*(make_alert(1, number) for number in (1, 2, 3)))
    bench.run(OVERDUE_SECONDS + 120)
    assert bench.committed == 3
    bench.hook.always = None
    bench.hook.script = [Result(kind=ResultKind.SENT)] + [DOWN] * 50
    run_until(bench, lambda: bench.hook.taken == ["alert1.1"])
    bench.restart()
    bench.hook.script = []
    run_until(bench, lambda: "alert1.3" in bench.hook.taken)


def test_a_mail_in_doubt_is_sent_once_more_and_then_somebody_is_told():
    """Nobody can ask a mail server what it has: two copies at most, with one Message-ID, then a notice in Slack."""
    bench = OutputsBench(TO_MAIL)
    bench.mail.always = DOUBT
    bench.publish(make_alert(1))
    bench.run(300)
    assert bench.mail.taken == ["alert1", "alert1"]
    assert [message.text for message in bench.messages() if "confirmed neither" in message.text]
    assert bench.committed == 1
    receipt = bench.log.last("alert1", "output/mail")
    assert receipt is not None
    assert receipt.state is DeliveryState.PARKED


def test_refused_content_is_parked_alone_and_the_next_alert_goes_on():
    """One message that a receiver does not take must not stop the line; its receipt says why."""
    bench = OutputsBench(TO_HOOK)
    bench.hook.script = [CONTENT]
    bench.publish(make_alert(1), make_alert(2))
    bench.run(10)
    assert bench.hook.taken == ["alert2.1"]
    receipt = bench.log.last("alert1", "output/hook")
    assert receipt is not None
    assert (receipt.state, receipt.detail) == (DeliveryState.PARKED, "status 413")
    bench.publish(make_alert(1, 2))
    bench.run(10)
    assert bench.hook.taken == ["alert2.1", "alert1.2"]


def test_an_output_that_refuses_waits_and_the_fallback_is_told_once():
    """A wrong key or address is for a person to put right; then everything arrives."""
    bench = OutputsBench(TO_HOOK)
    bench.hook.always = REFUSED
    bench.publish(make_alert(1), make_alert(2))
    bench.run(300)
    assert [message.text for message in bench.messages() if "hook takes nothing" in message.text] != []
    assert len(bench.messages()) == 1
    assert bench.hook.tries <= 6
    bench.hook.always = None
    bench.run(70)
    assert bench.hook.taken == ["alert1.1", "alert2.1"]


def test_a_process_that_lost_its_partition_sends_nothing_more():
    """Another one does."""
    bench = OutputsBench(TO_HOOK)
    bench.may_send = False
    bench.publish(make_alert(1))
    bench.run(10)
    assert bench.hook.tries == 0
    bench.may_send = True
    bench.run(5)
    assert bench.hook.taken == ["alert1.1"]


def test_mail_keeps_quiet_hours_and_is_briefed_afterwards():
    """The same rules as a channel of Slack: held, committed, told in one brief."""
    night = QuietHours(
        name="night",
        mode=QuietMode.HOLD_AND_BRIEF,
        zone=ZoneInfo("UTC"),
        spans=(ClockSpan(starts=time(1, 0), ends=time(2, 0)),),
    )
    holding = HoldRules(channels={"mail": ChannelRules(quiet=("night",))}, quiet={"night": night})
    bench = OutputsBench(TO_MAIL, holding=holding)
    bench.publish(make_alert(1), make_alert(2))
    bench.run(60)
    assert (bench.mail.taken, bench.committed) == ([], 2)
    bench.restart()
    run_until(bench, lambda: bool(bench.mail.taken))
    assert bench.clock.seconds >= 30 * 60
    assert len(bench.mail.taken) == 1
    assert bench.mail.taken[0].startswith("brf_")
    assert all(f"alert{number}".encode() in bench.mail.bodies[0] for number in (1, 2))
    assert [bench.log.last(f"alert{number}", "output/mail").state for number in (1, 2)] == [DeliveryState.SENT] * 2


class Killed(BaseException):
    """The process is gone."""


def kill_at(bench, steps):
    """End the process at these boundaries, counted from each start."""
    count, pending = 0, list(steps)

    def pass_one():
        nonlocal count
        count += 1
        if pending and count == pending[0]:
            pending.pop(0)
            count = 0
            raise Killed

    bench.boundary = pass_one


def run_until_committed(bench, offset, seconds=3_000):
    """Start a new process after each kill."""
    until, is_up = bench.clock.seconds + seconds, True
    while bench.committed < offset and bench.clock.seconds < until:
        try:
            if not is_up:
                bench.restart()
                is_up = True
            bench.run(1)
        except Killed:
            bench.clock.wait(1.0)
            is_up = False
    assert bench.committed == offset
    bench.boundary = lambda: None


def test_a_kill_at_any_boundary_loses_nothing_and_repeats_under_the_same_key_only():
    """Before and after every call to the other side and to the attempt log, once each."""
    tried = 0
    for step in range(1, 200):
        bench = OutputsBench()
        bench.publish(make_alert(1), make_alert(2), make_alert(1, 2))
        kill_at(bench, [step])
        run_until_committed(bench, 3)
        assert {*bench.hook.taken} >= {"alert1.2", "alert2.1"}, f"killed at {step}"
        assert {*bench.mail.taken} == {"alert1", "alert2"}, f"killed at {step}"
        # One repeat for each message that was on its way.
        assert len(bench.hook.taken) - len({*bench.hook.taken}) <= 1, f"killed at {step}"
        assert len(bench.mail.taken) <= 3, f"killed at {step}"
        tried += 1
        if tried > 40:
            break
    assert tried > 40


results = st.sampled_from([DOWN, DOUBT, REFUSED, Result(kind=ResultKind.SENT)])


@settings(max_examples=60, deadline=None)
@example(
    # The rest of a wait for a second look was 2e-15 seconds: the look was repeated without end.
    kills=[3, 3, 14, 24, 20],
    script=[DOWN, DOUBT, DOUBT, REFUSED, DOUBT, REFUSED, REFUSED, Result(kind=ResultKind.SENT)],
    mails=[REFUSED],
)
@given(
    kills=st.lists(st.integers(1, 25), max_size=5),
    script=st.lists(results, max_size=8),
    mails=st.lists(results, max_size=8),
)
def test_kills_and_faults_together_lose_nothing(*, kills, script, mails):
    """Every key of every alert has left at least once, whatever was cut off or answered in between."""
    bench = OutputsBench()
    bench.hook.script, bench.mail.script = list(script), list(mails)
    bench.publish(make_alert(1), make_alert(2), make_alert(1, 2))
    kill_at(bench, kills)
    run_until_committed(bench, 3)
    assert {*bench.hook.taken} >= {"alert1.2", "alert2.1"}
    assert {*bench.mail.taken} == {"alert1", "alert2"}
    # Two copies, and one more for each kill between attempt and receipt: such a try may never have left.
    assert all(bench.mail.taken.count(key) <= 2 + len(kills) for key in ("alert1", "alert2"))


def test_real_servers_with_faults_get_everything():
    """Over sockets: 5xx, 429, lost replies; repeats carry the key by which a receiver knows them."""
    answers = random.Random(7).choices([503, (429, "1"), LOST, 204], k=30)
    faults = {"END": [MAIL_LOST, "451 later", "250 fine"], "DATA": ["451 later"]}
    with Receiver(deque(answers)) as receiver, SmtpStandIn(faults=faults) as server:
        bench = OutputsBench(outputs={"hook": hook(receiver.url), "mail": mail_to(server)})
        bench.publish(*(make_alert(number) for number in range(8)))
        run_until(bench, lambda: bench.committed == 8)
    assert {*receiver.keys()} == {f"alert{number}.1" for number in range(8)}
    assert {*server.message_ids()} >= {f"<alert{number}@policy.example>" for number in range(2, 8)}
    assert all(server.message_ids().count(one) <= 2 for one in server.message_ids())
    bodies = {one.headers["Idempotency-Key"]: json.loads(one.body)["alert_id"] for one in receiver.accepted}
    assert all(key.startswith(f"{alert_id}.") for key, alert_id in bodies.items())


def test_tries_are_counted_by_what_became_of_them():
    """A board shows a receiver that is ill before its people notice."""
    bench = OutputsBench(TO_HOOK)
    labels = {"channel": "hook", "outcome": "in_doubt"}
    before = REGISTRY.get_sample_value("policy_signals_output_tries_total", labels) or 0.0
    bench.hook.script = [DOUBT]
    bench.publish(make_alert(1))
    bench.run(10)
    assert REGISTRY.get_sample_value("policy_signals_output_tries_total", labels) == before + 1
    assert RISK in bench.notifier.senders


def test_a_process_that_ends_in_good_order_waits_for_the_try_on_its_way():
    """Otherwise each deployment would repeat a mail."""
    bench = OutputsBench(TO_MAIL)
    late = []
    bench.notifier.senders["output/mail"]._parts = dataclasses.replace(
        bench.notifier.senders["output/mail"]._parts, run=late.append
    )
    bench.publish(make_alert(1))
    bench.run(1)
    assert bench.mail.taken == []
    wait = bench.clock.wait

    def wait_and_answer(seconds):
        wait(seconds)
        if bench.clock.seconds > 3 and late:
            late.pop()()

    bench.clock.wait = wait_and_answer
    bench.notifier.finish()
    bench.restart()
    bench.run(5)
    assert bench.mail.taken == ["alert1"]


def test_a_try_that_does_not_end_delays_the_end_by_ten_seconds_at_most():
    """An orchestrator kills after thirty."""
    bench = OutputsBench(TO_MAIL)
    sender = bench.notifier.senders["output/mail"]
    sender._parts = dataclasses.replace(sender._parts, run=lambda _act: None)
    bench.publish(make_alert(1))
    bench.run(1)
    before = bench.clock.seconds
    bench.notifier.finish()
    assert 9 < bench.clock.seconds - before < 11
