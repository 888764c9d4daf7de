"""Reading Slack's answers: whatever comes in, one of the closed outcomes comes out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.slack.outcome import (
    Answer,
    Doubt,
    Posted,
    RateLimited,
    RefusalLevel,
    Refused,
    Unknown,
    classify,
    outcome_label,
    parse_retry_after,
)

NOW = datetime(2023, 7, 13, 1, 30, tzinfo=UTC)


@given(header=st.one_of(st.none(), st.text(max_size=40), st.floats().map(str), st.integers().map(str)))
def test_any_retry_after_header_is_a_wait_of_one_to_three_hundred_seconds(header):
    """slack_sdk's own handler dies of "1.5"; this one survives everything."""
    assert 1.0 <= parse_retry_after(header, NOW) <= 300.0


@given(seconds=st.integers(1, 300))
def test_integer_fraction_and_date_mean_the_same(seconds):
    """Three spellings of one wait."""
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    waits = {parse_retry_after(header, NOW) for header in (str(seconds), f"{seconds}.0", date)}
    assert waits == {float(seconds)}


def test_a_date_in_the_past_is_the_shortest_wait():
    """A clock that runs ahead must not turn into junk."""
    assert parse_retry_after(format_datetime(NOW - timedelta(days=1), usegmt=True), NOW) == 1.0


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
bodies = st.one_of(
    st.none(),
    st.dictionaries(st.sampled_from(["ok", "error", "ts", "message"]), json_values),
    st.fixed_dictionaries({"ok": st.just(False), "error": st.text(max_size=30)}),
)


@given(status=st.integers(0, 999), body=bodies, retry_after=st.one_of(st.none(), st.text(max_size=9)))
def test_every_answer_has_an_outcome_and_success_needs_ok_and_an_id(status, body, retry_after):
    """Only status 200 with ok true and a message id proves a post."""
    outcome = classify(Answer(status=status, body=body, retry_after=retry_after), NOW)
    assert isinstance(outcome, Posted | Refused | RateLimited | Unknown)
    if isinstance(outcome, Posted):
        assert (status, body["ok"], body["ts"]) == (200, True, outcome.ts)
    assert " " not in outcome_label(outcome)


@given(error=st.from_regex(r"[a-z_]{3,30}", fullmatch=True))
def test_a_server_error_is_never_taken_for_a_refusal(error):
    """A 5xx may follow acceptance, whatever word its body carries."""
    outcome = classify(Answer(status=503, body={"ok": False, "error": error}), NOW)
    assert isinstance(outcome, Unknown | RateLimited)


def test_text_in_the_error_field_is_not_a_word():
    """The client puts a sentence there when the body was not JSON; it must reach no label."""
    outcome = classify(Answer(status=200, body={"ok": False, "error": "Received a <html> page"}), NOW)
    assert outcome == Unknown(Doubt.NOT_JSON, "status 200")


@pytest.mark.parametrize(
    ("outcome", "label"),
    [
        (Posted("1.1"), "posted"),
        (RateLimited(1.0), "rate_limited"),
        (Refused(RefusalLevel.TOKEN, "invalid_auth"), "refused_token"),
        (Unknown(Doubt.TIMEOUT), "unknown_timeout"),
    ],
)
def test_labels_come_from_a_closed_set(outcome, label):
    """They are metric labels."""
    assert outcome_label(outcome) == label
