"""Writes the golden payloads anew, from the repository root: ``python -m tests.golden.write``. Read the diff by eye."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from streams.cli.cards import draw_gallery
from streams.rendering.card_samples.drawing import draw_situation
from streams.rendering.card_samples.sample_alerts import Situation
from streams.rendering.card_samples.situations import SITUATIONS

FOLDER = Path(__file__).parent
PAGE = FOLDER / "cards.html"
"""All situations as a person sees them: open it in a browser, at the width of a phone too."""
MADE_AT = datetime(2023, 7, 13, tzinfo=UTC)


def render_situation(situation: Situation) -> dict[str, object]:
    """The payload of one situation, with the names of the tests."""
    return draw_situation(situation)


def main() -> None:
    """One JSON file per situation, and the page; files of situations that are no more are removed."""
    for stale in FOLDER.glob("*.json"):
        stale.unlink()
    for name, situation in SITUATIONS.items():
        text = json.dumps(render_situation(situation()), ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(draw_gallery(MADE_AT), encoding="utf-8")


if __name__ == "__main__":
    main()
