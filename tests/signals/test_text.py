"""Sentences stay verbatim, folding hides tricks of writing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.news.article import Article
from services.signals.text import LONGEST_QUOTE, fold, is_word_list, quote, split_article, split_sentences

WHEN = datetime(2024, 6, 1, tzinfo=UTC)


def texts_of(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text, in_title=False)]


def test_english_splits_at_sentence_ends_and_not_inside_abbreviations_or_numbers() -> None:
    """A sentence cut at "U.S." would lose the authority that acts."""
    text = "The U.S. Treasury acted. Mr. Lee of Acme Inc. said rates fell to 2.5 percent. What now? Nothing."
    assert texts_of(text) == [
        "The U.S. Treasury acted.",
        "Mr. Lee of Acme Inc. said rates fell to 2.5 percent.",
        "What now?",
        "Nothing.",
    ]


def test_chinese_splits_at_full_stops_and_keeps_closing_quotes() -> None:
    """The quote mark belongs to the sentence that it closes."""
    assert texts_of("监管部门表示：“整改已完成。”下一步将常态化监管！随后散会") == [
        "监管部门表示：“整改已完成。”",
        "下一步将常态化监管！",
        "随后散会",
    ]


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_every_sentence_is_a_verbatim_piece_at_its_offset(text: str) -> None:
    """Evidence must be findable in the article with a plain search."""
    for sentence in split_sentences(text, in_title=False):
        assert text[sentence.start : sentence.start + len(sentence.text)] == sentence.text


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    """A folded text is a fixed point, so rules see one form only; rare letters may need the second lower case."""
    once = fold(fold(text))
    assert fold(once) == once


def test_zero_width_and_direction_characters_do_not_hide_words() -> None:
    """An invisible character inside "ban" must not make it another word."""
    assert fold("B\u200ba\u202en\ufeff") == "ban"


def test_traditional_full_width_and_curly_text_fold_to_one_form() -> None:
    """One vocabulary serves both scripts."""
    assert fold("監管部門對ＡＩ平台罰款") == "监管部门对ai平台罚款"
    assert fold("regulator\u2019s") == "regulator's"


def test_the_united_states_are_told_from_the_pronoun() -> None:
    """ "US sues" is an authority that acts, "let us" is not; case is lost after folding."""
    assert fold("US sues us") == fold("U.S. sues us") == "usa sues us"


def test_long_articles_are_read_up_to_the_bound() -> None:
    """A huge body costs bounded time."""
    body = "The regulator acted. " * 5_000
    article = Article(
        article_id="a", source="s", url="", language="en", title="t", body=body, published_at=WHEN, received_at=WHEN
    )
    sentences = split_article(article)
    assert len(sentences) == 400
    assert sentences[0].in_title


@given(st.text(min_size=1, max_size=1_500), st.integers(0, 1_500))
@settings(max_examples=100, deadline=None)
def test_a_quote_is_verbatim_and_bounded(text: str, around: int) -> None:
    """A quote is a piece of the sentence and fits on the card."""
    piece = quote(text, around)
    assert piece in text
    assert len(piece) <= LONGEST_QUOTE


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ("tags: ban, fine, probe, tax cut, relief, waiver", True),
        ("关键词:禁止、罚款、立案、整治、制裁、吊销、收紧。", True),
        ("tencent / alibaba / meituan / jd / baidu / netease", True),
        ("the regulator fined tencent, alibaba, meituan, jd, baidu and netease", False),
        ("北京、上海、广州、深圳、杭州、成都六市取消限购。", False),
        ("the bank eased rules, cut fees and lifted the cap.", False),
    ],
)
def test_a_line_of_tags_is_no_sentence(text: str, is_list: bool) -> None:
    """A page may carry any words; in a list of them nobody does anything."""
    assert is_word_list(text) is is_list
