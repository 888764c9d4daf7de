"""What the rules see in an article before anything is decided: sentences with acts, their verdict, every name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.news.article import Article
from services.news.parsing import detect_language
from services.signals.entities import Catalogue
from services.signals.names.linking import Gathered, Linker, Passage
from services.signals.names.name_matcher import NameKind
from services.signals.rules import (
    act_rules_bare,
    act_rules_bare_zh,
    act_rules_zh,
    act_rules_zh_enforcement,
    act_rules_zh_more,
    act_rules_zh_policy,
)
from services.signals.rules.act_rules import Cue, CueFinder, Found, Kind
from services.signals.rules.act_rules_clause import read_acts
from services.signals.rules.act_rules_en import BURDENS, RELIEFS
from services.signals.rules.act_rules_en_context import CONTEXT
from services.signals.rules.act_rules_en_enforcement import ENFORCEMENT
from services.signals.rules.act_rules_en_money import MONEY
from services.signals.rules.act_rules_en_scope import ACTORS, OPERATORS
from services.signals.rules.act_rules_en_sectors import SECTORS
from services.signals.rules.act_rules_en_setting import SETTINGS
from services.signals.rules.stage import judge_stage
from services.signals.rules.tone import Verdict, judge_tone
from services.signals.rules.tone_weight import SentenceReading
from services.signals.signal import Stage
from services.signals.text import Sentence, fold, split_article

OPENING_CHARACTERS = 400

_YEAR = re.compile(
    r"\b(?:in|since|of|from|during|until|by|back to|early|late|mid) ((?:19|20)\d\d)\b|(?<!\d)((?:19|20)\d\d)年"
)
_COMPARED = re.compile(r"\b(?:\w+est|first|most|least|record|time)\b[^.;]{0,30}$")
_MORE_TIME = re.compile(
    r"\b(?:another|extra|additional) (?:\d+|two|three|four|six|nine|twelve|few|several)[ -](?:more )?"
    r"(?:days|weeks|months|years)\b"
    r"|\b\d+[ -](?:more |extra |additional )(?:days|weeks|months)\b"
    r"|\b(?:\d+|one|two|three|six)-(?:day|week|month|year) "
    r"(?:extension|reprieve|delay|grace period|waiver|exemption|stay)\b"
)
_TIME = Cue(Kind.RELIEF, "more time", 0.4, 0.35, Stage.RELIEF)
_PAST = Cue(Kind.BACKGROUND, "an earlier year", 1.0)
_AUTHORITY = Cue(Kind.AUTHORITY, "an authority of the catalogue", 1.0)
_COMPANY = Cue(Kind.PRIVATE, "a company of the catalogue", 0.5)
_WHO = (Kind.COUNTRY, Kind.AUTHORITY)
_MOVES = (Kind.RELIEF, Kind.LESS, Kind.MORE)
_DOES = (*_MOVES, Kind.BURDEN, Kind.NOT, Kind.APPEAL)
_ENGLISH = (act_rules_bare.ENGLISH, CONTEXT, OPERATORS, ACTORS, SETTINGS, ENFORCEMENT, MONEY, SECTORS, BURDENS, RELIEFS)
_CHINESE = (
    act_rules_bare_zh.CHINESE,
    act_rules_zh_more.MORE_ACTS,
    act_rules_zh_enforcement.ENFORCEMENT,
    act_rules_zh_policy.POLICY,
    act_rules_zh.OPERATORS,
    act_rules_zh.BURDENS,
    act_rules_zh.RELIEFS,
    act_rules_zh.CONTEXT,
)


class RuleBook:
    """The vocabularies of acts and the names of a catalogue, built once; safe to share, never changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.linker = Linker(catalogue)
        self.english = CueFinder(_ENGLISH, whole_words=True)
        self.chinese = CueFinder(_CHINESE, whole_words=False)


class Sight(Struct, frozen=True, kw_only=True):
    """One article as the rules see it, before anything is decided."""

    readings: tuple[SentenceReading, ...]
    verdict: Verdict
    stage: Stage | None
    gathered: Gathered


def look_at(article: Article, rules: RuleBook) -> Sight:
    """What the rules find in an article: sentences with acts, their verdict, and every name."""
    readings = read_sentences(article, rules)
    verdict = judge_tone(readings)
    return Sight(
        readings=tuple(readings),
        verdict=verdict,
        stage=judge_stage(readings, verdict),
        gathered=rules.linker.gather(_passages(readings, verdict)),
    )


def read_opening(article: Article, rules: RuleBook) -> list[SentenceReading]:
    """Title and lead with their cues and acts: what a first cheap look needs."""
    body = article.body[:OPENING_CHARACTERS]
    return read_sentences(replace(article, title=article.title[:OPENING_CHARACTERS], body=body), rules)


def read_sentences(article: Article, rules: RuleBook) -> list[SentenceReading]:
    """Every sentence of an article with its cues and acts, title first."""
    chinese = detect_language(article.title + article.body) == "zh"
    finder = rules.chinese if chinese else rules.english
    readings = []
    place = 0
    for sentence in split_article(article):
        found = finder.find(sentence.folded)
        found = _merge(found, [*_years(sentence, article.published_at.year), *_names(sentence, rules.linker)])
        acts = read_acts(sentence.folded, found, words=not chinese)
        readings.append(SentenceReading(sentence, -1 if sentence.in_title else place, tuple(found), tuple(acts)))
        place += not sentence.in_title
    return readings


def _passages(readings: Sequence[SentenceReading], verdict: Verdict) -> list[Passage]:
    acting = {item.reading.sentence for item in verdict.acts if not item.act.background}
    return [
        Passage(
            text=reading.sentence.text,
            place=reading.place,
            acting=reading.sentence in acting,
            background=bool(reading.acts) and all(act.background for act in reading.acts),
            opinion=reading.has(Kind.COMMENTARY),
        )
        for reading in readings
    ]


def _years(sentence: Sentence, published: int) -> Iterator[Found]:
    """Years before the article's own mark what is told of them as background; "highest since 2008" is of today."""
    for match in _YEAR.finditer(sentence.folded):
        is_old = int(match.group(1) or match.group(2)) < published
        if is_old and not (match[0].startswith("since") and _COMPARED.search(sentence.folded, 0, match.start())):
            yield Found(match.start(), match.end(), _PAST)
    for match in _MORE_TIME.finditer(sentence.folded):
        yield Found(match.start(), match.end(), _TIME)


def _names(sentence: Sentence, linker: Linker) -> Iterator[Found]:
    """Authorities and companies of the catalogue as cues; its generic names ("short-selling ban") are words of acts."""
    free_from = 0
    for mention in linker.find_mentions(sentence.text):
        if mention.kind is NameKind.TOPIC:
            continue
        surface = fold(mention.surface)
        start = sentence.folded.find(surface, free_from)
        if start < 0 or not surface:
            continue
        free_from = start + len(surface)
        if mention.kind is NameKind.REGULATOR:
            yield Found(start, free_from, _AUTHORITY)
        elif mention.kind is NameKind.ISSUER:
            yield Found(start, free_from, _COMPANY)


def _merge(found: Sequence[Found], named: Sequence[Found]) -> list[Found]:
    """Cues in order; a name of the catalogue hides the cue words inside it ("Target", "Block")."""
    if not named:
        return list(found)
    named = [_without_act(name, found) if name.cue is _AUTHORITY else name for name in named]
    kept = [hit for hit in found if not any(_hides(name, hit) for name in named)]
    return sorted((*named, *kept), key=lambda hit: hit.start)


def _hides(name: Found, hit: Found) -> bool:
    begins = name.cue is _AUTHORITY and hit.start == name.start and hit.end > name.end and hit.cue.kind in _DOES
    return hit.start < name.end and name.start < hit.end and not begins


def _without_act(name: Found, found: Sequence[Found]) -> Found:
    """The authority alone where the catalogue knows it with its verb: of "EU scraps" the second word is the act."""
    first = next((hit for hit in found if hit.start == name.start and hit.cue.kind in _WHO), None)
    last = next((hit for hit in found if name.start < hit.start < name.end <= hit.end), None)
    if first is None or last is None or first.end > last.start:
        return name
    # Of an office's own name the last word may be a burden ("... for Market Regulation"), of a country's it is none.
    does = _DOES if first.cue.kind is Kind.COUNTRY else _MOVES
    return Found(name.start, first.end, name.cue) if last.cue.kind in does else name
