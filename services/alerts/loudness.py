"""The order of severities, and how long a like event does not ring again."""

from __future__ import annotations

from msgspec import Struct

from services.alerts.alert import Severity

LOUDNESS = (Severity.ALERT, Severity.URGENT, Severity.FLASH)
"""From the quietest to the loudest."""


class Cooldown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``grows``: each event that rings while its kind is not over doubles the time until the next may ring."""

    minutes: float
    grows: bool = False


def is_louder(severity: Severity, than: Severity) -> bool:
    """True when ``severity`` stands above ``than``.

    >>> is_louder(Severity.FLASH, Severity.URGENT), is_louder(Severity.ALERT, Severity.ALERT)
    (True, False)
    """
    return LOUDNESS.index(severity) > LOUDNESS.index(than)


def rank_loudness(severity: Severity) -> float:
    """The severity as a number: 1 alert, 2 urgent, 3 flash.

    >>> rank_loudness(Severity.FLASH)
    3.0
    """
    return float(LOUDNESS.index(severity) + 1)
