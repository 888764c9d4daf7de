"""Polls against a server on this machine: news once, in order, nothing lost while Kafka is away, hostile feeds alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.news.feed import ExtractionHints, FeedKind
from services.news.poll_plan import PollResult
from streams import feed_poller, metrics
from streams.feed_poller import LONGEST_POLL_SECONDS, Heart, watch_feed
from streams.feeds import feed_memory
from streams.feeds.feed_metrics import FETCH_PROBLEMS, PARSE_PROBLEMS
from streams.feeds.feed_poll import FeedDesk, PollOutcome, poll_feed
from streams.feeds.feed_rhythms import line_of, read_rhythms
from tests.conftest import make_settings
from tests.streams.hostile_server import (
    HostileServer,
    KeptSender,
    feed_at,
    gzip_bomb,
    item,
    opened_desk,
    rss,
    says,
    slow_loris,
)

Work = Callable[[HostileServer, FeedDesk, KeptSender], Awaitable[None]]


def with_server(work: Work, **answers: Any) -> None:
    """Run ``work`` with a server whose paths are the names of ``answers``."""

    async def run() -> None:
        sender = KeptSender()
        server = HostileServer({f"/{name}": answer for name, answer in answers.items()})
        async with server.serving(), opened_desk(server.port, sender) as desk:
            await work(server, desk, sender)

    asyncio.run(run())


def polls_of(feed: str) -> float:
    """Polls of a feed that came to an end."""
    labels = [{"feed": feed, "result": result.value} for result in PollResult]
    return sum(REGISTRY.get_sample_value("policy_signals_feed_polls_total", its) or 0.0 for its in labels)


def titles(sender: KeptSender) -> list[str]:
    return [json.loads(article.value)["title"] for article in sender.sent]


def test_old_items_are_primed_and_new_ones_are_sent_once() -> None:
    """No storm at the start, then each item once however often the feed is asked."""

    async def work(server: HostileServer, desk: FeedDesk, sender: KeptSender) -> None:
        feed = feed_at(f"{server.url}/feed")
        assert await poll_feed(feed, desk) == PollOutcome(result=PollResult.ANSWERED)
        assert sender.sent == []
        server.answers["/feed"] = says(rss(item(3, "Third fine"), item(2, "Second fine", date="Thu, 13 Jul 2023 05:00:00 GMT"), item(1)))  # fmt: skip
        for _ in range(3):
            await poll_feed(feed, desk)
        assert titles(sender) == ["Second fine", "Third fine"]
        record = json.loads(sender.sent[0].value)
        assert (record["feed"], record["authority"], record["url"]) == ("test-feed", "official", f"{server.url}/news/2")
        assert sender.sent[0].feed == "test-feed"

    with_server(work, feed=says(rss(item(1))))


def test_nothing_is_lost_while_kafka_is_away() -> None:
    """What could not be sent is not remembered, nor is the validator that would make the server say "not modified"."""

    async def work(server: HostileServer, desk: FeedDesk, sender: KeptSender) -> None:
        feed = feed_at(f"{server.url}/feed")
        await poll_feed(feed, desk)
        server.answers["/feed"] = says(rss(item(2, "Second fine"), item(1)), ETag='"2"')
        sender.is_away = True
        outcome = await poll_feed(feed, desk)
        assert (outcome.result, outcome.reason, outcome.asked_seconds) == (PollResult.FAILED, "kafka", 2.0)
        assert (await desk.memory.of(feed.id)).validators == {"If-None-Match": '"1"'}
        sender.is_away = False
        await poll_feed(feed, desk)
        assert titles(sender) == ["Second fine"]

    with_server(work, feed=says(rss(item(1)), ETag='"1"'))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says("", 500), "server_error"),
        (says("", 410), "gone"),
        (says("", 429, Retry_After="60"), "rate_limited"),
        (says("<html><body>Please log in</body></html>"), ""),
        (says("nothing of the kind"), "not_a_feed"),
        (says('<!DOCTYPE r [<!ENTITY a "b">]><rss>&a;</rss>'), "unsafe_xml"),
        (says(gzip_bomb(20_000_000), Content_Encoding="gzip"), "too_large"),
        (says("", 302, Location="http://169.254.169.254/"), "not_public"),
    ],
)
def test_every_failure_is_an_outcome_with_a_declared_word(answer: Any, reason: str) -> None:
    """One broken feed raises nothing; its word is a metric that stands at 0 from the start."""

    async def work(server: HostileServer, desk: FeedDesk, sender: KeptSender) -> None:
        assert (await poll_feed(feed_at(f"{server.url}/feed"), desk)).reason == reason
        assert reason in (*FETCH_PROBLEMS, *PARSE_PROBLEMS, "")
        assert sender.sent == []

    with_server(work, feed=answer)


def test_a_teaser_is_filled_from_its_page_where_robots_allow_it() -> None:
    """The headline goes out in any case; the text makes the reading sure."""
    body = "".join(f"<p>The regulator fined the company {n} million yuan for breaking the rules.</p>" for n in range(9))

    async def work(server: HostileServer, desk: FeedDesk, sender: KeptSender) -> None:
        feed = feed_at(f"{server.url}/feed", extract=ExtractionHints(full_text=True))
        await poll_feed(feed, desk)
        server.answers["/feed"] = says(rss(item(2), item(3), item(4)))
        server.answers["/news/2"] = server.answers["/news/3"] = says(
            f"<html><article><h1>t</h1>{body}</article></html>"
        )
        await poll_feed(feed, desk)
        bodies = {json.loads(a.value)["url"][-1]: json.loads(a.value)["body"] for a in sender.sent}
        assert "8 million yuan" in bodies["2"]
        assert (bodies["3"], bodies["4"]) == ("", "")
        assert "/news/3" not in server.paths()

    with_server(work, feed=says(rss(item(1))), **{"robots.txt": says("User-agent: *\nDisallow: /news/3")})


def test_a_page_that_robots_forbid_is_not_read_at_all() -> None:
    """A list page is a page, and not a feed that its owner offers to readers."""

    async def work(server: HostileServer, desk: FeedDesk, _: KeptSender) -> None:
        outcome = await poll_feed(feed_at(f"{server.url}/list", FeedKind.PAGE), desk)
        assert (outcome.result, outcome.reason) == (PollResult.FAILED, "robots")
        assert server.paths() == ["/robots.txt"]

    with_server(work, list=says("<html></html>"), **{"robots.txt": says("User-agent: *\nDisallow: /")})


def test_a_hostile_feed_does_not_hold_up_the_others() -> None:
    """While one host trickles and another bombs, a third one's feed is read at its time."""

    async def run() -> None:
        sender = KeptSender()
        evil = HostileServer({"/slow": slow_loris, "/bomb": says(gzip_bomb(20_000_000), Content_Encoding="gzip")})
        good = HostileServer({"/feed": says(rss(item(1)))})
        async with (
            evil.serving(),
            good.serving(),
            opened_desk(evil.port, sender, deadline_seconds=600.0) as bad,
            opened_desk(good.port, sender) as desk,
        ):
            places = asyncio.Semaphore(4)
            feeds = [(feed_at(f"{evil.url}/slow", id="slow"), bad), (feed_at(f"{evil.url}/bomb", id="bomb"), bad), (feed_at(f"{good.url}/feed", id="good", interval_seconds=15.0), desk)]  # fmt: skip
            tasks = [asyncio.create_task(watch_feed(feed, its, places, Heart(), lambda: 0.0)) for feed, its in feeds]
            async with asyncio.timeout(120.0):
                while not ((await desk.memory.of("good")).is_primed and "/slow" in evil.paths()):
                    await asyncio.sleep(0.01)
            # The trickle goes on until its deadline of ten minutes.
            assert not tasks[0].done()
            assert polls_of("slow") == 0.0
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())


def test_a_restart_sends_nothing_twice_and_misses_nothing(redis_url: str, unique: Callable[[str], str]) -> None:
    """What was seen lies in Redis: what came while the process was down is news, the rest is known."""
    name = unique("feed")

    async def start(server: HostileServer, sender: KeptSender) -> None:
        async with opened_desk(server.port, sender, redis_url) as desk:
            await poll_feed(feed_at(f"{server.url}/feed", id=name), desk)

    async def run() -> list[str]:
        sender, server = KeptSender(), HostileServer({"/feed": says(rss(item(1)))})
        async with server.serving():
            await start(server, sender)
            server.answers["/feed"] = says(rss(item(2, "Came in the meantime"), item(1)))
            await start(server, sender)
            await start(server, sender)
        return titles(sender)

    assert asyncio.run(run()) == ["Came in the meantime"]


def test_polls_are_counted_by_feed_and_result() -> None:
    """The dashboard's row of feeds reads these; the id comes from the file alone."""

    def value() -> float:
        labels = {"feed": "counted-feed", "result": "failed"}
        return REGISTRY.get_sample_value("policy_signals_feed_polls_total", labels) or 0.0

    async def work(server: HostileServer, desk: FeedDesk, _: KeptSender) -> None:
        before = value()
        await poll_feed(feed_at(f"{server.url}/none", id="counted-feed"), desk)
        assert value() == before + 1

    with_server(work)


def test_an_entry_that_comes_with_an_old_date_is_counted(redis_url: str, unique: Callable[[str], str]) -> None:
    """The page was read hours ago without it, so nobody was late in reading; what was primed or is fresh counts not."""
    name, seen_at = unique("dated"), datetime(2023, 7, 14, 6, tzinfo=UTC)

    def counted() -> float:
        return REGISTRY.get_sample_value("policy_signals_feed_back_dated_total") or 0.0

    async def run() -> list[float]:
        server, counts = HostileServer({"/feed": says(rss(item(1)))}), []
        async with server.serving(), opened_desk(server.port, KeptSender(), redis_url) as opened:
            desk, before = replace(opened, clock=lambda: seen_at), counted()
            for text in (
                rss(item(1)),
                rss(item(2, "Fresh", date="Fri, 14 Jul 2023 05:58:00 GMT"), item(1)),
                rss(item(3, "Signed days ago", date="Tue, 11 Jul 2023 05:00:00 GMT"), item(1)),
            ):
                server.answers["/feed"] = says(text)
                await poll_feed(feed_at(f"{server.url}/feed", id=name), desk)
                counts.append(counted() - before)
        return counts

    assert asyncio.run(run()) == [0.0, 0.0, 1.0]


def test_the_rhythm_of_a_feed_is_kept_over_a_restart_and_shown(redis_url: str, unique: Callable[[str], str]) -> None:
    """Two weeks of learning are not lost with a process; a silence is a number, and a table for people."""
    name, now = unique("rhythm"), [datetime(2023, 7, 3, tzinfo=UTC)]

    async def poll(server: HostileServer, hours: float, news_every: int) -> None:
        async with opened_desk(server.port, KeptSender(), redis_url) as opened:
            desk = replace(opened, clock=lambda: now[0])
            for number in range(int(hours * 2)):
                now[0] += timedelta(minutes=30)
                if news_every and number % news_every == 0:
                    server.answers["/feed"] = says(rss(item(int(now[0].timestamp()))))
                await poll_feed(feed_at(f"{server.url}/feed", id=name), desk)

    async def run() -> None:
        server = HostileServer({"/feed": says(rss(item(1)))})
        async with server.serving():
            await poll(server, 15 * 24, news_every=2)
            await poll(server, 14, news_every=0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed_memory, "RHYTHM_KEPT_EVERY_SECONDS", 0.0)
        asyncio.run(run())
    ratio = REGISTRY.get_sample_value("policy_signals_feed_quiet_ratio", {"feed": name})
    assert ratio is not None
    assert ratio > 1
    feed, settings = feed_at("http://127.0.0.1/feed", id=name), make_settings("127.0.0.1:1", redis_url)
    [rhythm] = read_rhythms(settings, [feed])
    line = line_of(feed, rhythm, now[0])
    assert line.startswith(f"QUIET  {name}")
    assert "last news 14 h ago, 0." in line or "last news 14 h ago, 1." in line


def test_the_heart_stops_while_a_poll_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that answers Prometheus and reads no feed must not look alive."""
    at, shown = [0.0], []
    monkeypatch.setattr(feed_poller, "monotonic", lambda: at[0])
    monkeypatch.setattr(metrics.HEARTBEAT, "set", shown.append)
    heart = Heart()
    with heart.polling("a"):
        heart.beat()
        at[0] = LONGEST_POLL_SECONDS + 1
        heart.beat()
        assert len(shown) == 1
    heart.beat()
    assert len(shown) == 2
