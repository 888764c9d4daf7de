"""Why nothing is sent, and how loudly the rest is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.alert import Agreement, Severity, SilenceReason
from services.alerts.severity import grade
from services.alerts.silence import find_silence
from services.signals.signal import Relation, Tone
from tests.alerts.alert_samples import POLICY, PUBLISHED, make_signal


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"received_at": PUBLISHED + timedelta(hours=13)}, SilenceReason.STALE_NEWS),
        ({"relation": Relation.REPRINT}, SilenceReason.REPRINT),
        ({"relation": Relation.SYNDICATED}, SilenceReason.REPRINT),
        ({"relation": Relation.BACKGROUND}, SilenceReason.BACKGROUND),
        ({"relation": Relation.TRANSLATION}, None),
        ({"relation": Relation.FOLLOW_UP}, None),
        ({"commentary": True}, SilenceReason.COMMENTARY),
        ({"tone": Tone.UNCLEAR}, SilenceReason.UNCLEAR),
        ({"confidence": 0.59}, SilenceReason.UNCLEAR),
        ({"tone": Tone.NEUTRAL, "score": 0.0}, SilenceReason.NEUTRAL),
        ({"score": 0.1}, SilenceReason.NEUTRAL),
        ({"exposures": ()}, SilenceReason.NO_EXPOSURE),
        ({}, None),
        ({"tone": Tone.RESTRICTIVE, "score": -0.7}, None),
        ({"received_at": PUBLISHED + timedelta(hours=11)}, None),
    ],
)
def test_silence_has_its_reason_and_speech_has_none(changes: dict[str, object], reason: SilenceReason | None) -> None:
    """Every silence must be explainable to somebody who missed the alert."""
    found = find_silence(make_signal(**changes), POLICY)
    assert (found[0] if found else None) is reason


def test_severity_shows_its_sum() -> None:
    """0.7 x 0.9 x 0.9 x 1.0 = 0.567, a Flash; the sentence on the card must give the same number."""
    severity, why = grade(make_signal(), Agreement.NOT_YET, POLICY)
    assert severity is Severity.FLASH
    assert "severity 0.57" in why


@given(score=st.floats(0.2, 1), confidence=st.floats(0.6, 1), authority=st.floats(0, 1), novelty=st.integers(1, 100))
def test_confirmation_never_lowers_severity(score: float, confidence: float, authority: float, novelty: int) -> None:
    """More evidence cannot make an alert quieter."""
    order = [Severity.ALERT, Severity.URGENT, Severity.FLASH]
    signal = make_signal(score=score, confidence=confidence, authority=authority, novelty=novelty)
    before, _ = grade(signal, Agreement.NOT_YET, POLICY)
    after, _ = grade(signal, Agreement.CONFIRMED, POLICY)
    assert order.index(after) >= order.index(before)
