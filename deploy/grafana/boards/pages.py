"""A dashboard from its rows: variables, links, annotations, places and numbers, and the JSON that Grafana reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import text
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import text as text_models

from deploy.grafana.boards.panels import ENVIRONMENT, Panel, draw
from deploy.grafana.boards.runbook import UID, read_sections

TAG = "policy-signals"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A variable over the values of one label: one, some or all of them."""

    name: str
    label: str
    series: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A heading and the panels under it, left to right, 24 columns a line."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One dashboard; its file and its uid come from ``name``."""

    name: str
    title: str
    description: str
    rows: tuple[Row, ...]
    choices: tuple[Choice, ...] = ()
    events: str = ""
    """PromQL: whenever it has a value, a mark is drawn over all panels."""
    hours: int = 6


def write_page(page: Page) -> str:
    """The dashboard as JSON."""
    builder = _begin(page.name, page.title, page.description).time(f"now-{page.hours}h", "now").refresh("30s")
    builder.with_variable(
        builders.DatasourceVariable("datasource").label("Environment").type("prometheus").description("Which line.")
    )
    for choice in page.choices:
        builder.with_variable(_variable(choice))
    if page.events:
        mark = builders.AnnotationQuery().name("Policy alerts").datasource(ENVIRONMENT).enable(True).expr(page.events)
        builder.annotation(mark.icon_color("purple"))
    for row in page.rows:
        builder.with_row(builders.Row(row.title))
        for panel in row.panels:
            builder.with_panel(draw(panel))
    return _encode(builder)


def write_runbook() -> str:
    """One text panel per section; its number is the one that ``link_to_section`` gives."""
    builder = _begin("runbook", "Runbook", "What each alarm means, what people lose, where to look, what to do.")
    for title, words in read_sections().items():
        builder.with_panel(
            text.Panel().title(title).mode(text_models.TextMode.MARKDOWN).content(words).span(12).height(7)
        )
    return _encode(builder)


def _begin(name: str, title: str, description: str) -> builders.Dashboard:
    uid = UID if name == "runbook" else f"policy-signals-{name.replace('_', '-')}"
    others = builders.DashboardLink("Policy signals").type(models.DashboardLinkType.DASHBOARDS).tags([TAG])
    builder = builders.Dashboard(f"Policy signals: {title}").uid(uid).description(description).tags([TAG])
    return (
        builder.timezone("browser")
        .readonly()
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .link(others.include_vars(True).keep_time(True).as_dropdown(False))
        .version(1)
    )


def _variable(choice: Choice) -> builders.QueryVariable:
    variable = builders.QueryVariable(choice.name).label(choice.label).datasource(ENVIRONMENT)
    variable.query(f"label_values({choice.series}, {choice.name})").multi(True).include_all(True).all_value(".*")
    variable.current(models.VariableOption(selected=True, text=["All"], value=["$__all"]))
    return variable.refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(models.VariableSort.ALPHABETICAL_ASC)


def _encode(builder: builders.Dashboard) -> str:
    dashboard = builder.build()
    _number(dashboard.panels or [])
    return JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False).encode(dashboard) + "\n"


def _number(panels: Sequence[models.Panel | models.RowPanel]) -> None:
    for number, panel in enumerate(panels, 1):
        panel.id_val = number
