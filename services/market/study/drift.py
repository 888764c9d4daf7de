"""Did the price move before the news was public? A leak, or the news was older than its time says.

Run-up before an announcement is usual where information leaks (A. Keown, J. Pinkerton, "Merger Announcements and
Insider Trading Activity", Journal of Finance 36 (1981), 855-869); it also means that part of the answer is already in
the price at publication.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from services.market.reaction import NormalModel, Reaction, Window

BEFORE = (Window.BEFORE_30M, Window.SINCE_PREVIOUS_CLOSE)
LEAST_Z = 3.0
"""Two windows per instrument are looked at, and an event has several instruments: 1.96 would cry wolf every day."""
LEAST_PERCENTILE = 0.99


class Drift(Struct, frozen=True, kw_only=True):
    """One instrument that moved abnormally before publication."""

    instrument: str
    window: Window
    """Of BEFORE the one with the larger |z|."""
    sign: int
    """1 up, -1 down, against the benchmark."""
    abnormal_return: float
    z: float
    percentile: float | None
    """Share of quiet windows that moved less; None: too little history to say, ``z`` stands alone."""


def find_drift(
    reactions: Iterable[Reaction], least_z: float = LEAST_Z, least_percentile: float = LEAST_PERCENTILE
) -> tuple[Drift, ...]:
    """One Drift per instrument whose |z| before publication is at least ``least_z``, in the order of the reactions.

    Where there are quiet windows to compare with, ``least_percentile`` of them must have moved less, too: a heavy tail
    makes large scores common. Raw returns never count, since the whole market may have moved.
    """
    strongest: dict[str, Drift] = {}
    for reaction in reactions:
        drift = _judge(reaction, least_z, least_percentile)
        known = strongest.get(reaction.instrument)
        if drift is not None and (known is None or abs(drift.z) > abs(known.z)):
            strongest[reaction.instrument] = drift
    return tuple(strongest.values())


def _judge(reaction: Reaction, least_z: float, least_percentile: float) -> Drift | None:
    if reaction.window not in BEFORE or reaction.model is NormalModel.RAW:
        return None
    if reaction.abnormal_return is None or reaction.z is None or abs(reaction.z) < least_z:
        return None
    if reaction.percentile is not None and reaction.percentile < least_percentile:
        return None
    return Drift(
        instrument=reaction.instrument,
        window=reaction.window,
        sign=1 if reaction.z > 0.0 else -1,
        abnormal_return=reaction.abnormal_return,
        z=reaction.z,
        percentile=reaction.percentile,
    )
