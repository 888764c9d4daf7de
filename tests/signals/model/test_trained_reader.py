"""The reader as it ships: hard cases, odd texts, evidence that is verbatim, and a model that says who it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, json

from config.tone_model import load_reader, load_tone_model
from services.news.article import Article
from services.news.parsing import detect_language
from services.signals.explanation import explain_article
from services.signals.reading import read_article
from services.signals.signal import Reading, Tone

WHEN = datetime(2024, 6, 1, tzinfo=UTC)
READER = load_reader()
PROMPT = "监管总局对某平台涉嫌垄断立案调查，并处以罚款5亿元。"


class Case(Struct, frozen=True):
    """One row of the guideline's table of hard cases."""

    split: str
    case: str
    tone: Tone
    score: float | None
    title: str
    body: str


ROWS = 20
"""The guideline's table of hard cases stands first in the file."""
HARD_CASES = [
    json.decode(line, type=Case)
    for line in (Path(__file__).parents[1] / "tone_cases.jsonl").read_bytes().splitlines()[:ROWS]
]


def read(title: str, body: str = "") -> Reading:
    return read_article(as_article(title, body), READER)


def as_article(title: str, body: str = "") -> Article:
    return Article(
        article_id="a", source="s", url="", language=detect_language(title + body), title=title, body=body,
        published_at=WHEN, received_at=WHEN,
    )  # fmt: skip


@pytest.mark.parametrize("case", HARD_CASES, ids=lambda case: case.case)
def test_every_hard_case_of_the_guideline_keeps_its_sign(case: Case) -> None:
    """These are the texts that other readers get wrong: none may be read with the opposite sign."""
    said = read(case.title, case.body).tone
    opposite = {Tone.SUPPORTIVE: Tone.RESTRICTIVE, Tone.RESTRICTIVE: Tone.SUPPORTIVE}
    assert said is not opposite.get(case.tone)


def test_most_hard_cases_of_the_guideline_have_their_label() -> None:
    """At most one in ten may be unclear or next door."""
    right = sum(read(case.title, case.body).tone is case.tone for case in HARD_CASES)
    assert right >= 0.9 * len(HARD_CASES)


@pytest.mark.parametrize(
    ("plain", "variant"),
    [
        (PROMPT, opencc.OpenCC("s2t").convert(PROMPT)),
        ("央行下调存款准备金率0.5个百分点", "央行下调存款准备金率０．５个百分点"),
        ("SEC fines Coinbase $50 million", "ＳＥＣ fines Coinbase ＄50 million"),
    ],
)
def test_script_and_width_do_not_change_the_reading(plain: str, variant: str) -> None:
    """Hong Kong writes the same news in traditional characters, terminals in full width."""
    first, second = read(plain), read(variant)
    assert (first.tone, first.regulators, first.stage) == (second.tone, second.regulators, second.stage)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("", "。"),
        ("?", ""),
        ("", "\n\n"),
        ("中", ""),
        ("a" * 5_000, ""),
        ("", "监管" * 500_000),
        ("x", "word " * 200_000),
    ],
)
def test_odd_texts_are_read_without_an_error(title: str, body: str) -> None:
    """Empty, endless or senseless: one such article must not stop the line."""
    assert 0 <= read(title, body).confidence <= 1


def test_a_text_in_two_languages_is_read() -> None:
    """Hong Kong filings carry both."""
    reading = read(
        "SAMR fines Alibaba 市场监管总局处罚阿里巴巴", "总局决定罚款182亿元。 The fine is 4 percent of sales."
    )
    assert reading.tone is Tone.RESTRICTIVE
    assert "SAMR" in reading.regulators


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=600))
def test_evidence_is_always_verbatim(title: str, body: str) -> None:
    """A quotation that nobody said would end the trust in the card."""
    for evidence in read(title, body).evidence:
        assert evidence.sentence in body or evidence.sentence in title


def test_the_version_names_the_model_by_its_digest() -> None:
    """Two trainings must never look alike in a signal."""
    assert re.fullmatch(r"rules-\d+\+tone-\d+-[0-9a-f]{8}", READER.version)


def test_an_explanation_agrees_with_the_reading() -> None:
    """What is explained is what was decided."""
    article = as_article(
        "SAMR fines Tencent 5 million yuan", "The regulator cited failures to report mergers. Shares fell."
    )
    explanation = explain_article(article, READER)
    assert explanation.reading == read_article(article, READER)
    assert max(explanation.chances, key=lambda tone: explanation.chances[tone]) == explanation.reading.tone.value
    assert sum(sentence.share or 0 for sentence in explanation.sentences) == pytest.approx(1, abs=1e-4)
    assert {name.owner for name in explanation.names} == {"SAMR", "tencent"}


def test_the_gate_lets_sport_go_and_never_a_fine() -> None:
    """The gate is there for speed: what it lets go must be of another world."""
    model = load_tone_model()
    sport = as_article("Late goal sends hosts into the final", "A header in the 89th minute decided a tight match.")
    assert read_article(sport, READER).tone is Tone.IRRELEVANT
    fine = read("Antitrust regulator fines Alibaba 18 billion yuan", "")
    assert fine.tone is Tone.RESTRICTIVE
    assert model.version in READER.version
