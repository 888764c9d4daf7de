"""Numbers as Grafana says them, near enough for a preview: unit, mapped words, threshold colours."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

COLOURS = {"green": "#73bf69", "orange": "#ff9830", "red": "#f2495c", "text": "#d8d9da"}
SECONDS = ((1e-3, 1e6, "µs"), (1, 1e3, "ms"), (60, 1, "s"), (3600, 1 / 60, "min"), (86_400, 1 / 3600, "hour"))
LARGE = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "K"))


def say_number(value: float, unit: str) -> str:
    """The value in its unit; empty for what is no number."""
    if math.isnan(value):
        return ""
    if unit in SAID_AS:
        return SAID_AS[unit](value)
    ending = {"ops": " ops/s", "bytes": "B"}.get(unit, "")
    size, letter = next(((size, letter) for size, letter in LARGE if abs(value) >= size), (1.0, ""))
    return f"{value / size:.3g} {letter}{ending}".rstrip()


def _say_seconds(value: float) -> str:
    if not value:
        return "0 s"
    for below, factor, word in SECONDS:
        if abs(value) < below:
            return f"{value * factor:.3g} {word}"
    days = value / 86_400
    return f"{days:.3g} day" if days < 365 else f"{days / 365:.3g} year"


SAID_AS: dict[str, Callable[[float], str]] = {
    "s": _say_seconds,
    "percentunit": lambda value: f"{value * 100:.3g}%",
    "d": lambda value: f"{value:.3g} day",
    "dateTimeFromNow": lambda value: f"{_say_seconds(time.time() - value / 1_000)} ago",
    "none": lambda value: f"{value:.3g}",
}


def say_value(panel: Mapping[str, Any], value: float) -> tuple[str, str]:
    """Words and colour of one value: a mapped word, or the number with the colour of its threshold."""
    defaults = panel["fieldConfig"]["defaults"]
    for mapping in defaults.get("mappings", []):
        word = mapping["options"].get(f"{value:g}") if mapping["type"] == "value" else None
        if word is not None:
            return word["text"], COLOURS.get(word["color"], word["color"])
    if math.isnan(value):
        return defaults.get("noValue", "no data"), COLOURS["text"]
    steps = defaults.get("thresholds", {}).get("steps", [])
    colour = "text"
    for step in steps:
        if step.get("value") is None or value >= step["value"]:
            colour = step["color"]
    return say_number(value, defaults.get("unit", "short")), COLOURS.get(colour, COLOURS["text"])
