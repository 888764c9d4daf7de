"""The written sets of stories keep to their own guideline (config/reader/stories/LABELS.md)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from deploy.training.examples import read_examples
from tests.evaluation.story_sets import (
    COPIES,
    FOLDER,
    OPENING,
    STREAMS,
    Report,
    as_article,
    one_crowded_week,
    read_reports,
    text_roots,
)

DEV, HELD = read_reports("dev"), read_reports("held")
PARTS = {"dev": DEV, "held": HELD}
KINDS = {"independent", "translation", "retraction", "background", *COPIES, *OPENING}
HARD = {
    "template_notice", "weekly_list", "monthly_licence", "two_fines", "two_regulators", "successive_meetings", "two_bills",
    "draft_final", "probe_fine", "two_topics", "different_years", "two_countries",
}  # fmt: skip
STANDING_TITLES = {"Federal Reserve issues FOMC statement", "Monetary policy decisions"}
"""The same after every meeting."""
MOST_PARAGRAPHS = 8
FIRST_YEAR, LAST_YEAR = 2017, 2026


def faults_of(report: Report) -> list[str]:
    claims = {
        "kind": report.kind in KINDS,
        "hard": report.hard is None or report.hard in HARD,
        "hard kind": (report.kind == "different") == (report.hard is not None),
        "text": bool(report.title or report.body),
        "clean": report.title == report.title.strip() and report.body == report.body.strip(),
        "paragraphs": len(report.body.splitlines()) <= MOST_PARAGRAPHS,
        "year": FIRST_YEAR <= report.published_at.year <= LAST_YEAR,
        "zone": report.published_at.tzinfo is not None,
        "language": as_article(report).language == report.language,
        "of": (report.of is not None) == (report.kind in COPIES | {"retraction"}),
        "follows": report.follows != report.event and (report.kind != "follow_up" or report.follows is not None),
    }
    return [name for name, holds in claims.items() if not holds]


def by_event(reports: list[Report]) -> dict[str, list[Report]]:
    events = defaultdict(list)
    for report in reports:
        events[report.event].append(report)
    return events


@pytest.mark.parametrize("part", PARTS)
def test_every_line_keeps_to_the_guideline(part: str) -> None:
    """A line that breaks it would measure something else."""
    assert {report.id: faults for report in PARTS[part] if (faults := faults_of(report))} == {}


def test_the_sets_are_as_large_as_promised() -> None:
    """Small sets claim nothing; at most two in five may be looked at, the rest measures."""
    groups = {name: {report.group for report in part if not report.hard} for name, part in PARTS.items()}
    pairs = {name: {report.group for report in part if report.hard} for name, part in PARTS.items()}
    assert len(groups["held"]) >= 120
    assert sum(map(len, pairs.values())) >= 80
    assert 0.2 <= len(groups["dev"]) / sum(map(len, groups.values())) <= 0.4


def test_both_languages_and_all_kinds_are_there() -> None:
    """Each kind has its own bar."""
    languages = Counter(report.language for report in HELD)
    assert min(languages["en"], languages["zh"]) / len(HELD) >= 0.3
    assert {report.kind for report in HELD} == KINDS
    assert {report.hard for report in HELD if report.hard} == HARD


def test_nothing_stands_in_both_parts() -> None:
    """What was tuned on may not measure."""
    for name in ("id", "group", "event"):
        assert not {getattr(report, name) for report in DEV} & {getattr(report, name) for report in HELD}, name
    assert {report.title for report in DEV} & {report.title for report in HELD} <= STANDING_TITLES


def test_ids_are_unique_and_an_event_stands_in_one_group() -> None:
    """An event in two groups would be counted as two."""
    reports = DEV + HELD
    assert len({report.id for report in reports}) == len(reports)
    homes = {event: {report.group for report in told} for event, told in by_event(reports).items()}
    assert {event: groups for event, groups in homes.items() if len(groups) > 1} == {}


def test_a_pair_is_two_articles_of_two_events() -> None:
    """That is what may not merge."""
    pairs = defaultdict(list)
    for report in DEV + HELD:
        if report.hard:
            pairs[report.group].append(report)
    assert all(len(pair) == 2 and pair[0].event != pair[1].event for pair in pairs.values())


@pytest.mark.parametrize("part", PARTS)
def test_the_earliest_article_opens_its_event(part: str) -> None:
    """Every other kind is a relation to something older."""
    for event, told in by_event(PARTS[part]).items():
        earliest = min(told, key=lambda report: report.published_at)
        assert [report.kind for report in told if report.kind in OPENING] == [earliest.kind], event


@pytest.mark.parametrize("part", PARTS)
def test_copies_are_later_than_what_they_copy(part: str) -> None:
    """And of its event and language: a copy in another language is a translation."""
    known = {report.id: report for report in PARTS[part]}
    for report in PARTS[part]:
        if report.of:
            copied = known[report.of]
            assert copied.published_at < report.published_at, report.id
            assert (copied.event, copied.language) == (report.event, report.language), report.id


def test_a_reprint_holds_the_whole_text() -> None:
    """Otherwise it is a syndicated copy."""
    known = {report.id: report for report in DEV + HELD}
    for report in known.values():
        if report.kind == "reprint" and report.of:
            assert known[report.of].body in report.body, report.id


def test_a_translated_event_is_told_in_both_languages() -> None:
    """The label would be wrong."""
    for event, told in by_event(DEV + HELD).items():
        if any(report.kind == "translation" for report in told):
            assert {report.language for report in told} == {"en", "zh"}, event


def test_a_new_act_follows_an_older_event_of_its_group() -> None:
    """A link to nothing cannot be shown."""
    begun = {event: min(report.published_at for report in told) for event, told in by_event(DEV + HELD).items()}
    for report in DEV + HELD:
        if report.follows:
            assert begun[report.follows] < report.published_at, report.id


def test_no_text_comes_from_the_reader_examples() -> None:
    """The reader was trained on those: here they would be known to it."""
    examples = read_examples(FOLDER.parent / "examples")
    known = {text for example in examples for text in (example["title"], example["body"]) if len(text) > 20}
    assert [report.id for report in DEV + HELD if {report.title, report.body} & known] == []


@pytest.mark.parametrize("name", STREAMS)
def test_every_stream_holds_every_article_once_in_time_order(name: str) -> None:
    """The figures of the streams are of the same articles."""
    streams = STREAMS[name](DEV)
    assert Counter(report.id for stream in streams for report, _ in stream) == Counter(report.id for report in DEV)
    for stream in streams:
        times = [article.published_at for _, article in stream]
        assert times == sorted(times)


def test_the_crowded_week_keeps_the_gaps_within_a_group() -> None:
    """Groups move as a whole and by whole weeks: weekday, hour and distance stay."""
    moved = {report.id: article.published_at - report.published_at for report, article in one_crowded_week(DEV)[0]}
    shifts = {report.group: moved[report.id] for report in DEV}
    assert all(moved[report.id] == shifts[report.group] for report in DEV)
    assert all(shift % timedelta(weeks=1) == timedelta() for shift in shifts.values())


def test_a_copy_of_a_copy_goes_back_to_the_first_text() -> None:
    """Two cuts of one agency text are copies of each other, not independent reports."""
    first = next(report for report in DEV if report.of is None)
    chain = [first]
    for number, kind in enumerate(("syndication", "reprint")):
        fields = {name: getattr(first, name) for name in first.__struct_fields__}
        chain.append(Report(**{**fields, "id": f"x-{number}", "kind": kind, "of": chain[-1].id}))
    assert set(text_roots(chain).values()) == {first.id}
