"""The stand-in is as strict as Slack where a mistake of ours would be refused, and it can be driven from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.slack.limits import Refusal, check_message
from streams.slack_stand_in.server import STAND_IN_CHANNEL, STAND_IN_TOKEN, SlackStandIn
from streams.slack_stand_in.workspace import Workspace

CHANNEL = "C0POLICYALERTS"


def text_of(length, kind="mrkdwn"):
    return {"type": kind, "text": "x" * length}


def refusal_of(text="words", blocks=(), metadata=None):
    try:
        check_message(text, list(blocks), metadata)
    except Refusal as refusal:
        return refusal.error
    return None


AT_THE_LIMIT = {
    "text": ("x" * 40_000, []),
    "50 blocks": ("words", [{"type": "divider"}] * 50),
    "header": ("words", [{"type": "header", "text": text_of(150, "plain_text")}]),
    "section": ("words", [{"type": "section", "text": text_of(3_000)}]),
    "fields": ("words", [{"type": "section", "fields": [text_of(100)] * 10}]),
    "field": ("words", [{"type": "section", "fields": [text_of(2_000)]}]),
    "context": ("words", [{"type": "context", "elements": [text_of(10)] * 10}]),
    "button": ("words", [{"type": "actions", "elements": [{"type": "button", "text": text_of(75, "plain_text")}]}]),
}
OVER_THE_LIMIT = {
    "text": ("x" * 40_001, [], "msg_too_long"),
    "51 blocks": ("words", [{"type": "divider"}] * 51, "invalid_blocks"),
    "header": ("words", [{"type": "header", "text": text_of(151, "plain_text")}], "invalid_blocks"),
    "header in mrkdwn": ("words", [{"type": "header", "text": text_of(10)}], "invalid_blocks"),
    "section": ("words", [{"type": "section", "text": text_of(3_001)}], "invalid_blocks"),
    "empty section": ("words", [{"type": "section", "text": text_of(0)}], "invalid_blocks"),
    "fields": ("words", [{"type": "section", "fields": [text_of(1)] * 11}], "invalid_blocks"),
    "field": ("words", [{"type": "section", "fields": [text_of(2_001)]}], "invalid_blocks"),
    "context": ("words", [{"type": "context", "elements": [text_of(1)] * 11}], "invalid_blocks"),
    "button": (
        "words",
        [{"type": "actions", "elements": [{"type": "button", "text": text_of(76, "plain_text")}]}],
        "invalid_blocks",
    ),
    "unknown block": ("words", [{"type": "hologram"}], "invalid_blocks"),
    "a block that is no object": ("words", ["divider"], "invalid_blocks"),
    "all blocks together": ("words", [{"type": "section", "text": text_of(2_900)}] * 5, "msg_blocks_too_long"),
    "nothing": ("", [], "no_text"),
}


@pytest.mark.parametrize("name", AT_THE_LIMIT)
def test_a_message_at_the_limit_is_taken(name):
    """A stand-in stricter than Slack would hide cards that Slack takes."""
    text, blocks = AT_THE_LIMIT[name]
    assert refusal_of(text, blocks) is None


@pytest.mark.parametrize("name", OVER_THE_LIMIT)
def test_a_message_over_the_limit_is_refused_in_slacks_words(name):
    """A stand-in laxer than Slack would let through cards that Slack refuses."""
    text, blocks, error = OVER_THE_LIMIT[name]
    assert refusal_of(text, blocks) == error


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "policy_alert", "event_payload": {"alert_id": "a"}}, None),
        ("policy_alert", "invalid_metadata_format"),
        ({"event_type": "policy alert!", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "policy_alert"}, "invalid_metadata_schema"),
        ({"event_type": "policy_alert", "event_payload": {"a": "x" * 9_000}}, "metadata_too_large"),
    ],
)
def test_metadata_must_have_its_shape(metadata, error):
    """Read-back rests on it."""
    assert refusal_of(metadata=metadata) == error


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["type", "text", "fields", "elements", "accessory"]), inner, max_size=4),
    ),
    max_leaves=10,
)
KINDS = st.sampled_from(["section", "header", "context", "actions", "image", "markdown", "rich_text", "divider", "x"])
blocks_of_any_kind = st.lists(
    st.builds(
        lambda kind, rest: {**rest, "type": kind},
        KINDS,
        st.dictionaries(
            st.sampled_from(["text", "fields", "elements", "accessory", "block_id", "image_url"]), json_values
        ),
    ),
    max_size=3,
)


@given(blocks=blocks_of_any_kind)
def test_any_blocks_are_taken_or_refused_but_never_break_the_stand_in(blocks):
    """Odd shapes are answered, as Slack answers them."""
    assert refusal_of(blocks=blocks) in (None, "invalid_blocks", "msg_blocks_too_long")


@pytest.mark.parametrize(
    ("token", "method", "arguments", "error"),
    [
        (None, "auth.test", {}, "not_authed"),
        ("xoxb-wrong", "auth.test", {}, "invalid_auth"),
        ("t", "chat.explode", {}, "unknown_method"),
        ("t", "chat.postMessage", {"channel": "C9", "text": "x"}, "channel_not_found"),
        ("t", "chat.postMessage", {"channel": "#policy-alerts", "text": "x"}, "channel_not_found"),
        ("t", "chat.postMessage", {"channel": CHANNEL, "text": "x", "thread_ts": "1.1"}, "thread_not_found"),
        ("t", "chat.update", {"channel": CHANNEL, "ts": "1.1", "text": "x"}, "message_not_found"),
        ("t", "chat.delete", {"channel": CHANNEL, "ts": "1.1"}, "message_not_found"),
        ("t", "conversations.replies", {"channel": CHANNEL, "ts": "1.1"}, "thread_not_found"),
        ("t", "conversations.history", {"channel": CHANNEL, "limit": 1000}, "invalid_limit"),
        ("t", "conversations.history", {"channel": CHANNEL, "cursor": "zz"}, "invalid_cursor"),
    ],
)
def test_wrong_calls_are_refused_in_slacks_words(token, method, arguments, error):
    """Token, method, channel and message are checked before anything happens."""
    assert Workspace("t", (CHANNEL,)).call(token, method, arguments) == {"ok": False, "error": error}


def test_replies_are_in_the_thread_and_not_in_the_history():
    """Slack's history shows roots only."""
    workspace = Workspace("t", (CHANNEL,))
    root = workspace.call("t", "chat.postMessage", {"channel": CHANNEL, "text": "root"})["ts"]
    workspace.call("t", "chat.postMessage", {"channel": CHANNEL, "text": "reply", "thread_ts": root})
    history = workspace.call("t", "conversations.history", {"channel": CHANNEL})["messages"]
    replies = workspace.call("t", "conversations.replies", {"channel": CHANNEL, "ts": root})["messages"]
    assert [message["text"] for message in history] == ["root"]
    assert [message["text"] for message in replies] == ["root", "reply"]


def fetch(url, body=None, headers=None):
    request = urllib.request.Request(url, data=body, headers=headers or {})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as response:
        return json.loads(response.read())


def call(api_url, method, arguments):
    headers = {"Authorization": f"Bearer {STAND_IN_TOKEN}", "Content-Type": "application/json; charset=utf-8"}
    return fetch(f"{api_url}{method}", json.dumps(arguments).encode(), headers)


def test_faults_and_state_can_be_set_from_outside():
    """People try a fault with one request, and see in the journal what it did."""
    with SlackStandIn() as stand_in:
        faults = [{"kind": "error", "error": "fatal_error", "accepted": True}]
        fetch(f"{stand_in.url}admin/faults", json.dumps(faults).encode())
        post = {"channel": STAND_IN_CHANNEL, "text": "words"}
        assert call(stand_in.api_url, "chat.postMessage", post) == {"ok": False, "error": "fatal_error"}
        assert call(stand_in.api_url, "chat.postMessage", post)["ok"] is True
        fetch(f"{stand_in.url}admin/state", json.dumps({"revoke": STAND_IN_TOKEN}).encode())
        assert call(stand_in.api_url, "auth.test", {})["error"] == "token_revoked"
        journal = fetch(f"{stand_in.url}journal")
        messages = fetch(f"{stand_in.url}messages?channel={STAND_IN_CHANNEL}")
    assert [(entry["accepted"], entry["fault"]) for entry in journal] == [(True, "error"), (True, None), (False, None)]
    assert [message["text"] for message in messages] == ["words", "words"]


def test_it_runs_as_its_own_process_and_keeps_a_journal_file(tmp_path):
    """The first line says where it listens; SIGTERM ends it in good order."""
    journal = tmp_path / "journal.jsonl"
    command = [sys.executable, "-m", "streams.slack_stand_in.server", "--port", "0", "--journal", str(journal)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())
        reply = call(address["api_url"], "chat.postMessage", {"channel": STAND_IN_CHANNEL, "text": "words"})
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    (line,) = journal.read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert (entry["method"], entry["ts"], entry["arguments"]["text"]) == ("chat.postMessage", reply["ts"], "words")
