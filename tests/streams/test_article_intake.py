"""Vendors hand articles over by HTTP or as files: all of them or none, with a clear word, and never twice lost."""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from config.settings import Secret
from services.errors import Misconfigured, Unavailable, Unreadable
from services.news.intake_batch import MOST_ARTICLES, read_batch
from services.news.parsing import parse_article
from streams.feeds import article_intake
from streams.feeds.article_intake import LARGEST_BYTES, ArticleIntake, serving_intake
from streams.feeds.drop_folder import DropFolder
from streams.feeds.feed_metrics import OUTCOMES_BY_WAY_IN
from tests.streams.hostile_server import KeptSender, gzip_bomb, packed

NOW = datetime(2023, 7, 13, 6, 0, tzinfo=UTC)
TOKEN = "intake-CANARY-97531"
GOOD = {
    "source": "Vendor",
    "url": "https://v.example/1",
    "title": "SEC fines bank",
    "published_at": "2023-07-13T05:59:00Z",
}
NEWSML = """<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem><itemMeta>
<provider literal="Example Wire"/><versionCreated>2023-07-13T13:59:00+08:00</versionCreated><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><headline>SAMR fines platform</headline></contentMeta><contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml">
<body><p>The regulator fined it.</p><p>It will not appeal.</p></body></html></inlineXML></contentSet></newsItem></itemSet></newsMessage>"""
NITF = """<nitf><head><title>t</title><docdata><date.issue norm="2023-07-13T05:59:00Z"/></docdata></head><body><body.head>
<hedline><hl1>SAMR fines platform</hl1></hedline><distributor>Example Wire</distributor></body.head>
<body.content><p>The regulator fined it.</p></body.content></body></nitf>"""


def post(
    body: Any,
    sender: KeptSender | None = None,
    token: str | None = TOKEN,
    *,
    headers: dict[str, str] | None = None,
    method: str = "POST",
    path: str = "/v1/articles",
) -> tuple[int, Any, Any]:
    """Status, answer and headers of one call."""

    async def call() -> tuple[int, Any, Any]:
        intake = ArticleIntake(Secret(TOKEN), sender or KeptSender(), lambda: NOW)
        given = {**(headers or {}), **({} if token is None else {"Authorization": f"Bearer {token}"})}
        async with (
            serving_intake(intake, "127.0.0.1", 0) as port,
            aiohttp.ClientSession() as session,
            session.request(method, f"http://127.0.0.1:{port}{path}", data=body, headers=given) as response,
        ):
            return response.status, await response.json(), response.headers.copy()

    return asyncio.run(call())


@pytest.mark.parametrize("body", [json.dumps(GOOD), json.dumps([GOOD, {**GOOD, "url": ""}]), NEWSML, NITF], ids=["one", "list", "newsml", "nitf"])  # fmt: skip
def test_what_is_accepted_lies_on_the_topic_under_the_told_ids(body: str) -> None:
    """The vendor can follow its article by the id that the whole line uses."""
    sender = KeptSender()
    status, answer, _ = post(body, sender)
    assert status == 202
    parsed = [parse_article(article.value, NOW) for article in sender.sent]
    assert [article["article_id"] for article in answer["articles"]] == [article.article_id for article in parsed]
    assert {article.published_at for article in parsed} == {datetime(2023, 7, 13, 5, 59, tzinfo=UTC)}
    assert {article.received_at for article in parsed} == {NOW}


def test_the_words_of_vendor_xml_are_the_articles() -> None:
    """Headline, paragraphs, provider."""
    (found,) = read_batch(NEWSML.encode(), NOW)
    article = parse_article(found.record, NOW)
    assert (article.source, article.title) == ("Example Wire", "SAMR fines platform")
    assert article.body == "The regulator fined it.\nIt will not appeal."


def test_a_vendor_cannot_forge_what_only_our_feeds_say() -> None:
    """Neither when it reached us nor that it is official."""
    forged = {**GOOD, "received_at": "2030-01-01T00:00:00Z", "authority": "official", "feed": "sec-press", "published_at": "2029-01-01T00:00:00Z"}  # fmt: skip
    assert post(json.dumps(forged))[1]["articles"][0]["reason"] == "future_time"
    (found,) = read_batch(json.dumps({**GOOD, "authority": "official"}).encode(), NOW)
    assert "authority" not in json.loads(found.record)


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", "\u00e9"])
def test_without_the_token_nothing_is_taken(token: str | None) -> None:
    """And nothing is said about why."""
    sender = KeptSender()
    status, answer, _ = post(json.dumps(GOOD), sender, token)
    assert (status, answer, sender.sent) == (401, {"error": "unauthorized"}, [])


def test_one_broken_article_refuses_all_and_each_reason_is_told() -> None:
    """The vendor repairs it and sends all again; half a batch would leave it guessing."""
    sender = KeptSender()
    body = json.dumps([GOOD, {**GOOD, "published_at": "2023-07-13T05:59:00"}, {"title": "x"}])
    status, answer, _ = post(body, sender)
    assert (status, sender.sent) == (400, [])
    assert [(refused["index"], refused["reason"]) for refused in answer["articles"]] == [
        (1, "naive_time"),
        (2, "missing_field"),
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty"),
        ("[]", "empty"),
        ("hello", "not_json"),
        ("[" * 100_000, "too_deep"),
        (json.dumps([GOOD] * (MOST_ARTICLES + 1)), "too_many"),
        ("<html></html>", "not_news_xml"),
        ("<broken", "not_news_xml"),
        ('<!DOCTYPE n [<!ENTITY a "b">]><nitf>&a;</nitf>', "unsafe_xml"),
        (NEWSML.replace("stat:usable", "stat:withheld"), "withheld"),
        (NITF.replace("05:59:00Z", "05:59:00"), "naive_time"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_word(body: str, reason: str) -> None:
    """400, and the reason is one of a closed set."""
    status, answer, _ = post(body)
    assert (status, answer["error"]) == (400, reason) or answer["articles"][0]["reason"] == reason


def test_a_body_over_the_limit_is_not_read() -> None:
    """1 MB, as for a record of the topic."""
    assert post(b"x" * (LARGEST_BYTES + 1))[0] == 413


def test_while_kafka_is_away_the_vendor_is_asked_to_come_again() -> None:
    """503 with a time; nothing was taken."""
    status, _, headers = post(json.dumps(GOOD), KeptSender(is_away=True))
    assert (status, headers["Retry-After"]) == (503, "2")


def test_a_packed_body_is_taken_and_a_bomb_is_left_while_it_is_small() -> None:
    """194 KB become 200 MB: over after 1 MB, without the memory; what is no gzip at all is said so."""
    packing = {"Content-Encoding": "gzip"}
    assert post(packed(json.dumps(GOOD)), headers=packing)[0] == 202
    bomb = gzip_bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status, answer, _ = post(bomb, headers=packing)
    assert (status, answer["error"]) == (413, "too_large")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
    for body, encoding in ((b"plain", "gzip"), (packed("x")[:-4], "gzip"), (b"x", "br")):
        status, answer, _ = post(body, headers={"Content-Encoding": encoding})
        assert (status, answer["error"]) == (400, "bad_encoding")


def test_a_body_that_trickles_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps every idle timeout happy."""
    monkeypatch.setattr(article_intake, "BODY_SECONDS", 0.1)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"["
        await asyncio.Event().wait()

    assert post(trickle())[0] == 408


def test_the_charset_of_the_header_counts_for_xml() -> None:
    """As RFC 7303 says; a vendor in China may send GBK without a word in the document."""
    sender = KeptSender()
    document = NITF.replace("SAMR fines platform", "市场监管总局处罚平台").encode("gbk")
    assert post(document, sender, headers={"Content-Type": "text/xml; charset=gbk"})[0] == 202
    assert json.loads(sender.sent[0].value)["title"] == "市场监管总局处罚平台"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/articles", 405), ("POST", "/articles", 404)])
def test_a_call_that_misses_the_address_is_told_where_it_is(method: str, path: str, status: int) -> None:
    """In JSON, as every answer."""
    found, answer, _ = post(b"", method=method, path=path)
    assert found == status
    assert "/v1/articles" in answer["detail"]


def test_every_call_is_counted_also_those_that_are_turned_away() -> None:
    """Somebody who guesses tokens, or a vendor whose calls fail, shows on the dashboard."""
    body = json.dumps([GOOD, GOOD])
    before = {outcome: counted(outcome) for outcome in OUTCOMES_BY_WAY_IN["http"]}
    post(body)
    post(body, token="wrong")
    post(body, KeptSender(is_away=True))
    post(json.dumps([{}, {}]))
    post("x" * (LARGEST_BYTES + 1))
    post("x", headers={"Content-Encoding": "gzip"})
    assert {outcome: counted(outcome) - was for outcome, was in before.items()} == {
        **{"accepted": 2, "unauthorized": 1, "unsent": 2, "refused": 2},
        **{"too_large": 1, "bad_encoding": 1, "timeout": 0},
    }


def counted(outcome: str, way: str = "http") -> float:
    return REGISTRY.get_sample_value("policy_signals_intake_articles_total", {"way": way, "outcome": outcome}) or 0.0


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_clear_word(data: bytes) -> None:
    """The intake answers, whatever is sent."""
    try:
        read_batch(data, NOW)
    except Unreadable as error:
        assert error.reason


def drop(folder: Path, sender: KeptSender, now: datetime = NOW) -> tuple[int, int]:
    return asyncio.run(DropFolder(folder, sender, lambda: now).take_all())


def test_dropped_files_are_sent_and_moved(tmp_path: Path) -> None:
    """done/ or refused/ with a reason; what is half written or a link stays untouched."""
    (tmp_path / "a.json").write_text(json.dumps(GOOD), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(f"{json.dumps(GOOD)}\n\n{json.dumps(GOOD)}\n", encoding="utf-8")
    (tmp_path / "c.xml").write_text(NITF, encoding="utf-8")
    (tmp_path / "d.json").write_text("{", encoding="utf-8")
    (tmp_path / ".e.json").write_text("{", encoding="utf-8")
    (tmp_path / "f.json.part").write_text("{", encoding="utf-8")
    (tmp_path / "g.json").symlink_to("/etc/hostname")
    sender = KeptSender()
    assert drop(tmp_path, sender) == (3, 1)
    assert len(sender.sent) == 4
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["a.json", "b.jsonl", "c.xml"]
    reason = json.loads((tmp_path / "refused" / "d.json.reason.json").read_text(encoding="utf-8"))
    assert reason["articles"][0]["reason"] == "not_json"
    assert {path.name for path in tmp_path.iterdir()} == {"done", "refused", ".e.json", "f.json.part", "g.json"}


def test_files_wait_while_kafka_is_away_and_names_may_come_again(tmp_path: Path) -> None:
    """A file is moved when its articles are acknowledged; a second of the same name overwrites nothing."""
    (tmp_path / "a.json").write_text(json.dumps(GOOD), encoding="utf-8")
    with pytest.raises(Unavailable):
        drop(tmp_path, KeptSender(is_away=True))
    assert (tmp_path / "a.json").exists()
    drop(tmp_path, KeptSender())
    (tmp_path / "a.json").write_text(json.dumps(GOOD), encoding="utf-8")
    drop(tmp_path, KeptSender())
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["a-2.json", "a.json"]


def test_a_file_under_embargo_stays_until_that_ends(tmp_path: Path) -> None:
    """A vendor that drops files has no second try: refused, the news would never be told."""
    document = NEWSML.replace("</itemMeta>", "<embargoed>2023-07-13T09:00:00Z</embargoed></itemMeta>")
    (tmp_path / "a.xml").write_text(document, encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(GOOD), encoding="utf-8")
    sender = KeptSender()
    assert drop(tmp_path, sender) == (1, 0)
    assert (tmp_path / "a.xml").exists()
    assert drop(tmp_path, sender, datetime(2023, 7, 13, 9, 0, tzinfo=UTC)) == (1, 0)
    assert (tmp_path / "done" / "a.xml").exists()


def test_a_file_that_may_not_be_read_or_moved_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted at every look and named once in the log."""
    for name in "abc":
        (tmp_path / f"{name}.json").write_text(json.dumps(GOOD), encoding="utf-8")
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "a.json":
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    before, sender = counted("unread", "folder"), KeptSender()
    assert drop(tmp_path, sender) == (2, 0)
    assert len(sender.sent) == 2
    assert counted("unread", "folder") == before + 1


def test_a_folder_that_cannot_be_used_is_said_at_the_start(tmp_path: Path) -> None:
    """Not when the first file comes."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Misconfigured, match="INTAKE_FOLDER"):
        DropFolder(tmp_path / "file", KeptSender())
