"""Alerts made by hand for the tests of cards and pages: a signal, quotes, and what they add up to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from config.alerting import load_policy
from services.alerts.acknowledgement import Acknowledgement
from services.alerts.alert import Agreement, Alert, Report
from services.alerts.brief import Brief
from services.alerts.severity import grade
from services.market.prices.price_path import PricePath
from services.market.reaction import HORIZONS, NormalModel, Reaction, SessionState, Window
from services.signals.signal import Evidence, Exposure, PolicySignal, Relation, Role, Stage, Tone

NAMES: Mapping[str, str] = {
    "SAMR": "State Administration for Market Regulation",
    "NDRC": "National Development and Reform Commission",
    "STATE_COUNCIL": "State Council",
    "CAC": "Cyberspace Administration",
    "platform_economy": "platform economy",
    "online_games": "online games",
}
PUBLISHED = datetime(2023, 7, 13, 6, 2, 5, tzinfo=UTC)
Move = tuple[float, float, float | None]
SPANS = {Window.AFTER_1M: 1, Window.AFTER_5M: 5, Window.AFTER_30M: 30, Window.TO_CLOSE: 128}


class Situation(Struct, frozen=True, kw_only=True):
    """An alert, the moment of rendering, and what is passed beside it."""

    alert: Alert
    now: datetime
    label: str = ""
    posted_at: datetime | None = None
    has_buttons: bool = False
    owner: Acknowledgement | None = None
    """Who acknowledged it, where it has buttons."""
    note: str = ""
    """A sentence of ours at the top."""
    brief: Brief | None = None
    """The alert has no card of its own, but stands in this."""


class Quote(Struct, frozen=True, kw_only=True):
    """One instrument of a situation: its last price, and (return, benchmark return, z) per window."""

    exposure: Exposure
    price: float | None
    previous_close: float | None
    moves: Mapping[Window, Move] = {}
    state: SessionState = SessionState.OPEN
    price_at: datetime | None = None
    started_at: datetime = PUBLISHED
    beta: float = 1.0
    benchmark: str = "HSI"
    volume_ratio: float | None = None


def expose(instrument: str, name: str, role: Role = Role.DIRECT, relevance: int = 90) -> Exposure:
    """An exposure with its issuer id made of the name."""
    return Exposure(
        instrument=instrument, issuer=name.lower().replace(" ", "_"), name=name, role=role, relevance=relevance
    )


TENCENT = replace(expose("0700.HK", "Tencent", Role.DIRECT, 92), other_listings=("TCEHY",))
MEITUAN = expose("3690.HK", "Meituan", Role.DIRECT, 90)
BILIBILI = expose("9626.HK", "Bilibili", Role.SECTOR, 60)
ALIBABA = expose("9988.HK", "Alibaba", Role.SECTOR, 70)


def make_signal(**changes: Any) -> PolicySignal:
    """A supportive symposium of 13 July 2023, with fields changed."""
    signal = PolicySignal(
        signal_id="sig-1",
        story_id="story-1",
        article_id="art-1",
        relation=Relation.NEW,
        source="Example Wire",
        language="en",
        headline="Premier meets platform companies, planner praises their investment cases",
        url="https://www.example.com/news/platform-symposium?id=7&lang=en",
        tone=Tone.SUPPORTIVE,
        score=0.52,
        confidence=0.91,
        regulators=("STATE_COUNCIL", "NDRC"),
        sectors=("platform_economy",),
        stage=Stage.MEETING,
        exposures=(TENCENT, MEITUAN, BILIBILI),
        evidence=(
            Evidence(sentence="The meeting promised regular and predictable supervision of platforms.", weight=0.9),
            Evidence(
                sentence="Ten investment cases of Meituan, Tencent and others were held up as models.", weight=0.7
            ),
        ),
        commentary=False,
        authority=0.8,
        novelty=100,
        fingerprint=(),
        reader="rules-1",
        published_at=PUBLISHED,
        received_at=PUBLISHED + timedelta(seconds=3.1),
        scored_at=PUBLISHED + timedelta(seconds=3.2),
    )
    return replace(signal, **changes)


def react(quote: Quote, now: datetime) -> list[Reaction]:
    """The reactions of one quote: one per window given, and one without a move when none is."""
    base = Reaction(
        signal_id="sig-1",
        instrument=quote.exposure.instrument,
        window=Window.SO_FAR,
        state=quote.state,
        price=quote.price,
        price_at=quote.price_at or (now if quote.state is SessionState.OPEN else None),
        previous_close=quote.previous_close,
        started_at=quote.started_at,
        ended_at=now,
        benchmark=quote.benchmark,
        model=NormalModel.MARKET_ADJUSTED if quote.beta == 1.0 else NormalModel.MARKET_MODEL,
        beta=quote.beta,
        beta_estimated=quote.beta != 1.0,
        volume_ratio=quote.volume_ratio,
        measured_at=now,
    )
    moved = [
        replace(
            base,
            window=window,
            return_=move,
            benchmark_return=market,
            abnormal_return=move - quote.beta * market,
            z=z,
            ended_at=quote.started_at + timedelta(minutes=SPANS[window]) if window in SPANS else now,
        )
        for window, (move, market, z) in quote.moves.items()
    ]
    return moved if Window.SO_FAR in quote.moves else [base, *moved]


def make_alert(quotes: list[Quote], now: datetime, signal: PolicySignal | None = None, **changes: Any) -> Alert:
    """An alert on ``quotes``; the horizons that any quote has are the measured ones."""
    said = signal or make_signal(exposures=tuple(quote.exposure for quote in quotes))
    measured = {window for quote in quotes for window in quote.moves}
    agreement, reports = changes.pop("agreement", Agreement.NOT_YET), changes.pop("reports", (make_report(said),))
    # The sum on the card is that of the card: as the line would have graded it.
    severity, why_this_loud = grade(said, agreement, load_policy(), reports)
    alert = Alert(
        alert_id="alt_5e1f0c2a9b774d31",
        revision=1,
        cause="raised",
        severity=severity,
        agreement=agreement,
        signal=said,
        reports=reports,
        reactions=tuple(reaction for quote in quotes for reaction in react(quote, now)),
        measured=tuple(window for window in HORIZONS if window in measured),
        reasons=(
            f"{said.tone.value} {said.score or 0.0:+.2f} at confidence {said.confidence:.0%}",
            why_this_loud,
        ),
        raised_at=said.received_at,
        revised_at=now,
    )
    return replace(alert, **changes)


def make_report(signal: PolicySignal) -> Report:
    """The line of a signal in the list of reports."""
    return Report(
        signal_id=signal.signal_id,
        source=signal.source,
        language=signal.language,
        url=signal.url,
        published_at=signal.published_at,
    )


def make_moves(
    *steps: tuple[float, float, float | None], so_far: tuple[float, float, float | None] | None = None
) -> Any:
    """Moves for the first horizons in order; the last of them is also the move so far, unless one is given."""
    moves: dict[Window, Move] = dict(zip(HORIZONS, steps, strict=False))
    if so_far or steps:
        moves[Window.SO_FAR] = so_far or steps[-1]
    return moves


def make_path(instrument: str, move: float) -> PricePath:
    """Half an hour before and after: flat, then most of the move at once; the index hardly stirs."""
    minutes = (*range(-30, 0), *range(1, 31))
    after = [round(100 * move * (1 - 0.8 * math.exp(-minute / 6)), 2) for minute in range(1, 31)]
    before = [round(0.08 * math.sin(minute), 2) for minute in range(-30, 0)]
    market = [round(0.05 * math.sin(minute / 3) + max(0, minute) * 0.008, 2) for minute in minutes]
    return PricePath(
        instrument=instrument, benchmark="HSI", minutes=minutes, own=(*before, *after), market=tuple(market)
    )


def make_mover(instrument: str, abnormal: float, z: float) -> Reaction:
    """A fund that moved over half an hour."""
    return Reaction(
        signal_id="sig-1",
        instrument=instrument,
        window=Window.AFTER_30M,
        state=SessionState.OPEN,
        price=4.182,
        started_at=PUBLISHED,
        ended_at=PUBLISHED + timedelta(minutes=30),
        benchmark="HSI",
        return_=abnormal + 0.0025,
        benchmark_return=0.0025,
        model=NormalModel.MARKET_MODEL,
        abnormal_return=abnormal,
        z=z,
        measured_at=PUBLISHED + timedelta(minutes=30),
    )


def compare(reaction: Reaction, quiet: Mapping[str, tuple[float, int]]) -> Reaction:
    """The reaction with its place among quiet windows."""
    percentile, windows = quiet[reaction.instrument]
    return replace(reaction, percentile=percentile, quiet_windows=windows)
