"""How loudly to say it: one printed formula of tone, confidence, novelty, authority and reaction."""

from __future__ import annotations

from collections.abc import Mapping

from services.alerts.alert import Agreement, Severity
from services.alerts.policy import AlertPolicy
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


def grade(signal: PolicySignal, agreement: Agreement, policy: AlertPolicy) -> tuple[Severity, str]:
    """Severity and the sentence that shows the sum; thresholds come from the policy."""
    boost = _boost(agreement)
    weight, held = find_weight(signal, policy.watchlists)
    standing = 0.5 + 0.5 * signal.authority
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
        f"authority {standing:.2f} x novelty {signal.novelty / 100:.2f} x market {boost:.2f}{watched}; "
        f"{severity.value} from {limit:g}"
    )
    return severity, sum_shown
