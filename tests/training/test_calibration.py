"""The temperature: of an overconfident model above one, of a shy one below, and never changing an answer."""

from __future__ import annotations

import numpy as np
import pytest

from deploy.training.calibration import fit_temperature

RANDOM = np.random.default_rng(2)


def sample(sharpness: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are ``sharpness`` times too large for the labels drawn from them."""
    logits = RANDOM.normal(size=(4_000, 4)) * 1.5
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([RANDOM.choice(4, p=row) for row in chances])
    return (logits * sharpness).astype(np.float32), labels


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 2.0, 3.0])
def test_the_temperature_undoes_false_certainty(sharpness: float) -> None:
    """Temperature scaling must find the factor by which the logits are too large."""
    assert fit_temperature(*sample(sharpness)) == pytest.approx(sharpness, rel=0.12)
