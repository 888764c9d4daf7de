"""The whole reader: one article in, one Reading out, on any text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.news.article import Article
from services.signals.entities import Catalogue, Issuer, ListingEntry, Regulator, Sector
from services.signals.judgement import MINIMUM_CONFIDENCE
from services.signals.reading import Reader, read_article
from services.signals.signal import Reading, Role, Stage, Tone

WHEN = datetime(2023, 7, 13, tzinfo=UTC)


def regulator(identity: str, name_en: str, name_zh: str, aliases_en: tuple[str, ...] = ()) -> Regulator:
    return Regulator(
        id=identity, name_en=name_en, name_zh=name_zh, jurisdiction="CN", kind="ministry", aliases_en=aliases_en
    )


def issuer(identity: str, name_en: str, name_zh: str, instrument: str) -> Issuer:
    listing = ListingEntry(instrument=instrument, exchange="XHKG")
    return Issuer(id=identity, name_en=name_en, name_zh=name_zh, sector="internet_platforms", listings=(listing,))


REGULATORS = (
    regulator("STATE_COUNCIL", "State Council", "国务院", ("Premier Li Qiang",)),
    regulator("NDRC", "National Development and Reform Commission", "国家发展改革委"),
    regulator("SAMR", "State Administration for Market Regulation", "市场监管总局"),
)
ISSUERS = (issuer("tencent", "Tencent", "腾讯", "0700.HK"), issuer("meituan", "Meituan", "美团", "3690.HK"))
PLATFORMS = Sector(
    id="internet_platforms",
    name_en="internet platforms",
    name_zh="平台企业",
    aliases_en=("platform companies", "platform economy"),
    representatives=("tencent", "meituan"),
)
READER = Reader(
    Catalogue(
        {entry.id: entry for entry in REGULATORS},
        {PLATFORMS.id: PLATFORMS},
        {entry.id: entry for entry in ISSUERS},
        {"XHKG": "HSI"},
    )
)


def read(title: str, body: str) -> Reading:
    article = Article(
        article_id="a", source="s", url="", language="en", title=title, body=body, published_at=WHEN, received_at=WHEN
    )
    return read_article(article, READER)


SYMPOSIUM = (
    "Premier Li Qiang chaired a symposium with platform companies on Wednesday and encouraged them to create jobs. "
    "The rectification of major problems in the platform economy has been completed, officials said. "
    "On the same day the National Development and Reform Commission approved projects of Tencent and Meituan."
)


def test_the_symposium_reads_supportive_with_both_authorities_and_the_platforms() -> None:
    """The story that the service was made for."""
    reading = read("Premier meets platform companies", SYMPOSIUM)
    assert reading.tone is Tone.SUPPORTIVE
    assert reading.score == pytest.approx(0.7, abs=0.2)
    assert reading.stage in (Stage.MEETING, Stage.COMPLETION)
    assert set(reading.regulators) == {"STATE_COUNCIL", "NDRC"}
    assert "internet_platforms" in reading.sectors
    assert {exposure.instrument for exposure in reading.exposures} == {"0700.HK", "3690.HK"}


def test_a_fine_names_the_company_as_directly_exposed() -> None:
    """The act is about this company."""
    reading = read("市场监管总局对美团罚款", "市场监管总局依法对美团处以34亿元罚款。")
    assert reading.tone is Tone.RESTRICTIVE
    assert [(exposure.issuer, exposure.role) for exposure in reading.exposures] == [("meituan", Role.DIRECT)]


def test_a_company_that_bans_its_own_users_is_irrelevant() -> None:
    """The catalogue tells who the actor is; no authority acts here."""
    reading = read("Tencent bans 3,000 accounts", "Tencent banned the accounts for cheating in a game.")
    assert reading.tone is Tone.IRRELEVANT


def test_an_irrelevant_article_carries_nothing_but_the_reason() -> None:
    """No exposure may come from an article without an act."""
    reading = read("Tencent posts record profit", "Revenue rose 11 percent and beat estimates.")
    assert (reading.tone, reading.score, reading.stage) == (Tone.IRRELEVANT, None, None)
    assert reading.exposures == ()
    assert reading.evidence == ()
    assert reading.notes


def test_an_unsure_reading_says_unclear_and_keeps_the_score() -> None:
    """Half for, half against: an answer, shown as such."""
    reading = read("", "The ministry imposed a ban on e-cigarettes. The ministry approved a subsidy for chip plants.")
    assert reading.confidence < MINIMUM_CONFIDENCE
    assert reading.tone is Tone.UNCLEAR
    assert reading.score is not None


texts = st.text(max_size=300) | st.lists(
    st.sampled_from(
        [
            "The regulator",
            "fined",
            "lifted the ban",
            "Tencent",
            "罚款",
            "取消",
            "限制",
            "，",
            ". ",
            "\n",
            "US",
            "?",
            "in 2021",
        ]
    ),
    max_size=25,
).map(" ".join)


@given(texts, texts)
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_sound_reading(title: str, body: str) -> None:
    """News comes from anywhere; the reader must answer, in bounds, with verbatim evidence."""
    reading = read(title, body)
    assert 0.0 <= reading.confidence <= 1.0
    assert (reading.score is None) or -1.0 <= reading.score <= 1.0
    assert len(reading.evidence) <= 3
    assert all(item.sentence in title or item.sentence in body for item in reading.evidence)
