"""What is known of each feed: in this process, and in Redis so that a restart sends nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from services.errors import Misconfigured
from services.news.entry_memory import EntryMemory
from services.news.feed_rhythm import FeedRhythm
from streams.broker.daemon_call import call_in_daemon
from streams.clock import monotonic
from streams.logs import log

KEPT = timedelta(days=30)
LEFT_ALONE_SECONDS = 15.0
RHYTHM_KEPT_EVERY_SECONDS = 300.0
TIMEOUT_SECONDS = 1.0
T = TypeVar("T")


class FeedMemory:
    """Never raises once it is built. Without Redis the process goes on with what it knows itself."""

    def __init__(self, redis_url: str) -> None:
        self._redis = _connect(redis_url)
        self._rests_until = 0.0
        self._feeds: dict[str, EntryMemory] = {}
        self._rhythms: dict[str, FeedRhythm] = {}
        self._rhythms_kept_at: dict[str, float] = {}

    async def of(self, feed_id: str) -> EntryMemory:
        """What is known of a feed; read from Redis once."""
        if feed_id not in self._feeds:
            found = await self._try(lambda: cast("bytes | None", self._redis.get(_key(feed_id))))
            self._feeds[feed_id] = EntryMemory.read(found)
        return self._feeds[feed_id]

    async def keep(self, feed_id: str) -> None:
        """Write down what is known of a feed."""
        data = self._feeds[feed_id].write()
        await self._try(lambda: self._redis.set(_key(feed_id), data, ex=KEPT))

    async def rhythm_of(self, feed_id: str) -> FeedRhythm:
        """What is known of the times at which a feed has news; read from Redis once."""
        if feed_id not in self._rhythms:
            found = await self._try(lambda: cast("bytes | None", self._redis.get(_rhythm_key(feed_id))))
            self._rhythms[feed_id] = FeedRhythm.read(found)
        return self._rhythms[feed_id]

    async def keep_rhythm(self, feed_id: str) -> None:
        """Write the rhythm of a feed down, at most every few minutes: a crash may forget as much."""
        if monotonic() - self._rhythms_kept_at.get(feed_id, -RHYTHM_KEPT_EVERY_SECONDS) < RHYTHM_KEPT_EVERY_SECONDS:
            return
        self._rhythms_kept_at[feed_id] = monotonic()
        data = self._rhythms[feed_id].write()
        await self._try(lambda: self._redis.set(_rhythm_key(feed_id), data, ex=KEPT))

    def close(self) -> None:
        """Drop the connection."""
        self._redis.close()

    async def _try(self, act: Callable[[], T]) -> T | None:
        if monotonic() < self._rests_until:
            return None
        try:
            return await call_in_daemon(act, "feed-memory")
        except redis.RedisError as error:
            self._rests_until = monotonic() + LEFT_ALONE_SECONDS
            log.warning("feeds go on without Redis", problem=type(error).__name__, seconds=LEFT_ALONE_SECONDS)
            return None


def _rhythm_key(feed_id: str) -> str:
    return f"feeds:rhythm:{feed_id}"


def _key(feed_id: str) -> str:
    return f"feeds:seen:{feed_id}"


def _connect(url: str) -> redis.Redis:
    try:
        return redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
    except (ValueError, TypeError):
        # The library's words may repeat the address, which may hold a password.
        raise Misconfigured("REDIS_URL cannot be used: something behind the host cannot be read") from None
