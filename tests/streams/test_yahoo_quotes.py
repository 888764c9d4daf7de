"""Yahoo-style quotes through an optional library: minutes once each, no network in these tests."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from services.errors import Misconfigured
from services.market.ticks.minute_ticks import MinuteBar
from streams.tick_source import build_line
from streams.ticks.tick_desk import TickDesk
from streams.ticks.tick_queue import TickQueue
from streams.ticks.yahoo_quotes import YahooPlan, YahooTicks, fetch_minutes, parse_symbols, read_frame, require_yfinance
from streams.watching.health import Health
from tests.streams.tick_feed import counted, eventually, quick_backoff, running

KNOWN = {"0700.HK", "3690.HK", "HSI"}


class Vendor:
    """Answers each round with the next of ``rounds``; the last one again."""

    def __init__(self, *rounds: list[MinuteBar] | Exception) -> None:
        self.rounds = rounds
        self.asked: list[tuple[str, ...]] = []

    def fetch(self, symbols: Sequence[str]) -> list[MinuteBar]:
        self.asked.append(tuple(symbols))
        answer = self.rounds[min(len(self.asked), len(self.rounds)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


NOW = datetime(2023, 7, 13, 6, 0, 10, tzinfo=UTC)


def minute(ago: int, close: float) -> MinuteBar:
    """The minute that began ``ago`` minutes before the one that runs."""
    return MinuteBar(symbol="0700.HK", start=int(NOW.timestamp()) - 10 - ago * 60, close=close, volume=100.0)


def reader_of(vendor: Vendor) -> tuple[YahooTicks, TickQueue, Health]:
    queue, health = TickQueue(100), Health("source")
    plan = YahooPlan(instruments={"0700.HK": "0700.HK", "^HSI": "HSI"}, interval_seconds=0.01)
    return (
        YahooTicks(plan, TickDesk("polling", queue, clock=lambda: NOW), health, quick_backoff(), vendor.fetch),
        queue,
        health,
    )


def test_each_new_minute_becomes_one_tick() -> None:
    """All symbols in one call, again and again; the running minute waits until it is over."""
    vendor = Vendor([minute(900, 9.0), minute(1, 10.0), minute(0, 10.5)])
    reader, queue, health = reader_of(vendor)

    async def scene() -> None:
        async with running(reader):
            await eventually(lambda: len(vendor.asked) > 3, "some rounds")

    asyncio.run(scene())
    assert vendor.asked[0] == ("0700.HK", "^HSI")
    assert [tick["price"] for tick in queue._ticks] == [10.0]
    assert health.problems() == {}


def test_a_library_that_fails_is_asked_again() -> None:
    """Whatever its own libraries raise; an answer without any minute is a failure too, not a quiet market."""
    vendor = Vendor(ValueError("vendor-CANARY"), KeyError("chart"), [], [minute(1, 10.0)])
    reader, queue, health = reader_of(vendor)
    before = counted("reconnects_total", source="polling")
    problems: set[str] = set()

    async def scene() -> None:
        async with running(reader):

            def looked() -> bool:
                problems.update(health.problems().values())
                return len(queue) == 1

            await eventually(looked, "a tick in the end")
            await eventually(lambda: health.problems() == {}, "health")

    asyncio.run(scene())
    assert {"ValueError", "KeyError", "it has no minute of any symbol"} <= problems
    assert counted("reconnects_total", source="polling") == before + 3


def test_a_call_that_hangs_does_not_hold_up_the_end() -> None:
    """SIGTERM must end the process while the library waits for its server."""
    begun, released = threading.Event(), threading.Event()

    class Stuck(Vendor):
        def fetch(self, symbols: Sequence[str]) -> list[MinuteBar]:
            begun.set()
            released.wait(60)
            return []

    reader, _, _ = reader_of(Stuck())

    async def scene() -> None:
        async with running(reader):
            await eventually(begun.is_set, "a call")

    asyncio.run(scene())
    assert not released.is_set()
    released.set()


def test_the_line_is_told_how_late_the_minutes_come() -> None:
    """Without it, each minute would be a minute late for the bars, and dropped."""
    health = Health("kafka", "source")
    plan = YahooPlan(instruments={"0700.HK": "0700.HK"}, delay_seconds=900.0)
    assert build_line(plan, health).offset_ms == -990_000


def test_symbols_are_checked_against_the_catalogue() -> None:
    """Yahoo's name stands first where ours is another one."""
    assert parse_symbols(["0700.hk=0700.HK", "^HSI=HSI", "3690.HK"], KNOWN.__contains__) == {
        "0700.HK": "0700.HK",
        "^HSI": "HSI",
        "3690.HK": "3690.HK",
    }
    for wrong, sentence in (
        (["^HSI"], "the catalogue has no instrument '^HSI'"),
        (["0700.HK=X"], "no instrument 'X'"),
        ([], "no symbol"),
    ):
        with pytest.raises(Misconfigured, match=sentence.replace("^", r"\^")):
            parse_symbols(wrong, KNOWN.__contains__)


def test_without_the_library_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is optional; most users have a vendor of their own."""
    monkeypatch.setattr("streams.ticks.yahoo_quotes.find_spec", lambda name: None)
    with pytest.raises(Misconfigured, match=r"pip install 'policy-signals\[quotes\]'"):
        require_yfinance()


def table(rows: dict[str, dict[str, float | None]], symbols: Sequence[str] = ("0700.HK", "^HSI")) -> Any:
    """A table as yfinance makes it: columns (symbol, Close) and (symbol, Volume), a row per minute of any symbol."""
    pandas = pytest.importorskip("pandas")
    index = pandas.DatetimeIndex(rows).tz_localize("Asia/Hong_Kong")
    columns = pandas.MultiIndex.from_product([symbols, ["Close", "Volume"]], names=["Ticker", "Price"])
    data = [[row.get(f"{symbol} {what}") for symbol, what in columns] for row in rows.values()]
    return pandas.DataFrame(data, index=index, columns=columns, dtype=float)


def test_a_table_is_read_minute_by_minute() -> None:
    """Holes where the other symbol traded are no minutes, nor is the running one between two minutes."""
    frame = table(
        {
            "2023-07-13 14:00:00": {"0700.HK Close": 349.8, "0700.HK Volume": 1200.0},
            "2023-07-13 14:01:00": {"0700.HK Close": 349.9, "0700.HK Volume": 10.0, "^HSI Close": 19_000.0},
            "2023-07-13 14:01:37": {"0700.HK Close": 350.0, "0700.HK Volume": 0.0},
        }
    )
    bars = read_frame(frame, ["0700.HK", "^HSI", "GONE"])
    assert [(bar.symbol, bar.start, bar.close) for bar in bars] == [
        ("0700.HK", 1_689_228_000, 349.8),
        ("0700.HK", 1_689_228_060, 349.9),
        ("^HSI", 1_689_228_060, 19_000.0),
    ]
    assert read_frame(table({}), ["0700.HK"]) == []
    assert read_frame(None, ["0700.HK"]) == []


def test_the_library_is_asked_for_all_symbols_in_one_call_and_one_request_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unadjusted closes of today's minutes; the library's own threads would ask in parallel."""
    asked: dict[str, Any] = {}
    library = ModuleType("yfinance")

    def download(symbols: list[str], **options: Any) -> Any:
        asked.update(options, symbols=symbols)
        return table({"2023-07-13 14:00:00": {"0700.HK Close": 349.8, "0700.HK Volume": 1200.0}})

    library.download = download  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "yfinance", library)
    assert [bar.close for bar in fetch_minutes(("0700.HK", "^HSI"))] == [349.8]
    assert asked["symbols"] == ["0700.HK", "^HSI"]
    assert (asked["interval"], asked["period"], asked["auto_adjust"], asked["threads"]) == ("1m", "1d", False, False)
