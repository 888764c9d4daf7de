"""Months before the sample day, reconstructed too: so that its moves can be held against quiet minutes like any other.

A random walk backwards from the close before the tape begins, with the tape's own betas, noise and U of the day; every
name has a random stream of its own. Like the tape it is made, not recorded, and labelled so wherever it is shown.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator

from services.market.prices.price_window import Floats, PriceSeries, Seconds
from services.market.sample.tape_parameters import TapeInstrument, TapeParameters
from services.market.sessions.sessions import ExchangeCalendar, Session

NIGHT_SHARE = 0.35
"""Variance of a night as a share of that of a session."""


def reconstruct_history(
    parameters: TapeParameters, calendar: ExchangeCalendar, sessions: int
) -> Iterator[tuple[str, Session, PriceSeries]]:
    """Instrument, session and its one-minute bars, session by session up to the tape's first day, the newest last.

    ``second`` is the last second of each minute; the last close is the one that the tape starts from.
    """
    days = _sessions_before(parameters, calendar, sessions)
    minutes = [_minutes(session) for session in days]
    clock = _clock(minutes)
    index = next(entry for entry in parameters.instruments if entry.instrument == parameters.benchmark)
    market = parameters.days[0].index_noise * 1e-4 * _walk(_random(parameters, index), clock)
    for entry in parameters.instruments:
        noise = entry.noise * 1e-4 * _walk(_random(parameters, entry), clock)
        path = market if entry is index else entry.beta * market + noise
        close = entry.closes[0] * np.exp(path - path[-1])
        volume = _volumes(parameters, entry, minutes)
        start = 0
        for session, seconds in zip(days, minutes, strict=True):
            part = slice(start, start + len(seconds))
            start += len(seconds)
            yield entry.instrument, session, PriceSeries(entry.instrument, seconds, close[part], volume[part])


def _sessions_before(parameters: TapeParameters, calendar: ExchangeCalendar, count: int) -> list[Session]:
    at = datetime.combine(parameters.days[0].day, time(), tzinfo=ZoneInfo(parameters.timezone))
    found: list[Session] = []
    while len(found) < count:
        found.append(calendar.previous_session(at))
        at = found[-1].opens_at
    return found[::-1]


def _minutes(session: Session) -> Seconds:
    stretches = [
        np.arange(int(start.timestamp()) + 59, int(end.timestamp()), 60, dtype=np.int64)
        for start, end in session.stretches
    ]
    return np.concatenate(stretches)


def _clock(minutes: list[Seconds]) -> Floats:
    """Variance of each minute in ordinary minutes: the U of the day, and the night on the first minute."""
    parts = [_busy(len(seconds)) for seconds in minutes]
    for part in parts:
        part[0] += NIGHT_SHARE * len(part)
    return np.concatenate(parts)


def _busy(count: int) -> Floats:
    """The U of a trading day; its mean is 1."""
    shape: Floats = 0.7 + 0.9 * np.linspace(-1.0, 1.0, count) ** 2
    return shape


def _walk(random: Generator, clock: Floats) -> Floats:
    steps: Floats = np.cumsum(random.standard_normal(len(clock)) * np.sqrt(clock))
    return steps


def _volumes(parameters: TapeParameters, entry: TapeInstrument, minutes: list[Seconds]) -> Floats:
    if not entry.shares:
        return np.zeros(sum(len(seconds) for seconds in minutes))
    mean = np.concatenate([_busy(len(seconds)) * entry.shares / len(seconds) / entry.lot for seconds in minutes])
    lots = _random(parameters, entry, "volume").gamma(2.0, mean / 2.0)
    return np.maximum(1.0, np.rint(lots)) * entry.lot


def _random(parameters: TapeParameters, entry: TapeInstrument, purpose: str = "history") -> Generator:
    return np.random.default_rng([parameters.seed, zlib.crc32(f"{entry.instrument}/{purpose}".encode())])
