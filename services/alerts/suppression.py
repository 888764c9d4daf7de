"""What happened about an instrument around a time: what was told, what was not, and what stopped it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from services.alerts.alert import Alert, Silence
from services.alerts.mutes import list_instruments
from services.alerts.path_words import say_way
from services.alerts.trace import Trace
from services.signals.names.normal_form import lower, normalise

SHORTEST_NAME = 2
"""Characters of a name that is looked for in headlines."""

_OTHERS = {
    0: " Nothing else was decided in that time either: see whether articles come at all.",
    1: " One other article was decided in that time, so the line was at work.",
}


class Span(Struct, frozen=True, kw_only=True):
    """Around which moment (UTC), and how far to either side; ``at`` None: always."""

    at: datetime | None = None
    window: timedelta = timedelta(hours=1)

    def holds(self, moment: datetime) -> bool:
        """True when the moment lies within."""
        return self.at is None or abs(moment - self.at) <= self.window


class Kept(Struct, frozen=True, kw_only=True):
    """What the topics hold of the last time."""

    silences: Sequence[Silence] = ()
    alerts: Sequence[Alert] = ()
    deliveries: Sequence[Trace] = ()
    """Traces of the notifier; by them an alert that reached no channel is told apart."""


class Candidate(Struct, frozen=True, kw_only=True):
    """One article or alert that touched the instrument."""

    at: datetime
    outcome: str
    """``alert``, ``silent``, or ``stuck``: raised, and no channel is known to have it."""
    reason: str
    """SilenceReason value; of an alert its severity; of what is stuck what the notifier last said."""
    detail: str
    """The number that decided and the threshold, in words."""
    headline: str
    source: str
    article_id: str
    story_id: str = ""
    alert_id: str = ""
    is_linked: bool = True
    """False: the article was not read far enough to be linked, and its headline names the company."""


def find_candidates(instrument: str, names: Sequence[str], kept: Kept, span: Span) -> list[Candidate]:
    """All that touched an instrument within the span, the newest first; ``names``: of its issuer, in any script."""
    ways = _group(kept.deliveries)
    wanted = [lower(normalise(name)) for name in names if len(name) >= SHORTEST_NAME]
    found = [
        _of_alert(one, ways.get(one.alert_id, [])) for one in kept.alerts if instrument in list_instruments(one.signal)
    ]
    for silence in kept.silences:
        if instrument in silence.instruments:
            found.append(_of_silence(silence, is_linked=True))
        elif not silence.instruments and _names_it(silence.headline, wanted):
            found.append(_of_silence(silence, is_linked=False))
    found = [one for one in found if span.holds(one.at)]
    return sorted(found, key=lambda one: (one.at, one.article_id), reverse=True)


def _names_it(headline: str, names: Sequence[str]) -> bool:
    text = lower(normalise(headline))
    return any(_holds(text, name) for name in names)


def _holds(text: str, name: str) -> bool:
    at = text.find(name)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(name) : at + len(name) + 1]
        if not name.isascii() or not ((before.isalnum() and before.isascii()) or (after.isalnum() and after.isascii())):
            return True
        at = text.find(name, at + 1)
    return False


def count_decided(kept: Kept, span: Span) -> int:
    """Articles of a span of which something became, silences and alerts, whatever they are about."""
    silent = {one.article_id for one in kept.silences if span.holds(one.decided_at)}
    return len(silent | {one.signal.article_id for one in kept.alerts if span.holds(one.raised_at)})


def explain_nothing(near: Sequence[Candidate], decided: int, span: Span) -> str:
    """When nothing touched an instrument within a span: was the line at work, and what was nearest?

    ``near``: its candidates at any time; ``decided``: articles and alerts of the span about anything.
    """
    if span.at is None:
        return "Nothing that is kept touched it or named it in its headline, neither told nor silent."
    said = "Nothing touched it or named it in its headline, neither told nor silent."
    others = _OTHERS.get(decided, f" {decided} other articles were decided in that time, so the line was at work.")
    at = span.at
    nearest = min(near, key=lambda one: abs(one.at - at), default=None)
    if nearest is None:
        return f"{said}{others} Nothing about it is kept of any other time."
    minutes = abs(nearest.at - at).total_seconds() / 60
    hours = minutes / 60
    when = f"{minutes:.0f} min" if minutes < 120 else f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
    side = "before" if nearest.at < at else "after"
    was = "told as" if nearest.outcome == "alert" else nearest.outcome
    told = f"{was} {nearest.reason.replace('_', ' ')}, {nearest.headline}"
    return f"{said}{others} The nearest came {when} {side} that time: {told}"


def _group(deliveries: Iterable[Trace]) -> dict[str, list[Trace]]:
    found: dict[str, list[Trace]] = {}
    for trace in deliveries:
        found.setdefault(trace.alert_id, []).append(trace)
    return found


def _of_alert(alert: Alert, way: Sequence[Trace]) -> Candidate:
    told, last = say_way(way)
    is_stuck = bool(way) and not told
    return Candidate(
        at=alert.raised_at,
        outcome="stuck" if is_stuck else "alert",
        reason=(last or "not posted yet") if is_stuck else alert.severity.value,
        detail=f"{told}; {alert.reasons[-1]}" if told and alert.reasons else "".join((told, *alert.reasons[-1:])),
        headline=alert.signal.headline,
        source=alert.signal.source,
        article_id=alert.signal.article_id,
        story_id=alert.signal.story_id,
        alert_id=alert.alert_id,
    )


def _of_silence(silence: Silence, *, is_linked: bool) -> Candidate:
    return Candidate(
        at=silence.decided_at,
        outcome="silent",
        reason=silence.reason.value,
        detail=silence.detail,
        headline=silence.headline,
        source=silence.source,
        article_id=silence.article_id,
        story_id=silence.story_id or "",
        is_linked=is_linked,
    )
