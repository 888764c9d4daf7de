"""Bytes of an answer -> entries, as the child process does it: gate first, then the parser of the format."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import feedparser  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from defusedxml.sax import parseString  # type: ignore[import-untyped]
from msgspec import Struct

from services.errors import Unreadable
from services.news.charset import decode_text
from services.news.feed import FeedEntry, FeedKind
from services.news.feed_reading import MAX_ENTRIES, clean_entry
from services.news.page_links import read_links

_HEAD_CHARACTERS = 2_000
# Of RSS 0.91: names a document type and declares nothing. The gate would refuse the name alone.
_EMPTY_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[<>]{0,300}>", re.IGNORECASE)
_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class Answer(Struct, frozen=True, kw_only=True):
    """What a server sent, with what is needed to read it."""

    data: bytes
    kind: FeedKind
    charset: str = ""
    """Of the HTTP header; empty when it says none."""
    language: str = "en"


def parse_entries(answer: Answer) -> list[FeedEntry]:
    """Cleaned entries in the feed's order.

    Raises Unreadable: not_a_feed, unsafe_xml (entities, external parts), not_json.
    """
    text = decode_text(answer.data, answer.charset, answer.language)
    kind = answer.kind if answer.kind is not FeedKind.AUTO else recognise(text)
    entries = _READERS[kind](text)
    return [clean_entry(entry) for entry in entries[: MAX_ENTRIES + 1]]


def parse_full_text(answer: Answer) -> str:
    """The article's own text of a page, without what stands around it; empty when none is found."""
    import trafilatura  # noqa: PLC0415 - a second to import, and few feeds need it

    text = decode_text(answer.data, answer.charset, answer.language)
    found = trafilatura.extract(text, include_comments=False, include_tables=False, include_links=False)
    return str(found or "")


def recognise(text: str) -> FeedKind:
    """The format of an answer by its beginning; raises Unreadable."""
    head = text[:_HEAD_CHARACTERS].lstrip().lower()
    if head.startswith("{"):
        return FeedKind.JSON_FEED
    if "<urlset" in head or "<sitemapindex" in head:
        return FeedKind.SITEMAP
    if "<rss" in head or "<rdf:rdf" in head:
        return FeedKind.RSS
    if "<feed" in head:
        return FeedKind.ATOM
    if "<html" in head:
        return FeedKind.PAGE
    raise Unreadable("not_a_feed", "neither RSS, Atom, JSON Feed, sitemap nor HTML")


def check_xml(text: str) -> None:
    """Raises Unreadable for a document that declares entities or names outside parts; broken XML without passes."""
    try:
        parseString(text.encode("utf-8", "replace"), ContentHandler(), forbid_dtd=False)
    except DefusedXmlException as error:
        raise Unreadable("unsafe_xml", type(error).__name__) from None
    except SAXParseException:
        # The parser behind is forgiving, and would take up what the gate did not reach.
        lowered = text.lower()
        if "<!entity" in lowered or "<!doctype" in lowered:
            raise Unreadable("unsafe_xml", "broken, with a document type") from None


def _read_syndication(text: str) -> list[FeedEntry]:
    text = _EMPTY_DOCTYPE.sub("", text, count=1)
    check_xml(text)
    headers = {"content-type": "application/xml; charset=utf-8"}
    # As a stream: the library opens files and addresses when it is given their names.
    # Without its sanitiser: no HTML is kept, and it takes most of the time.
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        raise Unreadable("not_a_feed", "no RSS or Atom in it")
    return [_from_parsed(entry) for entry in parsed.entries[: MAX_ENTRIES + 1]]


def _from_parsed(entry: Any) -> FeedEntry:
    # Plain dictionary access: the library's own looks up other keys, with a warning.
    def text(key: str) -> str:
        value = dict.get(entry, key)
        return value if isinstance(value, str) else ""

    bodies = [text("summary"), *(part.get("value") or "" for part in dict.get(entry, "content") or ())]
    return FeedEntry(
        guid=text("id"),
        url=text("link"),
        title=text("title"),
        text=max(bodies, key=len),
        published=text("published"),
        updated=text("updated"),
    )


def _read_json_feed(text: str) -> list[FeedEntry]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("not_json", "no JSON that can be read") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise Unreadable("not_a_feed", "no list of items")
    return [_from_item(item) for item in items[: MAX_ENTRIES + 1] if isinstance(item, dict)]


def _from_item(item: dict[str, Any]) -> FeedEntry:
    def text(*keys: str) -> str:
        return next((str(item[key]) for key in keys if isinstance(item.get(key), str | int) and item[key]), "")

    return FeedEntry(
        guid=text("id"),
        url=text("url", "external_url"),
        title=text("title"),
        text=text("content_html", "content_text", "summary"),
        published=text("date_published"),
        updated=text("date_modified"),
    )


def _read_sitemap(text: str) -> list[FeedEntry]:
    try:
        root = fromstring(text.encode("utf-8", "replace"), forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable("unsafe_xml", type(error).__name__) from None
    except (ParseError, RecursionError):
        raise Unreadable("not_a_feed", "no XML that can be read") from None
    if not root.tag.endswith("urlset"):
        raise Unreadable("not_a_feed", f"{root.tag[-40:]}: give the address of the sitemap with the articles")
    return [_from_location(node) for node in root[: MAX_ENTRIES + 1]]


def _from_location(node: Any) -> FeedEntry:
    def text(name: str) -> str:
        return (node.findtext(name) or "").strip()

    url = text(f"{_SITEMAP}loc")
    return FeedEntry(
        guid=url,
        url=url,
        title=text(f"{_NEWS}news/{_NEWS}title"),
        published=text(f"{_NEWS}news/{_NEWS}publication_date"),
        updated=text(f"{_SITEMAP}lastmod"),
    )


_READERS: dict[FeedKind, Callable[[str], list[FeedEntry]]] = {
    FeedKind.RSS: _read_syndication,
    FeedKind.ATOM: _read_syndication,
    FeedKind.JSON_FEED: _read_json_feed,
    FeedKind.SITEMAP: _read_sitemap,
    FeedKind.PAGE: read_links,
}
