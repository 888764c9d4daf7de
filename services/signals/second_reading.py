"""A second opinion on readings that are not sure: which ones deserve it, and how two opinions become one reading.

The second reader is optional and outside; it sees tone and evidence only. Who acts and who is touched stays ours.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from services.news.article import Article
from services.signals.judgement import MINIMUM_CONFIDENCE
from services.signals.signal import Evidence, Reading, Stage, Tone

NOTE = "second reader: "
FIRM_SCORE = 0.3
"""From here on the first reader's direction is not for the second reader to reverse."""
DISAGREEMENT_CONFIDENCE = 0.5
"""Two readers who contradict each other are no better than a coin; below the 0.6 that a clear tone needs."""


class Outcome(StrEnum):
    """What became of one reading that deserved a second look; exactly one each, and the metric's label."""

    ANSWERED = "answered"
    CACHED = "cached"
    """The same text was answered before, for the same model and prompt."""
    DISAGREED = "disagreed"
    """An answer, new or cached, that contradicts a firm first reading: the tone is unclear."""
    OVER_BUDGET = "over_budget"
    CIRCUIT_OPEN = "circuit_open"
    """The endpoint failed too often and is left alone for a while."""
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    """No connection, status 429 or 5xx."""
    REFUSED = "refused"
    """Any other status: key, model name or address are wrong, or the model does not take such requests."""
    UNREADABLE = "unreadable"
    """An answer that is not what was asked for."""


class Opinion(Struct, frozen=True, kw_only=True):
    """What a second reader says of one article, checked: evidence is verbatim, numbers are in range."""

    tone: Tone
    score: float | None
    confidence: float
    stage: Stage | None
    evidence: tuple[Evidence, ...]


class SecondLook(Protocol):
    """What the news desk needs of a second reader."""

    @property
    def version(self) -> str:
        """Who it is: stands in the signals that it had a part in."""

    def reread(self, article: Article, reading: Reading) -> Reading:
        """The same reading when there is nothing to add. Never raises."""


def is_worth_asking(reading: Reading, below: float) -> bool:
    """True for an unclear tone, or a relevant one with a confidence under ``below``.

    Never where no answer could change what is sent: surely irrelevant, commentary, nobody of the catalogue touched.
    """
    if reading.tone is Tone.IRRELEVANT or reading.commentary or not reading.exposures:
        return False
    return reading.tone is Tone.UNCLEAR or reading.confidence < below


def contradicts(opinion: Opinion, reading: Reading) -> bool:
    """True when the first reader leans firmly one way and the opinion goes the other way, or sees nothing at all."""
    own = reading.score or 0.0
    return abs(own) >= FIRM_SCORE and (opinion.score is None or opinion.score * own < 0)


def merge_readings(reading: Reading, opinion: Opinion, highest_confidence: float) -> Reading:
    """One reading of two opinions; entities and the mark of commentary stay those of the first reader.

    A contradiction is unclear with both opinions in the notes. An opinion that is itself not sure (under 0.6) changes
    nothing but the notes. Else tone, score, stage, evidence and confidence, at most ``highest_confidence``, are the
    second reader's.
    """
    said = _describe(opinion.tone, opinion.score, opinion.confidence)
    if contradicts(opinion, reading):
        own = _describe(reading.tone, reading.score, reading.confidence)
        return replace(
            reading,
            tone=Tone.UNCLEAR,
            confidence=min(reading.confidence, DISAGREEMENT_CONFIDENCE),
            notes=(f"{NOTE}{said}; first reader: {own}; they contradict each other", *reading.notes),
        )
    confidence = min(opinion.confidence, highest_confidence)
    if confidence < MINIMUM_CONFIDENCE:
        return replace(reading, notes=(f"{NOTE}{said}, not sure enough to change anything", *reading.notes))
    return replace(
        reading,
        tone=opinion.tone,
        score=opinion.score,
        confidence=confidence,
        stage=opinion.stage,
        evidence=opinion.evidence,
        notes=(f"{NOTE}{said}", *reading.notes),
    )


def was_read_again(reading: Reading) -> bool:
    """True when a second reader had a say in it."""
    return bool(reading.notes) and reading.notes[0].startswith(NOTE)


def _describe(tone: Tone, score: float | None, confidence: float) -> str:
    return f"{tone.value}{'' if score is None else f' {score:+.2f}'}, confidence {confidence:.2f}"
