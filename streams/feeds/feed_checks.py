"""Asking feeds without sending anything: does each answer, and what would come of it?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec
import typer
from msgspec import Struct

from config.settings import Settings
from services.alerts.slack_text import clean_row
from services.errors import Unavailable, Unreadable
from services.news.feed import Feed
from services.news.feed_dates import DateOrigin
from streams import codec
from streams.feed_poller import MOST_POLLS_AT_ONCE, open_desk
from streams.feeds.article_sender import OutgoingArticle
from streams.feeds.feed_fetch import FetchFailed
from streams.feeds.feed_poll import FeedDesk, ask_feed


class FeedCheck(Struct, frozen=True, kw_only=True):
    """What one feed answered."""

    feed: str
    ok: bool
    problem: str = ""
    """Why not, in the words of the metric."""
    detail: str = ""
    entries: int = 0
    dated: int = 0
    """Entries whose own time can be read."""
    newest: datetime | None = None
    robots: str = ""
    """allowed, refused or unknown: for its pages."""
    url: str = ""
    """After redirects."""


class NothingIsSent:
    """In the place of the sender."""

    async def send(self, articles: Sequence[OutgoingArticle]) -> None:
        """Refuse: a check must not send."""
        raise Unavailable("sending", "a check sends nothing")


def check_feeds(settings: Settings, feeds: Sequence[Feed], *, as_json: bool) -> list[FeedCheck]:
    """Ask every feed and print a line for each as it answers."""

    async def ask_all() -> list[FeedCheck]:
        places = asyncio.Semaphore(MOST_POLLS_AT_ONCE)

        async def ask(feed: Feed, desk: FeedDesk) -> FeedCheck:
            async with places:
                found = await check_feed(feed, desk)
            typer.echo(msgspec.json.encode(found).decode() if as_json else clean_row(line_of(found)))
            return found

        async with open_desk(settings, NothingIsSent()) as desk:
            return await asyncio.gather(*(ask(feed, desk) for feed in feeds))

    found = asyncio.run(ask_all())
    failed = [check.feed for check in found if not check.ok]
    if not as_json:
        typer.echo(f"{len(found) - len(failed)} of {len(found)} feeds answer with entries")
    return found


async def check_feed(feed: Feed, desk: FeedDesk) -> FeedCheck:
    """Ask one feed; every failure is an answer too."""
    robots = await _robots(feed, desk)
    try:
        fetched, reading = await ask_feed(feed, desk)
    except (FetchFailed, Unreadable) as error:
        return FeedCheck(feed=feed.id, ok=False, problem=error.reason, detail=error.detail, robots=robots)
    articles = [read.article for read in reading.entries]
    dated = [article for article in articles if article.date_from not in (DateOrigin.FIRST_SEEN, DateOrigin.FUTURE)]
    return FeedCheck(
        feed=feed.id,
        ok=bool(articles),
        problem="" if articles else "no_entries",
        entries=len(articles),
        dated=len(dated),
        newest=max((article.published_at for article in dated), default=None),
        robots=robots,
        url=fetched.url,
    )


def preview_feed(settings: Settings, feed: Feed) -> None:
    """Print the articles that a feed holds, oldest first; raises FetchFailed, Unreadable."""

    async def ask() -> None:
        async with open_desk(settings, NothingIsSent()) as desk:
            _, reading = await ask_feed(feed, desk)
        for read in reading.entries:
            typer.echo(codec.encode(read.article).decode())
        for reason in sorted(set(reading.left_out)):
            typer.echo(f"left out: {reading.left_out.count(reason)} {reason.value}", err=True)

    asyncio.run(ask())


def line_of(check: FeedCheck) -> str:
    """One line for people."""
    if not check.ok:
        return f"FAIL  {check.feed:<24} {check.problem}{': ' + check.detail if check.detail else ''}"
    newest = f"{check.newest:%Y-%m-%d %H:%M} UTC" if check.newest else "no dates"
    held = f"{check.entries:>3} entries, {check.dated} dated, newest {newest}"
    return f"ok    {check.feed:<24} {held}, robots {check.robots}"


async def _robots(feed: Feed, desk: FeedDesk) -> str:
    try:
        rules = await desk.robots.rules_of(feed.url)
    except FetchFailed:
        return "unknown"
    return "allowed" if rules.allows(feed.url) else "refused"
