"""Feeds, vendors and dropped files -> ``news.articles``: every way in, with health and metrics around them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config.alerting import FOLDER
from config.catalogue import load_catalogue
from config.feeds import load_feeds
from config.settings import Settings
from services.news.feed import Feed
from services.news.poll_plan import PollResult, PollState, first_poll, next_poll
from streams import metrics
from streams.clock import monotonic, wall_clock
from streams.feeds.article_intake import ArticleIntake, serving_intake
from streams.feeds.article_sender import ArticleSender, Sends
from streams.feeds.drop_folder import DropFolder
from streams.feeds.feed_child import FeedParser
from streams.feeds.feed_fetch import Fetcher, FetchRules
from streams.feeds.feed_guard import open_guarded_session
from streams.feeds.feed_memory import FeedMemory
from streams.feeds.feed_metrics import FEED_FAILURES, FEED_POLLS, serve_feed
from streams.feeds.feed_poll import FeedDesk, PollOutcome, poll_feed
from streams.feeds.host_turns import HostTurns
from streams.feeds.robots_store import RobotsStore
from streams.logs import log
from streams.process import read_surroundings, serving, stop_on_signals
from streams.watching.health import Surroundings

PROCESS = "feed_poller"
DEPENDENCIES = ("kafka",)
MOST_POLLS_AT_ONCE = 12
LEAVE_SECONDS = 5.0
BEAT_SECONDS = 5.0
LONGEST_POLL_SECONDS = 300.0
"""Far more than the deadlines of a poll add up to: one that takes longer hangs, and the heart stops with it."""


@dataclass(frozen=True, kw_only=True)
class WaysIn:
    """What the process is built from."""

    settings: Settings
    feeds: Sequence[Feed]
    sender: ArticleSender


def build(surroundings: Surroundings) -> WaysIn:
    """Feeds read and checked, the sender ready to connect; raises Misconfigured."""
    settings = surroundings.settings
    path = Path(settings.feeds_file) if settings.feeds_file else FOLDER / "feeds.toml"
    feeds = [feed for feed in load_feeds(load_catalogue(), path, settings.feeds_local_port) if feed.enabled]
    return WaysIn(settings=settings, feeds=feeds, sender=ArticleSender(settings, surroundings.health))


def main() -> None:
    """Run until SIGTERM or Ctrl-C."""
    surroundings = read_surroundings(*DEPENDENCIES)
    ways = build(surroundings)
    with serving(PROCESS, surroundings):
        try:
            asyncio.run(_run_until_signal(ways))
        finally:
            ways.sender.close()
    log.info("stopped")


@asynccontextmanager
async def open_desk(settings: Settings, sender: Sends) -> AsyncIterator[FeedDesk]:
    """Session, parser and memory for the length of the block."""
    rules = FetchRules(local_port=settings.feeds_local_port)
    # A test on this machine need not be polite.
    turns = HostTurns(None if rules.local_port is None else 0.0)
    parser, memory = FeedParser(), FeedMemory(settings.redis_url)
    async with open_guarded_session(rules.local_port) as session:
        fetcher = Fetcher(session, turns, rules)
        try:
            yield FeedDesk(fetcher=fetcher, robots=RobotsStore(fetcher), parser=parser, memory=memory, sender=sender)
        finally:
            await parser.close()
            memory.close()


class Heart:
    """Beats while no poll hangs: shown as the heartbeat of this process."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}

    @contextmanager
    def polling(self, feed_id: str) -> Iterator[None]:
        """Around one poll."""
        self._began[feed_id] = monotonic()
        try:
            yield
        finally:
            del self._began[feed_id]

    def beat(self) -> None:
        """Go on, if all is well."""
        if all(monotonic() - began < LONGEST_POLL_SECONDS for began in self._began.values()):
            metrics.HEARTBEAT.set(wall_clock().timestamp())

    async def beat_on(self) -> None:
        """Until cancelled."""
        while True:
            self.beat()
            await asyncio.sleep(BEAT_SECONDS)


async def watch_feed(
    feed: Feed, desk: FeedDesk, places: asyncio.Semaphore, heart: Heart, chance: Callable[[], float] = random.random
) -> None:
    """Poll one feed when it is due, until cancelled."""
    state = first_poll(monotonic(), feed.interval_seconds, chance())
    while True:
        await asyncio.sleep(max(0.0, state.due_at - monotonic()))
        async with places:
            with heart.polling(feed.id):
                outcome = await _poll_whatever_comes(feed, desk)
        state = plan_after(feed, state, outcome, chance())


def plan_after(feed: Feed, state: PollState, outcome: PollOutcome, chance: float) -> PollState:
    """When the feed is due next."""
    return next_poll(
        state,
        monotonic(),
        feed.interval_seconds,
        outcome.result,
        asked_seconds=outcome.asked_seconds,
        chance=chance,
    )


async def run_ways_in(ways: WaysIn, stop: asyncio.Event) -> None:
    """Everything at once until ``stop``; what fails for good, which is a mistake of ours, is raised."""
    settings, sender = ways.settings, ways.sender
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(open_desk(settings, sender))
        if settings.intake_token:
            intake = ArticleIntake(settings.intake_token, sender)
            await stack.enter_async_context(serving_intake(intake, settings.intake_host, settings.intake_port))
        places = asyncio.Semaphore(MOST_POLLS_AT_ONCE)
        heart = Heart()
        jobs = [watch_feed(feed, desk, places, heart) for feed in ways.feeds]
        if settings.intake_folder:
            jobs.append(DropFolder(Path(settings.intake_folder), sender).run())
        for feed in ways.feeds:
            serve_feed(feed.id)
        log.info("ways in are open", feeds=len(ways.feeds), folder=settings.intake_folder)
        await _run_until(stop, [*jobs, heart.beat_on(), sender.look_after_kafka()])


async def _run_until(stop: asyncio.Event, jobs: Sequence[object]) -> None:
    tasks = [asyncio.ensure_future(job) for job in jobs]  # type: ignore[call-overload]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (stopping, *tasks):
        task.cancel()
    done, _ = await asyncio.wait([stopping, *tasks], timeout=LEAVE_SECONDS)
    for task in done - {stopping}:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


async def _poll_whatever_comes(feed: Feed, desk: FeedDesk) -> PollOutcome:
    try:
        return await poll_feed(feed, desk)
    except Exception:  # noqa: BLE001 - one feed's surprise must not stop the others
        log.exception("poll failed", feed=feed.id)
        FEED_FAILURES.labels(reason="internal_error").inc()
        FEED_POLLS.labels(feed=feed.id, result=PollResult.FAILED.value).inc()
        return PollOutcome(result=PollResult.FAILED, reason="internal_error")


async def _run_until_signal(ways: WaysIn) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def end() -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)

    stop_on_signals(end)
    await run_ways_in(ways, stop)
