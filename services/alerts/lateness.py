"""News that came later than is worth a sound: it stands in a brief."""

from __future__ import annotations

from datetime import timedelta

from services.alerts.alert import Severity
from services.alerts.policy import AlertPolicy
from services.signals.signal import PolicySignal


def comes_late(signal: PolicySignal, severity: Severity, policy: AlertPolicy) -> bool:
    """True when the signal was scored later after publication than its severity allows, as after an outage."""
    return signal.scored_at - signal.published_at > longest_delay(severity, policy)


def longest_delay(severity: Severity, policy: AlertPolicy) -> timedelta:
    """From publication to score, beyond which news of this severity is late."""
    minutes = {
        Severity.FLASH: policy.late_flash_minutes,
        Severity.URGENT: policy.late_urgent_minutes,
        Severity.ALERT: policy.late_alert_minutes,
    }
    return timedelta(minutes=minutes[severity])
