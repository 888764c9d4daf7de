"""What the peers do with their ticks: the bars that a careful user would write, tick by tick or with numpy.

The same work as ours at its core: decode, prices and volumes finite and positive, one-second bars with five seconds of
lateness, finished bars encoded. Left out on purpose, because few users would write it: duplicates, the jump filter,
the order of ticks within a bar, currencies, commits behind effects.
"""

from __future__ import annotations

import math
import resource
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

LATENESS = 5


class Row(msgspec.Struct, gc=False):
    """One tick as JSON."""

    instrument: str
    price: float
    volume: float
    traded_at: int


class Frame(msgspec.Struct):
    """Ticks as JSON columns."""

    instrument: list[str]
    price: list[float]
    volume: list[float]
    traded_at: list[int]


decode_row = msgspec.json.Decoder(Row).decode
decode_rows = msgspec.json.Decoder(list[Row]).decode
decode_frame = msgspec.json.Decoder(Frame).decode
encode = msgspec.json.Encoder().encode


class Meter:
    """Processor time of this process up to its last record; libraries have been imported before."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.seen = 0
        self.seconds = 0.0
        self._began = processor_seconds()

    def count(self, records: int) -> bool:
        """True when all have been seen."""
        self.seen += records
        if self.seen < self.expected:
            return False
        self.seconds = processor_seconds() - self._began
        return True


def processor_seconds() -> float:
    """User and system time of all threads of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class TickBars:
    """Bars of one partition, tick by tick."""

    def __init__(self) -> None:
        self.bars = self.bytes = self.late = self.refused = 0
        self._open: dict[int, dict[str, list[float]]] = {}
        self._newest = self._watermark = 0

    def add(self, data: bytes) -> None:
        """One JSON tick."""
        tick = decode_row(data)
        price, volume = tick.price, tick.volume
        if not (math.isfinite(price) and math.isfinite(volume) and price > 0.0 and volume >= 0.0):
            self.refused += 1
            return
        second = tick.traded_at // 1_000_000
        if second < self._watermark:
            self.late += 1
            return
        bars = self._open.get(second)
        if bars is None:
            bars = self._open[second] = {}
        bar = bars.get(tick.instrument)
        if bar is None:
            bars[tick.instrument] = [price, price, price, price, volume, price * volume, 1]
        else:
            if price > bar[1]:  # noqa: PLR1730 - twice as fast as max()
                bar[1] = price
            if price < bar[2]:  # noqa: PLR1730 - see above
                bar[2] = price
            bar[3] = price
            bar[4] += volume
            bar[5] += price * volume
            bar[6] += 1
        if second > self._newest:
            self._newest = second
            self._close(second - LATENESS)

    def _close(self, watermark: int) -> None:
        self._watermark = watermark
        for second in sorted(second for second in self._open if second < watermark):
            done = self._open.pop(second)
            self.bars += len(done)
            self.bytes += len(encode([(name, second, *bar) for name, bar in done.items()]))


class ColumnBars:
    """Bars of one partition, many ticks at once."""

    def __init__(self) -> None:
        self.bars = self.bytes = self.late = self.refused = 0
        self._codes: dict[str, int] = {}
        self._parts: list[tuple[NDArray[Any], ...]] = []
        self._newest = self._watermark = 0

    def add_rows(self, values: Sequence[bytes]) -> None:
        """JSON ticks."""
        rows = decode_rows(b"[" + b",".join(values) + b"]")
        self._add(
            self._code([row.instrument for row in rows]),
            np.array([row.price for row in rows]),
            np.array([row.volume for row in rows]),
            np.array([row.traded_at for row in rows]),
        )

    def add_frame(self, data: bytes) -> None:
        """A frame of JSON columns."""
        frame = decode_frame(data)
        self._add(
            self._code(frame.instrument), np.array(frame.price), np.array(frame.volume), np.array(frame.traded_at)
        )

    def add_arrow(self, data: bytes) -> None:
        """An Arrow frame."""
        import pyarrow as pa  # noqa: PLC0415 - only where it is asked for

        with pa.ipc.open_stream(data) as reader:
            batch = reader.read_next_batch()
        names = batch.column("instrument")
        own = self._code(names.dictionary.to_pylist())
        micros = batch.column("traded_at").cast(pa.int64()).to_numpy()
        code = own[names.indices.to_numpy()]
        self._add(code, batch.column("price").to_numpy(), batch.column("volume").to_numpy(), micros)

    def _code(self, names: list[str]) -> NDArray[np.int64]:
        codes = self._codes
        for name in set(names) - codes.keys():
            codes[name] = len(codes)
        return np.fromiter(map(codes.__getitem__, names), np.int64, len(names))

    def _add(self, code: Any, price: Any, volume: Any, micros: Any) -> None:
        second = micros // 1_000_000
        timely = second >= self._watermark
        good = np.isfinite(price) & np.isfinite(volume) & (price > 0.0) & (volume >= 0.0) & timely
        part = (second, code, price, volume)
        if not good.all():
            self.late += int(np.count_nonzero(~timely))
            part = tuple(column[good] for column in part)
        self._parts.append(part)
        newest = int(second.max())
        if newest > self._newest:
            self._newest = newest
            self._close(newest - LATENESS)

    def _close(self, watermark: int) -> None:
        self._watermark = watermark
        columns = [np.concatenate(column) for column in zip(*self._parts, strict=True)]
        done = columns[0] < watermark
        self._parts = [tuple(column[~done] for column in columns)]
        second, code, price, volume = (column[done] for column in columns)
        if not len(second):
            return
        key = second * len(self._codes) + code
        order = np.argsort(key, kind="stable")
        key, price, volume = key[order], price[order], volume[order]
        starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        ends = np.append(starts[1:], len(key))
        names = list(self._codes)
        bars = {
            "instrument": [names[one] for one in code[order][starts].tolist()],
            "second": second[order][starts].tolist(),
            "open": price[starts].tolist(),
            "high": np.maximum.reduceat(price, starts).tolist(),
            "low": np.minimum.reduceat(price, starts).tolist(),
            "close": price[ends - 1].tolist(),
            "volume": np.add.reduceat(volume, starts).tolist(),
            "turnover": np.add.reduceat(price * volume, starts).tolist(),
            "ticks": (ends - starts).tolist(),
        }
        self.bars += len(starts)
        self.bytes += len(encode(bars))
