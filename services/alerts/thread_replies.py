"""What the thread of an alert says: who else reported it, what was corrected, and once that it has become a Flash.

A reply is short and quiet: it notifies only those who follow the thread. Only the step up to Flash may be shown in the
channel as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from services.alerts.alert import Alert, Receipt, Report, Severity
from services.alerts.card_sentences import find_place, say_title
from services.alerts.loudness import is_louder
from services.alerts.slack_text import for_mrkdwn, host_of, safe_url
from services.alerts.wording import LANGUAGES, say_clock, say_ordinal
from services.signals.signal import Caveat, Relation

BECAME_FLASH = "became_flash"
BECAME_URGENT = "became_urgent"
_VERBS = {
    Relation.CORRECTION: "corrected",
    Relation.RETRACTION: "retracted",
    Relation.UPDATE: "updated",
    Relation.FOLLOW_UP: "told a new act, which has its own card,",
}


class Reply(Struct, frozen=True, kw_only=True):
    """One message of the thread; ``reply_id`` is the same for the same news, always."""

    reply_id: str
    text: str
    """mrkdwn, escaped, well within Slack's limits."""
    is_broadcast: bool = False
    """Shown in the channel, too."""


def list_replies(alert: Alert) -> tuple[Reply, ...]:
    """A reply for each further report, in the order seen, then one for each later story that continues this one."""
    told = (*alert.reports[1:], *alert.followed_by)
    return tuple(Reply(reply_id=report.signal_id, text=say_report(alert, report)) for report in told)


def find_upgrade(last: Receipt | None, alert: Alert, names: Mapping[str, str]) -> Reply | None:
    """The one loud reply: the channel shows this alert below Flash, and now it is one.

    In the thread of a like event, where its card made no sound, each step up is loud.
    """
    if last is None or last.severity is None or not is_louder(alert.severity, last.severity):
        return None
    if alert.severity is not Severity.FLASH and not last.thread_ts:
        return None
    reply_id = BECAME_FLASH if alert.severity is Severity.FLASH else BECAME_URGENT
    return Reply(reply_id=reply_id, text=f"Now {for_mrkdwn(say_title(alert, names), 300)}", is_broadcast=True)


def say_report(alert: Alert, report: Report) -> str:
    """``Harbour Wire reported 10:42 HKT: <link|host>``."""
    verb = _VERBS.get(report.relation or Relation.REPORT, "reported")
    if report.relation is Relation.TRANSLATION:
        verb = f"reported in {LANGUAGES.get(report.language, 'another language')}"
    if Caveat.DENIAL in report.caveats:
        verb = "reported a denial"
    if report in alert.followed_by:
        verb = _VERBS[Relation.FOLLOW_UP]
    verb = "retracted" if report.is_retraction else verb
    source = f"*{for_mrkdwn(report.source, 60) or 'An unnamed source'}* ({for_mrkdwn(report.language, 8)})"
    said = f"{source} {verb} {say_clock(report.published_at, find_place(alert))}"
    if report.number > 1:
        said += f", {say_ordinal(report.number)} report"
    address = safe_url(report.url)
    return said if address is None else f"{said}: <{address}|{for_mrkdwn(host_of(address), 80)}>"
