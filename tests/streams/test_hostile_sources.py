"""Fault 36: whoever writes articles cannot make new series; a scrape stays small whatever is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import cast

import pytest
from prometheus_client import generate_latest

from config.catalogue import load_catalogue
from config.settings import read_settings
from services.alerts.alert import Silence, SilenceReason
from services.errors import Unreadable
from services.news.article import Article
from services.signals.reading import Reader
from services.signals.signal import PolicySignal
from streams import news_consumer
from streams.broker.kafka import Outbox, Record
from streams.news_consumer import NewsConsumer
from streams.rendering.card_samples.sample_alerts import make_signal
from streams.watching.health import Health, Surroundings
from streams.watching.served_metrics import ServedMetrics

NOW = datetime(2023, 7, 13, 2, 30, tzinfo=UTC)
SOURCES = 100_000
MOST_SERIES = 500
HEADLINES = (
    "SAMR closes antitrust probe into Meituan",
    "Regulator fines Tencent over data",
    "Seven recipes for a rainy day",
    'label="x",evil="y"} 1\npolicy_signals_fake 1',
)


class Nowhere:
    """An outbox that keeps nothing."""

    def send(self, topic: str, key: str | None, value: bytes, headers: Mapping[str, bytes]) -> None:
        """Taken."""


class QuickDesk:
    """Decides at once, and says in every field what the article said: reading is not what is tried here."""

    remembered = (0, timedelta())

    def take(self, article: Article, now: datetime) -> PolicySignal | Silence:
        """Signals and silences in turn."""
        if len(article.source) % 2:
            return Silence(
                article_id=article.article_id,
                source=article.source,
                headline=article.title,
                reason=SilenceReason.IRRELEVANT,
                detail=article.source,
                decided_at=now,
            )
        return make_signal(source=article.source, regulators=(article.source,), sectors=(article.source,))


def make_consumer(monkeypatch: pytest.MonkeyPatch) -> NewsConsumer:
    """Reads by the rules alone, for the model's start is not what is tried here."""
    monkeypatch.setattr(news_consumer, "load_reader", lambda _: Reader(load_catalogue()))
    surroundings = Surroundings(settings=read_settings({}), health=Health("kafka"))
    return NewsConsumer(surroundings, cast(Outbox, Nowhere()), lambda: NOW + timedelta(seconds=3))


def record_of(number: int) -> Record:
    """An article of a source that nobody has heard of, with words made for a scrape."""
    article = {
        "source": f'Source "{number}"}} {"x" * (number % 3)}',
        "url": f"https://source-{number}.example/{number}",
        "title": HEADLINES[number % len(HEADLINES)],
        "body": f"Report {number}.",
        "published_at": NOW.isoformat(),
        "language": f"x{number}",
    }
    moment = int(NOW.timestamp() * 1000) + 2_000
    value = json.dumps(article).encode()
    return Record(topic="news.articles", partition=0, offset=number, key=None, value=value, timestamp_ms=moment)


def scrape() -> list[str]:
    """Samples as the process serves them."""
    lines = generate_latest(ServedMetrics("news_consumer")).decode().splitlines()
    return [line for line in lines if not line.startswith("#")]


def names_of(lines: list[str]) -> set[str]:
    """Series without their values."""
    return {line.rpartition(" ")[0] for line in lines}


def test_articles_of_any_source_make_no_new_series(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few hundred through the whole reading: labels are closed sets, so what is read changes values alone."""
    consumer = make_consumer(monkeypatch)
    before = names_of(scrape())
    for number in range(300):
        consumer.handle(record_of(number))
    consumer.idle(caught_up=True)
    new = {series for series in names_of(scrape()) - before if "regulator=" not in series}
    assert new == set()
    assert not any("Source" in line or "evil" in line or "fake" in line for line in scrape())


def test_a_hundred_thousand_hostile_sources_leave_a_small_scrape(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when regulators and sectors of a signal are the sender's own words: what is unknown is "other"."""
    consumer = make_consumer(monkeypatch)
    monkeypatch.setattr(consumer, "_desk", QuickDesk())
    monkeypatch.setattr(news_consumer.log, "info", lambda *_, **__: None)
    for number in range(SOURCES):
        consumer.handle(record_of(number))
    monkeypatch.setattr(consumer._tones, "_show_at", 0.0)
    consumer.idle(caught_up=True)
    began = process_time()
    lines = scrape()
    assert process_time() - began < 0.5
    assert len(lines) < MOST_SERIES
    assert not any("Source" in line for line in lines)


def test_what_cannot_be_read_is_counted_by_reasons_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason of a dead letter is a label: it repeats nothing that was sent."""
    consumer, reasons = make_consumer(monkeypatch), set()
    for number in range(500):
        broken = (f'{{"evil{number}": {number}}}', f"{{evil{number}", f'{{"published_at": "evil{number}"}}')
        record = Record(
            topic="news.articles",
            partition=0,
            offset=number,
            key=None,
            value=broken[number % 3].encode(),
            timestamp_ms=int(NOW.timestamp() * 1000),
        )
        with pytest.raises(Unreadable) as refused:
            consumer.handle(record)
        reasons.add(refused.value.reason)
    assert len(reasons) <= len(broken)
    assert not any("evil" in reason for reason in reasons)
