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

from msgspec import Struct

from services.signals.authorities import STRANGER, settle_authorities
from services.signals.company_weight import DIRECT_FROM, Weight, weigh_mention
from services.signals.countries import country_of_exchange
from services.signals.entities import Catalogue, Issuer, Regulator
from services.signals.name_matcher import Mention, NameKind, NameMatcher, normalise
from services.signals.passage import Passage
from services.signals.signal import Exposure, Role

__all__ = ["LinkedEntities", "Linker", "Passage"]

SECTOR_RELEVANCE = 45
TARGET_FROM = 80
MOST_REPRESENTATIVES = 6
MOST_SECTORS = 4
LEAST_REGULATOR_WEIGHT = 2
LEAST_SECTOR_WEIGHT = 3
BYSTANDER_SHARE = 0.6


class LinkedEntities(Struct, frozen=True, kw_only=True):
    """Everything an article touches, most important first; ``notes`` say why."""

    regulators: tuple[str, ...]
    sectors: tuple[str, ...]
    exposures: tuple[Exposure, ...]
    notes: tuple[str, ...]


class Linker:
    """Finds and weighs the names of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._matcher = NameMatcher(catalogue)

    def find_mentions(self, text: str) -> tuple[Mention, ...]:
        """Every name in one text, in order; generic names of authorities are left unsettled."""
        return tuple(self._matcher.find(text))

    def link(self, passages: Sequence[Passage]) -> LinkedEntities:
        """Regulators, sectors and exposures of one article."""
        texts = [normalise(passage.text) for passage in passages]
        found = [m for number, text in enumerate(texts) for m in self._matcher.find_in_normal(text, number)]
        authorities = settle_authorities(found, texts, passages, self._catalogue.regulators)
        regulators = _rank_authorities(authorities, passages, self._catalogue.regulators)
        named_sectors = _rank([m for m in found if m.kind is NameKind.SECTOR], passages, LEAST_SECTOR_WEIGHT)
        weights = self._weigh_companies(found, passages, texts, named_sectors[:1])
        exposures = [self._expose(issuer, weight.relevance) for issuer, weight in weights.items()]
        direct = [exposure for exposure in exposures if exposure.role is Role.DIRECT]
        targets = [exposure for exposure in direct if exposure.relevance >= TARGET_FROM]
        sectors = list(dict.fromkeys([*named_sectors, *(self._issuer(exposure).sector for exposure in targets)]))
        if not targets:
            # No company is the target: the act is about the sector, so all of it is touched.
            exposures += self._expose_sector(sectors[:1], regulators, weights.keys())
        return LinkedEntities(
            regulators=tuple(regulators),
            sectors=tuple(sectors[:MOST_SECTORS]),
            exposures=tuple(sorted(exposures, key=lambda exposure: -exposure.relevance)),
            notes=tuple(f"{issuer}: {weight.relevance}, {weight.reason}" for issuer, weight in weights.items()),
        )

    def _weigh_companies(
        self, found: Sequence[Mention], passages: Sequence[Passage], texts: Sequence[str], about: Collection[str]
    ) -> dict[str, Weight]:
        best: dict[str, Weight] = {}
        for mention in found:
            if mention.kind is not NameKind.ISSUER or not self._catalogue.issuers[mention.id].listings:
                continue
            is_about = self._is_about(self._catalogue.issuers[mention.id], about)
            weight = weigh_mention(mention, texts[mention.sentence], passages[mention.sentence], is_about)
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
        self, sectors: Sequence[str], regulators: Sequence[str], taken: Collection[str]
    ) -> list[Exposure]:
        """Companies of the sector under the first authority's roof: its rule moves no other country's shares."""
        if not regulators:
            return []
        country = self._catalogue.regulators[regulators[0]].jurisdiction
        chosen = [issuer_id for sector in sectors for issuer_id in self._list_exposed(sector, country)]
        return [
            self._expose(issuer_id, SECTOR_RELEVANCE, Role.SECTOR)
            for issuer_id in dict.fromkeys(chosen)
            if issuer_id not in taken
        ][:MOST_REPRESENTATIVES]

    def _list_exposed(self, sector_id: str, country: str) -> Sequence[str]:
        """The sector's companies that an authority of the country moves, the best known first."""
        sector = self._catalogue.sectors[sector_id]
        if country in sector.representatives_by_country:
            return sector.representatives_by_country[country]
        homes = {"CN", "HK"} if country == "CN" else {country}
        members = (issuer.id for issuer in self._catalogue.issuers.values() if issuer.sector == sector_id)
        return [issuer for issuer in (*sector.representatives, *members) if self._home_of(issuer) in homes]

    def _home_of(self, issuer_id: str) -> str:
        issuer = self._catalogue.issuers[issuer_id]
        return issuer.country or (country_of_exchange(issuer.listings[0].exchange) if issuer.listings else "")

    def _issuer(self, exposure: Exposure) -> Issuer:
        return self._catalogue.issuers[exposure.issuer]


def _rank_authorities(
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


def _rank(mentions: Sequence[Mention], passages: Sequence[Passage], least: int) -> list[str]:
    """Ids by the weight of the places where they stand; too faint ones are left out."""
    return [entry for entry, weight in _weigh(mentions, passages).most_common() if weight >= least]


def _weigh(mentions: Sequence[Mention], passages: Sequence[Passage]) -> Counter[str]:
    weights: Counter[str] = Counter()
    for mention in mentions:
        weights[mention.id] += passages[mention.sentence].weight
    return weights
