"""How much the price store holds: bytes per tier and instruments, counted a few keys at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from services.market.prices.price_window import PriceSeries
from streams import metrics
from streams.clock import monotonic
from streams.prices.price_packing import TIER_OF_PREFIX, read_key, unpack_closes, unpack_minutes, unpack_seconds
from streams.prices.price_store import RedisPriceStore

STEP_EVERY_SECONDS = 1.0
ROUND_EVERY_SECONDS = 600.0


class StoreSize(Struct, frozen=True, kw_only=True):
    """Bytes of packed bars by tier (seconds, minutes, days), without the keys, and how many instruments have some."""

    bytes_by_tier: dict[str, int]
    instruments: int

    def describe(self) -> str:
        """In words."""
        total = sum(self.bytes_by_tier.values())
        if not self.instruments:
            return "no prices yet"
        return f"{self.instruments} instruments, {total / self.instruments / 1024:.0f} KiB each"


def measure_store(store: RedisPriceStore) -> StoreSize:
    """Count everything now. Raises Unavailable."""
    sizes: Counter[tuple[str, str]] = Counter()
    for part in store.scan_sizes():
        sizes.update(part)
    return sum_sizes(sizes)


def sum_sizes(sizes: Counter[tuple[str, str]]) -> StoreSize:
    """From bytes by (tier, instrument)."""
    by_tier = Counter(dict.fromkeys(TIER_OF_PREFIX.values(), 0))
    for (tier, _), size in sizes.items():
        by_tier[tier] += size
    return StoreSize(bytes_by_tier=dict(by_tier), instruments=len({instrument for _, instrument in sizes}))


class TierContent(Struct, frozen=True, kw_only=True):
    """One tier of one instrument; ``first`` and ``last`` in epoch seconds, 0 without rows."""

    tier: str
    rows: int
    size: int
    first: int
    last: int


def list_content(store: RedisPriceStore, instrument: str) -> list[TierContent]:
    """What there is of an instrument, by tier. Raises Unavailable."""
    strings = store.read_instrument(instrument)
    contents = []
    for tier, unpack in (("seconds", _read_seconds), ("minutes", _read_minutes), ("days", _read_days)):
        parts = {key: part for key, part in strings.items() if read_key(key)[0] == tier}
        series = unpack(instrument, parts)
        ends = (int(series.second[0]), int(series.second[-1])) if len(series) else (0, 0)
        size = sum(map(len, parts.values()))
        contents.append(TierContent(tier=tier, rows=len(series), size=size, first=ends[0], last=ends[1]))
    return contents


def _read_seconds(instrument: str, parts: dict[str, bytes]) -> PriceSeries:
    return unpack_seconds(instrument, [int(key.rpartition(":")[2]) for key in parts], list(parts.values()))


def _read_minutes(instrument: str, parts: dict[str, bytes]) -> PriceSeries:
    days = [date.fromisoformat(key.rpartition(":")[2]) for key in parts]
    return unpack_minutes(instrument, days, list(parts.values()))


def _read_days(instrument: str, parts: dict[str, bytes]) -> PriceSeries:
    return unpack_closes(instrument, b"".join(parts.values()))


class StoreGauge:
    """Keeps the gauges of the store's size, at a thousand keys a second and one round in ten minutes."""

    def __init__(self, store: RedisPriceStore) -> None:
        self._store = store
        self._round: Iterator[dict[tuple[str, str], int]] | None = None
        self._sizes: Counter[tuple[str, str]] = Counter()
        self._next_at = 0.0

    def step(self) -> None:
        """Count a few more keys when it is time. Raises Unavailable."""
        if monotonic() < self._next_at:
            return
        if self._round is None:
            self._round, self._sizes = self._store.scan_sizes(), Counter()
        part = next(self._round, None)
        self._next_at = monotonic() + (STEP_EVERY_SECONDS if part is not None else ROUND_EVERY_SECONDS)
        if part is not None:
            self._sizes.update(part)
            return
        self._round = None
        size = sum_sizes(self._sizes)
        for tier, count in size.bytes_by_tier.items():
            metrics.PRICE_STORE_BYTES.labels(tier=tier).set(count)
        metrics.PRICE_STORE_INSTRUMENTS.set(size.instruments)
