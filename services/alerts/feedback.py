"""What people say of alerts, and how often each kind of alert was right by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from services.alerts.alert import Alert
from services.news.parsing import content_id
from services.signals.signal import PolicySignal, Tone


class Verdict(StrEnum):
    """The three buttons; a closed set, which is also the metric label."""

    USEFUL = "useful"
    WRONG_TONE = "wrong_tone"
    WRONG_COMPANY = "wrong_company"


class Feedback(Struct, frozen=True, kw_only=True, tag="feedback"):
    """One person's word on one alert: a record on ``policy.feedback``, and a row for training."""

    schema_version: int = 1
    alert_id: str
    article_id: str
    """Where the text lies, on ``news.articles``."""
    signal_digest: str
    """Digest of what the reader had said, so that a later reading is not blamed for it."""
    regulator: str
    """The first one, or "" when no authority was named."""
    tone: Tone
    score: float | None
    instruments: tuple[str, ...]
    reader: str
    verdict: Verdict
    by: str
    """User id."""
    at: datetime
    rules: tuple[str, ...] = ()
    """The rules of acts that spoke in it; none in records of older versions."""


class Precision(Struct, frozen=True, kw_only=True):
    """Judged alerts of one kind: ``useful`` of ``judged`` words were "useful"."""

    name: str
    useful: int
    judged: int

    @property
    def share(self) -> float:
        """0..1."""
        return self.useful / self.judged


def give_feedback(alert: Alert, verdict: Verdict, by: str, at: datetime) -> Feedback:
    """The record of one press."""
    signal = alert.signal
    return Feedback(
        alert_id=alert.alert_id,
        article_id=signal.article_id,
        signal_digest=digest_signal(signal),
        regulator=signal.regulators[0] if signal.regulators else "",
        tone=signal.tone,
        score=signal.score,
        instruments=tuple(exposure.instrument for exposure in signal.exposures),
        reader=signal.reader,
        rules=signal.rules,
        verdict=verdict,
        by=by,
        at=at,
    )


def digest_signal(signal: PolicySignal) -> str:
    """The same for the same words of the same reader about the same article."""
    exposed = ",".join(sorted(exposure.instrument for exposure in signal.exposures))
    return content_id("sgd", signal.article_id, signal.reader, signal.tone.value, f"{signal.score}", exposed)


def keep_last_words(given: Iterable[Feedback]) -> list[Feedback]:
    """One word per person and alert: the latest one given."""
    last: dict[tuple[str, str], Feedback] = {}
    for one in given:
        known = last.get((one.alert_id, one.by))
        if known is None or known.at <= one.at:
            last[one.alert_id, one.by] = one
    return list(last.values())


def find_precision(given: Iterable[Feedback], name_of: Callable[[Feedback], str]) -> list[Precision]:
    """Share of "useful" among the last words, per name (regulator, tone or reader), the most judged first."""
    return _count_words(given, lambda one: (name_of(one) or "none",))


def find_precision_of_rules(given: Iterable[Feedback]) -> list[Precision]:
    """The same per rule of acts: a word about an alert counts for each rule that spoke in it."""
    return _count_words(given, lambda one: one.rules)


def _count_words(given: Iterable[Feedback], names_of: Callable[[Feedback], Sequence[str]]) -> list[Precision]:
    words: dict[str, list[bool]] = {}
    for one in keep_last_words(given):
        for name in names_of(one):
            words.setdefault(name, []).append(one.verdict is Verdict.USEFUL)
    found = [Precision(name=name, useful=sum(said), judged=len(said)) for name, said in words.items()]
    return sorted(found, key=lambda one: (-one.judged, one.name))
