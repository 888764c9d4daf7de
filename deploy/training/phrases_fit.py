"""Fitting the linear reading beside the encoder: two logistic regressions over hashed phrases, in eight bits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from deploy.training.examples import Prepared
from services.signals.model.phrases import BUCKETS, Phrases, count_phrases, measure
from services.signals.model.rule_features import STAGES, TONES
from services.signals.model.tone_model import read_of

SHARE = 0.7
"""Of its logits in the sum with the encoder's: chosen on the calibration part, where 0.5 to 1 are alike."""
FEWEST_ARTICLES = 3
STRENGTH = 10.0


def fit_phrases(prepared: Sequence[Prepared]) -> Phrases:
    """Weights from the examples that the encoder was taught, none of the calibration part among them."""
    counted = [list(count_phrases(read_of(item.sight, item.given))) for item in prepared]
    rarity = _rarity(counted)
    table = _table(counted, rarity)
    weights = np.zeros((BUCKETS, len(TONES) + len(STAGES)), np.float32)
    bias = np.zeros(len(TONES) + len(STAGES), np.float32)
    tones = np.array([int(item.tone.argmax()) for item in prepared])
    staged = np.flatnonzero([item.stage >= 0 for item in prepared])
    stages = np.array([prepared[row].stage for row in staged])
    for first, rows, labels in ((0, np.arange(len(prepared)), tones), (len(TONES), staged, stages)):
        layer = LogisticRegression(C=STRENGTH, max_iter=300).fit(table[rows], labels)
        columns = first + layer.classes_
        weights[:, columns] = SHARE * layer.coef_.T
        bias[columns] = SHARE * layer.intercept_
    scale = np.abs(weights).max(axis=0) / 127.0
    return Phrases(
        weights=np.rint(weights / scale).astype(np.int8), scale=scale.astype(np.float32), bias=bias, rarity=rarity
    )


Counted = Sequence[Sequence[tuple[np.ndarray, np.ndarray]]]


def _rarity(counted: Counted) -> np.ndarray:
    """ln((1 + n) / (1 + articles with it)) + 1, as scikit-learn has it."""
    articles = np.zeros(BUCKETS)
    for blocks in counted:
        for places, _ in blocks:
            articles[places] += 1
    rarity = np.log((1 + len(counted)) / (1 + articles)) + 1.0
    return np.where(articles >= FEWEST_ARTICLES, rarity, 0.0).astype(np.float16)


def _table(counted: Counted, rarity: np.ndarray) -> csr_matrix:
    rows, columns, values = [], [], []
    for row, blocks in enumerate(counted):
        for places, counts in blocks:
            known = measure(counts, rarity[places].astype(np.float32))
            kept = known != 0
            rows.append(np.full(int(kept.sum()), row))
            columns.append(places[kept])
            values.append(known[kept])
    cells = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return csr_matrix(cells, shape=(len(counted), BUCKETS))
