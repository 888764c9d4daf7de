"""The text of an article as the reader sees it: sentences that stay verbatim beside a folded form for matching."""

from __future__ import annotations

import re
import unicodedata

import opencc
from msgspec import Struct

from services.news.article import Article

MAX_CHARACTERS = 20_000
MAX_SENTENCES = 400
LONGEST_SENTENCE = 900
LONGEST_QUOTE = 300

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_QUOTES = str.maketrans("’‘‛`´“”„«»—–‐‑", "'''''\"\"\"\"\"----")
_STOP = re.compile(
    r"[。！？!?]+[”’」』\"')\]]*"
    r"|\.+[”’\"')\]]*(?=\s)"
    r"|\n+"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|sen|rep|gov|gen|st|no|nos|vs|inc|corp|co|ltd|llc|plc|jr|sr|dept|est|approx|fig|art|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)|\b[a-z](?:\.[a-z])*)$",
    re.IGNORECASE,
)
_UNITED_STATES = re.compile(r"\bU\.S\.(?:A\.)?|\bUS\b(?!\$)")
_LIST_HEAD = re.compile(r"^(?:tags?|keywords?|topics?|labels?|关键词|关键字|标签|主题)\s*[:：]\s*")
_BETWEEN_WORDS = re.compile(r"[,，、;；|#/·]+")
FEWEST_PIECES = 6
LONGEST_PIECE = 3
LONGEST_HAN_PIECE = 8
_to_simplified = opencc.OpenCC("t2s")


class Sentence(Struct, frozen=True):
    """One sentence. ``text`` is verbatim: ``article.title`` or ``article.body`` from ``start`` on."""

    text: str
    start: int
    in_title: bool
    folded: str
    """Lower case, NFKC, simplified characters, one space between words: only for matching."""


def split_article(article: Article) -> tuple[Sentence, ...]:
    """Title first, then the body's sentences, at most 400 of them from the first 20,000 characters."""
    title = split_sentences(article.title[:MAX_CHARACTERS], in_title=True)
    body = split_sentences(article.body[:MAX_CHARACTERS], in_title=False)
    body = tuple(sentence for sentence in body if not is_word_list(sentence.folded))
    return (title + body)[:MAX_SENTENCES]


def is_word_list(folded: str) -> bool:
    """True for a line of tags or keywords: six pieces or more, none longer than three words or eight characters of Han.

    Nobody does anything in it, whatever the words are, and a page may carry any.

    >>> is_word_list("tags: ban, fine, probe, tax cut, relief, waiver")
    True
    >>> is_word_list("the regulator fined tencent, alibaba, meituan, jd, baidu and netease")
    False
    """
    pieces = [piece.strip() for piece in _BETWEEN_WORDS.split(_LIST_HEAD.sub("", folded)) if piece.strip(" .。")]
    return len(pieces) >= FEWEST_PIECES and all(
        len(piece) <= LONGEST_HAN_PIECE if _HAN.search(piece) else len(piece.split()) <= LONGEST_PIECE
        for piece in pieces
    )


def split_sentences(text: str, *, in_title: bool) -> tuple[Sentence, ...]:
    """Sentences of an English or Chinese text with their offsets; a title is one sentence per line."""
    spans = _line_spans(text) if in_title else _sentence_spans(text)
    sentences = []
    for start, end in spans:
        piece = text[start:end]
        verbatim = piece.strip()
        if verbatim:
            offset = start + len(piece) - len(piece.lstrip())
            sentences.append(Sentence(verbatim, offset, in_title, fold(verbatim)))
    return tuple(sentences)


def fold(text: str) -> str:
    """The form that rules are matched against; same text in other width, script or case folds to the same string.

    >>> fold("ＡＩ  規則")
    'ai 规则'
    """
    clean = _UNITED_STATES.sub("usa", _UNSEEN.sub("", text)).replace("U.K.", "UK")
    if not clean.isascii():
        clean = unicodedata.normalize("NFKC", clean).translate(_QUOTES)
        if _HAN.search(clean):
            clean = _to_simplified.convert(clean)
    return _SPACE.sub(" ", clean).strip().lower()


def quote(text: str, around: int = 0) -> str:
    """At most 300 verbatim characters of a sentence, cut at a clause or word around the offset given."""
    if len(text) <= LONGEST_QUOTE:
        return text
    start = max(0, min(around - LONGEST_QUOTE // 3, len(text) - LONGEST_QUOTE))
    piece = text[start : start + LONGEST_QUOTE]
    first = re.search(r"[\s，；,;]", piece[:60]) if start else None
    last = re.search(r"[\s，；,;][^\s，；,;]*$", piece) if start + LONGEST_QUOTE < len(text) else None
    return piece[first.end() if first else 0 : last.start() if last else None].strip()


def _line_spans(text: str) -> list[tuple[int, int]]:
    return [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)]


def _sentence_spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if stop.group()[0] == "." and _is_abbreviation(text, start, stop):
            continue
        spans += _bounded(start, stop.end())
        start = stop.end()
    return spans + _bounded(start, len(text))


def _is_abbreviation(text: str, start: int, stop: re.Match[str]) -> bool:
    following = text[stop.end() : stop.end() + 3].lstrip()
    if following[:1].islower():
        return True
    return _ABBREVIATION.search(text[max(start, stop.start() - 12) : stop.start()]) is not None


def _bounded(start: int, end: int) -> list[tuple[int, int]]:
    return [(at, min(at + LONGEST_SENTENCE, end)) for at in range(start, end, LONGEST_SENTENCE)]
