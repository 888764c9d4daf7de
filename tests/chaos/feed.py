"""Articles and ticks into the line, at a steady pace, whatever becomes of the broker meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from config.settings import Settings
from services.errors import Unavailable
from streams.broker.kafka import Outbox, offset_headers
from streams.topics import MARKET_TICKS, NEWS_ARTICLES
from tests.chaos.articles import WrittenArticle

ARTICLES_PER_SECOND = 2.5
TRADING = datetime(2023, 7, 13, 2, 0, tzinfo=UTC)
"""Event time at which a run begins: exchanges in Asia are open, so horizons end and cards are edited."""
INSTRUMENTS = ("0700.HK", "9988.HK", "3690.HK", "9618.HK", "1024.HK", "9999.HK", "0005.HK", "^HSI")


class Feed(threading.Thread):
    """Sends up to ``allowed`` articles, and ticks all the time; ``sent`` are those that the broker acknowledged."""

    def __init__(self, settings: Settings, articles: Sequence[WrittenArticle], seed: int) -> None:
        super().__init__(name="feed", daemon=True)
        self._articles = articles
        self._outbox = Outbox(settings)
        self._chance = random.Random(seed)
        self._offset_ms = int((TRADING - datetime.now(UTC)).total_seconds() * 1000)
        self._stopping = threading.Event()
        self._ticks_at = 0.0
        self._sequence = 0
        self._prices = dict.fromkeys(INSTRUMENTS, 100.0)
        self.allowed = 0
        self.sent = 0

    def run(self) -> None:
        """Until stopped; what was not acknowledged is sent again."""
        while not self._stopping.wait(1 / ARTICLES_PER_SECOND):
            try:
                self._send_ticks()
                if self.sent < min(self.allowed, len(self._articles)):
                    self._send_article(self._articles[self.sent])
                    self.sent += 1
            except Unavailable:
                # Only this connection is given up: the article is the next one again.
                self._outbox.reset()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self.join(timeout=30)
        self._outbox.close()

    def _event_now(self) -> datetime:
        return datetime.now(UTC) + timedelta(milliseconds=self._offset_ms)

    def _send_article(self, article: WrittenArticle) -> None:
        value = article.at(self._event_now())
        self._outbox.send(NEWS_ARTICLES.name, article.url, value, offset_headers(self._offset_ms))
        self._outbox.flush()

    def _send_ticks(self) -> None:
        """One trade of each instrument a second; an empty frame tells the other partitions the time."""
        if time.monotonic() - self._ticks_at < 1:
            return
        self._ticks_at = time.monotonic()
        for partition in range(MARKET_TICKS.partitions):
            traded = INSTRUMENTS[partition :: MARKET_TICKS.partitions]
            frame = msgspec.json.encode(self._frame(traded))
            self._outbox.send_to(MARKET_TICKS.name, partition, frame, offset_headers(self._offset_ms))
        self._outbox.flush()

    def _frame(self, traded: Sequence[str]) -> dict[str, list[object]]:
        self._sequence += 1
        for instrument in traded:
            self._prices[instrument] *= 1 + self._chance.gauss(0, 2e-4)
        return {
            "instrument": list(traded),
            "price": [round(self._prices[instrument], 2) for instrument in traded],
            "volume": [100] * len(traded),
            "traded_at": [int(self._event_now().timestamp() * 1000)] * len(traded),
            "sequence": [self._sequence] * len(traded),
        }
