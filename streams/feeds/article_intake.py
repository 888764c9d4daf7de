"""``POST /v1/articles``: a vendor hands articles over, and is told what became of each.

202 with ids, 400 with a reason per article (then none is taken), 401, 411 and 413, 408 for a body that trickles,
503 while Kafka is away: send the same again.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

from config.settings import Secret
from services.errors import Misconfigured, Unavailable, Unreadable
from services.news.intake_batch import AcceptedArticle, RefusedBatch, read_batch
from streams.clock import Clock, wall_clock
from streams.feeds.article_sender import OutgoingArticle, Sends
from streams.feeds.feed_metrics import INTAKE_ARTICLES
from streams.logs import log

PATH = "/v1/articles"
LARGEST_BYTES = 1_000_000
BODY_SECONDS = 20.0
NEWS_JSON = "application/json"


class ArticleIntake:
    """The one address, behind one token."""

    def __init__(self, token: Secret, sender: Sends, clock: Clock = wall_clock) -> None:
        self._token = token
        self._sender = sender
        self._clock = clock

    def application(self) -> web.Application:
        """What the server runs."""
        application = web.Application(client_max_size=LARGEST_BYTES)
        application.router.add_post(PATH, self.take)
        return application

    async def take(self, request: web.Request) -> web.Response:
        """One call of a vendor."""
        if not self._is_known(request.headers.get("Authorization", "")):
            return _answer(401, {"error": "unauthorized"}, {"WWW-Authenticate": "Bearer"})
        try:
            async with asyncio.timeout(BODY_SECONDS):
                data = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _answer(413, {"error": "too_large", "detail": f"at most {LARGEST_BYTES} bytes"})
        except TimeoutError:
            return _answer(408, {"error": "timeout", "detail": f"no whole body within {BODY_SECONDS:g} s"})
        try:
            articles = read_batch(data, self._clock())
        except RefusedBatch as error:
            _count("refused", len(error.articles))
            return _answer(400, {"error": "refused", "articles": error.articles})
        except Unreadable as error:
            _count("refused", 1)
            return _answer(400, {"error": error.reason, "detail": error.detail})
        return await self._send(articles)

    async def _send(self, articles: list[AcceptedArticle]) -> web.Response:
        try:
            await self._sender.send(list(map(outgoing, articles)))
        except Unavailable as error:
            _count("unsent", len(articles))
            return _answer(503, {"error": "unavailable"}, {"Retry-After": str(max(1, round(error.retry_after)))})
        _count("accepted", len(articles))
        return _answer(202, {"articles": [{"article_id": article.article_id} for article in articles]})

    def _is_known(self, header: str) -> bool:
        scheme, _, given = header.partition(" ")
        token = self._token.reveal().encode()
        # In constant time: how long a comparison takes must not tell how much was right.
        is_same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token)
        return bool(token) and is_same and scheme.lower() == "bearer"


@asynccontextmanager
async def serving_intake(intake: ArticleIntake, host: str, port: int) -> AsyncIterator[int]:
    """Serve for the length of the block; gives the port. Raises Misconfigured when it is taken."""
    runner = web.AppRunner(intake.application(), access_log=None, shutdown_timeout=2.0, keepalive_timeout=15.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise Misconfigured(f"INTAKE_PORT {port} on {host} cannot be used: {error.strerror}") from None
        bound = int(runner.addresses[0][1])
        log.info("intake listens", port=bound)
        yield bound
    finally:
        await runner.cleanup()


def outgoing(article: AcceptedArticle) -> OutgoingArticle:
    """An accepted article as a record."""
    return OutgoingArticle(key=article.url or article.article_id, value=article.record)


def _count(outcome: str, number: int) -> None:
    INTAKE_ARTICLES.labels(way="http", outcome=outcome).inc(number)


def _answer(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status,
        body=msgspec.json.encode(body),
        content_type=NEWS_JSON,
        headers={**(headers or {}), "X-Content-Type-Options": "nosniff"},
    )
