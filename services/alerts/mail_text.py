"""An alert, or a brief, as a mail: subject, plain words, and the same as HTML in which foreign text has no power."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from msgspec import Struct

from services.alerts.alert import Alert, Receipt
from services.alerts.brief import Brief, BriefItem, rank, say_change, say_counts
from services.alerts.card_sentences import find_place, say_facts, say_title, say_verdict
from services.alerts.corrections import correction_of, find_correction
from services.alerts.slack_text import clean, cut, host_of, safe_url
from services.alerts.wording import say_instant

LONGEST_SUBJECT = 150
LONGEST_LINE = 500
MOST_SENTENCES = 3
NOT_ADVICE = "Not investment advice."

Names = Mapping[str, str]


class Mail(Struct, frozen=True, kw_only=True):
    """One line of subject, plain text, and an HTML page without anything that is loaded from outside."""

    subject: str
    text: str
    html: str


class Line(Struct, frozen=True):
    """One line of a mail: words, and the address that they lead to."""

    words: str
    url: str = ""
    is_strong: bool = False


def is_worth_a_mail(last: Receipt, alert: Alert) -> bool:
    """A second mail about an alert: only when a correction or a retraction changes it. A mail cannot be edited."""
    return correction_of(alert) != last.correction


def write_alert_mail(alert: Alert, names: Names, *, is_follow_up: bool = False, note: str = "") -> Mail:
    """The mail of one revision; ``names`` maps regulator and sector ids to names, ``note`` is a sentence of ours."""
    signal = alert.signal
    report = find_correction(alert)
    mark = "" if report is None else ("RETRACTED: " if report.is_retraction else "CORRECTED: ")
    title = f"{mark}{clean(say_title(alert, names))}"
    verdict, basis = say_verdict(alert)
    address = safe_url(signal.url)
    lines = [
        *([Line(clean(note))] if note else []),
        Line(title, is_strong=True),
        Line(cut(clean(signal.headline), LONGEST_LINE)),
        Line(f"{verdict}: {basis}", is_strong=True),
        *(Line(f"{label}: {clean(words)}") for label, words in say_facts(alert, names)),
        *(Line(f"“{cut(clean(one.sentence), LONGEST_LINE)}”") for one in signal.evidence[:MOST_SENTENCES]),
        Line(f"{clean(signal.source)}, published {say_instant(signal.published_at, find_place(alert))}"),
        *([Line(host_of(address), address)] if address else []),
        *(Line(f"Why: {clean(reason)}") for reason in alert.reasons),
        Line(f"Alert {clean(alert.alert_id)}, version {alert.revision}. {NOT_ADVICE}"),
    ]
    return _mail(f"{'Re: ' if is_follow_up else ''}{title}", lines)


def write_brief_mail(brief: Brief, names: Names) -> Mail:
    """The mail of a brief or a digest: everything ranked, a line each, with what changed."""
    lines = [Line(brief.title, is_strong=True), Line(say_counts(brief))]
    for heading, items in (("Waited", brief.waited), ("New since then", brief.told), ("Changed", brief.changed)):
        if items:
            lines += [Line(heading, is_strong=True), *(_line_of(one, names) for one in rank(items))]
    return _mail(f"{brief.title}: {say_counts(brief)}", [*lines, Line(NOT_ADVICE)])


def write_notice_mail(words: str) -> Mail:
    """The mail of a notice of ours."""
    return _mail(f"Policy signals: {clean(words)}", [Line(clean(words))])


def _line_of(item: BriefItem, names: Names) -> Line:
    alert, change = item.alert, say_change(item.alert, item.known)
    words = [say_title(alert, names), alert.signal.headline, change, alert.alert_id]
    return Line(" · ".join(cut(clean(word), LONGEST_LINE) for word in words if word), safe_url(alert.signal.url) or "")


def _mail(subject: str, lines: Sequence[Line]) -> Mail:
    text = "\n".join(f"{line.words}{f' <{line.url}>' if line.url else ''}" for line in lines)
    body = "\n".join(f"<p>{_html_of(line)}</p>" for line in lines)
    page = f'<!doctype html><html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>'
    # "=?" begins an encoded word (RFC 2047), which could bring back what was cleaned away, line ends too.
    return Mail(subject=cut(clean(subject).replace("=?", "= ?"), LONGEST_SUBJECT), text=text + "\n", html=page)


def _html_of(line: Line) -> str:
    words = escape(line.words)
    if line.url:
        # The host is shown beside the words, as in Slack: a link must not look like another one.
        words = f'{words} <a rel="noreferrer" href="{escape(line.url, quote=True)}">{escape(host_of(line.url))}</a>'
    return f"<b>{words}</b>" if line.is_strong else words
