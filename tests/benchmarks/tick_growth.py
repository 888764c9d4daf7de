"""How the cost of a tick grows with instruments and with ticks, and what an instrument keeps in memory.

In one process without a broker: records in, bars out, through the same Shard as in the line.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from datetime import UTC, datetime

import numpy as np

from streams.broker.kafka import Record
from streams.ticks.tick_shard import Shard
from tests.benchmarks.tick_feed import PARTITIONS, Tape

RECORDS_A_POLL = {"single": 2_500, "json-columns": 5, "arrow": 5}
INSTRUMENTS = (50, 200, 1_000, 5_000)


class Line:
    """One shard, and what is put through it."""

    def __init__(self) -> None:
        self.shard = Shard(0, lambda _: True, None, {})
        self._offset = 0

    def play(self, tape: Tape, form: str) -> float:
        """Microseconds of processor time per tick."""
        records = [self._as_record(value) for part in range(PARTITIONS) for value in tape.records(form, part)]
        now, each = datetime.now(UTC), RECORDS_A_POLL[form]
        gc.collect()
        began = time.process_time()
        for start in range(0, len(records), each):
            self.shard.take_many(records[start : start + each], now)
            _, self.shard.sent_watermark = self.shard.give_out()
            self.shard.oldest_needed(self.shard.sent_watermark)
            self.shard.count_ticks()
        return (time.process_time() - began) / len(tape.code) * 1e6

    def _as_record(self, value: bytes) -> Record:
        self._offset += 1
        return Record(topic="t", partition=0, offset=self._offset, key=None, value=value, timestamp_ms=0)


def measure_instruments(form: str, ticks: int) -> dict[int, float]:
    """Microseconds per tick by number of instruments; all of them trade."""
    return {count: Line().play(InOrder(ticks, count), form) for count in INSTRUMENTS}


def measure_idle(form: str, ticks: int) -> tuple[float, float]:
    """Microseconds per tick of 50 instruments: alone, and after 5,000 others have traded and gone idle."""
    alone, crowded = Line(), Line()
    crowded.play(InOrder(ticks, INSTRUMENTS[-1]), form)
    later = InOrder(ticks, INSTRUMENTS[0])
    later.micros = later.micros + 600_000_000
    return alone.play(later, form), crowded.play(later, form)


def measure_ticks(form: str, most: int) -> dict[int, float]:
    """Microseconds per tick by number of ticks, 200 instruments."""
    return {count: Line().play(InOrder(count), form) for count in (most // 4, most // 2, most)}


def measure_memory(ticks: int) -> float:
    """Bytes that one more instrument keeps when nothing of it is pending."""
    kept = []
    for count in (INSTRUMENTS[0], INSTRUMENTS[-1]):
        tape = InOrder(ticks, count)
        line = Line()
        tracemalloc.start()
        line.play(tape, "json-columns")
        line.shard.aggregator.flush()
        gc.collect()
        kept.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    return (kept[1] - kept[0]) / (INSTRUMENTS[-1] - INSTRUMENTS[0])


class InOrder(Tape):
    """All ticks on one partition, in one stretch of event time per partition's records."""

    def __init__(self, count: int, instruments: int = 200) -> None:
        super().__init__(count, instruments)
        self._count = count

    def rows_of(self, partition: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.arange(self._count if partition == 0 else 0)
