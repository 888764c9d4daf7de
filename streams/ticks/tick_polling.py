"""Ticks from quotes that are asked for over HTTP: one request at a time, never more often than the vendor allows."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import aiohttp

from config.tick_source import TickSource
from services.errors import Unreadable
from services.market.ticks.quote_memory import QuoteMemory
from services.market.ticks.tick_mapping import read_message
from streams import metrics
from streams.broker.backoff import Backoff
from streams.logs import log
from streams.ticks.tick_client import CLIENT_ERRORS, SourceAway, as_url, explain, open_session, refusal
from streams.ticks.tick_desk import TickDesk, decode_message
from streams.watching.health import Health

SOURCE = "polling"
OK, NOT_MODIFIED = 200, 304
Batch = tuple[str, ...]


class PolledTicks:
    """One vendor's quotes, a batch of symbols per request."""

    def __init__(
        self,
        source: TickSource,
        desk: TickDesk,
        health: Health,
        backoff: Backoff,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._source = source
        self._desk = desk
        self._health = health
        self._backoff = backoff
        self._chance = chance
        self._memory = QuoteMemory(source.volume_is, source.mapping.time_zone)
        size = source.polling.batch
        self._batches = deque(source.symbols[at : at + size] for at in range(0, len(source.symbols), size))
        self._validators: dict[Batch, dict[str, str]] = {}

    async def run(self) -> None:
        """Ask until cancelled."""
        async with open_session(total_seconds=self._source.polling.timeout_seconds) as session:
            while True:
                try:
                    await self._ask_all(session)
                except CLIENT_ERRORS as error:
                    away = explain(error, self._source.token_place)
                    wait = max(self._backoff.next(away.retry_after), self._interval())
                    self._health.fails("source", away.detail)
                    log.info("asking again", place=self._source.place, after_seconds=round(wait, 2), why=away.detail)
                    metrics.SOURCE_RECONNECTS.labels(source=SOURCE).inc()
                else:
                    self._backoff.reset()
                    self._health.answers("source")
                    wait = self._interval()
                await asyncio.sleep(wait)

    def _interval(self) -> float:
        polling = self._source.polling
        return polling.interval_seconds * (1 + polling.jitter * (2 * self._chance() - 1))

    async def _ask_all(self, session: aiohttp.ClientSession) -> None:
        """Every batch once. A failure ends the round; the next one begins after it, so that no batch starves others."""
        for _ in range(len(self._batches)):
            batch = self._batches[0]
            self._batches.rotate(-1)
            await self._ask(session, batch)

    async def _ask(self, session: aiohttp.ClientSession, batch: Batch) -> None:
        headers = self._source.header_values() | self._validators.get(batch, {})
        address = as_url(self._source.address(batch))
        async with session.get(address, headers=headers, allow_redirects=False) as response:
            self._see_clock(response)
            if response.status == NOT_MODIFIED:
                self._desk.count_unchanged(len(batch))
                return
            if response.status != OK:
                raise refusal(response.status, response.headers.get("Retry-After"), self._source.token_place)
            body = await self._read_bounded(response)
        self._take(body)
        self._validators[batch] = _validators_of(response)

    async def _read_bounded(self, response: aiohttp.ClientResponse) -> bytes:
        limit = self._source.connection.largest_message_bytes
        body = bytearray()
        async for part in response.content.iter_any():
            body += part
            if len(body) > limit:
                self._desk.leave_out_message(f"an answer is larger than {limit} bytes")
                raise SourceAway(f"its answer is larger than {limit} bytes")
        return bytes(body)

    def _take(self, body: bytes) -> None:
        try:
            message = decode_message(body)
        except Unreadable as error:
            self._desk.leave_out_message(error.detail)
            raise SourceAway("its answer is not JSON") from None
        reading = read_message(message, self._source.mapping)
        if reading.left_out:
            self._desk.leave_out(reading)
        ticks = self._memory.new_ticks(reading.ticks)
        self._desk.count_unchanged(len(reading.ticks) - len(ticks))
        self._desk.accept(ticks)

    def _see_clock(self, response: aiohttp.ClientResponse) -> None:
        """By the server's own time: a quote's time is that of the last trade, however long ago."""
        if "Age" in response.headers:
            # A cache answered, with the time at which it was told.
            return
        try:
            self._desk.see_clock(parsedate_to_datetime(response.headers.get("Date", "")).timestamp())
        except (ValueError, TypeError, IndexError):
            return


def _validators_of(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Headers of the next request, so that the vendor may answer that nothing changed."""
    pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
    return {ours: response.headers[theirs] for ours, theirs in pairs if theirs in response.headers}
