"""Cards that did not come straight: by the second route, late and in a brief, struck by a retraction."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from services.alerts.brief import Brief, BriefItem, Known
from services.alerts.second_route import say_second_route
from services.signals.signal import Evidence, Relation, Stage, Tone
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


def second_route() -> Situation:
    """The desk's channel is archived; whoever reads this one must know that it is not for them alone."""
    now = PUBLISHED + timedelta(seconds=41)
    quotes = [
        Quote(exposure=TENCENT, price=347.6, previous_close=340.0),
        Quote(exposure=MEITUAN, price=131.0, previous_close=127.3),
    ]
    return Situation(alert=make_alert(quotes, now), now=now, note=say_second_route(["desk"]))


def late_in_a_brief() -> Situation:
    """After an outage of three hours: one message without a sound, and each line says when it was published."""
    now = PUBLISHED + timedelta(hours=3, minutes=13)
    seen = PUBLISHED + timedelta(hours=3, minutes=2)
    fine = make_signal(
        exposures=(MEITUAN,),
        headline="Market regulator fines Meituan over exclusive deals",
        tone=Tone.RESTRICTIVE,
        score=-0.71,
        regulators=("SAMR",),
        stage=Stage.PENALTY,
        evidence=(Evidence(sentence="The regulator fined Meituan for exclusive deals.", weight=1.0),),
        received_at=seen,
        scored_at=seen + timedelta(seconds=0.1),
    )
    meeting = make_signal(signal_id="sig-2", received_at=seen, scored_at=seen + timedelta(seconds=0.1))
    moves = make_moves((-0.0121, 0.0002, -2.9), (-0.0244, 0.0004, -3.8), (-0.0311, 0.0011, -4.1))
    late = [
        make_alert([Quote(exposure=MEITUAN, price=123.3, previous_close=127.3, moves=moves)], now, fine, is_late=True),
        make_alert([Quote(exposure=TENCENT, price=346.9, previous_close=340.0)], now, meeting, is_late=True),
    ]
    late[1] = replace(late[1], alert_id="alt_0d41b7c8e26f4a95")
    items = tuple(
        BriefItem(alert=one, points=1.0, known=Known(severity=one.severity, agreement=one.agreement)) for one in late
    )
    return Situation(alert=late[0], now=now, brief=Brief(title="Brief 17:15 HKT", waited=items))


def retracted() -> Situation:
    """The wire takes its report back: what stays in the channel must not be read as true."""
    signal = make_signal(
        exposures=(TENCENT,),
        headline="Regulator approves the merger of two game platforms",
        score=0.66,
        regulators=("SAMR",),
        stage=Stage.APPROVAL,
        evidence=(Evidence(sentence="The regulator has approved the merger.", weight=1.0),),
    )
    back = replace(
        make_report(signal),
        signal_id="sig-2",
        published_at=PUBLISHED + timedelta(minutes=9),
        relation=Relation.RETRACTION,
        is_retraction=True,
        number=2,
    )
    now = PUBLISHED + timedelta(minutes=9, seconds=4)
    moves = make_moves((0.0191, 0.0003, 3.1), (0.0204, 0.0006, 2.4))
    quotes = [Quote(exposure=TENCENT, price=346.9, previous_close=340.0, moves=moves)]
    alert = make_alert(quotes, now, signal, revision=4, cause="report", reports=(make_report(signal), back))
    return Situation(alert=alert, now=now, posted_at=PUBLISHED + timedelta(seconds=4))
