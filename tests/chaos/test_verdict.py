"""The checker of the long run must itself tell a loss, a copy and a late message."""

from __future__ import annotations

from streams.slack_stand_in.faults import JournalEntry
from tests.chaos.verdict import Shown, find_shown, judge, percentile


def shown(at: float, *alert_ids: str, revision: int = 1, is_digest: bool = False) -> Shown:
    """A message of Slack."""
    return Shown(at=at, alert_ids=alert_ids, revision=revision, is_digest=is_digest)


def post(at: float, alert_id: str, *, accepted: bool = True, **payload: object) -> JournalEntry:
    """A call that Slack met."""
    metadata = {"event_type": "policy_alert", "event_payload": {"alert_id": alert_id, "revision": 1, **payload}}
    return JournalEntry(
        at=at,
        method="chat.postMessage",
        arguments={"metadata": metadata, "text": "words"},
        accepted=accepted,
        error=None,
        ts=f"{at:.6f}",
        fault=None,
    )


def test_everything_told_once_and_at_once_is_no_finding() -> None:
    """The usual day."""
    verdict = judge({"a": 1.0, "b": 2.0}, [shown(1.5, "a"), shown(3.0, "b")])
    assert (verdict.lost, verdict.extra, verdict.late, verdict.most_copies) == (0, 0, 0, 1)
    assert (verdict.delay_p50, verdict.delay_longest) == (0.5, 1.0)


def test_an_accepted_alert_without_a_message_is_lost() -> None:
    """Also when other alerts were told twice: counts must not cancel out."""
    verdict = judge({"a": 1.0, "b": 2.0}, [shown(1.5, "a"), shown(1.6, "a")])
    assert (verdict.lost, verdict.extra, verdict.most_copies) == (1, 1, 2)


def test_a_message_later_than_a_minute_is_late() -> None:
    """What comes after the deadline has come, but not in time."""
    assert judge({"a": 1.0, "b": 1.0}, [shown(61.0, "a"), shown(61.1, "b")]).late == 1


def test_a_line_in_a_digest_counts_as_told_and_a_second_line_as_a_copy() -> None:
    """People read both."""
    once = judge({"a": 1.0, "b": 1.0}, [shown(2.0, "a", "b", is_digest=True)])
    twice = judge({"a": 1.0}, [shown(2.0, "a", is_digest=True), shown(3.0, "a", is_digest=True)])
    assert (once.lost, once.extra, once.digested) == (0, 0, 2)
    assert twice.extra == 1


def test_an_alert_that_outgrew_its_digest_is_no_copy_and_its_first_revision_is() -> None:
    """A later revision says something new; the same one says the same thing twice."""
    digest = shown(2.0, "a", is_digest=True)
    assert judge({"a": 1.0}, [digest, shown(3.0, "a", revision=2)]).extra == 0
    assert judge({"a": 1.0}, [digest, shown(3.0, "a", revision=2), shown(4.0, "a", revision=2)]).extra == 1
    assert judge({"a": 1.0}, [digest, shown(3.0, "a")]).extra == 1


def test_what_slack_did_not_accept_was_not_shown() -> None:
    """A refused call and a reply in a thread are no messages of an alert; a digest is one of several."""
    journal = [
        post(1.0, "a"),
        post(2.0, "b", accepted=False),
        post(3.0, "c", reply_id="s1"),
        post(4.0, "d", reply_id="digest", alert_ids="e,f"),
    ]
    assert [message.alert_ids for message in find_shown(journal)] == [("a",), ("e", "f")]


def test_a_percentile_is_a_value_that_was_seen() -> None:
    """Nearest rank: of twenty values the 95th percentile is the nineteenth."""
    values = [float(number) for number in range(1, 21)]
    assert (percentile(values, 0.95), percentile(values, 1.0), percentile(values, 0.01)) == (19.0, 20.0, 1.0)
