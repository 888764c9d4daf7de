"""News that came later than is worth a sound: it stands in a brief."""

from __future__ import annotations

from services.alerts.alert import Alert


def is_late(alert: Alert) -> bool:
    """True for an alert that its maker marked as late; False in records of older versions."""
    return bool(getattr(alert, "is_late", False))
