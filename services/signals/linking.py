"""From the names in an article to the authorities that act, the sectors concerned, and the companies exposed.

    linker = Linker(catalogue)                              once per process; safe to share
    linker.find_mentions(text) -> tuple[Mention, ...]       every name in one text, offsets into its normal form
    linker.link(passages) -> LinkedEntities                 what one article touches, with reasons

Relevance of a company, 0..100, is the best of its mentions (``company_weight``). Direct from 60; below it is only
mentioned. Where no company is named, the sector's companies under the acting authority's roof are exposed. Never owner
links: that Tencent holds shares of Meituan makes no exposure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.signals.company_weight import DIRECT_FROM, Weight, weigh_mention
from services.signals.countries import country_of_exchange, find_home
from services.signals.entities import Catalogue, Issuer
from services.signals.name_matcher import Mention, NameKind, NameMatcher, normalise
from services.signals.passage import Passage
from services.signals.regulator_words import is_only_filed_with
from services.signals.signal import Exposure, Role

__all__ = ["LinkedEntities", "Linker", "Passage"]

SECTOR_RELEVANCE = 45
TARGET_FROM = 80
MOST_REPRESENTATIVES = 6
MOST_SECTORS = 4
LEAST_REGULATOR_WEIGHT = 2
LEAST_SECTOR_WEIGHT = 3


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
        found = [mention for number, text in enumerate(texts) for mention in self._matcher.find(text, number)]
        authorities = self._settle_authorities(found, texts)
        regulators = _rank(authorities, passages, LEAST_REGULATOR_WEIGHT)
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

    def _settle_authorities(self, found: Sequence[Mention], texts: Sequence[str]) -> list[Mention]:
        """Named authorities, and generic names given to the country that the text is about."""
        named = [
            mention
            for mention in found
            if mention.kind is NameKind.REGULATOR and not is_only_filed_with(texts[mention.sentence], mention)
        ]
        known = Counter(self._catalogue.regulators[mention.id].jurisdiction for mention in named)
        generic = [mention for mention in found if mention.kind is NameKind.GENERIC]
        settled = [self._settle(mention, texts, known) for mention in generic]
        return [*named, *(mention for mention in settled if mention is not None)]

    def _settle(self, mention: Mention, texts: Sequence[str], known: Counter[str]) -> Mention | None:
        homes = {self._catalogue.regulators[owner].jurisdiction: owner for owner in reversed(mention.owners)}
        home = find_home(texts[mention.sentence], mention.start, " ".join(texts), known, homes.keys())
        return None if home is None else replace(mention, kind=NameKind.REGULATOR, owners=(homes[home],))

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
            issuer.sector == sector.id or issuer.sector in sector.related or issuer.id in sector.representatives
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
        """Companies of the sector under the authority's roof: a rule of one country moves no other country's shares."""
        homes = {self._catalogue.regulators[regulator].jurisdiction for regulator in regulators}
        homes |= {"HK"} if "CN" in homes else set()
        chosen: list[str] = []
        for sector in sectors:
            members = [issuer.id for issuer in self._catalogue.issuers.values() if issuer.sector == sector]
            for issuer_id in dict.fromkeys([*self._catalogue.sectors[sector].representatives, *members]):
                if issuer_id not in taken and self._home_of(issuer_id) in homes:
                    chosen.append(issuer_id)
        return [self._expose(issuer_id, SECTOR_RELEVANCE, Role.SECTOR) for issuer_id in chosen[:MOST_REPRESENTATIVES]]

    def _home_of(self, issuer_id: str) -> str:
        issuer = self._catalogue.issuers[issuer_id]
        return issuer.country or (country_of_exchange(issuer.listings[0].exchange) if issuer.listings else "")

    def _issuer(self, exposure: Exposure) -> Issuer:
        return self._catalogue.issuers[exposure.issuer]


def _rank(mentions: Sequence[Mention], passages: Sequence[Passage], least: int) -> list[str]:
    """Ids by the weight of the places where they stand; too faint ones are left out."""
    weights: Counter[str] = Counter()
    for mention in mentions:
        weights[mention.id] += passages[mention.sentence].weight
    return [entry for entry, weight in weights.most_common() if weight >= least]
