"""The written sets of story identity: what was labelled, and the streams in which it is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct, json
from msgspec.structs import replace

from services.news.article import Article
from services.news.parsing import content_id, parse_article

FOLDER = Path(__file__).parent.parent.parent / "config" / "reader" / "stories"
COPIES = frozenset({"reprint", "revision", "syndication", "correction"})
OPENING = frozenset({"first", "follow_up", "different"})
"""Kinds that open an event."""
CROWDED_FROM = datetime(2025, 6, 2, tzinfo=UTC)
WEEK = timedelta(weeks=1)


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One labelled article (config/reader/stories/LABELS.md says what each field means)."""

    id: str
    group: str
    event: str
    kind: str
    of: str | None
    follows: str | None
    hard: str | None
    source: str
    url: str
    language: str
    published_at: datetime
    title: str
    body: str


def read_reports(part: str) -> list[Report]:
    """Every line of ``dev`` or ``held``, in the order of the file."""
    lines = (FOLDER / f"{part}.jsonl").read_bytes().splitlines()
    return [json.decode(line, type=Report) for line in lines]


def as_article(report: Report) -> Article:
    """The report as the intake would make it of the same line."""
    record: dict[str, Any] = {
        "source": report.source,
        "url": report.url,
        "title": report.title,
        "body": report.body,
        "published_at": report.published_at,
    }
    return parse_article(json.encode(record), arrived_at=report.published_at.astimezone(UTC))


def text_roots(reports: Iterable[Report]) -> dict[str, str]:
    """By id: the id of the article whose text it goes back to; an article that copies nothing is its own root."""
    roots: dict[str, str] = {}
    for report in reports:
        copied = report.of if report.kind in COPIES else None
        roots[report.id] = roots[copied] if copied else report.id
    return roots


Stream = list[tuple[Report, Article]]
Reports = Sequence[Report]


def one_stream(reports: Reports) -> list[Stream]:
    """Everything mixed, in the order of time."""
    return [_in_order((report, as_article(report)) for report in reports)]


def months_apart(reports: Reports) -> list[Stream]:
    """One stream with its own empty memory for each calendar month; a group stays together, where it began."""
    begun = _beginnings(reports)
    months: dict[tuple[int, int], list[Report]] = {}
    for report in reports:
        months.setdefault((begun[report.group].year, begun[report.group].month), []).append(report)
    return [stream for month in months.values() for stream in one_stream(month)]


def one_crowded_week(reports: Reports) -> list[Stream]:
    """Ten years pressed into one week: each group is moved by whole weeks, so that all of them meet in one memory."""
    begun = _beginnings(reports)
    moved = []
    for report in reports:
        moved.append((report, _move(as_article(report), -WEEK * ((begun[report.group] - CROWDED_FROM) // WEEK))))
    return [_in_order(moved)]


STREAMS: dict[str, Callable[[Reports], list[Stream]]] = {
    "one stream": one_stream,
    "months apart": months_apart,
    "one crowded week": one_crowded_week,
}


def _beginnings(reports: Reports) -> dict[str, datetime]:
    begun: dict[str, datetime] = {}
    for report in reports:
        begun.setdefault(report.group, report.published_at.astimezone(UTC))
    return begun


def _move(article: Article, by: timedelta) -> Article:
    published_at = article.published_at + by
    # A new id, since the memory knows an article by it.
    article_id = content_id("art", article.article_id, published_at.isoformat())
    return replace(article, article_id=article_id, published_at=published_at, received_at=published_at)


def _in_order(pairs: Iterable[tuple[Report, Article]]) -> Stream:
    return sorted(pairs, key=lambda pair: (pair[1].published_at, pair[0].id))
