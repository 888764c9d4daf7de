"""The closes of a file by instrument: of days, or of moments within days. Columns; nothing is read here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.market.prices.price_window import Floats, Seconds
from services.market.study.daily_prices import DailyPrices, Days

END_OF_DAY = 86_400
"""Second of a price without a time: the close of its day, known when the day is over."""
_DAY_BITS = 17
"""86,400 seconds, and the days of 350 years, fit into 17 bits."""


class PriceTape(Struct, frozen=True, eq=False):
    """Prices of one instrument in order of time; three arrays of one length."""

    day: Days
    """Local day."""
    moment: Seconds
    """What ``number_moments`` makes of day and second."""
    close: Floats

    def last_before(self, day: Days, second: int) -> Seconds:
        """For each day, the place of the last price before that second of it; -1 where there is none."""
        return np.searchsorted(self.moment, number_moments(day, second), "left").astype(np.int64) - 1

    def last_of(self, day: Days) -> tuple[Seconds, Seconds]:
        """For each day, the place of its last price and how many prices the day has; -1 and 0 without any."""
        ends, begins = np.searchsorted(self.day, day, "right"), np.searchsorted(self.day, day, "left")
        return np.where(ends > begins, ends - 1, -1).astype(np.int64), (ends - begins).astype(np.int64)


def number_moments(day: Days, second: Seconds | int) -> Seconds:
    """One number per local day and second, ascending with time."""
    moments: Seconds = day.astype(np.int64) * (2 * END_OF_DAY) + second
    return moments


class PriceColumns(Struct, frozen=True, kw_only=True, eq=False):
    """Rows as a file has them; arrays of one length."""

    instruments: tuple[str, ...]
    code: NDArray[np.int64]
    """Place of the row's instrument in ``instruments``."""
    day: Days
    second: Seconds
    close: Floats
    """Above 0."""

    def sorted(self) -> PriceColumns:
        """By instrument, day and second; rows of one moment stay in the order of the file."""
        moment = self.moment
        if bool(np.all(moment[1:] >= moment[:-1])):
            return self
        return self.take(np.argsort(moment, kind="stable"))

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> PriceColumns:
        """These rows only."""
        return PriceColumns(
            instruments=self.instruments,
            code=self.code[rows],
            day=self.day[rows],
            second=self.second[rows],
            close=self.close[rows],
        )

    @property
    def moment(self) -> NDArray[np.int64]:
        """One number per row that is equal for two prices of one instrument at one moment, ascending with it."""
        day = self.day.astype(np.int64)
        day = day - (day.min() if len(day) else 0)
        return (((self.code << _DAY_BITS) | day) << _DAY_BITS) | self.second


class FilePrices:
    """The prices of a file by instrument; of several prices of one moment the later row counts."""

    def __init__(self, columns: PriceColumns) -> None:
        ordered = columns.sorted()
        moment = ordered.moment
        self._columns = ordered.take(np.r_[moment[1:] != moment[:-1], np.ones(min(1, len(moment)), dtype=bool)])
        self.repeated = len(columns.code) - len(self._columns.code)
        """Rows that another row of the same moment replaced."""
        self._moments = number_moments(self._columns.day, self._columns.second)
        self.is_intraday = bool(np.any(self._columns.second < END_OF_DAY))

    def __len__(self) -> int:
        return len(self._columns.code)

    @property
    def instruments(self) -> tuple[str, ...]:
        """Every name of the file."""
        return self._columns.instruments

    def tape(self, instrument: str) -> PriceTape:
        """Every price of one instrument; KeyError when the file does not have it."""
        rows = self._rows[instrument]
        return PriceTape(self._columns.day[rows], self._moments[rows], self._columns.close[rows])

    def daily(self, instrument: str) -> DailyPrices:
        """The last price of each day."""
        tape = self.tape(instrument)
        last = np.r_[tape.day[1:] != tape.day[:-1], np.ones(min(1, len(tape.day)), dtype=bool)]
        return DailyPrices(instrument, tape.day[last], tape.close[last])

    def days_of(self, instruments: frozenset[str]) -> Days:
        """Ascending days on which any of them has a price."""
        named = [np.unique(self.tape(name).day) for name in self.instruments if name in instruments]
        found: Days = np.unique(np.concatenate([np.empty(0, dtype="datetime64[D]"), *named]))
        return found

    @cached_property
    def _rows(self) -> Mapping[str, slice]:
        bounds = np.searchsorted(self._columns.code, np.arange(len(self.instruments) + 1))
        return {name: slice(int(bounds[place]), int(bounds[place + 1])) for place, name in enumerate(self.instruments)}
