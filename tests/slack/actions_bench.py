"""``slack_actions`` with everything around it: a broker, the Slack stand-in with Socket Mode, cards with buttons."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from config.settings import Secret, Settings
from services.alerts.alert import Alert
from services.alerts.audit import AuditRecord
from services.alerts.card_actions import add_actions
from services.alerts.desk import ActionRecord, Order
from services.alerts.slack_message import render
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.kafka import Outbox, read_values
from streams.broker.topic_setup import create_topics
from streams.clock import wall_clock
from streams.codec import encode
from streams.conversation.interaction import ButtonPress, Ephemeral, TypedCommand
from streams.local.embedded import EmbeddedBroker
from streams.rendering.card_samples.sample_alerts import NAMES
from streams.rendering.card_samples.situations import SITUATIONS
from streams.slack.cards import as_card
from streams.slack.client import connect_caller, connect_slack
from streams.slack.outcome import Posted
from streams.slack_actions import PROCESS, SlackActions
from streams.slack_stand_in.faults import ScriptedSlack
from streams.slack_stand_in.server import STAND_IN_APP_TOKEN, STAND_IN_CHANNEL, STAND_IN_TOKEN, SlackStandIn
from streams.slack_stand_in.workspace import Workspace
from streams.topics import POLICY_ACTIONS, POLICY_ALERTS, POLICY_AUDIT
from streams.watching.health import Health, Surroundings
from tests.conftest import make_settings
from tests.streams.waiting import wait_until

SESSION_TIMEOUT_MS = 2_000
"""The embedded broker lets a group join take half of it, at each of many starts."""
OTHER_CHANNEL = "C0ELSEWHERE"


@contextmanager
def own_broker() -> Iterator[str]:
    """``host:port``: the audit is one chain for a whole broker, so each file of tests has its own."""
    broker = EmbeddedBroker()
    broker.start()
    create_topics(make_settings(broker.bootstrap))
    yield broker.bootstrap
    broker.stop()


@contextmanager
def own_bench(bootstrap: str) -> Iterator[ActionsBench]:
    """A bench with a Slack of its own, whatever proxy the environment names."""
    workspace = Workspace(STAND_IN_TOKEN, (STAND_IN_CHANNEL, OTHER_CHANNEL))
    with pytest.MonkeyPatch.context() as patch, SlackStandIn(ScriptedSlack(workspace)) as slack:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.delenv(name, raising=False)
        yield ActionsBench(bootstrap, slack)


def make_alert(number: int, revision: int = 1) -> Alert:
    """Alert ``number`` with companies, a regulator and a sector; raised now."""
    alert = SITUATIONS["supportive_confirmed"]().alert
    now = wall_clock()
    return replace(
        alert,
        alert_id=f"alt_{number:016x}",
        revision=revision,
        raised_at=now,
        revised_at=now,
        signal=replace(alert.signal, story_id=f"sto_{number:016x}", signal_id=f"sig_{number:016x}"),
    )


class ActionsBench:
    """One Slack, one broker, and the process as often as a test starts it."""

    def __init__(self, bootstrap: str, slack: SlackStandIn) -> None:
        self.slack = slack
        self.settings: Settings = replace(
            make_settings(bootstrap),
            kafka_session_timeout_ms=SESSION_TIMEOUT_MS,
            slack_bot_token=Secret(STAND_IN_TOKEN),
            slack_app_token=Secret(STAND_IN_APP_TOKEN),
            slack_channel=STAND_IN_CHANNEL,
            slack_api_url=slack.api_url,
            slack_buttons=True,
        )
        self.health = Health("kafka", "slack")
        self.process: SlackActions | None = None

    @contextmanager
    def running(self, *, is_ready: bool = True) -> Iterator[SlackActions]:
        """The process in a thread, ready unless said otherwise; stopped after the block."""
        self.health = Health("kafka", "slack")
        call = connect_caller(lambda: STAND_IN_TOKEN, api_url=self.slack.api_url, timeout_seconds=2)
        actions = SlackActions(self.settings, call, self.health, lambda: loop.is_owner())  # noqa: PLW0108 - made below
        surroundings = Surroundings(settings=self.settings, health=self.health)
        loop = ConsumerLoop(surroundings, PROCESS, POLICY_ALERTS, actions, Outbox(self.settings))
        thread = threading.Thread(target=loop.run)
        thread.start()
        try:
            wait_until(lambda: not (is_ready and self.health.problems()), "slack_actions is ready")
            self.process = actions
            yield actions
        finally:
            loop.stop.set()
            thread.join()
            self.process = None
            actions.close()

    def post_card(self, alert: Alert) -> str:
        """The alert on its topic, its card with buttons in Slack; returns the message's ``ts``."""
        self.tell(alert)
        channel = connect_slack(STAND_IN_CHANNEL, lambda: STAND_IN_TOKEN, api_url=self.slack.api_url)
        outcome = channel.post(as_card(alert, add_actions(render(alert, NAMES, wall_clock()), alert)))
        assert isinstance(outcome, Posted)
        return outcome.ts

    def tell(self, alert: Alert) -> None:
        """The alert on its topic, and taken up by the process."""
        outbox = Outbox(self.settings)
        outbox.send(POLICY_ALERTS.name, alert.alert_id, encode(alert))
        outbox.flush()
        outbox.close()
        if self.process is not None:
            known = self.process._alerts.by_id
            wait_until(
                lambda: alert.alert_id in known and known[alert.alert_id].revision >= alert.revision,
                "the alert is read",
            )

    def press(self, ts: str, action_id: str, option: str | None = None, user: str = "U0TRADER") -> str:
        """Press a button and return what the person is then told."""
        press = ButtonPress(channel=STAND_IN_CHANNEL, ts=ts, action_id=action_id, option=option, user=user)
        return self._answer_to(lambda: self.slack.press(press))

    def command(self, text: str, channel: str = STAND_IN_CHANNEL, user: str = "U0TRADER") -> str:
        """Type ``/policy`` and return what the person is then told."""
        return self._answer_to(lambda: self.slack.type_command(TypedCommand(text=text, channel=channel, user=user)))

    def shown(self, ts: str) -> str:
        """Blocks of a message as people see it now."""
        found = [one for one in self.slack.scripted.workspace.message_list(STAND_IN_CHANNEL) if one.ts == ts]
        return str(found[0].blocks)

    def audit(self) -> list[AuditRecord]:
        """What the topic holds."""
        return list(read_values(self.settings, POLICY_AUDIT.name, AuditRecord))

    def changed(self) -> int:
        """Changes in the audit so far."""
        return len(self.audit())

    def orders(self) -> list[Order]:
        """What the topic holds, in the order of its records."""
        return [record.order for record in read_values(self.settings, POLICY_ACTIONS.name, ActionRecord)]

    def told(self) -> list[Ephemeral]:
        """Everything that only one person saw."""
        return list(self.slack.scripted.workspace.ephemerals)

    def _answer_to(self, act) -> str:  # type: ignore[no-untyped-def]
        before = len(self.told())
        envelope = act()
        assert self.slack.hub.wait_for_acknowledgement(envelope).after_seconds < 30.0
        wait_until(lambda: len(self.told()) > before, "an answer")
        return self.told()[before].text
