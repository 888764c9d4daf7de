"""Buttons and commands, from a press in Slack to the topics and back to the card; with slack_sdk's own client."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from config.actions import Permissions
from services.alerts.acknowledgement import Acknowledgement
from services.alerts.alert import SilenceReason
from services.alerts.card_actions import ACKNOWLEDGE, FEEDBACK, SNOOZE
from services.alerts.feedback import Feedback, Verdict
from services.alerts.mutes import Mute
from services.alerts.silence import silence_signal
from streams.broker.kafka import Outbox, read_values
from streams.clock import wall_clock
from streams.codec import encode
from streams.conversation.questions import Questions
from streams.slack_actions import NOT_ALLOWED, NOT_SAVED
from streams.slack_stand_in.server import STAND_IN_CHANNEL
from streams.topics import POLICY_FEEDBACK, POLICY_SILENCES
from tests.slack.actions_bench import OTHER_CHANNEL, ActionsBench, make_alert, own_bench, own_broker
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def bench() -> Iterator[ActionsBench]:
    """One process for the whole file."""
    with own_broker() as bootstrap, own_bench(bootstrap) as bench, bench.running():
        yield bench


def test_an_acknowledgement_reaches_audit_topic_card_and_person(bench: ActionsBench) -> None:
    """The owner and the time stand on the card, the button is gone, and the record says who, when and where."""
    alert = make_alert(next(NUMBERS))
    ts = bench.post_card(alert)
    assert bench.press(ts, ACKNOWLEDGE) == "You have it. The card says so."
    assert "*Acknowledged* by <@U0TRADER>" in bench.shown(ts)
    assert ACKNOWLEDGE not in bench.shown(ts)
    last = bench.audit()[-1]
    assert (last.who, last.where) == ("U0TRADER", STAND_IN_CHANNEL)
    assert isinstance(last.change, Acknowledgement)
    assert last.change in bench.orders()


def test_a_later_revision_keeps_the_owner(bench: ActionsBench) -> None:
    """The next measurements must not wash the owner away, nor the owner the measurements."""
    alert = make_alert(next(NUMBERS))
    ts = bench.post_card(alert)
    bench.press(ts, ACKNOWLEDGE)
    bench.tell(replace(alert, revision=2, cause="after_5m"))
    wait_until(lambda: "version 2" in bench.shown(ts), "the newer revision is shown")
    assert "*Acknowledged* by <@U0TRADER>" in bench.shown(ts)


def test_a_snooze_from_the_menu_is_listed_and_can_be_taken_back(bench: ActionsBench) -> None:
    """A mute has a number, an end and an author."""
    alert = make_alert(next(NUMBERS))
    ts = bench.post_card(alert)
    value = f"{alert.alert_id}@1 story 8h"
    said = bench.press(ts, SNOOZE, value)
    number = re.search(r"`unmute (\d+)`", said)
    assert number is not None
    assert f"story {alert.signal.story_id}" in bench.command("mutes")
    assert "is over" in bench.command(f"unmute {number[1]}")
    assert f"story {alert.signal.story_id}" not in bench.command("mutes")
    mutes = [one for one in bench.orders() if isinstance(one, Mute) and one.target == alert.signal.story_id]
    assert [one.is_settled for one in mutes] == [False, True]


@pytest.mark.parametrize("verdict", Verdict)
def test_feedback_goes_to_its_topic_and_into_the_precision(bench: ActionsBench, verdict: Verdict) -> None:
    """What people say of an alert is what the next training learns from."""
    alert = make_alert(next(NUMBERS))
    ts = bench.post_card(alert)
    assert bench.press(ts, f"{FEEDBACK}{verdict.value}").startswith("Noted")
    assert "useful of" in bench.command("status")
    given = list(read_values(bench.settings, POLICY_FEEDBACK.name, Feedback))
    assert (given[-1].alert_id, given[-1].verdict, given[-1].by) == (alert.alert_id, verdict, "U0TRADER")


def test_in_other_channels_people_may_ask_but_not_change(bench: ActionsBench) -> None:
    """Everybody may look; changing is for those of config/actions.toml."""
    before = bench.changed()
    assert bench.command("mute instrument 0700.HK for 1h", channel=OTHER_CHANNEL) == NOT_ALLOWED
    assert "instruments are watched" in bench.command("status", channel=OTHER_CHANNEL)
    assert bench.changed() == before


def test_a_member_of_a_listed_user_group_may_change_anywhere(
    bench: ActionsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk works in many channels."""
    bench.slack.scripted.workspace.user_groups["S0DESK"] = ("U0HEAD",)
    monkeypatch.setattr(bench.process, "_permissions", Permissions(channels=("",), user_groups=("S0DESK",)))
    demand = f"mute story sto_group{next(NUMBERS)} for 1h"
    assert bench.command(demand, channel=OTHER_CHANNEL, user="U0TRADER") == NOT_ALLOWED
    assert bench.command(demand, channel=OTHER_CHANNEL, user="U0HEAD").startswith("Muted story")


def test_questions_are_answered_from_the_alerts_and_silences_themselves(bench: ActionsBench) -> None:
    """``why`` shows the sum, ``why-not`` the number that stopped each."""
    alert = make_alert(next(NUMBERS))
    silence = silence_signal(alert.signal, SilenceReason.UNCLEAR, "confidence 0.41, at least 0.6", wall_clock())
    outbox = Outbox(bench.settings)
    outbox.send(POLICY_SILENCES.name, silence.article_id, encode(silence))
    outbox.flush()
    outbox.close()
    bench.post_card(alert)
    why = bench.command(f"why {alert.alert_id}")
    assert all(part in why for part in ("Verdict:", "Evidence:", "Route: desk", f"Read by: {alert.signal.reader}"))
    assert "unclear: confidence 0.41, at least 0.6" in bench.command("why-not 0700.HK")
    assert "No such alert" in bench.command("why alt_ffffffff")
    assert alert.alert_id in bench.command("last 3")
    assert "alerts in 24 hours" in bench.command("digest")
    assert "There are: digest" in bench.command("dance")


def test_a_change_that_waited_too_long_is_given_up_and_said(
    bench: ActionsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody wants a mute of an hour ago."""
    monkeypatch.setattr("streams.slack_actions.GIVE_UP_SECONDS", -1.0)
    before = bench.changed()
    assert bench.command("mute instrument 0700.HK for 1h") == NOT_SAVED
    assert bench.changed() == before


def test_one_request_that_goes_wrong_does_not_stop_the_next(
    bench: ActionsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours is said, logged and left behind."""
    monkeypatch.setattr(Questions, "_standing", lambda self, now: 1 / 0)
    assert bench.command("status").startswith("Something went wrong")
    assert bench.command("help").startswith("`status`")
