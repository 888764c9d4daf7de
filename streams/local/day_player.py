"""Plays a recorded day into the real topics: articles and ticks in the order of event time, as fast as the line goes.

Every record carries the distance between event time and wall time, so the processes run the very code of a live day.
Before an article, the tape is let catch up; after it, the tape waits until the line has decided: as in a live market,
where an hour of ticks does not pass within a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np

from services.errors import Unreadable
from services.market.sample.reconstruction import Tape
from services.news.parsing import parse_article
from streams.broker.kafka import Outbox, offset_headers
from streams.clock import monotonic, wall_clock
from streams.topics import MARKET_TICKS, NEWS_ARTICLES
from streams.watching.watcher import Watcher

FRAME_TICKS = 1_000
CATCH_UP_SECONDS = 30.0
DECIDE_SECONDS = 30.0
TAPE_GOES_ON = timedelta(minutes=10)
LATENESS = timedelta(seconds=10)
HOLD_SECONDS = 2.0
"""Less than the lateness that the bars allow, so that event time never gets ahead of the ticks still to be sent."""


@dataclass(frozen=True, kw_only=True)
class PlayedArticle:
    """One article as it was put on the topic: ``sent_at_ms`` is wall time."""

    article_id: str
    title: str
    at: datetime
    sent_at_ms: int


class DayPlayer:
    """Sends one day; ``watcher`` tells how far the line has come."""

    def __init__(self, outbox: Outbox, watcher: Watcher, say: Callable[[str], None]) -> None:
        self._outbox = outbox
        self._watcher = watcher
        self._say = say
        self.ticks_sent = 0
        self.articles: list[PlayedArticle] = []

    def play(self, articles: Sequence[bytes], tape: Tape) -> None:
        """Send everything and return when the tape has ended."""
        position = 0
        for at, line in sorted(((arrival_of(line), line) for line in articles), key=lambda item: item[0]):
            end = int(np.searchsorted(tape.traded_at_ms, int(at.timestamp() * 1000)))
            self._send_ticks(tape, position, end)
            position = end
            if end:
                self._pass_time(at)
                self._wait_for_tape(at - LATENESS, at)
            self._send_article(line, at)
        self._send_ticks(tape, position, len(tape.traded_at_ms))
        self._pass_time(_time_of(tape, len(tape.traded_at_ms) - 1) + TAPE_GOES_ON)

    def _send_ticks(self, tape: Tape, start: int, end: int) -> None:
        for begin in range(start, end, FRAME_TICKS):
            stop = min(begin + FRAME_TICKS, end)
            headers = offset_headers(_offset_ms(_time_of(tape, stop - 1)))
            for partition, frame in _frames(tape, begin, stop):
                self._outbox.send_to(MARKET_TICKS.name, partition, msgspec.json.encode(frame), headers)
            self.ticks_sent += stop - begin
            self._outbox.flush()
            # An hour of ticks must not lie between a horizon and its edit, as it never does in a live market.
            self._wait_for_tape(_time_of(tape, begin) - timedelta(minutes=30), _time_of(tape, stop - 1))

    def _send_article(self, line: bytes, at: datetime) -> None:
        sent_at_ms = int(time.time() * 1000)
        self._outbox.send(NEWS_ARTICLES.name, None, line, offset_headers(_offset_ms(at)))
        self._outbox.flush()
        try:
            article = parse_article(line, at)
        except Unreadable as error:
            self._say(f"{at:%d %b %H:%M} UTC  an article that cannot be read ({error})")
            return
        played = PlayedArticle(article_id=article.article_id, title=article.title, at=at, sent_at_ms=sent_at_ms)
        self.articles.append(played)
        if not self._hold(at, lambda watcher: watcher.is_decided(article.article_id), DECIDE_SECONDS):
            self._say(f"no decision within {DECIDE_SECONDS:.0f} s on {article.title!r}")

    def _wait_for_tape(self, until: datetime, now: datetime) -> None:
        seconds = until.timestamp()
        marks = self._watcher.watermarks
        if not self._hold(now, lambda _: bool(marks) and min(marks.values()) >= seconds, CATCH_UP_SECONDS):
            self._say(f"the tape did not reach {until:%H:%M:%S} UTC within {CATCH_UP_SECONDS:.0f} s")

    def _hold(self, at: datetime, condition: Callable[[Watcher], bool], seconds: float) -> bool:
        """Wait with event time held at ``at``: the wall clock runs on, but ticks not sent yet must not become late."""
        deadline = monotonic() + seconds
        while not self._watcher.wait_for(condition, HOLD_SECONDS):
            if monotonic() >= deadline:
                return False
            self._pass_time(at)
        return True

    def _pass_time(self, at: datetime) -> None:
        """Empty frames tell every shard how late it is although nothing trades, as overnight and after the close."""
        empty = msgspec.json.encode({"instrument": [], "price": [], "volume": [], "traded_at": []})
        for partition in range(MARKET_TICKS.partitions):
            self._outbox.send_to(MARKET_TICKS.name, partition, empty, offset_headers(_offset_ms(at)))
        self._outbox.flush()


class _Arrival(msgspec.Struct):
    published_at: datetime
    received_at: datetime | None = None


def arrival_of(line: bytes) -> datetime:
    """When an article of the day arrived."""
    arrival = msgspec.json.decode(line, type=_Arrival)
    return arrival.received_at or arrival.published_at


def _frames(tape: Tape, start: int, stop: int) -> Iterator[tuple[int, dict[str, list[object]]]]:
    """Columns per partition, each instrument always in the same one.

    One record holds all instruments of its partition, in order of time: with a record for each instrument, the first
    would take the partition's time to its end, and the ticks of the next would come late.
    """
    partitions = tape.code[start:stop] % MARKET_TICKS.partitions
    for partition in np.unique(partitions).tolist():
        chosen = np.flatnonzero(partitions == partition) + start
        yield (
            partition,
            {
                "instrument": [tape.instruments[code] for code in tape.code[chosen].tolist()],
                "price": tape.price[chosen].tolist(),
                "volume": tape.volume[chosen].tolist(),
                "traded_at": tape.traded_at_ms[chosen].tolist(),
                "sequence": tape.sequence[chosen].tolist(),
            },
        )


def _time_of(tape: Tape, index: int) -> datetime:
    return datetime.fromtimestamp(int(tape.traded_at_ms[index]) / 1000, UTC)


def _offset_ms(event_time: datetime) -> int:
    return int((event_time - wall_clock()).total_seconds() * 1000)
