"""What one article tells, in a form that compares across languages: words, concepts, names and numbers.

teller = Teller(linker, word_weights)       once per process; safe to share
telling = teller.tell(article)              a pure function of the article
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from operator import mul
from sys import intern

from msgspec import Struct

from services.news.article import Article
from services.news.fingerprint import fingerprint
from services.signals.names.authorities import STRANGER
from services.signals.names.linking import Linker, Passage
from services.signals.names.name_matcher import Mention, NameKind
from services.signals.names.normal_form import lower, normalise
from services.stories.glossary import Glossary
from services.stories.marks import Mark, read_mark
from services.stories.quantities import Quantities, read_quantities
from services.stories.title_names import find_names
from services.stories.words import RARE_WORD, Weights, list_words

LEAD_CHARACTERS = 600
MOST_WORDS = 90

_DOCUMENT = re.compile(r"《([^《》]{4,60})》")
_PLACE_NAMES = """
china usa eu uk hongkong india japan korea singapore taiwan russia france germany italy netherlands spain
australia canada brazil turkey vietnam indonesia thailand mexico texas california newyork illinois ireland
macau iran switzerland norway sweden denmark finland poland hungary czechia austria belgium portugal greece newzealand
southafrica malaysia philippines israel saudi uae argentina chile colombia peru pakistan nigeria kenya egypt
kazakhstan florida
"""
PLACES = frozenset(_PLACE_NAMES.split())
_NAMED_LAST = re.compile(r"[(（]([\u3400-\u9fffa-z0-9·]{2,24})[)）]\W*$")
"""A list of penalties names the company last, in brackets."""
_NO_NAME = re.compile("意见稿|草案|修订|试行|暂行|全文|图|更新|摘要|附|稿")
_NUMBERED = re.compile(r"(?:第\s?|no\.\s?|number )(\d{1,4})(?:\s?号)?")
_LEVEL = re.compile(
    r"\b(?:to|at) (\d{1,2}(?:\.\d+)?) ?(?:%|percent\b|per cent\b)(?! ?(?:-|–|to |of ))"
    r"|(?:至|为)(\d{1,2}(?:\.\d+)?)%(?![-–至])"
)
"""What a rate, tax or cap is put at: "raised to 5%"; no ranges, no shares."""
RARE_FROM = 6.0


class WordWeights(dict[str, float]):
    """Weight of a word; one that the background never saw weighs ``RARE_WORD``."""

    def __missing__(self, word: str) -> float:
        return RARE_WORD


class Masses(Struct, frozen=True, kw_only=True):
    """What the words of a telling weigh, computed once since each is compared many times.

    Sums are exact (``math.fsum``), so that they do not depend on the order in which a set gives its words.
    """

    title: float
    """Euclidean length of the weights of the title's words."""
    words: float
    title_sum: float
    rare: frozenset[str]
    """Words of title and lead that weigh ``RARE_FROM`` or more."""
    title_rare: frozenset[str]


COURT = " court"


class Telling(Struct, frozen=True, kw_only=True):
    """The event fingerprint of one article. Words carry weights in ``words``; concepts are ids of our glossary."""

    article_id: str
    source: str
    language: str
    published_at: datetime
    received_at: datetime
    mark: Mark
    title_words: frozenset[str]
    words: frozenset[str]
    """Of title and lead; Han text as pairs of characters."""
    masses: Masses
    companies: frozenset[str]
    """Catalogue issuers in the title, or in the lead where the title names none."""
    mentioned: frozenset[str]
    """Every catalogue issuer of title and lead."""
    regulators: frozenset[str]
    title_regulators: frozenset[str]
    title_homes: frozenset[str]
    """Where the authorities of the title belong: ``US``, or ``US court``."""
    subject: str
    """What stands before the colon of the title: the company of a template notice."""
    acts: frozenset[str]
    title_acts: frozenset[str]
    topics: frozenset[str]
    title_topics: frozenset[str]
    names: frozenset[str]
    documents: frozenset[str]
    title_documents: frozenset[str]
    numbered: frozenset[str]
    """Numbers of notices in the title."""
    levels: frozenset[float]
    """Percentages in the title that a rate, tax or cap is put at."""
    quantities: Quantities
    title_quantities: Quantities
    fingerprint: tuple[int, ...]
    headline: str
    title: str
    """In the form that is compared: lower case, simplified characters."""
    places: frozenset[str]
    """Countries in the title."""
    named: frozenset[str] = frozenset()
    """Words of the names in the title."""


class Teller:
    """Makes tellings; ``weights`` are those of ``weigh_words`` for words that are not rare."""

    def __init__(self, linker: Linker, weights: Weights | None = None) -> None:
        self._linker = linker
        self._glossary = Glossary()
        self.weights: Weights = WordWeights(weights or {})

    def tell(self, article: Article) -> Telling:
        """The telling of an article; never raises on odd text."""
        title, body = article.title, article.body
        if not title:
            title, _, body = body.partition("\n")
        # Two passes: a name in the title says more than one in the lead.
        lead = body[:LEAD_CHARACTERS]
        title_text, lead_text = lower(normalise(title[:300])), lower(normalise(lead))
        text = f"{title_text}\n{lead_text}"
        in_title, in_lead = self._find_names(title[:300], lead)
        found, in_title_found = self._glossary.find(text), self._glossary.find(title_text)
        named = _companies(in_title)
        mentioned = named | _companies(in_lead)
        title_words = frozenset(map(intern, list_words(title_text)))
        words = frozenset(list(map(intern, [*title_words, *list_words(lead_text)]))[: 3 * MOST_WORDS])
        return Telling(
            article_id=article.article_id,
            source=article.source,
            language=article.language,
            published_at=article.published_at,
            received_at=article.received_at,
            mark=read_mark(title_text, lead_text),
            title_words=title_words,
            words=words,
            masses=weigh(title_words, words, self.weights),
            companies=named or mentioned,
            mentioned=mentioned,
            regulators=_authorities((*in_title, *in_lead)),
            title_regulators=_authorities(in_title),
            title_homes=self._find_homes(_authorities(in_title)),
            subject=_read_subject(title_text),
            acts=_of_kind(found, "act:"),
            title_acts=_of_kind(in_title_found, "act:"),
            topics=_of_kind(found, "topic:"),
            title_topics=_of_kind(in_title_found, "topic:"),
            names=_of_kind(found, "name:"),
            documents=frozenset(match[1] for match in _DOCUMENT.finditer(text)),
            title_documents=frozenset(match[1] for match in _DOCUMENT.finditer(title_text)),
            numbered=frozenset(match[1] for match in _NUMBERED.finditer(title_text)),
            levels=frozenset(float(match[1] or match[2]) for match in _LEVEL.finditer(title_text)),
            quantities=read_quantities(text),
            title_quantities=read_quantities(title_text),
            fingerprint=fingerprint(f"{article.title}\n{article.body}"),
            headline=title[:160],
            title=title_text[:160],
            places=_of_kind(in_title_found, "name:") & PLACES,
            named=find_names(title[:300], title_text, self.weights),
        )

    def _find_homes(self, authorities: Iterable[str]) -> frozenset[str]:
        found = (self._linker.regulator(name) for name in authorities)
        return frozenset(intern(f"{one.jurisdiction}{COURT if one.kind == 'court' else ''}") for one in found)

    def _find_names(self, title: str, lead: str) -> tuple[list[Mention], list[Mention]]:
        """Companies and settled authorities of title and lead."""
        passages = (Passage(text=title, place=-1), Passage(text=lead, place=0))
        mentions = self._linker.gather(passages).mentions
        return [m for m in mentions if m.sentence == 0], [m for m in mentions if m.sentence == 1]


def weigh(title_words: Set[str], words: Set[str], weights: Weights) -> Masses:
    """The masses of the words of one telling."""
    of_title, of_words = ([weights.get(word, RARE_WORD) for word in one] for one in (title_words, words))
    rare = frozenset(word for word in words if weights.get(word, RARE_WORD) >= RARE_FROM)
    return Masses(
        title=math.sqrt(math.fsum(map(mul, of_title, of_title))),
        words=math.sqrt(math.fsum(map(mul, of_words, of_words))),
        title_sum=math.fsum(of_title),
        rare=rare,
        title_rare=rare & title_words,
    )


def weigh_words(counts: Mapping[str, int], articles: int) -> dict[str, float]:
    """Inverse document frequency (Spärck Jones, 1972): ln(articles / count), at most ``RARE_WORD``."""
    return {intern(word): min(RARE_WORD, math.log(articles / count)) for word, count in counts.items()}


def _companies(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset(mention.id for mention in mentions if mention.kind is NameKind.ISSUER)


def _authorities(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset(
        mention.id for mention in mentions if mention.kind is NameKind.REGULATOR and mention.id != STRANGER
    )


def _read_subject(title: str) -> str:
    """
    >>> _read_subject("恒远科技：收到立案告知书")
    '恒远科技'
    """
    subject, colon, _ = title.replace("：", ":").partition(":")
    if colon and len(subject) <= 24:
        return subject.strip()
    named = _NAMED_LAST.search(title)
    return named[1] if named and not _NO_NAME.search(named[1]) else ""


def _of_kind(found: Mapping[str, int], kind: str) -> frozenset[str]:
    return frozenset(intern(concept[len(kind) :]) for concept in found if concept.startswith(kind))
