"""The trained reader's decision on one article: probabilities of the four labels, stage, score and roles of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from services.signals.entities import Regulator
from services.signals.judgement import MINIMUM_CONFIDENCE, Judgement
from services.signals.model.acting import Acting
from services.signals.model.bag import count_words
from services.signals.model.encoder import Encoder
from services.signals.model.gate import Gate
from services.signals.model.heads import Answers, add_phrases, answer, sigmoid, softmax
from services.signals.model.name_lists import share_chances
from services.signals.model.phrases import Phrases
from services.signals.model.rule_features import STAGES, TONES
from services.signals.model.stage_signs import StageSigns, measure_signs
from services.signals.model.subwords import Subwords
from services.signals.model.tone_input import ToneInput, compose, mark_named
from services.signals.names.linking import MentionKey, key_of
from services.signals.names.name_matcher import NameKind
from services.signals.names.normal_form import normalise
from services.signals.rules.act_rules import Kind
from services.signals.rules.own_act import is_own_act
from services.signals.rules.tone import FINE_ENDS_CASE
from services.signals.rules.tone_weight import SentenceReading
from services.signals.sight import Sight
from services.signals.signal import Evidence, Stage, Tone
from services.signals.text import quote

COMMENTARY_LIMIT = 0.2
NEUTRAL_LIMIT = 0.1
LEAST_DIRECTED = 0.35
"""A directed label scores at least this share of its chance: no label is limited, early and unsure at once."""
RULES_DECIDE = 0.8
POSSIBLE = 0.25
"""On held-out examples 9 in 11 articles on which sure rules meet an unsure model are irrelevant."""
OVER_RULES = 0.9
"""Confidence from which the model may say the opposite of firm rules."""
CONTRADICTED = 0.5
"""Below that: on held-out examples the two were right equally often, and a reversed sign is the worst mistake."""
FIRM = 0.4
DIVIDED = 0.36
"""Chance of the opposite sign from which a directed label is not given: a reversed sign is worse than no answer."""
NEUTRAL = TONES.index(Tone.NEUTRAL)
"""Labels before it have a direction."""
CONTRADICTION = "the rules say the opposite"
SPLIT = "the model sees both signs"
TURNED = "single words and whole sentences say opposite things"
MOST_EVIDENCE = 3
LEAST_EVIDENCE = 0.15
"""Share of the decision below which a sentence is not shown."""


class Artefact(Struct, frozen=True, kw_only=True):
    """What ``make train`` writes and ``config/tone_model.py`` reads."""

    version: str
    graph: bytes
    vocabulary: bytes
    rows: npt.NDArray[np.uint8]
    heads: dict[str, npt.NDArray[np.float32]]
    authorities: tuple[str, ...]
    """Ids of the authorities that were learned, in the order of the heads."""
    gate: Gate
    phrases: Phrases
    acting: Acting
    stages: StageSigns
    temperature: float
    """Divides the tone logits; fitted on examples that were not trained on (Guo et al. 2017)."""


class Looked(Struct, frozen=True, kw_only=True):
    """What the encoder saw: for explaining."""

    chances: tuple[float, ...]
    sentences: dict[int, tuple[float, tuple[float, ...]]]
    """By number of the sentence: its share in the decision, and its own chances."""
    roles: dict[MentionKey, float]


class ToneModel:
    """Reads an article that the rules have looked at; safe to share."""

    def __init__(self, artefact: Artefact, regulators: Mapping[str, Regulator]) -> None:
        self.version = artefact.version
        self._regulators = regulators
        self._acting = artefact.acting
        self._stages = artefact.stages
        self._subwords = Subwords(artefact.vocabulary)
        self._encoder = Encoder(artefact.graph, artefact.rows)
        self._heads = artefact.heads
        self._authorities = artefact.authorities
        self._gate = artefact.gate
        self._phrases = artefact.phrases
        self._temperature = artefact.temperature

    def chance_irrelevant(self, opening: Sequence[SentenceReading]) -> float:
        """What the gate makes of title and lead."""
        return self._gate.chance_irrelevant(opening)

    def lets_go(self, opening: Sequence[SentenceReading]) -> Judgement | None:
        """The decision on an article whose title and lead are of another world; None: it has to be read."""
        chance = self._gate.chance_irrelevant(opening)
        if chance < self._gate.sure:
            return None
        return _let_go(round(chance, 3), (f"gate: another world, {chance:.1%}",))

    def judge(self, sight: Sight) -> Judgement:
        """Tone with calibrated confidence, stage, score, evidence, and who acts and is acted upon."""
        given, answers, chances = self._answer(sight)
        ends_case = chances.argmax() < NEUTRAL and FINE_ENDS_CASE in sight.verdict.notes
        if ends_case and chances.argmax() == TONES.index(Tone.RESTRICTIVE):
            # The one reversal that a sum of sentences cannot see, and the rule for it is exact.
            chances = chances[[1, 0, 2, 3]]
        if is_own_act(sight.readings):
            return _let_go(RULES_DECIDE, (_describe(chances), "a company's own act, no authority"))
        if _is_left_to_rules(sight, chances):
            return _let_go(RULES_DECIDE, (_describe(chances), "the model is unsure, the rules are not: no act"))
        tone = TONES[int(chances.argmax())]
        score = _score(tone, chances, answers.score, commentary=sight.verdict.commentary)
        sure = max(float(chances.max()), RULES_DECIDE if ends_case else 0.0)
        against_rules = (
            sure < OVER_RULES and (sight.verdict.score or 0.0) * (score or 0.0) < 0 and _is_firm(sight, tone)
        )
        is_split = answers.turned or min(chances[0], chances[1]) >= DIVIDED
        contradicted = against_rules or (is_split and not ends_case)
        return Judgement(
            tone=tone,
            score=score,
            confidence=round(min(sure, CONTRADICTED) if contradicted else sure, 3),
            stage=None if tone is Tone.IRRELEVANT else self._judge_stage(sight, answers, chances),
            commentary=sight.verdict.commentary and tone is Tone.NEUTRAL,
            evidence=() if tone is Tone.IRRELEVANT else _quote(sight, given, answers, tone),
            notes=(_describe(chances), *_objections(answers, against_rules=against_rules), *sight.verdict.notes),
            mentions=_roles(sight, given, answers),
            authorities=self._acting.weigh(sight.gathered, self._regulators),
        )

    def look(self, sight: Sight) -> Looked:
        """The same reading sentence by sentence."""
        given, answers, chances = self._answer(sight)
        return Looked(
            chances=tuple(map(float, chances)),
            sentences={
                number: (float(look), tuple(map(float, softmax(each))))
                for number, look, each in zip(given.sentences, answers.look, answers.each, strict=True)
            },
            roles=_roles(sight, given, answers),
        )

    def _answer(self, sight: Sight) -> tuple[ToneInput, Answers, npt.NDArray[np.float32]]:
        given = compose(sight.readings, sight.verdict, sight.stage, sight.gathered, self._subwords)
        named = mark_named(sight.gathered, self._authorities)
        answers = answer(self._heads, self._encoder.encode(given.pieces), given, named)
        answers = add_phrases(answers, self._phrases.weigh(read_of(sight, given)))
        return given, answers, softmax(answers.tone / self._temperature)

    def _judge_stage(self, sight: Sight, answers: Answers, chances: npt.NDArray[np.float32]) -> Stage:
        signs = measure_signs(sight.readings, sight.verdict, chances)
        return STAGES[int(self._stages.weigh(signs, count_words(sight.gathered), answers.stage).argmax())]


def read_of(sight: Sight, given: ToneInput) -> list[SentenceReading]:
    """The sentences that the encoder reads: filler behind them changes nothing."""
    return [sight.readings[number] for number in given.sentences]


def _let_go(confidence: float, notes: tuple[str, ...]) -> Judgement:
    return Judgement(
        tone=Tone.IRRELEVANT,
        score=None,
        confidence=confidence,
        stage=None,
        commentary=False,
        evidence=(),
        notes=notes,
    )


def _objections(answers: Answers, *, against_rules: bool) -> list[str]:
    return [*([CONTRADICTION] if against_rules else []), *([TURNED] if answers.turned else [])]


def _is_left_to_rules(sight: Sight, chances: npt.NDArray[np.float32]) -> bool:
    """True where the model has no clear answer, holds irrelevant for possible, and the rules are sure of it."""
    unsure = chances.max() < MINIMUM_CONFIDENCE and chances[TONES.index(Tone.IRRELEVANT)] >= POSSIBLE
    return bool(unsure and sight.verdict.tone is Tone.IRRELEVANT and sight.verdict.confidence >= RULES_DECIDE)


def _is_firm(sight: Sight, tone: Tone) -> bool:
    """True when the rules lean clearly and the label is one of the two that have a direction."""
    return tone in (Tone.SUPPORTIVE, Tone.RESTRICTIVE) and abs(sight.verdict.score or 0.0) >= FIRM


def _score(tone: Tone, chances: npt.NDArray[np.float32], size: float, *, commentary: bool) -> float | None:
    """The size that was learned, with the sign of the label; null when irrelevant."""
    if tone is Tone.IRRELEVANT:
        return None
    if tone is Tone.NEUTRAL:
        limit = COMMENTARY_LIMIT if commentary else NEUTRAL_LIMIT
        return round(max(-limit, min(limit, float(chances[0] - chances[1]))), 2)
    # Sentences that pull both ways leave a size near 0 under a sure label: such news would stay silent as too weak.
    least = LEAST_DIRECTED * float(chances[TONES.index(tone)])
    return round((1 if tone is Tone.SUPPORTIVE else -1) * max(least, min(0.95, abs(size))), 2)


def _quote(sight: Sight, given: ToneInput, answers: Answers, tone: Tone) -> tuple[Evidence, ...]:
    """One to three sentences that carried the decision, verbatim; the title only when nothing else did."""
    shares = [
        float(look * softmax(each)[TONES.index(tone)]) * _tells(sight.readings[number], tone)
        for number, look, each in zip(given.sentences, answers.look, answers.each, strict=True)
    ]
    ranked = sorted(zip(given.sentences, shares, strict=True), key=lambda pair: -pair[1])
    body = [pair for pair in ranked if sight.readings[pair[0]].place >= 0]
    told = [pair for pair in body if pair[1] >= LEAST_EVIDENCE * sum(shares)] or body or ranked
    return tuple(
        Evidence(sentence=_verbatim(sight, number), weight=round(min(1.0, share / sum(shares)), 2))
        for number, share in told[:MOST_EVIDENCE]
    )


def _tells(reading: SentenceReading, tone: Tone) -> float:
    """How well a sentence serves as evidence: an act that leans the right way, now, and nobody's opinion of it."""
    lean = {Tone.SUPPORTIVE: 1, Tone.RESTRICTIVE: -1}.get(tone, 0)
    acts = [act for act in reading.acts if not act.by_private and not act.background]
    agrees = any(act.score * lean > 0 for act in acts) if lean else reading.has(Kind.POLICY) or bool(acts)
    beside = bool(reading.acts) and not agrees
    return (3.0 if agrees else 1.0) * (0.3 if beside or reading.has(Kind.COMMENTARY) else 1.0)


def _verbatim(sight: Sight, number: int) -> str:
    reading = sight.readings[number]
    return quote(reading.sentence.text, reading.acts[0].start if reading.acts else 0)


def _roles(sight: Sight, given: ToneInput, answers: Answers) -> dict[MentionKey, float]:
    """Probability of the role of every mention that was read."""
    chances = {
        key_of(span.mention): sigmoid(float(logits[1 if span.mention.kind is NameKind.ISSUER else 0]))
        for span, logits in zip(given.mentions, answers.mention, strict=True)
    }
    sentences = {number: normalise(sight.readings[number].sentence.text) for number, _ in chances}
    return share_chances(chances, [span.mention for span in given.mentions], sentences)


def _describe(chances: Sequence[float] | npt.NDArray[np.float32]) -> str:
    return "model: " + ", ".join(f"{tone.value} {chance:.0%}" for tone, chance in zip(TONES, chances, strict=True))
