"""What arrives: one news article, as its source told it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Article(Struct, frozen=True, kw_only=True):
    """One article, cleaned and bounded. Times are UTC; ``article_id`` is a hash of the content."""

    schema_version: int = 1
    article_id: str
    source: str
    url: str
    language: str
    """``en`` or ``zh``, decided from the text itself (any other language reads as its script does)."""
    title: str
    body: str
    published_at: datetime
    received_at: datetime
    updated_at: datetime | None = None
    """When the source last changed it; None where it does not say so, or says what cannot be."""
    truncated: bool = False
    """True when the body was longer than the reader's limit and was cut."""
    feed: str = ""
    """Id in feeds.toml of the feed that brought it, as the record says; empty when it came another way."""
    date_from: str = ""
    """What ``published_at`` rests on: a DateOrigin value; empty when the source told it and nobody doubts."""
