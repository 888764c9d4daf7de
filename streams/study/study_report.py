"""The page of an event study: paths by tone, distributions, tests, events that disagree, every row. No script."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct

from services.market.study.daily_study import StudyCase, StudyParameters
from services.market.study.study_summary import ToneSummary
from streams.rendering.charts import (
    DASHES,
    Distribution,
    Line,
    LineChart,
    Look,
    Mark,
    Values,
    clean_text,
    draw_distributions,
    draw_lines,
)
from streams.rendering.html_page import hash_style, make_environment, read_style
from streams.study.study_disagreement import find_disagreements

LOOKS: Mapping[str, Look] = {"supportive": Look.UP, "restrictive": Look.DOWN, "neutral": Look.FLAT}
MOST_DISAGREEING = 40
MOST_OPEN_ROWS = 1_000
_BEYOND = 98.5
"""Percentile of the sizes of abnormal returns up to which the distribution is drawn true to scale."""


class StudyPage(Struct, frozen=True, kw_only=True):
    """What the page is made from."""

    title: str
    made_at: datetime
    cases: Sequence[StudyCase]
    summaries: Sequence[ToneSummary]
    parameters: StudyParameters
    indices: tuple[str, ...]
    """Names of every index used."""
    is_intraday: bool
    notes: tuple[str, ...]


def render_study(page: StudyPage) -> str:
    """The page as HTML text."""
    style = read_style(["report.css", "charts.css", "study.css"])
    measured = [summary for summary in order_tones(page.summaries) if summary.cases]
    disagreements = find_disagreements(page.cases)
    environment = make_environment()
    environment.filters |= {"signed": say_signed, "p": say_p, "look": find_look}
    return environment.get_template("study.html.j2").render(
        page=page,
        style=style,
        style_hash=hash_style(style),
        summaries=measured,
        paths=draw_paths(measured) if measured else "",
        distribution=draw_distribution(page.cases, measured) if measured else "",
        dashes={look: " ".join(f"{2 * part:g}" for part in dash) for look, dash in DASHES.items()},
        disagreements=disagreements[:MOST_DISAGREEING],
        disagreeing=len(disagreements),
        states=Counter(case.row.state for case in page.cases).most_common(),
        most_open=MOST_OPEN_ROWS,
    )


def order_tones(summaries: Sequence[ToneSummary]) -> list[ToneSummary]:
    """Supportive, restrictive, neutral, then others as they came."""
    places = {tone: place for place, tone in enumerate(LOOKS)}
    return sorted(summaries, key=lambda summary: places.get(summary.tone, len(places)))


def find_look(tone: str) -> Look:
    """Colour and line style of a tone."""
    return LOOKS.get(tone, Look.OTHER)


def draw_paths(summaries: Sequence[ToneSummary]) -> str:
    """The classic plot: mean cumulative abnormal return by session around the event, with 95 % bands."""
    offsets = [point.offset for point in max((summary.path for summary in summaries), key=len)]
    chart = LineChart(
        name="paths",
        title="Mean cumulative abnormal return by tone: " + "; ".join(_say_path(summary) for summary in summaries),
        x_label="sessions from the event",
        y_label="mean cumulative abnormal return, %",
        lines=[_make_line(summary) for summary in summaries],
        marks=[Mark(x=0.0, label="event")],
        x_ticks=[(offset, say_signed(offset, 0)) for offset in offsets],
    )
    return draw_lines(chart)


def _make_line(summary: ToneSummary) -> Line:
    path = summary.path
    return Line(
        label=f"{clean_text(summary.tone, 12)} {say_signed(path[-1].mean_pct)}",
        look=find_look(summary.tone),
        x=[point.offset for point in path],
        y=[point.mean_pct for point in path],
        low=[math.nan if point.low_pct is None else point.low_pct for point in path],
        high=[math.nan if point.high_pct is None else point.high_pct for point in path],
    )


def _say_path(summary: ToneSummary) -> str:
    last = summary.path[-1]
    return f"{summary.tone} {last.mean_pct:+.2f} % after session {last.offset:+d}"


def draw_distribution(cases: Sequence[StudyCase], summaries: Sequence[ToneSummary]) -> str:
    """Abnormal returns of the event's session by tone."""
    by_tone = {summary.tone: _event_day(cases, summary.tone) for summary in summaries}
    everything = np.abs(np.concatenate([np.asarray(values) for values in by_tone.values()]))
    reach = max(0.5, math.ceil(2.0 * float(np.percentile(everything, _BEYOND))) / 2.0)
    chart = Distribution(
        name="distribution",
        title="Abnormal returns of the session of the event, by tone",
        x_label=f"abnormal return of the session, % (beyond ±{reach:g} % in the outermost bars)",
        groups=[Values(label=tone, look=find_look(tone), values=values) for tone, values in by_tone.items()],
        reach=reach,
    )
    return draw_distributions(chart)


def _event_day(cases: Sequence[StudyCase], tone: str) -> list[float]:
    """What ``ToneSummary.mean_abnormal_pct`` is the mean of."""
    found = (find_answer(case) for case in cases if case.tone == tone)
    return [answer for answer in found if answer is not None]


def find_answer(case: StudyCase) -> float | None:
    """The best abnormal return that a case has, per cent: by the line, against the index, or raw; None unmeasured."""
    row = case.row
    found = (value for value in (row.abnormal_beta_pct, row.abnormal_pct, row.return_pct) if value is not None)
    return next(found, None)


def say_signed(value: float | None, digits: int = 2) -> str:
    """A number with its sign; a dash for none, no sign for what is rounded to zero.

    >>> say_signed(-1.234), say_signed(0.001), say_signed(None)
    ('−1.23', '0.00', '–')
    """
    if value is None:
        return "–"
    shown = f"{value:+.{digits}f}"
    return shown.replace("-", "−") if shown.strip("+-0.") else shown[1:]


def say_p(p: float) -> str:
    """A p with three digits."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"
