"""Yahoo-style quotes through the optional library yfinance: one tick per instrument and minute.

Minute bars and not its quotes, because those come without the time of the trade; a tick with an invented time would
make a stale price look live. The library is imported when it is needed and not before.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from msgspec import Struct

from services.errors import Misconfigured
from services.market.ticks.minute_ticks import MinuteBar, MinuteMemory
from streams import metrics
from streams.broker.backoff import Backoff
from streams.logs import log
from streams.ticks.tick_client import SourceAway
from streams.ticks.tick_desk import TickDesk
from streams.watching.health import Health

SOURCE = "polling"
INTERVAL_SECONDS = 60.0
TIMEOUT_SECONDS = 10
FETCH_ALLOWANCE_SECONDS = 30.0
"""How long one round of requests may take before its ticks count as late."""
Fetch = Callable[[Sequence[str]], list[MinuteBar]]


class YahooPlan(Struct, frozen=True, kw_only=True):
    """What to ask for. ``instruments``: Yahoo's symbol -> ours; ``delay_seconds``: how late the latest quotes come."""

    instruments: dict[str, str]
    delay_seconds: float = 0.0
    interval_seconds: float = INTERVAL_SECONDS

    @property
    def age_seconds(self) -> float:
        """How old a tick may be when it is sent."""
        return self.delay_seconds + self.interval_seconds + FETCH_ALLOWANCE_SECONDS


class YahooTicks:
    """Asks for today's minutes of all symbols once a minute and sends those that are new."""

    def __init__(
        self, plan: YahooPlan, desk: TickDesk, health: Health, backoff: Backoff, fetch: Fetch | None = None
    ) -> None:
        self._symbols = tuple(plan.instruments)
        self._desk = desk
        self._health = health
        self._backoff = backoff
        self._fetch = fetch or fetch_minutes
        self._interval_seconds = plan.interval_seconds
        # The line has made bars of what is older already.
        since = desk.now() - plan.age_seconds
        self._memory = MinuteMemory(plan.instruments, plan.delay_seconds, since)

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                bars = await call_in_thread(self._fetch, self._symbols)
                if not bars:
                    raise SourceAway("it has no minute of any symbol")
            except Exception as error:  # noqa: BLE001 - the library raises whatever its own libraries raise
                wait = self._wait_after(error)
            else:
                self._desk.accept(self._memory.new_ticks(bars, self._desk.now()))
                self._backoff.reset()
                self._health.answers("source")
                wait = self._interval_seconds
            await asyncio.sleep(wait)

    def _wait_after(self, error: Exception) -> float:
        detail = error.detail if isinstance(error, SourceAway) else type(error).__name__
        wait = max(self._backoff.next(), self._interval_seconds)
        self._health.fails("source", detail)
        log.info("asking again", place="yahoo", after_seconds=round(wait, 2), why=detail)
        metrics.SOURCE_RECONNECTS.labels(source=SOURCE).inc()
        return wait


async def call_in_thread(fetch: Fetch, symbols: Sequence[str]) -> list[MinuteBar]:
    """The library blocks, so it runs in a thread of its own; one that is given up does not hold up the end."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[MinuteBar]] = loop.create_future()

    def settle(bars: list[MinuteBar], error: Exception | None) -> None:
        if not answer.cancelled():
            answer.set_result(bars) if error is None else answer.set_exception(error)

    def work() -> None:
        bars: list[MinuteBar] = []
        problem = None
        try:
            bars = fetch(symbols)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller decides
            problem = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, bars, problem)

    threading.Thread(target=work, name="yahoo", daemon=True).start()
    return await answer


def require_yfinance() -> None:
    """Refuse to start without the library."""
    if find_spec("yfinance") is None:
        raise Misconfigured(
            "yfinance is not installed, which Yahoo-style quotes come through: pip install 'policy-signals[quotes]'"
        )


def parse_symbols(symbols: Sequence[str], knows: Callable[[str], bool]) -> dict[str, str]:
    """``0700.HK`` or, where Yahoo's name is not ours, ``^HSI=HSI``: Yahoo's symbol -> our instrument.

    Raises Misconfigured.
    """
    instruments: dict[str, str] = {}
    for text in symbols:
        symbol, _, instrument = text.rpartition("=")
        symbol = symbol or instrument
        if not knows(instrument):
            raise Misconfigured(
                f"{text!r}: the catalogue has no instrument {instrument!r}; give Yahoo's symbol, or SYMBOL=INSTRUMENT "
                "where ours has another name, such as ^HSI=HSI"
            )
        instruments[symbol.upper()] = instrument
    if not instruments:
        raise Misconfigured("no symbol: name at least one, such as 0700.HK")
    return instruments


def fetch_minutes(symbols: Sequence[str]) -> list[MinuteBar]:
    """Today's minutes of all symbols; blocks."""
    import yfinance  # noqa: PLC0415 - an optional library

    frame = yfinance.download(
        list(symbols),
        period="1d",
        interval="1m",
        group_by="ticker",
        auto_adjust=False,
        progress=False,
        # One request at a time: the service is free and limits those who ask in parallel.
        threads=False,
        timeout=TIMEOUT_SECONDS,
    )
    return read_frame(frame, symbols)


def read_frame(frame: Any, symbols: Sequence[str]) -> list[MinuteBar]:
    """The minutes in a table with columns (symbol, Close) and (symbol, Volume) and one row per minute, zone included.

    Rows of other symbols' minutes are empty and left out.
    """
    if frame is None or frame.empty:
        return []
    known = {symbol for symbol, _ in frame.columns}
    seconds = [int(at.timestamp()) for at in frame.index]
    return [
        MinuteBar(symbol=symbol, start=start, close=float(close), volume=float(volume))
        for symbol in symbols
        if symbol in known
        for start, close, volume in zip(seconds, frame[symbol]["Close"], frame[symbol]["Volume"], strict=True)
        # Rows between the minutes hold the running one, which may still change.
        if start % 60 == 0 and not math.isnan(close)
    ]
