"""The thread of an alert in Slack: each reply once, quiet, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.alerts.alert import Agreement, Severity
from services.alerts.lifecycle import add_report, report_of
from services.signals.signal import Relation
from streams.slack_stand_in.faults import Fault, FaultKind
from tests.alerts.alert_samples import POLICY
from tests.slack.conftest import CHANNEL, START, make_alert
from tests.slack.notifier_bench import NotifierBench


def first():
    alert = make_alert(1)
    return replace(alert, reports=(report_of(alert.signal),))


def joined(alert, number, relation=Relation.REPORT, headline="Again"):
    """The alert after one more report, a minute of event time later."""
    at = alert.revised_at + timedelta(minutes=1)
    signal = replace(
        alert.signal, signal_id=f"report{number}", source=f"Wire {number}", relation=relation, headline=headline
    )
    return add_report(alert, replace(signal, published_at=at, received_at=at), POLICY)


def reply_calls(bench):
    return [call for call in bench.scripted.calls() if "thread_ts" in call.arguments]


def posted(*, revisions=1):
    bench = NotifierBench()
    alert = first()
    bench.publish(alert)
    bench.run(2)
    for number in range(2, revisions + 1):
        alert = joined(alert, number)
        bench.publish(alert)
        bench.run(4)
    return bench, alert


def test_a_further_report_edits_the_card_and_is_a_quiet_reply():
    """The card stays the place to look; the thread tells those who follow it."""
    bench, _ = posted(revisions=3)
    assert bench.shown() == [("alert1", 3)]
    assert [text.split("*")[1] for text in bench.replies()] == ["Wire 2", "Wire 3"]
    assert not any(call.arguments["reply_broadcast"] for call in reply_calls(bench))
    assert bench.committed == 3


def test_a_reply_does_not_wait_for_an_edit_that_came_too_soon():
    """Debounce is for the card."""
    bench, alert = posted()
    quick = replace(joined(alert, 2), revised_at=START + timedelta(seconds=5))
    bench.publish(quick)
    bench.run(4)
    assert (bench.shown(), len(bench.replies())) == ([("alert1", 1)], 1)
    bench.run(45)
    assert (bench.shown(), len(bench.replies())) == ([("alert1", 2)], 1)


def test_records_handed_in_again_repeat_no_reply():
    """Each is remembered under the alert, the channel and the report."""
    bench, _ = posted(revisions=3)
    calls = len(bench.scripted.journal)
    bench.committed = 0
    bench.restart()
    bench.run(5)
    assert [call.method for call in bench.scripted.journal[calls:]] == ["conversations.history"]
    assert bench.committed == 3


@pytest.mark.parametrize("accepted", [False, True])
def test_a_reply_whose_answer_was_lost_is_read_back_from_the_thread(accepted):
    """Also by the next process: lost 0, extra 0."""
    bench, alert = posted()
    bench.publish(joined(alert, 2))
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=accepted))
    bench.run(1.5)
    bench.restart()
    bench.run(10)
    assert len(bench.replies()) == 1
    assert bench.scripted.calls("conversations.replies")
    assert bench.committed == 2


def test_a_reply_to_a_message_that_somebody_deleted_is_given_up():
    """Deleting is an answer: nothing is told under it, and the line goes on."""
    bench, alert = posted()
    bench.scripted.workspace.channels[CHANNEL].messages.clear()
    bench.publish(joined(alert, 2), make_alert(2))
    bench.run(10)
    assert bench.shown() == [("alert2", 1)]
    assert bench.committed == 3


def test_the_step_up_to_flash_is_broadcast_once():
    """And later revisions say nothing more of it."""
    bench, alert = posted()
    flash = replace(
        alert,
        revision=2,
        severity=Severity.FLASH,
        agreement=Agreement.CONFIRMED,
        revised_at=START + timedelta(minutes=1),
    )
    bench.publish(flash)
    bench.run(5)
    bench.publish(replace(flash, revision=3, revised_at=START + timedelta(minutes=5)))
    bench.run(5)
    (call,) = reply_calls(bench)
    assert call.arguments["reply_broadcast"] is True
    assert str(call.arguments["text"]).startswith("Now FLASH")
    assert bench.shown() == [("alert1", 3)]


def test_an_alert_that_is_first_told_as_a_flash_needs_no_second_call():
    """The revisions before it were never shown."""
    bench = NotifierBench()
    alert = first()
    bench.publish(alert, replace(alert, revision=2, severity=Severity.FLASH, revised_at=START + timedelta(minutes=1)))
    bench.run(5)
    assert (bench.shown(), bench.replies()) == ([("alert1", 2)], [])


@pytest.mark.parametrize(("headline", "word"), [("Correction: it is less", "CORRECTED"), ("Retracted", "RETRACTED")])
def test_row_42_a_correction_strikes_the_root_at_once_and_is_told_in_the_thread(headline, word):
    """Seconds after an edit, too: people act on what stands there."""
    bench, alert = posted()
    bench.publish(joined(alert, 2, Relation.CORRECTION, headline))
    bench.run(4)
    root = bench.messages()[0]
    assert root.text.startswith(f"{word} · ")
    assert root.blocks[0]["text"]["text"].startswith(f"{word} · ")
    assert len(bench.replies()) == 1
