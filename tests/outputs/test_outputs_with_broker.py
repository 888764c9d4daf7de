"""What only real processes and a real broker can show: SIGKILL after acceptance, and what waits as a command lists it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest
from typer.testing import CliRunner

from services.alerts.alert import DeliveryState, Receipt
from streams.broker.kafka import Outbox
from streams.cli.commands import app
from streams.clock import wall_clock
from streams.codec import encode
from streams.delivery.attempt_log import KafkaAttemptLog
from streams.topics import POLICY_ALERTS
from tests.conftest import make_settings
from tests.outputs.receiver import Receiver
from tests.outputs.smtp_stand_in import SmtpStandIn
from tests.slack.actions_bench import own_broker
from tests.slack.conftest import CHANNEL, make_alert

pytestmark = pytest.mark.parts
ALERTS, KILLS = 30, 8

# Sends every alert of a file to a webhook and to a mail server, all of them again after every start.
SENDER = """
import sys
bootstrap, url, smtp_port, alerts = sys.argv[1:5]
sys.path[:0] = sys.argv[5:]
import time
from pathlib import Path
import msgspec
from config.settings import Secret, Settings
from services.alerts.alert import Alert
from streams.delivery.attempt_log import KafkaAttemptLog
from streams.delivery.pacing import SystemClock
from streams.outputs.flight import OutputParts
from streams.outputs.mail import MailOutput, MailServer
from streams.outputs.output_sender import OutputSender
from streams.outputs.webhook import Webhook
log = KafkaAttemptLog(Settings(kafka_bootstrap=bootstrap, slack_bot_token=Secret("")))
log.rebuild()
place = MailServer(host="127.0.0.1", port=int(smtp_port), security="none", sender="a@b.example", recipients=("c@d.example",))
outputs = {"hook": Webhook(url, Secret("k" * 16), allow_internal=True), "mail": MailOutput(place, {})}
senders = [
    OutputSender(name, OutputParts(output=output, log=log, clock=SystemClock(), may_send=lambda: True))
    for name, output in outputs.items()
]
for number, alert in enumerate(msgspec.json.decode(Path(alerts).read_bytes(), type=list[Alert])):
    for sender in senders:
        sender.take(alert, 0, number, 0)
while any(len(sender.queue) for sender in senders):
    if not any([sender.work() for sender in senders]):
        time.sleep(0.002)
log.close()
"""


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with own_broker() as address:
        yield address


def test_processes_killed_after_acceptance_lose_nothing_and_repeat_under_the_same_key(bootstrap, tmp_path):
    """Each kill falls between acceptance and receipt: one repeat for each message on its way, known by its key."""
    alerts = tmp_path / "alerts.json"
    alerts.write_bytes(encode([make_alert(number) for number in range(ALERTS)]))
    chance, ends = random.Random(11), []
    with Receiver() as receiver, SmtpStandIn() as server:
        state: dict[str, object] = {"sender": None, "left": 0}

        def count_down() -> None:
            sender = state["sender"]
            state["left"] = int(str(state["left"])) - 1
            if state["left"] == 0 and isinstance(sender, subprocess.Popen):
                sender.kill()

        receiver.on_accept = server.on_accept = count_down
        arguments = [bootstrap, receiver.url, str(server.port), str(alerts), *filter(None, sys.path)]
        for kill in range(KILLS + 1):
            state["left"] = chance.randint(1, 5) if kill < KILLS else -1
            with subprocess.Popen([sys.executable, "-c", SENDER, *arguments], env=dict(os.environ)) as sender:
                state["sender"] = sender
                ends.append(sender.wait(timeout=120))
        keys, ids = receiver.keys(), server.message_ids()
    assert ends == [-signal.SIGKILL] * KILLS + [0]
    assert {*keys} == {f"alert{number}.1" for number in range(ALERTS)}
    assert {*ids} == {f"<alert{number}@b.example>" for number in range(ALERTS)}
    assert len(keys) - ALERTS <= KILLS
    assert len(ids) - ALERTS <= KILLS
    assert len(keys) + len(ids) - 2 * ALERTS >= KILLS


def test_the_command_lists_what_waits(bootstrap, monkeypatch):
    """From the topics alone, beside a running notifier or without one."""
    settings = make_settings(bootstrap)
    outbox, log = Outbox(settings), KafkaAttemptLog(settings)
    outbox.send(POLICY_ALERTS.name, "alert77", encode(make_alert(77)))
    outbox.flush()
    outbox.close()
    log.append(
        Receipt(
            alert_id="alert77",
            revision=1,
            channel=CHANNEL,
            state=DeliveryState.HELD,
            detail="quiet_hours: brief: night until 07:00",
            at=wall_clock(),
        )
    )
    log.close()
    monkeypatch.setenv("KAFKA_BOOTSTRAP", bootstrap)
    monkeypatch.setenv("SLACK_CHANNEL", CHANNEL)
    table = CliRunner().invoke(app, ["held"])
    assert table.exit_code == 0, table.output
    (row,) = [line for line in table.output.splitlines() if "alert77" in line]
    assert row.startswith("desk ")
    assert "in a brief" in row
    assert "quiet_hours" in row
    (held,) = map(msgspec.json.decode, CliRunner().invoke(app, ["held", "--json"]).output.splitlines())
    assert (held["channel"], held["alert_id"], held["reason"]) == ("desk", "alert77", "quiet_hours")
