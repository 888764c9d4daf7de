"""Many one-second bars in one record: what travels on ``market.bars``."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from services.market.bars.bar_making import BarColumns
from services.market.ticks.tick import Bar

_COLUMNS = ("code", "second", "open", "high", "low", "close", "volume", "vwap", "ticks")


class Progress(Struct, frozen=True, kw_only=True):
    """How far event time has come: all that a reader wants who asks the price store for the bars themselves."""

    schema_version: int = 1
    shard: int
    watermark: int


class BarFrame(Struct, frozen=True, kw_only=True):
    """Bars that are complete, one column per field, and how far event time has come.

    ``watermark``: seconds since 1970 UTC; every bar of this shard that ends at or before it has been sent
    and is already in the price store. A frame without bars still moves the watermark. A late tick makes a bar anew:
    it is sent again with the next ``revision``, and the last one sent for a second counts.
    """

    schema_version: int = 1
    shard: int
    watermark: int
    instruments: tuple[str, ...] = ()
    code: tuple[int, ...] = ()
    """Which of the instruments each bar is of; the other columns are as in ``Bar``."""
    second: tuple[int, ...] = ()
    open: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    close: tuple[float, ...] = ()
    volume: tuple[float, ...] = ()
    vwap: tuple[float, ...] = ()
    ticks: tuple[int, ...] = ()
    revision: tuple[int, ...] = ()
    """Empty when it is 0 for all."""

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in _COLUMNS} | {len(self.revision or self.code)}
        if len(lengths) > 1:
            raise ValueError(f"columns must have one length, got {sorted(lengths)}")
        if self.code and not 0 <= min(self.code) <= max(self.code) < len(self.instruments):
            raise ValueError("code does not index instruments")

    def columns(self) -> BarColumns:
        """The bars as arrays."""
        return BarColumns(
            self.instruments,
            np.array(self.code, dtype=np.int64),
            np.array(self.second, dtype=np.int64),
            np.array(self.open, dtype=np.float64),
            np.array(self.high, dtype=np.float64),
            np.array(self.low, dtype=np.float64),
            np.array(self.close, dtype=np.float64),
            np.array(self.volume, dtype=np.float64),
            np.array(self.vwap, dtype=np.float64),
            np.array(self.ticks, dtype=np.int64),
            np.array(self.revision or (0,) * len(self.code), dtype=np.int64),
        )

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The bars as objects."""
        return self.columns().bars()


def frame_bars(bars: BarColumns, shard: int, watermark: int) -> BarFrame:
    """A frame of these bars; it names the instruments that have one."""
    present, code = np.unique(bars.code, return_inverse=True)
    return BarFrame(
        shard=shard,
        watermark=watermark,
        instruments=tuple(bars.instruments[index] for index in present.tolist()),
        code=tuple(code.tolist()),
        second=tuple(bars.second.tolist()),
        open=tuple(bars.open.tolist()),
        high=tuple(bars.high.tolist()),
        low=tuple(bars.low.tolist()),
        close=tuple(bars.close.tolist()),
        volume=tuple(bars.volume.tolist()),
        vwap=tuple(bars.vwap.tolist()),
        ticks=tuple(bars.ticks.tolist()),
        revision=tuple(bars.revision.tolist()) if bars.revision.any() else (),
    )
