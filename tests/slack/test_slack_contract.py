"""One suite for Slack in memory and Slack over HTTP: both must end every call in the same outcome."""

from __future__ import annotations

from datetime import timedelta

import pytest

from streams.slack.client import Card, NotReadable, client_message_id
from streams.slack.outcome import Doubt, Posted, RateLimited, RefusalLevel, Refused, Unknown
from streams.slack_stand_in.faults import Fault, FaultKind

CHANNEL = "C0POLICYALERTS"


def card(alert_id="alert1", revision=1, **changes):
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "words"}}
    return Card(**{"alert_id": alert_id, "revision": revision, "text": "words", "blocks": (section,)} | changes)


def posted_ts(outcome):
    assert isinstance(outcome, Posted)
    return outcome.ts


def test_a_posted_card_is_found_by_its_alert_id(bench):
    """Read-back is what makes a repeat avoidable, so it must find what was posted, and only that."""
    ts = posted_ts(bench.slack.post(card("alert1", 3)))
    bench.slack.post(card("alert2"))
    found = bench.slack.find_by_alert_id("alert1", bench.clock.now() - timedelta(hours=1))
    assert [(copy.ts, copy.alert_id, copy.revision) for copy in found] == [(ts, "alert1", 3)]


def test_nothing_is_found_where_nothing_was_posted(bench):
    """An empty answer is proof of absence and must differ from an unreadable channel."""
    assert bench.slack.find_by_alert_id("alert1", bench.clock.now() - timedelta(hours=1)) == ()


def test_read_back_follows_every_page(bench):
    """The message in doubt may lie far below younger ones."""
    first = posted_ts(bench.slack.post(card("wanted")))
    for number in range(450):
        bench.scripted.workspace.call(bench_token(bench), "chat.postMessage", {"channel": CHANNEL, "text": f"{number}"})
    found = bench.slack.find_by_alert_id("wanted", bench.clock.now() - timedelta(hours=1))
    assert [copy.ts for copy in found] == [first]
    assert len(bench.scripted.calls("conversations.history")) == 3


def bench_token(bench):
    return next(iter(bench.scripted.workspace.tokens))


def test_read_back_sees_nothing_before_since(bench):
    """The reach is bounded, so that a busy channel is not read whole."""
    bench.slack.post(card())
    assert bench.slack.find_by_alert_id("alert1", bench.clock.now() + timedelta(seconds=1)) == ()


def test_an_update_replaces_text_blocks_and_revision(bench):
    """One message carries every revision of its alert."""
    ts = posted_ts(bench.slack.post(card(revision=1)))
    assert bench.slack.update(ts, card(revision=2, text="newer", blocks=())) == Posted(ts)
    (message,) = bench.scripted.workspace.message_list(CHANNEL)
    assert (message.text, message.blocks, bench.shown()) == ("newer", [], [("alert1", 2)])


def test_a_post_says_what_it_must_say_and_no_more(bench):
    """No unfurling, no name linking, ids only in the metadata, and the same client id every time."""
    bench.slack.post(card())
    (call,) = bench.scripted.calls()
    assert call.arguments["metadata"] == {
        "event_type": "policy_alert",
        "event_payload": {"alert_id": "alert1", "revision": 1},
    }
    flags = {name: bool(call.arguments[name]) for name in ("unfurl_links", "unfurl_media", "link_names")}
    assert flags == {"unfurl_links": False, "unfurl_media": False, "link_names": False}
    assert call.arguments["parse"] == "none"
    assert call.arguments["client_msg_id"] == client_message_id("alert1", CHANNEL)


def test_a_deleted_message_is_gone(bench):
    """Editing it afterwards is refused at message level, which is not a reason to post again."""
    ts = posted_ts(bench.slack.post(card()))
    assert bench.slack.delete(ts) == Posted(ts)
    assert bench.slack.update(ts, card()) == Refused(RefusalLevel.MESSAGE, "message_not_found")


@pytest.mark.parametrize("header", ["30", "1.5", "Thu, 13 Jul 2023 01:30:30 GMT", "soon", None, "-4", "99999", "nan"])
def test_a_429_is_a_pause_whatever_its_header_says(bench, header):
    """Fault 10: integer, fraction, date, junk and absence all give a wait between 1 and 300 seconds."""
    bench.scripted.add_faults(Fault(kind=FaultKind.RATE_LIMITED, retry_after=header))
    outcome = bench.slack.post(card())
    expected = {"30": 30.0, "1.5": 1.5, "99999": 300.0}.get(header or "")
    assert isinstance(outcome, RateLimited)
    assert outcome.retry_after == expected if expected else 1.0 <= outcome.retry_after <= 300.0
    assert bench.shown() == []


BAD_REPLIES = [
    (Fault(kind=FaultKind.SERVER_ERROR, status=500), Doubt.SERVER_ERROR),
    (Fault(kind=FaultKind.SERVER_ERROR, status=502), Doubt.SERVER_ERROR),
    (Fault(kind=FaultKind.SERVER_ERROR, status=503), Doubt.SERVER_ERROR),
    (Fault(kind=FaultKind.HTML, status=200), Doubt.NOT_JSON),
    (Fault(kind=FaultKind.HTML, status=502), Doubt.SERVER_ERROR),
    (Fault(kind=FaultKind.HTML, status=404), Doubt.NOT_JSON),
    (Fault(kind=FaultKind.EMPTY, status=200), Doubt.NOT_JSON),
    (Fault(kind=FaultKind.DROPPED), Doubt.DROPPED_REPLY),
    (Fault(kind=FaultKind.HALF_BODY), Doubt.DROPPED_REPLY),
    (Fault(kind=FaultKind.ERROR, error="internal_error"), Doubt.PARTLY_DONE),
    (Fault(kind=FaultKind.ERROR, error="fatal_error"), Doubt.PARTLY_DONE),
    (Fault(kind=FaultKind.ERROR, error="request_timeout"), Doubt.PARTLY_DONE),
    (Fault(kind=FaultKind.ERROR, error="service_unavailable"), Doubt.PARTLY_DONE),
    (Fault(kind=FaultKind.ERROR, error="never_heard_of_it"), Doubt.UNLISTED_ERROR),
]


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(("fault", "doubt"), BAD_REPLIES)
def test_a_bad_reply_is_unknown_and_asked_once(bench, fault, doubt, accepted):
    """Faults 12, 13, 14: whether Slack accepted cannot be told from the reply, and the client never asks twice."""
    bench.scripted.add_faults(Fault(kind=fault.kind, status=fault.status, error=fault.error, accepted=accepted))
    outcome = bench.slack.post(card())
    assert isinstance(outcome, Unknown)
    assert outcome.reason is doubt
    assert len(bench.scripted.calls()) == 1
    assert len(bench.shown()) == int(accepted)


def test_a_reply_after_the_timeout_is_unknown(bench):
    """Fault 13: accepted, but told too late."""
    bench.scripted.add_faults(Fault(kind=FaultKind.SLOW, seconds=1.5))
    assert bench.slack.post(card()) == Unknown(Doubt.TIMEOUT)
    assert bench.shown() == [("alert1", 1)]


@pytest.mark.parametrize(
    ("level", "error"),
    [
        (RefusalLevel.CHANNEL, "channel_not_found"),
        (RefusalLevel.CHANNEL, "restricted_action"),
        (RefusalLevel.TOKEN, "token_revoked"),
        (RefusalLevel.TOKEN, "missing_scope"),
        (RefusalLevel.CONTENT, "invalid_blocks"),
        (RefusalLevel.CONTENT, "msg_blocks_too_long"),
        (RefusalLevel.MESSAGE, "edit_window_closed"),
    ],
)
def test_documented_refusals_have_their_level(bench, level, error):
    """A refusal means not posted; its level decides between waiting, plain text and parking."""
    bench.scripted.add_faults(Fault(kind=FaultKind.ERROR, error=error))
    assert bench.slack.post(card()) == Refused(level, error)


@pytest.mark.parametrize("error", ["ratelimited", "rate_limited", "message_limit_exceeded"])
def test_rate_limits_in_words_are_pauses_too(bench, error):
    """Slack says it with status 200 as well."""
    bench.scripted.add_faults(Fault(kind=FaultKind.ERROR, error=error))
    assert isinstance(bench.slack.post(card()), RateLimited)


def test_an_unreadable_channel_is_not_an_empty_one(bench):
    """Fault 15: taking a failed read-back for absence would post twice."""
    bench.slack.post(card())
    bench.scripted.add_faults(
        Fault(kind=FaultKind.RATE_LIMITED, method="conversations.history", retry_after="17"),
        Fault(kind=FaultKind.SERVER_ERROR, method="conversations.history"),
    )
    since = bench.clock.now() - timedelta(hours=1)
    assert bench.slack.find_by_alert_id("alert1", since) == NotReadable("ratelimited", 17.0)
    assert isinstance(bench.slack.find_by_alert_id("alert1", since), NotReadable)


def test_a_failing_second_page_makes_the_whole_read_back_unreadable(bench):
    """Half a channel proves nothing."""
    for number in range(250):
        bench.scripted.workspace.call(bench_token(bench), "chat.postMessage", {"channel": CHANNEL, "text": f"{number}"})
    bench.scripted.add_faults(Fault(kind=FaultKind.EMPTY, method="conversations.history", skip=1))
    assert isinstance(bench.slack.find_by_alert_id("x", bench.clock.now() - timedelta(hours=1)), NotReadable)


def test_history_shows_a_message_only_after_its_lag(bench):
    """Fault 15: Slack's history may trail behind what it accepted."""
    bench.scripted.workspace.history_lag_seconds = 5.0
    bench.slack.post(card())
    since = bench.clock.now() - timedelta(hours=1)
    assert bench.slack.find_by_alert_id("alert1", since) == ()
    bench.clock.wait(5.0)
    assert len(bench.slack.find_by_alert_id("alert1", since)) == 1


def test_check_tells_a_usable_channel_from_an_unusable_one(bench):
    """Readiness needs the scope that read-back needs."""
    assert isinstance(bench.slack.check(), Posted)
    bench.scripted.workspace.tokens[bench_token(bench)] = frozenset({"chat:write"})
    assert bench.slack.check() == Refused(RefusalLevel.TOKEN, "missing_scope")
