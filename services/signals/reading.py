"""The reader: one article in, one Reading out. Rules and, where it is given, the trained model decide together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from services.news.article import Article
from services.signals.entities import Catalogue
from services.signals.judgement import MINIMUM_CONFIDENCE, Judgement
from services.signals.model.tone_model import ToneModel
from services.signals.names.linking import LinkedEntities
from services.signals.sight import RuleBook, Sight, look_at, read_opening
from services.signals.signal import Reading, Tone

RULES_VERSION = "rules-1"
STEPS = ("gate", "rules", "model", "linking")
Watch = Callable[[str], AbstractContextManager[object]]
"""Called with the name of each step; what it gives back is open while the step lasts."""

_RULE = re.compile(r"^(.{1,60}?): [+-]\d\.\d\d in ")
MOST_RULES = 4
_NO_ENTITIES = LinkedEntities(regulators=(), sectors=(), exposures=(), notes=())


class Reader:
    """Everything that reading needs, built once; safe to share, never changes. Without a model the rules decide."""

    def __init__(self, catalogue: Catalogue, model: ToneModel | None = None, watch: Watch = nullcontext) -> None:
        self.rules = RuleBook(catalogue)
        self.model = model
        self.watch = watch

    @property
    def version(self) -> str:
        """What decided: goes into every signal."""
        return f"{RULES_VERSION}+{self.model.version}" if self.model else RULES_VERSION


def list_rules(notes: Sequence[str]) -> tuple[str, ...]:
    """The rules of acts among the notes of a reading, in their order, at most ``MOST_RULES``.

    >>> list_rules(["model: restrictive 97%", "fines: -0.55 in the title (weight 0.79)"])
    ('fines',)
    """
    found = (match[1] for note in notes if (match := _RULE.match(note)))
    return tuple(dict.fromkeys(found))[:MOST_RULES]


def read_article(article: Article, reader: Reader) -> Reading:
    """Tone, stage, authorities, sectors, companies and evidence of one article; never raises on odd text.

    ``tone`` is the best label when its confidence is at least 0.6, else ``unclear`` with the score kept.
    """
    with reader.watch("gate"):
        let_go = reader.model.lets_go(read_opening(article, reader.rules)) if reader.model else None
    if let_go is not None:
        return _combine(let_go, _NO_ENTITIES)
    with reader.watch("rules"):
        sight = look_at(article, reader.rules)
    with reader.watch("model"):
        judgement = reader.model.judge(sight) if reader.model and sight.readings else judge_by_rules(sight)
    if judgement.tone is Tone.IRRELEVANT and judgement.confidence >= MINIMUM_CONFIDENCE:
        return _combine(judgement, _NO_ENTITIES)
    with reader.watch("linking"):
        linked = reader.rules.linker.conclude(sight.gathered, judgement.mentions, judgement.authorities)
    return _combine(judgement, linked)


def _combine(judgement: Judgement, linked: LinkedEntities) -> Reading:
    sure = judgement.confidence >= MINIMUM_CONFIDENCE
    return Reading(
        tone=judgement.tone if sure else Tone.UNCLEAR,
        score=judgement.score,
        confidence=judgement.confidence,
        regulators=linked.regulators,
        sectors=linked.sectors,
        stage=judgement.stage,
        exposures=linked.exposures,
        evidence=judgement.evidence,
        commentary=judgement.commentary,
        notes=(*([] if sure else [f"unclear: best label {judgement.tone}"]), *judgement.notes, *linked.notes),
    )


def judge_by_rules(sight: Sight) -> Judgement:
    """What the rules alone say."""
    verdict = sight.verdict
    return Judgement(
        tone=verdict.tone,
        score=verdict.score,
        confidence=verdict.confidence,
        stage=sight.stage,
        commentary=verdict.commentary,
        evidence=verdict.evidence,
        notes=verdict.notes,
    )
