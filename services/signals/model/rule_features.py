"""What the rules found, as numbers for the trained layers: they keep the sign, the encoder adds nuance.

    measure_sentence(reading, verdict) -> float32[SENTENCE_WIDTH]
    measure_article(readings, verdict, stage) -> float32[ARTICLE_WIDTH]

Every number lies within about -2 .. 2, so that no scaling has to be stored with the weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.signals.rules.act_rules import Kind
from services.signals.rules.tone import PATTERNS, Verdict
from services.signals.rules.tone_topic import count_policy_points, is_another_world, is_denial, measure_offtopic
from services.signals.rules.tone_weight import SentenceReading
from services.signals.signal import Stage, Tone

Vector = npt.NDArray[np.float32]

TONES = (Tone.SUPPORTIVE, Tone.RESTRICTIVE, Tone.NEUTRAL, Tone.IRRELEVANT)
STAGES = tuple(Stage)
_KINDS = (
    Kind.AUTHORITY, Kind.COUNTRY, Kind.PRIVATE, Kind.BACKGROUND, Kind.COMMENTARY, Kind.DENIAL, Kind.TENTATIVE,
    Kind.POLICY, Kind.OFFTOPIC, Kind.LESS, Kind.MORE, Kind.NOT, Kind.APPEAL, Kind.TURN,
)  # fmt: skip
SENTENCE_WIDTH = 8 + len(_KINDS)
ARTICLE_WIDTH = 3 * len(TONES) + len(STAGES) + 12 + len(PATTERNS)


def measure_sentence(reading: SentenceReading, verdict: Verdict) -> Vector:
    """Place, signed mass of the acts, their actors, and the kinds of cue in one sentence."""
    here = [item for item in verdict.acts if item.reading.place == reading.place]
    now = [item for item in here if not item.act.background]
    numbers = [
        float(reading.place < 0),
        min(max(reading.place, 0), 10) / 10,
        _bounded(sum(item.weight * item.score for item in now if item.score > 0)),
        _bounded(-sum(item.weight * item.score for item in now if item.score < 0)),
        _bounded(sum(item.weight * item.score for item in here if item.act.background)),
        float(any(item.act.by_authority for item in here)),
        min(count_policy_points(reading), 2.0),
        float(reading.sentence.folded.endswith("?")),
        *(float(reading.has(kind)) for kind in _KINDS),
    ]
    return np.array(numbers, np.float32)


def measure_article(readings: Sequence[SentenceReading], verdict: Verdict, stage: Stage | None) -> Vector:
    """What the rules alone would say of the article, and how sure they are."""
    now = [item for item in verdict.acts if not item.act.background]
    score = verdict.score or 0.0
    helps = sum(item.weight * item.score for item in now if item.score > 0)
    burdens = -sum(item.weight * item.score for item in now if item.score < 0)
    titles = [item for item in now if item.reading.place < 0]
    numbers = [
        *(float(verdict.tone is tone) for tone in TONES),
        *(verdict.confidence if verdict.tone is tone else 0.0 for tone in TONES),
        *(verdict.raw_confidence if verdict.tone is tone else 0.0 for tone in TONES),
        *(float(stage is known) for known in STAGES),
        score,
        abs(score),
        _bounded(helps),
        _bounded(burdens),
        (helps - burdens) / (helps + burdens) if helps + burdens else 0.0,
        _bounded(sum(item.weight * item.score for item in titles)),
        min(measure_offtopic(readings), 3.0) / 2,
        float(is_another_world(readings)),
        float(is_denial(readings)),
        float(verdict.commentary),
        math.log1p(len(readings)) / 3,
        float(any(reading.place >= 0 for reading in readings)),
        *(float(pattern in verdict.notes) for pattern in PATTERNS),
    ]
    return np.array(numbers, np.float32)


def _bounded(mass: float) -> float:
    """Mass on a scale that a hundred acts do not leave."""
    return math.copysign(math.log1p(abs(mass)), mass)
