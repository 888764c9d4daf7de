"""Each kind of panel as HTML: a chart, numbers, a ranking, a table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from tests.monitoring.preview_words import COLOURS, say_number, say_value

PALETTE = (
    *("#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#705da0", "#37872d", "#fade2a"),
    *("#447ebc", "#c15c17", "#890f02", "#0a437c", "#6d1f62", "#584477"),
)
Point = tuple[float, float]
Series = tuple[str, Mapping[str, str], Sequence[Point]]
"""Legend, labels, (time, value) oldest first."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Where a value stands: ``low`` and ``top`` are the ends, in tens of powers on a logarithmic axis."""

    low: float
    top: float
    high: int
    is_log: bool

    def y(self, value: float) -> float:
        """Pixels from above."""
        place = math.log10(max(value, 10**self.low)) if self.is_log else value
        return 6 + (self.high - 26) * (1 - (place - self.low) / (self.top - self.low))

    def marks(self) -> list[float]:
        """Four values from below to above."""
        places = [self.low + (self.top - self.low) * part / 3 for part in range(4)]
        return [10**place for place in places] if self.is_log else places


def draw_chart(panel: Mapping[str, Any], series: Sequence[Series], width: int, height: int) -> str:
    """Lines or stacked bars with an axis, and the legend where the panel has it."""
    defaults, legend = panel["fieldConfig"]["defaults"], panel["options"]["legend"]
    is_beside, is_bars = legend["placement"] == "right", defaults["custom"].get("drawStyle") == "bars"
    wide, high = (width - 190, height) if is_beside else (width, height - 36)
    if not any(not math.isnan(value) for _, _, values in series for _, value in values):
        return nothing(panel)
    times = sorted({at for _, _, values in series for at, _ in values})
    x = {at: 60 + (wide - 70) * number / max(1, len(times) - 1) for number, at in enumerate(times)}
    is_log = defaults["custom"].get("scaleDistribution", {}).get("type") == "log"
    axis = _find_axis(_heights(series, times) if is_bars else _values(series), high, is_log=is_log)
    limits = [
        step["value"] for step in defaults.get("thresholds", {}).get("steps", []) if step.get("value") is not None
    ]
    parts = _grid(axis, wide, defaults.get("unit", "short"))
    parts += _bars(series, x, axis) if is_bars else _lines(series, x, axis)
    for at in () if is_bars else limits:
        if 6 <= axis.y(at) <= high:
            parts.append(f'<line x1="60" x2="{wide - 8}" y1="{axis.y(at):.0f}" y2="{axis.y(at):.0f}" class="limit"/>')
    return f'<svg width="{wide}" height="{high}">{"".join(parts)}</svg>' + _legend(panel, series, is_beside=is_beside)


def _values(series: Sequence[Series]) -> list[float]:
    return [value for _, _, values in series for _, value in values if not math.isnan(value)]


def _heights(series: Sequence[Series], times: Sequence[float]) -> list[float]:
    """Of stacked bars."""
    return [sum(dict(values).get(at, 0.0) for _, _, values in series) for at in times]


def _find_axis(values: Sequence[float], high: int, *, is_log: bool) -> Axis:
    if is_log:
        places = [math.log10(value) for value in values if value > 0] or [0.0]
        return Axis(low=math.floor(min(places)), top=math.ceil(max(places)) + 0.01, high=high, is_log=True)
    low, top = min(0.0, *values), max(values)
    return Axis(low=low, top=top if top > low else low + 1, high=high, is_log=False)


def _grid(axis: Axis, wide: int, unit: str) -> list[str]:
    return [
        f'<line x1="60" x2="{wide - 8}" y1="{axis.y(at):.0f}" y2="{axis.y(at):.0f}" class="grid"/>'
        f'<text x="54" y="{axis.y(at) + 4:.0f}" text-anchor="end">{say_number(at, unit).removesuffix(" ops/s")}</text>'
        for at in axis.marks()
    ]


def _lines(series: Sequence[Series], x: Mapping[float, float], axis: Axis) -> list[str]:
    return [
        f'<polyline fill="none" stroke="{PALETTE[number % len(PALETTE)]}" stroke-width="1.5" points="'
        + " ".join(f"{x[at]:.0f},{axis.y(value):.1f}" for at, value in values if not math.isnan(value))
        + '"/>'
        for number, (_, _, values) in enumerate(series)
    ]


def _bars(series: Sequence[Series], x: Mapping[float, float], axis: Axis) -> list[str]:
    drawn, base = [], dict.fromkeys(x, 0.0)
    for number, (_, _, values) in enumerate(series):
        for at, value in values:
            if value > 0:
                up = axis.y(base[at] + value)
                high, colour = axis.y(base[at]) - up, PALETTE[number % len(PALETTE)]
                drawn.append(f'<rect x="{x[at]:.0f}" y="{up:.1f}" width="4" height="{high:.1f}" fill="{colour}"/>')
                base[at] += value
    return drawn


def _legend(panel: Mapping[str, Any], series: Sequence[Series], *, is_beside: bool) -> str:
    unit = panel["fieldConfig"]["defaults"].get("unit", "short")
    numbered = list(enumerate(series))
    if is_beside:
        numbered.sort(key=lambda one: -one[1][2][-1][1])
    items = [
        f'<span><i style="background:{PALETTE[number % len(PALETTE)]}"></i>{escape(name)}'
        + (f" <b>{say_number(values[-1][1], unit)}</b>" if is_beside else "")
        + "</span>"
        for number, (name, _, values) in numbered
    ]
    return f'<div class="{"beside" if is_beside else "under"}">{"".join(items)}</div>'


def draw_numbers(panel: Mapping[str, Any], series: Sequence[Series], width: int) -> str:
    """One cell per series, as large as fits."""
    if not series:
        return nothing(panel)
    cells = []
    large = max(13, min(34, int(width / len(series) / 5)))
    for name, _, values in series:
        word, colour = say_value(panel, values[-1][1])
        style = f"background:{colour};color:#111" if panel["options"].get("colorMode") == "background" else ""
        number = f'<b style="font-size:{large}px;color:{"#111" if style else colour}">{escape(word)}</b>'
        cells.append(
            f'<div style="{style}">{number}<small>{escape(name) if len(series) > 1 or style else ""}</small></div>'
        )
    return f'<div class="cells">{"".join(cells)}</div>'


def draw_ranking(panel: Mapping[str, Any], series: Sequence[Series]) -> str:
    """A bar per series."""
    if not series:
        return nothing(panel)
    defaults = panel["fieldConfig"]["defaults"]
    low = defaults.get("min", 0.0)
    top = defaults.get("max", max((values[-1][1] for _, _, values in series), default=1.0)) or 1.0
    rows = []
    for name, _, values in series:
        word, colour = say_value(panel, values[-1][1])
        share = 100 * (values[-1][1] - low) / (top - low) if top > low else 0
        bar = f'<u style="width:{max(0.0, min(100.0, share)):.0f}%;background:{colour}"></u>'
        rows.append(f"<p><span>{escape(name)}</span><em>{bar}</em><b style='color:{colour}'>{escape(word)}</b></p>")
    return f'<div class="ranking">{"".join(rows)}</div>'


def draw_table(panel: Mapping[str, Any], answers: Mapping[str, Sequence[Series]]) -> str:
    """Merged and organized as the panel's transformations say."""
    steps = {one["id"]: one["options"] for one in panel["transformations"]}
    rows: dict[str, dict[str, Any]] = {}
    for letter, series in answers.items():
        column = f"Value #{letter}" if "merge" in steps else "Value"
        for _, labels, values in series:
            rows.setdefault(json.dumps(labels, sort_keys=True), dict(labels))[column] = values[-1][1]
    if not rows:
        return nothing(panel)
    names = {name for row in rows.values() for name in row}
    places = steps["organize"].get("indexByName", {})
    columns = sorted(names, key=lambda name: (places.get(name, 99), name.startswith("Value"), name))
    renamed = steps["organize"]["renameByName"]
    units = {
        one["matcher"]["options"]: one["properties"][0]["value"] for one in panel["fieldConfig"].get("overrides", [])
    }
    head = "".join(f"<th>{escape(renamed.get(name, name))}</th>" for name in columns)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{_cell(panel, row.get(name), units.get(renamed.get(name, '')))}</td>" for name in columns)
        + "</tr>"
        for row in rows.values()
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(panel: Mapping[str, Any], value: Any, unit: str | None) -> str:
    if not isinstance(value, float):
        return escape(str(value or ""))
    if unit is not None:
        return escape(say_number(value, unit))
    word, colour = say_value(panel, value)
    return f'<span style="color:{colour}">{escape(word)}</span>'


def nothing(panel: Mapping[str, Any]) -> str:
    """What stands in place of an empty answer."""
    word = panel["fieldConfig"]["defaults"].get("noValue", "no data")
    return f'<div class="nothing" style="color:{COLOURS["text"]}">{escape(word)}</div>'
