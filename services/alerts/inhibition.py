"""Inhibition: talk about an event says nothing while the alert of that event is still followed.

(As in Prometheus Alertmanager, where a standing alert silences those that only follow from it.)
"""

from __future__ import annotations

from services.alerts.alert import Alert, SilenceReason
from services.alerts.corrections import is_correction
from services.signals.signal import PolicySignal, Tone

WORDLESS = (Tone.NEUTRAL, Tone.UNCLEAR, Tone.IRRELEVANT)


def find_inhibition(signal: PolicySignal, root: Alert | None) -> tuple[SilenceReason, str] | None:
    """Reason and detail when ``signal`` is background to ``root``, an alert of its story that waits for a horizon."""
    if root is None or not is_background(signal):
        return None
    kind = "commentary" if signal.commentary else "market colour"
    return SilenceReason.INHIBITED, f"{kind} while alert {root.alert_id} of its story is followed"


def is_background(signal: PolicySignal) -> bool:
    """Commentary, and reports in which no authority is named, nothing stands at a stage and no tone is clear.

    A correction never is: it changes what was told.
    """
    if is_correction(signal):
        return False
    is_colour = not signal.regulators and signal.stage is None and signal.tone in WORDLESS
    return signal.commentary or is_colour
