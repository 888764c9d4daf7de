"""Raw ticks of a source onto ``market.ticks``, through the project's producer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from config.settings import Settings
from services.errors import Misconfigured, Unavailable
from services.market.ticks.tick import Tick
from services.market.ticks.tick_mapping import RawTick
from streams.ticks.tick_producer import TickProducer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class TopicSink:
    """Connects when it is needed, and anew after a failure. Ticks that are sent again count once in the bars."""

    def __init__(
        self, settings: Settings, offset_ms: int = 0, connect: Callable[[Settings], TickProducer] = TickProducer
    ) -> None:
        """``offset_ms``: event time minus wall time, for sources whose ticks come late."""
        self._settings = settings
        self._offset_ms = offset_ms
        self._connect = connect
        self._producer: TickProducer | None = None

    def check(self) -> None:
        """Return when the broker is there and has the topic; raises Unavailable."""
        self._connected()

    def send(self, ticks: Sequence[dict[str, Any]]) -> None:
        """Return when the broker has acknowledged all; raises Unavailable."""
        producer = self._connected()
        try:
            producer.send(map(tick_of, ticks), offset_ms=self._offset_ms)
            producer.flush()
        except Unavailable:
            self.close()
            raise

    def close(self) -> None:
        """Drop the connection."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close()

    def _connected(self) -> TickProducer:
        if self._producer is None:
            try:
                self._producer = self._connect(self._settings)
            except Misconfigured as error:
                # Somebody may create the topic meanwhile, and the ticks go on coming.
                raise Unavailable("kafka", str(error), retry_after=2.0) from None
        return self._producer


def tick_of(raw: RawTick) -> Tick:
    """The tick as the producer takes it; whether it can be true is judged behind the topic."""
    return Tick(
        instrument=raw["instrument"],
        price=raw["price"],
        volume=raw["volume"],
        traded_at=_EPOCH + raw["traded_at"] * _MICROSECOND,
        sequence=raw.get("sequence"),
        conditions=tuple(raw.get("conditions", ())),
        currency=raw.get("currency"),
    )
