"""Text against tape: the printed rule that turns reactions into a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from services.alerts.alert import Agreement
from services.alerts.policy import AlertPolicy
from services.market.reaction import HORIZONS, NormalModel, Reaction, Window
from services.market.study.basket import UNKNOWN_CORRELATION, combine_scores
from services.signals.signal import PolicySignal, Role

RULE = (
    "The longest measured horizon up to the next session decides; five sessions later is shown, not judged. The basket "
    "is the directly named instruments, else those of the sector. Confirmed: its mean abnormal return has the sign of "
    "the tone and is beyond the threshold (z-score of the basket, its members' correlation allowed for, or the return "
    "where history is short). Contradicted: beyond it with the other sign. Once given, either holds until the strength "
    "falls below the holding share of its threshold. Moved before: not confirmed, but abnormal in the direction of the "
    "tone in the 30 minutes before publication. Not yet: none of these. A return without a benchmark decides nothing."
)
DECIDING = tuple(window for window in HORIZONS if window is not Window.AFTER_5_SESSIONS)
_GIVEN = {Agreement.CONFIRMED: 1, Agreement.CONTRADICTED: -1}


def judge(
    signal: PolicySignal,
    reactions: Sequence[Reaction],
    policy: AlertPolicy,
    correlation: float = UNKNOWN_CORRELATION,
    given: Agreement | None = None,
) -> Agreement:
    """The verdict on one signal by ``RULE``; NO_PRICE when no basket instrument has any usable price.

    ``correlation``: mean pairwise correlation of the basket on quiet days. ``given``: the verdict before this one.
    """
    mine = select_basket(signal, reactions)
    if all(reaction.price is None for reaction in mine):
        return Agreement.NO_PRICE
    sign = 1 if (signal.score or 0.0) >= 0 else -1
    strength = next(
        (
            found
            for window in reversed(DECIDING)
            if (found := _strength(mine, window, (policy.confirming_z, policy.confirming_return), correlation))
            is not None
        ),
        0.0,
    )
    answer = _answer(sign * strength, given, policy.holding_share)
    if answer is not None:
        return answer
    thresholds = (policy.moved_before_z, policy.moved_before_return)
    before = _strength(mine, Window.BEFORE_30M, thresholds, correlation)
    return Agreement.MOVED_BEFORE if before is not None and sign * before >= 1 else Agreement.NOT_YET


def find_basket(signal: PolicySignal) -> frozenset[str]:
    """Instruments that decide the verdict: the directly named, else those of the sector, else all."""
    for role in (Role.DIRECT, Role.SECTOR):
        chosen = frozenset(exposure.instrument for exposure in signal.exposures if exposure.role is role)
        if chosen:
            return chosen
    return frozenset(exposure.instrument for exposure in signal.exposures)


def select_basket(signal: PolicySignal, reactions: Iterable[Reaction]) -> list[Reaction]:
    """The reactions that have a vote, in order."""
    basket = find_basket(signal)
    return [reaction for reaction in reactions if reaction.instrument in basket]


def is_comparable(reaction: Reaction) -> bool:
    """True when the return could be held against a benchmark: only then is any of it abnormal."""
    return reaction.abnormal_return is not None and reaction.model is not NormalModel.RAW


def _answer(strength: float, given: Agreement | None, holding_share: float) -> Agreement | None:
    """Strength in units of the threshold, positive in the direction of the tone."""
    for agreement, sign in _GIVEN.items():
        if sign * strength >= (holding_share if given is agreement else 1.0):
            return agreement
    return None


def _strength(
    reactions: Iterable[Reaction], window: Window, thresholds: tuple[float, float], correlation: float
) -> float | None:
    """Abnormal move over the window in units of its threshold (z, else return); None when nothing was measurable."""
    measured = [reaction for reaction in reactions if reaction.window is window and is_comparable(reaction)]
    if not measured:
        return None
    scores = [reaction.z for reaction in measured if reaction.z is not None]
    mean_return = fmean(reaction.abnormal_return or 0.0 for reaction in measured)
    if len(scores) == len(measured):
        # A large z on a tiny move is noise of a quiet name: both must agree in sign.
        z = combine_scores(scores, correlation)
        return z / thresholds[0] if z * mean_return > 0 else 0.0
    return mean_return / thresholds[1]
