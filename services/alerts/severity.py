"""How loudly to say it: one printed formula of tone, confidence, novelty, authority and reaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from services.alerts.alert import Agreement, Report, Severity
from services.alerts.loudness import is_louder
from services.alerts.policy import AlertPolicy
from services.alerts.standing import find_cap, list_vouching
from services.alerts.watchlists import Watchlist, find_weight
from services.signals.signal import PolicySignal

FORMULA = "|score| x confidence x (0.5 + 0.5 x authority) x novelty/100 x (1.25 if confirmed) x watchlist weight"


def measure_points(signal: PolicySignal, agreement: Agreement, watchlists: Mapping[str, Watchlist]) -> float:
    """The severity as a number, 0 and up: what ranks alerts of one severity among themselves."""
    weight, _ = find_weight(signal, watchlists)
    standing = 0.5 + 0.5 * signal.authority
    return abs(signal.score or 0.0) * signal.confidence * standing * signal.novelty / 100 * _boost(agreement) * weight


def _boost(agreement: Agreement) -> float:
    return 1.25 if agreement is Agreement.CONFIRMED else 1.0


def grade(
    signal: PolicySignal, agreement: Agreement, policy: AlertPolicy, reports: Sequence[Report] = ()
) -> tuple[Severity, str]:
    """Severity and the sentence that shows the sum; thresholds and caps come from the policy.

    ``reports``: all of the story, the first one included. The most official of them lends its authority, and hearsay
    may be no louder than its cap, whatever the market does.
    """
    severity, sum_shown = _grade_by_points(_with_best_authority(signal, reports), agreement, policy)
    cap = find_cap(reports, policy.caps)
    if cap is None or not is_louder(severity, cap[0]):
        return severity, sum_shown
    return cap[0], f"{sum_shown}, held at {cap[0].value}: {cap[1]}"


def measure_story(signal: PolicySignal, agreement: Agreement, policy: AlertPolicy, reports: Sequence[Report]) -> float:
    """The points that ``grade`` counts: with the authority of the most official report."""
    return measure_points(_with_best_authority(signal, reports), agreement, policy.watchlists)


def _with_best_authority(signal: PolicySignal, reports: Sequence[Report]) -> PolicySignal:
    known = [report.authority or 0.0 for report in list_vouching(reports)]
    return replace(signal, authority=max([signal.authority, *known]))


def _grade_by_points(signal: PolicySignal, agreement: Agreement, policy: AlertPolicy) -> tuple[Severity, str]:
    boost = _boost(agreement)
    weight, held = find_weight(signal, policy.watchlists)
    points = measure_points(signal, agreement, policy.watchlists)
    if points >= policy.flash_from:
        severity, limit = Severity.FLASH, policy.flash_from
    elif points >= policy.urgent_from:
        severity, limit = Severity.URGENT, policy.urgent_from
    else:
        severity, limit = Severity.ALERT, 0.0
    watched = f" x watchlist {weight:.2f} ({held})" if held else ""
    sum_shown = (
        f"severity {points:.2f} = |{signal.score or 0.0:+.2f}| x confidence {signal.confidence:.2f} x "
        f"(0.5 + 0.5 x authority {signal.authority:.2f}) x novelty {signal.novelty / 100:.2f} x market {boost:.2f}"
        f"{watched}; {severity.value} from {limit:g}"
    )
    return severity, sum_shown
