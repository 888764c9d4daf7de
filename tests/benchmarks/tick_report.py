"""The tick benchmark as a table for people, and as a chart."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

OURS = "policy-signals"
FAUST = "Faust agent"
RAW = ("aiokafka, tick by tick", "aiokafka, batches")
PEERS = ("bytewax, batches", "quixstreams")
TITLES = {
    "single": "single JSON ticks",
    "json-columns": "frames of 1,000, JSON columns",
    "arrow": "frames of 1,000, Arrow",
}
Costs = dict[str, dict[str, float]]


def as_text(costs: Costs, extras: dict[str, Any]) -> str:
    """The page ticks.md."""
    return "\n".join([*_head(), *_table(costs), "", *_bars(costs, extras["latency"]), "", *_growth(extras), ""])


def draw(costs: Costs, path: Path) -> None:
    """Ticks per processor second, one panel per format, on a logarithmic axis."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy, and only here

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, panels = plt.subplots(1, len(costs), figsize=(13, 3.6), sharey=True)
    for panel, (form, rows) in zip(panels, costs.items(), strict=True):
        names = list(rows)
        rates = [1e6 / rows[name] for name in names]
        panel.barh(names, rates, color=["#1f6f8b" if name == OURS else "#b9c4c9" for name in names])
        for place, rate in enumerate(rates):
            panel.annotate(_short(rate), (rate, place), xytext=(3, 0), textcoords="offset points", va="center", size=8)
        panel.set(xscale="log", title=TITLES[form], xlabel="ticks per processor second")
        panel.set_xlim(right=max(rates) * 6)
        panel.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def _head() -> list[str]:
    return [
        "# What a tick costs",
        "",
        f"Written by `make bench` on {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        "the embedded broker, 4 partitions, 200 instruments, 20,000 ticks a second of event time, 1 % of them up to two "
        "seconds late. Processor time of the whole consumer process (user and system, all threads) per tick, without "
        "starting up; medians of three rounds in which all rows take turns. The same work in every row: decode, refuse "
        "what is not finite or not positive, one-second bars with five seconds of lateness, encode finished bars. Ours "
        "also drops duplicates, filters jumps, orders the ticks of a bar, counts, and commits; it writes no Redis and "
        "sends no frame here, as the others do not either. The row that only fetches shows what is left of each when "
        "nothing is decoded. Compare ratios, not absolutes.",
        "",
    ]


def _table(costs: Costs) -> list[str]:
    lines = [
        "| consumer | a record holds | us per tick | ticks per CPU second | x plain Faust agent on single ticks |",
        "|---|---|---:|---:|---:|",
    ]
    base = costs["single"][FAUST]
    for form, rows in costs.items():
        for name, cost in sorted(rows.items(), key=lambda row: row[1]):
            shown = f"**{name}**" if name == OURS else name
            lines.append(f"| {shown} | {TITLES[form]} | {cost:.3g} | {_short(1e6 / cost)} | {base / cost:,.3g} |")
    return lines


def _bars(costs: Costs, latency: dict[str, float]) -> list[str]:
    def ratio(form: str, others: tuple[str, ...]) -> float:
        return min(costs[form][name] for name in others) / costs[form][OURS]

    base = costs["single"][FAUST]
    lines = ["| measure | reached | bar |", "|---|---:|---:|"]
    lines.append(f"| single ticks, x plain Faust agent | {ratio('single', (FAUST,)):.0f} | 45 |")
    lines.append(f"| single ticks, x best peer | {ratio('single', PEERS):.2f} | 1.4 |")
    for name in RAW:
        lines.append(f"| single ticks, x raw {name} | {ratio('single', (name,)):.2f} | 0.75 |")
    for form in ("json-columns", "arrow"):
        title = TITLES[form]
        lines.append(f"| {title}, x plain Faust agent on single ticks | {base / costs[form][OURS]:,.0f} | 1,000 |")
        lines.append(f"| {title}, x best peer | {ratio(form, PEERS):.2f} | 1 |")
        lines.append(f"| {title}, x raw aiokafka | {ratio(form, RAW):.2f} | 0.7 |")
    lines.append(f"| bar visible after its second is complete, p50, ms | {latency['p50']:.0f} | 50 |")
    lines.append(f"| the same, p99, ms | {latency['p99']:.0f} | 250 |")
    return lines


def _growth(extras: dict[str, Any]) -> list[str]:
    latency = extras["latency"]
    lines = [
        "## Latency",
        "",
        "The real process with Redis, one core, 20,000 single JSON ticks a second in real time. From the moment that "
        "the tick which completes a second (it is five seconds newer) is handed to the producer, to the moment another "
        f"client has its frame of bars: {latency['samples']} frames, p50 {latency['p50']:.0f} ms, p99 "
        f"{latency['p99']:.0f} ms; the process took {latency['core']:.0%} of the core.",
        "",
        "## Growth",
        "",
        "In one process without a broker, us per tick.",
        "",
        "| instruments that trade | " + " | ".join(f"{count:,}" for count in extras["instruments"]["single"]) + " |",
        "|---|" + "---:|" * len(extras["instruments"]["single"]),
    ]
    for form, found in extras["instruments"].items():
        lines.append(f"| {TITLES[form]} | " + " | ".join(f"{cost:.2f}" for cost in found.values()) + " |")
    alone, crowded = extras["idle"]
    by_ticks = ", ".join(f"{cost:.2f} for {count:,} ticks" for count, cost in extras["ticks"].items())
    return [
        *lines,
        "",
        f"- 50 instruments cost {alone:.2f} us per tick alone and {crowded:.2f} beside 5,000 idle ones.",
        f"- Frames of JSON columns, 200 instruments: {by_ticks}.",
        f"- One more instrument keeps {extras['memory']:,.0f} bytes when none of its ticks is pending.",
    ]


def _short(rate: float) -> str:
    return f"{rate / 1e6:.3g} M" if rate >= 1e6 else f"{rate / 1e3:.3g} k"
