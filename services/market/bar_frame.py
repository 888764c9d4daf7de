"""Many one-second bars in one record: what travels on ``market.bars``."""

from __future__ import annotations

from msgspec import Struct

from services.market.tick import Bar


class BarFrame(Struct, frozen=True, kw_only=True):
    """Bars that are complete, and how far event time has come.

    ``watermark``: seconds since 1970 UTC; every bar of this shard that ends at or before it has been sent
    and is already in the price store. A frame without bars still moves the watermark.
    """

    schema_version: int = 1
    shard: int
    watermark: int
    bars: tuple[Bar, ...]
