"""The real client against sockets: what never left is told from what may have arrived, and the token stays hidden."""

from __future__ import annotations

import logging
import socket

import pytest

from streams.slack.client import Card, connect_slack
from streams.slack.outcome import Doubt, Posted, RefusalLevel, Refused, Unknown
from streams.slack_stand_in.faults import Fault, FaultKind, ScriptedSlack
from streams.slack_stand_in.server import SlackStandIn
from streams.slack_stand_in.workspace import Workspace

CHANNEL = "C0POLICYALERTS"
TOKEN = "xoxb-canary-0123456789"
CARD = Card(alert_id="alert1", revision=1, text="words")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_a_closed_port_means_that_nothing_was_sent():
    """No read-back is needed for a message that never left."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/api/"
        slack = connect_slack(CHANNEL, lambda: TOKEN, api_url=url, timeout_seconds=1)
        assert slack.post(CARD) == Refused(RefusalLevel.NETWORK, "unreachable")


def test_a_silent_port_means_that_nobody_knows():
    """The request may have been read."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api/"
        slack = connect_slack(CHANNEL, lambda: TOKEN, api_url=url, timeout_seconds=1)
        assert slack.post(CARD) == Unknown(Doubt.TIMEOUT)


def test_a_new_token_is_used_at_once():
    """Fault 16: the secret file was replaced; no restart is needed."""
    workspace = Workspace("xoxb-new", (CHANNEL,))
    tokens = ["xoxb-old"]
    with SlackStandIn(ScriptedSlack(workspace)) as stand_in:
        slack = connect_slack(CHANNEL, lambda: tokens[0], api_url=stand_in.api_url)
        assert slack.post(CARD) == Refused(RefusalLevel.TOKEN, "invalid_auth")
        tokens[0] = "xoxb-new"
        assert isinstance(slack.post(CARD), Posted)


def test_the_token_reaches_no_log_no_outcome_and_no_journal(caplog, tmp_path):
    """At DEBUG, through success, refusal, HTML and a dropped reply."""
    journal = tmp_path / "journal.jsonl"
    scripted = ScriptedSlack(Workspace(TOKEN, (CHANNEL,)), journal_path=str(journal))
    scripted.add_faults(
        Fault(kind=FaultKind.ERROR, error="invalid_auth"), Fault(kind=FaultKind.HTML), Fault(kind=FaultKind.DROPPED)
    )
    with caplog.at_level(logging.DEBUG), SlackStandIn(scripted) as stand_in:
        slack = connect_slack(CHANNEL, lambda: TOKEN, api_url=stand_in.api_url)
        outcomes = [slack.post(CARD) for _ in range(4)]
    seen = caplog.text + repr(outcomes) + repr(slack) + journal.read_text(encoding="utf-8")
    assert len(caplog.records) > 4
    assert isinstance(outcomes[-1], Posted)
    assert TOKEN not in seen
