"""One request at a time to a host, and a pause between two."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from services.news.poll_plan import host_gap
from streams.clock import monotonic

MOST_HOSTS = 2_000


@dataclass
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0
    waiting: int = 0
    gap_seconds: float | None = None


class HostTurns:
    """Turns by place (scheme, host and port); ``gap_seconds`` None: as ``host_gap`` says."""

    def __init__(self, gap_seconds: float | None = None) -> None:
        self._gap_seconds = gap_seconds
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    def slow_down(self, place: str, crawl_delay_seconds: float | None) -> None:
        """Keep the pause that the host's robots.txt asks for."""
        if self._gap_seconds is None:
            self._host(place).gap_seconds = host_gap(crawl_delay_seconds)

    @asynccontextmanager
    async def turn(self, place: str) -> AsyncIterator[None]:
        """Wait for the turn; the pause begins when the block ends."""
        host = self._host(place)
        host.waiting += 1
        try:
            async with host.turn:
                await asyncio.sleep(max(0.0, host.next_at - monotonic()))
                try:
                    yield
                finally:
                    gap = host.gap_seconds if host.gap_seconds is not None else self._gap_seconds
                    host.next_at = monotonic() + (host_gap(None) if gap is None else gap)
        finally:
            host.waiting -= 1

    def _host(self, place: str) -> _Host:
        host = self._hosts.setdefault(place, _Host())
        self._hosts.move_to_end(place)
        for name in list(self._hosts)[: max(0, len(self._hosts) - MOST_HOSTS)]:
            if not self._hosts[name].waiting:
                del self._hosts[name]
        return host
