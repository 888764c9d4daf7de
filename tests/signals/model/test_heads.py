"""The dense layers: what sums to one sums to one, and the article's logits are those of its sentences and rules."""

from __future__ import annotations

import numpy as np
import pytest

from services.signals.model.heads import answer, sigmoid, softmax
from services.signals.model.rule_features import ARTICLE_WIDTH, SENTENCE_WIDTH
from services.signals.model.tone_input import ToneInput

WIDTH = 8
RANDOM = np.random.default_rng(5)


def normal(*shape: int) -> np.ndarray:
    return RANDOM.normal(size=shape).astype(np.float32)


HEADS = {
    "tone_hidden": normal(WIDTH, 4), "tone_rules": normal(SENTENCE_WIDTH, 4), "tone_article": normal(ARTICLE_WIDTH, 4),
    "tone_b": normal(4), "look_hidden": normal(WIDTH, 1), "look_rules": normal(SENTENCE_WIDTH, 1),
    "stage_hidden": normal(WIDTH, 9), "stage_article": normal(ARTICLE_WIDTH, 9), "stage_b": normal(9),
    "score_hidden": normal(WIDTH, 1), "score_article": normal(ARTICLE_WIDTH, 1), "mention_hidden": normal(WIDTH, 2),
    "mention_rules": normal(6, 2), "mention_b": normal(2), "authority_hidden": normal(WIDTH, 3),
    "authority_named": normal(3), "authority_b": normal(3),
}  # fmt: skip


def article(sentences: int) -> ToneInput:
    return ToneInput(
        pieces=np.zeros(2 + 3 * sentences, np.int32),
        sentences=tuple(range(sentences)),
        spans=tuple((1 + 3 * n, 3 + 3 * n) for n in range(sentences)),
        sentence_features=normal(sentences, SENTENCE_WIDTH),
        article_features=normal(ARTICLE_WIDTH),
        mentions=(),
    )


def test_shares_of_the_sentences_sum_to_one() -> None:
    """They are printed as shares of the decision."""
    given = article(4)
    answers = answer(HEADS, normal(len(given.pieces), WIDTH), given, np.zeros(3, np.float32))
    assert answers.look.sum() == pytest.approx(1, abs=1e-5)
    assert -1 <= answers.score <= 1


def test_one_sentence_decides_alone_together_with_the_rules() -> None:
    """With a single sentence the article's logits are its own plus the rules' term: nothing else speaks."""
    given = article(1)
    answers = answer(HEADS, normal(len(given.pieces), WIDTH), given, np.zeros(3, np.float32))
    rules = given.article_features @ HEADS["tone_article"] + HEADS["tone_b"]
    assert np.allclose(answers.tone, answers.each[0] + rules, atol=1e-4)


def test_naming_an_authority_moves_only_its_own_logit() -> None:
    """Names are evidence for their owners, not for each other."""
    given = article(2)
    states = normal(len(given.pieces), WIDTH)
    nobody = answer(HEADS, states, given, np.zeros(3, np.float32)).authority
    second = answer(HEADS, states, given, np.array([0, 1, 0], np.float32)).authority
    assert np.flatnonzero(~np.isclose(nobody, second)).tolist() == [1]


def test_softmax_and_sigmoid_are_probabilities_for_large_logits_too() -> None:
    """Overflow would make a confidence of NaN."""
    assert np.allclose(softmax(np.array([1000, 0, -1000, 999], np.float32)).sum(), 1)
    assert sigmoid(50) == pytest.approx(1)
    assert sigmoid(-50) == pytest.approx(0)
