"""What people said of alerts: how often each kind was right, and rows to train on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import typer

from config.settings import Settings, read_settings
from services.alerts.feedback import Feedback, Precision, find_precision, find_precision_of_rules, keep_last_words
from services.alerts.slack_text import clean_row
from services.errors import Misconfigured, Unreadable
from services.news.article import Article
from services.news.parsing import parse_article
from streams.broker.kafka import read_values, read_whole
from streams.topics import NEWS_ARTICLES, POLICY_FEEDBACK

MOST_RULES_SHOWN = 30


class FeedbackRow(msgspec.Struct, frozen=True, kw_only=True):
    """One word on one reading, with the text that was read; ``tone`` and ``score`` are the reader's."""

    article_id: str
    language: str
    source: str
    title: str
    body: str
    tone: str
    score: float | None
    instruments: tuple[str, ...]
    reader: str
    rules: tuple[str, ...] = ()
    signal_digest: str
    verdict: str
    by: str
    at: str


def show_feedback() -> None:
    """Print the share of "useful" per tone, regulator, reader and rule. Raises Unavailable."""
    given = list(read_values(read_settings(os.environ), POLICY_FEEDBACK.name, Feedback))
    for what, name_of in (
        ("tone", lambda one: one.tone.value),
        ("regulator", lambda one: one.regulator),
        ("reader", lambda one: one.reader),
    ):
        for found in find_precision(given, name_of):
            typer.echo(_row_of(what, found))
    for found in find_precision_of_rules(given)[:MOST_RULES_SHOWN]:
        typer.echo(_row_of("rule", found))
    if not given:
        typer.echo("no feedback yet")


def _row_of(what: str, found: Precision) -> str:
    return clean_row(f"{what:<10} {found.name:<28} {found.share:>5.0%} useful of {found.judged}")


def export_feedback(file: Path) -> None:
    """Write one JSON line per last word whose article is still on its topic. Raises Unavailable, Misconfigured."""
    settings = read_settings(os.environ)
    words = keep_last_words(read_values(settings, POLICY_FEEDBACK.name, Feedback))
    articles = dict(_read_articles(settings, {word.article_id for word in words}))
    rows = [_join(word, articles[word.article_id]) for word in words if word.article_id in articles]
    try:
        file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written: {error.strerror}") from None
    gone = len(words) - len(rows)
    typer.echo(
        f"{len(rows)} rows: {file}" + (f"; {gone} articles are no longer on {NEWS_ARTICLES.name}" if gone else "")
    )


def _read_articles(settings: Settings, wanted: set[str]) -> Iterator[tuple[str, Article]]:
    for record in read_whole(settings, NEWS_ARTICLES.name) if wanted else ():
        try:
            article = parse_article(record.value, datetime.fromtimestamp(record.timestamp_ms / 1000, UTC))
        except Unreadable:
            continue
        if article.article_id in wanted:
            yield article.article_id, article


def _join(word: Feedback, article: Article) -> FeedbackRow:
    return FeedbackRow(
        article_id=word.article_id,
        language=article.language,
        source=article.source,
        title=article.title,
        body=article.body,
        tone=word.tone.value,
        score=word.score,
        instruments=word.instruments,
        reader=word.reader,
        rules=word.rules,
        signal_digest=word.signal_digest,
        verdict=word.verdict.value,
        by=word.by,
        at=word.at.isoformat(),
    )
