"""The store comes back by itself from the topics, on a real broker and a real Redis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from config.settings import Settings
from services.errors import Unavailable
from services.market.bars.bar_frame import frame_bars
from services.market.bars.bar_making import BarColumns
from services.market.bars.rollup import session_span
from services.market.prices.kept_spans import first_second_needed
from services.market.ticks.tick import Bar
from streams import codec
from streams.broker.kafka import Outbox, read_whole
from streams.prices.price_book import RedisPriceBook
from streams.prices.price_keeping import PriceKeeping
from streams.prices.price_store import RedisPriceStore, connect
from streams.topics import MARKET_BARS, MARKET_DAYS, MARKET_MINUTES
from streams.watching.health import Health
from tests.streams.price_books import CALENDARS, HKT, bar, calendar_of, rows_of, session_days

pytestmark = pytest.mark.parts
OPEN = datetime(2023, 7, 13, 9, 30, tzinfo=HKT)
FOUR = session_days("0700.HK", OPEN, 4)


class Keeper:
    """A process that keeps prices, without ticks: bars go to the store and the topic as the aggregator sends them."""

    def __init__(self, settings: Settings, name: str, shard: int) -> None:
        self.settings, self.name, self.shard = settings, name, shard
        self.outbox = Outbox(settings)
        self.book = RedisPriceBook(settings.redis_url, Health(), calendar_of)
        self.start()

    def start(self) -> None:
        """As after a crash: nothing is remembered but what the topic says."""
        self.store = RedisPriceStore(self.settings.redis_url)
        self.prices = PriceKeeping(self.settings, self.store, self.outbox, Health(), calendar_of)
        self.prices.look_after()

    def send(self, bars: list[Bar], watermark: int) -> None:
        columns = BarColumns.of_bars(tuple(bars))
        self.prices.keep(self.shard, columns, watermark)
        frame = frame_bars(columns, self.shard, watermark)
        self.outbox.send(MARKET_BARS.name, str(self.shard), codec.encode(frame))
        self.outbox.flush()

    def play(self, opens: list[datetime]) -> None:
        for number, at in enumerate(opens):
            for minutes in (0, 30, 398):
                bars = [bar(self.name, at + timedelta(minutes=minutes, seconds=7), 100.0 + number + minutes)]
                self.send(bars, bars[0].second + 1)
            self.send([], int(at.timestamp()) + 20 * 3_600)
            self.finish()

    def finish(self) -> None:
        """Until nothing is due."""
        self.prices.look_after()
        while self.prices._closing.work():
            continue

    def answers(self) -> list[object]:
        taken = self.book.snapshot([self.name], FOUR[-1] + timedelta(hours=8))
        far = FOUR[-1] + timedelta(days=1)
        return [
            rows_of(answer)
            for answer in (
                taken.series(self.name, OPEN, far),
                taken.minutes(self.name, OPEN, far),
                taken.daily_closes(self.name, far),
            )
        ]

    def put_away(self) -> list[str]:
        """Keys of the topics of history."""
        return [
            record.key.decode()
            for topic in (MARKET_MINUTES, MARKET_DAYS)
            for record in read_whole(self.settings, topic.name)
            if record.key is not None and record.key.startswith(self.name.encode())
        ]


@pytest.fixture
def keeper(shared_settings: Settings, unique: Callable[[str], str]) -> Keeper:
    name = unique("0700.HK")
    return Keeper(shared_settings, name, shard=hash(name) % 1_000_000)


def test_a_flushed_store_is_filled_from_the_topics_by_itself(keeper: Keeper, redis_url: str) -> None:
    """All three tiers, as they were; until then it is unavailable."""
    keeper.play(FOUR)
    before, put_away = keeper.answers(), keeper.put_away()
    assert [len(rows) for rows in before] == [6, 12, 4]  # type: ignore[arg-type]
    connect(redis_url).flushall()
    with pytest.raises(Unavailable):
        keeper.answers()
    keeper.prices.look_after()
    assert keeper.answers() == before
    assert keeper.put_away() == put_away


def test_sessions_that_ended_while_redis_was_away_are_put_away_by_the_refill(keeper: Keeper, redis_url: str) -> None:
    """Bars kept going to the topic; from it come the minutes and closes that nobody could write."""
    keeper.prices.is_whole = False
    for number, at in enumerate(FOUR):
        one = bar(keeper.name, at + timedelta(seconds=7), 100.0 + number)
        keeper.send([one], one.second + 1)
    assert keeper.put_away() == []
    connect(redis_url).flushall()
    keeper.prices.look_after()
    keeper.finish()
    assert keeper.put_away() == [f"{keeper.name}@{at.date()}" for at in FOUR[:3]] * 2
    assert [len(rows) for rows in keeper.answers()] == [2, 4, 4]  # type: ignore[arg-type]


def test_a_whole_store_is_not_filled_again_after_a_restart(keeper: Keeper) -> None:
    """A deployment must not take the prices away for as long as a refill lasts."""
    keeper.play(FOUR[:1])
    last = int(FOUR[0].timestamp()) + 398 * 60 + 7
    again = PriceKeeping(
        keeper.settings, RefusesToFill(keeper.settings.redis_url), keeper.outbox, Health(), calendar_of
    )
    again.begin({keeper.shard: last}, {keeper.shard: last + 6})
    again.look_after()
    assert again.is_whole


def test_a_store_that_missed_a_bar_is_filled_after_a_restart(keeper: Keeper) -> None:
    """The process that could not write died before it could put things right; the topic knows more than the store."""
    keeper.play(FOUR[:1])
    keeper.prices.is_whole = False
    at = FOUR[1] + timedelta(seconds=7)
    keeper.send([bar(keeper.name, at, 777.0)], int(at.timestamp()) + 1)
    restarted = PriceKeeping(
        keeper.settings, RedisPriceStore(keeper.settings.redis_url), keeper.outbox, Health(), calendar_of
    )
    restarted.begin({keeper.shard: int(at.timestamp())}, {keeper.shard: int(at.timestamp()) + 1})
    restarted.look_after()
    assert restarted.is_whole
    assert keeper.book.series(keeper.name, at, at + timedelta(seconds=1)).close.tolist() == [777.0]


class RefusesToFill(RedisPriceStore):
    """A store that must not be filled."""

    def begin_filling(self) -> bool:
        raise AssertionError("the store was whole")


def test_bars_are_read_again_from_where_they_are_needed() -> None:
    """Two sessions in seconds, and every session that was never put away; everything when none ever was."""
    calendar = CALENDARS["XHKG"]
    first, second, third, fourth = (
        session_span(session, calendar)[0]
        for session in map(calendar.session_on, [at.date() for at in FOUR])
        if session
    )
    noon, evening = (int((FOUR[3] + timedelta(hours=hours)).timestamp()) for hours in (2, 9))
    put_away = [at.date() for at in FOUR]
    assert first_second_needed(calendar, noon, None) == 0
    assert first_second_needed(calendar, noon, put_away[2]) == third
    assert first_second_needed(calendar, evening, put_away[2]) == third
    assert first_second_needed(calendar, noon, put_away[0]) == second
    assert first_second_needed(calendar, evening, put_away[3]) == third
    assert fourth > third > first
