"""What the events of one tone did together: mean path with its band, and the tests beside it. In per cent."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import Floats, Seconds
from services.market.reaction import NormalModel
from services.market.sessions.day_grid import Flags
from services.market.study.cross_correlation import correlation_by_session
from services.market.study.daily_study import StudyCase, StudyParameters
from services.market.study.significance import (
    Significance,
    correlated_cross_section_test,
    correlated_patell_test,
    cross_section_test,
    patell_test,
    rank_test,
    sign_test,
    signed_rank_test,
)
from services.market.study.tail_probability import student_quantile

OUTSIDE_BAND = 0.05


class PathPoint(Struct, frozen=True, kw_only=True):
    """The mean cumulative abnormal return up to one session."""

    offset: int
    """Sessions after that of the event; negative before it."""
    mean_pct: float
    low_pct: float | None
    """Bounds of the 95 % band; None with a single session behind it."""
    high_pct: float | None
    cases: int
    """Cases with an abnormal return on this very session."""


class StudyTests(Struct, frozen=True, kw_only=True):
    """Answers to: are the abnormal returns of the event's session like those of other days? None: undefined."""

    patell: Significance | None
    patell_correlated: Significance | None
    """The same, less what cases of one session share (Kolari & Pynnoenen 2010)."""
    cross_section: Significance | None
    """Boehmer, Musumeci & Poulsen 1991."""
    cross_section_correlated: Significance | None
    rank: Significance | None
    """Corrado 1989."""
    sign: Significance | None
    """Cowan 1992."""
    signed_rank: Significance | None
    """Wilcoxon 1945."""
    correlation: float | None
    """Mean pairwise correlation of the cases outside events, 0 to 1, cases of different sessions counting as 0."""


class ToneSummary(Struct, frozen=True, kw_only=True):
    """All measured cases of one tone."""

    tone: str
    events: int
    """Events with at least one measured case."""
    sessions: int
    """Different sessions of those."""
    cases: int
    missing: int
    """Cases that were not measured: halted, unknown, the first close."""
    models: dict[NormalModel, int]
    """How many cases rest on which model."""
    mean_abnormal_pct: float | None
    """Mean abnormal return of the event's session."""
    path: tuple[PathPoint, ...]
    tests: StudyTests


def summarise_tones(cases: Sequence[StudyCase], parameters: StudyParameters | None = None) -> tuple[ToneSummary, ...]:
    """One summary per tone, in the order in which tones first appear."""
    settled = parameters or StudyParameters()
    tones = dict.fromkeys(case.tone for case in cases)
    return tuple(summarise_tone(tone, [case for case in cases if case.tone == tone], settled) for tone in tones)


def summarise_tone(tone: str, cases: Sequence[StudyCase], parameters: StudyParameters) -> ToneSummary:
    """Everything about the cases given, which are of one tone."""
    measured = [case for case in cases if case.path is not None]
    paths = _stack([case.path for case in measured], len(parameters.offsets))
    event_day = paths[:, parameters.before]
    return ToneSummary(
        tone=tone,
        events=len({case.row.event_id for case in measured}),
        sessions=len({case.row.session for case in measured}),
        cases=len(measured),
        missing=len(cases) - len(measured),
        models={model: found for model in NormalModel if (found := sum(case.model is model for case in measured))},
        mean_abnormal_pct=100.0 * float(event_day.mean()) if measured else None,
        path=find_mean_path(paths, number_sessions(measured), parameters.offsets),
        tests=run_tests(measured, event_day, parameters),
    )


def find_mean_path(paths: Floats, clusters: Seconds, offsets: range) -> tuple[PathPoint, ...]:
    """Sums of the mean abnormal returns from the first offset on, with 95 % bands; offsets without a case left out.

    ``paths``: (cases, offsets) daily abnormal returns, NaN where there is none: a case that ends early does not make
    the mean jump. The error is that of means of cases that move together within a cluster (K.-Y. Liang, S. L. Zeger,
    Biometrika 73 (1986), 13-22, times g / (g - 1) for g clusters); the band uses Student's t with g - 1 degrees.
    """
    known = np.isfinite(paths)
    counts = known.sum(axis=0)
    used = np.maximum(counts, 1)
    means = np.where(known, paths, 0.0).sum(axis=0) / used
    pulls = np.cumsum(np.where(known, paths - means, 0.0) / used, axis=1)
    return tuple(
        _find_point(offset, float(mean), pulls[:, column], clusters, known[:, column])
        for column, (offset, mean) in enumerate(zip(offsets, np.cumsum(means), strict=True))
        if counts[column]
    )


def _find_point(offset: int, mean: float, pulls: Floats, clusters: Seconds, known: Flags) -> PathPoint:
    """``pulls``: by how much each case moves the mean away from what it is."""
    groups = len(np.unique(clusters[known]))
    reach = None
    if groups > 1:
        sums = np.bincount(clusters, weights=pulls)
        error = math.sqrt(groups / (groups - 1) * float(sums @ sums))
        reach = 100.0 * error * student_quantile(OUTSIDE_BAND, groups - 1)
    return PathPoint(
        offset=offset,
        mean_pct=100.0 * mean,
        low_pct=None if reach is None else 100.0 * mean - reach,
        high_pct=None if reach is None else 100.0 * mean + reach,
        cases=int(known.sum()),
    )


def number_sessions(cases: Sequence[StudyCase]) -> Seconds:
    """The same number for cases of one session: of one event, or of several that met the market on one day."""
    _, numbers = np.unique([str(case.row.session) for case in cases], return_inverse=True)
    return numbers.astype(np.int64)


def run_tests(cases: Sequence[StudyCase], event_day: Floats, parameters: StudyParameters) -> StudyTests:
    """Every test on the cases that have what it needs: a score, or enough quiet days."""
    scored = [case for case in cases if case.row.t_stat is not None and case.fit is not None]
    scores = np.array([case.row.t_stat for case in scored], dtype=np.float64)
    degrees = np.array([case.fit.degrees for case in scored if case.fit], dtype=np.float64)
    quiet = _stack([case.quiet for case in scored], parameters.estimation).T
    correlation = correlation_by_session(quiet, number_sessions(scored))
    shared = correlation or 0.0
    ranked = _stack_days(cases, event_day, parameters)
    return StudyTests(
        patell=patell_test(scores, degrees),
        patell_correlated=correlated_patell_test(scores, degrees, shared),
        cross_section=cross_section_test(scores),
        cross_section_correlated=correlated_cross_section_test(scores, shared),
        rank=rank_test(ranked),
        sign=sign_test(ranked),
        signed_rank=signed_rank_test(event_day),
        correlation=correlation,
    )


def _stack_days(cases: Sequence[StudyCase], event_day: Floats, parameters: StudyParameters) -> Floats:
    """(days, cases): quiet abnormal returns with that of the event's session below, of cases with enough of them."""
    enough = np.array([case.quiet is not None for case in cases], dtype=bool)
    quiet = _stack([case.quiet for case in cases if case.quiet is not None], parameters.estimation)
    return np.vstack([quiet.T, event_day[enough]])


def _stack(rows: Sequence[Floats | None], width: int) -> Floats:
    found = [row for row in rows if row is not None]
    return np.stack(found) if found else np.empty((0, width))
