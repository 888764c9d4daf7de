"""A preview of every dashboard from the same JSON that Grafana reads, with live values: layout, titles, units, legends.

It is drawn by us and labelled so: close enough to see what is cut off, empty or unreadable, and no proof of how Grafana
itself draws. ``write_previews`` leaves an HTML file a dashboard, and a PNG where Chromium is installed.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from tests.monitoring.panel_queries import DASHBOARDS, substitute
from tests.monitoring.preview_charts import Series, draw_chart, draw_numbers, draw_ranking, draw_table
from tests.monitoring.prometheus_server import PrometheusServer

COLUMN, ROW, GAP = 72, 38, 8
SCREENSHOT_WITHIN_SECONDS = 120
STYLE = """
body{background:#111217;color:#d8d9da;font:13px Inter,Arial,sans-serif;margin:0;position:relative}
header{padding:8px 12px;height:32px} header b{font-size:17px} header i{color:#ff9830;margin-left:16px}
header span{background:#22252b;padding:3px 8px;margin-left:8px}
section{position:absolute;background:#181b1f;border:1px solid #2c3235;box-sizing:border-box;overflow:hidden}
section h4{margin:0;padding:6px 8px;font-weight:500;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
section.row{background:none;border:0;font-size:15px} svg text{fill:#9fa7b3;font-size:11px} .grid{stroke:#2c3235}
.limit{stroke:#f2495c;stroke-dasharray:6 4} .under{height:32px;overflow:hidden;padding:0 8px;font-size:12px}
.under span{margin-right:12px;white-space:nowrap} .beside{position:absolute;right:4px;top:30px;width:186px;bottom:2px;
overflow:hidden;font-size:12px} .beside span{display:block;white-space:nowrap;overflow:hidden} .beside b{float:right}
span i{display:inline-block;width:12px;height:3px;margin-right:5px;vertical-align:middle}
.cells{display:flex;height:calc(100% - 30px)} .cells div{flex:1;display:flex;flex-direction:column;align-items:center;
justify-content:center;margin:2px;overflow:hidden;text-align:center} small{font-size:11px;color:inherit;opacity:.8}
.ranking{padding:0 8px;font-size:12px} .ranking p{display:flex;margin:2px 0;align-items:center} .ranking p span{width:38%;
white-space:nowrap;overflow:hidden;text-overflow:ellipsis} .ranking em{flex:1;background:#22252b;height:14px}
.ranking u{display:block;height:14px} .ranking p b{width:64px;text-align:right}
table{width:100%;border-collapse:collapse;font-size:12px} th{text-align:left;color:#6e9fff;padding:2px 8px}
td{padding:2px 8px;border-top:1px solid #2c3235;white-space:nowrap} .nothing{display:flex;height:60%;align-items:center;
justify-content:center;font-size:18px;opacity:.6} pre{white-space:pre-wrap;font:12px Arial;padding:0 8px;margin:0}
"""


def write_previews(prometheus: PrometheusServer, folder: Path, seconds: int) -> list[Path]:
    """Draw every dashboard over the last ``seconds``; the pictures, or the pages where no browser is installed."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(path, prometheus, folder, seconds) for path in sorted(DASHBOARDS.glob("*.json"))]


def _write(path: Path, prometheus: PrometheusServer, folder: Path, seconds: int) -> Path:
    board = json.loads(path.read_text(encoding="utf-8"))
    page = folder / f"{path.stem}.html"
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"])
    page.write_text(draw_board(board, prometheus, seconds), encoding="utf-8")
    return _photograph(page, COLUMN * 24 + GAP, 60 + bottom * ROW)


def draw_board(board: Mapping[str, Any], prometheus: PrometheusServer, seconds: int) -> str:
    """The whole page."""
    choices = [one for one in board["templating"].get("list", []) if one["type"] == "query"]
    values = {f"${one['name']}": one["allValue"] for one in choices} | {"$__range": f"{seconds}s"}
    shown = "".join(f"<span>{escape(one['label'])}: All</span>" for one in choices)
    drawn = "".join(_draw(panel, prometheus, values, seconds) for panel in board["panels"])
    head = f"<header><b>{escape(board['title'])}</b><span>Environment</span>{shown}<i>Preview, not Grafana</i></header>"
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><body>{head}{drawn}</body>'


def _draw(panel: Mapping[str, Any], prometheus: PrometheusServer, values: Mapping[str, str], seconds: int) -> str:
    place = panel["gridPos"]
    width, height = place["w"] * COLUMN - GAP, place["h"] * ROW - GAP
    style = f"left:{place['x'] * COLUMN + GAP}px;top:{place['y'] * ROW + 50}px;width:{width}px;height:{height}px"
    title = escape(panel["title"])
    if panel["type"] == "row":
        return f'<section class="row" style="{style}"><h4>{title}</h4></section>'
    if panel["type"] == "text":
        words = f"<pre>{escape(panel['options']['content'])}</pre>"
        return f'<section style="{style}"><h4>{title}</h4>{words}</section>'
    answers = {one["refId"]: _ask(one, prometheus, values, seconds) for one in panel["targets"]}
    series = [one for answer in answers.values() for one in answer]
    drawn: dict[str, Callable[[], str]] = {
        "table": lambda: draw_table(panel, answers),
        "timeseries": lambda: draw_chart(panel, series, width, height - 30),
        "stat": lambda: draw_numbers(panel, series, width),
        "bargauge": lambda: draw_ranking(panel, series),
    }
    inside = drawn[panel["type"]]()
    return f'<section style="{style}"><h4>{title}</h4>{inside}</section>'


def _ask(
    target: Mapping[str, Any], prometheus: PrometheusServer, values: Mapping[str, str], seconds: int
) -> list[Series]:
    expression = target["expr"]
    for name in sorted(values, key=len, reverse=True):
        expression = expression.replace(name, values[name])
    expression = substitute(expression, {})
    if target.get("instant"):
        found = [(one["metric"], [one["value"]]) for one in prometheus.ask(expression)]
    else:
        found = [(one["metric"], one["values"]) for one in prometheus.ask_over(expression, seconds)]
    return [
        (_legend(target["legendFormat"], labels), labels, [(float(at), _number(value)) for at, value in points])
        for labels, points in found
    ]


def _number(text: str) -> float:
    value = float(text)
    return math.nan if math.isinf(value) else value


def _legend(form: str, labels: Mapping[str, str]) -> str:
    return re.sub(r"{{\s*(\w+)\s*}}", lambda found: labels.get(found[1], ""), form)


def _photograph(page: Path, width: int, height: int) -> Path:
    browser = shutil.which("chromium")
    if browser is None:
        return page
    picture = page.with_suffix(".png")
    subprocess.run(
        [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={page.parent / '.browser'}", f"--window-size={width},{height}"),
            *(f"--screenshot={picture}", page.as_uri()),
        ],
        check=False,
        capture_output=True,
        timeout=SCREENSHOT_WITHIN_SECONDS,
    )
    shutil.rmtree(page.parent / ".browser", ignore_errors=True)
    return picture if picture.is_file() else page
