"""The messages that the README shows are messages that the line takes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.market.ticks.ticks import parse_tick
from services.news.parsing import parse_article
from streams.ticks.tick_arrow import read_arrow
from streams.ticks.tick_intake import MAX_TICKS, is_table, read_record, rows_of

NOW = datetime(2023, 7, 13, 6, 0, 30, tzinfo=UTC)
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("## Sending articles and ticks", 1)[1].split("\n## ", 1)[0]
ARTICLES, *TICKS = re.findall(r"```json\n(.*?)```", SECTION, re.S)


def test_the_article_of_the_readme_is_read() -> None:
    """People copy it; its one dot of text stands for theirs."""
    article = parse_article(ARTICLES.encode(), NOW)
    assert (article.source, article.url) == ("Harbour Wire", "https://news.example/1")
    assert article.published_at == datetime(2023, 7, 13, 2, 5, tzinfo=UTC)
    required = re.search(r"(.*?) are required", SECTION[SECTION.index(ARTICLES) + len(ARTICLES) :], re.S)
    assert required is not None
    fields = json.loads(ARTICLES)
    assert all(f"`{name}`" in required[1] for name in ("source", "url", "title", "published_at"))
    parse_article(json.dumps({name: fields[name] for name in re.findall(r"`(\w+)`", required[1])}).encode(), NOW)


def test_every_form_of_ticks_of_the_readme_is_read() -> None:
    """One tick, columns, and the Arrow frame that the Python lines make: five good ticks in all."""
    code = re.search(r"```python\n(.*?)```", SECTION, re.S)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1], names)
    ticks = []
    for line in TICKS:
        value = read_record(line.encode())
        ticks += [parse_tick(raw, NOW) for raw in (rows_of(value) if is_table(value) else [value])]
    frame = read_arrow(names["value"], lambda _: True)
    ticks += [frame.tick(row) for row in range(len(frame))]
    assert [tick.instrument for tick in ticks] == ["0700.HK", *["0700.HK", "3690.HK"] * 2]
    at = datetime(2023, 7, 13, 6, 0, 0, 250_000, tzinfo=UTC)
    assert {tick.traded_at for tick in ticks if tick.instrument == "0700.HK"} == {at}
    assert f"{MAX_TICKS:,} ticks" in SECTION
