"""Price paths as lines of block characters: what a phone shows in a fixed-width block without any image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.alerts.slack_text import for_literal, pad
from services.market.prices.price_path import PricePath

BLOCKS = "▁▂▃▄▅▆▇█"
GAP = "·"
PUBLISHED = "┊"
_NAME = 10
_BEFORE, _AFTER = 8, 23

Points = Sequence[float | None]


def draw_paths(paths: Sequence[PricePath], names: Mapping[str, str]) -> str:
    """One line per instrument and one per benchmark, all on one scale, publication marked; empty without points.

    The last line says what the lowest and the highest block stand for, in per cent since publication.
    """
    lines: dict[str, tuple[Points, Points]] = {}
    for path in paths:
        name = for_literal(names.get(path.instrument, path.instrument), 40)
        lines.setdefault(name, _split(path, path.own))
    for path in paths:
        if path.benchmark is not None:
            lines.setdefault(for_literal(path.benchmark, 40), _split(path, path.market))
    shown = {name: line for name, line in lines.items() if any(point is not None for part in line for point in part)}
    points = [point for line in shown.values() for part in line for point in part if point is not None]
    if not points or not any(point is not None for line in shown.values() for point in line[1]):
        return ""
    low, high = min(points), max(points)
    drawn = [
        pad(name, _NAME) + draw_blocks(before, low, high) + PUBLISHED + draw_blocks(after, low, high)
        for name, (before, after) in shown.items()
    ]
    return "\n".join([*drawn, _say_scale(paths[0], low, high)])


def draw_blocks(points: Points, low: float, high: float) -> str:
    """One character per point: the eighth of [low, high] that it lies in, ``·`` where there is none.

    >>> draw_blocks([0.0, None, 0.5, 1.0], 0.0, 1.0)
    '▁·▅█'
    """
    span = high - low
    return "".join(
        GAP if point is None else BLOCKS[min(7, int((point - low) / span * 8)) if span else 3] for point in points
    )


def _split(path: PricePath, points: Points) -> tuple[Points, Points]:
    before = [point for minute, point in zip(path.minutes, points, strict=True) if minute < 0]
    after = [point for minute, point in zip(path.minutes, points, strict=True) if minute >= 0]
    return _squeeze(before, _BEFORE), _squeeze(after, _AFTER)


def _squeeze(points: Points, most: int) -> Points:
    """The last point of each of at most ``most`` equal parts: the newest is always there."""
    if len(points) <= most:
        return points
    return [points[(place + 1) * len(points) // most - 1] for place in range(most)]


def _say_scale(path: PricePath, low: float, high: float) -> str:
    last = path.minutes[-1]
    return f"{path.minutes[0]} to {last:+d} trading min, {low:+.2f} to {high:+.2f} %"
