"""Entries of a feed -> articles in the intake format, each with an id that stays the same from poll to poll."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.news.feed import Feed, FeedEntry
from services.news.feed_dates import DateOrigin, read_date, read_updated
from services.news.html_text import line_of_html, text_of_html
from services.news.parsing import MAX_BODY_CHARACTERS, MAX_TITLE_CHARACTERS, clean_text, content_id

MAX_ENTRIES = 500
MAX_URL_CHARACTERS = 2_000


class LeftOut(StrEnum):
    """Why an entry became no article."""

    NO_TEXT = "no_text"
    OTHER_LINK = "other_link"
    """Its address holds none of the feed's ``links_contain``."""
    TWICE = "twice"
    """The same entry stands twice in one answer."""
    TOO_MANY = "too_many"


class RawArticle(Struct, frozen=True, kw_only=True):
    """The intake format of ``news.articles``, with what only a feed knows; readers of the topic ignore the rest."""

    source: str
    url: str
    title: str
    published_at: datetime
    body: str
    language: str
    received_at: datetime
    feed: str
    authority: str
    date_from: DateOrigin
    """What ``published_at`` rests on; said, so that a card need not pretend."""
    regulator: str = ""
    updated_at: datetime | None = None
    """When the source last changed it; None where it does not say so."""
    schema_version: int = 1


class ReadEntry(Struct, frozen=True, kw_only=True):
    """An article with the names under which the poller remembers it."""

    entry_id: str
    """Of the entry, whatever its text is now."""
    digest: str
    """Of title and text: another one under the same ``entry_id`` is a revision."""
    article: RawArticle


class FeedReading(Struct, frozen=True, kw_only=True):
    """What one answer of a feed held, oldest first."""

    entries: tuple[ReadEntry, ...]
    left_out: tuple[LeftOut, ...] = ()


def clean_entry(entry: FeedEntry) -> FeedEntry:
    """The entry with title and text as plain text, and with bounded fields."""
    return FeedEntry(
        guid=clean_text(entry.guid, MAX_URL_CHARACTERS),
        url=entry.url.strip()[:MAX_URL_CHARACTERS],
        title=clean_text(line_of_html(entry.title), MAX_TITLE_CHARACTERS),
        # Longer than what is read, where it is: the reader then says that it was cut.
        text=clean_text(text_of_html(entry.text), 2 * MAX_BODY_CHARACTERS),
        published=entry.published.strip()[:100],
        updated=entry.updated.strip()[:100],
    )


def read_entries(feed: Feed, entries: Iterable[FeedEntry], seen_at: datetime) -> FeedReading:
    """Cleaned entries as articles, oldest first; ``seen_at`` (UTC): when the answer was read."""
    found: dict[str, ReadEntry] = {}
    left_out: list[LeftOut] = []
    for number, entry in enumerate(entries):
        read = LeftOut.TOO_MANY if number >= MAX_ENTRIES else _read_entry(feed, entry, seen_at)
        if isinstance(read, LeftOut):
            left_out.append(read)
        elif read.entry_id in found:
            left_out.append(LeftOut.TWICE)
        else:
            found[read.entry_id] = read
    ordered = sorted(found.values(), key=lambda read: read.article.published_at)
    return FeedReading(entries=tuple(ordered), left_out=tuple(left_out))


def with_body(read: ReadEntry, body: str) -> ReadEntry:
    """The entry with its full text; its digest stays that of the feed, which is compared at the next poll."""
    article = read.article
    changed = {name: getattr(article, name) for name in article.__struct_fields__} | {"body": body}
    return ReadEntry(entry_id=read.entry_id, digest=read.digest, article=RawArticle(**changed))


def is_teaser(feed: Feed, read: ReadEntry) -> bool:
    """True when the article's own page should be fetched for its text."""
    hints = feed.extract
    return hints.full_text and bool(read.article.url) and len(read.article.body) < hints.teaser_characters


def _read_entry(feed: Feed, entry: FeedEntry, seen_at: datetime) -> ReadEntry | LeftOut:
    title = _without_suffix(entry.title, feed.extract.title_suffixes)
    if not title and not entry.text:
        return LeftOut.NO_TEXT
    url = web_url(entry.url, feed.url) or web_url(entry.guid, "")
    wanted = feed.extract.links_contain
    if wanted and not any(part in url for part in wanted):
        return LeftOut.OTHER_LINK
    zone = ZoneInfo(feed.extract.time_zone)
    told = read_date(entry.published, entry.updated, seen_at, zone)
    # A feed without ids and links still has titles; a date first seen now would make a new id at every poll.
    name = entry.guid or url or f"{title}\x1f{entry.published}"
    return ReadEntry(
        entry_id=content_id("ent", feed.id, name),
        digest=content_id("txt", title, entry.text),
        article=RawArticle(
            source=feed.source,
            url=url,
            title=title,
            published_at=told.at,
            body=entry.text,
            language=feed.language,
            received_at=seen_at,
            feed=feed.id,
            authority=feed.authority.value,
            date_from=told.origin,
            regulator=feed.regulator,
            updated_at=read_updated(entry.updated, told.at, seen_at, zone),
        ),
    )


def web_url(address: str, base: str) -> str:
    """The address as http or https, made whole with ``base``; empty when it is none."""
    try:
        url = urljoin(base, address.strip()) if address.strip() else ""
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return url if is_whole and len(url) <= MAX_URL_CHARACTERS and "@" not in parts.netloc else ""


def _without_suffix(title: str, suffixes: tuple[str, ...]) -> str:
    for suffix in suffixes:
        if title.endswith(suffix):
            return title.removesuffix(suffix).rstrip()
    return title
