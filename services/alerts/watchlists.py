"""What a desk holds or follows: instruments with weights, which make an alert that touches them louder."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from services.signals.signal import PolicySignal, Role

HIGHEST_WEIGHT = 3.0
ROLE_SHARE: Mapping[Role, float] = {Role.DIRECT: 1.0, Role.SECTOR: 0.5, Role.MENTIONED: 0.0}


class Watchlist(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Instruments of one desk or portfolio. A weight of 1 changes no severity; 2 doubles the points of a direct hit."""

    instruments: Mapping[str, float]


def find_watchlists(signal: PolicySignal, watchlists: Mapping[str, Watchlist]) -> frozenset[str]:
    """Names of the lists with an instrument that the signal touches, by any listing; mere mentions do not count."""
    touched = _touched(signal)
    return frozenset(name for name, one in watchlists.items() if touched.keys() & one.instruments.keys())


def find_weight(signal: PolicySignal, watchlists: Mapping[str, Watchlist]) -> tuple[float, str]:
    """(factor for the severity, the instrument that gives it); (1, "") when nothing watched is touched.

    A sector exposure counts half of the weight beyond 1: a rule for the sector is less about the holding than a fine.
    """
    touched = _touched(signal)
    weights = [
        (1.0 + (weight - 1.0) * touched[instrument], instrument)
        for one in watchlists.values()
        for instrument, weight in one.instruments.items()
        if touched.get(instrument)
    ]
    return max(weights, default=(1.0, ""), key=lambda found: (found[0], found[1]))


def _touched(signal: PolicySignal) -> dict[str, float]:
    shares: dict[str, float] = {}
    for exposure in signal.exposures:
        for instrument in (exposure.instrument, *exposure.other_listings):
            if ROLE_SHARE[exposure.role]:
                shares[instrument] = max(shares.get(instrument, 0.0), ROLE_SHARE[exposure.role])
    return shares
