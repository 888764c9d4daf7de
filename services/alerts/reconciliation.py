"""Which signals were taken and never answered: neither an alert names them nor a silence.

A crash between taking a signal and telling its alert must leave nothing behind; whoever takes over looks for such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.alerts.alert import Alert, Silence
from services.signals.signal import PolicySignal


def find_unanswered(
    signals: Sequence[PolicySignal], alerts: Iterable[Alert], silences: Sequence[Silence]
) -> list[PolicySignal]:
    """The signals, in their order, that stand in no report of an alert and in no silence.

    ``silences``: the newest ones, oldest first. What is older than all of them may have been silent before they
    begin, so it counts as answered.
    """
    reported = {report.signal_id for alert in alerts for report in alert.reports}
    silent = {silence.article_id for silence in silences}
    known_since = min((silence.decided_at for silence in silences), default=None)
    return [
        signal
        for signal in signals
        if signal.signal_id not in reported
        and signal.article_id not in silent
        and (known_since is None or signal.received_at >= known_since)
    ]
