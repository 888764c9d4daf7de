"""Counts in how many of our own examples each word stands, and writes config/stories/word_counts.txt anew."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from config.stories import WORD_COUNTS
from services.signals.names.normal_form import lower, normalise
from services.stories.telling import LEAD_CHARACTERS
from services.stories.words import list_words

EXAMPLES = Path(__file__).parents[2] / "config" / "reader" / "examples"
LEAST = 3


def main() -> None:
    """Write the file."""
    counts: Counter[str] = Counter()
    articles = 0
    for path in sorted(EXAMPLES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            example = json.loads(line)
            articles += 1
            text = f"{example['title']}\n{example['body'][:LEAD_CHARACTERS]}"
            counts.update(set(list_words(lower(normalise(text)))))
    kept = [f"{word} {count}" for word, count in sorted(counts.items()) if count >= LEAST]
    opening = ["# Articles of config/reader/examples that hold a word; baked by deploy/tools/bake_story_words.py"]
    WORD_COUNTS.write_text("\n".join([*opening, f"* {articles}", *kept, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
