"""The news consumer with and without a second reader: what it sends, and that nothing of it ever waits for an endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import cast

import pytest
from msgspec.structs import replace

from config.catalogue import load_catalogue
from config.settings import read_settings
from services.alerts.alert import Silence
from services.signals.reading import Reader
from services.signals.signal import PolicySignal, Tone
from streams import codec, news_consumer
from streams.broker.kafka import Outbox, Record
from streams.news_consumer import NewsConsumer, build
from streams.second_reader.reader import ARTICLES_AT_ONCE, FAILURES_TO_OPEN
from streams.topics import POLICY_SIGNALS, POLICY_TRACE
from streams.watching.health import Health, Surroundings
from tests.streams.chat_endpoint import ANSWER, ChatEndpoint, completion

NOW = datetime(2023, 7, 13, 2, 30, tzinfo=UTC)
ARTICLE = {
    "source": "Harbour Wire",
    "url": "https://news.example/probe-closed",
    "title": "China's market regulator closes antitrust probe into Meituan",
    "body": (
        "The State Administration for Market Regulation said on Thursday that it has closed its antitrust "
        "investigation into Meituan. The regulator said the company has completed its rectification."
    ),
    "published_at": NOW.isoformat(),
}


class Sent:
    """An outbox that keeps the answers that it is given; the trace of how they came about has tests of its own."""

    def __init__(self) -> None:
        self.values: list[PolicySignal | Silence] = []

    def send(self, topic: str, key: str | None, value: bytes, headers: Mapping[str, bytes]) -> None:
        if topic != POLICY_TRACE.name:
            self.values.append(codec.decode(PolicySignal if topic == POLICY_SIGNALS.name else Silence, value))


@pytest.fixture(autouse=True)
def by_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules alone decide: these tests are about what comes after the first reading."""
    monkeypatch.setattr(news_consumer, "load_reader", lambda _: rule_reader())


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatEndpoint]:
    monkeypatch.setenv("no_proxy", "*")
    endpoint = ChatEndpoint()
    yield endpoint
    endpoint.stop()


@cache
def rule_reader() -> Reader:
    return Reader(load_catalogue())


def environment_of(url: str) -> dict[str, str]:
    return {
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECOND_READER_URL": url,
        "SECOND_READER_MODEL": "a-model",
        "SECOND_READER_BELOW_CONFIDENCE": "1",
        "SECOND_READER_TIMEOUT_SECONDS": "0.5",
    }


def take(environment: dict[str, str], articles: list[dict[str, str]]) -> list[PolicySignal | Silence]:
    """What the consumer sends for these articles, one after another."""
    sent = Sent()
    surroundings = Surroundings(settings=read_settings(environment), health=Health("kafka"))
    consumer = NewsConsumer(surroundings, cast(Outbox, sent), lambda: NOW + timedelta(seconds=3))
    for offset, article in enumerate(articles):
        consumer.handle(
            Record(
                topic="news.articles",
                partition=0,
                offset=offset,
                key=None,
                value=json.dumps(article).encode(),
                timestamp_ms=int(NOW.timestamp() * 1000) + 2_000,
            )
        )
    return sent.values


def numbered(count: int) -> list[dict[str, str]]:
    return [{**ARTICLE, "url": f"https://news.example/{number}", "body": f"{ARTICLE['body']} Report {number}."} for number in range(count)]  # fmt: skip


def test_the_first_reading_stands_when_the_endpoint_is_dead(endpoint: ChatEndpoint) -> None:
    """Nothing is lost and nothing differs: closed, silent, or answering with rubbish until it is left alone."""
    articles = numbered(FAILURES_TO_OPEN + 2)
    alone = take({}, articles)
    assert all(isinstance(signal, PolicySignal) and signal.tone is Tone.SUPPORTIVE for signal in alone)
    assert take(environment_of("http://127.0.0.1:1/v1"), articles) == alone
    endpoint.says(b"rubbish")
    assert take(environment_of(endpoint.url), articles) == alone
    assert len(endpoint.asked) == FAILURES_TO_OPEN
    endpoint.hangs()
    assert take(environment_of(endpoint.url), articles[:1]) == alone[:1]


def test_a_second_reading_goes_into_the_signal_with_its_reader(endpoint: ChatEndpoint) -> None:
    """Whoever looks at the record sees which model had a part in it; the id stays that of the article's reading."""
    endpoint.says(completion({**ANSWER, "score": 0.9, "stage": "relief"}))
    [alone] = take({}, [ARTICLE])
    [signal] = take(environment_of(endpoint.url), [ARTICLE])
    assert isinstance(alone, PolicySignal)
    assert isinstance(signal, PolicySignal)
    assert (signal.score, signal.confidence, signal.stage) == (0.9, 0.8, "relief")
    assert signal.reader == f"{alone.reader}+second-1-a-model"
    unchanged = {name: getattr(alone, name) for name in ("score", "confidence", "stage", "reader", "evidence")}
    assert replace(signal, **unchanged) == alone


def test_an_article_that_talks_the_model_round_is_sent_as_unclear(endpoint: ChatEndpoint) -> None:
    """A firm first reading is never reversed by text from outside."""
    endpoint.says(completion({**ANSWER, "tone": "restrictive", "score": -1}))
    [signal] = take(environment_of(endpoint.url), [ARTICLE])
    assert isinstance(signal, PolicySignal)
    assert signal.tone is Tone.UNCLEAR
    assert signal.score is not None
    assert signal.score > 0


@pytest.mark.parametrize(("url", "records"), [("http://127.0.0.1:1/v1", ARTICLES_AT_ONCE), ("", 500)])
def test_a_second_reader_takes_fewer_articles_at_once(monkeypatch: pytest.MonkeyPatch, url: str, records: int) -> None:
    """Slow answers must not keep the consumer from polling so long that its group gives the partition away."""
    for name, value in environment_of(url).items():
        monkeypatch.setenv(name, value)
    _, loop, _ = build()
    assert loop.max_poll_records == records
