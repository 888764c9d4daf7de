"""The repeat decision, case by case, and what must hold in all of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.alert import Agreement, Alert, DeliveryState, Receipt, Severity
from services.alerts.repeat import BLIND, NOT_POSTED, ROOT_GONE, Decision, RepeatReason, decide_repeat, first_word
from services.signals.signal import PolicySignal, Relation, Tone

NOW = datetime(2023, 7, 13, 1, 30, tzinfo=UTC)
SIGNAL = PolicySignal(
    signal_id="s",
    story_id="st",
    article_id="a",
    relation=Relation.NEW,
    source="wire",
    language="en",
    headline="Authority backs platform companies",
    url="https://news.example/1",
    tone=Tone.SUPPORTIVE,
    score=0.8,
    confidence=0.9,
    regulators=(),
    sectors=(),
    stage=None,
    exposures=(),
    evidence=(),
    commentary=False,
    authority=0.9,
    novelty=100,
    fingerprint=(),
    reader="test",
    published_at=NOW,
    received_at=NOW,
    scored_at=NOW,
)


def alert(revision: int) -> Alert:
    return Alert(
        alert_id="alert1",
        revision=revision,
        cause="raised",
        severity=Severity.ALERT,
        agreement=Agreement.NOT_YET,
        signal=SIGNAL,
        reports=(),
        reactions=(),
        measured=(),
        reasons=(),
        raised_at=NOW,
        revised_at=NOW,
    )


def receipt(state: DeliveryState, revision: int = 2, ts: str | None = None, detail: str = "") -> Receipt:
    return Receipt(
        alert_id="alert1", revision=revision, channel="C1", state=state, slack_ts=ts, attempts=1, detail=detail, at=NOW
    )


ATTEMPT, SENT, PARKED = DeliveryState.ATTEMPT, DeliveryState.SENT, DeliveryState.PARKED
HELD = DeliveryState.HELD

CASES = [
    (None, 1, Decision.POST, RepeatReason.NEVER_TRIED),
    (receipt(ATTEMPT), 2, Decision.READ_BACK, RepeatReason.POST_IN_DOUBT),
    (receipt(ATTEMPT), 3, Decision.READ_BACK, RepeatReason.POST_IN_DOUBT),
    (receipt(ATTEMPT), 1, Decision.SKIP_OLDER, RepeatReason.NEWER_KNOWN),
    (receipt(ATTEMPT, detail=BLIND), 2, Decision.READ_BACK, RepeatReason.POST_IN_DOUBT),
    (receipt(ATTEMPT, detail="unreadable"), 2, Decision.READ_BACK, RepeatReason.POST_IN_DOUBT),
    (receipt(ATTEMPT, detail=f"{NOT_POSTED}: ratelimited"), 2, Decision.POST, RepeatReason.LAST_TRY_REFUSED),
    (receipt(ATTEMPT, ts="1.1"), 2, Decision.EDIT, RepeatReason.EDIT_UNFINISHED),
    (receipt(ATTEMPT, ts="1.1"), 3, Decision.EDIT, RepeatReason.EDIT_UNFINISHED),
    (receipt(SENT, ts="1.1"), 1, Decision.SKIP_OLDER, RepeatReason.NEWER_KNOWN),
    (receipt(SENT, ts="1.1"), 2, Decision.SKIP_SAME, RepeatReason.ALREADY_SENT),
    (receipt(SENT, ts="1.1"), 3, Decision.EDIT, RepeatReason.NEWER_THAN_SENT),
    (receipt(SENT), 3, Decision.READ_BACK, RepeatReason.POST_IN_DOUBT),
    (receipt(PARKED, detail="invalid_blocks"), 2, Decision.SKIP_PARKED, RepeatReason.ALREADY_PARKED),
    (receipt(PARKED, detail="invalid_blocks"), 3, Decision.POST, RepeatReason.NEWER_THAN_PARKED),
    (receipt(PARKED, ts="1.1", detail="edit_window_closed"), 3, Decision.EDIT, RepeatReason.NEWER_THAN_PARKED),
    (receipt(HELD, detail="quiet_hours: brief: night"), 2, Decision.POST, RepeatReason.TIME_TO_TELL),
    (receipt(PARKED, detail=f"{ROOT_GONE}: deleted"), 9, Decision.SKIP_PARKED, RepeatReason.MESSAGE_DELETED),
]


@pytest.mark.parametrize(("last", "revision", "decision", "reason"), CASES)
def test_the_last_receipt_and_the_revision_decide(last, revision, decision, reason):
    """The whole table in one place."""
    verdict = decide_repeat(last, alert(revision))
    assert (verdict.decision, verdict.reason) == (decision, reason)


receipts = st.builds(
    receipt,
    st.sampled_from(list(DeliveryState)),
    st.integers(0, 5),
    st.sampled_from([None, "1.1"]),
    st.sampled_from(["", BLIND, "plain", ROOT_GONE, f"{NOT_POSTED}: x", "unreadable"]),
)


@given(last=receipts, revision=st.integers(1, 6))
def test_a_message_that_may_exist_is_never_posted_again_unseen(last, revision):
    """A second root message needs proof that there is no first one."""
    decision = decide_repeat(last, alert(revision)).decision
    refused = last.state is not SENT and last.slack_ts is None
    proven = last.state in (PARKED, HELD) or first_word(last.detail) == NOT_POSTED
    assert decision is not Decision.POST or (refused and proven)


@given(last=receipts, revision=st.integers(1, 6))
def test_an_edit_always_knows_its_message(last, revision):
    """EDIT without a message id could only become a post."""
    if decide_repeat(last, alert(revision)).decision is Decision.EDIT:
        assert last.slack_ts is not None


@given(last=receipts, revision=st.integers(1, 6))
def test_nothing_newer_is_skipped_unless_its_message_was_deleted(last, revision):
    """Skipping commits the record, so it must never skip news."""
    decision = decide_repeat(last, alert(revision)).decision
    if revision > last.revision and not (last.state is PARKED and first_word(last.detail) == ROOT_GONE):
        assert decision in (Decision.POST, Decision.EDIT, Decision.READ_BACK)
