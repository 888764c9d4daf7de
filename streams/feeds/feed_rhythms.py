"""What the poller has learned of the rhythm of each feed, as a table for people."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from config.settings import Settings
from services.news.feed import Feed
from services.news.feed_rhythm import FeedRhythm
from streams.feeds.feed_memory import FeedMemory


def read_rhythms(settings: Settings, feeds: Sequence[Feed]) -> list[FeedRhythm]:
    """As the poller last wrote them down, in the order of the feeds; one to be learned where Redis has none."""

    async def read() -> list[FeedRhythm]:
        memory = FeedMemory(settings.redis_url)
        try:
            return [await memory.rhythm_of(feed.id) for feed in feeds]
        finally:
            memory.close()

    return asyncio.run(read())


def line_of(feed: Feed, rhythm: FeedRhythm, now: datetime) -> str:
    """``QUIET`` first, so that it can be searched for."""
    if rhythm.answered_at is None:
        return f"-      {feed.id:<24} never answered"
    last = f"last news {_age(now - rhythm.news_at)} ago" if rhythm.news_at else "no news yet"
    usual = f"{rhythm.expected_per_hour(now):.1f} an hour expected at this time of the week"
    if not rhythm.is_learned:
        return f"learns {feed.id:<24} {last}, {usual}"
    state = "QUIET " if rhythm.quiet_ratio > 1 else "ok    "
    return f"{state} {feed.id:<24} {last}, {usual}, {rhythm.quiet_ratio:.0%} of its longest silence"


def _age(passed: timedelta) -> str:
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2_880 else f"{minutes // 1_440} d"
