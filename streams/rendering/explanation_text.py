"""An explanation of one reading as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from services.news.article import Article
from services.signals.explanation import Explanation, NameView, SentenceView
from services.signals.model.rule_features import TONES

WIDEST = 110
_SHORT = tuple(tone.value[:3] for tone in TONES)


def write_explanation(article: Article, explanation: Explanation) -> str:
    """Many lines: the answer first, then how it came about, from the cheapest step to the dearest."""
    return "\n".join(
        [*_answer(article, explanation), *_steps(explanation), *_names(explanation), *_why_not(explanation)]
    )


def _answer(article: Article, explanation: Explanation) -> Iterator[str]:
    reading = explanation.reading
    score = "" if reading.score is None else f" {reading.score:+.2f}"
    yield f"{reading.tone.value}{score}, confidence {reading.confidence:.0%}  {article.title[:WIDEST]}"
    if reading.stage:
        yield f"  stage       {reading.stage.value}"
    if reading.regulators:
        yield f"  regulators  {', '.join(reading.regulators)}"
    for exposure in reading.exposures:
        touched = f"{exposure.instrument:<10} {exposure.role.value:<9} {exposure.relevance:>3}"
        yield f"  exposure    {touched}  {exposure.name}"
    for evidence in reading.evidence:
        yield f"  evidence    {evidence.weight:.2f}  {evidence.sentence}"


def _steps(explanation: Explanation) -> Iterator[str]:
    if explanation.gate is not None:
        yield f"  1 gate      {explanation.gate:.1%} another world, from title and lead"
    yield f"  2 rules     {explanation.rules_alone}"
    if explanation.chances:
        yield "  3 together  " + ", ".join(f"{tone} {chance:.0%}" for tone, chance in explanation.chances.items())
    yield "  sentences (share in the decision; own chances " + " ".join(_SHORT) + ")"
    for sentence in explanation.sentences:
        yield from _sentence(sentence)


def _sentence(sentence: SentenceView) -> Iterator[str]:
    share = "  not read" if sentence.share is None else f"{sentence.share:>10.0%}"
    chances = " ".join(f"{chance:>3.0%}" for chance in sentence.chances)
    where = "title" if sentence.place < 0 else f"{sentence.place + 1:>5}"
    yield f"   {where}{share}  {chances:<16} {_cut(sentence.text)}"
    for rule in sentence.rules:
        yield f"                                      rule: {rule}"


def _names(explanation: Explanation) -> Iterator[str]:
    if explanation.names:
        yield "  names"
    yield from (f"    {_name(name)}" for name in explanation.names)


def _name(name: NameView) -> str:
    role = "is concerned" if name.is_company else "acts"
    chance = "" if name.probability is None else f", {name.probability:.0%} {role}"
    return f"{name.surface} = {name.owner}{chance}  ({name.reason})"


def _why_not(explanation: Explanation) -> Iterator[str]:
    yield from (f"  why not     {reason}" for reason in explanation.why_not)


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
