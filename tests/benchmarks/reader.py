"""`make bench`: what reading costs on this machine, one core, side by side in one run.

Prints milliseconds and ratios: an irrelevant article at the gate, a relevant one of 30 sentences, by rules alone and
with the encoder; then load time, memory and size on disk.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from config.catalogue import load_catalogue  # noqa: E402
from config.tone_model import FOLDER, load_reader  # noqa: E402
from services.news.article import Article  # noqa: E402
from services.signals.reading import Reader, read_article  # noqa: E402

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LEAST_SECONDS = 1.0
IRRELEVANT = (
    "Late goal sends hosts into the cup final",
    "A header in the 89th minute decided a tight match on Saturday. The coach praised his bench. Fans sang long after.",
)
MATCH = "The midfielder passed to the wing and the crowd rose to its feet once more in the rain. "
RELEVANT = (
    "Antitrust watchdog fines Tencent and opens inquiry into Meituan",
    "The State Administration for Market Regulation fined Tencent 500 million yuan on Monday for failing to report deals. "
    + "It also opened an investigation into Meituan over suspected abuse of dominance in food delivery. "
    + "Analysts said the sector had expected lighter treatment after the symposium in July. "
    + "The companies said they would cooperate with the authorities and improve compliance. " * 9
    + "Trading volume in Hong Kong was higher than on an average day this year. " * 18,
)


def as_article(title: str, body: str) -> Article:
    """An article as the news consumer sees it."""
    return Article(
        article_id="a", source="s", url="", language="en", title=title, body=body, published_at=NOW, received_at=NOW
    )


def cost_of(action: Callable[[], object]) -> float:
    """Median milliseconds of processor time per call."""
    action()
    costs, began = [], time.monotonic()
    while time.monotonic() - began < LEAST_SECONDS or len(costs) < 5:
        start = time.process_time()
        action()
        costs.append((time.process_time() - start) * 1000)
    return median(costs)


def main() -> None:
    """Print the table."""
    rules = Reader(load_catalogue())
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    reader = load_reader()
    loaded = time.monotonic() - start
    cases = {
        "irrelevant, short, at the gate": IRRELEVANT,
        "irrelevant, 30 sentences, at the gate": (IRRELEVANT[0], MATCH * 30),
        "relevant, one sentence": (RELEVANT[0], ""),
        "relevant, 30 sentences": RELEVANT,
    }
    print(f"{'one article, one core':<40}{'rules, ms':>12}{'reader, ms':>12}{'ratio':>8}")
    for name, (title, body) in cases.items():
        article = as_article(title, body)
        alone = cost_of(lambda article=article: read_article(article, rules))
        both = cost_of(lambda article=article: read_article(article, reader))
        print(f"{name:<40}{alone:>12.3f}{both:>12.3f}{both / alone:>8.1f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = sum(path.stat().st_size for path in FOLDER.iterdir()) / 1e6
    print(
        f"\nloading the model {loaded:.2f} s; memory of the process {memory / 1e3:.0f} MB ({before / 1e3:.0f} MB without"
    )
    print(f"the model); model on disk {size:.1f} MB")


if __name__ == "__main__":
    main()
