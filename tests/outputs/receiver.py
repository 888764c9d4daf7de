"""A web server on this machine that takes webhooks, does what a test tells it, and writes down what it accepted."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

SLOW, LOST = "slow", "lost"
"""Answers: none at all until the end; the connection is cut after the message was accepted."""


@dataclass
class Received:
    """One request, whole."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """``answers`` are used up one by one, then 204; a number, a number with Retry-After, SLOW or LOST."""

    answers: deque[int | str | tuple[int, str]] = field(default_factory=deque)
    requests: list[Received] = field(default_factory=list)
    accepted: list[Received] = field(default_factory=list)
    port: int = 0
    on_accept: Callable[[], None] = lambda: None
    """Called after a message was accepted and before the reply leaves."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def keys(self) -> list[str]:
        """Idempotency keys of what was accepted, repeats too."""
        return [one.headers["Idempotency-Key"] for one in self.accepted]

    def __enter__(self) -> Receiver:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    async def _start(self) -> None:
        self._end = asyncio.Event()
        app = web.Application()
        app.router.add_post("/hook", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        self._end.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        received = Received(dict(request.headers), await request.read())
        self.requests.append(received)
        answer = self.answers.popleft() if self.answers else 204
        status, headers = (answer[0], {"Retry-After": answer[1]}) if isinstance(answer, tuple) else (answer, {})
        if answer == SLOW:
            await self._end.wait()
        if answer == LOST or (isinstance(status, int) and status < 300):
            self.accepted.append(received)
            self.on_accept()
        if isinstance(status, str):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=status, headers=headers)
