"""Whether a signal deserves a message; when not, the reason from the closed set and the number that decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.alerts.alert import Report, Silence, SilenceReason
from services.alerts.mutes import Mute, list_instruments, say_mute
from services.alerts.policy import AlertPolicy
from services.alerts.standing import OFFICIAL
from services.news.article import Article
from services.signals.signal import PolicySignal, Relation, Tone

COPIES = (Relation.REPRINT, Relation.SYNDICATED)
"""The same text again: it says nothing new, and its paper is no second source."""


def find_silence(signal: PolicySignal, policy: AlertPolicy) -> tuple[SilenceReason, str] | None:
    """None when the signal must be sent, else why not. The order is the order of certainty."""
    age = signal.received_at - signal.published_at
    score = signal.score or 0.0
    checks = (
        (
            age > timedelta(hours=policy.stale_after_hours),
            SilenceReason.STALE_NEWS,
            f"published {age.total_seconds() / 3600:.1f} h before it arrived, at most {policy.stale_after_hours:g} h",
        ),
        (signal.relation in COPIES, SilenceReason.REPRINT, f"story {signal.story_id} was told before"),
        (signal.relation is Relation.BACKGROUND, SilenceReason.BACKGROUND, f"looks back at story {signal.story_id}"),
        (signal.commentary, SilenceReason.COMMENTARY, "nobody in authority acts or speaks"),
        (
            signal.tone is Tone.UNCLEAR or signal.confidence < policy.minimum_confidence,
            SilenceReason.UNCLEAR,
            f"confidence {signal.confidence:.2f}, at least {policy.minimum_confidence:g}",
        ),
        (
            signal.tone is Tone.NEUTRAL or abs(score) < policy.minimum_score,
            SilenceReason.NEUTRAL,
            f"score {score:+.2f}, at least {policy.minimum_score:g} either way",
        ),
        (not signal.exposures, SilenceReason.NO_EXPOSURE, "no listed company or sector of the catalogue is touched"),
    )
    return next(((reason, detail) for holds, reason, detail in checks if holds), None)


def is_own_text(signal: PolicySignal, reports: Sequence[Report]) -> bool:
    """True for the authority's own text of what others told before it, in the very same words: no mere copy."""
    known = any(report.source_class in OFFICIAL for report in reports)
    return signal.source_class in OFFICIAL and not signal.caveats and not known


def explain_mute(mute: Mute) -> tuple[SilenceReason, str]:
    """Reason and detail of a signal that a person's order covers."""
    return SilenceReason.MUTED, f"mute {mute.number} of {say_mute(mute)} until {mute.until:%Y-%m-%d %H:%M} UTC"


def silence_signal(signal: PolicySignal, reason: SilenceReason, detail: str, decided_at: datetime) -> Silence:
    """The record of a signal that stays unsent."""
    return Silence(
        reason=reason,
        article_id=signal.article_id,
        source=signal.source,
        headline=signal.headline,
        detail=detail,
        story_id=signal.story_id,
        instruments=list_instruments(signal),
        decided_at=decided_at,
    )


def silence_article(article: Article, reason: SilenceReason, detail: str, decided_at: datetime) -> Silence:
    """The record of an article that makes no signal."""
    return Silence(
        reason=reason,
        article_id=article.article_id,
        source=article.source,
        headline=article.title,
        detail=detail,
        decided_at=decided_at,
    )
