"""The chart beside each message: what is drawn lies inside, in order, with gaps as gaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.market.prices.price_path import PricePath
from streams.rendering.card_samples.sample_alerts import make_path
from streams.rendering.path_chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, draw_chart

points = st.lists(st.one_of(st.none(), st.floats(-40, 40)), min_size=2, max_size=60)


def path_of(own: list[float | None], before: int) -> PricePath:
    minutes = (*range(-before, 0), *range(1, len(own) - before + 1))
    return PricePath(instrument="A", benchmark="B", minutes=minutes, own=tuple(own), market=(None,) * len(own))


def test_publication_lies_between_the_last_minute_before_and_the_first_after() -> None:
    """The eye must see on which side of the line the move began."""
    chart = draw_chart([make_path("0700.HK", 0.02)], {"0700.HK": "Tencent"})
    assert chart is not None
    middle = LEFT + (WIDTH - RIGHT - LEFT) * 29.5 / 59
    assert abs(chart.published_x - middle) < 0.1
    assert [line.name for line in chart.lines] == ["Tencent", "HSI"]


def test_a_benchmark_that_two_share_is_drawn_once() -> None:
    """Three lines for two companies."""
    chart = draw_chart([make_path("0700.HK", 0.02), make_path("3690.HK", 0.03)], {})
    assert chart is not None
    assert sum(line.is_benchmark for line in chart.lines) == 1


@given(points, st.data())
def test_everything_lies_inside_and_a_gap_ends_a_line(own: list[float | None], data: st.DataObject) -> None:
    """Whatever the prices did."""
    chart = draw_chart([path_of(own, data.draw(st.integers(0, len(own) - 1)))], {})
    known = [point for point in own if point is not None]
    if len(known) < 2:
        assert chart is None
        return
    assert chart is not None
    drawn = [pair.split(",") for line in chart.lines for piece in line.pieces for pair in piece.split()]
    assert len(drawn) == len(known)
    assert all(LEFT - 0.1 <= float(x) <= WIDTH - RIGHT + 0.1 for x, _ in drawn)
    assert all(TOP - 0.1 <= float(y) <= HEIGHT - BOTTOM + 0.1 for _, y in drawn)
