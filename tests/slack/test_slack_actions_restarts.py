"""What ``slack_actions`` keeps over restarts, lost connections and a broker that does not answer; and the audit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.alerts.audit import check_chain
from services.alerts.desk import Watch
from services.alerts.mutes import Mute, MuteKind
from services.alerts.orders import Asked
from services.errors import Unavailable
from streams import metrics
from streams.broker.kafka import Outbox
from streams.clock import wall_clock
from streams.codec import encode
from streams.conversation.audit_log import AuditLog, read_links
from streams.slack.client import connect_caller
from streams.slack_actions import SlackActions
from streams.slack_stand_in.server import STAND_IN_APP_TOKEN, STAND_IN_CHANNEL, STAND_IN_TOKEN
from streams.topics import POLICY_AUDIT
from streams.watching.health import Health
from tests.slack.actions_bench import ActionsBench, own_bench, own_broker
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with own_broker() as bootstrap:
        yield bootstrap


@pytest.fixture
def bench(bootstrap: str) -> Iterator[ActionsBench]:
    with own_bench(bootstrap) as bench:
        yield bench


def counted(outcome: str) -> float:
    return metrics.REQUESTS.labels(outcome=outcome)._value.get()


def test_an_envelope_that_is_delivered_again_changes_nothing_twice(bench: ActionsBench) -> None:
    """Slack delivers again what it thinks was not acknowledged; also after a restart of ours."""
    with bench.running():
        before, repeated = bench.changed(), counted("repeated")
        payload = {"command": "/policy", "text": "mute sector games for 1h", "user_id": "U0TRADER"}
        payload |= {"text": "watch add 9988.HK", "channel_id": STAND_IN_CHANNEL, "trigger_id": f"again{next(NUMBERS)}"}
        for _ in range(3):
            bench.slack.hub.deliver("slash_commands", payload)
        wait_until(lambda: counted("repeated") == repeated + 2, "both repeats are seen")
        assert bench.changed() == before + 1
        assert len(bench.told()) == 1
    with bench.running():
        bench.slack.hub.deliver("slash_commands", payload)
        wait_until(lambda: counted("repeated") == repeated + 3, "the repeat after the restart is seen")
        assert bench.changed() == before + 1


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


def test_row_41_a_standby_holds_no_connection_and_says_whether_its_token_works(bench: ActionsBench) -> None:
    """Slack deals envelopes out over all connections: one that nobody reads would swallow every second press."""
    health, tokens = Health("kafka", "slack"), [STAND_IN_TOKEN]
    call = connect_caller(lambda: tokens[0], api_url=bench.slack.api_url, timeout_seconds=2)
    actions = SlackActions(bench.settings, call, health, lambda: False)
    actions.idle(caught_up=True)
    wait_until(lambda: bool(bench.slack.hub._connections), "it has connected as an owner")
    health.answers("kafka")
    health.stands_by()
    actions.stand_by()
    wait_until(lambda: not bench.slack.hub._connections, "the connection is given up")
    assert health.problems() == {}
    tokens[0] = "xoxb-wrong"
    actions._look_at = 0.0
    actions.stand_by()
    assert "slack" in health.problems()
    actions.close()


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


def test_slack_may_ask_for_a_new_connection_at_any_time(bench: ActionsBench) -> None:
    """It does so every few hours."""
    with bench.running():
        bench.slack.hub.refresh()
        assert bench.command("help").startswith("`status`")


def test_an_app_token_that_slack_refuses_shows_in_readiness(bench: ActionsBench) -> None:
    """In Slack's own word, with no secret beside it; and it heals when the token works again."""
    bench.slack.scripted.workspace.revoked.add(STAND_IN_APP_TOKEN)
    with bench.running(is_ready=False):
        wait_until(lambda: bench.health.problems().get("slack", "").endswith(": token_revoked"), "the refusal shows")
        bench.slack.scripted.workspace.revoked.clear()
        wait_until(lambda: not bench.health.problems(), "the connection")


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
