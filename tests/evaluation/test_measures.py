"""The figures mean what their names say."""

from __future__ import annotations

from typing import Any

import pytest

from services.signals.signal import Exposure, Reading, Role, Stage, Tone
from tests.evaluation.measures import (
    Item,
    agreement,
    calibration_error,
    flip_rate,
    gate_f1,
    interval,
    issuer_precision,
    issuer_recall,
    lenient_f1,
    macro_f1,
    stage_accuracy,
)


def item(tone: str, said: Tone, confidence: float = 0.9, **fields: Any) -> Item:
    example = {
        "id": "x", "event": fields.get("event", "e"), "tone": tone, "also": fields.get("also"),
        "stage": fields.get("stage"), "regulators": [], "issuers": fields.get("issuers", []),
    }  # fmt: skip
    exposures = tuple(
        Exposure(instrument="X", issuer=issuer, name=issuer, role=Role.DIRECT, relevance=90)
        for issuer in fields.get("found", ())
    )
    reading = Reading(
        tone=said, score=None, confidence=confidence, regulators=(), sectors=(), stage=fields.get("read_stage"),
        exposures=exposures, evidence=(), notes=("unclear: best label neutral",),
    )  # fmt: skip
    return Item(example, reading, frozenset({"tencent", "meituan"}))


def test_a_perfect_reader_scores_one() -> None:
    """And has nothing reversed."""
    items = [item(tone.value, tone) for tone in (Tone.SUPPORTIVE, Tone.RESTRICTIVE, Tone.NEUTRAL, Tone.IRRELEVANT)]
    assert macro_f1(items) == gate_f1(items) == 1
    assert flip_rate(items) == 0


def test_unclear_is_no_flip_but_costs_recall() -> None:
    """An answer that is withheld is not an answer that is wrong."""
    items = [item("supportive", Tone.UNCLEAR), item("supportive", Tone.SUPPORTIVE)]
    assert flip_rate(items) == 0
    assert macro_f1(items) < 1


def test_a_second_label_counts_only_when_lenient() -> None:
    """Items with two acceptable labels are marked as such."""
    items = [item("supportive", Tone.NEUTRAL, also="neutral"), item("neutral", Tone.NEUTRAL)]
    assert lenient_f1(items) == 1
    assert macro_f1(items) < 0.5


def test_calibration_is_the_gap_between_confidence_and_hits() -> None:
    """Ninety percent sure and right half the time is forty points off."""
    items = [item("supportive", Tone.SUPPORTIVE), item("supportive", Tone.RESTRICTIVE)]
    assert calibration_error(items) == pytest.approx(0.4)


def test_a_wrong_company_costs_precision_and_a_missed_one_recall() -> None:
    """A private company is neither: it has no ticker."""
    items = [item("restrictive", Tone.RESTRICTIVE, issuers=["tencent", "bytedance"], found=["tencent", "meituan"])]
    assert (issuer_precision(items), issuer_recall(items)) == (0.5, 1.0)


def test_a_relevant_item_that_is_let_go_has_no_stage() -> None:
    """The stage is measured on all relevant items, not only on those that were seen."""
    items = [
        item("restrictive", Tone.IRRELEVANT, stage="penalty"),
        item("restrictive", Tone.RESTRICTIVE, stage="penalty", read_stage=Stage.PENALTY),
    ]
    assert stage_accuracy(items) == 0.5


def test_reports_of_one_event_are_resampled_together() -> None:
    """Ten copies of one event tell no more than one: the interval stays wide."""
    items = [item("supportive", Tone.SUPPORTIVE, event="a")] * 10 + [
        item("supportive", Tone.RESTRICTIVE, event="b")
    ] * 10
    low, high = interval(items, flip_rate)
    assert (low, high) == (0, 1)


def test_agreement_by_chance_has_a_kappa_of_zero() -> None:
    """Two labellers who say the same word always agree, and have told nothing."""
    assert agreement([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")]) == (0.5, 0.0)
    assert agreement([("a", "a"), ("b", "b")]) == (1.0, 1.0)
