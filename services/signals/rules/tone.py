"""From the sentences of one article to its tone: which acts count, how much, and how sure that makes us.

score = sum(weight x score) / sum(weight) over the acts of an authority; weight = place x 2 score^2 x circumstances,
so that a concrete act outweighs kind words.
The body outweighs the headline; background, opinion and denied acts weigh little.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from services.signals.rules.act_rules import Kind
from services.signals.rules.confidence import calibrate
from services.signals.rules.tone_topic import (
    TOPICAL_TITLE,
    count_policy_points,
    is_another_world,
    is_denial,
    measure_offtopic,
    names_policy,
    tells_of_worries,
)
from services.signals.rules.tone_weight import LEAD_SENTENCES, SentenceReading, WeighedAct, weigh_acts
from services.signals.signal import Evidence, Stage, Tone
from services.signals.text import quote

MINIMUM_MASS = 0.2
"""Below this weight the acts found are too faint to decide."""
NEUTRAL_BAND = 0.1
COMMENTARY_LIMIT = 0.2
PATTERN_CONFIDENCE = 0.78
FINE_ENDS_CASE = "a fine that ends the case: supervision returns to normal"
FINE_OPENS_CAMPAIGN = "a fine that opens a campaign"
CAMPAIGN_IS_OVER = "a campaign is over and the authority speaks for the sector"
PATTERNS = (FINE_ENDS_CASE, FINE_OPENS_CAMPAIGN, CAMPAIGN_IS_OVER)
"""What several sentences mean together; they stand first among the notes."""
LARGEST_SCORE = 0.9

LARGE = 1.3
"""What a binding act gains when it meets a whole sector or runs into billions."""
_BREADTH = re.compile(
    r"\b(?:nationwide|industry-wide|sector-wide|whole sector|whole industry|sweeping|blanket|entire|record|landmark"
    r"|historic|all (?:companies|banks|platforms|imports|exports|transactions)|trillion|\d billion|\d bln|\d bn|100%"
    r"|100 percent)\b"
    r"|全国|全面|全行业|一律|所有|史上|创纪录|最大|万亿|[百千]亿|\d{2,}(?:\.\d+)?亿|100%"
)
_RECTIFIED = ("rectif", "normal", "crackdown", "整改", "整治", "常态化")
_BACK_TO_NORMAL = ("normal", "常态化")
"""That a company has rectified does not end a case; that supervision is back to normal does."""
_CAMPAIGN = (
    "similar inspections",
    "similar checks",
    "whole sector",
    "industry-wide",
    "nationwide",
    "全行业",
    "全国范围",
)


class Verdict(Struct, frozen=True, kw_only=True):
    """The article's tone. ``tone`` is the best label whatever the confidence; the reader turns low ones to unclear."""

    tone: Tone
    score: float | None
    confidence: float
    raw_confidence: float
    """Before calibration: what ``fit_confidence`` learns from."""
    commentary: bool
    acts: tuple[WeighedAct, ...]
    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...]


def judge_tone(readings: Sequence[SentenceReading]) -> Verdict:
    """The tone of an article from its read sentences, title first."""
    weighed = weigh_acts(readings)
    mass = sum(item.weight for item in weighed)
    offtopic = measure_offtopic(readings)
    stated_by_authority = any(item.act.by_authority and item.reading.place <= 0 for item in weighed)
    if is_another_world(readings):
        return _verdict(Tone.IRRELEVANT, None, 0.85, notes=("sport, crime, weather or show business",))
    if mass < MINIMUM_MASS * (1 + (1 if stated_by_authority and offtopic < 2 else 2) * offtopic):
        return _without_acts(readings, offtopic)
    if is_denial(readings):
        return _denied(readings, weighed)
    score = sum(item.weight * item.score for item in weighed) / mass
    stated = sum(item.weight for item in weighed if not item.opinion and not item.act.background)
    if stated < MINIMUM_MASS:
        return _opinion(weighed, score)
    return _decided(readings, weighed, score)


def _without_acts(readings: Sequence[SentenceReading], offtopic: float) -> Verdict:
    points = -offtopic
    told = []
    for reading in readings[: LEAD_SENTENCES + 1]:
        here = count_policy_points(reading)
        points += here
        if here:
            told.append((here, reading))
    if offtopic <= 1 and any(
        reading.place < 0 and count_policy_points(reading) >= TOPICAL_TITLE for reading in readings[:2]
    ):
        points = max(points, 0.8)
    if not any(reading.has(Kind.AUTHORITY) or names_policy(reading) for reading in readings[: LEAD_SENTENCES + 1]):
        points = min(points, 0.0)
    if points < 0.7:
        sure = 0.9 if points <= 0 else 0.7 if points < 0.4 else 0.58
        note = f"no act of an authority (policy {points:+.1f})"
        return _verdict(Tone.IRRELEVANT, None, sure, notes=(note,))
    commentary = any(reading.has(Kind.COMMENTARY) for reading in readings[:3])
    denied = is_denial(readings)
    score = 0.1 if denied else -0.1 if any(tells_of_worries(reading) for reading in readings[:3]) else 0.0
    note = "policy is spoken of, no act" + (": a rumour is denied" if denied else ": opinion" if commentary else "")
    evidence = _quote([reading for _, reading in sorted(told, key=lambda pair: -pair[0])], told_weight=1.0)
    return _verdict(
        Tone.NEUTRAL, score, min(0.85, 0.55 + 0.1 * points), commentary=commentary, evidence=evidence, notes=(note,)
    )


def _denied(readings: Sequence[SentenceReading], weighed: Sequence[WeighedAct]) -> Verdict:
    lean = sum(item.weight * item.score for item in weighed)
    evidence = _quote([reading for reading in readings[:4] if reading.has(Kind.DENIAL)], told_weight=1.0)
    score = 0.1 if lean <= 0 else -0.1
    return _verdict(Tone.NEUTRAL, score, 0.75, acts=weighed, evidence=evidence, notes=("a rumour is denied",))


def _opinion(weighed: Sequence[WeighedAct], score: float) -> Verdict:
    bounded = max(-COMMENTARY_LIMIT, min(COMMENTARY_LIMIT, round(score * 0.25, 2)))
    evidence = _quote(_strongest(weighed), told_weight=0.5)
    notes = ("opinion only, no act",)
    return _verdict(Tone.NEUTRAL, bounded, 0.7, commentary=True, acts=weighed, evidence=evidence, notes=notes)


def _decided(readings: Sequence[SentenceReading], weighed: Sequence[WeighedAct], score: float) -> Verdict:
    score, special = _adjust(readings, weighed, score)
    score = round(max(-LARGEST_SCORE, min(LARGEST_SCORE, score)), 2)
    tone = Tone.NEUTRAL if abs(score) < NEUTRAL_BAND else Tone.SUPPORTIVE if score > 0 else Tone.RESTRICTIVE
    agreeing = [item for item in weighed if item.score * score > 0] or list(weighed)
    return _verdict(
        tone,
        score,
        # A fine that ends the case is a known pattern: surer than the sum of its opposed parts says.
        max(_confidence(weighed, score), PATTERN_CONFIDENCE if FINE_ENDS_CASE in special else 0.0),
        acts=weighed,
        evidence=_quote(_strongest(agreeing), told_weight=1.0),
        notes=(*special, *_explain(weighed)),
    )


def _adjust(
    readings: Sequence[SentenceReading], weighed: Sequence[WeighedAct], score: float
) -> tuple[float, tuple[str, ...]]:
    now = [item for item in weighed if not item.act.background]
    fined = any(item.act.stage is Stage.PENALTY and item.score < -0.4 and item.weight >= 0.2 for item in now)
    supportive = {item.reading.place for item in now if item.score > 0}
    ended = any(item.score > 0.2 and any(word in item.act.why for word in _RECTIFIED) for item in weighed)
    if fined and any(item.score > 0.2 and any(word in item.act.why for word in _BACK_TO_NORMAL) for item in weighed):
        return 0.3, (FINE_ENDS_CASE,)
    if fined and any(word in reading.sentence.folded for reading in readings for word in _CAMPAIGN):
        return min(score, -0.7), (FINE_OPENS_CAMPAIGN,)
    if ended and len(supportive) >= 2 and score > 0.3:
        return max(score, 0.65), (CAMPAIGN_IS_OVER,)
    agreeing = {item.reading.place: item for item in now if item.score * score > 0 and abs(item.score) >= 0.4}
    if abs(score) > 0.3 and any(_is_large(item) for item in agreeing.values()):
        return score * LARGE, ("large or sector-wide",)
    if len(agreeing) >= 3 and abs(score) > 0.3:
        return score * 1.15, ("three sentences agree",)
    return score, ()


def _is_large(item: WeighedAct) -> bool:
    binding = not item.reading.has(Kind.TENTATIVE) and item.act.stage is not Stage.CONSULTATION
    return binding and item.weight >= MINIMUM_MASS and _BREADTH.search(item.reading.sentence.folded) is not None


def _confidence(weighed: Sequence[WeighedAct], score: float) -> float:
    total = sum(item.weight * abs(item.score) for item in weighed)
    agreement = abs(sum(item.weight * item.score for item in weighed)) / total if total else 0.0
    enough = min(1.0, sum(item.weight for item in weighed) / 1.2)
    if abs(score) < NEUTRAL_BAND:
        return round(0.45 + 0.13 * (1 - agreement), 2)
    margin = min(1.0, abs(score) / 0.4)
    return round(0.3 + 0.58 * (0.25 + 0.75 * agreement) * (0.6 + 0.4 * enough) * (0.6 + 0.4 * margin), 2)


def _strongest(weighed: Sequence[WeighedAct]) -> list[SentenceReading]:
    totals: dict[int, float] = {}
    by_place = {item.reading.place: item.reading for item in weighed}
    for item in weighed:
        totals[item.reading.place] = max(totals.get(item.reading.place, 0.0), item.weight)
    places = sorted(totals, key=lambda place: -totals[place])
    body = [place for place in places if place >= 0]
    return [by_place[place] for place in (body or places)]


def _quote(readings: Sequence[SentenceReading], *, told_weight: float) -> tuple[Evidence, ...]:
    """Up to three sentences, verbatim, the strongest first."""
    quoted = []
    for rank, reading in enumerate(readings[:3]):
        at = reading.acts[0].start if reading.acts else 0
        quoted.append(
            Evidence(sentence=quote(reading.sentence.text, at), weight=round(told_weight * (1 - 0.25 * rank), 2))
        )
    return tuple(quoted)


def _explain(weighed: Sequence[WeighedAct]) -> tuple[str, ...]:
    strongest = sorted(weighed, key=lambda item: -item.weight)[:6]
    return tuple(
        f"{item.act.why}: {item.score:+.2f} in {_name(item.reading)} (weight {item.weight:.2f}"
        f"{', background' if item.act.background else ''}{', opinion' if item.opinion else ''})"
        for item in strongest
    )


def _name(reading: SentenceReading) -> str:
    return "the title" if reading.place < 0 else f"sentence {reading.place + 1}"


def _verdict(  # noqa: PLR0913 - one keyword per field of the Verdict
    tone: Tone,
    score: float | None,
    confidence: float,
    *,
    commentary: bool = False,
    acts: Sequence[WeighedAct] = (),
    evidence: tuple[Evidence, ...] = (),
    notes: tuple[str, ...] = (),
) -> Verdict:
    return Verdict(
        tone=tone,
        score=score,
        confidence=calibrate(tone, confidence),
        raw_confidence=round(confidence, 3),
        commentary=commentary,
        acts=tuple(acts),
        evidence=evidence,
        notes=notes,
    )
