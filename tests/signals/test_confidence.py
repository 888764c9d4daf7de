"""Stated confidence is the share of readings that were right, measured on readings nobody had tuned for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.signals.judgement import MINIMUM_CONFIDENCE
from services.signals.rules.confidence import DIRECTED, IRRELEVANT, NEUTRAL, TABLES, calibrate
from services.signals.signal import Tone
from tests.signals.fit_confidence import KINDS, BlindReading, fit, load

FITTED_ON = ("held_out_3", "held_out_4")
CHECKED_ON = "held_out_5"
READINGS = load()


def calibration_error(readings: list[BlindReading], bins: int = 10) -> float:
    """Expected calibration error: mean over equal bins of |confidence - share right|, weighted by size."""
    total = 0.0
    for low in range(bins):
        inside = [item for item in readings if low <= min(bins - 1, stated(item) * bins) < low + 1]
        total += abs(sum(stated(item) for item in inside) - sum(item.written == item.read for item in inside))
    return total / len(readings)


def stated(item: BlindReading) -> float:
    return calibrate(Tone(item.read), item.confidence)


def test_the_table_is_what_the_blind_readings_give() -> None:
    """Constants that nobody can reproduce are opinions."""
    fitted = fit(item for item in READINGS if item.round in FITTED_ON)
    written = {"directed": DIRECTED, "neutral": NEUTRAL, "irrelevant": IRRELEVANT}
    assert {kind: tuple(table) for kind, table in fitted.items()} == written


def test_on_the_next_blind_round_confidence_was_close_to_the_hit_rate() -> None:
    """Sixty items: even a perfect table shows about 0.05 by chance."""
    fresh = [item for item in READINGS if item.round == CHECKED_ON]
    assert len(fresh) == 60
    assert calibration_error(fresh) <= 0.1


def test_answers_above_the_threshold_were_right_more_often_than_answers_below() -> None:
    """The threshold of "unclear" must separate."""
    fresh = [item for item in READINGS if item.round == CHECKED_ON]
    sure = [item.written == item.read for item in fresh if stated(item) >= MINIMUM_CONFIDENCE]
    unsure = [item.written == item.read for item in fresh if stated(item) < MINIMUM_CONFIDENCE]
    assert sum(sure) / len(sure) >= 0.85
    assert sum(unsure) / len(unsure) <= 0.6


@pytest.mark.parametrize("tone", sorted(TABLES))
@given(low=st.floats(0, 1), high=st.floats(0, 1))
def test_calibration_keeps_order_and_bounds(tone: Tone, low: float, high: float) -> None:
    """More raw confidence never states less."""
    assert 0 <= calibrate(tone, min(low, high)) <= calibrate(tone, max(low, high)) <= 1


def test_every_kind_of_label_has_blind_readings() -> None:
    """A table without data would be the raw value in disguise."""
    assert {KINDS[item.read] for item in READINGS if item.round in FITTED_ON} == {"directed", "neutral", "irrelevant"}
