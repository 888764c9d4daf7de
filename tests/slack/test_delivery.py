"""Delivery against Slack in memory and over HTTP: nothing lost, nothing told twice, row by row of the fault table."""

from __future__ import annotations

from contextlib import suppress

import pytest

from services.alerts.alert import DeliveryState
from services.alerts.repeat import Decision
from services.errors import Unavailable
from streams.delivery.pacing import Pacing
from streams.delivery.sweep import sweep_copies
from streams.slack_stand_in.faults import Fault, FaultKind

CHANNEL = "C0POLICYALERTS"
UNREADABLE_HISTORY = Fault(kind=FaultKind.SERVER_ERROR, status=503, method="conversations.history", count=10_000)


def last(bench, number=1):
    return bench.log.last(f"alert{number}", CHANNEL)


def payload_with(text="short", blocks=()):
    return {"text": text, "blocks": list(blocks)}


def test_every_revision_edits_the_one_message(bench, new_alert):
    """People see one card per event, which changes as the market answers."""
    delivery = bench.start()
    decisions = [bench.finish(delivery, new_alert(1, revision)).repeat.decision for revision in (1, 2, 3)]
    assert decisions == [Decision.POST, Decision.EDIT, Decision.EDIT]
    assert bench.shown() == [("alert1", 3)]
    assert (last(bench).state, last(bench).revision) == (DeliveryState.SENT, 3)


def test_records_read_again_change_nothing(bench, new_alert):
    """Kafka may hand in everything again after a restart: no call leaves for what was told."""
    delivery = bench.start()
    for revision in (1, 2):
        bench.finish(delivery, new_alert(1, revision))
    calls = len(bench.scripted.journal)
    again = [bench.finish(bench.start(), new_alert(1, revision)).repeat.decision for revision in (1, 2)]
    assert again == [Decision.SKIP_OLDER, Decision.SKIP_SAME]
    assert len(bench.scripted.journal) == calls


def test_row_10_a_429_pauses_the_channel_and_keeps_the_order(bench, new_alert):
    """No request may leave inside the pause, whoever asks, and nothing overtakes."""
    bench.scripted.add_faults(Fault(kind=FaultKind.RATE_LIMITED, retry_after="30"))
    delivery = bench.start()
    with pytest.raises(Unavailable) as first:
        delivery.deliver(new_alert(1), payload_with())
    with pytest.raises(Unavailable) as second:
        delivery.deliver(new_alert(2), payload_with())
    assert (first.value.retry_after, len(bench.scripted.journal)) == (30.0, 1)
    assert 26.0 < second.value.retry_after <= 30.0
    for number in (1, 2):
        bench.finish(delivery, new_alert(number))
    assert bench.shown() == [("alert1", 1), ("alert2", 1)]
    assert bench.scripted.calls("conversations.history") == []


def test_row_10_a_channel_that_is_paused_does_not_pause_another(bench):
    """Pacing belongs to one channel."""
    paused, other = Pacing(bench.clock), Pacing(bench.clock)
    paused.pause(30.0)
    other.take_turn()
    with pytest.raises(Unavailable):
        paused.take_turn()
    assert bench.clock.seconds == 0.0


def test_row_11_a_burst_leaves_at_one_message_a_second(bench, new_alert):
    """Slack allows about one message a second per channel; edits count too."""
    delivery = bench.start()
    for number in range(20):
        bench.finish(delivery, new_alert(number))
        bench.finish(delivery, new_alert(number, 2))
    assert len(bench.shown()) == 20
    assert 39.0 <= bench.clock.seconds <= 40.0
    assert bench.waits == []


BAD_REPLIES = {
    "500": Fault(kind=FaultKind.SERVER_ERROR, status=500),
    "502 with a page": Fault(kind=FaultKind.HTML, status=502),
    "200 with a page": Fault(kind=FaultKind.HTML, status=200),
    "empty": Fault(kind=FaultKind.EMPTY),
    "dropped": Fault(kind=FaultKind.DROPPED),
    "half a body": Fault(kind=FaultKind.HALF_BODY),
    "internal_error": Fault(kind=FaultKind.ERROR, error="internal_error"),
    "fatal_error": Fault(kind=FaultKind.ERROR, error="fatal_error"),
}


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("name", BAD_REPLIES)
def test_rows_12_13_14_an_unclear_reply_is_read_back_never_repeated_unseen(bench, new_alert, name, accepted):
    """Twenty unclear replies of each kind, before and after acceptance: lost 0, extra 0."""
    fault = BAD_REPLIES[name]
    delivery = bench.start()
    for number in range(20):
        bench.scripted.add_faults(Fault(kind=fault.kind, status=fault.status, error=fault.error, accepted=accepted))
        bench.finish(delivery, new_alert(number))
    assert sorted(bench.shown()) == sorted((f"alert{number}", 1) for number in range(20))
    posts = [call for call in bench.scripted.calls() if call.accepted]
    assert len(posts) == 20


def test_row_13_a_reply_after_the_timeout_is_read_back(bench, new_alert):
    """Accepted, told too late: found and remembered, not posted again."""
    bench.scripted.add_faults(Fault(kind=FaultKind.SLOW, seconds=1.2))
    done = bench.finish(bench.start(), new_alert())
    assert done.repeat.decision is Decision.READ_BACK
    assert bench.shown() == [("alert1", 1)]
    assert len(bench.scripted.calls()) == 1


def test_a_message_found_at_an_older_revision_is_edited_not_repeated(bench, new_alert):
    """Compaction may drop the record whose answer was lost, so the next revision has to settle the doubt."""
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=True))
    delivery = bench.start()
    with pytest.raises(Unavailable):
        delivery.deliver(new_alert(1, 1), payload_with())
    bench.finish(delivery, new_alert(1, 2))
    assert bench.shown() == [("alert1", 2)]
    assert (last(bench).state, last(bench).revision) == (DeliveryState.SENT, 2)


@pytest.mark.parametrize("lag", [0.0, 2.5, 5.0])
def test_row_15_a_lagging_history_makes_no_copy(bench, new_alert, lag):
    """One look could come too early, so absence needs a second, later one."""
    bench.scripted.workspace.history_lag_seconds = lag
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=True))
    bench.finish(bench.start(), new_alert())
    assert bench.shown() == [("alert1", 1)]


def test_row_15_an_unreadable_history_allows_one_labelled_repeat(bench, new_alert):
    """Late rather than lost: after a minute without proof one more goes out, says so, and is cleared away later."""
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=True), UNREADABLE_HISTORY)
    delivery = bench.start()
    done = bench.finish(delivery, new_alert())
    assert done.receipt is not None
    assert done.receipt.detail == "blind"
    assert 60.0 <= bench.clock.seconds < 75.0
    original, repeat = bench.texts()
    assert "May repeat" not in original
    assert "May repeat an alert sent at 01:30 UTC" in repeat
    bench.scripted.drop_faults()
    assert sweep_copies(bench.slack, bench.log, bench.clock).deleted == 1
    assert bench.texts() == [original]
    bench.finish(delivery, new_alert(1, 2))
    assert bench.shown() == [("alert1", 2)]


def test_row_15_there_is_never_a_second_repeat_without_proof(bench, new_alert):
    """History down for ten minutes and every reply lost: two copies at most, also across a restart."""
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=True, count=50), UNREADABLE_HISTORY)
    deliveries = [bench.start(), bench.start()]
    for _ in range(1_000):
        with suppress(Unavailable):
            deliveries[int(bench.clock.seconds) // 300 % 2].deliver(new_alert(), payload_with())
        bench.clock.wait(1.0)
    assert bench.clock.seconds >= 600.0
    assert len(bench.shown()) == 2
    bench.scripted.drop_faults()
    done = bench.finish(bench.start(), new_alert())
    assert done.receipt is not None
    assert done.receipt.state is DeliveryState.SENT
    assert len(bench.shown()) == 2


def test_row_15_a_repeat_that_was_refused_leaves_the_doubt(bench, new_alert):
    """A 429 on the blind re-post says nothing about the attempt before it."""
    bench.scripted.add_faults(
        Fault(kind=FaultKind.DROPPED, accepted=True),
        Fault(kind=FaultKind.RATE_LIMITED, retry_after="7"),
        UNREADABLE_HISTORY,
    )
    delivery = bench.start()
    for _ in range(1_000):
        bench.clock.wait(1.0)
        with suppress(Unavailable):
            delivery.deliver(new_alert(), payload_with())
        if len(bench.scripted.calls()) == 2:
            break
    bench.scripted.drop_faults()
    bench.clock.wait(7.0)
    bench.finish(delivery, new_alert())
    assert bench.shown() == [("alert1", 1)]


def test_row_16_a_revoked_token_keeps_everything_and_resumes(bench, new_alert):
    """Nothing is lost while the token is refused, and posting resumes within a minute of its return."""
    workspace = bench.scripted.workspace
    token = next(iter(workspace.tokens))
    delivery = bench.start()
    bench.finish(delivery, new_alert(1))
    workspace.revoked.add(token)
    with pytest.raises(Unavailable, match="token_revoked") as refused:
        delivery.deliver(new_alert(2), payload_with())
    assert refused.value.what == "slack_token"
    assert refused.value.retry_after <= 60.0
    bench.clock.wait(300.0)
    with pytest.raises(Unavailable):
        delivery.deliver(new_alert(2), payload_with())
    workspace.allow(token)
    bench.finish(delivery, new_alert(2))
    assert bench.shown() == [("alert1", 1), ("alert2", 1)]


@pytest.mark.parametrize("refusal", ["is_archived", "not_in_channel", "channel_not_found"])
def test_row_17_a_channel_that_refuses_keeps_the_record(bench, new_alert, refusal):
    """The record stays in Kafka and is tried again; the full card goes out however long that took."""
    channel = bench.scripted.workspace.channels[CHANNEL]
    delivery = bench.start()

    def set_refusing(refusing):
        channel.is_archived = refusing and refusal == "is_archived"
        channel.is_member = not (refusing and refusal == "not_in_channel")
        channels = bench.scripted.workspace.channels
        if refusal == "channel_not_found":
            channels.update({CHANNEL: channel}) if not refusing else channels.pop(CHANNEL)

    set_refusing(True)
    for _ in range(12):
        with pytest.raises(Unavailable, match=refusal) as refused:
            delivery.deliver(new_alert(), payload_with("words", [{"type": "divider"}]))
        assert refused.value.what == "slack_channel"
        bench.clock.wait(refused.value.retry_after)
    set_refusing(False)
    bench.finish(delivery, new_alert())
    assert len(bench.shown()) == 1
    assert all(call.arguments["blocks"] for call in bench.scripted.calls())


LONG_HEADLINE = "🧑‍💻 العربية &amp; news " * 5_000


@pytest.mark.parametrize(
    "payload",
    [
        payload_with(LONG_HEADLINE, [{"type": "header", "text": {"type": "plain_text", "text": LONG_HEADLINE}}]),
        payload_with("short", [{"type": "divider"}] * 51),
        payload_with("short", [{"type": "carousel_of_tomorrow"}]),
        payload_with("x" * 50_000),
    ],
)
def test_row_18_a_refused_card_goes_out_as_short_plain_text(bench, new_alert, payload):
    """One refusal, one plain message within 3,500 characters, no second refusal."""
    done = bench.finish(bench.start(), new_alert(), payload)
    (message,) = bench.scripted.workspace.message_list(CHANNEL)
    assert done.receipt is not None
    assert done.receipt.detail == "plain"
    assert (len(message.text) <= 3_500, message.blocks) == (True, [])
    assert [call.accepted for call in bench.scripted.calls()] == [False, True]


def test_row_18_what_is_refused_twice_is_parked_and_told_by_its_next_revision(bench, new_alert):
    """Parked means remembered, not dropped: the line goes on, and a newer revision is tried anew."""
    bench.scripted.add_faults(Fault(kind=FaultKind.ERROR, error="invalid_blocks", count=2))
    delivery = bench.start()
    done = bench.finish(delivery, new_alert(1, 1))
    assert (done.receipt.state, done.receipt.detail) == (DeliveryState.PARKED, "invalid_blocks")
    assert bench.finish(delivery, new_alert(1, 1)).repeat.decision is Decision.SKIP_PARKED
    bench.finish(delivery, new_alert(1, 2))
    assert bench.shown() == [("alert1", 2)]


def test_an_error_that_nobody_documents_does_not_hold_up_the_line_for_ever(bench, new_alert):
    """After ten tries, each proven absent, the alert is parked."""
    bench.scripted.add_faults(Fault(kind=FaultKind.ERROR, error="brand_new_error", count=1_000))
    done = bench.finish(bench.start(), new_alert())
    assert (done.receipt.state, done.receipt.detail) == (DeliveryState.PARKED, "brand_new_error")
    assert len(bench.scripted.calls()) == 10


def test_a_long_outage_delays_and_never_parks(bench, new_alert):
    """Slack answers 503 to everything for an hour: the alert goes out once, soon after."""
    bench.scripted.add_faults(Fault(kind=FaultKind.SERVER_ERROR, status=503, count=10_000))
    delivery = bench.start()
    while bench.clock.seconds < 3_600.0:
        with pytest.raises(Unavailable) as error:
            delivery.deliver(new_alert(), payload_with())
        bench.clock.wait(error.value.retry_after)
    bench.scripted.drop_faults()
    before = bench.clock.seconds
    bench.finish(delivery, new_alert())
    assert bench.shown() == [("alert1", 1)]
    assert bench.clock.seconds - before <= 66.0


@pytest.mark.parametrize("accepted", [False, True])
def test_an_unclear_edit_is_simply_repeated(bench, new_alert, accepted):
    """Editing twice shows the same, so no read-back is needed."""
    delivery = bench.start()
    bench.finish(delivery, new_alert(1, 1))
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, method="chat.update", accepted=accepted, count=3))
    bench.finish(delivery, new_alert(1, 2))
    assert bench.shown() == [("alert1", 2)]
    assert bench.scripted.calls("conversations.history") == []


def test_a_message_deleted_by_a_person_is_not_told_again(bench, new_alert):
    """Deleting is an answer too: no second message, this revision and later ones are parked."""
    delivery = bench.start()
    ts = bench.finish(delivery, new_alert(1, 1)).receipt.slack_ts
    bench.slack.delete(ts)
    assert bench.finish(delivery, new_alert(1, 2)).receipt.state is DeliveryState.PARKED
    assert bench.finish(delivery, new_alert(1, 3)).repeat.decision is Decision.SKIP_PARKED
    assert bench.shown() == []
    assert len(bench.scripted.calls()) == 1


def test_when_the_remembered_copy_is_gone_the_other_one_is_edited(bench, new_alert):
    """After a blind repeat somebody may delete either copy."""
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=True), UNREADABLE_HISTORY)
    delivery = bench.start()
    bench.slack.delete(bench.finish(delivery, new_alert(1, 1)).receipt.slack_ts)
    bench.scripted.drop_faults()
    bench.finish(delivery, new_alert(1, 2))
    assert bench.shown() == [("alert1", 2)]


def test_an_edit_that_slack_forbids_leaves_the_message_as_it_is(bench, new_alert):
    """A closed edit window is no reason for a second message; later revisions are tried again."""
    delivery = bench.start()
    bench.finish(delivery, new_alert(1, 1))
    bench.scripted.add_faults(Fault(kind=FaultKind.ERROR, method="chat.update", error="edit_window_closed"))
    assert bench.finish(delivery, new_alert(1, 2)).receipt.state is DeliveryState.PARKED
    assert bench.shown() == [("alert1", 1)]
    bench.finish(delivery, new_alert(1, 3))
    assert bench.shown() == [("alert1", 3)]


def test_a_process_that_lost_its_partition_posts_nothing(bench, new_alert):
    """A paused old owner asks before every post, and is told no."""
    delivery = type(bench.start())(bench.slack, bench.log, Pacing(bench.clock, 1.0, lambda: False), bench.clock)
    with pytest.raises(Unavailable, match="owns"):
        delivery.deliver(new_alert(), payload_with())
    assert (bench.scripted.journal, last(bench)) == ([], None)


def test_no_single_call_waits_longer_than_three_seconds(bench, new_alert):
    """The consumer must poll meanwhile, so waiting is the caller's business."""
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=True), UNREADABLE_HISTORY)
    delivery = bench.start()
    for _ in range(30):
        before = bench.clock.seconds
        try:
            delivery.deliver(new_alert(), payload_with())
        except Unavailable as error:
            assert bench.clock.seconds - before <= 3.0
            bench.clock.wait(error.retry_after)
    assert len(bench.shown()) == 2


def test_the_sweep_leaves_single_messages_and_unfinished_alerts_alone(bench, new_alert):
    """Only what is settled and stands twice is cleared."""
    delivery = bench.start()
    for number in (1, 2):
        bench.finish(delivery, new_alert(number))
    swept = sweep_copies(bench.slack, bench.log, bench.clock)
    assert (swept.deleted, swept.complete, len(bench.shown())) == (0, True, 2)


def test_the_sweep_says_when_it_could_not_look(bench, new_alert):
    """An unreadable channel is not a clean one."""
    bench.finish(bench.start(), new_alert())
    bench.scripted.add_faults(UNREADABLE_HISTORY)
    assert not sweep_copies(bench.slack, bench.log, bench.clock).complete
