"""Our Slack client and our delivery against a Slack that somebody else wrote: an oracle that shares none of our errors.

The emulator (npm ``emulate`` 0.12.2) keeps messages, metadata, threads, edits and pages as Slack does. It has no rate
limits, no size limits and no faults, which is what the strict stand-in is for; the last tests here say where the two
differ.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient

from streams.slack.client import Card, SlackChannel, connect_slack
from streams.slack.outcome import Posted, RefusalLevel, Refused
from streams.slack_stand_in.faults import InMemorySlack
from tests.slack.conftest import TOKEN as STRICT_TOKEN
from tests.slack.conftest import Bench
from tests.slack.emulator.server import TOKEN, SlackEmulator, is_installed
from tests.slack.test_delivery_survives_kills import run_with_kills, story

pytestmark = [
    pytest.mark.parts,
    pytest.mark.skipif(
        not is_installed() and not os.environ.get("POLICY_SIGNALS_TEST_EMULATOR"),
        reason="the Slack emulator is not installed: `make test-emulator` installs it and runs this",
    ),
]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "words"}}


@dataclass(frozen=True)
class Place:
    """One channel of the emulator: through our client, and through a plain one."""

    slack: SlackChannel
    client: WebClient
    channel: str

    def messages(self) -> list[dict[str, object]]:
        """What people see, the oldest first, without replies."""
        found: list[dict[str, object]] = []
        cursor = ""
        while True:
            page = self.client.conversations_history(channel=self.channel, limit=200, cursor=cursor)
            found += page["messages"]
            cursor = page["response_metadata"]["next_cursor"]
            if not cursor:
                return found[::-1]


@pytest.fixture(scope="module")
def emulator() -> Iterator[SlackEmulator]:
    """One for all tests of this file."""
    server = SlackEmulator()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def place(emulator: SlackEmulator, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A channel of its own for each test."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    client = WebClient(token=TOKEN, base_url=emulator.api_url)
    made = client.conversations_create(name=f"test-{abs(hash(request.node.nodeid)) % 10**9}")
    channel = str(made["channel"]["id"])
    return Place(connect_slack(channel, lambda: TOKEN, api_url=emulator.api_url), client, channel)


def card(alert_id: str = "alert1", revision: int = 1, **changes: object) -> Card:
    return Card(**{"alert_id": alert_id, "revision": revision, "text": "words", "blocks": (SECTION,)} | changes)  # type: ignore[arg-type]


def posted_ts(outcome: object) -> str:
    assert isinstance(outcome, Posted), outcome
    return outcome.ts


def test_a_posted_card_is_found_by_its_alert_id_and_no_other(place: Place) -> None:
    """The metadata that we send is the metadata that we read, through a server of another hand."""
    ts = posted_ts(place.slack.post(card("alert1", 3)))
    posted_ts(place.slack.post(card("alert2")))
    found = place.slack.find_by_alert_id("alert1", LONG_AGO)
    assert [(copy.ts, copy.alert_id, copy.revision) for copy in found] == [(ts, "alert1", 3)]  # type: ignore[union-attr]
    assert place.slack.find_by_alert_id("alert3", LONG_AGO) == ()


def test_read_back_follows_the_pages_of_another_server(place: Place) -> None:
    """Its cursors look different from ours: they must be handed back as they came."""
    first = posted_ts(place.slack.post(card("wanted")))
    for number in range(450):
        place.client.chat_postMessage(channel=place.channel, text=f"{number}")
    found = place.slack.find_by_alert_id("wanted", LONG_AGO)
    assert [copy.ts for copy in found] == [first]  # type: ignore[union-attr]


def test_an_edit_replaces_text_blocks_and_revision(place: Place) -> None:
    """People see the new card, and read-back its revision."""
    ts = posted_ts(place.slack.post(card(revision=1)))
    assert place.slack.update(ts, card(revision=2, text="newer", blocks=())) == Posted(ts)
    [message] = place.messages()
    assert (message["text"], message.get("blocks") or []) == ("newer", [])
    assert [copy.revision for copy in place.slack.read_copies(LONG_AGO)] == [2]  # type: ignore[union-attr]


def test_a_reply_stands_in_its_thread_and_is_found_there(place: Place) -> None:
    """Not in the channel, and not among the alert's own copies."""
    root = posted_ts(place.slack.post(card()))
    reply = card(reply_id="s2", thread_ts=root, blocks=())
    ts = posted_ts(place.slack.post(reply))
    assert [copy.ts for copy in place.slack.find_reply(reply, LONG_AGO)] == [ts]  # type: ignore[union-attr]
    assert [message["ts"] for message in place.messages()] == [root]
    assert [copy.ts for copy in place.slack.read_copies(LONG_AGO)] == [root]  # type: ignore[union-attr]


def test_a_deleted_message_is_gone_and_cannot_be_edited(place: Place) -> None:
    """A refusal at message level: not a reason to post it again."""
    ts = posted_ts(place.slack.post(card()))
    assert isinstance(place.slack.delete(ts), Posted)
    assert place.messages() == []
    assert place.slack.update(ts, card()) == Refused(RefusalLevel.MESSAGE, "message_not_found")


def test_a_channel_that_is_not_there_is_a_refusal_at_channel_level(emulator: SlackEmulator) -> None:
    """The word is Slack's own in both."""
    slack = connect_slack("C0NOBODY", lambda: TOKEN, api_url=emulator.api_url)
    assert slack.post(card()) == Refused(RefusalLevel.CHANNEL, "channel_not_found")


def test_words_of_strangers_arrive_as_they_were_escaped(place: Place) -> None:
    """Nothing between us and Slack unescapes or escapes again."""
    text = "&lt;!channel&gt; A &amp; B 國務院"
    posted_ts(place.slack.post(card(text=text, blocks=())))
    assert [message["text"] for message in place.messages()] == [text]


class EmulatorBench(Bench):
    """Delivery over the emulator; what people see is asked of the emulator."""

    def __init__(self, place: Place) -> None:
        super().__init__(lambda scripted: place.slack)
        self._place = place

    def shown(self) -> list[tuple[str, int]]:
        """(alert_id, revision) of every message, the oldest first."""
        payloads = [message["metadata"]["event_payload"] for message in self._place.messages()]  # type: ignore[index]
        return [(payload["alert_id"], payload["revision"]) for payload in payloads]


@pytest.mark.parametrize("kills", [[], [5], [7], [6, 6], [9, 14, 4], [3, 5, 7, 9, 11, 13]])
def test_row_5_kills_lose_nothing_and_repeat_nothing_on_another_slack(place: Place, new_alert, kills) -> None:  # type: ignore[no-untyped-def]
    """Read-back is what the guarantee rests on, so it must work on a server that we did not write."""
    bench = EmulatorBench(place)
    used = run_with_kills(bench, story(new_alert), kills)
    assert used == len(kills)
    assert sorted(bench.shown()) == [("alert1", 3), ("alert2", 2)]


TOO_MUCH = {
    "51 blocks": {"blocks": (SECTION,) * 51},
    "a section of 3,001 characters": {
        "blocks": ({"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}},)
    },
    "a header of 151 characters": {"blocks": ({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},)},
    "a block that nobody knows": {"blocks": ({"type": "hologram"},)},
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_the_emulator_takes_what_slack_refuses_and_the_stand_in_refuses_it(place: Place, what: str) -> None:
    """Why a suite on the emulator alone would prove too little: it has no limits."""
    strict = Bench(lambda scripted: SlackChannel(InMemorySlack(scripted, STRICT_TOKEN), "C0POLICYALERTS")).slack
    refused = strict.post(card(**TOO_MUCH[what]))  # type: ignore[arg-type]
    assert isinstance(refused, Refused)
    assert refused.level is RefusalLevel.CONTENT
    assert isinstance(place.slack.post(card(**TOO_MUCH[what])), Posted)  # type: ignore[arg-type]


def test_the_emulator_shows_messages_from_before_the_time_asked_for(place: Place) -> None:
    """It does not know ``oldest``; Slack and the stand-in do."""
    ts = posted_ts(place.slack.post(card()))
    found = place.slack.find_by_alert_id("alert1", datetime.now(UTC) + timedelta(hours=1))
    assert [copy.ts for copy in found] == [ts]  # type: ignore[union-attr]


def test_the_emulator_takes_fifty_posts_at_once(place: Place) -> None:
    """Slack would answer 429 within the first few; here every one stands."""
    for number in range(50):
        posted_ts(place.slack.post(card(f"alert{number}")))
    assert len(place.messages()) == 50
