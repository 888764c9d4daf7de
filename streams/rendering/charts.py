"""Charts as SVG text for our pages: lines with bands, and distributions side by side.

What a chart shows is a Struct of plain numbers; ``draw_lines`` and ``draw_distributions`` make it an ``<svg>`` element
that goes into a page as it is (autoescape off: every text in it is escaped). Colours follow the page, by day and by
night, through templates/charts.css. Looks differ in colour and in line style. matplotlib is loaded on the first chart.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
from msgspec import Struct

from streams.rendering.svg_markup import embed_svg


class Look(StrEnum):
    """What a series means to the eye."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"
    OTHER = "other"


_COLOURS = {Look.UP: "#1264a3", Look.DOWN: "#b3470b", Look.FLAT: "#6b6b6b", Look.OTHER: "#7a3e9d"}
_INK, _SOFT, _LINE, _PAGE = "#1d1c1d", "#5f6368", "#dcdcd8", "#fffffe"
CLASSES = {colour: look.value for look, colour in _COLOURS.items()} | {
    _INK: "ink",
    _SOFT: "soft",
    _LINE: "line",
    _PAGE: "page",
}
"""Colour in the SVG -> class word, as templates/charts.css has them."""
DASHES: dict[Look, tuple[float, ...]] = {
    Look.UP: (),
    Look.DOWN: (6.0, 2.2),
    Look.FLAT: (1.6, 1.8),
    Look.OTHER: (6.0, 2.0, 1.5, 2.0),
}
"""Lengths of dash and gap in line widths, none for a solid line: who sees no colours sees these."""
_WIDTH, _SIZE = 9.4, 10.0
_LABEL, _AXIS_LABEL = 20, 100
"""Most characters of a name, and of what an axis measures."""
_SETTINGS: dict[Any, object] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "svg.hashsalt": "chart",
    "font.size": _SIZE,
}


class Line(Struct, frozen=True, kw_only=True):
    """One series; ``y`` may hold NaN where there is nothing."""

    label: str
    """Written at its end."""
    look: Look
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    """Bounds of a band around it, both or none."""


class Mark(Struct, frozen=True, kw_only=True):
    """A moment to point at, such as a publication."""

    x: float
    label: str


class LineChart(Struct, frozen=True, kw_only=True):
    """Lines over one axis."""

    name: str
    """Unique in its page; letters, digits and hyphens."""
    title: str
    """What a screen reader says instead of the picture."""
    x_label: str
    y_label: str
    lines: Sequence[Line]
    marks: Sequence[Mark] = ()
    x_ticks: Sequence[tuple[float, str]] | None = None
    """(place, text); None lets the chart choose."""
    height: float = 4.3
    """Inches, for a width of 9.4."""


class Values(Struct, frozen=True, kw_only=True):
    """One group of a distribution."""

    label: str
    look: Look
    values: Sequence[float]


class Distribution(Struct, frozen=True, kw_only=True):
    """Histograms of groups, one below the other over one axis; a group without a value has an empty row."""

    name: str
    title: str
    x_label: str
    groups: Sequence[Values]
    reach: float
    """The axis goes from -reach to reach; what is beyond is counted in the outermost bars."""
    bins: int = 48


def draw_lines(chart: LineChart) -> str:
    """The chart as an ``<svg>`` element."""
    with _Canvas(chart.name, chart.title, chart.height) as canvas:
        axes = canvas.add_axes((0.062, 0.115, 0.765, 0.835))
        _clear_frame(axes)
        axes.grid(axis="y", color=_LINE, linewidth=0.8)
        axes.axhline(0.0, color=_SOFT, linewidth=0.9)
        for mark in chart.marks:
            axes.axvline(mark.x, color=_INK, linewidth=0.9, dashes=(2.0, 2.0))
            top = axes.get_xaxis_transform()
            axes.text(
                mark.x,
                1.005,
                clean_text(mark.label, _LABEL),
                color=_INK,
                ha="center",
                va="bottom",
                transform=top,
                fontsize=_SIZE,
            )
        for line in chart.lines:
            _draw_line(axes, line)
        if chart.x_ticks is not None:
            axes.set_xticks([place for place, _ in chart.x_ticks], [text for _, text in chart.x_ticks])
        axes.margins(x=0.0)
        axes.set_xlabel(clean_text(chart.x_label, _AXIS_LABEL), color=_SOFT)
        axes.set_ylabel(clean_text(chart.y_label, _AXIS_LABEL), color=_SOFT)
        _write_labels(axes, chart.lines)
        return canvas.svg()


def draw_distributions(chart: Distribution) -> str:
    """The chart as an ``<svg>`` element."""
    rows = max(1, len(chart.groups))
    with _Canvas(chart.name, chart.title, 0.6 + 1.1 * rows) as canvas:
        axes = canvas.add_axes((0.125, 0.5 / canvas.height, 0.87, 1.0 - 0.55 / canvas.height))
        _clear_frame(axes)
        axes.set_xlim(-chart.reach, chart.reach)
        axes.set_ylim(0.0, rows)
        axes.set_yticks([])
        axes.grid(axis="x", color=_LINE, linewidth=0.8)
        edges = np.linspace(-chart.reach, chart.reach, chart.bins + 1)
        for row, group in enumerate(chart.groups):
            _draw_group(axes, group, edges, rows - 1 - row)
        axes.axvline(0.0, color=_SOFT, linewidth=0.9)
        axes.set_xlabel(clean_text(chart.x_label, _AXIS_LABEL), color=_SOFT)
        return canvas.svg()


def clean_text(text: str, longest: int) -> str:
    """Text from a file as it may stand in a picture: one line, nothing that cannot be written in XML."""
    shown = "".join(sign if sign.isprintable() else "�" for sign in text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


class _Canvas:
    """A figure with our settings, which hold while it is drawn and written."""

    def __init__(self, name: str, title: str, height: float) -> None:
        import matplotlib  # noqa: PLC0415 - half a second, and only pages need it
        from matplotlib.figure import Figure  # noqa: PLC0415

        self._name, self._title, self.height = name, title, height
        self._settings = matplotlib.rc_context(_SETTINGS)
        self._figure = Figure(figsize=(_WIDTH, height))

    def __enter__(self) -> _Canvas:
        self._settings.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._settings.__exit__(None, None, None)

    def add_axes(self, place: tuple[float, float, float, float]) -> Any:
        return self._figure.add_axes(place, facecolor="none")

    def svg(self) -> str:
        file = io.StringIO()
        with warnings.catch_warnings():
            # Letters that its own font lacks are drawn by the page's.
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            self._figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        return embed_svg(file.getvalue(), name=self._name, title=clean_text(self._title, 500), classes=CLASSES)


def _clear_frame(axes: Any) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_LINE)
    axes.tick_params(color=_LINE, labelcolor=_SOFT, length=0.0, pad=6.0)
    axes.set_axisbelow(True)


def _draw_line(axes: Any, line: Line) -> None:
    colour, dashes = _COLOURS[line.look], DASHES[line.look]
    if line.low is not None and line.high is not None:
        axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.13, linewidth=0.0)
    style = (0, dashes) if dashes else "solid"
    axes.plot(line.x, line.y, color=colour, linewidth=2.2, linestyle=style, solid_capstyle="round")


def _write_labels(axes: Any, lines: Sequence[Line]) -> None:
    """Names at the ends of lines, pushed apart until none covers another."""
    ends = [(float(line.y[-1]), line) for line in lines if len(line.y) and np.isfinite(line.y[-1])]
    low, high = axes.get_ylim()
    apart = 0.062 * (high - low)
    places = spread([place for place, _ in ends], apart)
    for place, (_, line) in zip(places, ends, strict=True):
        axes.annotate(
            clean_text(line.label, _LABEL),
            (line.x[-1], place),
            xytext=(8.0, 0.0),
            textcoords="offset points",
            color=_COLOURS[line.look],
            fontweight="bold",
            va="center",
            annotation_clip=False,
        )


def spread(places: Sequence[float], apart: float) -> list[float]:
    """The same places in the same order, moved as a group around their mean where two are nearer than ``apart``.

    >>> spread([1.0, 5.0, 1.2], 1.0)
    [0.6, 5.0, 1.6]
    """
    order = sorted(range(len(places)), key=lambda number: places[number])
    groups: list[list[int]] = []
    for number in order:
        groups.append([number])
        while len(groups) > 1 and _bounds(groups[-1], places, apart)[0] - _bounds(groups[-2], places, apart)[1] < apart:
            groups[-2:] = [groups[-2] + groups[-1]]
    moved = list(places)
    for group in groups:
        first, _ = _bounds(group, places, apart)
        for step, number in enumerate(group):
            moved[number] = round(first + step * apart, 9)
    return moved


def _bounds(group: list[int], places: Sequence[float], apart: float) -> tuple[float, float]:
    middle = sum(places[number] for number in group) / len(group)
    half = apart * (len(group) - 1) / 2.0
    return middle - half, middle + half


def _draw_group(axes: Any, group: Values, edges: Any, floor: int) -> None:
    colour, dashes = _COLOURS[group.look], DASHES[group.look]
    values = np.asarray(group.values, dtype=np.float64)
    beside = {"ha": "right", "va": "center", "transform": axes.get_yaxis_transform()}
    axes.text(-0.015, floor + 0.62, clean_text(group.label, _LABEL), color=colour, fontweight="bold", **beside)
    axes.text(-0.015, floor + 0.42, f"n = {len(values):,}", color=_SOFT, **beside)
    axes.axhline(floor, color=_LINE, linewidth=0.8)
    if not len(values):
        return
    axes.text(-0.015, floor + 0.22, f"mean {values.mean():+.2f}".replace("-", "−"), color=colour, **beside)
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    heights = np.where(counts > 0, floor + 0.82 * counts / counts.max(), np.nan)
    style = (0, dashes) if dashes else "solid"
    axes.stairs(heights, edges, baseline=floor, fill=True, color=colour, alpha=0.22, linewidth=0.0)
    axes.stairs(heights, edges, baseline=floor, color=colour, linewidth=1.2, linestyle=style)
    mean = float(np.clip(values.mean(), edges[0], edges[-1]))
    axes.plot([mean, mean], [floor, floor + 0.92], color=colour, linewidth=2.6, solid_capstyle="butt")
