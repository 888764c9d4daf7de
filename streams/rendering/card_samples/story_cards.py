"""Cards of stories that go on: a new act in a matter that was told before, and a rumour that is denied."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from services.signals.signal import Caveat, Evidence, Relation, Stage, Tone
from streams.rendering.card_samples.sample_alerts import (
    MEITUAN,
    PUBLISHED,
    TENCENT,
    Quote,
    Situation,
    make_alert,
    make_moves,
    make_report,
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
    return Situation(alert=make_alert(quotes, now, signal), now=now)


def denied_rumour() -> Situation:
    """Hearsay of one wire, held below a Flash, until the regulator says that it is not so."""
    signal = make_signal(
        tone=Tone.RESTRICTIVE,
        score=-0.68,
        stage=Stage.RUMOUR,
        regulators=("CAC",),
        exposures=(TENCENT,),
        headline="Cyberspace watchdog weighs new data limits for chat services - sources",
        evidence=(
            Evidence(sentence="Two people briefed on the draft said that chat services come first.", weight=0.8),
        ),
        source_class="wire",
        caveats=(Caveat.RUMOUR,),
        effective_on=(PUBLISHED + timedelta(days=80)).date(),
    )
    denial = replace(
        make_report(signal),
        signal_id="sig-2",
        source="Cyberspace Administration",
        published_at=PUBLISHED + timedelta(minutes=38),
        relation=Relation.REPORT,
        source_class="official",
        caveats=(Caveat.DENIAL,),
        number=2,
    )
    first = replace(make_report(signal), source_class="wire", caveats=(Caveat.RUMOUR,))
    moves = make_moves((-0.0062, -0.0002, -2.6), (-0.0091, -0.0004, -2.4), (-0.0074, -0.0003, -1.6))
    quotes = [Quote(exposure=TENCENT, price=336.2, previous_close=340.0, moves=moves)]
    now = PUBLISHED + timedelta(minutes=38, seconds=4)
    alert = make_alert(quotes, now, signal, revision=2, cause="report", reports=(first, denial))
    return Situation(alert=alert, now=now)
