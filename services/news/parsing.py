"""From what a source sent to an Article, or a clear word why not."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from msgspec import DecodeError, Struct, ValidationError, json

from services.errors import Unreadable
from services.news.article import Article
from services.news.feed_dates import DateOrigin, settle_updated

MAX_RECORD_BYTES = 1_000_000
MAX_BODY_CHARACTERS = 20_000
MAX_TITLE_CHARACTERS = 1_000
FUTURE_TOLERANCE = timedelta(minutes=2)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
HAN_SHARE_OF_CHINESE = 0.2

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


class IntakeRecord(Struct, frozen=True, kw_only=True):
    """The JSON that producers put on ``news.articles``."""

    source: str
    url: str
    title: str
    published_at: datetime
    body: str = ""
    language: str | None = None
    received_at: datetime | None = None
    updated_at: datetime | None = None
    feed: str = ""
    date_from: str = ""
    schema_version: int = 1


_ORIGINS = frozenset(origin.value for origin in DateOrigin)
_decoder = json.Decoder(IntakeRecord)


def parse_article(data: bytes | None, arrived_at: datetime) -> Article:
    """One record of ``news.articles`` as an Article.

    ``arrived_at``: when the record reached the topic; the record's own ``received_at`` wins, where it has one.
    Raises Unreadable: empty, too_large, not_json, too_deep, wrong_type, missing_field, newer_schema, no_text,
    naive_time, future_time, ancient_time, bad_url.
    """
    record = _decode(data)
    title = clean_text(record.title, MAX_TITLE_CHARACTERS)
    body = clean_text(record.body, MAX_BODY_CHARACTERS)
    if not title and not body:
        raise Unreadable("no_text", "title and body are both empty")
    received_at = _utc("received_at", record.received_at or arrived_at)
    published_at = _check_published(_utc("published_at", record.published_at), received_at)
    updated_at = record.updated_at and _utc("updated_at", record.updated_at)
    source = clean_text(record.source, 100) or "unknown"
    return Article(
        article_id=content_id("art", source, record.url, title, body, published_at.isoformat()),
        source=source,
        url=_check_url(record.url),
        language=detect_language(title + body),
        title=title,
        body=body,
        published_at=published_at,
        received_at=received_at,
        updated_at=settle_updated(updated_at, published_at, received_at),
        truncated=len(record.body) > MAX_BODY_CHARACTERS,
        feed=record.feed[:40],
        date_from=record.date_from if record.date_from in _ORIGINS else "",
    )


def content_id(prefix: str, *parts: str) -> str:
    """``prefix_`` and 16 hexadecimal digits of the SHA-256 of the parts: the same content, the same id."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
    return f"{prefix}_{digest[:16]}"


def clean_text(text: str, limit: int) -> str:
    """NFC text without control, zero-width and direction characters; at most ``limit`` characters."""
    cleaned = unicodedata.normalize("NFC", _UNSEEN.sub("", text[: limit * 2].replace("\r\n", "\n")))
    return cleaned[:limit].strip()


def detect_language(text: str) -> str:
    """``zh`` when Han characters are at least a fifth of the letters, else ``en``."""
    sample = text[:2_000]
    letters = len(_LETTER.findall(sample))
    return "zh" if letters and len(_HAN.findall(sample)) / letters >= HAN_SHARE_OF_CHINESE else "en"


def _decode(data: bytes | None) -> IntakeRecord:
    if not data:
        raise Unreadable("empty", "the record has no value")
    if len(data) > MAX_RECORD_BYTES:
        # Checked before parsing: depth and digit attacks need room.
        raise Unreadable("too_large", f"{len(data)} bytes, at most {MAX_RECORD_BYTES} are read")
    try:
        record = _decoder.decode(data)
    except ValidationError as error:
        reason = "missing_field" if "missing required field" in str(error) else "wrong_type"
        raise Unreadable(reason, str(error)) from None
    except RecursionError:
        raise Unreadable("too_deep", "nested deeper than the reader goes") from None
    except (DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not_json", str(error)) from None
    if record.schema_version > 1:
        raise Unreadable("newer_schema", f"schema_version {record.schema_version}, this reader knows 1")
    return record


def _utc(field: str, value: datetime) -> datetime:
    if value.tzinfo is None:
        raise Unreadable(
            "naive_time", f"{field} {value.isoformat()} has no time zone; write it with one, such as +08:00 or Z"
        )
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise Unreadable("ancient_time", f"{field} {value.isoformat()} is outside the calendar") from None


def _check_published(published_at: datetime, received_at: datetime) -> datetime:
    if published_at < EARLIEST:
        raise Unreadable("ancient_time", f"published_at {published_at.isoformat()} is before {EARLIEST.date()}")
    # Subtracting, since received_at may be the last minute of the calendar.
    if published_at - FUTURE_TOLERANCE > received_at:
        raise Unreadable("future_time", f"published_at {published_at.isoformat()} is after {received_at.isoformat()}")
    return published_at


def _check_url(url: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unreadable("bad_url", str(error)) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 2_000:
        raise Unreadable("bad_url", "expected an http or https address of at most 2,000 characters")
    return url
