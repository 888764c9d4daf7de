"""What the commands answer, in Slack's mrkdwn. Everything from outside is made harmless on its way in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from services.alerts.acknowledgement import say_user
from services.alerts.alert import Alert
from services.alerts.card_sentences import find_place, say_title, say_verdict
from services.alerts.desk import WATCH_WEIGHT, Desk
from services.alerts.feedback import Feedback, Precision, find_precision, find_precision_of_rules, keep_last_words
from services.alerts.mutes import Mute, list_standing, say_mute
from services.alerts.path_answer import say_path
from services.alerts.routing import LOUDNESS, RoutingTable, route_alert
from services.alerts.slack_text import for_mrkdwn, host_of, safe_url
from services.alerts.suppression import Candidate
from services.alerts.trace import Trace
from services.alerts.verdict import RULE
from services.alerts.wording import HONG_KONG, Place, place_of, say_clock

Names = Mapping[str, str]

DIGEST_SPAN = timedelta(hours=24)
MOST_LINES = 10
MOST_EVIDENCE = 3
MOST_RULES = 6
NO_TRACE = "_No trace of it is kept; this is what the alert itself tells._"
NEVER_SILENT = "Nothing was silent about it in what is kept."


class Standing(Struct, frozen=True, kw_only=True):
    """What ``status`` shows beside the desk: numbers of the line, and the last digest of the audit."""

    alerts: int
    recent: int
    """Of 24 hours."""
    audited: int
    last_digest: str


def say_why(alert: Alert, table: RoutingTable, names: Names, traces: Sequence[Trace] = ()) -> str:
    """The whole reasoning behind one alert: its path as ``policy-signals why`` shows it, by its traces.

    Without traces (they are kept for thirty days, and never waited for) it is told from the alert itself.
    """
    signal = alert.signal
    verdict, basis = say_verdict(alert)
    head = [
        f"*{for_mrkdwn(say_title(alert, names), 300)}*",
        f"• Verdict: {for_mrkdwn(verdict, 100)}, {for_mrkdwn(basis, 300)}",
    ]
    last = f"• Alert {for_mrkdwn(alert.alert_id, 64)}, version {alert.revision}"
    if traces:
        return "\n".join([*head, *say_path(traces), last])
    routing = route_alert(alert, table)
    address = safe_url(signal.url)
    steps = "; ".join(f"{step.name}: {step.why}" for step in routing.steps) or "no routes are written, so the fallback"
    lines = [
        NO_TRACE,
        for_mrkdwn(signal.headline, 300),
        *(f"• {for_mrkdwn(reason, 400)}" for reason in alert.reasons),
        f"• The rule of the verdict: {for_mrkdwn(RULE, 900)}",
        *(f"• Evidence: “{for_mrkdwn(one.sentence, 300)}”" for one in signal.evidence[:MOST_EVIDENCE]),
        f"• Source: {for_mrkdwn(signal.source, 60)}, {host_of(address) if address else 'no usable link'}, "
        f"authority {signal.authority:.2f}",
        f"• Route: {for_mrkdwn(', '.join(routing.channels), 200)} ({for_mrkdwn(steps, 500)})",
        f"• Read by: {for_mrkdwn(signal.reader, 100)}",
    ]
    return "\n".join([*head, *lines, last])


def say_why_not(instrument: str, candidates: Sequence[Candidate], at: datetime | None, nothing: str = "") -> str:
    """What touched an instrument (``find_candidates``): what was told, and what stopped each that was not.

    ``nothing``: what is said when there is none (``explain_nothing``).
    """
    place = place_of(instrument)
    sent = [one for one in candidates if one.outcome == "alert"]
    silent = [one for one in candidates if one.outcome != "alert"]
    when = "" if at is None else f" around {say_clock(at, place)}"
    head = f"*{for_mrkdwn(instrument, 30)}{when}*: {len(sent)} alerts sent, {len(silent)} articles silent"
    if not candidates and nothing:
        return f"{head}\n{for_mrkdwn(nothing, 600)}"
    return "\n".join(
        [
            head,
            *(f"• sent {_when(one.at, place)} {_brief_of(one)}" for one in sent[:MOST_LINES]),
            *(_say_silence(one, place) for one in silent[:MOST_LINES]),
            *([] if silent else [NEVER_SILENT]),
        ]
    )


def say_mutes(mutes: Iterable[Mute], now: datetime) -> str:
    """Every mute that stands, with its number, end and author."""
    lines = [
        f"• {mute.number}: {for_mrkdwn(say_mute(mute), 100)} until {_when(mute.until, _place(mute))}, "
        f"by {say_user(mute.by)}"
        for mute in list_standing(mutes, now)
    ]
    return "\n".join(["*Muted*; `unmute N` ends one:", *lines]) if lines else "Nothing is muted."


def say_watches(desk: Desk) -> str:
    """Every watched instrument and who asked for it."""
    lines = [
        f"• {for_mrkdwn(one.instrument, 30)}, by {say_user(one.by)}"
        for _, one in sorted(desk.watches.items())
        if one.is_active
    ]
    head = f"*Watched* (severity x {WATCH_WEIGHT:g} when named):"
    return "\n".join([head, *lines]) if lines else "No instrument is watched."


def say_last(alerts: Iterable[Alert], count: int, owners: Collection[str] = ()) -> str:
    """The latest alerts, the newest first; ``owners``: ids of those that somebody took."""
    latest = sorted(alerts, key=lambda one: one.raised_at, reverse=True)[:count]
    lines = [f"• {_when(one.raised_at, find_place(one))} {_brief(one)}{_taken(one, owners)}" for one in latest]
    return "\n".join(lines) or "No alert yet."


def say_digest(alerts: Iterable[Alert], now: datetime, owners: Collection[str] = ()) -> str:
    """Alerts of the last 24 hours, the loudest first."""
    recent = [one for one in alerts if one.raised_at > now - DIGEST_SPAN]
    recent.sort(key=lambda one: (-LOUDNESS.index(one.severity), -abs(one.signal.score or 0.0), one.alert_id))
    lines = [f"• {_when(one.raised_at, find_place(one))} {_brief(one)}{_taken(one, owners)}" for one in recent]
    more = [f"and {len(lines) - 2 * MOST_LINES} more"] if len(lines) > 2 * MOST_LINES else []
    return "\n".join([f"*{len(lines)} alerts in 24 hours*", *lines[: 2 * MOST_LINES], *more])


def say_status(desk: Desk, standing: Standing, given: Sequence[Feedback], now: datetime) -> str:
    """One look at the desk: alerts, mutes, watches, feedback, and the end of the audit."""
    muted = len(list_standing(desk.mutes.values(), now))
    watched = sum(one.is_active for one in desk.watches.values())
    lines = [
        f"*{standing.recent} alerts* in 24 hours, {standing.alerts} kept here; {len(desk.owners)} were acknowledged",
        f"{muted} mutes stand, {watched} instruments are watched",
        *_say_precision(given),
        f"Audit: {standing.audited} changes, the last has the digest {standing.last_digest[:16]}",
    ]
    return "\n".join(lines)


def _say_precision(given: Sequence[Feedback]) -> list[str]:
    if not given:
        return ["No feedback yet."]
    by_regulator = find_precision(given, lambda one: one.regulator)[:MOST_LINES]
    by_tone = find_precision(given, lambda one: one.tone.value)
    by_rule = find_precision_of_rules(given)[:MOST_RULES]
    judged = keep_last_words(given)
    return [
        f"Feedback: {len(judged)} words, by tone: {_shares(by_tone)}; by regulator: {_shares(by_regulator)}",
        *([f"By rule: {_shares(by_rule)}"] if by_rule else []),
    ]


def _shares(found: Iterable[Precision]) -> str:
    return ", ".join(f"{for_mrkdwn(one.name, 40)} {one.share:.0%} useful of {one.judged}" for one in found)


def _say_silence(one: Candidate, place: Place) -> str:
    said = f"{one.reason}: {one.detail}"
    head = f"• {one.outcome} {_when(one.at, place)} *{for_mrkdwn(said, 300)}*"
    named = "" if one.is_linked else "; named in the headline, not linked"
    return f"{head} {for_mrkdwn(one.headline, 120)} ({for_mrkdwn(one.source, 40)}{named})"


def _brief_of(one: Candidate) -> str:
    return f"*{one.reason}* {for_mrkdwn(one.headline, 120)} ({for_mrkdwn(one.alert_id, 64)})"


def _brief(alert: Alert) -> str:
    words = f"{alert.severity.value} {alert.signal.tone.value} {alert.signal.score or 0.0:+.2f}"
    return f"*{words}* {for_mrkdwn(alert.signal.headline, 120)} ({for_mrkdwn(alert.alert_id, 64)})"


def _taken(alert: Alert, owners: Collection[str]) -> str:
    return ", acknowledged" if alert.alert_id in owners else ""


def _when(at: datetime, place: Place) -> str:
    """Day and minute: ``13 Jul 14:02 HKT``."""
    local = at.astimezone(place.zone)
    return f"{local.day} {local:%b} {say_clock(at, place)}"


def _place(mute: Mute) -> Place:
    return place_of(mute.target) if mute.kind.value == "instrument" else HONG_KONG
