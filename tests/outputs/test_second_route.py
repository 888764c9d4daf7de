"""The second route: what a channel does not take stands somewhere else as well, with a sentence that says so."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.alerts.acknowledgement import Acknowledgement
from services.alerts.routing import Route, RoutingTable
from services.alerts.second_route import add_note, find_meant, follow, say_second_route
from streams.delivery.card_writer import CardWriter
from streams.delivery.lines import ChannelLines
from streams.delivery.owner_line import OwnerLine
from streams.outputs.output import Result, ResultKind
from streams.slack_stand_in.faults import Fault, FaultKind, InMemorySlack
from tests.outputs.outputs_bench import TO_HOOK, TO_MAIL, OutputsBench
from tests.outputs.test_mail import corrected
from tests.slack.conftest import CHANNEL, START, TOKEN, make_alert
from tests.slack.notifier_bench import RISK, SALES

TO_SALES = RoutingTable(fallback="desk", routes=(Route(name="sales", to=("sales",)),))
TO_BOTH = RoutingTable(fallback="desk", routes=(Route(name="both", to=("sales", "risk")),))
SENTENCE = "Second route: this is for the channel sales, which does not take it."


def refuse(bench, channel, refusal):
    """Slack refuses the channel; returns what puts it right again."""
    channels = bench.scripted.workspace.channels
    found = channels[channel]
    if refusal == "channel_not_found":
        del channels[channel]
    found.is_archived, found.is_member = refusal == "is_archived", refusal != "not_in_channel"

    def put_right():
        channels[channel] = found
        found.is_archived, found.is_member = False, True

    return put_right


def cards(bench, channel):
    return [name for name, _ in bench.shown(channel) if name.startswith("alert")]


@pytest.mark.parametrize("refusal", ["is_archived", "not_in_channel", "channel_not_found"])
def test_row_17_what_a_channel_refuses_goes_to_its_second_route_and_stays_in_its_own_queue(refusal):
    """At once in the other channel, with the sentence; in its own when somebody has put that right; once in each."""
    bench = OutputsBench(TO_SALES, {"sales": "risk"})
    put_right = refuse(bench, SALES, refusal)
    bench.publish(*(make_alert(number) for number in range(3)))
    bench.run(10)
    assert cards(bench, RISK) == ["alert0", "alert1", "alert2"]
    assert all(SENTENCE in message.text and SENTENCE in str(message.blocks) for message in bench.messages(RISK))
    assert bench.committed == 0
    bench.run(200)
    put_right()
    bench.run(70)
    assert [cards(bench, channel) for channel in (SALES, RISK)] == [["alert0", "alert1", "alert2"]] * 2
    assert not any(SENTENCE in message.text for message in bench.messages(SALES))
    assert bench.committed == 3


def test_row_17_a_channel_that_refuses_may_have_a_webhook_as_its_second_route():
    """Any output will do; the message has the sentence as a field."""
    bench = OutputsBench(TO_SALES, {"sales": "hook"})
    refuse(bench, SALES, "is_archived")
    bench.publish(make_alert(1))
    bench.run(10)
    assert bench.hook.taken == ["alert1.1"]
    assert json.loads(bench.hook.bodies[0])["note"] == SENTENCE


def test_row_16_while_the_token_is_refused_alerts_go_out_by_mail_and_nothing_is_lost():
    """No channel of Slack can help then; people hear of it by the same way, once."""
    bench = OutputsBench(RoutingTable(fallback="desk"), {"desk": "mail"})
    bench.scripted.workspace.revoked.add(TOKEN)
    bench.publish(make_alert(1), make_alert(2))
    bench.run(60)
    alerts = [key for key in bench.mail.taken if key.startswith("alert")]
    notices = [key for key in bench.mail.taken if key.startswith("refused-")]
    assert (alerts, len(notices)) == (["alert1", "alert2"], 1)
    assert b"Second route: this is for the channel desk" in bench.mail.bodies[-1].replace(b"=\r\n", b"")
    assert bench.committed == 0
    bench.scripted.workspace.allow("xoxb-new")
    bench.token = "xoxb-new"
    bench.run(20)
    assert cards(bench, CHANNEL) == ["alert1", "alert2"]
    assert sorted(key for key in bench.mail.taken if key.startswith("alert")) == ["alert1", "alert2"]
    assert bench.committed == 2


def test_a_message_that_is_parked_goes_to_the_second_route():
    """Slack takes neither the card nor its plain text: somebody must see it all the same."""
    bench = OutputsBench(TO_SALES, {"sales": "risk"})
    bench.scripted.add_faults(
        *(Fault(kind=FaultKind.ERROR, method="chat.postMessage", error="invalid_blocks") for _ in range(2))
    )
    bench.publish(make_alert(1))
    bench.run(10)
    assert (cards(bench, SALES), cards(bench, RISK)) == ([], ["alert1"])
    assert bench.committed == 1


def test_a_mail_that_its_server_refuses_goes_to_the_second_route():
    """Outputs have one as well."""
    bench = OutputsBench(TO_MAIL, {"mail": "risk"})
    bench.mail.script = [Result(kind=ResultKind.CONTENT, detail="code 554")]
    bench.publish(make_alert(1))
    bench.run(10)
    assert cards(bench, RISK) == ["alert1"]
    assert bench.committed == 1


def test_an_output_that_is_down_for_a_quarter_of_an_hour_uses_its_second_route():
    """Late, and somebody should know; when it is back it gets everything as well."""
    bench = OutputsBench(TO_HOOK, {"hook": "risk"})
    bench.hook.always = Result(kind=ResultKind.NOT_SENT, detail="status 429")
    bench.publish(make_alert(1))
    bench.run(600)
    assert cards(bench, RISK) == []
    bench.run(400)
    assert cards(bench, RISK) == ["alert1"]
    bench.hook.always = None
    bench.run(70)
    assert bench.hook.taken == ["alert1.1"]


def test_the_second_route_of_the_second_route_is_taken_when_that_refuses_too():
    """As far as the file says; a circle ends."""
    bench = OutputsBench(TO_SALES, {"sales": "risk", "risk": "mail", "mail": "sales"})
    refuse(bench, SALES, "is_archived")
    refuse(bench, RISK, "not_in_channel")
    bench.publish(make_alert(1))
    bench.run(20)
    assert bench.mail.taken == ["alert1"]


def test_who_gets_the_alert_anyway_is_no_second_route_for_it():
    """No copy, no sentence."""
    bench = OutputsBench(TO_BOTH, {"sales": "risk"})
    refuse(bench, SALES, "is_archived")
    bench.publish(make_alert(1))
    bench.run(20)
    assert cards(bench, RISK) == ["alert1"]
    assert not any("Second route" in message.text for message in bench.messages(RISK))


def test_later_revisions_and_corrections_follow_on_the_second_route_with_the_sentence():
    """Whoever was told must see how it goes on; an edit must not take the sentence away."""
    bench = OutputsBench(TO_SALES, {"sales": "risk"})
    put_right = refuse(bench, SALES, "is_archived")
    bench.publish(make_alert(1))
    bench.run(10)
    bench.publish(corrected(make_alert(1)))
    bench.run(100)
    (root, *_) = bench.messages(RISK)
    assert "CORRECTED" in root.text
    assert SENTENCE in root.text
    put_right()
    bench.run(70)
    assert cards(bench, SALES) == ["alert1"]


def test_an_edit_that_a_channel_refuses_is_no_new_message_elsewhere():
    """People have the card; that a figure on it is old rings nowhere. A correction does."""
    bench = OutputsBench(TO_SALES, {"sales": "risk"})
    bench.publish(make_alert(1))
    bench.run(5)
    refuse(bench, SALES, "is_archived")
    bench.publish(replace(make_alert(1, 2), cause="after_5m"))
    bench.run(100)
    assert cards(bench, RISK) == []
    bench.publish(replace(corrected(make_alert(1, 2)), cause="report"))
    bench.run(100)
    assert cards(bench, RISK) == ["alert1"]


class Killed(BaseException):
    """The process is gone."""


def test_a_kill_at_any_boundary_of_the_second_route_loses_nothing_and_repeats_nothing():
    """Parked in one channel, not yet in the other: the next process finds it by the receipt."""
    ended = 0
    for step in range(1, 100):
        bench = OutputsBench(TO_SALES, {"sales": "risk"})
        bench.scripted.add_faults(
            *(Fault(kind=FaultKind.ERROR, method="chat.postMessage", error="invalid_blocks") for _ in range(2))
        )
        bench.publish(make_alert(1))
        count = 0

        def pass_one(step=step):
            nonlocal count
            count += 1
            if count == step:
                raise Killed

        bench.boundary = pass_one
        for _ in range(40):
            try:
                bench.run(1)
            except Killed:
                ended += 1
                bench.boundary = lambda: None
                bench.clock.wait(1.0)
                bench.restart()
        shown = cards(bench, SALES) + cards(bench, RISK)
        assert shown in (["alert1"], ["alert1", "alert1"]), f"killed at {step}: {shown}"
        assert cards(bench, RISK).count("alert1") <= 1
        assert bench.committed == 1
        if count < step:
            break
    assert ended >= 10


@given(seconds=st.dictionaries(st.sampled_from("abcd"), st.sampled_from("abcde")), name=st.sampled_from("abcde"))
def test_following_second_routes_ends_and_never_comes_back(seconds, name):
    """Whatever people write."""
    found = follow(name, seconds)
    assert name not in found
    assert len({*found}) == len(found) <= 5


def test_the_sentence_names_the_channels_and_is_empty_for_its_own():
    """Decided from the alert and the file, so that it is the same after a restart."""
    seconds = {"sales": "risk"}
    assert find_meant(make_alert(), ["risk"], TO_SALES, seconds) == ("sales",)
    assert find_meant(make_alert(), ["risk"], TO_BOTH, seconds) == ()
    assert find_meant(make_alert(), ["desk"], TO_SALES, seconds) == ()
    assert say_second_route(()) == ""
    assert add_note({"text": "t", "blocks": []}, "") == {"text": "t", "blocks": []}


def test_who_acknowledges_there_does_not_take_the_sentence_away():
    """The card is written anew by another process then."""
    bench = OutputsBench(TO_SALES, {"sales": "risk"})
    refuse(bench, SALES, "is_archived")
    bench.publish(make_alert(1))
    bench.run(10)
    (root,) = bench.messages(RISK)
    transport = InMemorySlack(bench.scripted, TOKEN, timeout_seconds=1.0)
    owner = Acknowledgement(alert_id="alert1", revision=1, by="U0TRADER", at=START)
    cards_with_owner = CardWriter({}, owner_of=lambda _: owner)
    line = OwnerLine(transport, cards_with_owner, ChannelLines(bench.notifier._parts.routing, CHANNEL).note_of)
    line.show(make_alert(1), owner, RISK, root.ts)
    (edited,) = bench.messages(RISK)
    assert "U0TRADER" in str(edited.blocks)
    assert SENTENCE in str(edited.blocks)
