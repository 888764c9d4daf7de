"""The reader: one article in, one Reading out. The order of the steps is written in ``read_article``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.news.article import Article
from services.news.parsing import detect_language
from services.signals import act_rules_en, act_rules_en_scope, act_rules_en_setting, act_rules_zh
from services.signals.act_rules import Cue, CueFinder, Found, Kind
from services.signals.act_rules_clause import read_acts
from services.signals.text import Sentence, split_article
from services.signals.tone import SentenceReading

READER_VERSION = "rules-1"
MINIMUM_CONFIDENCE = 0.6

_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?![\d.,]*\d)")
_PAST = Cue(Kind.BACKGROUND, "an earlier year", 1.0)


def _finder_en() -> CueFinder:
    rows = (
        *act_rules_en_scope.OPERATORS,
        *act_rules_en_scope.ACTORS,
        *act_rules_en_setting.SETTINGS,
        *act_rules_en.BURDENS,
        *act_rules_en.RELIEFS,
    )
    return CueFinder(rows, whole_words=True)


def _finder_zh() -> CueFinder:
    rows = (*act_rules_zh.OPERATORS, *act_rules_zh.BURDENS, *act_rules_zh.RELIEFS, *act_rules_zh.CONTEXT)
    return CueFinder(rows, whole_words=False)


_ENGLISH = _finder_en()
_CHINESE = _finder_zh()


def read_sentences(article: Article) -> list[SentenceReading]:
    """Every sentence of an article with its cues and acts, title first."""
    chinese = detect_language(article.title + article.body) == "zh"
    readings = []
    place = 0
    for sentence in split_article(article):
        found = (_CHINESE if chinese else _ENGLISH).find(sentence.folded)
        found = _mark_years(sentence, found, article.published_at.year)
        acts = read_acts(sentence.folded, found, words=not chinese)
        readings.append(SentenceReading(sentence, -1 if sentence.in_title else place, tuple(found), tuple(acts)))
        place += not sentence.in_title
    return readings


def _mark_years(sentence: Sentence, found: Sequence[Found], year: int) -> list[Found]:
    past = [
        Found(match.start(), match.end(), _PAST)
        for match in _YEAR.finditer(sentence.folded)
        if int(match.group()) < year
    ]
    return sorted((*found, *past), key=lambda hit: hit.start) if past else list(found)
