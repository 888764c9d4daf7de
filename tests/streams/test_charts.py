"""Charts: plain SVG that a strict page lets in, that follows its colours and that obeys nobody's text."""

from __future__ import annotations

import doctest
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.rendering import charts
from streams.rendering.charts import (
    CLASSES,
    Distribution,
    Line,
    LineChart,
    Look,
    Mark,
    Values,
    draw_distributions,
    draw_lines,
    spread,
)

STYLE = (Path(charts.__file__).parent / "templates" / "charts.css").read_text(encoding="utf-8")
HOSTILE = ["</text><script>x</script>", "$\\frac{1}{0}$", "_hidden", "a\x00b\x1b", "&amp;", "政策", "x" * 500]


def line_chart(name: str = "one", label: str = "own") -> LineChart:
    lines = [
        Line(label=label, look=Look.UP, x=[0, 1, 2], y=[0.0, 1.0, float("nan")]),
        Line(label="market", look=Look.DOWN, x=[0, 1, 2], y=[0, 2, 1], low=[0, 1, 0], high=[0, 3, 2]),
    ]
    return LineChart(
        name=name, title=label, x_label=label, y_label=label, lines=lines, marks=[Mark(x=1.0, label=label)]
    )


def distribution(values: list[float], label: str = "own") -> Distribution:
    groups = [Values(label=label, look=Look.FLAT, values=values), Values(label="none", look=Look.OTHER, values=[])]
    return Distribution(name="two", title=label, x_label=label, groups=groups, reach=3.0)


def parts_of(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter())


@pytest.mark.parametrize("svg", [draw_lines(line_chart()), draw_distributions(distribution([0.1, -9.0, 9.0]))])
def test_a_chart_needs_no_style_of_its_own(svg: str) -> None:
    """A page's policy refuses style elements and attributes; what they said is in plain attributes."""
    parts = parts_of(svg)
    assert not [
        part for part in parts if "style" in part.attrib or part.tag.endswith(("}style", "}metadata", "}image"))
    ]
    assert any(part.attrib.get("stroke-width") for part in parts)
    assert any(part.attrib.get("font-size") for part in parts)


def test_every_colour_is_one_that_the_page_can_turn() -> None:
    """A colour without a class would stay what it is by night: black on black."""
    for svg in (draw_lines(line_chart()), draw_distributions(distribution([0.1, 0.2]))):
        for part in parts_of(svg):
            for paint in ("fill", "stroke"):
                colour = part.attrib.get(paint, "none")
                assert colour == "none" or f"{paint}-{CLASSES[colour]}" in part.attrib["class"].split()
    for word in CLASSES.values():
        assert f".fill-{word}" in STYLE
        assert f".stroke-{word}" in STYLE


def test_charts_of_one_page_share_no_id() -> None:
    """Else a clip of one would cut the other."""
    first, second = (
        {part.attrib["id"] for part in parts_of(draw_lines(line_chart(name))) if "id" in part.attrib}
        for name in ("first", "second")
    )
    assert first
    assert not first & second
    svg = draw_lines(line_chart("first"))
    assert all(f'id="{target}"' in svg for target in [part.split(")")[0] for part in svg.split("url(#")[1:]])


def test_the_same_chart_is_the_same_text() -> None:
    """Reports can be compared: neither a date nor a random id is in them."""
    assert draw_lines(line_chart()) == draw_lines(line_chart())


@pytest.mark.parametrize("words", HOSTILE)
def test_text_is_only_text(words: str) -> None:
    """Names come from files: no markup, no formula, no missing letter stops a chart."""
    for svg in (draw_lines(line_chart(label=words)), draw_distributions(distribution([1.0], words))):
        parts = parts_of(svg)
        assert not [part for part in parts if part.tag.endswith("script")]
        said = [part.text for part in parts if part.tag.endswith("}text") and part.text]
        assert any(text.startswith(words[:1]) for text in said)


def test_nothing_to_draw_is_drawn_all_the_same() -> None:
    """An empty group has an empty row."""
    assert "n = 0" in draw_distributions(distribution([]))


@given(st.lists(st.floats(-100, 100), max_size=8), st.floats(0.1, 10))
def test_labels_never_cover_each_other(places: list[float], apart: float) -> None:
    """They keep their order and their distance."""
    moved = spread(places, apart)
    order = sorted(range(len(places)), key=lambda number: places[number])
    for first, second in pairwise(order):
        assert moved[second] - moved[first] >= apart - 1e-6


def test_examples_in_the_docstrings_hold() -> None:
    """They are what a reader believes first."""
    assert doctest.testmod(charts).failed == 0
