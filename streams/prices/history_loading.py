"""Records of history onto the topics and into the price store: what ``policy-signals history load`` does."""

from __future__ import annotations

from collections.abc import Iterable

from services.errors import Unavailable
from services.market.prices.history import DailyCloses, SessionMinutes
from services.market.prices.history_gathering import Record
from streams import codec
from streams.broker.kafka import Outbox
from streams.prices.price_store import RedisPriceStore
from streams.topics import MARKET_DAYS, MARKET_MINUTES

RECORDS_AT_ONCE = 200


class HistoryLoading:
    """Sends records in parts. The topics come first: what the store has of a session is on the topics, too.

    A store that cannot be written now, or is being filled, gets them from the topics.
    """

    def __init__(self, outbox: Outbox, store: RedisPriceStore) -> None:
        self._outbox = outbox
        self._store = store
        self._waiting: list[Record] = []
        self.sessions = 0
        self.closes = 0
        self.instruments: set[str] = set()
        self.missed_store: str | None = None

    def take(self, records: Iterable[Record]) -> None:
        """Send records, in parts; raises Unavailable when Kafka does not answer."""
        for record in records:
            self._waiting.append(record)
            if len(self._waiting) >= RECORDS_AT_ONCE:
                self.send()

    def send(self) -> None:
        """Send what waits. Raises Unavailable when Kafka does not answer."""
        sessions = [record for record in self._waiting if isinstance(record, SessionMinutes)]
        closes = [record for record in self._waiting if isinstance(record, DailyCloses)]
        for topic, records in ((MARKET_MINUTES, sessions), (MARKET_DAYS, closes)):
            for record in records:
                self._outbox.send(topic.name, record.key, codec.encode(record))
        self._outbox.flush()
        self._waiting.clear()
        self.sessions += len(sessions)
        self.closes += sum(len(record.settled) for record in closes)
        self.instruments |= {record.instrument for record in sessions} | {record.instrument for record in closes}
        self._write(sessions, closes)

    def _write(self, sessions: list[SessionMinutes], closes: list[DailyCloses]) -> None:
        if self.missed_store is not None:
            return
        try:
            if not self._store.is_filled():
                self.missed_store = "it is being filled"
                return
            self._store.put_closes([record.series() for record in closes])
            self._store.put_minutes((record.series(), record.day) for record in sessions)
        except Unavailable as error:
            self.missed_store = str(error)
