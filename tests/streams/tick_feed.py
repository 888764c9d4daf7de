"""Stand-ins for tick vendors: a WebSocket feed and a quote service on this machine that do what a test tells them."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from prometheus_client import REGISTRY

from config.settings import Secret
from config.tick_source import Connection, Polling, TickSource
from services.market.ticks.tick_mapping import FieldPath, TickFields, TickMapping
from streams.broker.backoff import Backoff

TOKEN = "vendor-CANARY-24680"
DEADLINE_SECONDS = 30.0
Script = Callable[[web.WebSocketResponse], Awaitable[None]]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def path(*steps: str) -> FieldPath:
    return FieldPath(steps)


MAPPING = TickMapping(
    instruments={"T": "0700.HK", "M": "3690.HK"},
    fields=TickFields(instrument=path("s"), price=path("p"), time=path("t"), volume=path("v"), sequence=path("i")),
    ticks=("data",),
    match=((("type",), "trade"),),
    time_unit="ms",
)


def source_of(url: str, kind: Any = "websocket", **changes: Any) -> TickSource:
    """A vendor at ``url``, which waits for little."""
    quick = {"connect_seconds": 5.0, "idle_seconds": 20.0, "largest_message_bytes": 10_000}
    values: dict[str, Any] = {
        "kind": kind,
        "file": "vendor.toml",
        "url": url,
        "token": Secret(TOKEN),
        "token_place": "VENDOR_TOKEN",
        "headers": {"Authorization": "Bearer {token}"},
        "mapping": MAPPING,
        "connection": Connection(**quick | changes.pop("connection", {})),
        "polling": Polling(**{"interval_seconds": 0.01, "timeout_seconds": 5.0} | changes.pop("polling", {})),
    }
    if kind == "websocket":
        values["subscribe"] = ({"op": "subscribe", "symbols": "{instruments}"}, {"op": "one", "symbol": "{instrument}"})
    return TickSource(**values | changes)


def quick_backoff() -> Backoff:
    """Waits that a test does not notice."""
    return Backoff(0.01, 0.02)


def trade(sequence: int, *, symbol: str = "T", at: float | None = None, price: object = 349.8) -> dict[str, Any]:
    """One trade as the vendor writes it, made now unless ``at`` (seconds since 1970) says otherwise."""
    moment = time.time() if at is None else at
    return {"s": symbol, "p": price, "v": 100, "t": round(moment * 1_000), "i": sequence}


def frame(*trades: dict[str, Any]) -> str:
    """A message with trades."""
    return json.dumps({"type": "trade", "data": list(trades)})


async def eventually(condition: Callable[[], object], what: str) -> None:
    """Return as soon as the condition holds; fails the test when it does not in time."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {DEADLINE_SECONDS:g} s: {what}"
        await asyncio.sleep(0.005)


def counted(name: str, **labels: str) -> float:
    """The value of a series now."""
    return REGISTRY.get_sample_value(f"policy_signals_source_{name}", labels) or 0.0


async def stay_open(socket: web.WebSocketResponse) -> None:
    """Answer nothing until the other side closes."""
    async for _ in socket:
        pass


@dataclass
class Feed:
    """A WebSocket vendor. Each connection runs the next of ``scripts``, after its subscriptions; the last one again."""

    scripts: list[Script]
    expects: int = 3
    """Messages of ours that come before a script begins."""
    options: dict[str, Any] = field(default_factory=dict)
    heard: list[list[Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Take one connection."""
        self.headers.append(dict(request.headers))
        number = len(self.sockets)
        socket = web.WebSocketResponse(**self.options)
        await socket.prepare(request)
        self.sockets.append(socket)
        self.heard.append([])
        with suppress(ConnectionError):
            for _ in range(self.expects):
                self.heard[number].append((await socket.receive()).json())
            await self.scripts[min(number, len(self.scripts) - 1)](socket)
        return socket


@dataclass
class Quotes:
    """A quote service. Each request gets the next of ``answers``; the last one again. ``open_now`` counts requests."""

    answers: list[Answer]
    asked: list[web.Request] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Take one request."""
        self.asked.append(request)
        self.at.append(time.monotonic())
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            return await self.answers[min(len(self.asked), len(self.answers)) - 1](request)
        finally:
            self.open_now -= 1


@asynccontextmanager
async def serving(vendor: Feed | Quotes, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """``host:port`` of a vendor that is up for the length of the block."""
    app = web.Application()
    app.router.add_get("/feed", vendor.connect)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield f"127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(reader: Any) -> AsyncIterator[asyncio.Task[None]]:
    """A source that reads for the length of the block."""
    task = asyncio.create_task(reader.run())
    try:
        yield task
    finally:
        if task.done() and not task.cancelled():
            # It ends only when it is cancelled; anything else is a mistake worth seeing.
            task.result()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
