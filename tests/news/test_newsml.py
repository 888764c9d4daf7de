"""What vendors send as NewsML-G2 and NITF: whole texts in any honest encoding, held where they must be held."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Unreadable
from services.news.intake_batch import RefusedBatch, read_batch
from services.news.newsml import read_news_xml
from services.news.parsing import IntakeRecord
from services.stories.marks import Mark, read_mark

NOW = datetime(2023, 7, 13, 6, 0, tzinfo=UTC)
PUBLISHED = datetime(2023, 7, 13, 5, 59, tzinfo=UTC)
PARAGRAPHS = (
    "<p>The <b>regulator</b> fined\n it.</p><ul><li>7 bln yuan</li><li>three years</li></ul><p>It may appeal.</p>"
)
BODY = f'<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>no news</title></head><body>{PARAGRAPHS}</body></html></inlineXML>'
NITF_HEAD = '<!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.5/specification/dtd/nitf-3-5.dtd">'


def item(meta: str = "", title: str = "SAMR fines platform", body: str = BODY, status: str = "stat:usable") -> str:
    """One item of NewsML-G2."""
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:w:1" version="1"><itemMeta>
<provider literal="Example Wire"/><versionCreated>2023-07-13T13:59:00+08:00</versionCreated>{meta}<pubStatus qcode="{status}"/></itemMeta>
<contentMeta><headline>{title}</headline></contentMeta><contentSet>{body}</contentSet></newsItem>"""


def message(*items: str) -> str:
    """Items in an envelope."""
    return f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{"".join(items)}</itemSet></newsMessage>'


def nitf(docdata: str = '<date.issue norm="20230713T055900Z"/>', status: str = "usable", title: str = "t") -> str:
    """An article of NITF with the usual document type."""
    return f"""{NITF_HEAD}<nitf><head><docdata management-status="{status}">{docdata}<doc-id id-string="https://w.example/7"/>
<doc.copyright holder="Example Wire"/></docdata></head><body><body.head><hedline><hl1>{title}</hl1></hedline></body.head>
<body.content><p>The <org>SAMR</org> fined it.</p><media><media-caption><p>A door</p></media-caption></media></body.content></body></nitf>"""


def only(document: str | bytes, charset: str = "") -> IntakeRecord:
    """The one article of a document."""
    (found,) = read_news_xml(document.encode() if isinstance(document, str) else document, NOW, charset)
    if isinstance(found, Unreadable):
        raise found
    return found


def reason_of(document: str) -> str:
    with pytest.raises(Unreadable) as refused:
        only(document)
    return refused.value.reason


def test_every_line_of_the_text_is_read_and_nothing_of_its_head() -> None:
    """The amount of a fine often stands in a list."""
    assert only(item()).body == "The regulator fined it.\n7 bln yuan\nthree years\nIt may appeal."
    plain = item(body='<inlineData contenttype="text/plain">First line.\n\nSecond line.</inlineData>')
    assert only(plain).body == "First line.\nSecond line."
    assert only(nitf()).body == "The SAMR fined it."


@pytest.mark.parametrize("encoding", ["GB18030", "Big5", "UTF-16", "utf-8-sig", "utf-16-be"])
def test_chinese_text_is_read_in_the_encoding_that_the_document_names(encoding: str) -> None:
    """The library's parser knows none of the Chinese ones."""
    document = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{item(title="市場監管總局處罰平台")}'
    data = document.encode(encoding)
    assert only(b"\xfe\xff" + data if encoding == "utf-16-be" else data).title == "市場監管總局處罰平台"


def test_the_http_header_may_name_the_encoding_and_nobody_guesses_it() -> None:
    """A wrong guess would put words into a vendor's mouth."""
    data = item(title="市场监管总局").encode("gbk")
    assert only(data, "gbk").title == "市场监管总局"
    with pytest.raises(Unreadable, match="names no other encoding"):
        only(data)


def test_names_of_characters_are_read_though_the_document_type_is_not() -> None:
    """NITF declares &nbsp; and its like in a file elsewhere, which nobody fetches."""
    found = only(nitf(title="SAMR&nbsp;fines &euro;5 mln &mdash; AT&amp;T"))
    assert found.title == "SAMR fines €5 mln — AT&T"
    assert reason_of(nitf(title="&nosuchname;")) == "not_news_xml"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (item("<embargoed>2023-07-13T09:00:00Z</embargoed>"), "embargoed"),
        (item("<embargoed/>"), "embargoed"),
        (item("<embargoed>2023-07-13T09:00:00</embargoed>"), "naive_time"),
        (item(status="stat:withheld"), "withheld"),
        (nitf('<date.issue norm="20230713T055900Z"/><date.release norm="20230713T090000Z"/>'), "embargoed"),
        (nitf(status="embargoed"), "embargoed"),
        (nitf(status="withheld"), "withheld"),
        (nitf(docdata=""), "missing_field"),
        (item().replace("2023-07-13T13:59:00+08:00", ""), "missing_field"),
        (item().replace("2023-07-13T13:59:00+08:00", "today"), "wrong_type"),
        (item(title="", status="stat:canceled"), "withdrawn"),
        (item('<itemClass qcode="ninat:picture"/>'), "no_text"),
        ("<newsItem>", "not_news_xml"),
    ],
)
def test_what_must_not_be_told_or_cannot_be_read_is_refused_with_its_word(document: str, reason: str) -> None:
    """A desk that trades on news under embargo breaks its contract, and perhaps the law."""
    assert reason_of(document) == reason


def test_an_embargo_that_has_ended_holds_nothing() -> None:
    """What was issued before and released later was not public before its release."""
    assert only(item("<embargoed>2023-07-13T05:00:00Z</embargoed>")).published_at == PUBLISHED
    released = only(nitf('<date.issue norm="20230713T040000Z"/><date.release norm="20230713T055900Z"/>'))
    assert released.published_at == PUBLISHED
    assert released.source == "Example Wire"


@pytest.mark.parametrize(
    "document", [item(status="stat:canceled"), nitf(status="canceled", title="SAMR fines platform")]
)
def test_a_cancelled_item_takes_back_what_was_told(document: str) -> None:
    """Its headline finds the story; its text, which must not be used, is gone."""
    found = only(document)
    assert found.title == "WITHDRAWN: SAMR fines platform"
    assert found.body == "Example Wire has withdrawn this report."
    assert read_mark(found.title.lower(), found.body.lower()) is Mark.RETRACTION


def test_a_correction_by_status_is_one_by_name() -> None:
    """Some wires say it in the signal alone; those that say it in the headline too say it once."""
    signal = '<signal qcode="sig:correction"/>'
    assert only(item(signal)).title == "CORRECTION: SAMR fines platform"
    assert read_mark(only(item(signal)).title.lower(), "") is Mark.CORRECTION
    assert only(item(signal, title="CORRECTED-SAMR fines it")).title == "CORRECTED-SAMR fines it"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<link href="https://w.example/1"/>', "https://w.example/1"),
        (
            '<link rel="irel:seeAlso" href="https://w.example/2"/><altId>https://w.example/1</altId>',
            "https://w.example/1",
        ),
        ('<link rel="irel:previousVersion" href="https://w.example/0"/>', ""),
        ('<link href="javascript:alert(1)"/>', ""),
        (f'<link href="https://w.example/{"x" * 2_000}"/>', ""),
    ],
)
def test_the_address_is_that_of_the_article_and_of_no_other(link: str, url: str) -> None:
    """A card that leads to another article is worse than one that leads nowhere."""
    assert only(item(link)).url == url


def test_each_item_of_a_message_has_its_own_reason_and_pictures_are_no_articles() -> None:
    """The vendor sees which of its items holds up the rest."""
    picture = item('<itemClass qcode="ninat:picture"/>')
    with pytest.raises(RefusedBatch) as refused:
        read_batch(message(picture, item(), item("<embargoed/>")).encode(), NOW)
    assert [(one.index, one.reason) for one in refused.value.articles] == [(1, "embargoed")]
    assert len(read_batch(message(picture, item(), item(title="another")).encode(), NOW)) == 2


def test_markup_in_the_json_of_a_vendor_is_no_news() -> None:
    """Many vendors send HTML in a field that says body."""
    article = {
        "source": "V",
        "url": "",
        "title": "<b>AT&amp;T</b> fined<script>x()</script>",
        "body": "<p>7 &lt; 9.</p><p>End.</p>",
        "published_at": PUBLISHED.isoformat(),
    }
    (found,) = read_batch(b"\xef\xbb\xbf" + json.dumps(article).encode() + b"\n", NOW)
    record = json.loads(found.record)
    assert (record["title"], record["body"]) == ("AT&T fined", "7 < 9.\nEnd.")


def test_depth_costs_the_sender_alone() -> None:
    """A hundred thousand elements in each other are read or refused, in work of a second at most."""
    depth = 100_000
    began = time.process_time()
    deep = item(body=f"<inlineXML>{'<a>' * depth}x{'</a>' * depth}</inlineXML>")
    assert only(deep).body == "x"
    assert time.process_time() - began < 10.0


@given(st.text(max_size=80), st.text(max_size=80), st.timedeltas(timedelta(days=-900), timedelta(days=900)))
def test_any_words_and_times_make_an_article_or_a_reason(title: str, status: str, shift: timedelta) -> None:
    """The intake answers, whatever is written in the fields."""
    moment = (NOW + shift).isoformat()
    document = (
        item(f"<embargoed>{moment}</embargoed>").replace("SAMR fines platform", title).replace("stat:usable", status)
    )
    try:
        found = read_news_xml(document.encode("utf-8", "replace"), NOW)
    except Unreadable as error:
        found = [error]
    assert all(isinstance(one, IntakeRecord) or one.reason for one in found)
    assert not any(
        isinstance(one, IntakeRecord) for one in found if shift > timedelta(minutes=2) and "cancel" not in status
    )
