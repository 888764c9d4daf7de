"""Price paths as the lines of one small chart: numbers for the page's template, which draws them in its own colours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.market.prices.price_path import PricePath

WIDTH, HEIGHT = 640.0, 200.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 120.0, 12.0, 26.0
_STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0)
_NICE_TICKS = 5
_LABEL_GAP = 14.0
_LABEL_WIDTH = 52.0


class Line(Struct, frozen=True, kw_only=True):
    """One line: its pieces (a gap ends a piece) as SVG points, and its label at the last point."""

    name: str
    is_benchmark: bool
    number: int
    pieces: tuple[str, ...]
    label_y: float
    last: str
    """Last move, in words."""


class Tick(Struct, frozen=True, kw_only=True):
    """One mark of an axis."""

    at: float
    text: str


class PathChart(Struct, frozen=True, kw_only=True):
    """Everything that the template draws, in SVG units."""

    lines: tuple[Line, ...]
    levels: tuple[Tick, ...]
    minutes: tuple[Tick, ...]
    published_x: float
    right: float = WIDTH - RIGHT
    left: float = LEFT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM
    width: float = WIDTH
    height: float = HEIGHT


def draw_chart(paths: Sequence[PricePath], names: Mapping[str, str]) -> PathChart | None:
    """Moves in per cent since publication over trading minutes; None without two points of one line."""
    series = list(_series(paths, names))
    known = [point for _, _, points in series for point in points if point is not None]
    if len(known) < 2:
        return None
    low, high = min(*known, 0.0), max(*known, 0.0)
    margin = max((high - low) * 0.06, 0.02)
    low, high = low - margin, high + margin
    minutes = paths[0].minutes
    xs = [LEFT + (WIDTH - RIGHT - LEFT) * place / max(1, len(minutes) - 1) for place in range(len(minutes))]
    lines = [_line(number, one, xs, (low, high)) for number, one in enumerate(series)]
    return PathChart(
        lines=_spread_labels(lines),
        levels=tuple(
            Tick(at=_y(level, low, high), text=f"{level:+g} %" if level else "0 %") for level in _levels(low, high)
        ),
        minutes=tuple(_minute_ticks(minutes, xs)),
        published_x=_published_x(minutes, xs),
    )


def _series(paths: Sequence[PricePath], names: Mapping[str, str]) -> Iterator[tuple[str, bool, Sequence[float | None]]]:
    benchmarks: set[str] = set()
    for path in paths:
        yield names.get(path.instrument, path.instrument), False, path.own
    for path in paths:
        if path.benchmark and path.benchmark not in benchmarks:
            benchmarks.add(path.benchmark)
            yield path.benchmark, True, path.market


def _line(
    number: int, one: tuple[str, bool, Sequence[float | None]], xs: Sequence[float], span: tuple[float, float]
) -> Line:
    name, is_benchmark, points = one
    pieces: list[list[str]] = [[]]
    for x, point in zip(xs, points, strict=False):
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{x:.1f},{_y(point, *span):.1f}")
    last = next((point for point in reversed(points) if point is not None), 0.0)
    return Line(
        name=name,
        is_benchmark=is_benchmark,
        number=number,
        pieces=tuple(" ".join(piece) for piece in pieces if piece),
        label_y=_y(last, *span),
        last=f"{last:+.2f} %",
    )


def _spread_labels(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Labels that would lie on each other are moved down, in their order."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda line: line.label_y):
        floor = placed[-1].label_y + _LABEL_GAP if placed else TOP
        at = max(line.label_y, floor)
        placed.append(replace(line, label_y=at))
    return tuple(placed)


def _y(point: float, low: float, high: float) -> float:
    return TOP + (HEIGHT - BOTTOM - TOP) * (high - point) / (high - low)


def _levels(low: float, high: float) -> list[float]:
    step = next((one for one in _STEPS if (high - low) / one <= _NICE_TICKS), 200.0)
    first = int(low // step) + 1
    return [round(number * step, 4) for number in range(first, int(high // step) + 1)]


def _minute_ticks(minutes: Sequence[int], xs: Sequence[float]) -> Iterator[Tick]:
    published_x = _published_x(minutes, xs)
    wanted = {minutes[0], minutes[-1], next((minute for minute in minutes if minute >= 5), 0)}
    middle = minutes[-1] // 2
    wanted.add(min(minutes, key=lambda minute: abs(minute - middle)))
    last_x = -100.0
    for minute, x in zip(minutes, xs, strict=True):
        if minute in wanted and min(x - last_x, abs(x - published_x)) >= _LABEL_WIDTH:
            last_x = x
            yield Tick(at=x, text=f"{minute:+d} min")


def _published_x(minutes: Sequence[int], xs: Sequence[float]) -> float:
    """Between the last minute before and the first one after."""
    after = next((place for place, minute in enumerate(minutes) if minute > 0), len(minutes))
    if after in (0, len(minutes)):
        return xs[0] if after == 0 else xs[-1]
    return (xs[after - 1] + xs[after]) / 2
