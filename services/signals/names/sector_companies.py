"""Which companies an act on a sector touches when no company is named: those at home, of the trade that is meant.

SectorCompanies(catalogue).trades_in(mentions, passages) -> ("airlines",)
SectorCompanies(catalogue).list_touched("transport_logistics", ("airlines",), "US") -> ["delta_air_lines", ...]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.signals.entities import Catalogue
from services.signals.names.countries import country_of_exchange
from services.signals.names.name_matcher import Mention
from services.signals.names.normal_form import normalise
from services.signals.names.passage import Passage

WHOLE_SECTOR = ""
LEAST_SHARE = 0.5
"""Of the weight of the trade that is named most: what is named less is told in passing."""


class SectorCompanies:
    """The sectors, trades and home countries of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._trade_of = {
            (trade.sector, normalise(word).casefold()): trade.id
            for trade in catalogue.trades.values()
            for word in (*trade.words_en, *trade.words_zh)
        }

    def trades_in(self, mentions: Sequence[Mention], passages: Sequence[Passage]) -> tuple[str, ...]:
        """The trades that the names of one sector mean, the weightiest first; none where the whole sector is meant."""
        weights: Counter[str] = Counter()
        for mention in mentions:
            trade = self._trade_of.get((mention.id, mention.surface.casefold()), WHOLE_SECTOR)
            weights[trade] += passages[mention.sentence].weight
        ranked = weights.most_common()
        if not ranked or ranked[0][0] == WHOLE_SECTOR:
            return ()
        least = ranked[0][1] * LEAST_SHARE
        return tuple(trade for trade, weight in ranked if trade != WHOLE_SECTOR and weight >= least)

    def list_touched(self, sector_id: str, trades: Sequence[str], country: str) -> list[str]:
        """Listed companies whose home is ``country``, the best known first: of the trades, else of the sector."""
        sector = self._catalogue.sectors[sector_id]
        homes = {"CN", "HK"} if country == "CN" else {country}
        if trades:
            named = [issuer for trade in trades for issuer in self._catalogue.trades[trade].issuers]
            return [issuer for issuer in dict.fromkeys(named) if self.home_of(issuer) in homes]
        if country in sector.representatives_by_country:
            return list(sector.representatives_by_country[country])
        members = (one.id for one in self._catalogue.issuers.values() if one.sector == sector_id and one.listings)
        touched = dict.fromkeys((*sector.representatives, *members))
        return [issuer for issuer in touched if self.home_of(issuer) in homes]

    def home_of(self, issuer_id: str) -> str:
        """Country whose authorities move the company; empty where it is not known."""
        issuer = self._catalogue.issuers[issuer_id]
        return issuer.country or (country_of_exchange(issuer.listings[0].exchange) if issuer.listings else "")
