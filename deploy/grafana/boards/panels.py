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
ASLEEP = "#4a4f57"
"""Neither good nor bad, behind white words."""
Steps = tuple[tuple[float | None, str], ...]
"""(from, colour), ascending, beginning with None."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question to Prometheus; ``legend`` may name labels that the answer keeps."""

    expr: str
    legend: str
    """Of a table: the heading of its column."""
    unit: str = ""
    """Of a column, where it is not that of the panel."""
    marks: bool = False
    """Show exemplars: points that lead from a slow moment to the alert behind it."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel. ``runbook``: the section of deploy/RUNBOOK.md that tells what to do when it looks wrong."""

    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    kind: str = "line"
    """line, bars, numbers, ranking or table; the last three show now, or the whole chosen time. A table with several
    queries has a column for each; their rows meet where all labels are the same."""
    width: int = 8
    height: int = 8
    runbook: str = ""
    steps: Steps = ((None, PLAIN),)
    words: tuple[tuple[str, str, str], ...] = ()
    """(value, word, colour) for values that mean something."""
    nothing: str = "none yet"
    """Said in place of an empty answer or of a share of nothing."""
    bounds: tuple[float | None, float | None] = (None, None)
    many: bool = False
    """More lines than fit under a chart: the legend stands at its right, the largest newest value first."""
    log: bool = False
    """Each step of the axis is ten times the one below: seconds and days in one chart."""
    order: tuple[str, ...] = ()
    """Of a table: its labels from left to right; the alphabet decides without it."""


def quantile(share: float, metric: str, by: str = "le", chosen: str = "") -> str:
    """PromQL for a quantile of a histogram over the last moments; ``chosen`` are matchers such as ``{stage="a"}``."""
    return f"histogram_quantile({share}, sum by ({by}) (rate({metric}_bucket{chosen}[$__rate_interval])))"


def draw(panel: Panel) -> Any:
    """A builder of the panel, to be placed by the dashboard."""
    builder = DRAWN_AS[panel.kind](panel)
    is_now = panel.kind in ("numbers", "ranking", "table")
    for name, query in _named(panel):
        target = prometheus_builders.Dataquery().ref_id(name).expr(query.expr).legend_format(query.legend)
        target.datasource(ENVIRONMENT)
        target = target.instant() if is_now else target.range().exemplar(query.marks)
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
    if panel.log:
        scale = common_builders.ScaleDistributionConfig().type(common.ScaleDistribution.LOG).log(10)
        builder.scale_distribution(scale)
    return _with_legend(builder, panel)


def _bars(panel: Panel) -> Any:
    stacking = common_builders.StackingConfig().mode(common.StackingMode.NORMAL).group("A")
    builder = timeseries.Panel().draw_style(common.GraphDrawStyle.BARS).fill_opacity(60).stacking(stacking)
    # Counts: increase() extrapolates to the ends of its window, and 5.08 alerts look like a mistake.
    return _with_legend(builder.decimals(0).line_width(1).show_points(common.VisibilityMode.NEVER), panel)


def _with_legend(builder: Any, panel: Panel) -> Any:
    modes, places = common.LegendDisplayMode, common.LegendPlacement
    legend = common_builders.VizLegendOptions().show_legend(True)
    legend.display_mode(modes.TABLE if panel.many else modes.LIST).calcs(["lastNotNull"] if panel.many else [])
    if panel.many:
        legend.sort_by("Last *").sort_desc(True)
    tooltip = common_builders.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI)
    tooltip.sort(common.SortOrder.DESCENDING)
    return builder.legend(legend.placement(places.RIGHT if panel.many else places.BOTTOM)).tooltip(tooltip)


def _numbers(panel: Panel) -> Any:
    colored = common.BigValueColorMode.BACKGROUND if panel.words else common.BigValueColorMode.VALUE
    named = common.BigValueTextMode.VALUE_AND_NAME if panel.words else common.BigValueTextMode.AUTO
    return _reduced(stat.Panel().color_mode(colored).text_mode(named).graph_mode(common.BigValueGraphMode.NONE))


def _ranking(_: Panel) -> Any:
    builder = bargauge.Panel().orientation(common.VizOrientation.HORIZONTAL)
    return _reduced(builder.display_mode(common.BarGaugeDisplayMode.GRADIENT).show_unfilled(True))


def _reduced(builder: Any) -> Any:
    return builder.reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]).values(False))


def _table(panel: Panel) -> Any:
    several = len(panel.queries) > 1
    columns = {f"Value #{name}" if several else "Value": query for name, query in _named(panel)}
    places = {name: place for place, name in enumerate((*panel.order, *columns))} if panel.order else {}
    organized = models.DataTransformerConfig(
        id_val="organize",
        options={
            "excludeByName": {"Time": True},
            "indexByName": places,
            "renameByName": {column: query.legend for column, query in columns.items()},
        },
    )
    merged = [models.DataTransformerConfig(id_val="merge", options={})] if several else []
    builder = table.Panel().show_header(True).transformations([*merged, organized])
    for query in panel.queries:
        if query.unit:
            builder.override_by_name(query.legend, [models.DynamicConfigValue(id_val="unit", value=query.unit)])
    return builder


def _named(panel: Panel) -> list[tuple[str, Query]]:
    return list(zip("ABCDEFGH", panel.queries, strict=False))


DRAWN_AS: dict[str, Callable[[Panel], Any]] = {
    "line": _line,
    "bars": _bars,
    "numbers": _numbers,
    "ranking": _ranking,
    "table": _table,
}
