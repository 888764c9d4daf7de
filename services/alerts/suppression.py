"""What happened about an instrument around a time: what was told, what was not, and what stopped it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from services.alerts.alert import Alert, Silence
from services.alerts.mutes import list_instruments
from services.signals.names.normal_form import lower, normalise

SHORTEST_NAME = 2
"""Characters of a name that is looked for in headlines."""


class Span(Struct, frozen=True, kw_only=True):
    """Around which moment (UTC), and how far to either side; ``at`` None: always."""

    at: datetime | None = None
    window: timedelta = timedelta(hours=1)

    def holds(self, moment: datetime) -> bool:
        """True when the moment lies within."""
        return self.at is None or abs(moment - self.at) <= self.window


class Candidate(Struct, frozen=True, kw_only=True):
    """One article or alert that touched the instrument."""

    at: datetime
    outcome: str
    """``alert`` or ``silent``."""
    reason: str
    """SilenceReason value; of an alert its severity."""
    detail: str
    """The number that decided and the threshold, in words."""
    headline: str
    source: str
    article_id: str
    story_id: str = ""
    alert_id: str = ""
    is_linked: bool = True
    """False: the article was not read far enough to be linked, and its headline names the company."""


def find_candidates(
    instrument: str, names: Sequence[str], silences: Iterable[Silence], alerts: Iterable[Alert], span: Span
) -> list[Candidate]:
    """All that touched an instrument within the span, the newest first; ``names``: of its issuer, in any script."""
    wanted = [lower(normalise(name)) for name in names if len(name) >= SHORTEST_NAME]
    found = [_of_alert(one) for one in alerts if instrument in list_instruments(one.signal)]
    for silence in silences:
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


def _of_alert(alert: Alert) -> Candidate:
    return Candidate(
        at=alert.raised_at,
        outcome="alert",
        reason=alert.severity.value,
        detail=alert.reasons[-1] if alert.reasons else "",
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
