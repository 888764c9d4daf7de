"""The preview draws every dashboard from the JSON that Grafana reads, whatever Prometheus answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from tests.monitoring.board_preview import draw_board
from tests.monitoring.panel_queries import DASHBOARDS
from tests.monitoring.preview_charts import draw_table
from tests.monitoring.preview_words import say_number, say_value
from tests.monitoring.prometheus_server import PrometheusServer

BOARDS = sorted(DASHBOARDS.glob("*.json"))
LABELS = {"job": "correlator", "sector": "<games>", "hop": "1", "channel": "desk"}


class Answering:
    """Answers every question with one series, or with none."""

    def __init__(self, value: str | None) -> None:
        self._value = value

    def ask(self, expression: str) -> list[dict[str, Any]]:
        assert "$" not in expression
        return [] if self._value is None else [{"metric": LABELS, "value": [1.0, self._value]}]

    def ask_over(self, expression: str, seconds: int) -> list[dict[str, Any]]:
        assert "$" not in expression
        return [] if self._value is None else [{"metric": LABELS, "values": [[1.0, "0"], [2.0, self._value]]}]


def drawn(path: Path, value: str | None) -> str:
    board = json.loads(path.read_text(encoding="utf-8"))
    return draw_board(board, cast(PrometheusServer, Answering(value)), 900)


@pytest.mark.parametrize("value", ["3", "-0.25", "NaN", "+Inf", None], ids=str)
@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_every_panel_is_drawn_whatever_prometheus_answers(path: Path, value: str | None) -> None:
    """A preview that fails on a share of nothing shows no dashboard at all."""
    page = drawn(path, value)
    assert page.count("<section") == len(json.loads(path.read_text(encoding="utf-8"))["panels"])
    assert "Preview, not Grafana" in page
    assert "<games>" not in page


def test_numbers_are_said_in_their_units() -> None:
    """As Grafana says them, near enough."""
    units = [(0.0021, "s"), (0.0, "s"), (90, "s"), (7_200, "s"), (0.5, "percentunit"), (1_500, "short"), (3e9, "bytes")]
    assert [say_number(value, unit) for value, unit in units] == [
        *("2.1 ms", "0 s", "1.5 min", "2 hour", "50%", "1.5 K", "3 GB"),
    ]


def test_a_mapped_value_is_said_in_its_word_and_a_share_of_nothing_in_the_panels() -> None:
    """1 is "up"; NaN is what the panel says in its place."""
    word = {"type": "value", "options": {"1": {"text": "up", "color": "green"}}}
    steps = {"steps": [{"value": None, "color": "text"}, {"value": 5, "color": "red"}]}
    panel = {"fieldConfig": {"defaults": {"mappings": [word], "noValue": "none yet", "thresholds": steps}}}
    assert say_value(panel, 1.0)[0] == "up"
    assert say_value(panel, float("nan"))[0] == "none yet"
    assert say_value(panel, 6.0)[1] != say_value(panel, 4.0)[1]


def test_columns_of_a_table_meet_in_one_line_for_each_hop() -> None:
    """As Grafana's merge does: rows with the same labels are one row."""
    path = next(path for path in BOARDS if path.stem == "pipeline")
    panels = json.loads(path.read_text(encoding="utf-8"))["panels"]
    panel = next(one for one in panels if one["title"] == "Hop by hop")
    one, other = {"hop": "1 a"}, {"hop": "2 b"}
    answers = {"A": [("", one, [(0.0, 7.0)]), ("", other, [(0.0, 8.0)])], "C": [("", one, [(0.0, 0.25)])]}
    table = draw_table(panel, answers)
    assert table.count("<tr>") == 3
    assert "250 ms" in table
