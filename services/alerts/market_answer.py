"""What the market has answered to one signal by one moment: everything that a revision of an alert rests on."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from services.market.prices.price_path import PricePath
from services.market.reaction import Reaction
from services.market.study.basket import UNKNOWN_CORRELATION


class Kinship(StrEnum):
    """Why an instrument that nobody named was watched."""

    TWIN = "twin"
    """Another listing of an exposed company."""
    FUND = "fund"
    """An index or fund of the sector."""
    PEER = "peer"
    """Another company of the sector in the same market."""


class Mover(Struct, frozen=True, kw_only=True):
    """An instrument that nobody named and that moved abnormally all the same."""

    name: str
    """Display name in the catalogue."""
    kinship: Kinship
    reaction: Reaction


class MarketAnswer(Struct, frozen=True, kw_only=True):
    """Reactions of the exposed instruments, and what is shown beside them."""

    reactions: tuple[Reaction, ...] = ()
    """In the order of the exposures."""
    correlation: float = UNKNOWN_CORRELATION
    """Mean pairwise correlation of the basket's abnormal returns on quiet days, 0 to 1; 1 where nobody knows."""
    movers: tuple[Mover, ...] = ()
    """Strongest first."""
    paths: tuple[PricePath, ...] = ()
    """The line of the first exposures, for the eye."""
