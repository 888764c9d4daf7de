"""The stand-in's Socket Mode and what only one person sees: as strict as Slack where a mistake of ours would show."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.slack.socket_mode import Request, read_request
from streams.slack_stand_in.server import STAND_IN_APP_TOKEN, STAND_IN_CHANNEL, STAND_IN_TOKEN, SlackStandIn
from streams.slack_stand_in.socket_mode import handshake_reply


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as slack:
        yield slack


def call(slack: SlackStandIn, method: str, token: str = STAND_IN_TOKEN, **arguments: object) -> dict[str, object]:
    return slack.scripted.workspace.call(token, method, arguments)


def test_only_an_app_token_opens_a_connection_and_it_does_nothing_else(slack: SlackStandIn) -> None:
    """The two tokens are easily confused."""
    assert call(slack, "apps.connections.open")["error"] == "missing_scope"
    assert str(call(slack, "apps.connections.open", STAND_IN_APP_TOKEN)["url"]).startswith("ws://127.0.0.1:")
    assert call(slack, "auth.test", STAND_IN_APP_TOKEN)["ok"] is True
    assert call(slack, "chat.postMessage", STAND_IN_APP_TOKEN, channel=STAND_IN_CHANNEL)["error"] == "missing_scope"


def test_an_address_is_good_for_one_connection(slack: SlackStandIn) -> None:
    """A client that connects anew must ask for a new address."""
    url = str(call(slack, "apps.connections.open", STAND_IN_APP_TOKEN)["url"])
    assert slack.hub.take_ticket(url.partition("ticket=")[2])
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://{urlsplit(url).netloc}/socket?{urlsplit(url).query}", timeout=5)
    assert refused.value.code == 408
    refused.value.close()


def test_the_handshake_is_that_of_the_standard() -> None:
    """The example of RFC 6455, section 1.3."""
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in handshake_reply("dGhlIHNhbXBsZSBub25jZQ==")


def test_an_answer_to_one_person_needs_that_person_and_is_in_no_history(slack: SlackStandIn) -> None:
    """chat.postEphemeral without a user is a mistake that a lenient double would hide."""
    answer = {"channel": STAND_IN_CHANNEL, "text": "hello"}
    assert call(slack, "chat.postEphemeral", **answer)["error"] == "invalid_arguments"
    assert call(slack, "chat.postEphemeral", user="U0TRADER", **answer)["ok"] is True
    assert (
        call(slack, "chat.postEphemeral", user="U0TRADER", channel="C0NONE", text="x")["error"] == "channel_not_found"
    )
    assert [one.user for one in slack.scripted.workspace.ephemerals] == ["U0TRADER"]
    assert slack.scripted.workspace.message_list(STAND_IN_CHANNEL) == []


def test_an_unknown_user_group_is_refused(slack: SlackStandIn) -> None:
    """A misspelt group lets nobody in."""
    slack.scripted.workspace.user_groups["S0DESK"] = ("U0HEAD",)
    assert call(slack, "usergroups.users.list", usergroup="S0DESK")["users"] == ["U0HEAD"]
    assert call(slack, "usergroups.users.list", usergroup="S0NONE")["error"] == "no_such_subteam"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from(["type", "actions", "container", "user", "trigger_id", "text", "user_id", "channel_id"])


@given(st.sampled_from(["interactive", "slash_commands", "events_api", ""]), st.dictionaries(KEYS, JSON))
def test_no_envelope_brings_anything_but_a_request_or_nothing(kind: str, payload: dict[str, object]) -> None:
    """The shape of a payload is Slack's to change."""
    found = read_request(kind, "envelope", {"type": "block_actions", **payload})
    assert found is None or isinstance(found, Request)
