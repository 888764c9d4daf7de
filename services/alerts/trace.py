"""What was decided about an article on its way, with the numbers: the records of ``policy.trace``.

A record belongs to one process and one moment; ``follow`` puts those of one article, story or alert in order. They may
repeat after a crash: the same record twice is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.json import encode
from msgspec.structs import replace

from services.alerts.alert import Alert, Silence
from services.alerts.lateness import longest_delay
from services.alerts.policy import AlertPolicy
from services.alerts.severity import measure_story
from services.market.reaction import Reaction, Window
from services.signals.signal import Exposure, PolicySignal

Numbers = Mapping[str, float]
MOST_EXPOSURES = 12
_CAUSES = {
    "raised": "when it was raised",
    "report": "when a further report came",
    "correction": "when a correction came",
    "new_act": "when a new act followed",
}
SHORTEST_ID = 8
"""Characters that name something: its kind and four of its own."""


class TraceStage(StrEnum):
    """Where on its way it was decided: a closed set."""

    INTAKE = "intake"
    READING = "reading"
    EVIDENCE = "evidence"
    LINKING = "linking"
    STORY = "story"
    DECISION = "decision"
    """To be an alert, or to stay silent."""
    SEVERITY = "severity"
    MARKET = "market"
    VERDICT = "verdict"
    ROUTE = "route"
    """Which branch of the routing tree took it, and to which channels."""
    HOLD = "hold"
    """Held back from a channel: quiet hours, a digest, late news, a like event."""
    QUEUE = "queue"
    """What stood before it in a channel, and the pace that the channel allows."""
    DELIVERY = "delivery"
    """What became of a message in a channel."""


_STAGES = tuple(TraceStage)


class Step(Struct, frozen=True, kw_only=True):
    """One decision: what came out, from which numbers, against which thresholds, and why in words."""

    stage: TraceStage
    outcome: str
    numbers: Numbers = {}
    thresholds: Numbers = {}
    detail: str = ""


class Trace(Struct, frozen=True, kw_only=True):
    """What one process decided at one moment (``at``: event time, UTC); ids that are not known yet are empty."""

    schema_version: int = 1
    by: str
    at: datetime
    article_id: str
    signal_id: str = ""
    story_id: str = ""
    alert_id: str = ""
    revision: int = 0
    channel: str = ""
    """Name of the channel that it is about, as routing.toml has it; empty: all, or none."""
    waited_s: float | None = None
    """How long the record had lain on its topic before this process took it up; None: not known."""
    took_s: float | None = None
    """From there to the decision, with what it had to wait for."""
    steps: tuple[Step, ...]


def trace_signal(signal: PolicySignal, by: str) -> Trace:
    """How an article became a signal: when it came, what was read, whom it touches, which story it tells."""
    came = {
        "published_to_received_s": (signal.received_at - signal.published_at).total_seconds(),
        "received_to_scored_s": (signal.scored_at - signal.received_at).total_seconds(),
    }
    read = {"score": signal.score or 0.0, "confidence": signal.confidence, "authority": signal.authority}
    steps = [
        Step(
            stage=TraceStage.INTAKE,
            outcome=signal.source_class or "unknown",
            numbers=came,
            detail=_join(
                f"{signal.headline} ({signal.source}, {signal.language})",
                signal.url or "no link",
                f"date: {signal.date_from}" if signal.date_from else "",
            ),
        ),
        Step(
            stage=TraceStage.READING,
            outcome=signal.tone.value,
            numbers=read,
            detail=_join(
                f"reader {signal.reader}",
                f"stage {signal.stage.value}" if signal.stage else "no stage",
                "commentary" if signal.commentary else "",
                *(caveat.value for caveat in signal.caveats),
            ),
        ),
        *(Step(stage=TraceStage.EVIDENCE, outcome="sentence", detail=one.sentence) for one in signal.evidence),
        Step(
            stage=TraceStage.LINKING,
            outcome=f"{len(signal.exposures)} exposures",
            numbers={one.instrument: float(one.relevance) for one in signal.exposures[:MOST_EXPOSURES]},
            detail=_join(", ".join(signal.regulators), *map(_say_exposure, signal.exposures[:MOST_EXPOSURES])),
        ),
        Step(
            stage=TraceStage.STORY,
            outcome=signal.relation.value,
            numbers={"novelty": float(signal.novelty), "report": float(signal.reports)},
            detail=_join(*signal.story_reasons, f"follows {signal.follows}" if signal.follows else ""),
        ),
    ]
    return replace(about_signal(signal), by=by, at=signal.scored_at, steps=tuple(steps))


def trace_silence(signal: PolicySignal, silence: Silence, policy: AlertPolicy, by: str) -> Trace:
    """Why a signal became no alert, with the thresholds it was held against."""
    step = Step(
        stage=TraceStage.DECISION,
        outcome=f"silent: {silence.reason.value}",
        numbers=_decided_on(signal),
        thresholds=_thresholds(policy),
        detail=silence.detail,
    )
    # Silences and alerts are of the moment when the article came, and are decided after it was read.
    return replace(about_signal(signal), by=by, at=max(silence.decided_at, signal.scored_at), steps=(step,))


def trace_alert(alert: Alert, policy: AlertPolicy, by: str) -> Trace:
    """One revision of an alert: why it was raised and how loud, or what the market has answered since."""
    steps: list[Step] = []
    if alert.revision == 1:
        steps.append(
            Step(
                stage=TraceStage.DECISION,
                outcome="alert",
                numbers=_decided_on(alert.signal),
                thresholds=_thresholds(policy),
                detail=alert.reasons[0] if alert.reasons else "",
            )
        )
    points = measure_story(alert.signal, alert.agreement, policy, alert.reports)
    steps += [
        Step(
            stage=TraceStage.SEVERITY,
            outcome=alert.severity.value + (", late" if alert.is_late else ""),
            numbers={"points": points, "reports": float(len(alert.reports))} | _minutes_to_score(alert),
            thresholds={"urgent_from": policy.urgent_from, "flash_from": policy.flash_from}
            | _late_after(alert, policy),
            # Later revisions keep the sum of the first; only what has become louder since tells a new one.
            detail=alert.reasons[-1] if alert.reasons and _has_own_sum(alert) else "",
        ),
        *_market_steps(alert),
        Step(
            stage=TraceStage.VERDICT,
            outcome=alert.agreement.value,
            detail=_CAUSES.get(alert.cause, f"at the horizon {alert.cause}"),
        ),
    ]
    return replace(about_alert(alert), by=by, at=max(alert.revised_at, alert.signal.scored_at), steps=tuple(steps))


def about_signal(signal: PolicySignal) -> Trace:
    """A trace with the ids of a signal, and without steps."""
    return Trace(
        by="",
        at=signal.scored_at,
        article_id=signal.article_id,
        signal_id=signal.signal_id,
        story_id=signal.story_id,
        steps=(),
    )


def about_alert(alert: Alert) -> Trace:
    """A trace with the ids of a revision, and without steps; the signal is that of the last report."""
    about = about_signal(alert.signal)
    signal_id = alert.reports[-1].signal_id if alert.reports else about.signal_id
    return replace(about, at=alert.revised_at, signal_id=signal_id, alert_id=alert.alert_id, revision=alert.revision)


def follow(traces: Iterable[Trace], name: str) -> list[Trace]:
    """The records of one article, signal, story or alert by its id, or by eight or more first characters of it.

    Records of all articles of its story are in it, in order of time, each once. Raises ValueError when the beginning
    fits several stories.
    """
    known = list(traces)
    named = [one for one in known if _fits(one, name)]
    stories = {one.story_id for one in named} - {""}
    told = {one.alert_id for one in known if one.story_id}
    # The notifier may know an alert by its id alone: that makes it no kin of others whose story is not known.
    alone = {one.alert_id for one in named if not one.story_id} - told - {""}
    if len(stories) + len(alone) > 1:
        raise ValueError(f"{name} fits {len(stories) + len(alone)} stories: write more of it")
    alerts = {one.alert_id for one in known if one.story_id in stories} | alone
    wanted = [one for one in known if one.story_id in stories or (one.alert_id and one.alert_id in alerts)]
    found: dict[tuple[object, ...], Trace] = {}
    for one in sorted(wanted, key=_order):
        found.setdefault(_identify(one), one)
    return list(found.values())


def _order(trace: Trace) -> tuple[object, ...]:
    """By time; within one moment as the line goes; the rest, so that it does not matter which was read first."""
    first = min((_STAGES.index(step.stage) for step in trace.steps), default=0)
    return trace.at, trace.revision, first, encode(trace, order="sorted")


def _identify(trace: Trace) -> tuple[object, ...]:
    """The same for a record and its repeat, of which the first counts; setbacks differ by what they tell."""
    said = tuple((step.stage, step.outcome) for step in trace.steps) if trace.channel else ()
    return trace.by, trace.signal_id, trace.alert_id, trace.revision, trace.channel, said


def _fits(trace: Trace, name: str) -> bool:
    ids = (trace.article_id, trace.signal_id, trace.story_id, trace.alert_id)
    return name in ids or (len(name) >= SHORTEST_ID and any(one.startswith(name) for one in ids))


def _minutes_to_score(alert: Alert) -> dict[str, float]:
    """Of the first revision, whose lateness decides whether it may ring."""
    minutes = (alert.signal.scored_at - alert.signal.published_at).total_seconds() / 60
    return {"minutes_to_score": minutes} if alert.revision == 1 else {}


def _has_own_sum(alert: Alert) -> bool:
    return alert.revision == 1 or alert.severity is not alert.raised_severity


def _late_after(alert: Alert, policy: AlertPolicy) -> dict[str, float]:
    minutes = longest_delay(alert.severity, policy).total_seconds() / 60
    return {"late_after_minutes": minutes} if alert.revision == 1 else {}


def _decided_on(signal: PolicySignal) -> Numbers:
    age = (signal.received_at - signal.published_at).total_seconds() / 3600
    return {"abs_score": abs(signal.score or 0.0), "confidence": signal.confidence, "age_hours": age}


def _thresholds(policy: AlertPolicy) -> Numbers:
    return {
        "minimum_score": policy.minimum_score,
        "minimum_confidence": policy.minimum_confidence,
        "stale_after_hours": policy.stale_after_hours,
    }


def _market_steps(alert: Alert) -> Iterator[Step]:
    """Of the horizon that made this revision; of the first one, what had happened until then."""
    wanted = {Window.SO_FAR, Window.BEFORE_30M} if alert.revision == 1 else {alert.cause}
    measured = [one for one in alert.reactions if one.window in wanted and one.return_ is not None]
    return map(_market_step, measured[:MOST_EXPOSURES])


def _market_step(reaction: Reaction) -> Step:
    numbers = {
        "return": reaction.return_,
        "abnormal_return": reaction.abnormal_return,
        "z": reaction.z,
        "percentile": reaction.percentile,
        "volume_ratio": reaction.volume_ratio,
    }
    return Step(
        stage=TraceStage.MARKET,
        outcome=f"{reaction.instrument} {reaction.window.value}",
        numbers={name: value for name, value in numbers.items() if value is not None},
        detail=f"{reaction.state.value}, {reaction.model.value}",
    )


def _say_exposure(exposure: Exposure) -> str:
    return f"{exposure.instrument} {exposure.name} ({exposure.role.value}, {exposure.relevance})"


def _join(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
