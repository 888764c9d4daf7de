"""The path of an alert in words, the same for a terminal and for Slack: numbers beside their limits, time spent.

Everything here is plain text; who shows it makes other people's words harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from services.alerts.loudness import LOUDNESS
from services.alerts.trace import Step, Trace, TraceStage

LABELS: Mapping[str, str] = {
    "abs_score": "score",
    "age_hours": "age",
    "minutes_to_score": "age when scored",
    "published_to_received_s": "published to received",
    "received_to_scored_s": "received to scored",
    "abnormal_return": "abnormal",
    "volume_ratio": "volume",
    "waits_s": "waits",
    "held_s": "waited",
    "queued_s": "queued",
    "took_s": "took",
    "loudness": "it is",
    "minutes_left": "left",
    "late_minutes": "late by",
}
LIMITS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "abs_score": (("minimum_score", "≥"),),
    "confidence": (("minimum_confidence", "≥"),),
    "age_hours": (("stale_after_hours", "≤"),),
    "minutes_to_score": (("late_after_minutes", "≤"),),
    "points": (("urgent_from", "urgent from"), ("flash_from", "flash from")),
    "loudness": (
        ("passes_from", "passes from"),
        ("told_in_digest", "in digests up to"),
        ("rings_above", "rings above"),
    ),
    "minutes_left": (("cooldown_minutes", "of"),),
    "late_minutes": (("brief_each_minutes", "a brief each"),),
    "ahead": (("pace_s", "one message each"),),
}
"""The thresholds that a number was held against; with ≥ and ≤ a sign says whether it passed."""
_AS_LOUDNESS = ("loudness", "passes_from", "told_in_digest", "rings_above")
_AS_SHARE = ("return", "abnormal_return")
HOUR_S, LONG_S = 3_600.0, 120.0


def say_numbers(step: Step) -> str:
    """``score 0.91 ≥ 0.2 ✓, confidence 0.93 ≥ 0.6 ✓``: each number with the limits that it was held against."""
    said = [_say_number(name, value, step.thresholds) for name, value in step.numbers.items()]
    paired = {limit for name in step.numbers for limit, _ in LIMITS.get(name, ())}
    alone = [f"limit {_label(name)} {say_value(name, value)}" for name, value in step.thresholds.items()]
    return ", ".join([*said, *(one for one, name in zip(alone, step.thresholds, strict=True) if name not in paired)])


def say_value(name: str, value: float) -> str:
    """A number in its unit, which its name tells.

    >>> say_value("took_s", 0.0123), say_value("age_hours", 1.5), say_value("return", -0.0213)
    ('12 ms', '1.5 h', '-2.13%')
    """
    if name in _AS_LOUDNESS:
        return LOUDNESS[min(max(int(value), 1), len(LOUDNESS)) - 1].value
    if name in _AS_SHARE:
        return f"{value:+.2%}"
    if name.endswith("_s"):
        return say_seconds(value)
    if name.endswith("_hours"):
        return f"{value:.1f} h"
    if "minutes" in name:
        return f"{value:.3g} min"
    return {
        "score": f"{value:+.2f}",
        "percentile": f"{value:.0%}",
        "volume_ratio": f"{value:.1f}x",
        "z": f"{value:+.1f}",
    }.get(name, f"{value:.3g}")


def say_seconds(seconds: float) -> str:
    """``12 ms``, ``3.1 s``, ``12 min``, ``3.2 h``: as long as it felt."""
    if seconds < 1:
        return f"{seconds * 1000:.1f} ms" if seconds < 0.01 else f"{seconds * 1000:.0f} ms"
    if seconds < LONG_S:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < HOUR_S else f"{seconds / HOUR_S:.1f} h"


def say_spent(trace: Trace) -> str:
    """``3 ms on its topic, took 12 ms``: how long one process had it; empty where it is not known."""
    lay = "" if trace.waited_s is None else f"{say_seconds(trace.waited_s)} on its topic"
    took = "" if trace.took_s is None else f"took {say_seconds(trace.took_s)}"
    return ", ".join(part for part in (lay, took) if part)


def sum_up(traces: Sequence[Trace]) -> str:
    """Where the time went until the first message stood: the source, each process, waits, the channel, all of it."""
    spent: dict[str, float] = {}
    for trace in _first_way(traces):
        for name, seconds in _spent_in(trace):
            spent[name] = spent.get(name, 0.0) + seconds
    if not spent:
        return ""
    return ", ".join(
        f"{name} {say_seconds(seconds)}" for name, seconds in {**spent, "in all": sum(spent.values())}.items()
    )


def _spent_in(trace: Trace) -> Iterable[tuple[str, float]]:
    numbers = {name: value for step in trace.steps for name, value in step.numbers.items()}
    if "published_to_received_s" in numbers:
        yield "source", numbers["published_to_received_s"]
    if trace.took_s is not None:
        yield trace.by, (trace.waited_s or 0.0) + trace.took_s
    if trace.channel:
        named = {"held_s": "held back", "queued_s": "queue", "took_s": trace.channel}
        yield from ((said, numbers[name]) for name, said in named.items() if name in numbers)


def is_sent(trace: Trace) -> bool:
    """People have a message of this revision in the trace's channel."""
    words = ("posted", "edited", "told")
    return any(step.stage is TraceStage.DELIVERY and step.outcome.startswith(words) for step in trace.steps)


def say_way(traces: Sequence[Trace]) -> tuple[str, str]:
    """Of the notifier's traces of one alert: ``told in desk``, and the last word about a channel that has nothing."""
    told = dict.fromkeys(one.channel for one in traces if is_sent(one))
    stages = (TraceStage.DELIVERY, TraceStage.HOLD)
    last = [
        f"{one.channel}: {step.outcome}"
        for one in traces
        for step in one.steps
        if step.stage in stages and one.channel not in told
    ]
    return (f"told in {', '.join(told)}" if told else ""), (last[-1] if last else "")


def _first_way(traces: Sequence[Trace]) -> Iterable[Trace]:
    """Of the article that raised it, in order, up to its first message."""
    wanted = {one.signal_id for one in traces if one.revision == 1 and one.signal_id}
    for trace in traces:
        if trace.revision > 1 or (wanted and trace.signal_id not in wanted):
            continue
        yield trace
        if trace.channel and is_sent(trace):
            return


def _say_number(name: str, value: float, thresholds: Mapping[str, float]) -> str:
    said = f"{_label(name)} {say_value(name, value)}"
    for limit, sign in LIMITS.get(name, ()):
        if limit not in thresholds:
            continue
        wanted = thresholds[limit]
        said += f" {sign} {say_value(limit, wanted)}" if sign in ("≥", "≤") else f" ({sign} {say_value(limit, wanted)})"
        if sign in ("≥", "≤"):
            said += " ✓" if (value >= wanted if sign == "≥" else value <= wanted) else " ✗"
    return said.replace(") (", ", ")


def _label(name: str) -> str:
    return LABELS.get(name, name.replace("_", " "))
