"""Adding a feed to a feeds.toml: asked once, checked with the whole file, and written in one step or not at all."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from config.feeds import load_feeds
from config.settings import Settings
from services.errors import Misconfigured
from services.news.feed import Feed
from services.signals.entities import Catalogue
from streams.feed_poller import open_desk
from streams.feeds.feed_checks import FeedCheck, NothingIsSent, check_feed


def suggest_id(url: str) -> str:
    """An id out of an address: its host and the last word of its path, in small letters, digits and hyphens.

    >>> suggest_id("https://www.example.gov/news/rss.xml")
    'example-gov-news'
    """
    parts = urlsplit(url)
    host = (parts.hostname or "feed").removeprefix("www.")
    words = [word for word in parts.path.split("/") if word and "." not in word]
    return re.sub(r"[^a-z0-9]+", "-", "-".join([host, *words[-1:]]).lower()).strip("-")[:40].strip("-") or "feed"


def as_block(feed: Feed) -> str:
    """A feed as the table of feeds.toml that it is read from; what is as usual is left out."""
    usual = Feed(id="", url="", source="", authority=feed.authority, language="")
    keys = ("id", "url", "kind", "interval_seconds", "source", "authority", "language", "regulator", "verified")
    lines = ["[[feed]]"]
    for key in keys:
        value = getattr(feed, key)
        if key in ("id", "url", "source", "authority", "language", "verified") or value != getattr(usual, key):
            lines.append(f"{key} = {_as_toml(value)}")
    hints = {name: getattr(feed.extract, name) for name in ("full_text", "time_zone")}
    told = [f"{name} = {_as_toml(value)}" for name, value in hints.items() if value != getattr(usual.extract, name)]
    if told:
        lines.append(f"extract = {{ {', '.join(told)} }}")
    return "\n".join(lines) + "\n"


def ask_once(settings: Settings, feed: Feed) -> FeedCheck:
    """What the feed answers now."""

    async def ask() -> FeedCheck:
        async with open_desk(settings, NothingIsSent()) as desk:
            return await check_feed(feed, desk)

    return asyncio.run(ask())


def append_feed(path: Path, feed: Feed, catalogue: Catalogue, local_port: int | None) -> None:
    """Write the feed at the end of the file; raises Misconfigured, and then the file is as it was."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    write_feeds(path, f"{before.rstrip()}\n\n{as_block(feed)}".lstrip("\n"), catalogue, local_port)


def write_feeds(path: Path, text: str, catalogue: Catalogue, local_port: int | None) -> None:
    """Put this text into the file once it was read as one would read it; raises Misconfigured, and changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_text(text, encoding="utf-8")
        load_feeds(catalogue, trial, local_port)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Misconfigured(f"{path} cannot be written: {error.strerror}") from None


def _as_toml(value: object) -> str:
    # A TOML basic string and a JSON string are written alike, but for the one character that JSON leaves bare.
    return str(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
