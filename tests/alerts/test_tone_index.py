"""The tone index: bounded, fading, and the same whatever path led to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.tone_index import HALF_LIFE, OTHER, ToneIndex
from tests.alerts.alert_samples import PUBLISHED, make_signal

SCORES = st.lists(
    st.tuples(st.floats(-1, 1), st.floats(0, 1), st.integers(0, 100), st.integers(0, 10_000_000)), max_size=30
)


def index_of(*signals: tuple[float, float, int, int]) -> ToneIndex:
    """An index of one sector after signals of score, confidence, novelty and seconds since the start."""
    index = ToneIndex(["games"])
    for score, confidence, novelty, seconds in signals:
        at = PUBLISHED + timedelta(seconds=seconds)
        index.add(["games"], make_signal(score=score, confidence=confidence, novelty=novelty, received_at=at))
    return index


def test_silence_is_zero_and_normal() -> None:
    """A fresh install must not look like a policy stance."""
    lean = index_of().lean("games", PUBLISHED)
    assert (lean.index, lean.weight, lean.heat) == (0.0, 0.0, 1.0)


def test_one_sure_report_moves_the_index_half_of_the_way() -> None:
    """The imagined neutral report weighs as much as one sure, new report."""
    assert index_of((1.0, 1.0, 100, 0)).lean("games", PUBLISHED).index == pytest.approx(0.5)


def test_a_report_weighs_half_after_one_half_life() -> None:
    """The half-life that the dashboard states is the one that is computed."""
    index = index_of((-0.8, 1.0, 100, 0))
    assert index.lean("games", PUBLISHED + HALF_LIFE).weight == pytest.approx(0.5)
    assert index.lean("games", PUBLISHED + HALF_LIFE).index == pytest.approx(-0.8 * 0.5 / 1.5)


@given(SCORES)
def test_the_index_stays_between_its_ends(signals: list[tuple[float, float, int, int]]) -> None:
    """However the reports come, also out of order, a share is a share."""
    lean = index_of(*signals).lean("games", PUBLISHED + timedelta(days=200))
    assert -1.0 <= lean.index <= 1.0
    assert lean.weight >= 0.0
    assert lean.heat > 0.0


@given(SCORES)
def test_turning_every_score_turns_the_index(signals: list[tuple[float, float, int, int]]) -> None:
    """Supportive and restrictive news are treated alike."""
    now = PUBLISHED + timedelta(days=120)
    turned = index_of(*((-score, *rest) for score, *rest in signals))  # type: ignore[arg-type]
    assert turned.lean("games", now).index == pytest.approx(-index_of(*signals).lean("games", now).index)


def test_ten_reports_in_a_day_are_hot_and_a_steady_stream_is_not() -> None:
    """Heat compares with the sector's own normal, not with other sectors."""
    burst = index_of(*((0.1, 1.0, 100, hour * 3_600) for hour in range(10)))
    steady = index_of(*((0.1, 1.0, 100, day * 86_400) for day in range(200)))
    assert burst.lean("games", PUBLISHED + timedelta(hours=10)).heat > 3.0
    assert steady.lean("games", PUBLISHED + timedelta(days=199)).heat == pytest.approx(1.15, abs=0.15)


def test_commentary_and_reports_without_score_say_nothing() -> None:
    """Nobody in authority acted."""
    index = ToneIndex(["games"])
    index.add(["games"], make_signal(commentary=True))
    index.add(["games"], make_signal(score=None))
    assert index.lean("games", PUBLISHED).weight == 0.0


def test_a_name_outside_the_catalogue_is_other_and_counted_once() -> None:
    """Names become metric labels: a hostile record must not make one."""
    index = ToneIndex(["games"])
    index.add(["a", "b", "c"], make_signal(score=1.0, confidence=1.0, received_at=PUBLISHED))
    assert index.lean(OTHER, PUBLISHED).weight == pytest.approx(1.0)
    with pytest.raises(KeyError):
        index.lean("a", PUBLISHED)


def test_the_busiest_are_the_heaviest_and_never_more_than_asked() -> None:
    """A dashboard has room for some; the order is settled by weight, then by name."""
    index = ToneIndex(["SAMR", "CAC", "SEC", "FTC"])
    index.add(["SEC", "CAC"], make_signal(received_at=PUBLISHED))
    index.add(["SEC"], make_signal(received_at=PUBLISHED))
    index.add(["SAMR"], make_signal(received_at=PUBLISHED))
    assert list(index.busiest(PUBLISHED, 2)) == ["SEC", "CAC"]
    assert list(index.busiest(PUBLISHED, 9)) == ["SEC", "CAC", "SAMR"]
