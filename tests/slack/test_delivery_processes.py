"""Fault row 5 with real processes: SIGKILL, a broker for the attempt log, Slack over HTTP with faults."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping

import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from streams.codec import encode
from streams.slack_stand_in.faults import Fault, FaultKind, ScriptedSlack
from streams.slack_stand_in.server import SlackStandIn
from streams.slack_stand_in.workspace import Reply, Workspace

CHANNEL = "C0POLICYALERTS"
TOKEN = "xoxb-stand-in"
ALERTS = 80
KILLS = 10

# The sender of these tests: delivers alert after alert from a file, all of them again after every start.
SENDER = """
import sys
bootstrap, topic, api_url, alerts = sys.argv[1:5]
sys.path[:0] = sys.argv[5:]
from pathlib import Path
import msgspec
from config.settings import Secret, Settings
from services.alerts.alert import Alert
from services.errors import Unavailable
from streams.delivery.attempt_log import KafkaAttemptLog
from streams.delivery.deliver import Delivery, Patience
from streams.delivery.pacing import Pacing, SystemClock
from streams.slack.client import connect_slack
clock = SystemClock()
log = KafkaAttemptLog(Settings(kafka_bootstrap=bootstrap, slack_bot_token=Secret("")), topic)
log.rebuild()
slack = connect_slack("C0POLICYALERTS", lambda: "xoxb-stand-in", api_url=api_url, timeout_seconds=1)
delivery = Delivery(slack, log, Pacing(clock, 0.01), clock, Patience(first_look=0.1, last_look=0.3))
for alert in msgspec.json.decode(Path(alerts).read_bytes(), type=list[Alert]):
    while True:
        try:
            delivery.deliver(alert, {"text": alert.alert_id, "blocks": []})
            break
        except Unavailable as error:
            clock.wait(min(error.retry_after, 0.2))
"""


@pytest.fixture
def topic(kafka_bootstrap, unique):
    name = unique("attempts")
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    admin.close()
    return name


class KillingSlack(ScriptedSlack):
    """Kills its caller with SIGKILL when it has taken the next so many posts, before the reply leaves."""

    sender: subprocess.Popen[bytes] | None = None
    posts_left = 0

    def handle(self, token: str | None, method: str, arguments: Mapping[str, object]) -> tuple[Fault | None, Reply]:
        result = super().handle(token, method, arguments)
        if method == "chat.postMessage" and self.sender is not None:
            self.posts_left -= 1
            if self.posts_left == 0:
                self.sender.kill()
        return result


@pytest.mark.parts
def test_row_5_processes_killed_after_acceptance_lose_nothing_and_repeat_nothing(
    kafka_bootstrap, topic, new_alert, tmp_path
):
    """Every kill falls between Slack's acceptance and the receipt, and every seventh reply is lost besides."""
    alerts = tmp_path / "alerts.json"
    alerts.write_bytes(encode([new_alert(number) for number in range(ALERTS)]))
    slack = KillingSlack(Workspace(TOKEN, (CHANNEL,)))
    slack.add_faults(*[Fault(kind=FaultKind.DROPPED, accepted=True, skip=6) for _ in range(ALERTS // 7)])
    chance = random.Random(5)
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    ends = []
    with SlackStandIn(slack) as stand_in:
        arguments = [kafka_bootstrap, topic, stand_in.api_url, str(alerts), *filter(None, sys.path)]
        for kill in range(KILLS + 1):
            with subprocess.Popen([sys.executable, "-c", SENDER, *arguments], env=environment) as sender:
                slack.sender = sender if kill < KILLS else None
                slack.posts_left = chance.randint(1, 7)
                ends.append(sender.wait(timeout=60))
    assert ends == [-signal.SIGKILL] * KILLS + [0]
    shown = [message.metadata["event_payload"]["alert_id"] for message in slack.workspace.message_list(CHANNEL)]
    assert sorted(shown) == sorted(f"alert{number}" for number in range(ALERTS))
