"""From the names in an article to the authorities that act, the sectors concerned, and the companies exposed.

    linker = Linker(catalogue)                              once per process; safe to share
    linker.find_mentions(text) -> tuple[Mention, ...]       every name in one text, offsets into its normal form
    linker.link(passages) -> LinkedEntities                 what one article touches, with reasons

Relevance of a company, 0..100, is the best of its mentions (``company_weight``). Direct from 60; below it is only
mentioned. Where no company is named, the sector's companies under the acting authority's roof are exposed: those at
home in its country, or those that the sector lists for it. Never owner links: that Tencent holds shares of Meituan
makes no exposure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from services.signals.entities import Catalogue, Issuer, Regulator
from services.signals.names.authorities import STRANGER, settle_authorities, settle_topics
from services.signals.names.brief_names import settle_brief_names
from services.signals.names.company_weight import DIRECT_FROM, Weight, weigh_mention
from services.signals.names.name_matcher import Mention, NameKind, NameMatcher, normalise
from services.signals.names.passage import Passage
from services.signals.names.sector_companies import SectorCompanies, find_aim
from services.signals.signal import Exposure, Role

__all__ = ["LinkedEntities", "Linker", "Passage"]

SECTOR_RELEVANCE = 45
TARGET_FROM = 72
MOST_REPRESENTATIVES = 6
MOST_SECTORS = 4
LEAST_REGULATOR_WEIGHT = 2
LEAST_ACTING = 0.55
"""Probability below which an authority that is named is only talked about."""
SURELY_MEANT = 0.65
"""Probability from which an authority that is not named is clearly meant: who licenses games, who buys drugs."""
LEAST_SECTOR_WEIGHT = 3
BYSTANDER_SHARE = 0.6


MentionKey = tuple[int, int]
"""Number of the sentence, and start of the name in it."""
NOTHING_JUDGED: Mapping[MentionKey, float] = MappingProxyType({})

NOBODY_WEIGHED: Mapping[str, float] = MappingProxyType({})


class LinkedEntities(Struct, frozen=True, kw_only=True):
    """Everything an article touches, most important first; ``notes`` say why."""

    regulators: tuple[str, ...]
    sectors: tuple[str, ...]
    exposures: tuple[Exposure, ...]
    notes: tuple[str, ...]


class Gathered(Struct, frozen=True, kw_only=True):
    """The names of one article before they are weighed against each other."""

    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    """The passages' texts in normal form: offsets of mentions count in them."""
    mentions: tuple[Mention, ...]
    """Of authorities, each with its one owner, and of companies, listed or private."""
    sectors: tuple[str, ...]
    """Named sectors, the weightiest first."""
    trades: tuple[str, ...] = ()
    """Trades of the first sector that its names mean: airlines, not railways."""
    aim: str = ""
    """Country whose companies the names of the first sector mean: China for "Chinese electric cars"."""
    topics: tuple[Mention, ...] = ()
    """Acts that only one authority does, each with that one owner: it is meant where none is named."""
    weights: dict[MentionKey, Weight]
    """Relevance of each mention of a company by the printed rule, by number of sentence and start."""


class Linker:
    """Finds and weighs the names of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._matcher = NameMatcher(catalogue)
        self._companies = SectorCompanies(catalogue)

    def regulator(self, name: str) -> Regulator:
        """An authority of the catalogue by its id."""
        return self._catalogue.regulators[name]

    def find_mentions(self, text: str) -> tuple[Mention, ...]:
        """Every name in one text, in order; generic names of authorities are left unsettled."""
        return tuple(self._matcher.find(text))

    def link(self, passages: Sequence[Passage]) -> LinkedEntities:
        """Regulators, sectors and exposures of one article by the printed rules alone."""
        return self.conclude(self.gather(passages))

    def gather(self, passages: Sequence[Passage]) -> Gathered:
        """Every authority and company named in one article, each mention with its relevance by rule."""
        texts = [normalise(passage.text) for passage in passages]
        found = [m for number, text in enumerate(texts) for m in self._matcher.find_in_normal(text, number)]
        found = settle_brief_names(found, texts)
        homes = self._homes_of(found)
        authorities = settle_authorities(found, texts, passages, self._catalogue.regulators, homes)
        of_sectors = [mention for mention in found if mention.kind is NameKind.SECTOR]
        sectors = _rank(of_sectors, passages, LEAST_SECTOR_WEIGHT)
        of_first = [mention for mention in of_sectors if mention.id in sectors[:1]]
        companies = [mention for mention in found if mention.kind is NameKind.ISSUER]
        weights = {}
        for mention in companies:
            is_about = self._is_about(self._catalogue.issuers[mention.id], sectors[:1])
            weights[key_of(mention)] = weigh_mention(
                mention, texts[mention.sentence], passages[mention.sentence], is_about
            )
        return Gathered(
            passages=tuple(passages),
            texts=tuple(texts),
            mentions=tuple(sorted([*authorities, *companies], key=key_of)),
            sectors=tuple(sectors),
            trades=self._companies.trades_in(of_first, passages),
            aim=find_aim(of_first, texts, passages),
            topics=tuple(settle_topics(found, texts, passages, self._catalogue.regulators, homes)),
            weights=weights,
        )

    def conclude(
        self,
        gathered: Gathered,
        judged: Mapping[MentionKey, float] = NOTHING_JUDGED,
        weighed: Mapping[str, float] = NOBODY_WEIGHED,
    ) -> LinkedEntities:
        """What the names make together.

        ``judged``: probability that a mention is of one who acts or is acted upon; ``weighed``: probability that an
        authority acts or speaks, named or not.
        """
        authorities = [mention for mention in gathered.mentions if mention.kind is NameKind.REGULATOR]
        named = rank_authorities(authorities, gathered.passages, self._catalogue.regulators)
        regulators = _settle_acting(named, weighed) if weighed else named
        weights = self._weigh_companies(gathered, judged)
        exposures = [self._expose(issuer, weight.relevance) for issuer, weight in weights.items()]
        direct = [exposure for exposure in exposures if exposure.role is Role.DIRECT]
        targets = [exposure for exposure in direct if exposure.relevance >= TARGET_FROM]
        sectors = list(dict.fromkeys([*gathered.sectors, *(self._issuer(exposure).sector for exposure in targets)]))
        if not targets:
            # No company is the target: the act is about the sector, so all of it is touched.
            exposures += self._expose_sector(gathered, sectors[:1], regulators, weights.keys())
        return LinkedEntities(
            regulators=tuple(regulators),
            sectors=tuple(sectors[:MOST_SECTORS]),
            exposures=tuple(sorted(exposures, key=lambda exposure: -exposure.relevance)),
            notes=tuple(f"{issuer}: {weight.relevance}, {weight.reason}" for issuer, weight in weights.items()),
        )

    def _weigh_companies(self, gathered: Gathered, judged: Mapping[MentionKey, float]) -> dict[str, Weight]:
        best: dict[str, Weight] = {}
        for mention in gathered.mentions:
            if mention.kind is not NameKind.ISSUER or not self._catalogue.issuers[mention.id].listings:
                continue
            weight = _reweigh(gathered.weights[key_of(mention)], judged.get(key_of(mention)))
            if mention.id not in best or weight.relevance > best[mention.id].relevance:
                best[mention.id] = weight
        return best

    def _is_about(self, issuer: Issuer, sectors: Collection[str]) -> bool:
        """True when the company is one of those that an act on these sectors means."""
        chosen = [self._catalogue.sectors[sector_id] for sector_id in sectors]
        return any(
            issuer.sector == sector.id
            or issuer.sector in sector.related
            or issuer.id in sector.representatives
            or any(issuer.id in listed for listed in sector.representatives_by_country.values())
            for sector in chosen
        )

    def _expose(self, issuer_id: str, relevance: int, role: Role | None = None) -> Exposure:
        issuer = self._catalogue.issuers[issuer_id]
        return Exposure(
            instrument=issuer.listings[0].instrument,
            issuer=issuer.id,
            name=issuer.name_en,
            role=role or (Role.DIRECT if relevance >= DIRECT_FROM else Role.MENTIONED),
            relevance=relevance,
            other_listings=tuple(listing.instrument for listing in issuer.listings[1:]),
        )

    def _expose_sector(
        self, gathered: Gathered, sectors: Sequence[str], regulators: Sequence[str], taken: Collection[str]
    ) -> list[Exposure]:
        """Companies of the sector under the first authority's roof, or of the country that its act is aimed at."""
        if not regulators or not sectors:
            return []
        country = self._catalogue.regulators[regulators[0]].jurisdiction
        is_named = sectors[0] in gathered.sectors[:1]
        trades = gathered.trades if is_named else ()
        country = gathered.aim if is_named and gathered.aim else country
        touched = self._companies.list_touched(sectors[0], trades, country)
        return [
            self._expose(issuer_id, SECTOR_RELEVANCE, Role.SECTOR) for issuer_id in touched if issuer_id not in taken
        ][:MOST_REPRESENTATIVES]

    def _homes_of(self, found: Sequence[Mention]) -> list[str]:
        homes = [self._companies.home_of(mention.id) for mention in found if mention.kind is NameKind.ISSUER]
        return [home for home in homes if home]

    def _issuer(self, exposure: Exposure) -> Issuer:
        return self._catalogue.issuers[exposure.issuer]


def key_of(mention: Mention) -> MentionKey:
    """Where a mention stands."""
    return mention.sentence, mention.start


def _reweigh(by_rule: Weight, probability: float | None) -> Weight:
    """Relevance from the probability that the act is about the company: 0.5 is the bound of a direct exposure."""
    if probability is None:
        return by_rule
    low, high = (0, DIRECT_FROM - 1) if probability < 0.5 else (DIRECT_FROM, 98)
    share = probability * 2 if probability < 0.5 else probability * 2 - 1
    return Weight(relevance=round(low + share * (high - low)), reason=f"{by_rule.reason}, {probability:.0%} concerned")


def rank_authorities(
    mentions: Sequence[Mention], passages: Sequence[Passage], regulators: Mapping[str, Regulator]
) -> list[str]:
    """Ids by weight, without bystanders: authorities of another country than the first that are named in passing."""
    ranked = _rank(mentions, passages, LEAST_REGULATOR_WEIGHT)
    if not ranked:
        return []
    weights = _weigh(mentions, passages)
    in_title = {mention.id for mention in mentions if passages[mention.sentence].in_title}
    if STRANGER in (ranked[0], *in_title):
        return [entry for entry in ranked if entry in in_title and entry != STRANGER]
    home = regulators[ranked[0]].jurisdiction
    enough = BYSTANDER_SHARE * weights[ranked[0]]
    return [
        entry
        for entry in ranked
        if entry != STRANGER
        and (regulators[entry].jurisdiction == home or entry in in_title or weights[entry] > enough)
    ]


def _settle_acting(named: Sequence[str], weighed: Mapping[str, float]) -> list[str]:
    """Named ones that act, in their order, then those that are clearly meant, the likeliest first."""
    meant = [name for name in sorted(weighed, key=lambda name: -weighed[name]) if weighed[name] >= SURELY_MEANT]
    acting = [name for name in named if weighed.get(name, 1.0) >= LEAST_ACTING]
    return [*acting, *(name for name in meant if name not in acting)]


def _rank(mentions: Sequence[Mention], passages: Sequence[Passage], least: int) -> list[str]:
    """Ids by the weight of the places where they stand; too faint ones are left out."""
    return [entry for entry, weight in _weigh(mentions, passages).most_common() if weight >= least]


def _weigh(mentions: Sequence[Mention], passages: Sequence[Passage]) -> Counter[str]:
    weights: Counter[str] = Counter()
    for mention in mentions:
        weights[mention.id] += passages[mention.sentence].weight
    return weights
