"""The table of a run, for people."""

from __future__ import annotations

from collections.abc import Mapping

from tests.chaos.fleet import USUAL
from tests.chaos.result import Result
from tests.chaos.verdict import LATE_AFTER_SECONDS, Verdict, percentile


def write_table(result: Result) -> str:
    """Markdown: the comparison, the recoveries, and everything that was done."""
    kills = {process: count for process, count in result.kills.items() if process != USUAL}
    lines = [
        "# The guarantee, put to the test",
        "",
        f"`make chaos`: {result.articles} articles, {sum(kills.values())} SIGKILLs, {sum(result.faults.values())} faults "
        f"of Slack, {result.seconds:.0f} s; {', '.join(f'{name} {value}' for name, value in result.conditions.items())}.",
        "",
        "| | this notifier | the usual way |",
        "|---|---:|---:|",
        *_compare(result.ours, result.usual),
        "",
        f"Articles without an alert: {result.articles_lost}. Alerts that still stood twice in the end: "
        f"{result.left_twice}.",
        "",
        "The usual way: slack-sdk as it comes, post, then commit by hand; the same alerts, kills, pauses, restarts and "
        "faults of Slack. Late: more than "
        f"{LATE_AFTER_SECONDS:g} s after the alert was on its topic.",
        "",
        "## From the start of a process to what it next brings out, in seconds",
        "",
        "| process | starts | median | p95 | longest |",
        "|---|---:|---:|---:|---:|",
        *(_recovery(process, times) for process, times in result.recoveries.items() if times),
        "",
        f"After SIGTERM the notifier was gone within {max(result.terminations, default=0):.1f} s, "
        f"{len(result.terminations)} times of {len(result.terminations) + result.unclean_ends} with status 0.",
        "",
        "## What was done",
        "",
        "| | times |",
        "|---|---:|",
        *_count(result.steps),
        *_count({f"SIGKILL in all, {process}": count for process, count in sorted(kills.items())}),
        "",
        "## What Slack did",
        "",
        "| | to this notifier | to the usual way |",
        "|---|---:|---:|",
        *(f"| {name} | {count} | {result.usual_faults.get(name, 0)} |" for name, count in result.faults.items()),
        "",
    ]
    return "\n".join(lines)


def _compare(ours: Verdict, usual: Verdict) -> list[str]:
    rows: tuple[tuple[str, str], ...] = (
        ("alerts accepted by the pipeline", "{0.accepted}"),
        ("**lost**", "**{0.lost}**"),
        ("**extra messages**", "**{0.extra}**"),
        ("extra, share of alerts", "{0.extra_share:.1%}"),
        ("most copies of one alert", "{0.most_copies}"),
        ("late", "{0.late}"),
        ("repeats that say so", "{0.labelled}"),
        ("told in a digest", "{0.digested}"),
        ("alert to message, median", "{0.delay_p50:.1f} s"),
        ("alert to message, p99", "{0.delay_p99:.1f} s"),
        ("alert to message, longest", "{0.delay_longest:.1f} s"),
    )
    return [f"| {name} | {form.format(ours)} | {form.format(usual)} |" for name, form in rows]


def _recovery(process: str, times: tuple[float, ...]) -> str:
    ordered = sorted(times)
    middle, late = percentile(ordered, 0.5), percentile(ordered, 0.95)
    return f"| `{process}` | {len(ordered)} | {middle:.1f} | {late:.1f} | {ordered[-1]:.1f} |"


def _count(counts: Mapping[str, int]) -> list[str]:
    return [f"| {name} | {count} |" for name, count in counts.items()]
