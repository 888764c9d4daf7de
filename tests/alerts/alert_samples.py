"""Signals and reactions for the tests of the alert room: plain, with every field that matters overridable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.alerts.policy import AlertPolicy
from services.market.reaction import NormalModel, Reaction, SessionState, Window
from services.signals.signal import Evidence, Exposure, PolicySignal, Relation, Role, Stage, Tone

PUBLISHED = datetime(2023, 7, 13, 2, 0, tzinfo=UTC)


def make_exposure(instrument: str = "0700.HK", role: Role = Role.DIRECT) -> Exposure:
    return Exposure(instrument=instrument, issuer=instrument.lower(), name=instrument, role=role, relevance=90)


def make_signal(**changes: object) -> PolicySignal:
    fields: dict[str, object] = {
        "signal_id": "sig_1",
        "story_id": "sto_1",
        "article_id": "art_1",
        "relation": Relation.NEW,
        "source": "Harbour Wire",
        "language": "en",
        "headline": "Regulator ends its probe",
        "url": "https://news.example/a",
        "tone": Tone.SUPPORTIVE,
        "score": 0.7,
        "confidence": 0.9,
        "regulators": ("SAMR",),
        "sectors": ("internet_platforms",),
        "stage": Stage.RELIEF,
        "exposures": (make_exposure(),),
        "evidence": (Evidence(sentence="The probe has ended.", weight=1.0),),
        "commentary": False,
        "authority": 0.8,
        "novelty": 100,
        "fingerprint": (),
        "reader": "test",
        "published_at": PUBLISHED,
        "received_at": PUBLISHED + timedelta(seconds=3),
        "scored_at": PUBLISHED + timedelta(seconds=3),
        **changes,
    }
    return PolicySignal(**fields)  # type: ignore[arg-type]


def make_reaction(window: Window = Window.AFTER_5M, abnormal: float | None = 0.02, **changes: object) -> Reaction:
    fields: dict[str, object] = {
        "signal_id": "sig_1",
        "instrument": "0700.HK",
        "window": window,
        "state": SessionState.OPEN,
        "price": 349.8,
        "started_at": PUBLISHED,
        "ended_at": PUBLISHED + timedelta(minutes=5),
        "abnormal_return": abnormal,
        "return_": abnormal,
        "model": NormalModel.MARKET_MODEL,
        "measured_at": PUBLISHED + timedelta(minutes=5),
        **changes,
    }
    return Reaction(**fields)  # type: ignore[arg-type]


POLICY = AlertPolicy(
    minimum_confidence=0.6,
    minimum_score=0.2,
    stale_after_hours=12,
    urgent_from=0.25,
    flash_from=0.45,
    confirming_z=2.0,
    confirming_return=0.01,
    holding_share=0.7,
    moved_before_z=3.0,
    moved_before_return=0.02,
    mover_z=4.0,
    mover_return=0.01,
    largest_basket=12,
)
