"""Vendors hand articles over by HTTP or as files: all of them or none, with a clear word, and never twice lost."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Secret
from services.errors import Misconfigured, Unavailable, Unreadable
from services.news.intake_batch import MOST_ARTICLES, read_batch
from services.news.parsing import parse_article
from streams.feeds.article_intake import LARGEST_BYTES, ArticleIntake, serving_intake
from streams.feeds.drop_folder import DropFolder
from tests.streams.hostile_server import KeptSender

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


def post(body: bytes | str, sender: KeptSender | None = None, token: str | None = TOKEN) -> tuple[int, Any, Any]:
    """Status, answer and headers of one call."""

    async def call() -> tuple[int, Any, Any]:
        intake = ArticleIntake(Secret(TOKEN), sender or KeptSender(), lambda: NOW)
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with (
            serving_intake(intake, "127.0.0.1", 0) as port,
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{port}/v1/articles", data=body, headers=headers) as response,
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
        (NEWSML.replace("stat:usable", "stat:canceled"), "withdrawn"),
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


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_clear_word(data: bytes) -> None:
    """The intake answers, whatever is sent."""
    try:
        read_batch(data, NOW)
    except Unreadable as error:
        assert error.reason


def drop(folder: Path, sender: KeptSender) -> tuple[int, int]:
    return asyncio.run(DropFolder(folder, sender, lambda: NOW).take_all())


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


def test_a_folder_that_cannot_be_used_is_said_at_the_start(tmp_path: Path) -> None:
    """Not when the first file comes."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Misconfigured, match="INTAKE_FOLDER"):
        DropFolder(tmp_path / "file", KeptSender())
