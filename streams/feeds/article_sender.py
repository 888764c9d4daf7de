"""Articles onto ``news.articles``, one batch at a time, from asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from config.settings import Settings
from services.errors import Unavailable
from streams.broker.daemon_call import call_in_daemon
from streams.broker.kafka import Outbox, kafka_answers
from streams.topics import NEWS_ARTICLES
from streams.watching.health import Health

LOOK_SECONDS = 10.0


class OutgoingArticle(Struct, frozen=True, kw_only=True):
    """One record of ``news.articles``: JSON in the intake format."""

    key: str
    value: bytes
    feed: str = ""
    """Id in feeds.toml, which travels as a header; empty for articles that came another way."""


class Sends(Protocol):
    """Something that articles can be given to."""

    async def send(self, articles: Sequence[OutgoingArticle]) -> None:
        """Return when all are acknowledged; raises Unavailable, and then some may have been sent."""


class ArticleSender:
    """Returns when the broker has acknowledged; while it is known to be away, says so within a second."""

    def __init__(self, settings: Settings, health: Health, outbox: Outbox | None = None) -> None:
        self._settings = settings
        self._health = health
        self._outbox = outbox or Outbox(settings)
        self._turn = asyncio.Lock()
        self._is_away = False

    async def send(self, articles: Sequence[OutgoingArticle]) -> None:
        """Return when all are acknowledged; raises Unavailable."""
        if not articles:
            return
        async with self._turn:
            try:
                await call_in_daemon(lambda: self._send(articles), "article-sender")
            except Unavailable as error:
                self._is_away = True
                self._health.fails("kafka", str(error))
                raise
            self._is_away = False
            self._health.answers("kafka")

    async def look_after_kafka(self) -> None:
        """Until cancelled: say on /readyz whether the broker answers, also while there is nothing to send."""
        while True:
            if await call_in_daemon(lambda: kafka_answers(self._settings.kafka_bootstrap), "kafka-look"):
                self._health.answers("kafka")
            else:
                self._health.fails("kafka", f"nothing listens on {self._settings.kafka_bootstrap}")
            await asyncio.sleep(LOOK_SECONDS)

    def close(self) -> None:
        """Drop the connection; whatever was acknowledged is there."""
        self._outbox.reset()

    def _send(self, articles: Sequence[OutgoingArticle]) -> None:
        if self._is_away and not kafka_answers(self._settings.kafka_bootstrap):
            raise Unavailable("kafka", f"nothing listens on {self._settings.kafka_bootstrap}", retry_after=2.0)
        for article in articles:
            headers = {"feed": article.feed.encode()} if article.feed else {}
            self._outbox.send(NEWS_ARTICLES.name, article.key, article.value, headers)
        self._outbox.flush()
