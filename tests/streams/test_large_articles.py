"""Five megabytes of text and a headline of one: cut, said so, small on the topic, and cheap for everyone else."""

from __future__ import annotations

import asyncio
import json
import resource
from datetime import UTC, datetime

from services.news.intake_batch import read_batch
from services.news.parsing import MAX_BODY_CHARACTERS, MAX_RECORD_BYTES, parse_article
from services.news.poll_plan import PollResult
from streams.feeds.feed_poll import PollOutcome, poll_feed
from tests.streams.hostile_server import HostileServer, KeptSender, feed_at, item, opened_desk, packed, rss, says

NOW = datetime(2023, 7, 13, 6, 30, tzinfo=UTC)
LARGEST_RECORD = 900_000
"""The producer refuses a MiB; the topic may be set to less."""


def poll_twice(first: str, second: bytes, **headers: str) -> tuple[PollOutcome, KeptSender]:
    """A poll that primes, and what the next answer comes to."""
    server, sender = HostileServer({"/feed": says(first)}), KeptSender()

    async def run() -> PollOutcome:
        async with server.serving(), opened_desk(server.port, sender) as desk:
            feed = feed_at(f"{server.url}/feed")
            await poll_feed(feed, desk)
            server.answers["/feed"] = says(second, **headers)
            return await poll_feed(feed, desk)

    return asyncio.run(run()), sender


def test_a_huge_article_is_cut_and_its_neighbours_arrive_whole() -> None:
    """Its record is a small part of a megabyte, says that the text was cut, and the poller did not grow by it."""
    huge = item(2, title="SEC fines bank " * 70_000, text="It was fined. " * 250_000)
    answer = rss(item(1), huge, item(3, text="A neighbour."))
    assert len(answer) > 4_500_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome, sender = poll_twice(rss(item(1)), packed(answer), Content_Encoding="gzip")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    assert (outcome.result, outcome.sent) == (PollResult.ANSWERED, 2)
    large, small = sorted(sender.sent, key=lambda sent: -len(sent.value))
    assert len(large.value) < LARGEST_RECORD
    article = parse_article(large.value, datetime.now(UTC))
    assert article.truncated
    assert len(article.body) <= MAX_BODY_CHARACTERS
    assert not parse_article(small.value, datetime.now(UTC)).truncated


def test_a_feed_over_the_limit_is_not_read_at_all() -> None:
    """Five megabytes hold a hundred long articles."""
    outcome, sender = poll_twice(rss(item(1)), rss(item(2, text="x" * 5_300_000)).encode())
    assert (outcome.result, outcome.reason, sender.sent) == (PollResult.FAILED, "too_large", [])


def test_chinese_text_of_the_longest_kind_fits_into_a_record() -> None:
    """Three bytes a character, and the escapes of JSON on top."""
    entry = item(2, title="罚" * 5_000, text="款\\&quot;" * 100_000)
    outcome, sender = poll_twice(rss(item(1)), rss(item(1), entry).encode())
    assert outcome.sent == 1
    assert len(sender.sent[0].value) < LARGEST_RECORD
    assert parse_article(sender.sent[0].value, datetime.now(UTC)).truncated


def test_what_a_vendor_posts_says_that_it_was_cut_too() -> None:
    """Whichever way an article came."""
    body = "It was fined. " * 60_000
    given = {"source": "V", "url": "", "title": "SEC fines bank", "body": body, "published_at": NOW.isoformat()}
    data = json.dumps(given).encode()
    assert len(data) < MAX_RECORD_BYTES
    (found,) = read_batch(data, NOW)
    assert parse_article(found.record, NOW).truncated
    assert parse_article(found.record, NOW).article_id == found.article_id
