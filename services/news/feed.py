"""What the poller is told of a feed, and what one entry of a feed is before it becomes an article."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class FeedKind(StrEnum):
    """How an address is read. ``auto`` looks at the answer; ``page`` is an HTML list of links, for who has no feed."""

    RSS = "rss"
    ATOM = "atom"
    JSON_FEED = "jsonfeed"
    SITEMAP = "sitemap"
    PAGE = "page"
    AUTO = "auto"


class AuthorityClass(StrEnum):
    """How close a feed is to the decision: the authority itself, or who tells of it."""

    OFFICIAL = "official"
    EXCHANGE = "exchange"
    STATE_MEDIA = "state_media"
    WIRE = "wire"
    PRESS = "press"
    AGGREGATOR = "aggregator"


class ExtractionHints(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What helps to read a feed that is not as one would wish."""

    full_text: bool = False
    """Fetch the article's page where the feed has only a teaser; robots.txt of the host decides too."""
    teaser_characters: int = 400
    """With ``full_text``: a body shorter than this is a teaser."""
    time_zone: str = "UTC"
    """Of dates that are written without a zone."""
    links_contain: tuple[str, ...] = ()
    """Entries whose address holds none of these are left out; empty: all are taken."""
    title_suffixes: tuple[str, ...] = ()
    """What the source hangs on every title, such as " - Example Daily"."""


class Feed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feed of config/feeds.toml."""

    id: str
    """Also a metric label, so only from the file."""
    url: str
    kind: FeedKind = FeedKind.AUTO
    interval_seconds: float = 120.0
    source: str
    """Name of the source as cards show it."""
    authority: AuthorityClass
    language: str
    regulator: str = ""
    """Id in the catalogue of the authority whose own feed this is; empty for media."""
    verified: bool = False
    """True once ``policy-signals feeds check`` has seen it answer with entries, and somebody has written that down."""
    enabled: bool = True
    extract: ExtractionHints = ExtractionHints()


class FeedEntry(Struct, frozen=True, kw_only=True):
    """One entry as plain text; dates as the source wrote them, empty where it wrote none."""

    guid: str = ""
    url: str = ""
    title: str = ""
    text: str = ""
    published: str = ""
    updated: str = ""
