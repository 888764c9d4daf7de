"""Fitting the gate: logistic regression, and the chance from which it may let an article go."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from deploy.training.examples import Prepared, part_of
from services.signals.model.gate import BUCKETS, LOOKED_AT, Gate, hash_words, measure_opening

LOST = 0.002
"""Largest share of relevant examples that the gate may let go, judged by cross-validation over events."""
LEAST_SURE = 0.9
PARTS = 5


def fit_gate(prepared: Sequence[Prepared]) -> Gate:
    """A gate that loses at most ``LOST`` of the relevant examples."""
    words, rules = _measure(prepared)
    irrelevant = np.array([item.example["tone"] == "irrelevant" for item in prepared])
    parts = np.array([part_of(item.example["event"], PARTS) for item in prepared])
    both = hstack([words, csr_matrix(rules)]).tocsr()
    layer = LogisticRegression(C=3.0, max_iter=2000)
    folds = [(np.flatnonzero(parts != part), np.flatnonzero(parts == part)) for part in range(PARTS)]
    chances = cross_val_predict(layer, both, irrelevant, cv=folds, method="predict_proba")[:, 1]
    sure = max(LEAST_SURE, float(np.quantile(chances[~irrelevant], 1 - LOST)) + 0.005)
    layer.fit(both, irrelevant)
    weights = layer.coef_[0].astype(np.float32)
    return Gate(
        words=weights[:BUCKETS], rules=weights[BUCKETS:], bias=float(layer.intercept_[0]), sure=min(sure, 0.999)
    )


def _measure(prepared: Sequence[Prepared]) -> tuple[csr_matrix, np.ndarray]:
    places, rows, shares, rules = [], [], [], []
    for row, item in enumerate(prepared):
        opening = item.sight.readings[:LOOKED_AT]
        found = hash_words(opening)
        places += found
        rows += [row] * len(found)
        shares += [1 / np.sqrt(max(1, len(found)))] * len(found)
        rules.append(measure_opening(opening))
    return csr_matrix((shares, (rows, places)), shape=(len(prepared), BUCKETS)), np.stack(rules)
