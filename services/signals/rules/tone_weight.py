"""How much each act of an article counts: its place, its actor, and whether it is news, background or opinion."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.signals.rules.act_rules import Found, Kind
from services.signals.rules.act_rules_clause import Act
from services.signals.rules.title_genre import is_other_news
from services.signals.text import Sentence

LEAD_SENTENCES = 4
CLEAR_BODY = 0.35
CONTRADICTED = 0.5
"""Weight of a title's acts when the body clearly says the opposite."""
IN_PASSING = 0.15
"""Weight of a body's acts below a title of other news."""
TITLE_ACT = 0.2

_PLACE_WEIGHTS = (1.6, 1.3, 1.0, 0.8, 0.7, 0.7, 0.6, 0.6, 0.6, 0.6, 0.5, 0.5, 0.5, 0.5)
_LATE_WEIGHT = 0.35
_TITLE_WEIGHT = 1.3
_QUESTION_WEIGHT = 0.2


class SentenceReading(Struct, frozen=True):
    """One sentence with its cues and acts; ``place`` is -1 for the title, else the number in the body."""

    sentence: Sentence
    place: int
    found: tuple[Found, ...]
    acts: tuple[Act, ...]

    def has(self, kind: Kind) -> bool:
        """True when a cue of that kind stands in the sentence."""
        return any(hit.cue.kind is kind for hit in self.found)

    def count(self, kind: Kind) -> int:
        """Number of different cues of that kind."""
        return len({hit.cue.phrase for hit in self.found if hit.cue.kind is kind})


class WeighedAct(Struct, frozen=True):
    """An act with its weight in the article's decision."""

    act: Act
    reading: SentenceReading
    score: float
    weight: float
    opinion: bool


def weigh_acts(readings: Sequence[SentenceReading]) -> list[WeighedAct]:
    """Every act that an authority does, says or may be taken to do, with its weight."""
    authority = sum(reading.has(Kind.AUTHORITY) for reading in readings[: LEAD_SENTENCES + 1]) > 0
    weighed = []
    aside = _told_in_passing(readings)
    column = any(
        hit.cue.kind is Kind.COMMENTARY and hit.cue.strength > 1
        for reading in readings
        if reading.place < 0
        for hit in reading.found
    )
    for reading in readings:
        opinion = column or reading.has(Kind.COMMENTARY)
        tentative = reading.has(Kind.TENTATIVE)
        for act in reading.acts:
            weight = _place_weight(reading) * act.weight * 2 * act.score**2 * _actor_weight(act, article_has=authority)
            weight *= (0.2 if act.background else 1.0) * (0.3 if opinion else 1.0)
            weight *= 0.1 if reading.has(Kind.DENIAL) else 1.0
            weight *= IN_PASSING if aside and reading.place >= 0 else 1.0
            if weight > 0:
                weighed.append(WeighedAct(act, reading, act.score * (0.75 if tentative else 1.0), weight, opinion))
    return _body_over_title(weighed)


def _body_over_title(weighed: list[WeighedAct]) -> list[WeighedAct]:
    """The body decides when the headline says the opposite: "vows support" above capped rates."""
    body = sum(item.weight * item.score for item in weighed if item.reading.place >= 0)
    title = sum(item.weight * item.score for item in weighed if item.reading.place < 0)
    if body * title >= 0 or abs(body) < CLEAR_BODY:
        return weighed
    return [replace(item, weight=item.weight * CONTRADICTED) if item.reading.place < 0 else item for item in weighed]


def _told_in_passing(readings: Sequence[SentenceReading]) -> bool:
    """True when the title announces other news and nobody in authority acts in it."""
    titles = [reading for reading in readings if reading.place < 0]
    if not any(is_other_news(reading.sentence.folded) for reading in titles):
        return False
    return not any(
        not act.by_private and (act.by_authority or act.official) and abs(act.score) >= TITLE_ACT
        for reading in titles
        for act in reading.acts
    )


def _place_weight(reading: SentenceReading) -> float:
    if reading.place < 0:
        return _QUESTION_WEIGHT if reading.sentence.folded.endswith("?") else _TITLE_WEIGHT
    return _PLACE_WEIGHTS[reading.place] if reading.place < len(_PLACE_WEIGHTS) else _LATE_WEIGHT


def _actor_weight(act: Act, *, article_has: bool) -> float:
    if act.by_private:
        return 0.0
    if act.by_authority:
        return 1.0
    if act.official:
        return 0.9 if article_has else 0.7
    return 0.6 if article_has else 0.12
