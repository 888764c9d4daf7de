"""Articles as producers send them: what is read, what is refused, and with which word."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Unreadable
from services.news.parsing import MAX_BODY_CHARACTERS, detect_language, parse_article

ARRIVED = datetime(2023, 7, 13, 2, 0, tzinfo=UTC)
GOOD = {
    "source": "Harbour Wire",
    "url": "https://news.example/a",
    "title": "Regulator ends probe",
    "body": "The regulator said on Thursday that the probe has ended.",
    "published_at": "2023-07-13T09:59:00+08:00",
}


def record(**changes: object) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def test_an_article_is_read_with_times_in_utc() -> None:
    """The zone of the source must not decide what is stale."""
    article = parse_article(record(), ARRIVED)
    assert article.published_at == datetime(2023, 7, 13, 1, 59, tzinfo=UTC)
    assert article.received_at == ARRIVED
    assert article.language == "en"


def test_the_record_may_say_when_it_was_received() -> None:
    """Replayed days carry their own time of arrival."""
    article = parse_article(record(received_at="2023-07-13T02:00:30Z"), ARRIVED)
    assert article.received_at == ARRIVED + timedelta(seconds=30)


def test_the_id_follows_the_content_and_nothing_else() -> None:
    """The same article twice is the same id; one changed word is another."""
    assert (
        parse_article(record(), ARRIVED).article_id == parse_article(record(), ARRIVED + timedelta(hours=1)).article_id
    )
    assert parse_article(record(), ARRIVED).article_id != parse_article(record(title="x"), ARRIVED).article_id


def test_a_long_body_is_cut_and_says_so() -> None:
    """The reader sees the first 20,000 characters; a card must not pretend that it saw all."""
    article = parse_article(record(body="word " * 10_000), ARRIVED)
    assert article.truncated
    assert len(article.body) <= MAX_BODY_CHARACTERS


def test_hidden_characters_are_gone() -> None:
    """Zero-width and direction characters would split names and turn text around on the card."""
    article = parse_article(record(title="Ten\u200bcent \u202eevil\u202c\x00 fined"), ARRIVED)
    assert article.title == "Tencent evil fined"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"nonsense", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (record()[:-5], "not_json"),
        (b"[" * 200_000, "wrong_type"),
        (b'{"source":' + b"[" * 200_000, "wrong_type"),
        (b'{"x":' + b"9" * 5_000 + b"}", "missing_field"),
        (b"x" * 5_000_000, "too_large"),
        (b"{}", "missing_field"),
        (record(title=7), "wrong_type"),
        (record(title=None), "wrong_type"),
        (record(title="", body=""), "no_text"),
        (record(published_at="2023-07-13T09:59:00"), "naive_time"),
        (record(published_at="yesterday"), "wrong_type"),
        (record(published_at=True), "wrong_type"),
        (record(published_at="2023-07-14T09:59:00+08:00"), "future_time"),
        (record(published_at="1970-01-01T00:00:00Z"), "ancient_time"),
        (record(published_at="0001-01-01T00:00:00+14:00"), "ancient_time"),
        (record(url="javascript:alert(1)"), "bad_url"),
        (record(url="https://[broken"), "bad_url"),
        (record(schema_version=2), "newer_schema"),
        (record().replace(b'"source": "Harbour Wire"', b'"source": NaN'), "not_json"),
    ],
)
def test_each_bad_record_has_its_word(data: bytes | None, reason: str) -> None:
    """The word tells a person at the dead-letter topic what to mend."""
    with pytest.raises(Unreadable) as caught:
        parse_article(data, ARRIVED)
    assert caught.value.reason == reason


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_word(data: bytes) -> None:
    """Nothing else may come out: an unexpected exception would stop the line."""
    try:
        parse_article(data, ARRIVED)
    except Unreadable as error:
        assert error.reason


_WRONG = [None, True, 7, -1.5, "", "x", [], {}, ["x"], {"x": 1}, 10**30, "\x00\ud800", "2023-07-13T10:05:00", "9999-12-31T23:59:59Z"]  # fmt: skip


def test_ten_thousand_records_with_wrong_fields_raise_nothing_unexpected() -> None:
    """Fields missing, foreign, of another type or cut short: each record is read or refused with a word of ours."""
    chance, good, words = random.Random(20), json.loads(record()), set()
    for _ in range(10_000):
        fields: dict[str, object] = dict(good)
        for name in chance.sample(
            [*good, "feed", "date_from", "updated_at", "schema_version", "more"], chance.randint(0, 4)
        ):
            if chance.random() < 0.3:
                fields.pop(name, None)
            else:
                fields[name] = chance.choice(_WRONG)
        data = json.dumps(fields).encode()
        try:
            article = parse_article(data[: len(data) - (chance.random() < 0.05) * chance.randint(1, 40)], ARRIVED)
        except Unreadable as error:
            words.add(error.reason)
        else:
            words.add("read")
            msgspec.json.encode(article)
    often = {"read", "not_json", "wrong_type", "missing_field", "newer_schema", "naive_time", "bad_url"}
    assert often <= words <= often | {"future_time", "no_text"}


@given(title=st.text(max_size=200), body=st.text(max_size=200), source=st.text(max_size=50))
def test_any_text_survives_utf8(title: str, body: str, source: str) -> None:
    """Lone surrogates pass JSON and die at the encoder: they must be gone before."""
    try:
        article = parse_article(record(title=title, body=body, source=source), ARRIVED)
    except Unreadable as error:
        assert error.reason in ("no_text", "not_json")
        return
    (article.title + article.body + article.source).encode("utf-8")


def test_language_is_decided_by_the_letters() -> None:
    """Tickers and figures in a Chinese text do not make it English."""
    assert detect_language("国务院总理主持召开平台企业座谈会 (0700.HK, 3690.HK) 2023") == "zh"
    assert detect_language("Premier Li Qiang 李强 met platform companies on Wednesday") == "en"
