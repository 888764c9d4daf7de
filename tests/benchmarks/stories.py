"""`make bench-stories`: what it costs to tell an article and to place it among thousands that are remembered.

The articles are the written examples of the reader and the sets of story identity, each once, one a minute.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import json

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from config.stories import load_teller  # noqa: E402
from services.news.article import Article  # noqa: E402
from services.news.parsing import parse_article  # noqa: E402
from services.stories.story_memory import StoryMemory  # noqa: E402

FOLDER = ROOT / "config" / "reader"
BEGAN = datetime(2025, 6, 2, tzinfo=UTC)
STEP = 2_000


def read_articles() -> list[Article]:
    """Every written text once, in an order drawn at random, one a minute."""
    files = sorted([*FOLDER.glob("examples/*.jsonl"), *FOLDER.glob("stories/*.jsonl")])
    rows = [json.decode(line) for file in files for line in file.read_bytes().splitlines()]
    random.Random(5).shuffle(rows)
    return [_as_article(row, number) for number, row in enumerate(rows)]


def _as_article(row: dict[str, str], number: int) -> Article:
    at = BEGAN + timedelta(minutes=number)
    record = {
        "source": f"source {number % 50}",
        "url": f"https://news.example/{number}",
        "title": row.get("title") or "",
        "body": row.get("body") or "",
        "published_at": at,
    }
    return parse_article(json.encode(record), arrived_at=at)


def main() -> None:
    """Print articles a CPU second, for each step of remembered articles."""
    articles, teller = read_articles(), load_teller()
    began = time.process_time()
    tellings = [teller.tell(article) for article in articles]
    print(f"tell   {len(articles) / (time.process_time() - began):8,.0f} articles a CPU second")
    memory = StoryMemory(teller.weights)
    began = lap = time.process_time()
    for number, telling in enumerate(tellings, start=1):
        memory.take(telling)
        if number % STEP == 0:
            now = time.process_time()
            print(f"place  {STEP / (now - lap):8,.0f} articles a CPU second, {number:,} remembered")
            lap = now
    print(f"place  {len(tellings) / (time.process_time() - began):8,.0f} articles a CPU second over all")


if __name__ == "__main__":
    main()
