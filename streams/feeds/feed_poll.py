"""One poll of one feed: ask, parse, tell news from what is known, send, remember. In this order, nothing is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.errors import Unavailable, Unreadable
from services.news.entry_memory import EntryFate, EntryMemory
from services.news.feed import Feed, FeedKind
from services.news.feed_dates import is_back_dated
from services.news.feed_reading import FeedReading, ReadEntry, is_teaser, read_entries, with_body
from services.news.parsing import MAX_BODY_CHARACTERS, clean_text
from services.news.poll_plan import PollResult
from streams import codec
from streams.clock import Clock, wall_clock
from streams.feeds import feed_metrics as metrics
from streams.feeds.article_sender import OutgoingArticle, Sends
from streams.feeds.feed_child import FeedParser
from streams.feeds.feed_fetch import NOT_MODIFIED, Fetched, Fetcher, FetchFailed
from streams.feeds.feed_memory import FeedMemory
from streams.feeds.feed_parsing import Answer
from streams.feeds.robots_store import RobotsStore
from streams.logs import log

FULL_TEXT_SECONDS = 40.0
"""For the pages of one poll together; after that the rest go out with their teasers: late is worse than short."""


@dataclass(frozen=True, kw_only=True)
class PollOutcome:
    """What a poll came to; ``asked_seconds``: how long the server asked us to stay away."""

    result: PollResult
    reason: str = ""
    asked_seconds: float = 0.0
    sent: int = 0


@dataclass(frozen=True, kw_only=True)
class FeedDesk:
    """Everything that a poll needs."""

    fetcher: Fetcher
    robots: RobotsStore
    parser: FeedParser
    memory: FeedMemory
    sender: Sends
    clock: Clock = wall_clock


async def poll_feed(feed: Feed, desk: FeedDesk) -> PollOutcome:
    """Ask a feed once; every failure is an outcome, and what was not sent comes again at the next poll."""
    try:
        outcome = await _poll(feed, desk)
    except FetchFailed as error:
        result = PollResult.GONE if error.reason == "gone" else PollResult.FAILED
        outcome = PollOutcome(result=result, reason=error.reason, asked_seconds=error.retry_after)
    except Unreadable as error:
        outcome = PollOutcome(result=PollResult.FAILED, reason=error.reason)
    except Unavailable as error:
        outcome = PollOutcome(result=PollResult.FAILED, reason="kafka", asked_seconds=error.retry_after)
    await _note_rhythm(feed, outcome, desk)
    _count(feed, outcome, desk.clock)
    return outcome


async def ask_feed(feed: Feed, desk: FeedDesk, headers: dict[str, str] | None = None) -> tuple[Fetched, FeedReading]:
    """The feed's answer and what it holds, empty with status 304; raises FetchFailed, Unreadable."""
    if feed.kind is FeedKind.PAGE:
        await desk.robots.require(feed.url)
    fetched = await desk.fetcher.fetch(feed.url, headers or {})
    if fetched.status == NOT_MODIFIED:
        return fetched, FeedReading(entries=())
    answer = Answer(data=fetched.data, kind=feed.kind, charset=fetched.charset, language=feed.language)
    entries = await desk.parser.entries(answer)
    return fetched, read_entries(feed, entries, desk.clock())


async def _poll(feed: Feed, desk: FeedDesk) -> PollOutcome:
    memory = await desk.memory.of(feed.id)
    fetched, reading = await ask_feed(feed, desk, memory.validators)
    if fetched.status == NOT_MODIFIED:
        return PollOutcome(result=PollResult.UNCHANGED)
    answered_at = (await desk.memory.rhythm_of(feed.id)).answered_at
    news = await _with_full_texts(feed, _choose(memory, reading, answered_at), desk)
    await desk.sender.send([_outgoing(read) for read in news])
    # Only now: had Kafka been away, the server must not answer "not modified" the next time.
    if memory.keep(reading.entries, fetched.validators):
        await desk.memory.keep(feed.id)
    if news:
        metrics.FEED_LAST_ENTRY.labels(feed=feed.id).set(desk.clock().timestamp())
    return PollOutcome(result=PollResult.ANSWERED, sent=len(news))


async def _note_rhythm(feed: Feed, outcome: PollOutcome, desk: FeedDesk) -> None:
    """A feed that does not answer is broken, which is another matter than one that has nothing to say."""
    if outcome.result not in (PollResult.ANSWERED, PollResult.UNCHANGED):
        return
    rhythm = await desk.memory.rhythm_of(feed.id)
    rhythm.answered(desk.clock(), has_news=outcome.sent > 0)
    metrics.FEED_QUIET.labels(feed=feed.id).set(rhythm.quiet_ratio)
    await desk.memory.keep_rhythm(feed.id)


def _choose(memory: EntryMemory, reading: FeedReading, answered_at: datetime | None) -> list[ReadEntry]:
    fates = [memory.judge(read) for read in reading.entries]
    for fate, number in Counter(fates).items():
        metrics.FEED_ENTRIES.labels(outcome=fate.value).inc(number)
    for reason, number in Counter(reading.left_out).items():
        metrics.FEED_ENTRIES.labels(outcome=reason.value).inc(number)
    news = [read for read, fate in zip(reading.entries, fates, strict=True) if fate in _SENT]
    for read in news:
        metrics.FEED_DATES.labels(origin=read.article.date_from.value).inc()
    new = [read.article for read, fate in zip(reading.entries, fates, strict=True) if fate is EntryFate.NEW]
    metrics.FEED_BACK_DATED.inc(sum(is_back_dated(article.published_at, answered_at) for article in new))
    return news


_SENT = (EntryFate.NEW, EntryFate.REVISED)


async def _with_full_texts(feed: Feed, news: Iterable[ReadEntry], desk: FeedDesk) -> list[ReadEntry]:
    """News with the text of their pages, where the feed has teasers and its settings ask for more."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + FULL_TEXT_SECONDS
    found = []
    for read in news:
        if is_teaser(feed, read) and loop.time() < deadline:
            found.append(await _full_text(feed, read, desk))
        else:
            found.append(read)
    return found


async def _full_text(feed: Feed, read: ReadEntry, desk: FeedDesk) -> ReadEntry:
    """A page that cannot be had leaves the teaser: the headline is the news."""
    try:
        await desk.robots.require(read.article.url)
        page = await desk.fetcher.fetch(read.article.url)
        answer = Answer(data=page.data, kind=FeedKind.PAGE, charset=page.charset, language=feed.language)
        body = clean_text(await desk.parser.full_text(answer), 2 * MAX_BODY_CHARACTERS)
    except (FetchFailed, Unreadable) as error:
        metrics.FEED_PAGES.labels(outcome=error.reason).inc()
        return read
    is_longer = len(body) > len(read.article.body)
    metrics.FEED_PAGES.labels(outcome="full_text" if is_longer else "no_text").inc()
    return with_body(read, body) if is_longer else read


def _outgoing(read: ReadEntry) -> OutgoingArticle:
    return OutgoingArticle(
        key=read.article.url or read.entry_id, value=codec.encode(read.article), feed=read.article.feed
    )


def _count(feed: Feed, outcome: PollOutcome, clock: Clock) -> None:
    metrics.FEED_POLLS.labels(feed=feed.id, result=outcome.result.value).inc()
    if outcome.result in (PollResult.ANSWERED, PollResult.UNCHANGED):
        metrics.FEED_LAST_ANSWER.labels(feed=feed.id).set(clock().timestamp())
        return
    metrics.FEED_FAILURES.labels(reason=outcome.reason).inc()
    log.info("feed not read", feed=feed.id, reason=outcome.reason)
