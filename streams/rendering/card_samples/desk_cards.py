"""Cards that people have buttons on, before and after somebody took the alert."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from services.alerts.acknowledgement import Acknowledgement
from streams.rendering.card_samples.sample_alerts import MEITUAN, PUBLISHED, TENCENT, Quote, Situation, make_alert


def with_buttons() -> Situation:
    """A fresh alert: somebody may take it, mute what it is about, or say whether it was right."""
    now = PUBLISHED + timedelta(seconds=4)
    quotes = [
        Quote(exposure=TENCENT, price=347.0, previous_close=340.0),
        Quote(exposure=MEITUAN, price=131.0, previous_close=127.3),
    ]
    return Situation(alert=make_alert(quotes, now), now=now, has_buttons=True)


def acknowledged() -> Situation:
    """The same alert a moment later: the card says who has it, and asks nobody else to take it."""
    fresh = with_buttons()
    at = PUBLISHED + timedelta(minutes=3)
    owner = Acknowledgement(alert_id=fresh.alert.alert_id, revision=1, by="U0TRADER", at=at)
    return replace(fresh, owner=owner, posted_at=PUBLISHED + timedelta(seconds=4))
