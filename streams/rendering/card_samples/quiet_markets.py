"""Situations in which there is no live price, or not of everything: what must be said in words and never as zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.alerts.alert import Agreement
from services.market.reaction import SessionState
from streams.rendering.card_samples.sample_alerts import (
    BILIBILI,
    MEITUAN,
    PUBLISHED,
    TENCENT,
    Quote,
    Situation,
    make_alert,
    make_moves,
    make_signal,
)


def closed_market() -> Situation:
    """News in the evening, after the close."""
    published = datetime(2023, 7, 12, 11, 30, tzinfo=UTC)
    now = published + timedelta(seconds=4)
    closed_at = datetime(2023, 7, 12, 8, 8, tzinfo=UTC)
    quotes = [
        Quote(
            exposure=exposure,
            price=price,
            previous_close=before,
            state=SessionState.CLOSED,
            price_at=closed_at,
            started_at=published,
        )
        for exposure, price, before in ((TENCENT, 340.0, 340.0), (MEITUAN, 127.3, 127.3))
    ]
    signal = make_signal(
        exposures=(TENCENT, MEITUAN),
        published_at=published,
        received_at=published + timedelta(seconds=2.5),
        scored_at=published + timedelta(seconds=2.6),
    )
    return Situation(alert=make_alert(quotes, now, signal), now=now)


def lunch_break() -> Situation:
    """News while Hong Kong eats."""
    published = datetime(2023, 7, 13, 4, 10, tzinfo=UTC)
    now = published + timedelta(seconds=6)
    quotes = [
        Quote(
            exposure=TENCENT,
            price=346.2,
            previous_close=340.0,
            state=SessionState.LUNCH,
            price_at=datetime(2023, 7, 13, 3, 59, 58, tzinfo=UTC),
            started_at=published,
        )
    ]
    signal = make_signal(
        exposures=(TENCENT,),
        published_at=published,
        received_at=published + timedelta(seconds=4),
        scored_at=published + timedelta(seconds=4.2),
    )
    return Situation(alert=make_alert(quotes, now, signal), now=now)


def halted_and_open() -> Situation:
    """One of two is halted; the other is measured."""
    now = PUBLISHED + timedelta(minutes=1, seconds=2)
    quotes = [
        Quote(
            exposure=TENCENT,
            price=347.4,
            previous_close=340.0,
            state=SessionState.HALTED,
            price_at=PUBLISHED - timedelta(minutes=40),
        ),
        Quote(exposure=MEITUAN, price=131.2, previous_close=127.3, moves=make_moves((0.0034, 0.0002, None))),
    ]
    return Situation(alert=make_alert(quotes, now, revision=2, cause="after_1m"), now=now)


def stale_quotes() -> Situation:
    """The exchange is open and no quote has come for minutes."""
    now = PUBLISHED + timedelta(minutes=6)
    quotes = [
        Quote(
            exposure=exposure,
            price=price,
            previous_close=before,
            state=SessionState.STALE,
            price_at=PUBLISHED - timedelta(minutes=12),
        )
        for exposure, price, before in ((TENCENT, 347.4, 340.0), (MEITUAN, 131.2, 127.3))
    ]
    alert = make_alert(quotes, now, revision=3, cause="after_5m", agreement=Agreement.NO_PRICE)
    return Situation(alert=alert, now=now)


def no_price() -> Situation:
    """The feed knows nothing of the instrument."""
    now = PUBLISHED + timedelta(seconds=4)
    quotes = [Quote(exposure=TENCENT, price=None, previous_close=None, state=SessionState.NO_DATA)]
    return Situation(alert=make_alert(quotes, now, agreement=Agreement.NO_PRICE), now=now)


def prices_of_one_of_three() -> Situation:
    """Half an hour on: one has answered, one is halted, of one there are no prices; each says so in both tables."""
    now = PUBLISHED + timedelta(minutes=30, seconds=3)
    moves = make_moves((0.0041, 0.0002, 2.2), (0.0126, 0.0004, 2.9), (0.0203, 0.0011, 3.3))
    quotes = [
        Quote(exposure=MEITUAN, price=131.9, previous_close=127.3, moves=moves),
        Quote(
            exposure=TENCENT,
            price=347.4,
            previous_close=340.0,
            state=SessionState.HALTED,
            price_at=PUBLISHED - timedelta(minutes=40),
        ),
        Quote(exposure=BILIBILI, price=None, previous_close=None, state=SessionState.NO_DATA),
    ]
    alert = make_alert(
        quotes,
        now,
        revision=4,
        cause="after_30m",
        agreement=Agreement.CONFIRMED,
    )
    return Situation(alert=alert, now=now, posted_at=PUBLISHED + timedelta(seconds=4))
