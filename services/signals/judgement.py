"""What was decided about an article before names are weighed: by the rules alone, or by rules and model together."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from services.signals.names.linking import NOBODY_WEIGHED, NOTHING_JUDGED, MentionKey
from services.signals.signal import Evidence, Stage, Tone

MINIMUM_CONFIDENCE = 0.6
"""Below it the answer is ``unclear``; score, evidence and stage are kept."""


class Judgement(Struct, frozen=True, kw_only=True):
    """``tone`` is the best label whatever the confidence; the reader turns low ones to unclear."""

    tone: Tone
    score: float | None
    confidence: float
    stage: Stage | None
    commentary: bool
    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...]
    mentions: Mapping[MentionKey, float] = NOTHING_JUDGED
    """Probability that a mention is of an authority that acts, or of a company that is acted upon."""
    authorities: Mapping[str, float] = NOBODY_WEIGHED
    """Probability that an authority acts or speaks, by id; only those that were learned."""
