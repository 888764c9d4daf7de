"""What runs: builds, models, configurations, memory, starts."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from deploy.grafana.boards.pages import Row
from deploy.grafana.boards.panels import Panel, Query

RUNS = Row(
    title="What runs?",
    panels=(
        Panel(
            title="Version",
            description="Build, digest of the model and digest of the TOML files that each process runs. More than one line of the"
            " same is a deployment that stopped half way.",
            unit="none",
            kind="table",
            queries=(
                Query(
                    expr="count by (job, version, model, configuration) (policy_signals_build_info)", legend="instances"
                ),
            ),
            order=("job", "version", "model", "configuration"),
            width=10,
            runbook="BuildsDiffer",
        ),
        Panel(
            title="Reader",
            description="The version of the reader that reads now, with the digest of the model that it has loaded.",
            unit="none",
            kind="table",
            queries=(Query(expr="count by (version) (policy_signals_reader_info)", legend="instances"),),
            width=6,
            runbook="BuildsDiffer",
        ),
        Panel(
            title="Memory",
            description="Resident memory of each process. A line that only climbs is a leak.",
            unit="bytes",
            queries=(Query(expr="process_resident_memory_bytes", legend="{{job}}"),),
            bounds=(0, None),
            runbook="KeepsRestarting",
        ),
        Panel(
            title="Starts",
            description="How long ago each process started. Short while nobody deployed is a process that keeps dying.",
            unit="s",
            kind="numbers",
            queries=(Query(expr="time() - max by (job) (process_start_time_seconds)", legend="{{job}}"),),
            width=12,
            height=5,
            runbook="KeepsRestarting",
        ),
        Panel(
            title="Articles remembered",
            description="Reports that the story memory holds, to know what was told before; at most 20,000, or 30 days.",
            unit="short",
            kind="numbers",
            queries=(Query(expr="max(policy_signals_story_memory_articles)", legend="articles"),),
            width=4,
            height=5,
            runbook="StoryMemoryTooShort",
        ),
        Panel(
            title="Remembered over",
            description="From the oldest report in the story memory to the newest. Under three days, while it is full, reprints of"
            " known events raise new alerts.",
            unit="s",
            kind="numbers",
            queries=(Query(expr="max(policy_signals_story_memory_span_seconds)", legend="span"),),
            width=4,
            height=5,
            runbook="StoryMemoryTooShort",
        ),
        Panel(
            title="Signals repaired",
            description="Signals taken before a crash and never answered, answered by who took over, since the start.",
            unit="short",
            kind="numbers",
            queries=(Query(expr="sum(policy_signals_repaired_signals_total)", legend="repaired"),),
            width=4,
            height=5,
            runbook="KeepsRestarting",
        ),
    ),
)
