"""What the tape says beyond the verdict: quiet days, moves before publication, moves that nobody named."""

from __future__ import annotations

from services.alerts.alert import Alert
from services.alerts.market_answer import Kinship
from services.alerts.price_table import average_basket, index_reactions, sort_exposures
from services.alerts.verdict import DECIDING, find_basket, is_comparable, select_basket
from services.alerts.wording import SPANS, say_move, say_z
from services.market.reaction import Reaction, Window
from services.market.study.drift import Drift, find_drift

ENOUGH_QUIET = 1_000
MOST_COMPARED = 2
_BEFORE = {Window.BEFORE_30M: "in the 30 min before", Window.SINCE_PREVIOUS_CLOSE: "since the close before"}
_KINSHIPS = {Kinship.TWIN: "other listing", Kinship.FUND: "fund", Kinship.PEER: "peer"}


def say_tape(alert: Alert) -> list[tuple[str, str]]:
    """Label and words of what there is to say; nothing where there is nothing."""
    said = [
        ("Against quiet days", _say_quiet_days(alert)),
        ("Before publication", _say_drift(alert)),
        ("Unnamed but moved", _say_movers(alert)),
        ("Five sessions later", _say_later(alert)),
    ]
    return [(label, words) for label, words in said if words]


def find_early_moves(alert: Alert) -> list[Drift]:
    """Abnormal moves of the basket before publication, strongest first: one for compliance, whatever the verdict."""
    mine = select_basket(alert.signal, index_reactions(alert).values())
    return sorted(find_drift(mine), key=lambda drift: -abs(drift.z))


def _say_quiet_days(alert: Alert) -> str:
    """The strongest of the basket over the window that decides: ``Meituan beats 99.4 % of 1,170 quiet windows``."""
    basket, measured = find_basket(alert.signal), index_reactions(alert)
    names = _names(alert)
    for window in reversed(DECIDING):
        found = [r for (name, span), r in measured.items() if span is window and name in basket and is_comparable(r)]
        if not found:
            continue
        compared = sorted((r for r in found if r.percentile is not None), key=lambda r: -(r.percentile or 0.0))
        if not compared:
            most = max(reaction.quiet_windows for reaction in found)
            return f"history too short to compare with ({most} matched quiet windows)" if most else ""
        said = [_say_rank(reaction, names[reaction.instrument]) for reaction in compared[:MOST_COMPARED]]
        return f"{'; '.join(said)} ({SPANS[window]})"
    return ""


def _say_rank(reaction: Reaction, name: str) -> str:
    short = ", short history" if reaction.quiet_windows < ENOUGH_QUIET else ""
    share = _say_percentile(reaction.percentile or 0.0, reaction.quiet_windows)
    return f"{name} beats {share} of {reaction.quiet_windows:,} matched quiet windows{short}"


def _say_percentile(share: float, windows: int) -> str:
    """One decimal from 99 % on, and never 100 %: nobody has seen all quiet windows."""
    if share >= 1.0:
        return "all" if windows < ENOUGH_QUIET else f"over {100 * (1 - 1 / windows):.1f} %"
    return f"{share * 100:.1f} %" if share >= 0.99 else f"{share * 100:.0f} %"


def _say_drift(alert: Alert) -> str:
    names = _names(alert)
    said = [
        f"{names[drift.instrument]} {say_move(drift.abnormal_return)} % abnormal {_BEFORE[drift.window]} "
        f"(z {say_z(drift.z)})"
        for drift in find_early_moves(alert)[:MOST_COMPARED]
    ]
    return f"moved already: {', '.join(said)}" if said else ""


def _say_movers(alert: Alert) -> str:
    said = [
        f"{mover.name} {mover.reaction.instrument} ({_KINSHIPS[mover.kinship]}) "
        f"{say_move(mover.reaction.abnormal_return)} % abnormal, z {say_z(mover.reaction.z)}"
        for mover in alert.movers
    ]
    return "; ".join(said)


def _say_later(alert: Alert) -> str:
    mean = average_basket(alert, Window.AFTER_5_SESSIONS)
    if mean is None:
        return ""
    return f"abnormal {say_move(mean.abnormal_return)} % since publication, shown and not judged"


def _names(alert: Alert) -> dict[str, str]:
    return {exposure.instrument: exposure.name for exposure in sort_exposures(alert)}
