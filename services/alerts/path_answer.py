"""The path of an alert for Slack, in mrkdwn: the same traces as in a terminal, short enough to be read at a desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.alerts.path_words import say_numbers, sum_up
from services.alerts.slack_text import for_mrkdwn
from services.alerts.trace import Step, Trace, TraceStage

TITLES: Mapping[TraceStage, str] = {
    TraceStage.INTAKE: "Came",
    TraceStage.READING: "Read",
    TraceStage.EVIDENCE: "Evidence",
    TraceStage.LINKING: "Touches",
    TraceStage.STORY: "Story",
    TraceStage.DECISION: "Decision",
    TraceStage.SEVERITY: "Severity",
    TraceStage.MARKET: "Market",
    TraceStage.VERDICT: "Verdict",
    TraceStage.ROUTE: "Route",
    TraceStage.HOLD: "Held back",
    TraceStage.QUEUE: "Queue",
    TraceStage.DELIVERY: "Delivery",
}
FIRST = (TraceStage.INTAKE, TraceStage.READING, TraceStage.EVIDENCE, TraceStage.LINKING, TraceStage.STORY)
LAST = (TraceStage.SEVERITY, TraceStage.MARKET, TraceStage.VERDICT)
"""What each horizon measures anew: only the last one is told here."""
MOST_OF_ONE = 3
MOST_DELIVERIES = 6
LONGEST_DETAIL = 220


def say_path(traces: Sequence[Trace]) -> list[str]:
    """One line for each step that decided, in the order of the line; the last one says where the time went."""
    raised = [one for one in traces if one.revision == 1]
    begun = [one for one in traces if one.signal_id and raised and one.signal_id == raised[0].signal_id]
    lines = [
        *_say_stages(begun or traces, FIRST),
        *_say_stages(traces, (TraceStage.DECISION,)),
        *_say_stages(_newest(traces, LAST), LAST),
        *_say_stages(traces, (TraceStage.ROUTE,)),
        *_say_stages(traces, (TraceStage.HOLD,)),
        *_say_deliveries(traces),
    ]
    spent = sum_up(traces)
    return [*lines, f"• Time: {for_mrkdwn(spent, 300)}"] if spent else lines


def _say_stages(traces: Iterable[Trace], stages: Sequence[TraceStage]) -> Iterator[str]:
    steps = [step for trace in traces for step in trace.steps]
    for stage in stages:
        for step in [one for one in steps if one.stage is stage][-MOST_OF_ONE:]:
            yield _say_step(step)


def _newest(traces: Sequence[Trace], stages: Sequence[TraceStage]) -> list[Trace]:
    """The last revision that the correlator measured."""
    return [one for one in traces if one.revision and {step.stage for step in one.steps} & {*stages}][-1:]


def _say_deliveries(traces: Iterable[Trace]) -> Iterator[str]:
    told = [(one, step) for one in traces for step in one.steps if step.stage is TraceStage.DELIVERY]
    for trace, step in told[:1] + told[1:][-MOST_DELIVERIES + 1 :]:
        yield _say_step(step, f"{trace.channel}, version {trace.revision}: ")


def _say_step(step: Step, about: str = "") -> str:
    if step.stage is TraceStage.EVIDENCE:
        return f"• Evidence: “{for_mrkdwn(step.detail, 300)}”"
    numbers = "" if step.stage is TraceStage.LINKING else say_numbers(step)
    said = f"{about}{step.outcome.replace('_', ' ')}" + (f", {numbers}" if numbers else "")
    detail = f" ({for_mrkdwn(step.detail, LONGEST_DETAIL)})" if step.detail else ""
    return f"• {TITLES[step.stage]}: {for_mrkdwn(said, 300)}{detail}"
