"""Files of ticks onto ``market.ticks``: at once, or each tick when it is due."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from config.catalogue import load_catalogue
from config.settings import read_settings
from services.errors import Unavailable
from services.market.ticks.tick_columns import TickColumns, micros_of
from streams.broker.kafka import kafka_answers
from streams.clock import monotonic, wall_clock
from streams.ticks.tick_files import Refusals, read_tick_file
from streams.ticks.tick_formats import TickFormat
from streams.ticks.tick_producer import TickProducer

STEP_SECONDS = 0.1
"""Ticks due within it leave together."""
UNACKNOWLEDGED_TICKS = 200_000
Sent = tuple[Path, int, float, Refusals]


def send_files(
    files: Sequence[Path], form: str, frame_ticks: int, speed: float | None, *, is_now: bool = False
) -> Iterator[Sent]:
    """Send file after file; (file, ticks that the broker acknowledged, seconds, refused rows) of each.

    ``speed``: None for at once. Raises Unavailable and Misconfigured.
    """
    settings = read_settings(os.environ)
    if not kafka_answers(settings.kafka_bootstrap):
        # Asking the port first: the client would wait for seconds.
        raise Unavailable("kafka", f"nothing listens on {settings.kafka_bootstrap} (KAFKA_BOOTSTRAP)")
    knows = load_catalogue().has_instrument
    with TickProducer(settings, frame_ticks=frame_ticks) as producer:
        for path in files:
            refusals = Refusals()
            ticks = read_tick_file(path, knows, wall_clock(), refusals)
            started = monotonic()
            sender = FileSender(producer, TickFormat(form))
            if speed is None:
                sender.send_at_once(ticks)
            else:
                sender.send_in_rhythm(ticks, speed, is_now=is_now)
            yield path, sender.finish(), monotonic() - started, refusals


class FileSender:
    """Sends the ticks of one file and counts what the broker acknowledged."""

    def __init__(self, producer: TickProducer, form: TickFormat) -> None:
        self._producer = producer
        self._form = form
        self._waiting = 0
        self._sent = 0

    def send_at_once(self, parts: Iterator[TickColumns]) -> None:
        """As fast as the broker takes them; times stay as they are."""
        for columns in parts:
            self._send(columns, 0)

    def send_in_rhythm(self, parts: Iterator[TickColumns], speed: float, *, is_now: bool) -> None:
        """Each tick when it is due, ``speed`` times as fast as traded; gaps in the file are waited for.

        The records carry how far event time is from wall time, as those of a replayed day; with ``is_now`` the times
        themselves are moved to when the ticks are due instead.
        """
        started, first = None, 0
        for columns in parts:
            if not len(columns):
                continue
            if started is None:
                started, first = micros_of(wall_clock()), int(columns.micros[0])
            # A tick that stands behind a later one leaves with it.
            due = started + np.maximum.accumulate(((columns.micros - first) / speed).astype(np.int64))
            steps = due // int(STEP_SECONDS * 1_000_000)
            for step in np.unique(steps).tolist():
                chosen = steps == step
                self._wait_until(int(due[chosen][-1]))
                part = columns.where(chosen)
                if is_now:
                    self._send(replace(part, micros=due[chosen]), 0)
                else:
                    self._send(part, (int(part.micros.max()) - micros_of(wall_clock())) // 1_000)

    def finish(self) -> int:
        """How many ticks the broker has acknowledged in all, when it has taken the last of them."""
        self._sent += self._producer.flush().ticks
        self._waiting = 0
        return self._sent

    def _send(self, columns: TickColumns, offset_ms: int) -> None:
        self._producer.send(columns, self._form, offset_ms=offset_ms)
        self._waiting += len(columns)
        if self._waiting >= UNACKNOWLEDGED_TICKS:
            self.finish()

    def _wait_until(self, due: int) -> None:
        while (left := due - micros_of(wall_clock())) > 0:
            time.sleep(min(left / 1_000_000, 1.0))
