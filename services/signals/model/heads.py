"""From the vectors of an article's pieces to tone, stage, score and the roles of names: dense layers in numpy.

The same formulas as in ``deploy/training/network.py``; a test keeps them equal. S sentences, M mentions, W = 384.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from services.signals.model.tone_input import ToneInput

Array = npt.NDArray[np.float32]
MOST_SAID = 1.0
"""Largest logit that words alone may add to a tone."""


class Answers(Struct, frozen=True, kw_only=True):
    """Logits ``tone`` [4] and ``stage`` [9]; ``score`` -1..1.

    Per sentence ``look`` [S] (sums to 1) and ``each`` [S, 4]; per name ``mention`` [M, 2], logits of "acts" for
    authorities and of "is acted upon" for companies.
    """

    tone: Array
    stage: Array
    score: float
    look: Array
    each: Array
    mention: Array
    authority: Array
    """Logits of "acts or speaks", one per authority that was learned."""
    turned: bool = False
    """True when the words alone turned supportive into restrictive, or the reverse."""


def answer(heads: Mapping[str, Array], states: Array, given: ToneInput, named: Array) -> Answers:
    """All answers for one article; ``named``: which of the learned authorities the text names."""
    sentences = np.stack([states[start:end].mean(axis=0) for start, end in given.spans])
    look = softmax((sentences @ heads["look_hidden"] + given.sentence_features @ heads["look_rules"])[:, 0])
    each = sentences @ heads["tone_hidden"] + given.sentence_features @ heads["tone_rules"]
    pooled = look @ sentences
    article = given.article_features
    score = np.tanh(pooled @ heads["score_hidden"] + article @ heads["score_article"])
    return Answers(
        tone=look @ each + article @ heads["tone_article"] + heads["tone_b"],
        stage=pooled @ heads["stage_hidden"] + article @ heads["stage_article"] + heads["stage_b"],
        score=float(score[0]),
        look=look,
        each=each,
        authority=pooled @ heads["authority_hidden"] + named * heads["authority_named"] + heads["authority_b"],
        mention=_judge_mentions(heads, states, given),
    )


def add_phrases(answers: Answers, logits: Array) -> Answers:
    """The answers with the linear reading's logits [13] added to tone and stage; its say on the tone is bounded.

    Words can be piled up in a text, and what they add up to must not drown what is said.
    """
    tones = len(answers.tone)
    said = logits[:tones] - logits[:tones].mean()
    return replace(
        answers,
        tone=answers.tone + np.clip(said, -MOST_SAID, MOST_SAID),
        stage=answers.stage + logits[tones:],
        turned=bool({int(answers.tone.argmax()), int((answers.tone + said).argmax())} == {0, 1}),
    )


def _judge_mentions(heads: Mapping[str, Array], states: Array, given: ToneInput) -> Array:
    if not given.mentions:
        return np.zeros((0, 2), np.float32)
    named = np.stack([states[span.start : span.end].mean(axis=0) for span in given.mentions])
    rules = np.stack([span.features for span in given.mentions])
    return np.asarray(named @ heads["mention_hidden"] + rules @ heads["mention_rules"] + heads["mention_b"])


def softmax(logits: Array) -> Array:
    """Probabilities that sum to 1."""
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)


def sigmoid(logit: float) -> float:
    """Probability of a logit."""
    return float(1 / (1 + np.exp(-logit)))
