"""``POST /v1/articles``: a vendor hands articles over, and is told what became of each.

202 with ids, 400 with a reason per article (then none is taken), 401 without the token, 408 for a body that trickles,
413 for one over the limit, packed or not, 503 while Kafka is away: send the same again. All answers are JSON.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from config.settings import Secret
from services.errors import Misconfigured, Unavailable, Unreadable
from services.news.intake_batch import AcceptedArticle, RefusedBatch, read_batch
from streams.clock import Clock, wall_clock
from streams.feeds.article_sender import OutgoingArticle, Sends
from streams.feeds.bounded_body import BoundedBody
from streams.feeds.feed_metrics import INTAKE_ARTICLES
from streams.logs import log

PATH = "/v1/articles"
LARGEST_BYTES = 1_000_000
BODY_SECONDS = 20.0
NEWS_JSON = "application/json"
STATUS_UNREAD = {"too_large": 413, "timeout": 408, "bad_encoding": 400}
"""Of bodies that are turned away before anything in them is read."""


class ArticleIntake:
    """The one address, behind one token."""

    def __init__(self, token: Secret, sender: Sends, clock: Clock = wall_clock) -> None:
        self._token = token
        self._sender = sender
        self._clock = clock

    def application(self) -> web.Application:
        """What the server runs."""
        application = web.Application(middlewares=[_in_json])
        application.router.add_post(PATH, self.take)
        return application

    async def take(self, request: web.Request) -> web.Response:
        """One call of a vendor."""
        if not self._is_known(request.headers.get("Authorization", "")):
            _count("unauthorized", 1)
            return _answer(401, {"error": "unauthorized"}, {"WWW-Authenticate": "Bearer"})
        try:
            data = await _read_body(request)
            articles = read_batch(data, self._clock(), request.charset or "")
        except RefusedBatch as error:
            _count("refused", len(error.articles))
            return _answer(400, {"error": "refused", "articles": error.articles})
        except Unreadable as error:
            _count(error.reason if error.reason in STATUS_UNREAD else "refused", 1)
            return _answer(STATUS_UNREAD.get(error.reason, 400), {"error": error.reason, "detail": error.detail})
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


async def _read_body(request: web.Request) -> bytes:
    """Unpacked by us: the library would log a traceback for each body that is not what its header says."""
    body = BoundedBody(request.headers.get("Content-Encoding", ""), LARGEST_BYTES)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_chunked(2**16):
                body.add(chunk)
    except TimeoutError:
        raise Unreadable("timeout", f"no whole body within {BODY_SECONDS:g} s") from None
    return body.value()


@web.middleware
async def _in_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPMethodNotAllowed as error:
        detail = f"articles are handed over by POST {PATH}"
        return _answer(405, {"error": "not_allowed", "detail": detail}, {"Allow": error.headers.get("Allow", "POST")})
    except web.HTTPNotFound:
        return _answer(404, {"error": "not_found", "detail": f"the one address here is {PATH}"})


@asynccontextmanager
async def serving_intake(intake: ArticleIntake, host: str, port: int) -> AsyncIterator[int]:
    """Serve for the length of the block; gives the port. Raises Misconfigured when it is taken."""
    runner = web.AppRunner(
        intake.application(), access_log=None, shutdown_timeout=2.0, keepalive_timeout=15.0, auto_decompress=False
    )
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
