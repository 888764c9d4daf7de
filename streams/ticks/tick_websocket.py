"""Ticks from a vendor's WebSocket: connect, subscribe, read; after any failure wait, connect and subscribe anew."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import aiohttp

from config.tick_source import TickSource
from services.errors import Unreadable
from services.market.ticks.tick_mapping import read_message
from streams import metrics
from streams.broker.backoff import Backoff
from streams.logs import log
from streams.ticks.tick_client import CLIENT_ERRORS, SourceAway, as_url, explain, open_session
from streams.ticks.tick_desk import TickDesk, decode_message
from streams.watching.health import Health

SOURCE = "websocket"
MESSAGES_PER_TURN = 64
CLOSE_SECONDS = 2.0
SETTLED_SECONDS = 3.0
_DATA = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)


class WebSocketTicks:
    """One vendor's stream. What the vendor repeats after a reconnect is passed on: bars count a trade once."""

    def __init__(self, source: TickSource, desk: TickDesk, health: Health, backoff: Backoff) -> None:
        self._source = source
        self._settings = source.connection
        self._desk = desk
        self._health = health
        self._backoff = backoff

    async def run(self) -> None:
        """Read until cancelled."""
        async with open_session(total_seconds=None) as session:
            while True:
                try:
                    await self._stay_connected(session)
                except CLIENT_ERRORS as error:
                    away = explain(error, self._source.token_place)
                wait = self._backoff.next(away.retry_after)
                self._health.fails("source", away.detail)
                log.info("connecting anew", place=self._source.place, after_seconds=round(wait, 2), why=away.detail)
                await asyncio.sleep(wait)
                metrics.SOURCE_RECONNECTS.labels(source=SOURCE).inc()

    async def _stay_connected(self, session: aiohttp.ClientSession) -> None:
        """One connection from its handshake to its end, which is always an error."""
        async with asyncio.timeout(self._settings.connect_seconds):
            socket = await session.ws_connect(
                as_url(self._source.address(self._source.symbols)),
                headers=self._source.header_values(),
                heartbeat=self._settings.ping_seconds,
                max_msg_size=self._settings.largest_message_bytes,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
            )
        pinging = asyncio.create_task(self._ping(socket))
        # A market that is closed sends nothing; a vendor that does not want us closes at once.
        settled = asyncio.get_running_loop().call_later(SETTLED_SECONDS, self._health.answers, "source")
        try:
            async with asyncio.timeout(self._settings.connect_seconds):
                for message in self._source.subscriptions():
                    await socket.send_str(json.dumps(message))
            log.info("connected", place=self._source.place, symbols=len(self._source.symbols))
            await self._read(socket)
        finally:
            settled.cancel()
            pinging.cancel()
            await socket.close()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        count = 0
        while True:
            try:
                # Around the whole: pings of the server, which end inside, must not pass for messages.
                async with asyncio.timeout(self._settings.idle_seconds):
                    message = await socket.receive()
            except TimeoutError:
                raise SourceAway(f"no message within {self._settings.idle_seconds:g} s") from None
            if message.type not in _DATA:
                raise self._ended(socket, message)
            self._take(message.data)
            count += 1
            if count % MESSAGES_PER_TURN == 0:
                # Buffered messages come without a pause; pings and the signal to stop need their turn.
                await asyncio.sleep(0)

    def _take(self, data: str | bytes) -> None:
        try:
            message = decode_message(data)
        except Unreadable as error:
            self._desk.leave_out_message(error.detail)
            return
        reading = read_message(message, self._source.mapping)
        if reading.left_out:
            self._desk.leave_out(reading)
        if reading.ticks:
            for tick in reading.ticks:
                self._desk.see_clock(tick["traded_at"] / 1e6)
            self._desk.accept(list(reading.ticks))
            self._backoff.reset()
        self._health.answers("source")

    def _ended(self, socket: aiohttp.ClientWebSocketResponse, message: aiohttp.WSMessage) -> SourceAway:
        if socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
            problem = f"a message is larger than {self._settings.largest_message_bytes} bytes"
            self._desk.leave_out_message(problem)
            return SourceAway(problem)
        if message.type is aiohttp.WSMsgType.ERROR:
            return SourceAway(f"the connection broke: {type(message.data).__name__}")
        return SourceAway(f"the connection was closed with code {socket.close_code}")

    async def _ping(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        if self._source.ping_message is None:
            return
        # A connection that broke is told to the reader; here it only ends the pings.
        with suppress(*CLIENT_ERRORS):
            while True:
                await asyncio.sleep(self._settings.ping_seconds)
                await socket.send_str(json.dumps(self._source.ping_message))
