"""Which companies an act on a sector touches when no company is named: those at home, of the trade that is meant.

SectorCompanies(catalogue).trades_in(mentions, passages) -> ("airlines",)
SectorCompanies(catalogue).list_touched("transport_logistics", ("airlines",), "US") -> ["delta_air_lines", ...]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain, zip_longest

from services.signals.entities import Catalogue
from services.signals.names.countries import country_of_exchange, find_countries, find_owner
from services.signals.names.country_names import MEMBERS
from services.signals.names.name_matcher import Mention
from services.signals.names.normal_form import normalise
from services.signals.names.passage import Passage

_MADE_IN = re.compile(r"(\w+)-(?:made|built|owned) $|(\S{2,8}?)(?:产|造|制|的?进口)$")
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
            # In turns: the first of each trade before the second of any.
            turns = chain.from_iterable(zip_longest(*(self._list_trade(trade, country, homes) for trade in trades)))
            return [issuer for issuer in dict.fromkeys(turns) if issuer is not None]
        if country in sector.representatives_by_country:
            return list(sector.representatives_by_country[country])
        members = (one.id for one in self._catalogue.issuers.values() if one.sector == sector_id and one.listings)
        touched = dict.fromkeys((*sector.representatives, *members))
        return [issuer for issuer in touched if self.home_of(issuer) in homes]

    def _list_trade(self, trade_id: str, country: str, homes: Collection[str]) -> list[str]:
        trade = self._catalogue.trades[trade_id]
        if country in trade.issuers_by_country:
            return list(trade.issuers_by_country[country])
        return [issuer for issuer in trade.issuers if self.home_of(issuer) in homes]

    def home_of(self, issuer_id: str) -> str:
        """Country whose authorities move the company; empty where it is not known."""
        issuer = self._catalogue.issuers[issuer_id]
        return issuer.country or (country_of_exchange(issuer.listings[0].exchange) if issuer.listings else "")


def find_aim(mentions: Sequence[Mention], texts: Sequence[str], passages: Sequence[Passage]) -> str:
    """The country right before a name of the sector in the title, else before most of its names; empty for none.

    Duties on Chinese steel touch China's mills.
    """
    owners = [(mention, _owner_of(texts[mention.sentence], mention)) for mention in mentions]
    in_title = next((owner for mention, owner in owners if owner and passages[mention.sentence].in_title), "")
    weights: Counter[str] = Counter()
    for mention, owner in owners:
        weights[owner] += passages[mention.sentence].weight
    owner, weight = weights.most_common(1)[0] if weights else ("", 0)
    return in_title or (owner if weight >= weights.total() * LEAST_SHARE else "")


def _owner_of(text: str, mention: Mention) -> str:
    made = _MADE_IN.search(text, 0, mention.start)
    if made is not None:
        found = find_countries(made[1] or made[2])
        code = found[-1].code if found else ""
    else:
        code = find_owner(text, find_countries(text), mention.start, mention.end) or ""
    return "EU" if code in MEMBERS else code
