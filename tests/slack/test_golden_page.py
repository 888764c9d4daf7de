"""tests/golden/cards.html is the page that a reviewer looks at: it shows what the code draws now."""

from __future__ import annotations

import re

from streams.cli.cards import draw_gallery
from streams.rendering.card_samples.situations import SITUATIONS
from tests.golden.write import MADE_AT, PAGE


def test_the_committed_page_is_what_the_code_draws() -> None:
    """After a change: ``python -m tests.golden.write``, then look at the page."""
    assert PAGE.read_text(encoding="utf-8") == draw_gallery(MADE_AT)


def test_the_page_names_every_situation() -> None:
    """Titles are much alike: what tells two cards apart is the name of the situation."""
    shown = re.sub(r"<[^>]+>", " ", PAGE.read_text(encoding="utf-8"))
    assert [name for name in SITUATIONS if name.replace("_", " ") not in shown] == []


def test_the_page_needs_nothing_from_outside() -> None:
    """It is opened from a disk, and by people who did not write it: no script, no picture, no style from elsewhere."""
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"<(?:script|img|link|iframe|object)\b", page) == []
    assert re.findall(r"""url\((?!#)""", page) == []
