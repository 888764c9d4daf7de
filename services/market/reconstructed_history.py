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

from services.market.price_window import Floats, PriceSeries, Seconds
from services.market.sessions import ExchangeCalendar, Session
from services.market.tape_parameters import TapeInstrument, TapeParameters

NIGHT_SHARE = 0.35
"""Variance of a night as a share of that of a session."""


def reconstruct_history(
    parameters: TapeParameters, calendar: ExchangeCalendar, sessions: int
) -> Iterator[tuple[TapeInstrument, PriceSeries]]:
    """Each instrument with its one-minute bars of the ``sessions`` before the tape's first day, the newest last.

    ``second`` is the last second of each minute; the last close is the one that the tape starts from.
    """
    days = _sessions_before(parameters, calendar, sessions)
    seconds = np.concatenate([_minutes(session) for session in days])
    clock = _clock(days)
    index = next(entry for entry in parameters.instruments if entry.instrument == parameters.benchmark)
    market = parameters.days[0].index_noise * 1e-4 * _walk(_random(parameters, index), clock)
    for entry in parameters.instruments:
        noise = entry.noise * 1e-4 * _walk(_random(parameters, entry), clock)
        path = market if entry is index else entry.beta * market + noise
        close = entry.closes[0] * np.exp(path - path[-1])
        yield entry, PriceSeries(entry.instrument, seconds, close, _volumes(parameters, entry, len(days), len(close)))


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


def _clock(days: list[Session]) -> Floats:
    """Variance of each minute in ordinary minutes: the U of the day, and the night on the first minute."""
    parts = []
    for session in days:
        count = len(_minutes(session))
        minutes = 0.7 + 0.9 * np.linspace(-1.0, 1.0, count) ** 2
        minutes[0] += NIGHT_SHARE * count
        parts.append(minutes)
    return np.concatenate(parts)


def _walk(random: Generator, clock: Floats) -> Floats:
    steps: Floats = np.cumsum(random.standard_normal(len(clock)) * np.sqrt(clock))
    return steps


def _volumes(parameters: TapeParameters, entry: TapeInstrument, days: int, minutes: int) -> Floats:
    if not entry.shares:
        return np.zeros(minutes)
    shape = np.resize(0.7 + 0.9 * np.linspace(-1.0, 1.0, minutes // days) ** 2, minutes)
    mean = shape * entry.shares * days / minutes / entry.lot
    lots = _random(parameters, entry, "volume").gamma(2.0, mean / 2.0)
    return np.maximum(1.0, np.rint(lots)) * entry.lot


def _random(parameters: TapeParameters, entry: TapeInstrument, purpose: str = "history") -> Generator:
    return np.random.default_rng([parameters.seed, zlib.crc32(f"{entry.instrument}/{purpose}".encode())])
