"""Writing down which feeds were seen to answer: ``verified = true`` in feeds.toml, every other line as it was."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from services.signals.entities import Catalogue
from streams.feeds.feed_adding import write_feeds

_ID = re.compile(r"""\s*id\s*=\s*["']([^"']*)["']""")
_VERIFIED = re.compile(r"(\s*verified\s*=\s*)(true|false)\b(.*)", re.DOTALL)


def mark_verified(path: Path, seen: Collection[str], catalogue: Catalogue, local_port: int | None) -> list[str]:
    """Mark these feeds in the file; gives the ids that were not marked before. Raises Misconfigured.

    A feed that fails once stays marked: it was seen, and its silence is the business of the alarms.
    """
    before = path.read_text(encoding="utf-8")
    after, marked = _mark(before, frozenset(seen))
    if marked:
        write_feeds(path, after, catalogue, local_port)
    return marked


def _mark(text: str, seen: Collection[str]) -> tuple[str, list[str]]:
    head, *tables = re.split(r"(?m)^(?=\s*\[\[feed\]\])", text)
    marked = []
    for number, table in enumerate(tables):
        lines = table.splitlines(keepends=True)
        found = next((match[1] for line in lines if (match := _ID.match(line))), "")
        if found in seen and _mark_table(lines):
            tables[number] = "".join(lines)
            marked.append(found)
    return "".join([head, *tables]), marked


def _mark_table(lines: list[str]) -> bool:
    """Changes the lines of one feed; False when they say so already."""
    for number, line in enumerate(lines):
        match = _VERIFIED.fullmatch(line)
        if match:
            lines[number] = f"{match[1]}true{match[3]}"
            return match[2] == "false"
    place = next(number for number, line in enumerate(lines) if _ID.match(line))
    # In the style of its line, and before any table of the feed.
    indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    lines.insert(place + 1, f"{indent}verified = true\n")
    return True
