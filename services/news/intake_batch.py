"""Articles that a vendor hands over -> records of ``news.articles``, all of them or none."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Struct

from services.errors import Unreadable
from services.news.html_text import line_of_html, text_of_html
from services.news.newsml import read_news_xml
from services.news.parsing import IntakeRecord, parse_article

MOST_ARTICLES = 500
MOST_LINES = 20_000
_BEFORE_A_DOCUMENT = codecs.BOM_UTF8 + codecs.BOM_UTF16_LE + b"\x00 \t\r\n"
"""Bytes of every byte order mark, and blanks."""


class AcceptedArticle(Struct, frozen=True, kw_only=True):
    """One article with the id that it will have behind the topic, and the record to send."""

    article_id: str
    url: str
    record: bytes


class RefusedArticle(Struct, frozen=True, kw_only=True):
    """Why one article cannot be taken; ``index`` counts from 0."""

    index: int
    reason: str
    detail: str


class RefusedBatch(Unreadable):
    """At least one article is broken, so none is taken: the sender can repair it and send all again."""

    def __init__(self, articles: tuple[RefusedArticle, ...]) -> None:
        first = articles[0]
        super().__init__(first.reason, f"article {first.index}: {first.detail}")
        self.articles = articles


def read_batch(data: bytes, arrived_at: datetime, charset: str = "") -> list[AcceptedArticle]:
    """JSON (an article or a list of them) or XML (NewsML-G2, NITF), told apart by the first character.

    ``charset``: of XML, as the HTTP header says; JSON is UTF-8. Raises RefusedBatch with a reason per article, and
    Unreadable where no article can be told: empty, not_json, too_deep, too_many, unsafe_xml, not_news_xml, no_text.
    """
    start = data[:64].lstrip(_BEFORE_A_DOCUMENT)[:1]
    if not start:
        raise Unreadable("empty", "nothing was sent")
    if start == b"<":
        found = read_news_xml(data, arrived_at, charset)
        return _accept(
            (msgspec.json.encode(one) if isinstance(one, IntakeRecord) else one for one in found), arrived_at
        )
    data = data.removeprefix(codecs.BOM_UTF8).strip()
    try:
        articles = msgspec.json.decode(data, type=list[msgspec.Raw]) if start == b"[" else [msgspec.Raw(data)]
    except RecursionError:
        raise Unreadable("too_deep", "nested deeper than the reader goes") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not_json", str(error)) from None
    if not articles:
        raise Unreadable("empty", "the list is empty")
    return _accept((bytes(article) for article in articles), arrived_at)


def read_lines(data: bytes, arrived_at: datetime) -> list[AcceptedArticle]:
    """JSON Lines, one article a line; raises as ``read_batch``, with the number of the line that is not empty."""
    lines = [line for line in data.removeprefix(codecs.BOM_UTF8).split(b"\n") if line.strip()]
    if not lines:
        raise Unreadable("empty", "no article in it")
    return _accept(lines, arrived_at, MOST_LINES)


def _accept(
    articles: Iterable[bytes | Unreadable], arrived_at: datetime, most: int = MOST_ARTICLES
) -> list[AcceptedArticle]:
    accepted: list[AcceptedArticle] = []
    refused: list[RefusedArticle] = []
    for index, data in enumerate(articles):
        if index >= most:
            raise Unreadable("too_many", f"more than {most} articles at once")
        try:
            if isinstance(data, Unreadable):
                raise data
            accepted.append(_accept_one(data, arrived_at))
        except Unreadable as error:
            refused.append(RefusedArticle(index=index, reason=error.reason, detail=error.detail))
    if refused:
        raise RefusedBatch(tuple(refused))
    return accepted


def _accept_one(data: bytes, arrived_at: datetime) -> AcceptedArticle:
    parse_article(data, arrived_at)
    # Written anew: a vendor decides neither when an article reached us nor fields that only our feeds fill.
    told = msgspec.json.decode(data, type=IntakeRecord)
    record = msgspec.json.encode(
        IntakeRecord(
            source=told.source,
            url=told.url,
            title=line_of_html(told.title),
            body=text_of_html(told.body),
            language=told.language,
            published_at=told.published_at,
            updated_at=told.updated_at,
            received_at=arrived_at,
        )
    )
    article = parse_article(record, arrived_at)
    return AcceptedArticle(article_id=article.article_id, url=article.url, record=record)
