"""What strangers send is parsed behind a gate, in a process of its own: bombs cost nothing, and the poller lives."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import Unreadable
from services.news.feed import FeedKind
from streams.feeds.feed_child import FeedParser
from streams.feeds.feed_parsing import Answer, parse_entries, parse_full_text
from tests.streams.hostile_server import item, rss

BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><rss><channel><item><title>&a9;</title></item></channel></rss>"
)
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]><rss><channel><item><title>{"&a;" * 20_000}</title></item></channel></rss>'
XXE = (
    '<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{canary}">]><rss><channel><item><title>&x;</title></item></channel></rss>'
)
PARAMETER = '<!DOCTYPE rss [<!ENTITY % x SYSTEM "file://{canary}"> %x;]><rss><channel><item><title>t</title></item></channel></rss>'
BROKEN = '<!DOCTYPE rss [<!ENTITY a "lol"> <rss><channel><item><title>&a;</title>'


def entries_of(text: str | bytes, kind: FeedKind = FeedKind.AUTO, language: str = "en") -> list[tuple[str, str]]:
    data = text.encode() if isinstance(text, str) else text
    return [(entry.title, entry.published) for entry in parse_entries(Answer(data=data, kind=kind, language=language))]


@pytest.mark.parametrize("bomb", [BILLION_LAUGHS, QUADRATIC, XXE, PARAMETER, BROKEN], ids=["laughs", "quadratic", "xxe", "parameter", "broken"])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_document_with_entities_is_refused_at_the_gate(bomb: str, encoding: str, tmp_path: Path) -> None:
    """In a few milliseconds of work (the bound allows for any machine), whatever the encoding; the canary's words appear nowhere."""
    canary = tmp_path / "canary"
    canary.write_text("CANARY-1357", encoding="utf-8")
    data = bomb.replace("{canary}", str(canary)).encode(encoding)
    started = time.process_time()
    with pytest.raises(Unreadable) as caught:
        parse_entries(Answer(data=data, kind=FeedKind.RSS))
    assert caught.value.reason == "unsafe_xml"
    assert "CANARY" not in str(caught.value)
    assert time.process_time() - started < 1.0


def test_an_old_document_type_without_entities_passes() -> None:
    """RSS 0.91 names its DTD; nothing is fetched."""
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.invalid/rss.dtd"><rss version="2.0">'
    assert entries_of(rss(item(1, "SEC fines bank")).replace('<rss version="2.0">', doctype))[0][0] == "SEC fines bank"


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>1</id>
<title type="html">SEC &lt;b&gt;fines&lt;/b&gt; &lt;script&gt;x()&lt;/script&gt;bank</title><link href="/1"/>
<published>2023-07-13T06:00:00Z</published><updated>2023-07-13T07:00:00Z</updated><summary>s</summary></entry></feed>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://x.example/1</loc><news:news><news:publication_date>2023-07-13T06:00:00Z</news:publication_date>
<news:title>SEC fines bank</news:title></news:news></url></urlset>"""
JSON_FEED = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 1, "title": "SEC fines bank", "date_published": "2023-07-13T06:00:00Z"}, "junk"]})  # fmt: skip
PAGE = '<html><a href="/art/2023-07-13/1.html">SEC fines bank over missing records</a></html>'


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (rss(item(1, "SEC fines bank")), ("SEC fines bank", "Thu, 13 Jul 2023 06:00:00 GMT")),
        (ATOM, ("SEC fines bank", "2023-07-13T06:00:00Z")),
        (SITEMAP, ("SEC fines bank", "2023-07-13T06:00:00Z")),
        (JSON_FEED, ("SEC fines bank", "2023-07-13T06:00:00Z")),
        (PAGE, ("SEC fines bank over missing records", "2023-07-13")),
        (rss(item(1, "SEC fines & bans <b>bank")), ("SEC fines & bans bank", "Thu, 13 Jul 2023 06:00:00 GMT")),
    ],
    ids=["rss", "atom", "sitemap", "jsonfeed", "page", "broken rss"],
)
def test_each_format_is_recognised_and_read(document: str, expected: tuple[str, str]) -> None:
    """Titles as plain text, dates as they stand."""
    assert entries_of(document) == [expected]


def test_a_feed_in_chinese_encodings_is_read() -> None:
    """The declaration inside is no longer true once the text was decoded."""
    document = rss(item(1, "市场监管总局处罚")).replace("utf-8", "gb2312").encode("gb18030")
    assert entries_of(document, language="zh")[0][0] == "市场监管总局处罚"


@pytest.mark.parametrize(
    "document", ["", "hello", "<html", "{}", "[1]", "{" * 100_000, '{"items": 1}', "<sitemapindex/>"]
)
def test_what_is_no_feed_is_said_or_empty(document: str) -> None:
    """A login page or a wrong address must not look like a quiet day."""
    try:
        assert entries_of(document) == []
    except Unreadable as error:
        assert error.reason in ("not_a_feed", "not_json")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(list(FeedKind)))
def test_no_bytes_raise_anything_but_a_clear_word(data: bytes, kind: FeedKind) -> None:
    """10,000 forms of rubbish, one kind of error."""
    try:
        parse_entries(Answer(data=data, kind=kind))
    except Unreadable as error:
        assert error.reason in ("not_a_feed", "not_json", "unsafe_xml")


def test_the_text_of_an_article_comes_without_what_stands_around_it() -> None:
    """Menus and footers name companies that the news is not about."""
    paragraphs = "".join(
        f"<p>The regulator fined the company {n} million yuan for breaking the rules.</p>" for n in range(9)
    )
    page = f"<html><body><nav><a href='/'>Tencent</a></nav><article><h1>Fine</h1>{paragraphs}</article><footer>Alibaba</footer></body></html>"
    text = parse_full_text(Answer(data=page.encode(), kind=FeedKind.PAGE))
    assert "8 million yuan" in text
    assert "Alibaba" not in text


def test_the_child_answers_refuses_and_survives() -> None:
    """One child for many documents; what is broken ends neither it nor us, and nobody is left at the end."""

    async def work() -> None:
        parser = FeedParser()
        try:
            good = Answer(data=rss(item(1)).encode(), kind=FeedKind.AUTO)
            assert len(await parser.entries(good)) == 1
            child = parser.pid
            with pytest.raises(Unreadable) as caught:
                await parser.entries(Answer(data=BILLION_LAUGHS.encode(), kind=FeedKind.RSS))
            assert caught.value.reason == "unsafe_xml"
            assert len(await parser.entries(good)) == 1
            assert parser.pid == child
        finally:
            await parser.close()
        assert not Path(f"/proc/{child}").exists()

    asyncio.run(work())


def test_a_document_that_takes_too_long_costs_the_child_and_not_the_poller() -> None:
    """Killed at the deadline; the next document gets a fresh child."""

    async def work() -> None:
        parser = FeedParser(deadline_seconds=0.0)
        good = Answer(data=rss(item(1)).encode(), kind=FeedKind.AUTO)
        try:
            with pytest.raises(Unreadable) as caught:
                await parser.entries(good)
            assert caught.value.reason == "too_slow"
            assert parser.pid is None
            parser._deadline_seconds = 10.0
            assert len(await parser.entries(good)) == 1
        finally:
            await parser.close()

    asyncio.run(work())
