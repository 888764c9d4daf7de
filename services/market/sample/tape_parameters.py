"""What a reconstructed tape is made of, as config/sample_day/tape.toml says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated

from msgspec import Meta, Struct

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Local times of a trading day: two stretches around lunch, and the prints of both auctions."""

    opening_print: time
    opens: time
    lunch_from: time
    lunch_to: time
    closes: time
    closing_print: time


class TapeDay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One day: how dense, how restless, how busy."""

    day: date
    seconds_per_tick: Annotated[int, Meta(gt=0)]
    index_noise: NotNegative
    """Volatility of the benchmark in basis points a minute."""
    volume_scale: Positive = 1.0


class TapeInstrument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One instrument with the prices that pin it."""

    instrument: str
    name: str
    closes: tuple[Positive, ...]
    """The close before the first day, then that of each day."""
    opens: tuple[Positive, ...]
    """Price of the opening auction of each day."""
    published_move: float | None = None
    """Published move of the last day in per cent: then the last two closes are published figures, too."""
    beta: float = 1.0
    noise: NotNegative = 0.0
    """Volatility of its own, in basis points a minute."""
    shares: NotNegative = 0.0
    """Shares traded on a day of ``volume_scale`` 1; 0 for an index."""
    lot: Annotated[int, Meta(gt=0)] = 1


class TapeReaction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How instruments answer news: ``move x (at_once + (1 - at_once) x (1 - 2^(-minutes / half_life)))``."""

    at: datetime
    """When the market learns of it; before the open or at lunch, trading answers when it starts."""
    moves: Mapping[str, float]
    """Log return by instrument."""
    half_life: Positive
    """Trading minutes until half of what does not come at once has come."""
    at_once: Share = 0.0
    busier: Annotated[float, Meta(ge=1)] = 1.0
    """Volume right after the news as a multiple of the usual one."""


class TapeParameters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the tape is made of."""

    label: str
    seed: Annotated[int, Meta(ge=0)]
    timezone: str
    benchmark: str
    hours: Hours
    days: tuple[TapeDay, ...]
    instruments: tuple[TapeInstrument, ...]
    reactions: tuple[TapeReaction, ...] = ()
