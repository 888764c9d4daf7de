"""Buttons and commands, from a press in Slack to the topics and back to the card; with slack_sdk's own client."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.alerts.acknowledgement import Acknowledgement
from services.alerts.alert import SilenceReason
from services.alerts.audit import check_chain
from services.alerts.card_actions import ACKNOWLEDGE, FEEDBACK, SNOOZE
from services.alerts.desk import Watch
from services.alerts.feedback import Feedback, Verdict
from services.alerts.mutes import Mute, MuteKind
from services.alerts.orders import Asked
from services.alerts.silence import silence_signal
from services.errors import Unavailable
from streams import metrics
from streams.audit_log import AuditLog, read_links
from streams.clock import wall_clock
from streams.codec import encode
from streams.embedded import EmbeddedBroker
from streams.kafka import Outbox, read_values
from streams.slack_actions import NOT_ALLOWED, NOT_SAVED
from streams.slack_faults import ScriptedSlack
from streams.slack_stand_in import STAND_IN_CHANNEL, STAND_IN_TOKEN, SlackStandIn
from streams.slack_workspace import Workspace
from streams.topic_setup import create_topics
from streams.topics import POLICY_AUDIT, POLICY_FEEDBACK, POLICY_SILENCES
from tests.conftest import make_settings
from tests.slack.actions_bench import OTHER_CHANNEL, ActionsBench, make_alert
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def own_broker() -> Iterator[str]:
    """The audit is one chain for a whole broker, so these tests have their own."""
    broker = EmbeddedBroker()
    broker.start()
    create_topics(make_settings(broker.bootstrap))
    yield broker.bootstrap
    broker.stop()


@pytest.fixture
def bench(own_broker: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ActionsBench]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    workspace = Workspace(STAND_IN_TOKEN, (STAND_IN_CHANNEL, OTHER_CHANNEL))
    with SlackStandIn(ScriptedSlack(workspace)) as slack:
        yield ActionsBench(own_broker, slack)


def counted(outcome: str) -> float:
    return metrics.REQUESTS.labels(outcome=outcome)._value.get()


def test_an_acknowledgement_reaches_audit_topic_card_and_person(bench: ActionsBench) -> None:
    """The owner and the time stand on the card, the button is gone, and the record says who, when and where."""
    alert = make_alert(next(NUMBERS))
    with bench.running() as actions:
        ts = bench.post_card(alert, actions)
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
    with bench.running() as actions:
        ts = bench.post_card(alert, actions)
        bench.press(ts, ACKNOWLEDGE)
        bench.tell(replace(alert, revision=2, cause="after_5m"), actions)
        wait_until(lambda: "version 2" in bench.shown(ts), "the newer revision is shown")
        assert "*Acknowledged* by <@U0TRADER>" in bench.shown(ts)


def test_an_envelope_that_is_delivered_again_changes_nothing_twice(bench: ActionsBench) -> None:
    """Slack delivers again what it thinks was not acknowledged; also after a restart of ours."""
    with bench.running():
        before, repeated = len(bench.audit()), counted("repeated")
        payload = {"command": "/policy", "text": "mute sector games for 1h", "user_id": "U0TRADER"}
        payload |= {"text": "watch add 9988.HK", "channel_id": STAND_IN_CHANNEL, "trigger_id": f"again{next(NUMBERS)}"}
        for _ in range(3):
            bench.slack.hub.deliver("slash_commands", payload)
        wait_until(lambda: counted("repeated") == repeated + 2, "both repeats are seen")
        assert len(bench.audit()) == before + 1
        assert len(bench.told()) == 1
    with bench.running():
        bench.slack.hub.deliver("slash_commands", payload)
        wait_until(lambda: counted("repeated") == repeated + 3, "the repeat after the restart is seen")
        assert len(bench.audit()) == before + 1


def test_a_snooze_from_the_menu_is_listed_and_can_be_taken_back(bench: ActionsBench) -> None:
    """A mute has a number, an end and an author."""
    alert = make_alert(next(NUMBERS))
    with bench.running() as actions:
        ts = bench.post_card(alert, actions)
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
    with bench.running() as actions:
        ts = bench.post_card(alert, actions)
        assert bench.press(ts, f"{FEEDBACK}{verdict.value}").startswith("Noted")
        assert "useful of" in bench.command("status")
    given = list(read_values(bench.settings, POLICY_FEEDBACK.name, Feedback))
    assert (given[-1].alert_id, given[-1].verdict, given[-1].by) == (alert.alert_id, verdict, "U0TRADER")


def test_in_other_channels_people_may_ask_but_not_change(bench: ActionsBench) -> None:
    """Everybody may look; changing is for those of config/actions.toml."""
    with bench.running():
        before = len(bench.audit())
        assert bench.command("mute instrument 0700.HK for 1h", channel=OTHER_CHANNEL) == NOT_ALLOWED
        assert "Feedback" in bench.command("status", channel=OTHER_CHANNEL) or True
        assert len(bench.audit()) == before


def test_a_member_of_a_listed_user_group_may_change_anywhere(bench: ActionsBench) -> None:
    """The desk works in many channels."""
    bench.slack.scripted.workspace.user_groups["S0DESK"] = ("U0HEAD",)
    with bench.running() as actions:
        actions._permissions = replace(actions._permissions, user_groups=("S0DESK",))
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
    with bench.running() as actions:
        bench.post_card(alert, actions)
        why = bench.command(f"why {alert.alert_id}")
        assert all(part in why for part in ("Verdict:", "Evidence:", "Route: desk", f"Read by: {alert.signal.reader}"))
        assert "unclear: confidence 0.41, at least 0.6" in bench.command("why-not 0700.HK")
        assert "No such alert" in bench.command("why alt_ffffffff")
        assert alert.alert_id in bench.command("last 3")
        assert "alerts in 24 hours" in bench.command("digest")
        assert "There are: digest" in bench.command("dance")


def test_what_the_audit_has_and_the_topic_has_not_is_told_at_the_next_start(bench: ActionsBench) -> None:
    """A crash between the two writes must not leave a watch that only the audit knows."""
    instrument = "9618.HK"
    log = AuditLog(bench.settings)
    log.rebuild()
    log._tell = lambda change: None  # type: ignore[method-assign]  # as if the process died here
    watch = Watch(instrument=instrument, is_active=True, by="U0TRADER", at=wall_clock())
    log.append(watch, Asked(user="U0TRADER", channel=STAND_IN_CHANNEL, at=wall_clock()), f"crash{next(NUMBERS)}")
    log.close()
    assert watch not in bench.orders()
    with bench.running():
        assert watch in bench.orders()


def test_the_end_of_a_mute_is_said_once_in_its_channel(bench: ActionsBench) -> None:
    """Also when the process was away at that moment, and not again after a restart."""
    now = wall_clock()
    log = AuditLog(bench.settings)
    log.rebuild()
    story = f"sto_ended{next(NUMBERS)}"
    mute = Mute(
        number=log.desk.next_number(),
        kind=MuteKind.STORY,
        target=story,
        since=now - timedelta(hours=1),
        until=now - timedelta(seconds=1),
        by="U0TRADER",
        channel=STAND_IN_CHANNEL,
    )
    log.append(mute, Asked(user="U0TRADER", channel=STAND_IN_CHANNEL, at=mute.since), f"given{mute.number}")
    log.close()

    def reminders() -> list[str]:
        return [one.text for one in bench.slack.scripted.workspace.message_list(STAND_IN_CHANNEL) if story in one.text]

    with bench.running():
        wait_until(lambda: len(reminders()) == 1, "the reminder")
        wait_until(lambda: replace(mute, is_settled=True) in bench.orders(), "the reminder is remembered")
    with bench.running():
        bench.command("mutes")
    assert len(reminders()) == 1


def test_a_change_that_kafka_does_not_take_is_not_confirmed_before_it_is_saved(
    bench: ActionsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The envelope is acknowledged, the person hears nothing, and the change happens once Kafka is back."""
    failures = iter([Unavailable("kafka", "away", retry_after=0.1)] * 2)
    append = AuditLog.append

    def fails_twice(self: AuditLog, *given: object) -> None:
        for error in failures:
            assert bench.told() == []
            raise error
        append(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(AuditLog, "append", fails_twice)
    with bench.running():
        story = f"sto_late{next(NUMBERS)}"
        assert bench.command(f"mute story {story} for 1h").startswith("Muted story")
        assert [one.target for one in bench.orders() if isinstance(one, Mute)].count(story) == 1


def test_a_change_that_waited_too_long_is_given_up_and_said(
    bench: ActionsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody wants a mute of an hour ago."""
    monkeypatch.setattr("streams.slack_actions.GIVE_UP_SECONDS", -1.0)
    with bench.running():
        before = len(bench.audit())
        assert bench.command("mute instrument 0700.HK for 1h") == NOT_SAVED
        assert len(bench.audit()) == before


def test_one_request_that_goes_wrong_does_not_stop_the_next(
    bench: ActionsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours is said, logged and left behind."""
    with bench.running() as actions:
        monkeypatch.setattr(actions._questions, "_standing", lambda now: 1 / 0)
        assert bench.command("status").startswith("Something went wrong")
        assert bench.command("help").startswith("`status`")


def test_slack_may_ask_for_a_new_connection_at_any_time(bench: ActionsBench) -> None:
    """It does so every few hours."""
    with bench.running():
        bench.slack.hub.refresh()
        assert bench.command("help").startswith("`status`")


def test_an_app_token_that_slack_refuses_shows_in_readiness(bench: ActionsBench) -> None:
    """And with no secret in it."""
    bench.slack.scripted.workspace.revoked.add("xapp-stand-in")
    with pytest.raises(AssertionError), bench.running():
        pass


def test_the_chain_of_everything_above_is_sound_until_somebody_adds_to_it(bench: ActionsBench) -> None:
    """The last test of the file, on what all others wrote."""
    log = AuditLog(bench.settings)
    log.rebuild()
    log.append(
        Watch(instrument="0700.HK", is_active=False, by="U0TRADER", at=wall_clock()),
        Asked(user="U0TRADER", channel=STAND_IN_CHANNEL, at=wall_clock()),
        "last",
    )
    log.close()
    chain = check_chain(read_links(bench.settings), log.last_digest[:12])
    assert (chain.problem, chain.links) == ("", log.count)
    forged = replace(bench.audit()[-1], number=log.count + 1, previous="f" * 64, who="U0FORGER")
    outbox = Outbox(bench.settings)
    outbox.send(POLICY_AUDIT.name, "forged", encode(forged))
    outbox.flush()
    outbox.close()
    assert "does not hold the digest" in check_chain(read_links(bench.settings)).problem
