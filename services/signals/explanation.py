"""Why the reader says what it says, in a form that a person can check: for ``policy-signals classify --explain``."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from services.news.article import Article
from services.signals.judgement import MINIMUM_CONFIDENCE
from services.signals.model.rule_features import TONES
from services.signals.names.linking import key_of
from services.signals.names.name_matcher import NameKind
from services.signals.reading import Reader, read_article
from services.signals.sight import Sight, look_at, read_opening
from services.signals.signal import Reading, Role, Tone


class SentenceView(Struct, frozen=True, kw_only=True):
    """One sentence: its share in the decision (None: not read by the encoder), its own chances, and the rules in it."""

    place: int
    """-1 in the title, else the number in the body."""
    text: str
    share: float | None
    chances: tuple[float, ...]
    """Of supportive, restrictive, neutral, irrelevant; empty where it was not read."""
    rules: tuple[str, ...]


class NameView(Struct, frozen=True, kw_only=True):
    """One name found: whom it means, and how it was judged."""

    surface: str
    owner: str
    is_company: bool
    probability: float | None
    """That an authority acts, or that a company is acted upon; None where the encoder did not read it."""
    reason: str


class Explanation(Struct, frozen=True, kw_only=True):
    """Everything behind one reading."""

    reading: Reading
    gate: float | None
    """Chance that title and lead are of another world; None without a model."""
    chances: dict[str, float]
    rules_alone: str
    sentences: tuple[SentenceView, ...]
    names: tuple[NameView, ...]
    why_not: tuple[str, ...]


def explain_article(article: Article, reader: Reader) -> Explanation:
    """The reading of an article with its reasons; reads to the end even where the gate would let go."""
    reading = read_article(article, reader)
    sight = look_at(article, reader.rules)
    model = reader.model
    gate = model.chance_irrelevant(read_opening(article, reader.rules)) if model else None
    looked = model.look(sight) if model and sight.readings else None
    chances = dict(zip((tone.value for tone in TONES), looked.chances, strict=True)) if looked else {}
    verdict = sight.verdict
    score = "" if verdict.score is None else f" {verdict.score:+.2f}"
    shares = looked.sentences if looked else {}
    sentences = tuple(
        SentenceView(
            place=item.place,
            text=item.sentence.text,
            share=shares[number][0] if number in shares else None,
            chances=shares[number][1] if number in shares else (),
            rules=tuple(f"{act.why} {act.score:+.2f}{' (background)' if act.background else ''}" for act in item.acts),
        )
        for number, item in enumerate(sight.readings)
    )
    return Explanation(
        reading=reading,
        gate=gate,
        chances=chances,
        rules_alone=f"{verdict.tone.value}{score}, confidence {verdict.confidence:.0%}",
        sentences=sentences,
        names=tuple(_names(sight, looked.roles if looked else {})),
        why_not=tuple(_why_not(reading, chances)),
    )


def _names(sight: Sight, roles: dict[tuple[int, int], float]) -> Iterator[NameView]:
    for mention in sight.gathered.mentions:
        company = mention.kind is NameKind.ISSUER
        place = sight.readings[mention.sentence].place
        rule = sight.gathered.weights[key_of(mention)] if company else None
        where = "title" if place < 0 else f"sentence {place + 1}"
        yield NameView(
            surface=mention.surface,
            owner=mention.id,
            is_company=company,
            probability=roles.get(key_of(mention)),
            reason=f"{where}; {rule.relevance}, {rule.reason}" if rule else where,
        )


def _why_not(reading: Reading, chances: dict[str, float]) -> Iterator[str]:
    for tone, chance in sorted(chances.items(), key=lambda pair: -pair[1]):
        if tone != reading.tone.value:
            yield f"not {tone}: {chance:.0%}"
    if reading.tone is Tone.UNCLEAR:
        yield f"unclear because no label reaches {MINIMUM_CONFIDENCE:.0%}"
    if not reading.regulators and reading.tone is not Tone.IRRELEVANT:
        yield "no authority: none of the catalogue is named or clearly meant"
    for exposure in reading.exposures:
        if exposure.role is Role.MENTIONED:
            yield f"{exposure.name} is no target: relevance {exposure.relevance}, 60 is needed"
