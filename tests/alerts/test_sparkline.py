"""Price paths as block characters: honest about scale, gaps and publication."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.alerts.price_table import WIDTH
from services.alerts.slack_text import columns
from services.alerts.sparkline import BLOCKS, GAP, PUBLISHED, draw_blocks, draw_paths
from services.market.prices.price_path import PricePath
from streams.rendering.card_samples.sample_alerts import make_path

moves = st.lists(st.one_of(st.none(), st.floats(-30, 30)), min_size=2, max_size=60)


def path_of(points: list[float | None], before: int) -> PricePath:
    minutes = (*range(-before, 0), *range(1, len(points) - before + 1))
    return PricePath(
        instrument="0700.HK", benchmark="HSI", minutes=minutes, own=tuple(points), market=(None,) * len(points)
    )


def test_every_line_fits_a_phone_and_publication_is_marked() -> None:
    """42 columns, as the table above it."""
    drawn = draw_paths([make_path("0700.HK", 0.02), make_path("3690.HK", -0.03)], {"0700.HK": "腾讯控股有限公司"})
    lines = drawn.splitlines()
    assert [PUBLISHED in line for line in lines] == [True, True, True, False]
    assert all(columns(line) <= WIDTH for line in lines)


def test_all_lines_share_one_scale() -> None:
    """A calm index beside a jump must look calm."""
    own, market, _ = draw_paths([make_path("0700.HK", 0.05)], {}).splitlines()
    assert BLOCKS[7] in own
    assert BLOCKS[7] not in market


def test_nothing_is_drawn_before_the_first_price_after_publication() -> None:
    """A line that ends at publication would look like an answer."""
    assert draw_paths([path_of([0.0, 0.1, None, None], before=2)], {}) == ""
    assert draw_paths([], {}) == ""


@given(moves, st.data())
def test_any_path_is_drawn_without_a_fault(points: list[float | None], data: st.DataObject) -> None:
    """Gaps, flat lines and single points included."""
    before = data.draw(st.integers(0, len(points) - 1))
    for line in draw_paths([path_of(points, before)], {}).splitlines()[:-1]:
        assert set(line.split(PUBLISHED)[1]) <= {*BLOCKS, GAP}


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40))
def test_a_higher_point_is_never_drawn_lower(points: list[float]) -> None:
    """The order of the eye is the order of the prices."""
    drawn = draw_blocks(points, min(points), max(points))
    ranks = [BLOCKS.index(block) for block in drawn]
    assert all(
        ranks[first] <= ranks[second]
        for first in range(len(points))
        for second in range(len(points))
        if points[first] <= points[second]
    )
