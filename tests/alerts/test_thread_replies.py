"""Threads and strikes: who else reported it, what was corrected, what became louder."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.alerts.alert import Alert, DeliveryState, Receipt, Report, Severity
from services.alerts.corrections import find_correction, is_retraction, strike
from services.alerts.lifecycle import add_report, report_of
from services.alerts.slack_message import render
from services.alerts.thread_replies import BECAME_FLASH, find_upgrade, list_replies
from services.signals.signal import Relation
from streams.slack.limits import check_message
from tests.alerts.alert_samples import POLICY, PUBLISHED, make_signal
from tests.alerts.test_delivery_queue import make_alert


def told(relation: Relation | None = None, **changes: object) -> Alert:
    """An alert that one article raised, and a second one joined."""
    alert = make_alert(reports=(report_of(make_signal()),))
    if relation is None:
        return alert
    return add_report(
        alert, make_signal(signal_id="sig_2", source="Evening Post", relation=relation, **changes), POLICY
    )


def text_of(payload: dict[str, object]) -> str:
    return str(payload["blocks"])


def test_the_first_report_is_the_card_and_the_others_are_replies() -> None:
    """A reply says who, when and where; its id is that of the report, so that it is told once."""
    (reply,) = list_replies(told(Relation.REPORT))
    assert (reply.reply_id, reply.is_broadcast) == ("sig_2", False)
    assert "*Evening Post* (en) reported" in reply.text
    assert "<https://news.example/a|news.example>" in reply.text
    assert list_replies(told()) == ()


@pytest.mark.parametrize(
    ("relation", "headline", "verb", "cause"),
    [
        (Relation.CORRECTION, "Correction: the fine is lower", "corrected", "correction"),
        (Relation.CORRECTION, "Agency retracts report on probe", "retracted", "correction"),
        (Relation.CORRECTION, "撤稿：关于调查的报道", "retracted", "correction"),
        (Relation.RETRACTION, "Our report on the probe is withdrawn", "retracted", "correction"),
        (Relation.UPDATE, "Regulator ends its probe of two", "updated", "report"),
        (Relation.TRANSLATION, "监管总局结束调查", "reported in English", "report"),
        (Relation.FOLLOW_UP, "Regulator fines the company", "told a new act, which has its own card,", "report"),
    ],
)
def test_a_reply_says_what_the_report_does(relation: Relation, headline: str, verb: str, cause: str) -> None:
    """A correction must not read as one more confirmation."""
    alert = told(relation, headline=headline)
    (reply,) = list_replies(alert)
    assert f" {verb} " in reply.text
    assert alert.cause == cause


def test_a_retraction_strikes_the_card_whatever_its_headline_says() -> None:
    """The story memory has read the whole opening; the headline need not hold the word."""
    alert = told(Relation.RETRACTION, headline="Our report on the probe is withdrawn")
    assert strike(render(alert, {}, PUBLISHED), alert)["text"].startswith("RETRACTED")  # type: ignore[attr-defined]


def test_a_reply_counts_the_reports_of_the_story() -> None:
    """Silent copies count too: the third telling is the third, also where the second was not worth a reply."""
    (reply,) = list_replies(told(Relation.REPORT, reports=3))
    assert ", 3rd report: <" in reply.text


def test_a_source_cannot_write_into_the_thread() -> None:
    """Foreign names and addresses are escaped, and links only lead where they say."""
    report = Report(signal_id="s", source="<!channel> *x*", language="<e", url="javascript:x", published_at=PUBLISHED)
    (reply,) = list_replies(replace(told(), reports=(report, report)))
    assert "<!" not in reply.text
    assert "javascript" not in reply.text


def test_only_the_step_up_to_flash_is_loud() -> None:
    """Once, and not for an alert that the channel knows as a Flash already."""
    fields = {"alert_id": "a", "revision": 1, "channel": "C", "state": DeliveryState.SENT, "at": PUBLISHED}
    urgent = Receipt(**fields, severity=Severity.URGENT)  # type: ignore[arg-type]
    flash = make_alert(severity=Severity.FLASH)
    reply = find_upgrade(urgent, flash, {})
    assert reply is not None
    assert (reply.reply_id, reply.is_broadcast) == (BECAME_FLASH, True)
    assert find_upgrade(replace(urgent, severity=Severity.FLASH), flash, {}) is None
    assert find_upgrade(urgent, make_alert(severity=Severity.URGENT), {}) is None
    assert find_upgrade(None, flash, {}) is None


def test_a_correction_strikes_the_card_and_says_who_made_it() -> None:
    """Whoever looks at the channel later must not read the old words as true."""
    alert = told(Relation.CORRECTION, headline="Correction: the fine is lower")
    now = PUBLISHED + timedelta(minutes=1)
    payload = strike(render(alert, {}, now), alert)
    header, notice = payload["blocks"][:2]  # type: ignore[index]
    assert header["text"]["text"].startswith("CORRECTED · ")
    assert "by Evening Post: see the thread" in notice["text"]["text"]
    assert "'strike': True" in text_of(payload)
    assert str(payload["text"]).startswith("CORRECTED · ")
    check_message(payload["text"], payload["blocks"], None)


def test_a_retraction_weighs_more_than_a_later_correction() -> None:
    """What was taken back stays so."""
    alert = told(Relation.CORRECTION, headline="Agency retracts report")
    alert = add_report(
        alert, make_signal(signal_id="sig_3", relation=Relation.CORRECTION, headline="Correction: spelling"), POLICY
    )
    found = find_correction(alert)
    assert found is not None
    assert found.signal_id == "sig_2"
    assert strike(render(alert, {}, PUBLISHED), alert)["text"].startswith("RETRACTED")  # type: ignore[attr-defined]


def test_an_alert_raised_by_a_correction_is_not_struck() -> None:
    """It is the first that we tell: there is nothing to take back."""
    alert = make_alert(reports=(report_of(make_signal(relation=Relation.CORRECTION, headline="Corrected: x")),))
    payload = render(alert, {}, PUBLISHED)
    assert strike(payload, alert) == payload


def test_only_corrections_can_be_retractions() -> None:
    """A regulator that withdraws a rule is news, not a retraction."""
    assert not is_retraction(make_signal(headline="Regulator retracts its draft rule"))
    assert is_retraction(make_signal(relation=Relation.CORRECTION, headline="RETRACTED: our report on the probe"))
