"""What every tick source does with what it reads: decode, count, watch gaps and clocks, hand on. Event times stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from services.errors import Unreadable
from services.market.ticks.feed_watch import SequenceScope, SequenceWatch, SkewWatch
from services.market.ticks.tick_mapping import MessageReading, RawTick
from streams import metrics
from streams.clock import Clock, monotonic, wall_clock
from streams.logs import log
from streams.ticks.tick_queue import TickQueue

SAY_AGAIN_AFTER_SECONDS = 60.0
MEASURE_AGAIN_AFTER_SECONDS = 1.0
LARGEST_SKEW_SECONDS = 2.0
_LONG_AGO = float("-inf")


class TickDesk:
    """Takes the ticks of one source. ``source`` is a metric label; nothing is logged more than once a minute."""

    def __init__(
        self,
        source: str,
        queue: TickQueue,
        *,
        sequence_is: SequenceScope = "none",
        clock: Clock = wall_clock,
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._source = source
        self._queue = queue
        self._clock = clock
        self._timer = timer
        self._sequences = SequenceWatch(sequence_is)
        self._skew = SkewWatch()
        self._unsaid: Counter[str] = Counter()
        self._problem = ""
        self._said_at = self._skew_said_at = self._measured_at = _LONG_AGO

    def now(self) -> float:
        """Wall time, seconds since 1970."""
        return self._clock().timestamp()

    def accept(self, ticks: list[RawTick]) -> None:
        """Hand new ticks on; count the numbers that are missing between them."""
        if not ticks:
            return
        missing = sum(self._sequences.missing(tick["instrument"], tick.get("sequence")) for tick in ticks)
        if missing:
            metrics.SOURCE_GAPS.labels(source=self._source).inc(missing)
            self._unsaid["missing"] += missing
        self._count("dropped", self._queue.put(ticks))
        metrics.SOURCE_LAST_TICK.labels(source=self._source).set(self.now())
        self.say()

    def leave_out(self, reading: MessageReading) -> None:
        """Count the ticks of a message that could not be taken."""
        for reason, count in reading.left_out.items():
            self._count(reason, count)
        self._problem = reading.problem or self._problem
        self.say()

    def leave_out_message(self, problem: str) -> None:
        """Count a message that could not be read at all; ``problem`` never quotes it."""
        self.leave_out(MessageReading((), Counter(unreadable=1), problem))

    def count_unchanged(self, count: int) -> None:
        """Quotes that say what was known: the normal case, not worth a log line."""
        if count:
            metrics.SOURCE_TICKS.labels(source=self._source, outcome="unchanged").inc(count)

    def see_clock(self, vendor_seconds: float) -> None:
        """Compare the vendor's time, seconds since 1970, with ours."""
        self._skew.see(self.now(), vendor_seconds)
        now = self._timer()
        if now - self._measured_at < MEASURE_AGAIN_AFTER_SECONDS:
            return
        self._measured_at = now
        skew = self._skew.seconds() or 0.0
        metrics.SOURCE_CLOCK_SKEW.labels(source=self._source).set(skew)
        if abs(skew) > LARGEST_SKEW_SECONDS and now - self._skew_said_at >= SAY_AGAIN_AFTER_SECONDS:
            self._skew_said_at = now
            log.warning("the vendor's clock and ours differ", source=self._source, ours_ahead_seconds=round(skew, 3))

    def say(self) -> None:
        """One line about what went wrong since the last one, at most once a minute."""
        if not self._unsaid or self._timer() - self._said_at < SAY_AGAIN_AFTER_SECONDS:
            return
        self._said_at = self._timer()
        log.warning("ticks are missing", source=self._source, problem=self._problem, **self._unsaid)
        self._unsaid.clear()
        self._problem = ""

    def _count(self, outcome: str, count: int) -> None:
        if count:
            metrics.SOURCE_TICKS.labels(source=self._source, outcome=outcome).inc(count)
            self._unsaid[outcome] += count


def decode_message(data: bytes | str) -> Any:
    """A JSON value; raises Unreadable without quoting what was read."""
    try:
        return msgspec.json.decode(data)
    except RecursionError:
        raise Unreadable("too_deep", "a message is nested deeper than the reader goes") from None
    except (msgspec.DecodeError, UnicodeError):
        raise Unreadable("not_json", "a message is not JSON") from None
