"""Entries of feeds become articles: clean text, honest dates, ids that stay the same from poll to poll."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.news.entry_memory import MOST_ENTRIES, MOST_REVISIONS, EntryFate, EntryMemory
from services.news.feed import AuthorityClass, ExtractionHints, Feed, FeedEntry
from services.news.feed_dates import DateOrigin, parse_date, read_date
from services.news.feed_reading import LeftOut, ReadEntry, clean_entry, is_teaser, read_entries, with_body
from services.news.html_text import line_of_html, text_of_html
from services.news.page_links import read_links
from services.news.parsing import parse_article
from streams import codec

SEEN = datetime(2023, 7, 13, 6, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def feed(**hints: object) -> Feed:
    return Feed(
        id="samr-news",
        url="https://www.samr.gov.cn/xw/",
        source="SAMR",
        authority=AuthorityClass.OFFICIAL,
        language="zh",
        regulator="SAMR",
        extract=ExtractionHints(**hints),  # type: ignore[arg-type]
    )


def entry(**changes: str) -> FeedEntry:
    values = {
        "guid": "a-1",
        "url": "/xw/1.html",
        "title": "市场监管总局处罚",
        "text": "全文",
        "published": "2023-07-13T13:00:00+08:00",
    }
    return FeedEntry(**values | changes)


def read_one(raw: FeedEntry, **hints: object) -> ReadEntry:
    (found,) = read_entries(feed(**hints), [clean_entry(raw)], SEEN).entries
    return found


def test_an_entry_becomes_an_article_that_the_line_reads() -> None:
    """The record must pass the very parser that stands behind the topic."""
    article = parse_article(codec.encode(read_one(entry()).article), SEEN)
    assert (article.source, article.url) == ("SAMR", "https://www.samr.gov.cn/xw/1.html")
    assert article.published_at == datetime(2023, 7, 13, 5, 0, tzinfo=UTC)
    assert article.received_at == SEEN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu, 13 Jul 2023 14:00:00 +0800", datetime(2023, 7, 13, 6, tzinfo=UTC)),
        ("Thu, 13 Jul 2023 06:00:00 GMT", datetime(2023, 7, 13, 6, tzinfo=UTC)),
        ("Thu, 13 Jul 2023 02:00:00 EDT", datetime(2023, 7, 13, 6, tzinfo=UTC)),
        ("Thu, 13 Jul 2023 15:00:00 JST", datetime(2023, 7, 13, 6, tzinfo=UTC)),
        ("Thu, 13 Jul 2023 14:00:00", datetime(2023, 7, 13, 6, tzinfo=UTC)),
        ("2023-07-13T06:00:00Z", datetime(2023, 7, 13, 6, tzinfo=UTC)),
        ("2023-07-13T14:00:00.5+08:00", datetime(2023, 7, 13, 6, 0, 0, 500_000, tzinfo=UTC)),
        ("2023-07-13 14:00", datetime(2023, 7, 13, 6, tzinfo=UTC)),
        ("2023/7/13 14:00:00", datetime(2023, 7, 13, 6, tzinfo=UTC)),
        ("2023年7月13日 14:00", datetime(2023, 7, 13, 6, tzinfo=UTC)),
        ("2023年7月13日", datetime(2023, 7, 13).date()),  # noqa: DTZ001
        ("2023-07-13", datetime(2023, 7, 13).date()),  # noqa: DTZ001
        ("yesterday", None),
        ("2023-13-45", None),
        ("", None),
    ],
)
def test_dates_are_read_as_sources_write_them(text: str, expected: object) -> None:
    """A time without a zone is of the feed's own: eight hours make fresh news stale."""
    assert parse_date(text, SHANGHAI) == expected


@pytest.mark.parametrize(
    ("published", "updated", "at", "origin"),
    [
        ("", "", SEEN, DateOrigin.FIRST_SEEN),
        ("soon", "2023-07-13T05:00:00Z", SEEN - timedelta(hours=1), DateOrigin.UPDATED),
        ("1970-01-01T00:00:00Z", "", SEEN, DateOrigin.FIRST_SEEN),
        ("2023-07-13T06:01:30Z", "", SEEN + timedelta(seconds=90), DateOrigin.PUBLISHED),
        ("2023-07-13T07:15:00Z", "", SEEN, DateOrigin.FUTURE),
        ("2023-07-13T13:57:00Z", "", SEEN - timedelta(minutes=3), DateOrigin.WRONG_ZONE),
        ("2023-07-13T11:30:00Z", "", SEEN, DateOrigin.WRONG_ZONE),
        ("2023-07-14T06:00:00Z", "", SEEN, DateOrigin.FUTURE),
        ("2023-07-13", "", SEEN, DateOrigin.DAY_ONLY),
        ("2023-07-12", "", datetime(2023, 7, 12, 15, 59, tzinfo=UTC), DateOrigin.DAY_ONLY),
    ],
)
def test_a_missing_or_impossible_date_is_handled_by_rule_and_said(
    published: str, updated: str, at: datetime, origin: DateOrigin
) -> None:
    """An undated item counts from when it was first seen, and says so instead of pretending."""
    told = read_date(published, updated, SEEN, SHANGHAI)
    assert (told.at, told.origin) == (at, origin)


@pytest.mark.parametrize(
    ("updated", "kept"),
    [
        ("2023-07-13T05:40:00Z", datetime(2023, 7, 13, 5, 40, tzinfo=UTC)),
        ("2023-07-13T05:00:00Z", None),
        ("2023-07-13T04:00:00Z", None),
        ("2023-07-13T09:00:00Z", None),
        ("2023-07-13", None),
        ("soon", None),
    ],
    ids=["later", "same", "before", "ahead", "day", "unreadable"],
)
def test_the_time_of_an_update_is_kept_beside_that_of_the_publication(updated: str, kept: datetime | None) -> None:
    """It never replaces it: reactions are measured from when the news came out."""
    article = parse_article(codec.encode(read_one(entry(updated=updated)).article), SEEN)
    assert article.published_at == datetime(2023, 7, 13, 5, 0, tzinfo=UTC)
    assert article.updated_at == kept


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_date_text_breaks_the_reader_or_leads_into_the_future(published: str, updated: str) -> None:
    """Whatever stands there, an article has a time that the line accepts."""
    told = read_date(published, updated, SEEN, SHANGHAI)
    assert datetime(2000, 1, 1, tzinfo=UTC) <= told.at <= SEEN + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<script>alert(1)</script>SEC fines bank", "SEC fines bank"),
        ("SEC <b onclick=x()>fines</b> bank", "SEC fines bank"),
        ("AT&amp;T fined", "AT&T fined"),
        ("AT&T fined", "AT&T fined"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;SEC fines", "SEC fines"),
        ("SEC<style>p{}</style> fines <!-- hidden -->bank", "SEC fines bank"),
        ("<img src=x onerror=alert(1)>SEC fines", "SEC fines"),
        ("SEC\n fines\tbank", "SEC fines bank"),
        ("Yield < 2% and > 1%", "Yield < 2% and > 1%"),
    ],
)
def test_titles_are_text_and_nothing_else(html: str, line: str) -> None:
    """A script in a title must reach neither a card nor a page."""
    assert line_of_html(html) == line


@given(st.text(alphabet="<>/!-&;#\"'= abpscrit测", max_size=200))
def test_no_markup_breaks_the_reader(html: str) -> None:
    """Broken markup is the normal case; no element that can run survives."""
    assert "<script" not in line_of_html(html).replace("<script", "", 0) or "<script>" not in text_of_html(html)
    assert "\n" not in line_of_html(html)


def test_paragraphs_stay_apart() -> None:
    """The reader of tone works by sentences; words of two paragraphs must not melt together."""
    assert text_of_html("<p>First.</p><p>Second<br>line</p>") == "First.\nSecond\nline"


RAW = st.builds(
    FeedEntry,
    guid=st.text(max_size=30), url=st.text(max_size=30), title=st.text(max_size=50), text=st.text(max_size=100),
    published=st.text(max_size=30), updated=st.text(max_size=30),
)  # fmt: skip


@given(st.lists(RAW, max_size=6))
def test_any_entries_become_articles_or_are_left_out_with_a_word(raw: list[FeedEntry]) -> None:
    """Nothing is lost without a count, nothing raises, and every article passes the line's own parser."""
    reading = read_entries(feed(), [clean_entry(one) for one in raw], SEEN)
    assert len(reading.entries) + len(reading.left_out) == len(raw)
    for read in reading.entries:
        parse_article(codec.encode(read.article), SEEN)


@given(st.lists(RAW, max_size=6))
def test_ids_do_not_depend_on_when_or_in_which_order_a_feed_was_read(raw: list[FeedEntry]) -> None:
    """An id that moves would send the same news at every poll."""
    cleaned = [clean_entry(one) for one in raw]
    later = SEEN + timedelta(hours=5)
    first = {read.entry_id for read in read_entries(feed(), cleaned, SEEN).entries}
    assert first == {read.entry_id for read in read_entries(feed(), reversed(cleaned), later).entries}


def test_entries_come_oldest_first_and_copies_once() -> None:
    """Feeds list the newest first; the story must be told in order."""
    old, new = entry(guid="1", published="2023-07-13T04:00:00Z"), entry(guid="2", published="2023-07-13T05:00:00Z")
    reading = read_entries(feed(), [new, old, new], SEEN)
    assert [read.article.published_at.hour for read in reading.entries] == [4, 5]
    assert reading.left_out == (LeftOut.TWICE,)


def test_hints_narrow_links_and_trim_titles() -> None:
    """Lists carry navigation, and every title the name of its site."""
    reading = read_entries(feed(links_contain=("/xw/",)), [entry(url="/about.html"), entry()], SEEN)
    assert reading.left_out == (LeftOut.OTHER_LINK,)
    assert read_one(entry(title="Fined - Example Daily"), title_suffixes=(" - Example Daily",)).article.title == "Fined"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://user@bank.example/", "ftp://x/"])
def test_an_address_that_is_no_web_page_is_dropped(url: str) -> None:
    """The card links to it."""
    assert not read_one(entry(url=url)).article.url


def test_only_short_texts_are_teasers_and_a_full_text_keeps_the_digest() -> None:
    """The digest is compared with the feed at the next poll, which still shows the teaser."""
    read = read_one(entry(), full_text=True)
    assert is_teaser(feed(full_text=True), read)
    whole = with_body(read, "x" * 500)
    assert not is_teaser(feed(full_text=True), whole)
    assert (whole.digest, whole.article.body) == (read.digest, "x" * 500)


def test_the_first_answer_primes_and_only_what_comes_later_is_news() -> None:
    """Fifty old items at a start must raise no storm."""
    memory, read = EntryMemory(), read_one(entry())
    assert memory.judge(read) is EntryFate.PRIMED
    memory.keep([read], {"If-None-Match": '"1"'})
    assert memory.judge(read) is EntryFate.KNOWN
    assert memory.judge(read_one(entry(guid="other"))) is EntryFate.NEW
    again = EntryMemory.read(memory.write())
    assert (again.judge(read), again.validators) == (EntryFate.KNOWN, {"If-None-Match": '"1"'})


def test_a_changed_entry_is_told_again_but_not_for_ever() -> None:
    """Corrections come under the same id; so do counters that change with every minute."""
    memory = EntryMemory()
    memory.keep([read_one(entry())], {})
    for number in range(MOST_REVISIONS):
        revised = read_one(entry(text=f"correction {number}"))
        assert memory.judge(revised) is EntryFate.REVISED
        memory.keep([revised], {})
    assert memory.judge(read_one(entry(text="one more"))) is EntryFate.KNOWN


def test_the_memory_of_a_feed_is_bounded() -> None:
    """A hostile feed with ever new ids costs no more than a busy one."""
    memory = EntryMemory()
    read = read_one(entry())
    many = [ReadEntry(entry_id=str(number), digest="d", article=read.article) for number in range(MOST_ENTRIES + 500)]
    memory.keep(many, {})
    assert memory.judge(many[0]) is EntryFate.NEW
    assert memory.judge(many[-1]) is EntryFate.KNOWN
    assert len(memory.write()) < 100_000


@given(st.binary(max_size=100))
def test_a_broken_cache_is_an_empty_one(data: bytes) -> None:
    """Redis may hold anything."""
    assert isinstance(EntryMemory.read(data), EntryMemory)


def test_a_list_page_gives_headlines_with_their_days() -> None:
    """Most Chinese authorities have no feed, only such lists."""
    page = """<nav><a href="/">首页</a></nav><ul>
      <li><a href="./202307/t20230713_1.html" title="市场监管总局依法对某平台作出行政处罚决定">市场监管总局依法对某平台…</a><span>2023-07-12</span></li>
      <li><a href="./202307/t20230713_2.html">关于公开征求意见的公告及其说明</a></li>
      <li><a href="/contact">联系我们</a></li></ul>"""
    assert [(found.title, found.published) for found in read_links(page)] == [
        ("市场监管总局依法对某平台作出行政处罚决定", "2023-07-12"),
        ("关于公开征求意见的公告及其说明", "2023-07-13"),
    ]
