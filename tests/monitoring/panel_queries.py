"""Every query of every dashboard as Grafana would send it, and whether the answer would leave the panel empty."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DASHBOARDS = Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "dashboards"
BUILT_IN = {"$__rate_interval": "1m", "$__interval": "15s", "$__range": "15m"}
SHOWN_SERIES = 3


@dataclass(frozen=True, kw_only=True)
class PanelQuery:
    """One query with where it stands; ``nothing`` is what the panel says in place of a share of nothing."""

    dashboard: str
    panel: str
    expression: str
    legend: str
    nothing: str


def read_queries(folder: Path = DASHBOARDS) -> list[PanelQuery]:
    """All of them, annotations and variables included, with variables put in."""
    return [query for path in sorted(folder.glob("*.json")) for query in _queries_of(path)]


def _queries_of(path: Path) -> Iterator[PanelQuery]:
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    variables = [one for one in dashboard["templating"].get("list", []) if one["type"] == "query"]
    choices = {f"${one['name']}": one["allValue"] for one in variables}
    for one in variables:
        series = re.fullmatch(r"label_values\((\w+), (\w+)\)", one["query"])
        assert series is not None, one["query"]
        yield PanelQuery(
            dashboard=path.stem,
            panel=f"variable {one['name']}",
            expression=f"count by ({series[2]}) ({series[1]})",
            legend=f"{{{{{series[2]}}}}}",
            nothing="",
        )
    for mark in dashboard["annotations"].get("list", []):
        # A mark has a value only while something happens, so the proof asks for the series behind it.
        expression = mark["expr"].removesuffix(" > 0")
        yield PanelQuery(dashboard=path.stem, panel="marks", expression=expression, legend=mark["name"], nothing="")
    for panel in dashboard["panels"]:
        for target in panel.get("targets") or []:
            yield PanelQuery(
                dashboard=path.stem,
                panel=panel["title"],
                expression=substitute(target["expr"], choices),
                legend=target["legendFormat"],
                nothing=panel["fieldConfig"]["defaults"]["noValue"],
            )


def substitute(expression: str, choices: Mapping[str, str]) -> str:
    """Grafana's own variables and ours, longest name first, as $sector must not eat the begin of $sectors."""
    values = {**BUILT_IN, **choices}
    for name in sorted(values, key=len, reverse=True):
        expression = expression.replace(name, values[name])
    return expression


def say_answer(query: PanelQuery, samples: Sequence[dict[str, Any]]) -> str:
    """The answer in one line: the first series with their legends, and how many more there are."""
    said = [f"{_legend(query, one['metric'])} {_value(query, one['value'][1])}" for one in samples[:SHOWN_SERIES]]
    more = len(samples) - SHOWN_SERIES
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def _legend(query: PanelQuery, labels: Mapping[str, str]) -> str:
    if "{{" not in query.legend and labels:
        return " ".join(labels.values())
    return re.sub(r"{{\s*(\w+)\s*}}", lambda found: labels.get(found[1], ""), query.legend)


def _value(query: PanelQuery, text: str) -> str:
    value = float(text)
    return f"({query.nothing})" if math.isnan(value) else f"{value:.4g}"
