"""Which event an article tells, and whether it was told before.

Two articles tell the same event when their texts are near copies about the same companies, or when the same
authority acts in the same direction on the same companies or sectors within a day, in whatever language.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.news.article import Article
from services.news.fingerprint import fingerprint, resemblance
from services.news.parsing import content_id
from services.signals.signal import PolicySignal, Reading, Relation, Role

MEMORY = timedelta(hours=72)
SAME_EVENT_WITHIN = timedelta(hours=24)
REPRINT_RESEMBLANCE = 0.85
UPDATE_RESEMBLANCE = 0.40
MAX_REMEMBERED = 20_000
NOVELTY_DECAY = 0.75
DIRECTION_FROM = 0.15

_CORRECTION = re.compile(
    r"\b(correct(?:s|ion|ed)|retract(?:s|ion|ed)|clarif(?:y|ies|ication))\b|更正|勘误|撤稿|致歉", re.IGNORECASE
)


class Told(Struct, frozen=True, kw_only=True):
    """What is remembered of one article that told an event."""

    article_id: str
    story_id: str
    source: str
    language: str
    fingerprint: tuple[int, ...]
    direction: int
    regulators: frozenset[str]
    issuers: frozenset[str]
    sectors: frozenset[str]
    published_at: datetime


class Place(Struct, frozen=True, kw_only=True):
    """Where an article stands among what was told: its story, its relation to it, and why."""

    story_id: str
    relation: Relation
    novelty: int
    reason: str
    told: Told


class StoryMemory:
    """Remembers the events of the last 72 hours; bounded; rebuilt by feeding it ``remember`` from a topic."""

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}

    def has_read(self, article_id: str) -> bool:
        """True when this very article was placed before."""
        return article_id in self._told

    def place(self, article: Article, reading: Reading) -> Place:
        """The story of an article; does not remember it."""
        candidate = _tell(article, reading)
        near = max(self._told.values(), key=lambda told: _likeness(told, candidate), default=None)
        if near is not None:
            relation, reason = _relate(near, candidate, article)
            if relation is not Relation.NEW:
                return self._join(candidate, near, relation, reason)
        story_id = content_id("sto", article.article_id)
        told = _move(candidate, story_id)
        return Place(
            story_id=story_id, relation=Relation.NEW, novelty=100, reason="nothing like it was told", told=told
        )

    def remember(self, told: Told) -> None:
        """Keep one report; forget the oldest beyond the bounds."""
        self._told[told.article_id] = told
        horizon = told.published_at - MEMORY
        if len(self._told) > MAX_REMEMBERED or next(iter(self._told.values())).published_at < horizon:
            kept = {key: value for key, value in self._told.items() if value.published_at >= horizon}
            self._told = dict(list(kept.items())[-MAX_REMEMBERED:])

    def _join(self, candidate: Told, near: Told, relation: Relation, reason: str) -> Place:
        reports = sum(told.story_id == near.story_id for told in self._told.values())
        novelty = round(100 * NOVELTY_DECAY**reports)
        told = _move(candidate, near.story_id)
        return Place(story_id=near.story_id, relation=relation, novelty=novelty, reason=reason, told=told)


def _relate(near: Told, candidate: Told, article: Article) -> tuple[Relation, str]:
    alike = resemblance(near.fingerprint, candidate.fingerprint)
    same_companies = _same_companies(near, candidate)
    if alike >= REPRINT_RESEMBLANCE and same_companies:
        return Relation.REPRINT, f"{alike:.0%} of the text is the same"
    if _is_same_event(near, candidate) or (alike >= UPDATE_RESEMBLANCE and same_companies):
        if _CORRECTION.search(article.title):
            return Relation.CORRECTION, "the title says that it corrects"
        if alike >= UPDATE_RESEMBLANCE:
            return Relation.UPDATE, f"{alike:.0%} of the text is the same, the rest is new"
        return Relation.REPORT, "same authority, direction and companies or sectors within a day"
    return Relation.NEW, ""


def _likeness(told: Told, candidate: Told) -> float:
    return resemblance(told.fingerprint, candidate.fingerprint) + _is_same_event(told, candidate)


def _is_same_event(told: Told, candidate: Told) -> bool:
    if abs(told.published_at - candidate.published_at) > SAME_EVENT_WITHIN:
        return False
    if told.direction != candidate.direction or not told.regulators & candidate.regulators:
        return False
    if told.issuers and candidate.issuers:
        return _jaccard(told.issuers, candidate.issuers) >= 0.5
    return bool(told.sectors & candidate.sectors) and bool(told.issuers) == bool(candidate.issuers)


def _same_companies(told: Told, candidate: Told) -> bool:
    # Template notices repeat the text and change only the company.
    if not told.issuers and not candidate.issuers:
        return True
    return _jaccard(told.issuers, candidate.issuers) >= 0.5


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left or right else 0.0


def _tell(article: Article, reading: Reading) -> Told:
    return Told(
        article_id=article.article_id,
        story_id="",
        source=article.source,
        language=article.language,
        fingerprint=fingerprint(f"{article.title}\n{article.body}"),
        published_at=article.published_at,
        **_event_key(reading),
    )


def recall(signal: PolicySignal) -> Told:
    """What a signal produced earlier says of its article: feeds ``remember`` after a restart."""
    return Told(
        article_id=signal.article_id,
        story_id=signal.story_id,
        source=signal.source,
        language=signal.language,
        fingerprint=signal.fingerprint,
        published_at=signal.published_at,
        **_event_key(signal),
    )


def _event_key(told: Reading | PolicySignal) -> dict[str, Any]:
    score = told.score or 0.0
    return {
        "direction": (score > DIRECTION_FROM) - (score < -DIRECTION_FROM),
        "regulators": frozenset(told.regulators[:3]),
        "issuers": frozenset(exposure.issuer for exposure in told.exposures if exposure.role is Role.DIRECT),
        "sectors": frozenset(told.sectors),
    }


def _move(told: Told, story_id: str) -> Told:
    return replace(told, story_id=story_id)
