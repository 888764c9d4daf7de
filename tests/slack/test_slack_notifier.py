"""The notifier against the strict stand-in: queues, pace, order, debounce, and what happens when Slack refuses."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from services.alerts.alert import Agreement, DeliveryState, Severity
from streams import slack_notifier
from streams.slack_stand_in.faults import Fault, FaultKind
from tests.slack.conftest import CHANNEL, START, TOKEN, make_alert
from tests.slack.notifier_bench import EVERYWHERE, LOUD_TO_RISK, RISK, SALES, NotifierBench


def later(alert, revision, seconds, **changes):
    """The next revision, so many seconds of event time after the first."""
    return replace(alert, revision=revision, revised_at=START + timedelta(seconds=seconds), **changes)


def loud(number, severity):
    return replace(make_alert(number), severity=severity)


def value_of(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0.0


def posts(bench, channel):
    return [call for call in bench.scripted.calls() if call.arguments["channel"] == channel]


def test_a_revision_goes_to_every_channel_of_its_route():
    """Each channel has its own message of the alert, and its own edits."""
    bench = NotifierBench(EVERYWHERE)
    bench.publish(make_alert(1), later(make_alert(1), 2, 60))
    bench.run(5)
    assert [bench.shown(channel) for channel in (CHANNEL, RISK, SALES)] == [[("alert1", 2)]] * 3
    assert bench.committed == 2


def test_an_alert_keeps_its_first_channels_and_gains_those_of_a_louder_revision():
    """People who were told must see how it goes on, although the louder alert takes another route."""
    bench = NotifierBench(LOUD_TO_RISK)
    first = replace(make_alert(1), raised_severity=Severity.URGENT)
    bench.publish(first)
    bench.run(2)
    assert (bench.shown(), bench.shown(RISK)) == ([("alert1", 1)], [])
    bench.publish(later(first, 2, 60, severity=Severity.FLASH))
    bench.run(5)
    assert (bench.shown(), bench.shown(RISK)) == ([("alert1", 2)], [("alert1", 2)])


def test_a_flash_overtakes_what_waits_and_the_pace_is_kept():
    """One message a second, the loudest first, first posts before edits."""
    bench = NotifierBench()
    bench.publish(*(loud(number, Severity.ALERT) for number in range(5)), loud(9, Severity.FLASH))
    bench.run(0.8)
    assert bench.shown() == [("alert9", 1)]
    bench.publish(loud(10, Severity.URGENT))
    bench.run(6.7)
    assert [name for name, _ in bench.shown()][:3] == ["alert9", "alert10", "alert0"]
    assert len(bench.shown()) == 7


def test_nothing_is_committed_before_every_channel_has_it():
    """A crash hands it in again; what was sent meanwhile is found in the attempt log."""
    bench = NotifierBench(EVERYWHERE)
    bench.scripted.workspace.channels[SALES].is_archived = True
    bench.publish(make_alert(1), make_alert(2))
    bench.run(10)
    assert bench.committed == 0
    bench.scripted.workspace.channels[SALES].is_archived = False
    bench.restart()
    bench.run(10)
    assert bench.committed == 2
    for channel in (RISK, SALES):
        assert sorted(bench.shown(channel)) == [("alert1", 1), ("alert2", 1)]
        assert len([call for call in posts(bench, channel) if call.accepted]) == 2


def test_of_several_waiting_revisions_only_the_newest_is_sent():
    """Every revision is whole, and each costs a second."""
    bench = NotifierBench()
    before = value_of("policy_signals_coalesced_total")
    bench.publish(*(later(make_alert(1), number, number * 60) for number in range(1, 6)))
    bench.run(3)
    assert bench.shown() == [("alert1", 5)]
    assert len(bench.scripted.calls("chat.update")) == 0
    assert value_of("policy_signals_coalesced_total") == before + 4
    assert bench.committed == 5


def test_edits_of_one_message_keep_45_seconds_apart_and_the_last_is_never_lost():
    """A figure that changes every second cannot be read; what waited is shown when its time comes."""
    bench = NotifierBench()
    bench.publish(make_alert(1))
    bench.run(2)
    for revision, seconds in ((2, 5), (3, 10), (4, 15)):
        bench.publish(later(make_alert(1), revision, seconds))
        bench.run(5)
    assert bench.shown() == [("alert1", 1)]
    assert bench.committed == 3
    bench.run(40)
    assert bench.shown() == [("alert1", 4)]
    assert bench.committed == 4
    assert len(bench.scripted.calls("chat.update")) == 1


def test_an_edit_that_waited_is_sent_by_the_next_process():
    """Its record is not committed, so a crash loses nothing."""
    bench = NotifierBench()
    bench.publish(make_alert(1))
    bench.run(2)
    bench.publish(later(make_alert(1), 2, 5))
    bench.run(2)
    bench.restart()
    bench.run(45)
    assert bench.shown() == [("alert1", 2)]


@pytest.mark.parametrize("changes", [{"agreement": Agreement.CONFIRMED}, {"severity": Severity.FLASH}])
def test_a_verdict_and_a_louder_alert_are_shown_at_once(changes):
    """Debounce is for figures, not for news."""
    bench = NotifierBench()
    bench.publish(make_alert(1))
    bench.run(2)
    bench.publish(later(make_alert(1), 2, 3, **changes))
    bench.run(3)
    assert bench.shown() == [("alert1", 2)]


def test_a_replayed_day_shows_each_horizon_although_it_is_played_in_seconds():
    """Debounce counts in event time: horizons are minutes apart there."""
    bench = NotifierBench()
    offset = -10_000
    alert = replace(make_alert(1), clock_offset_ms=offset)
    horizons = [later(alert, revision, 60 * 5**revision) for revision in (2, 3, 4)]
    bench.publish(alert, *horizons, clock_offset_ms=offset)
    bench.run(6)
    shown = [call.arguments["metadata"]["event_payload"]["revision"] for call in bench.scripted.calls("chat.update")]
    assert shown == [2, 3, 4]
    assert bench.committed == 4


def test_row_10_a_429_pauses_its_channel_only():
    """No request inside the pause in that channel, none later in the others; the order is kept."""
    bench = NotifierBench(EVERYWHERE)
    before = value_of("policy_signals_channel_paused_seconds_total", channel="desk")
    bench.scripted.add_faults(Fault(kind=FaultKind.RATE_LIMITED, retry_after="30"))
    bench.publish(*(make_alert(number) for number in range(4)))
    bench.run(20)
    assert [len(bench.shown(channel)) for channel in (CHANNEL, RISK, SALES)] == [0, 4, 4]
    assert len(posts(bench, CHANNEL)) == 1
    assert value_of("policy_signals_channel_paused_seconds_total", channel="desk") == before + 30
    bench.run(20)
    assert [name for name, _ in bench.shown()] == ["alert0", "alert1", "alert2", "alert3"]


def test_row_11_at_most_one_message_a_second_leaves_for_a_channel():
    """Whatever waits, edits and replies included."""
    bench = NotifierBench(EVERYWHERE)
    times = []
    handle = bench.scripted.handle

    def timed(token, method, arguments):
        if method in ("chat.postMessage", "chat.update") and arguments["channel"] == CHANNEL:
            times.append(bench.clock.seconds)
        return handle(token, method, arguments)

    bench.scripted.handle = timed
    for number in range(8):
        bench.publish(make_alert(number), later(make_alert(number), 2, 60))
    bench.run(12)
    assert len(times) == 8
    assert all(second - first >= 0.999 for first, second in pairwise(times))


def test_row_16_a_revoked_token_stops_all_keeps_all_and_a_new_one_resumes_at_once():
    """The token file is looked at every second: no restart, nothing lost, well within a minute."""
    bench = NotifierBench(EVERYWHERE)
    workspace = bench.scripted.workspace
    workspace.revoked.add(TOKEN)
    before = value_of("policy_signals_second_route_total")
    bench.publish(*(make_alert(number) for number in range(3)))
    bench.run(300)
    refused = len(bench.scripted.calls())
    assert refused <= 3 * 11
    assert bench.committed == 0
    assert value_of("policy_signals_second_route_total") == before + 5
    workspace.allow("xoxb-new")
    bench.token = "xoxb-new"
    bench.run(8)
    assert [len(bench.shown(channel)) for channel in (CHANNEL, RISK, SALES)] == [3, 3, 3]
    assert bench.committed == 3
    assert bench.health.problems() == {}


@pytest.mark.parametrize("refusal", ["is_archived", "not_in_channel", "channel_not_found"])
def test_row_17_a_channel_that_refuses_parks_alone_with_one_notice_to_the_fallback(refusal):
    """Two channels complete, one waits, one notice; when it is taken again everything is there once."""
    bench = NotifierBench(EVERYWHERE)
    channels = bench.scripted.workspace.channels
    sales = channels[SALES]
    if refusal == "channel_not_found":
        del channels[SALES]
    sales.is_archived, sales.is_member = refusal == "is_archived", refusal != "not_in_channel"
    bench.publish(*(make_alert(number) for number in range(3)))
    bench.run(200)
    assert len(bench.shown(RISK)) == 3
    notices = [message.text for message in bench.messages() if "Slack refuses the channel sales" in message.text]
    assert len(notices) == 1
    assert refusal.replace("_", "") in notices[0].replace("_", "")
    assert len(posts(bench, SALES)) <= 4
    assert "sales" in bench.health.problems()["slack"]
    channels[SALES], sales.is_archived, sales.is_member = sales, False, True
    bench.run(70)
    assert sorted(bench.shown(SALES)) == [(f"alert{number}", 1) for number in range(3)]
    assert bench.health.problems() == {}
    assert bench.committed == 3


def test_row_17_a_restart_does_not_repeat_the_notice():
    """The attempt log knows it, once per channel and day."""
    bench = NotifierBench(EVERYWHERE)
    bench.scripted.workspace.channels[SALES].is_archived = True
    bench.publish(make_alert(1))
    bench.run(10)
    bench.restart()
    bench.run(10)
    assert len([message for message in bench.messages() if "Slack refuses" in message.text]) == 1


def test_row_17_when_the_fallback_is_refused_the_log_is_the_second_route():
    """One error line a minute with the number that waits, and a counter to alarm on."""
    bench = NotifierBench()
    bench.scripted.workspace.channels[CHANNEL].is_archived = True
    before = value_of("policy_signals_second_route_total")
    bench.publish(*(make_alert(number) for number in range(3)))
    bench.run(150)
    assert value_of("policy_signals_second_route_total") == before + 3
    assert value_of("policy_signals_queue_length", channel="desk") == 3
    assert value_of("policy_signals_queue_oldest_seconds", channel="desk") > 100


def test_a_message_in_doubt_does_not_keep_the_others_waiting():
    """Its own read-back has its own time; a Flash must not wait for it."""
    bench = NotifierBench()
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=True))
    bench.publish(*(make_alert(number) for number in range(3)))
    bench.run(2.5)
    assert len(bench.shown()) == 3
    assert bench.committed == 0
    bench.run(5)
    assert bench.committed == 3
    assert sorted(bench.shown()) == [(f"alert{number}", 1) for number in range(3)]


def test_an_unwell_slack_is_not_asked_to_take_everything():
    """With three messages in doubt no further one is tried; when Slack is back all are there, once."""
    bench = NotifierBench()
    bench.scripted.add_faults(Fault(kind=FaultKind.SERVER_ERROR, status=503, method="*", count=100_000))
    bench.publish(*(make_alert(number) for number in range(20)))
    bench.run(300)
    tried = {call.arguments["metadata"]["event_payload"]["alert_id"] for call in bench.scripted.calls()}
    assert len(tried) == 3
    bench.scripted.drop_faults()
    bench.run(150)
    assert sorted(bench.shown()) == sorted((f"alert{number}", 1) for number in range(20))
    assert bench.committed == 20


def test_full_queues_leave_the_rest_on_the_topic(monkeypatch):
    """Memory is bounded; nothing is lost, and what waits is worked meanwhile."""
    monkeypatch.setattr(slack_notifier, "MOST_WAITING", 5)
    bench = NotifierBench()
    bench.publish(*(make_alert(number) for number in range(12)))
    for _ in range(20):
        bench.run(0.1)
        assert sum(len(sender.queue) for sender in bench.notifier.senders.values()) <= 5
    bench.run(16)
    assert sorted(bench.shown()) == sorted((f"alert{number}", 1) for number in range(12))
    assert bench.committed == 12


def test_a_process_that_lost_its_partition_posts_nothing_and_forgets_its_queue():
    """The next owner has the records; this one reads them again when they come back to it."""
    bench = NotifierBench()
    bench.may_send = False
    bench.publish(make_alert(1))
    bench.run(3)
    assert (bench.scripted.calls(), bench.committed) == ([], 0)
    bench.may_send = True
    bench.restart()
    bench.run(3)
    assert bench.shown() == [("alert1", 1)]


def test_a_card_of_ours_that_breaks_does_not_stop_the_line(monkeypatch):
    """It is given up with a log line; the others go on."""
    bench = NotifierBench()
    write = bench.notifier._parts.cards.write
    met = []

    def broken(alert, now, posted_at):
        met.append(alert.alert_id)
        if alert.alert_id == "alert1" and met.count("alert1") > 1:
            raise ValueError("a mistake of ours")
        return write(alert, now, posted_at)

    monkeypatch.setattr(bench.notifier._parts.cards, "write", broken)
    bench.publish(make_alert(1), make_alert(2))
    bench.run(4)
    assert bench.shown() == [("alert2", 1)]
    assert bench.committed == 2


def test_receipts_tell_what_the_message_shows():
    """The pace of edits continues after a restart."""
    bench = NotifierBench()
    bench.publish(make_alert(1))
    bench.run(2)
    receipt = bench.log.last("alert1", CHANNEL)
    assert receipt is not None
    assert (receipt.state, receipt.severity, receipt.agreement, receipt.revised_at) == (
        DeliveryState.SENT,
        Severity.URGENT,
        Agreement.NOT_YET,
        START,
    )


def test_row_41_a_standby_asks_slack_itself_and_is_ready_or_says_why_not():
    """A new deployment with a wrong token must not become ready; one whose token works is no sick process."""
    bench = NotifierBench()
    bench.health.stands_by()
    bench.notifier.stand_by()
    assert bench.health.problems() == {}
    bench.token = "xoxb-wrong"
    bench.clock.wait(31.0)
    bench.notifier.stand_by()
    assert "desk" in bench.health.problems()["slack"]
    assert bench.messages() == []
