"""Text against tape: the printed rule that turns reactions into a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from services.alerts.alert import Agreement
from services.alerts.policy import AlertPolicy
from services.market.reaction import HORIZONS, Reaction, Window
from services.signals.signal import PolicySignal, Role

RULE = (
    "The longest measured horizon decides. The basket is the directly named instruments, else those of the sector. "
    "Confirmed: its mean abnormal return has the sign of the tone and is beyond the threshold (mean z-score, or the "
    "return where history is short). Contradicted: beyond it with the other sign. Moved before: not confirmed, but "
    "abnormal in the direction of the tone in the 30 minutes before publication. Not yet: none of these."
)


def judge(signal: PolicySignal, reactions: Sequence[Reaction], policy: AlertPolicy) -> Agreement:
    """The verdict on one signal by ``RULE``; NO_PRICE when no basket instrument has any usable price."""
    basket = find_basket(signal)
    mine = [reaction for reaction in reactions if reaction.instrument in basket]
    if all(reaction.price is None for reaction in mine):
        return Agreement.NO_PRICE
    sign = 1 if (signal.score or 0.0) >= 0 else -1
    for window in reversed(HORIZONS):
        strength = _strength(mine, window, policy.confirming_z, policy.confirming_return)
        if strength is not None:
            if sign * strength >= 1:
                return Agreement.CONFIRMED
            if sign * strength <= -1:
                return Agreement.CONTRADICTED
            break
    before = _strength(mine, Window.BEFORE_30M, policy.moved_before_z, policy.moved_before_return)
    if before is not None and sign * before >= 1:
        return Agreement.MOVED_BEFORE
    return Agreement.NOT_YET


def find_basket(signal: PolicySignal) -> frozenset[str]:
    """Instruments that decide the verdict: the directly named, else those of the sector, else all."""
    for role in (Role.DIRECT, Role.SECTOR):
        chosen = frozenset(exposure.instrument for exposure in signal.exposures if exposure.role is role)
        if chosen:
            return chosen
    return frozenset(exposure.instrument for exposure in signal.exposures)


def _strength(
    reactions: Iterable[Reaction], window: Window, z_threshold: float, return_threshold: float
) -> float | None:
    """Mean abnormal move over the window in units of its threshold; None when nothing was measurable."""
    measured = [r for r in reactions if r.window is window and r.abnormal_return is not None]
    if not measured:
        return None
    scores = [r.z for r in measured if r.z is not None]
    mean_return = fmean(r.abnormal_return for r in measured if r.abnormal_return is not None)
    if len(scores) == len(measured):
        # A large z on a tiny move is noise of a quiet name: both must agree in sign.
        mean_z = fmean(scores)
        return mean_z / z_threshold if mean_z * mean_return > 0 else 0.0
    return mean_return / return_threshold
