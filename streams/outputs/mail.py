"""E-mail by SMTP with TLS: one mail per alert, a follow-up when it is corrected or retracted.

The Message-ID comes from the alert, so that a repeat is the same mail to every program that reads mail, and
follow-ups stand in one thread.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from threading import Timer

from msgspec import Struct

from config.settings import NO_SECRET, Secret
from services.alerts.alert import Alert, Receipt
from services.alerts.brief import Brief
from services.alerts.corrections import correction_of
from services.alerts.mail_text import (
    Mail,
    Names,
    is_worth_a_mail,
    write_alert_mail,
    write_brief_mail,
    write_notice_mail,
)
from streams.clock import wall_clock
from streams.logs import log as logger
from streams.outputs.output import DEADLINE_SECONDS, Outgoing, Result, ResultKind

MOST_DOUBTS = 2
"""A mail of which nobody confirmed even the second copy is given up with a notice: never a third one."""
_LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_-]")


class MailServer(Struct, frozen=True, kw_only=True):
    """Where mail is handed in, by whom, for whom."""

    host: str
    port: int
    security: str
    """``tls`` from the first byte, ``starttls``, or ``none``."""
    sender: str
    recipients: tuple[str, ...]
    user: str = ""
    password: Secret = NO_SECRET


class MailOutput:
    """One list of recipients at one server."""

    most_doubts = MOST_DOUBTS
    takes_every_revision = False

    def __init__(
        self,
        server: MailServer,
        names: Names,
        *,
        clock: Callable[[], datetime] = wall_clock,
        context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._server = server
        self._names = names
        self._clock = clock
        self._context = context
        self._deadline_seconds = deadline_seconds

    def wants(self, last: Receipt, alert: Alert) -> bool:
        """A mail cannot be edited, so only what matters is mailed again."""
        return is_worth_a_mail(last, alert)

    def write_alert(self, alert: Alert, *, is_follow_up: bool, note: str = "") -> Outgoing:
        """The mail of one revision; what corrects it is another mail, in the thread of the first."""
        first, correction = alert.alert_id, correction_of(alert)
        key = f"{first}.{correction}" if correction else first
        mail = write_alert_mail(alert, self._names, is_follow_up=is_follow_up, note=note)
        return self._write(key, mail, answers=first)

    def write_brief(self, brief: Brief, brief_id: str) -> Outgoing:
        """The mail of a brief."""
        return self._write(brief_id, write_brief_mail(brief, self._names), answers=brief_id)

    def write_notice(self, key: str, words: str) -> Outgoing:
        """A notice of ours."""
        return self._write(key, write_notice_mail(words), answers=key)

    def send(self, outgoing: Outgoing) -> Result:
        """One try; at the deadline the connection is cut. Raises nothing."""
        try:
            client = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return _judge_before_data(error)
        timer = Timer(self._deadline_seconds, _cut, (client,))
        timer.daemon = True
        timer.start()
        try:
            return self._hand_in(client, outgoing.body)
        finally:
            timer.cancel()
            _cut(client)

    def _connect(self) -> smtplib.SMTP:
        server, seconds = self._server, self._deadline_seconds
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=self._context())
        return smtplib.SMTP(server.host, server.port, timeout=seconds)

    def _hand_in(self, client: smtplib.SMTP, body: bytes) -> Result:
        try:
            self._open_envelope(client)
            code, _ = client.docmd("DATA")
            if code != 354:
                return _judge_code(code)
        except (OSError, smtplib.SMTPException) as error:
            return _judge_before_data(error)
        try:
            client.send(_LINE_START_DOT.sub(b"..", body) + b".\r\n")
            code, _ = client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            # The whole mail may have arrived; only its receipt is missing.
            return Result(kind=ResultKind.IN_DOUBT, detail=type(error).__name__)
        if code == 250:
            return Result(kind=ResultKind.SENT, detail="250")
        kind = ResultKind.CONTENT if code >= 500 else ResultKind.NOT_SENT
        return Result(kind=kind, detail=f"code {code}")

    def _open_envelope(self, client: smtplib.SMTP) -> None:
        """Raises SMTPException for a refusal, OSError."""
        server = self._server
        if server.security == "starttls":
            client.starttls(context=self._context())
        client.ehlo_or_helo_if_needed()
        if server.user:
            client.login(server.user, server.password.reveal())
        _require(client.mail(server.sender))
        answers = [client.rcpt(address) for address in server.recipients]
        refused = [answer for answer in answers if answer[0] not in (250, 251)]
        if len(refused) == len(answers):
            _require(refused[0])
        if refused:
            logger.error(
                "mail server refuses some recipients", refused=len(refused), codes=[code for code, _ in refused]
            )

    def _write(self, key: str, mail: Mail, *, answers: str) -> Outgoing:
        message = EmailMessage(policy=SMTP)
        message["Subject"] = mail.subject
        message["From"] = self._server.sender
        message["To"] = ", ".join(self._server.recipients)
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = self._message_id(key)
        message["Auto-Submitted"] = "auto-generated"
        if answers != key:
            message["In-Reply-To"] = message["References"] = self._message_id(answers)
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return Outgoing(key=key, body=message.as_bytes())

    def _message_id(self, key: str) -> str:
        domain = self._server.sender.rpartition("@")[2]
        return f"<{'.'.join(_NOT_IN_AN_ID.sub('-', part) for part in key.split('.'))}@{domain}>"


def _require(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if code not in (250, 251):
        raise smtplib.SMTPResponseException(code, words)


def _judge_before_data(error: Exception) -> Result:
    """The mail was not handed in: nothing can have been accepted."""
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError):
        # No STARTTLS, no login, or another server's certificate: nothing is sent in the clear or to a stranger.
        return Result(kind=ResultKind.REFUSED, detail=type(error).__name__)
    if isinstance(error, smtplib.SMTPResponseException):
        return _judge_code(error.smtp_code)
    return Result(kind=ResultKind.NOT_SENT, detail=type(error).__name__)


def _judge_code(code: int) -> Result:
    """5xx is for good (RFC 5321, 4.2.1)."""
    return Result(kind=ResultKind.REFUSED if code >= 500 else ResultKind.NOT_SENT, detail=f"code {code}")


def _cut(client: smtplib.SMTP) -> None:
    """End the connection, also under the hands of another thread that waits for it."""
    sock = client.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            sock.close()
