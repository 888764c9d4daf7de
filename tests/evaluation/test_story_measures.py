"""The figures of story identity count what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.evaluation.story_measures import Placed, Tally, merges, new_acts, precision, recalls, relations
from tests.evaluation.story_sets import Report

NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)


def place(number: int, event: str, story: str, **fields: object) -> Placed:
    given = {"kind": "first", "group": event, "of": None, "follows": None, "hard": None, "language": "en"} | fields
    relation = str(given.pop("relation", "new"))
    report = Report(
        id=f"t-{number:04d}",
        event=event,
        source="a desk",
        url="",
        title=f"title {number}",
        body="",
        published_at=NOON + timedelta(minutes=number),
        **given,  # type: ignore[arg-type]
    )
    return Placed(report=report, story_id=story, relation=relation)


def test_recall_counts_pairs_by_how_they_are_akin() -> None:
    """Each kind has its own bar, so a pair belongs to one kind."""
    placed = [
        place(1, "a", "s1"),
        place(2, "a", "s1", kind="reprint", of="t-0001"),
        place(3, "a", "s2", kind="independent"),
        place(4, "a", "s1", kind="translation", language="zh"),
    ]
    found = recalls(placed)
    assert found["reprint"].figure().value == 1
    assert found["independent"].figure().value == 0
    assert found["cross-language"].figure().value == pytest.approx(2 / 3)
    assert found["all"].figure().total == 6


def test_two_cuts_of_one_text_are_copies_of_each_other() -> None:
    """They share their source, although neither names the other."""
    placed = [
        place(1, "a", "s1"),
        place(2, "a", "s1", kind="syndication", of="t-0001"),
        place(3, "a", "s2", kind="syndication", of="t-0001"),
    ]
    figure = recalls(placed)["syndication"].figure()
    assert figure.total == 3
    assert figure.value == pytest.approx(1 / 3)


def test_precision_falls_with_every_wrong_pair() -> None:
    """One story with two events of two articles each has two right pairs and four wrong ones."""
    placed = [place(number, "a" if number < 2 else "b", "s1") for number in range(4)]
    figure = precision(placed)["all"].figure()
    assert (figure.value, figure.total) == (pytest.approx(1 / 3), 6)


def test_a_background_piece_counts_neither_way_with_its_own_event() -> None:
    """Whether it is in the story is a matter of taste; in another event's story it is wrong."""
    placed = [place(1, "a", "s1"), place(2, "a", "s2", kind="background"), place(3, "b", "s2")]
    assert "all" not in recalls(placed)
    assert precision(placed)["all"].figure().value == 0


def test_merged_pairs_are_counted_by_why_they_are_hard() -> None:
    """The bar is on all; the kinds say what to mend."""
    hard = {"kind": "different", "group": "p", "hard": "two_fines"}
    found = merges([place(1, "p-a", "s1", **hard), place(2, "p-b", "s1", **hard)])
    assert {name: tally.figure().value for name, tally in found.items()} == {
        "all": 1,
        "two_fines": 1,
        "within 72 hours": 1,
    }


def test_a_new_act_in_the_old_story_is_counted() -> None:
    """The card of a probe may not swallow the fine."""
    old = place(1, "a", "s1")
    assert new_acts([old, place(2, "b", "s1", kind="follow_up", follows="a")]).figure().value == 1
    assert new_acts([old, place(2, "b", "s2", kind="follow_up", follows="a")]).figure().value == 0


def test_relations_are_judged_by_their_label() -> None:
    """A new act must be called one, and a reprint a reprint."""
    tally, table = relations(
        [
            place(1, "a", "s1"),
            place(2, "a", "s1", kind="reprint", of="t-0001", relation="reprint"),
            place(3, "b", "s2", kind="follow_up", follows="a", relation="new"),
        ]
    )
    assert tally.figure().value == pytest.approx(2 / 3)
    assert table["reprint", "reprint"] == 1


def test_an_interval_is_wider_with_fewer_groups_and_never_a_point() -> None:
    """Ten hits of ten do not prove that nothing ever misses."""
    few, many = Tally(), Tally()
    for number in range(100):
        many.add([f"g{number}"], hit=True)
        if number < 10:
            few.add([f"g{number}"], hit=True)
    assert few.figure().low < many.figure().low < 1
