"""Situations after the first minutes: no benchmark to compare with, and a week later."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from services.alerts.alert import Agreement
from services.market.reaction import NormalModel
from streams.rendering.card_samples.sample_alerts import PUBLISHED, TENCENT, Quote, Situation, make_alert, make_moves


def raw_return() -> Situation:
    """The benchmark has no price: the move is shown and nothing is concluded from it."""
    now = PUBLISHED + timedelta(minutes=5, seconds=2)
    quotes = [
        Quote(
            exposure=TENCENT,
            price=349.8,
            previous_close=340.0,
            moves=make_moves((0.0042, 0.0, 1.8), (0.0288, 0.0, 5.0)),
        )
    ]
    alert = make_alert(quotes, now, revision=3, cause="after_5m")
    raw = tuple(
        replace(reaction, model=NormalModel.RAW, benchmark=None, benchmark_return=None) for reaction in alert.reactions
    )
    return Situation(alert=replace(alert, reactions=raw), now=now)


def five_sessions_later() -> Situation:
    """Every horizon is over, and what was confirmed at the close has faded since."""
    now = PUBLISHED + timedelta(days=7, hours=2)
    steps = (
        (0.0042, 0.0004, 1.8),
        (0.0098, 0.0011, 3.0),
        (0.0187, 0.0025, 3.9),
        (0.0263, 0.0041, 3.1),
        (0.0302, 0.0102, 2.2),
        (-0.0120, 0.0030, -0.6),
    )
    quotes = [Quote(exposure=TENCENT, price=335.9, previous_close=340.0, moves=make_moves(*steps), beta=1.12)]
    alert = make_alert(quotes, now, revision=7, cause="after_5_sessions", agreement=Agreement.CONFIRMED)
    return Situation(alert=alert, now=now)
