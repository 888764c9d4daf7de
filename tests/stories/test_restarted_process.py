"""A restarted process iterates its sets in another order; the stories must not depend on it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from config.stories import load_teller
from services.news.parsing import parse_article
from services.stories.story_memory import StoryMemory

SET = Path(__file__).parents[2] / "config/reader/stories/dev.jsonl"
FIELDS = ("source", "url", "title", "body", "published_at")


def place_set() -> bytes:
    """Every place of the articles of one set, in order of publication, as JSON."""
    rows = [msgspec.json.decode(line) for line in SET.read_bytes().splitlines()]
    records = [msgspec.json.encode({name: row[name] for name in FIELDS}) for row in rows]
    articles = [parse_article(record, datetime(2100, 1, 1, tzinfo=UTC)) for record in records]
    memory = StoryMemory(load_teller().weights)
    arrived = [replace(article, received_at=article.published_at) for article in articles]
    arrived.sort(key=lambda article: (article.received_at, article.article_id))
    return msgspec.json.encode([memory.take(load_teller().tell(article)) for article in arrived])


def test_the_order_of_sets_in_memory_changes_no_story() -> None:
    """Python orders sets of words anew in every process; sums and ties must come out the same."""
    command = [sys.executable, "-m", "tests.stories.test_restarted_process"]
    root = Path(__file__).parents[2]
    answers = {
        subprocess.run(
            command, cwd=root, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
    assert len(msgspec.json.decode(answers.pop())) > 200


if __name__ == "__main__":
    sys.stdout.buffer.write(place_set())
