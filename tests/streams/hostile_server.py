"""A web server on this machine that does what a test tells it, good or evil, and writes down who asked."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web

from services.errors import Unavailable
from services.news.feed import AuthorityClass, Feed, FeedKind
from streams.feeds.article_sender import OutgoingArticle
from streams.feeds.feed_child import FeedParser
from streams.feeds.feed_fetch import Fetcher, FetchRules
from streams.feeds.feed_guard import Lookup, open_guarded_session, system_lookup
from streams.feeds.feed_memory import FeedMemory
from streams.feeds.feed_poll import FeedDesk
from streams.feeds.host_turns import HostTurns
from streams.feeds.robots_store import RobotsStore

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
NO_REDIS = "redis://127.0.0.1:1/0"


@dataclass
class HostileServer:
    """Answers by path; ``asked`` holds path and headers of every request."""

    answers: dict[str, Answer]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0
    open_now: int = 0
    most_open: int = 0

    @property
    def url(self) -> str:
        """Of its root, without the last slash."""
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        self.asked.append((request.path, dict(request.headers)))
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            found = self.answers.get(request.path)
            return web.Response(status=404) if found is None else await found(request)
        finally:
            self.open_now -= 1

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[HostileServer]:
        """Serve for the length of the block."""
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", self.answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self.port = int(runner.addresses[0][1])
        try:
            yield self
        finally:
            await runner.cleanup()


def says(body: str | bytes, status: int = 200, **headers: str) -> Answer:
    """An answer that is always the same; underscores in names of headers are hyphens."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=data, status=status, headers=named)

    return answer


async def endless(request: web.Request) -> web.StreamResponse:
    """Sends as fast as it is taken, and never ends."""
    response = web.StreamResponse()
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b"x" * 65_536)
    return response


async def slow_loris(request: web.Request) -> web.StreamResponse:
    """Sends a byte now and then."""
    response = web.StreamResponse()
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.02)
    return response


def gzip_bomb(size: int = 200_000_000) -> bytes:
    """So many zeros, packed to a thousandth."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


def packed(text: str) -> bytes:
    """As a server with gzip sends it."""
    return gzip.compress(text.encode())


def rss(*items: str) -> str:
    """A feed with these items."""
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'


def item(number: int, title: str = "", text: str = "", date: str = "Thu, 13 Jul 2023 06:00:00 GMT") -> str:
    """One item of a feed."""
    title = title or f"Regulator fines company number {number}"
    return f"<item><guid>id-{number}</guid><link>/news/{number}</link><title>{title}</title><description>{text}</description><pubDate>{date}</pubDate></item>"


@dataclass
class KeptSender:
    """Keeps what is sent; ``is_away`` makes it refuse."""

    sent: list[OutgoingArticle] = field(default_factory=list)
    is_away: bool = False

    async def send(self, articles: list[OutgoingArticle]) -> None:  # type: ignore[override]
        """Take them, or be away."""
        if self.is_away:
            raise Unavailable("kafka", "away", retry_after=2.0)
        self.sent.extend(articles)


@asynccontextmanager
async def opened_fetcher(port: int, lookup: Lookup = system_lookup, **rules: float) -> AsyncIterator[Fetcher]:
    """A fetcher that may ask this machine at one port, without pauses between requests."""
    async with open_guarded_session(port, lookup) as session:
        yield Fetcher(session, HostTurns(0.0), FetchRules(local_port=port, **rules))  # type: ignore[arg-type]


@asynccontextmanager
async def opened_desk(
    port: int, sender: KeptSender, redis_url: str = NO_REDIS, **rules: float
) -> AsyncIterator[FeedDesk]:
    """Everything a poll needs, without Redis unless it is given."""
    parser, memory = FeedParser(), FeedMemory(redis_url)
    async with opened_fetcher(port, **rules) as fetcher:
        try:
            yield FeedDesk(fetcher=fetcher, robots=RobotsStore(fetcher), parser=parser, memory=memory, sender=sender)
        finally:
            await parser.close()
            memory.close()


def feed_at(url: str, kind: FeedKind = FeedKind.AUTO, **changes: object) -> Feed:
    """A feed of the tests."""
    values = {"id": "test-feed", "source": "Regulator", "authority": AuthorityClass.OFFICIAL, "language": "en"}
    return Feed(url=url, kind=kind, **values | changes)  # type: ignore[arg-type]
