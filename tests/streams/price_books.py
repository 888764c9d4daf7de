"""The two price books behind one face, so that one suite runs on both; and bars made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.exchanges import load_calendars
from services.market.bars.bar_making import BarColumns
from services.market.prices.price_memory import InMemoryPriceBook
from services.market.prices.price_window import PriceBook, PriceSeries
from services.market.sessions.sessions import ExchangeCalendar
from services.market.ticks.tick import Bar
from streams.broker.kafka import Outbox
from streams.prices.price_book import RedisPriceBook
from streams.prices.price_store import RedisPriceStore
from streams.prices.session_closing import SessionClosing
from streams.watching.health import Health

CALENDARS = load_calendars()
HKT = ZoneInfo("Asia/Hong_Kong")
Rows = list[tuple[int, float, float]]


def calendar_of(instrument: str) -> ExchangeCalendar:
    """Shanghai for what ends in .SS, Hong Kong for the rest."""
    return CALENDARS["XSHG" if instrument.endswith(".SS") else "XHKG"]


def bar(instrument: str, at: datetime, close: float, volume: float = 100.0, revision: int = 0) -> Bar:
    return Bar(
        instrument=instrument,
        second=int(at.timestamp()),
        open=close,
        high=close,
        low=close,
        close=close,
        volume=volume,
        vwap=close,
        ticks=1,
        revision=revision,
    )


def rows_of(series: PriceSeries) -> Rows:
    return list(zip(series.second.tolist(), series.close.tolist(), series.volume.tolist(), strict=True))


class Sent(Outbox):
    """An outbox that keeps what it is given, and acknowledges it at once."""

    def __init__(self) -> None:
        self.records: list[tuple[str, str, bytes]] = []

    def send(
        self, topic: str, key: str | None, value: bytes | None, headers: Mapping[str, bytes] | None = None
    ) -> None:
        assert key is not None
        assert value is not None
        self.records.append((topic, key, value))

    def flush(self) -> None:
        """Nothing is on its way."""


class MemoryPrices:
    """Bars into a book in memory."""

    def __init__(self) -> None:
        self._book = InMemoryPriceBook(calendar_of)
        self.book: PriceBook = self._book

    def write(self, bars: Iterable[Bar]) -> None:
        self._book.append(bars)


class RedisPrices:
    """Bars into Redis, as the aggregator writes them; sessions are put away as event time passes."""

    def __init__(self, url: str) -> None:
        self.store = RedisPriceStore(url)
        self.book: PriceBook = RedisPriceBook(url, Health(), calendar_of)
        self.sent = Sent()
        self.closing = SessionClosing(self.store, self.sent, calendar_of)
        self.store.begin_filling()
        self.store.end_filling()

    def write(self, bars: Iterable[Bar]) -> None:
        columns = BarColumns.of_bars(tuple(bars))
        self.store.write(columns, shard=0)
        self.pass_time(int(columns.second.max()) + 1, columns.instruments)

    def pass_time(self, watermark: int, instruments: tuple[str, ...] = ()) -> None:
        self.closing.look(0, instruments, watermark)
        while self.closing.work():
            continue


Prices = MemoryPrices | RedisPrices
MakePrices = Callable[[], Prices]


def session_days(instrument: str, first: datetime, count: int) -> list[datetime]:
    """The openings of some sessions, in local time."""
    calendar = calendar_of(instrument)
    opens = []
    at = first - timedelta(minutes=1)
    for _ in range(count):
        at = calendar.next_session(at).opens_at
        opens.append(at.astimezone(calendar.timezone))
    return opens
