"""Builds a tape of ticks between known prices: the sample day's market, reconstructed and labelled so.

The market model. Within a day, with the variance clock ``c`` (trading minutes, busier at both ends of the day, a few
extra for lunch and for the closing auction), the log price of a name since its open is

    beta x index(c)  +  reactions(c)  +  drift x c / c_end  +  noise x bridge(c)

where ``bridge`` is a Brownian bridge (Karatzas and Shreve, Brownian Motion and Stochastic Calculus, 5.6.B), zero at
both ends, and ``drift`` is whatever is left, so that the day opens and closes exactly at the given prices. Trades fall
on the exchange's price steps by unbiased random rounding, as trades alternate between bid and ask. The same parameters
give the same tape; each name has a random stream of its own, so adding one changes no other.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from services.market.sample.tape_parameters import TapeInstrument, TapeParameters, TapeReaction

LABEL = "reconstructed prices"
"""What such a tape must be called wherever it is shown."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

STEP_FROM = (0.0, 0.25, 0.5, 10.0, 20.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0)
STEP = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Price steps of Hong Kong shares from each price of STEP_FROM on, as valid in 2023 (spread table, part A)."""
INDEX_STEP = 0.01
LUNCH_MINUTES = 10.0
"""How much of the variance clock passes over lunch, and between the last trade and the closing auction."""
AUCTION_MINUTES = 5.0
OPENING_SHARE = 0.03
"""Part of a day's volume in the opening and in the closing auction."""
CLOSING_SHARE = 0.09
TRADE_SIZE_SHAPE = 0.8
"""Shape of the gamma distribution of trade sizes: below 1, hence many small trades and a few large ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """n ticks in time order, one array of n per field; ``code`` indexes ``instruments``.

    ``traded_at_ms``: milliseconds since 1970 UTC; ``volume``: shares, whole lots; ``sequence``: 0 .. n-1.
    """

    instruments: tuple[str, ...]
    code: Whole
    traded_at_ms: Whole
    price: Floats
    volume: Whole
    sequence: Whole

    def __len__(self) -> int:
        return len(self.traded_at_ms)

    def between(self, start: int, end: int) -> Tape:
        """Ticks of [start, end), both in milliseconds since 1970 UTC: a view, not a copy."""
        span = slice(*np.searchsorted(self.traded_at_ms, (start, end)).tolist())
        return Tape(
            self.instruments,
            self.code[span],
            self.traded_at_ms[span],
            self.price[span],
            self.volume[span],
            self.sequence[span],
        )

    def of(self, instrument: str) -> Tape:
        """Ticks of one instrument."""
        keep = self.code == self.instruments.index(instrument)
        columns = (self.code, self.traded_at_ms, self.price, self.volume, self.sequence)
        return Tape(self.instruments, *(column[keep] for column in columns))


Row = tuple[str, str, float, int]
Stretch = tuple[Whole, Floats, Whole]
"""Times, prices and volumes of one instrument on one day."""


def reconstruct(parameters: TapeParameters) -> Tape:
    """The whole tape, all days; the parameters must have passed ``config.sample_day``."""
    parts: list[Stretch] = []
    codes: list[Whole] = []
    for number in range(len(parameters.days)):
        for own_code, stretch in enumerate(DayMaker(parameters, number).make_all()):
            parts.append(stretch)
            codes.append(np.full(len(stretch[0]), own_code, dtype=np.int64))
    code, traded_at_ms = np.concatenate(codes), np.concatenate([part[0] for part in parts])
    order = np.lexsort((code, traded_at_ms))
    return Tape(
        tuple(entry.instrument for entry in parameters.instruments),
        code[order],
        traded_at_ms[order],
        np.concatenate([part[1] for part in parts])[order],
        np.concatenate([part[2] for part in parts])[order],
        np.arange(len(order), dtype=np.int64),
    )


def write_rows(tape: Tape) -> Iterator[Row]:
    """(instrument, traded_at as ISO 8601 in UTC, price, volume), in time order."""
    size = 10_000
    for start in range(0, len(tape), size):
        span = slice(start, start + size)
        times = np.datetime_as_string(tape.traded_at_ms[span].astype("datetime64[ms]"), timezone="UTC").tolist()
        columns = (tape.code[span].tolist(), times, tape.price[span].tolist(), tape.volume[span].tolist())
        for code, traded_at, price, volume in zip(*columns, strict=True):
            yield tape.instruments[code], traded_at, price, volume


def price_steps(price: Floats) -> Floats:
    """The step of each share price.

    >>> price_steps(np.array([11.2, 134.6, 349.8])).tolist()
    [0.02, 0.1, 0.2]
    """
    return np.array(STEP)[np.searchsorted(STEP_FROM, price, "right") - 1]


class DayMaker:
    """One day of all instruments. Points of time: every trade of continuous trading, then the closing auction."""

    def __init__(self, parameters: TapeParameters, number: int) -> None:
        self._parameters = parameters
        self._number = number
        self._day = parameters.days[number]
        hours = parameters.hours
        self._opens = seconds_of_day(hours.opens)
        self._morning = seconds_of_day(hours.lunch_from) - self._opens
        self._lunch = seconds_of_day(hours.lunch_to) - seconds_of_day(hours.lunch_from)
        self._traded = seconds_of_day(hours.closes) - self._opens - self._lunch
        self._elapsed = np.arange(0, self._traded + 1, self._day.seconds_per_tick, dtype=np.int64)
        """Seconds of trading before each point."""
        self._intensity = 0.7 + 0.9 * (2.0 * self._elapsed / self._traded - 1.0) ** 2
        """The U of a trading day; its mean is 1."""
        self._clock = self._run_clock()

    def make_all(self) -> Iterator[Stretch]:
        """Each instrument in the order of the parameters."""
        entries = self._parameters.instruments
        index = next(entry for entry in entries if entry.instrument == self._parameters.benchmark)
        path = self._drift(index, np.zeros_like(self._clock))
        path += self._day.index_noise * 1e-4 * self._bridge(self._random(index, "path"))
        for entry in entries:
            if entry is index:
                yield self._trade(entry, path)
            else:
                own = entry.noise * 1e-4 * self._bridge(self._random(entry, "path"))
                yield self._trade(entry, own + self._drift(entry, entry.beta * path + self._react(entry)))

    def _run_clock(self) -> Floats:
        minutes = self._intensity * self._day.seconds_per_tick / 60.0
        minutes[self._elapsed == self._morning] += LUNCH_MINUTES
        minutes[-1] = AUCTION_MINUTES
        return np.cumsum(minutes)

    def _drift(self, entry: TapeInstrument, path: Floats) -> Floats:
        """``path`` with the drift that brings its end to the close."""
        whole_move = math.log(entry.closes[self._number + 1] / entry.opens[self._number])
        pinned: Floats = path + (whole_move - path[-1]) * self._clock / self._clock[-1]
        return pinned

    def _bridge(self, random: Generator) -> Floats:
        walk = np.cumsum(random.standard_normal(len(self._clock)) * np.sqrt(np.diff(self._clock, prepend=0.0)))
        bridge: Floats = walk - walk[-1] * self._clock / self._clock[-1]
        return bridge

    def _react(self, entry: TapeInstrument) -> Floats:
        effect = np.zeros_like(self._clock)
        for reaction, minutes in self._answers(entry):
            slow = 1.0 - 2.0 ** (-np.maximum(minutes, 0.0) / reaction.half_life)
            answered = reaction.at_once + (1.0 - reaction.at_once) * slow
            effect += np.where(minutes >= 0, reaction.moves[entry.instrument] * answered, 0.0)
        return effect

    def _answers(self, entry: TapeInstrument) -> Iterator[tuple[TapeReaction, Floats]]:
        """Reactions of an instrument today, with the trading minutes passed at each point."""
        for reaction in self._parameters.reactions:
            local = reaction.at.astimezone(ZoneInfo(self._parameters.timezone))
            if entry.instrument in reaction.moves and local.date() == self._day.day:
                since_open = seconds_of_day(local.time()) - self._opens
                since_lunch = max(self._morning, since_open - self._lunch)
                known_at = max(0, since_open) if since_open < self._morning else since_lunch
                yield reaction, (self._elapsed - known_at) / 60.0

    def _trade(self, entry: TapeInstrument, path: Floats) -> Stretch:
        random = self._random(entry, "trades")
        opened, closed = entry.opens[self._number], entry.closes[self._number + 1]
        prices = opened * np.exp(path[:-1])
        is_index = entry.instrument == self._parameters.benchmark
        steps = np.full_like(prices, INDEX_STEP) if is_index else price_steps(prices)
        level = np.floor(prices / steps)
        level += random.random(len(prices)) < prices / steps - level
        traded = np.round(np.maximum(level, 1.0) * steps, 3)
        times, volumes = self._times(random), self._volumes(entry, random)
        return times, np.concatenate(([opened], traded, [closed])), volumes

    def _times(self, random: Generator) -> Whole:
        hours = self._parameters.hours
        seconds = self._opens + self._elapsed[:-1] + np.where(self._elapsed[:-1] >= self._morning, self._lunch, 0)
        trades = seconds * 1_000 + random.integers(0, self._day.seconds_per_tick * 1_000, len(seconds))
        prints = [
            seconds_of_day(at) * 1_000 + int(random.integers(0, 1_000))
            for at in (hours.opening_print, hours.closing_print)
        ]
        midnight = datetime.combine(self._day.day, time(), tzinfo=ZoneInfo(self._parameters.timezone))
        return int(midnight.timestamp()) * 1_000 + np.concatenate((prints[:1], trades, prints[1:]))

    def _volumes(self, entry: TapeInstrument, random: Generator) -> Whole:
        """Whole lots, at least one for each trade; none at all for an index."""
        points = len(self._elapsed) - 1
        if not entry.shares:
            return np.zeros(points + 2, dtype=np.int64)
        lots = entry.shares * self._day.volume_scale / entry.lot
        mean = self._intensity[:-1] * lots * (1.0 - OPENING_SHARE - CLOSING_SHARE) / points
        for reaction, minutes in self._answers(entry):
            fading = 2.0 ** (-np.maximum(minutes[:-1], 0.0) / (2.0 * reaction.half_life))
            mean *= np.where(minutes[:-1] >= 0, 1.0 + (reaction.busier - 1.0) * fading, 1.0)
        sizes = random.gamma(TRADE_SIZE_SHAPE, mean / TRADE_SIZE_SHAPE)
        all_sizes = np.concatenate(([lots * OPENING_SHARE], sizes, [lots * CLOSING_SHARE]))
        return np.maximum(1, np.rint(all_sizes)).astype(np.int64) * entry.lot

    def _random(self, entry: TapeInstrument, purpose: str) -> Generator:
        words = (f"{entry.instrument}/{purpose}".encode(), self._day.day.isoformat().encode())
        return np.random.default_rng([self._parameters.seed, *(zlib.crc32(word) for word in words)])


def seconds_of_day(at: time) -> int:
    """Seconds since midnight.

    >>> seconds_of_day(time(9, 30))
    34200
    """
    return (at.hour * 60 + at.minute) * 60 + at.second
