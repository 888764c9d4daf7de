"""What a panel is, and how each kind of it is drawn: so that a dashboard module reads as a list of questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grafana_foundation_sdk.builders import bargauge, stat, table, timeseries
from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import prometheus as prometheus_builders
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as prometheus_models

from deploy.grafana.boards.runbook import link_to_section

ENVIRONMENT = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
"""Every target asks the chosen environment: each environment has a Prometheus of its own."""
PLAIN, GOOD, DOUBTFUL, BAD = "text", "green", "orange", "red"
Steps = tuple[tuple[float | None, str], ...]
"""(from, colour), ascending, beginning with None."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question to Prometheus; ``legend`` may name labels that the answer keeps."""

    expr: str
    legend: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel. ``runbook``: the section of deploy/RUNBOOK.md that tells what to do when it looks wrong."""

    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    kind: str = "line"
    """line, bars, numbers, ranking or table; the last three show now, or the whole chosen time."""
    width: int = 8
    height: int = 8
    runbook: str = ""
    steps: Steps = ((None, PLAIN),)
    words: tuple[tuple[str, str, str], ...] = ()
    """(value, word, colour) for values that mean something."""
    nothing: str = "none yet"
    """Said in place of an empty answer or of a share of nothing."""
    bounds: tuple[float | None, float | None] = (None, None)


def draw(panel: Panel) -> Any:
    """A builder of the panel, to be placed by the dashboard."""
    builder = DRAWN_AS[panel.kind](panel)
    is_now = panel.kind in ("numbers", "ranking", "table")
    for name, query in zip("ABCDEFGH", panel.queries, strict=False):
        target = prometheus_builders.Dataquery().ref_id(name).expr(query.expr).legend_format(query.legend)
        target.datasource(ENVIRONMENT)
        target = target.instant() if is_now else target.range()
        if panel.kind == "table":
            target.format(prometheus_models.PromQueryFormat.TABLE)
        builder.with_target(target)
    _describe(builder, panel)
    return builder


def _describe(builder: Any, panel: Panel) -> None:
    builder.title(panel.title).description(panel.description).unit(panel.unit).datasource(ENVIRONMENT)
    builder.span(panel.width).height(panel.height).no_value(panel.nothing)
    builder.mappings(_mappings(panel))
    builder.thresholds(
        builders.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps([models.Threshold(value=value, color=color) for value, color in panel.steps])
    )
    # Lines differ by colour; a number or a bar is coloured by what its value means.
    modes = models.FieldColorModeId
    is_line = panel.kind in ("line", "bars")
    builder.color_scheme(builders.FieldColor().mode(modes.PALETTE_CLASSIC if is_line else modes.THRESHOLDS))
    low, high = panel.bounds
    if low is not None:
        builder.min(low)
    if high is not None:
        builder.max(high)
    if panel.runbook:
        builder.links(
            [builders.DashboardLink("Runbook").type(models.DashboardLinkType.LINK).url(link_to_section(panel.runbook))]
        )


def _mappings(panel: Panel) -> list[Any]:
    share_of_nothing = models.SpecialValueMap(
        options=models.DashboardSpecialValueMapOptions(
            match=models.SpecialValueMatch.NULL_AND_NAN,
            result=models.ValueMappingResult(text=panel.nothing, color=PLAIN, index=0),
        )
    )
    words = {
        value: models.ValueMappingResult(text=word, color=color, index=index)
        for index, (value, word, color) in enumerate(panel.words)
    }
    return [share_of_nothing, *([models.ValueMap(options=words)] if words else [])]


def _line(panel: Panel) -> Any:
    builder = timeseries.Panel().line_width(1.5).fill_opacity(8).show_points(common.VisibilityMode.NEVER)
    if len(panel.steps) > 1:
        style = common_builders.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        builder.thresholds_style(style)
    return _with_legend(builder)


def _bars(_: Panel) -> Any:
    stacking = common_builders.StackingConfig().mode(common.StackingMode.NORMAL).group("A")
    builder = timeseries.Panel().draw_style(common.GraphDrawStyle.BARS).fill_opacity(60).stacking(stacking)
    return _with_legend(builder.line_width(1).show_points(common.VisibilityMode.NEVER))


def _with_legend(builder: Any) -> Any:
    legend = common_builders.VizLegendOptions().show_legend(True).display_mode(common.LegendDisplayMode.LIST)
    tooltip = common_builders.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI)
    return builder.legend(legend.placement(common.LegendPlacement.BOTTOM)).tooltip(tooltip)


def _numbers(panel: Panel) -> Any:
    colored = common.BigValueColorMode.BACKGROUND if panel.words else common.BigValueColorMode.VALUE
    return _reduced(stat.Panel().color_mode(colored).graph_mode(common.BigValueGraphMode.NONE))


def _ranking(_: Panel) -> Any:
    builder = bargauge.Panel().orientation(common.VizOrientation.HORIZONTAL)
    return _reduced(builder.display_mode(common.BarGaugeDisplayMode.GRADIENT).show_unfilled(True))


def _reduced(builder: Any) -> Any:
    return builder.reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]).values(False))


def _table(panel: Panel) -> Any:
    hidden = models.DataTransformerConfig(
        id_val="organize", options={"excludeByName": {"Time": True}, "renameByName": {"Value": panel.queries[0].legend}}
    )
    return table.Panel().show_header(True).transformations([hidden])


DRAWN_AS: dict[str, Callable[[Panel], Any]] = {
    "line": _line,
    "bars": _bars,
    "numbers": _numbers,
    "ranking": _ranking,
    "table": _table,
}
