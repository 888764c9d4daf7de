"""A move before the news: when it is said, how strong it is, and when it is no drift."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.market.reaction import NormalModel, Reaction, SessionState, Window
from services.market.study.drift import find_drift

AT = datetime(2023, 7, 13, 2, 30, tzinfo=UTC)


def before(
    window: Window = Window.BEFORE_30M, z: float | None = 4.0, percentile: float | None = 0.999, **more: object
) -> Reaction:
    given = {"instrument": "0700.HK", "model": NormalModel.MARKET_MODEL, "abnormal_return": (z or 0.0) / 200} | more
    return Reaction(
        signal_id="s",
        window=window,
        state=SessionState.OPEN,
        started_at=AT,
        ended_at=AT,
        measured_at=AT,
        z=z,
        percentile=percentile,
        **given,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("z", [4.0, -4.0])
def test_an_abnormal_move_before_publication_is_a_drift(z: float) -> None:
    """With its sign and how strange it is."""
    (drift,) = find_drift([before(z=z)])
    assert (drift.sign, drift.z, drift.percentile) == ((1 if z > 0 else -1), z, 0.999)
    assert drift.abnormal_return == z / 200


@pytest.mark.parametrize(
    "reaction",
    [
        before(z=2.9),
        before(percentile=0.98),
        before(z=None),
        before(model=NormalModel.RAW),
        before(Window.AFTER_1M),
        before(Window.SO_FAR),
        before(abnormal_return=None),
    ],
    ids=["too small", "a heavy tail", "no history", "raw", "afterwards", "so far", "not measured"],
)
def test_everything_else_is_none(reaction: Reaction) -> None:
    """Better nothing than a suspicion on a number that does not carry it."""
    assert find_drift([reaction]) == ()


def test_short_history_leaves_the_score_alone() -> None:
    """There is a z but no percentile: said as such."""
    (drift,) = find_drift([before(percentile=None)])
    assert drift.percentile is None


def test_the_stronger_of_both_windows_speaks_for_an_instrument() -> None:
    """One entry per instrument, in the order in which they were measured."""
    drifts = find_drift(
        [
            before(z=3.5),
            before(Window.SINCE_PREVIOUS_CLOSE, z=-5.0),
            before(instrument="9988.HK"),
            before(instrument="3690.HK", z=1.0),
        ]
    )
    assert [(drift.instrument, drift.window, drift.sign) for drift in drifts] == [
        ("0700.HK", Window.SINCE_PREVIOUS_CLOSE, -1),
        ("9988.HK", Window.BEFORE_30M, 1),
    ]


def test_thresholds_are_parameters() -> None:
    """A desk may want to hear more."""
    assert find_drift([before(z=2.2, percentile=0.96)], least_z=2.0, least_percentile=0.95)
