"""Cards of stories that go on: a new act in a matter that was told before."""

from __future__ import annotations

from datetime import timedelta

from services.alerts.alert import Severity
from services.signals.signal import Evidence, Relation, Stage, Tone
from streams.rendering.card_samples.sample_alerts import (
    MEITUAN,
    PUBLISHED,
    Quote,
    Situation,
    make_alert,
    make_signal,
)


def new_act() -> Situation:
    """A fine 81 days after the probe; the first report was too unsure for a card, this is the second."""
    signal = make_signal(
        relation=Relation.FOLLOW_UP,
        tone=Tone.RESTRICTIVE,
        score=-0.74,
        stage=Stage.PENALTY,
        regulators=("SAMR",),
        exposures=(MEITUAN,),
        headline="Market regulator fines Meituan 3.4 billion yuan and ends its case",
        evidence=(
            Evidence(sentence="The regulator fined Meituan 3.4 billion yuan for forced exclusivity.", weight=1.0),
        ),
        reports=2,
        first_seen_at=PUBLISHED - timedelta(minutes=12),
        first_source="Second Wire",
        follows="story-0",
        follows_headline="Market regulator opens antitrust case against Meituan",
        follows_at=PUBLISHED - timedelta(days=81),
    )
    quotes = [Quote(exposure=MEITUAN, price=124.1, previous_close=127.3)]
    now = PUBLISHED + timedelta(seconds=5)
    return Situation(alert=make_alert(quotes, now, signal, severity=Severity.URGENT), now=now)
