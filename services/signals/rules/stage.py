"""Where in its life a policy is, told by the acts that decided the tone and by words of plan, draft and meeting."""

from __future__ import annotations

from collections.abc import Sequence

from services.signals.rules.act_rules import Kind
from services.signals.rules.tone import Verdict
from services.signals.rules.tone_weight import LEAD_SENTENCES, SentenceReading
from services.signals.signal import Stage, Tone

_SOFT = (Stage.RUMOUR, Stage.CONSULTATION)


def judge_stage(readings: Sequence[SentenceReading], verdict: Verdict) -> Stage | None:
    """The stage of the event; None when irrelevant or when nothing names one.

    A draft or a plan in title or lead outranks the act it is about; else the weightiest stage of the acts that agree
    with the score; else a meeting.
    """
    if verdict.tone is Tone.IRRELEVANT:
        return None
    opening = readings[:3]
    soft = [hit.cue for reading in opening for hit in reading.found if hit.cue.kind is Kind.TENTATIVE and hit.cue.stage]
    by_act = _weightiest(verdict)
    if by_act in (None, Stage.RELIEF) and _is_spoken(verdict) and _meeting(readings):
        return Stage.MEETING
    if any(cue.stage is Stage.CONSULTATION for cue in soft) and by_act not in (Stage.INVESTIGATION, Stage.PENALTY):
        return Stage.CONSULTATION
    if by_act is not None and _is_settled(by_act, readings, verdict):
        return by_act
    if any(reading.has(Kind.DENIAL) for reading in opening) or soft:
        return Stage.RUMOUR
    return by_act or _meeting(readings)


def _weightiest(verdict: Verdict) -> Stage | None:
    score = verdict.score or 0.0
    totals: dict[Stage, float] = {}
    for item in verdict.acts:
        if item.act.stage is not None and item.score * score > 0:
            totals[item.act.stage] = totals.get(item.act.stage, 0.0) + item.weight
    return max(totals, key=lambda stage: totals[stage]) if totals else None


def _is_settled(stage: Stage, readings: Sequence[SentenceReading], verdict: Verdict) -> bool:
    """True when at least one act of that stage is told as done, not as planned."""
    if verdict.tone is Tone.NEUTRAL and any(reading.has(Kind.DENIAL) for reading in readings[:3]):
        return False
    return any(item.act.stage is stage and not item.reading.has(Kind.TENTATIVE) for item in verdict.acts)


def _is_spoken(verdict: Verdict) -> bool:
    """True when nothing but words leads: encouraged, supported, praised."""
    agreeing = [item for item in verdict.acts if item.score * (verdict.score or 0.0) > 0]
    return not agreeing or not max(agreeing, key=lambda item: item.weight).act.official


def _meeting(readings: Sequence[SentenceReading]) -> Stage | None:
    for reading in readings[: LEAD_SENTENCES + 2]:
        if any(hit.cue.kind is Kind.POLICY and hit.cue.stage is Stage.MEETING for hit in reading.found):
            return Stage.MEETING
    return None
