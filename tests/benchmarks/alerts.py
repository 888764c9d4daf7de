"""`make bench-alerts`: from an article on its topic to the request that Slack gets, while ticks pour in.

The whole line as ``policy-signals up`` starts it (embedded broker, Redis, the bundled Slack on loopback), 20,000 single
JSON ticks a second beside it, and one article of an event of its own a second at uneven intervals. The time runs from
the moment the article is handed to the producer to the moment Slack's side has read the request: everything in between
is ours, the reading of the tone included.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from streams.broker.kafka import Outbox  # noqa: E402
from streams.local.stand import standing  # noqa: E402
from streams.topics import NEWS_ARTICLES  # noqa: E402
from tests.chaos.articles import WrittenArticle, choose_articles  # noqa: E402

SEED = 20230713
WARM_ARTICLES = 5
"""The first ones load what is loaded late; a desk's line has been up for days."""
LEAD_SECONDS = 5
LAST_POST_WITHIN_SECONDS = 30.0
BARS_MS = {"p50": 150, "p99": 500}


class Call(msgspec.Struct):
    """What is asked of a line of the Slack's journal."""

    at: float
    method: str


def main() -> None:
    """Measure with and without ticks, and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=120)
    count = parser.parse_args().articles + WARM_ARTICLES
    articles = choose_articles(count, SEED, datetime.now(UTC))
    for has_ticks in (False, True):
        waits = measure(articles, has_ticks=has_ticks)
        beside = "20,000 ticks a second beside it" if has_ticks else "no ticks"
        middle, late = np.percentile(waits, [50, 99])
        print(
            f"article to Slack request, {beside}: p50 {middle:.0f} ms, p99 {late:.0f} ms, "
            f"longest {max(waits):.0f} ms, {len(waits)} of {count - WARM_ARTICLES} articles "
            f"(bars: p50 {BARS_MS['p50']}, p99 {BARS_MS['p99']})",
            flush=True,
        )


def measure(articles: Sequence[WrittenArticle], *, has_ticks: bool) -> list[float]:
    """Milliseconds of every article behind the first few, in order of sending."""
    with tempfile.TemporaryDirectory(prefix="policy-signals-bench-") as folder:
        out = Path(folder)
        with standing(out, lambda _: None, {}) as stand:
            feeder = _start_ticks(stand.settings.kafka_bootstrap, len(articles)) if has_ticks else None
            try:
                time.sleep(LEAD_SECONDS if has_ticks else 0)
                outbox = Outbox(stand.settings)
                sent = _send(articles, outbox)
                outbox.close()
                _wait_until(lambda: len(_posts(out, articles)) == len(articles))
                posts = _posts(out, articles)
            finally:
                if feeder is not None:
                    feeder.terminate()
                    feeder.wait(30)
    return [(posts[url] - at) * 1000 for url, at in list(sent.items())[WARM_ARTICLES:] if url in posts]


def _start_ticks(bootstrap: str, seconds: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "tests/benchmarks/ticks.py"), "--feed", bootstrap, str(seconds * 2 + 60)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def _send(articles: Sequence[WrittenArticle], outbox: Outbox) -> dict[str, float]:
    """When each was handed over, by its address."""
    chance, sent = random.Random(SEED), {}
    for article in articles:
        time.sleep(chance.uniform(0.5, 1.5))
        value = article.at(datetime.now(UTC))
        sent[article.url] = time.time()
        outbox.send(NEWS_ARTICLES.name, article.url, value)
        outbox.flush()
    return sent


def _posts(out: Path, articles: Sequence[WrittenArticle]) -> dict[str, float]:
    """When Slack got the first message with the address of each article."""
    lines = (out / "slack.jsonl").read_bytes().splitlines() if (out / "slack.jsonl").exists() else []
    posts = [(msgspec.json.decode(line, type=Call).at, line) for line in lines if b'"chat.postMessage"' in line]
    found: dict[str, float] = {}
    for article in articles:
        at = next((at for at, line in posts if article.url.encode() in line), None)
        if at is not None:
            found[article.url] = at
    return found


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LAST_POST_WITHIN_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.2)


if __name__ == "__main__":
    main()
