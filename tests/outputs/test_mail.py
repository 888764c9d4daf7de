"""E-mail against a real server: over TLS, judged rightly, and no text of an article becomes a header."""

from __future__ import annotations

import re
import shutil
from email import message_from_bytes
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from config.settings import Secret
from services.alerts.alert import Alert, Report
from services.alerts.brief import Brief, BriefItem
from services.signals.signal import Relation
from streams.outputs.mail import MailOutput, MailServer
from streams.outputs.output import ResultKind
from tests.outputs.smtp_stand_in import LOST, SLOW, SmtpStandIn, make_certificate
from tests.slack.conftest import START, make_alert

HEADERS = {"Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
PASSWORD = "canary-password-9"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")


def mail_to(server: SmtpStandIn | None, security: str = "none", user: str = "", context=None) -> MailOutput:
    place = MailServer(
        host="127.0.0.1",
        port=server.port if server else 1,
        security=security,
        sender="alerts@policy.example",
        recipients=("desk@bank.example", "risk@bank.example"),
        user=user,
        password=Secret(PASSWORD if user else ""),
    )
    contexts = {} if context is None else {"context": lambda: context}
    return MailOutput(place, {}, clock=lambda: START, deadline_seconds=30.0, **contexts)


def corrected(alert: Alert, *, is_retraction: bool = False) -> Alert:
    report = Report(
        signal_id="s9",
        source="wire",
        language="en",
        url="https://news.example/9",
        published_at=START,
        relation=Relation.CORRECTION,
        is_retraction=is_retraction,
    )
    return replace(alert, revision=alert.revision + 1, reports=(report, report))


def test_a_mail_arrives_with_words_and_the_same_as_html():
    """People read it on any device; who answers automatically is told not to."""
    with SmtpStandIn() as server:
        output = mail_to(server)
        assert output.send(output.write_alert(make_alert(), is_follow_up=False)).kind is ResultKind.SENT
    (mail,) = server.mails
    assert mail["To"] == "desk@bank.example, risk@bank.example"
    assert mail["Message-ID"] == "<alert1@policy.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Authority backs platform companies, part 1" in plain.get_content()
    assert "Authority backs platform companies, part 1" in html.get_content()
    recipients = [line.partition(":")[2] for line in server.said if line.upper().startswith("RCPT")]
    assert recipients == ["<desk@bank.example>", "<risk@bank.example>"]


def test_a_repeat_is_the_same_mail_and_a_correction_another_in_its_thread():
    """Programs that read mail know a repeat by its Message-ID; a correction must not be taken for one."""
    output = mail_to(None)
    first, again = (message_from_bytes(output.write_alert(make_alert(), is_follow_up=False).body) for _ in range(2))
    later = message_from_bytes(output.write_alert(corrected(make_alert()), is_follow_up=True).body)
    assert first["Message-ID"] == again["Message-ID"] != later["Message-ID"]
    assert later["References"] == later["In-Reply-To"] == first["Message-ID"]
    assert later["Subject"].startswith("Re: CORRECTED: ")


def test_only_a_correction_or_a_retraction_is_mailed_again():
    """A mail cannot be edited: new figures each five minutes would be noise."""
    from services.alerts.alert import DeliveryState, Receipt, Severity  # noqa: PLC0415

    last = Receipt(alert_id="alert1", revision=1, channel="output/m", state=DeliveryState.SENT, at=START)
    output, alert = mail_to(None), make_alert(1, 2)
    assert not output.wants(last, alert)
    assert not output.wants(last, replace(alert, severity=Severity.FLASH))
    assert output.wants(last, corrected(alert))
    assert not output.wants(replace(last, correction="s9"), corrected(alert))
    assert "RETRACTED" in str(output.write_alert(corrected(alert, is_retraction=True), is_follow_up=True).body)


@pytest.mark.parametrize(
    ("faults", "kind"),
    [
        ({"CONNECT": ["421 busy"]}, ResultKind.NOT_SENT),
        ({"MAIL": ["451 later"]}, ResultKind.NOT_SENT),
        ({"MAIL": ["550 no"]}, ResultKind.REFUSED),
        ({"RCPT": ["550 no", "550 no"]}, ResultKind.REFUSED),
        ({"RCPT": ["550 no"]}, ResultKind.SENT),
        ({"DATA": ["451 later"]}, ResultKind.NOT_SENT),
        ({"DATA": [LOST]}, ResultKind.NOT_SENT),
        ({"END": ["452 full"]}, ResultKind.NOT_SENT),
        ({"END": ["554 spam"]}, ResultKind.CONTENT),
        ({"END": [LOST]}, ResultKind.IN_DOUBT),
    ],
)
def test_each_answer_is_judged_by_what_it_proves(faults, kind):
    """Before the mail's last line nothing can have been accepted; after it, a lost answer proves nothing."""
    with SmtpStandIn(faults=faults) as server:
        output = mail_to(server)
        assert output.send(output.write_alert(make_alert(), is_follow_up=False)).kind is kind


def test_a_server_that_does_not_answer_is_left_at_the_deadline():
    """In doubt when it had the whole mail."""
    with SmtpStandIn(faults={"END": [SLOW]}) as server:
        output = mail_to(server)
        output._deadline_seconds = 0.5
        assert output.send(output.write_alert(make_alert(), is_follow_up=False)).kind is ResultKind.IN_DOUBT


def test_where_nobody_listens_nothing_was_sent():
    """So the next try is no repeat."""
    output = mail_to(None)
    assert output.send(output.write_alert(make_alert(), is_follow_up=False)).kind is ResultKind.NOT_SENT


@needs_openssl
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_password_and_mail_travel_over_tls(tmp_path, security):
    """The login comes after the handshake."""
    context, trusting = make_certificate(tmp_path)
    with SmtpStandIn(context, starts_with_tls=security == "tls") as server:
        output = mail_to(server, security, "robot", trusting)
        assert output.send(output.write_alert(make_alert(), is_follow_up=False)).kind is ResultKind.SENT
    assert server.was_secure == [True]
    verbs = [line.split()[0] for line in server.said]
    assert "AUTH" in verbs
    if security == "starttls":
        assert verbs.index("STARTTLS") < verbs.index("AUTH") < verbs.index("DATA")


@needs_openssl
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_without_the_right_certificate_gets_neither_password_nor_mail(tmp_path, security):
    """Somebody in the middle could be anybody."""
    context, _ = make_certificate(tmp_path)
    with SmtpStandIn(context, starts_with_tls=security == "tls") as server:
        output = mail_to(server, security, "robot")
        assert output.send(output.write_alert(make_alert(), is_follow_up=False)).kind is ResultKind.REFUSED
    assert not server.mails
    assert not any("AUTH" in line for line in server.said)


def test_where_starttls_is_not_offered_nothing_is_sent_in_the_clear():
    """A stranger on the way could have taken the offer out."""
    with SmtpStandIn() as server:
        output = mail_to(server, "starttls", "robot")
        assert output.send(output.write_alert(make_alert(), is_follow_up=False)).kind is ResultKind.REFUSED
    assert not server.mails
    assert not any("AUTH" in line for line in server.said)


def test_a_wrong_password_is_a_refusal_that_does_not_repeat_it():
    """The detail goes to logs and receipts."""
    with SmtpStandIn(faults={"AUTH": ["535 no"]}) as server:
        output = mail_to(server, "none", "robot")
        result = output.send(output.write_alert(make_alert(), is_follow_up=False))
    assert result.kind is ResultKind.REFUSED
    assert PASSWORD not in repr(result) + repr(output._server)


def test_a_line_that_begins_with_a_dot_arrives_as_it_is():
    """A single dot ends a mail (RFC 5321, 4.5.2)."""
    alert = make_alert()
    alert = replace(alert, reasons=(".", "..", ".hidden"))
    with SmtpStandIn() as server:
        output = mail_to(server)
        outgoing = output.write_alert(alert, is_follow_up=False)
        assert output.send(outgoing).kind is ResultKind.SENT
    assert server.raw == [outgoing.body]


HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "x\r\nBcc: all@bank.example",
        "x\nSubject: other",
        "a\x0bBcc: b@c.example",
        "\u2028Bcc: b@c.example",
        "\x85To: x@y.example",
        "=??Q?=0D",
        "=?utf-8?q?=0D=0ABcc:_x@y.example?=",
        "<script>alert(1)</script>",
        "\u202egnp.exe \u200b\u2066",
        "\ud800",
        '"><a href="javascript:x">',
    ]
)


@settings(max_examples=150, deadline=None)
@given(headline=HOSTILE, source=HOSTILE, reason=HOSTILE, url=HOSTILE, alert_id=HOSTILE.filter(bool))
def test_no_text_of_an_article_becomes_a_header_or_markup(*, headline, source, reason, url, alert_id):
    """Whatever it says: the same headers, the same recipients, no tag of its own, nothing invisible."""
    alert = make_alert()
    signal = replace(alert.signal, headline=headline, source=source, url=url)
    alert = replace(alert, signal=signal, reasons=(reason,), alert_id=alert_id)
    output = mail_to(None)
    item = BriefItem(alert=alert, points=1.0)
    for outgoing in (
        output.write_alert(alert, is_follow_up=False),
        output.write_brief(Brief(title="Brief 10:00", waited=(item,)), "brf_1"),
        output.write_notice("key", headline),
    ):
        mail = message_from_bytes(outgoing.body, policy=SMTP)
        assert {*mail.keys()} - {"References", "In-Reply-To"} == HEADERS
        assert mail["To"] == "desk@bank.example, risk@bank.example"
        assert not mail["Bcc"]
        assert re.fullmatch(r"<[A-Za-z0-9._-]+@policy\.example>", str(mail["Message-ID"]))
        page = mail.get_body(("html",)).get_content()
        assert {*re.findall(r"<(\w+)", page)} <= {"html", "head", "meta", "body", "p", "b", "a", "doctype"}
        assert not re.search(r'href="(?!https?://)', page)
        words = mail.get_body(("plain",)).get_content() + str(mail["Subject"])
        assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\x00]", words)
