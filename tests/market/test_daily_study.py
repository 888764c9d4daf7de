"""The event study on daily closes: published figures, statsmodels, planted reactions, and no look into the future."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy import stats

from services.market.reaction import NormalModel
from services.market.study.daily_prices import DailyPrices, find_calendar, returns_on
from services.market.study.daily_study import (
    StudyCase,
    StudyEvent,
    StudyParameters,
    find_session,
    measure_case,
    prepare_study,
    study_events,
)
from services.market.study.study_row import StudyState
from services.market.study.study_summary import find_mean_path, summarise_tones
from services.market.study.tail_probability import student_p

Floats = NDArray[np.float64]
CALENDAR = np.busday_offset("2022-01-03", np.arange(420), roll="forward")
EVENT = 300
"""Place of the event in the calendar."""


def day(place: int) -> date:
    return CALENDAR[place].item()


def prices(returns: Floats, name: str = "X", places: NDArray[np.int64] | None = None) -> DailyPrices:
    closes = 100.0 * np.cumprod(1.0 + returns)
    kept = np.arange(len(returns)) if places is None else places
    return DailyPrices.of_arrays(name, CALENDAR[kept], closes[kept])


def tape(seed: int = 1, names: int = 1, shared: float = 0.0) -> tuple[Floats, Floats]:
    """(returns (names, days), index returns) with beta 1.2, noise of 2 % a day."""
    chance = np.random.default_rng(seed)
    market = chance.normal(0.0003, 0.01, len(CALENDAR))
    noise = np.sqrt(shared) * chance.normal(0, 0.02, len(CALENDAR))
    noise = noise + np.sqrt(1 - shared) * chance.normal(0, 0.02, (names, len(CALENDAR)))
    return 0.0002 + 1.2 * market + noise, market


def event(place: int = EVENT, *names: str, name: str = "E1", tone: str = "restrictive") -> StudyEvent:
    return StudyEvent(event_id=name, day=day(place), tone=tone, instruments=names or ("X",))


def study_one(own: DailyPrices, index: DailyPrices | None, *more: StudyEvent) -> StudyCase:
    return study_events([event(), *more], [own], index)[0]


# The numbers of a row


@pytest.mark.parametrize(
    ("instrument", "before", "close", "published"),
    [("3690.HK", 127.3, 134.6, 5.73), ("9626.HK", 123.7, 133.0, 7.52), ("0700.HK", 340.0, 349.8, 2.88)],
)
def test_the_thirteenth_of_july_2023_gives_the_published_figures(
    instrument: str, before: float, close: float, published: float
) -> None:
    """Support for platform companies, announced on the evening of the 12th: close and change in per cent as the press
    printed them; the close before is the one that both imply."""
    own = DailyPrices.of_arrays(instrument, ["2023-07-12", "2023-07-13"], [before, close])
    news = StudyEvent(event_id="E", day=date(2023, 7, 13), tone="supportive", instruments=(instrument,))
    row = study_events([news], [own])[0].row
    assert row.return_pct is not None
    assert round(row.return_pct, 2) == published
    assert (row.session, row.state, row.abnormal_pct) == (date(2023, 7, 13), StudyState.NO_INDEX, None)


@pytest.mark.parametrize("seed", range(5))
def test_a_row_is_what_statsmodels_finds(seed: int) -> None:
    """Fitted by hand on the 250 sessions that end two before the event: beta, abnormal return and its t."""
    own, market = tape(seed)
    row = study_one(prices(own[0]), prices(market, "I")).row
    window = slice(EVENT - 251, EVENT - 1)
    model = sm.OLS(own[0][window], sm.add_constant(market[window])).fit()
    prediction = model.get_prediction(np.array([[1.0, market[EVENT]]]))
    abnormal = own[0][EVENT] - prediction.predicted_mean[0]
    assert row.return_pct == pytest.approx(100 * own[0][EVENT])
    assert row.index_return_pct == pytest.approx(100 * market[EVENT])
    assert row.abnormal_pct == pytest.approx(100 * (own[0][EVENT] - market[EVENT]))
    assert row.beta == pytest.approx(model.params[1])
    assert row.abnormal_beta_pct == pytest.approx(100 * abnormal)
    assert row.t_stat == pytest.approx(abnormal / prediction.se_obs[0])
    assert (row.estimation_days, row.state) == (250, StudyState.OK)


def test_days_of_other_events_and_the_days_after_estimate_nothing() -> None:
    """A policy day is not a normal day; the day after still answers. Other instruments' events change nothing."""
    own, market = tape()
    jumpy = own[0].copy()
    jumpy[[200, 201, 250, 251]] += 0.3
    events = event(200, name="E2"), event(250, name="E3", tone="supportive"), event(270, "Y", name="E4")
    quiet = study_one(prices(own[0]), prices(market, "I"), *events)
    loud = study_one(prices(jumpy), prices(market, "I"), *events)
    assert loud.row.beta == pytest.approx(quiet.row.beta)
    assert loud.row.t_stat == pytest.approx(quiet.row.t_stat)
    assert quiet.row.estimation_days == 246
    kept = np.setdiff1d(np.arange(EVENT - 251, EVENT - 1), [200, 201, 250, 251])
    model = sm.OLS(own[0][kept], sm.add_constant(market[kept])).fit()
    assert loud.row.beta == pytest.approx(model.params[1])


def test_parameters_move_the_window() -> None:
    """100 sessions that end five before the event."""
    own, market = tape()
    parameters = StudyParameters(estimation=100, gap=5)
    case = study_events([event()], [prices(own[0])], prices(market, "I"), parameters)[0]
    window = slice(EVENT - 104, EVENT - 4)
    model = sm.OLS(own[0][window], sm.add_constant(market[window])).fit()
    assert case.row.beta == pytest.approx(model.params[1])
    assert case.row.estimation_days == 100


# Sessions and states


def test_a_day_without_a_session_stands_for_the_next() -> None:
    """A Saturday's news is measured on Monday; past the end of the file there is nothing to measure."""
    saturday = np.datetime64("2023-02-25")
    place = find_session(saturday.item(), CALENDAR)
    assert place is not None
    assert day(place) == date(2023, 2, 27)
    assert find_session(date(2030, 1, 1), CALENDAR) is None
    assert find_session(None, CALENDAR) is None


def test_a_halted_instrument_was_not_traded_and_the_session_is_named() -> None:
    """No close that day: no return of zero, and not the next day's return under this day's name."""
    own, market = tape()
    halted = prices(own[0], places=np.setdiff1d(np.arange(420), [EVENT]))
    case = study_one(halted, prices(market, "I"))
    assert (case.row.state, case.row.session, case.row.return_pct) == (StudyState.NOT_TRADED, day(EVENT), None)
    assert case.path is None


def test_after_a_suspension_both_returns_span_it() -> None:
    """Four days without a close: the return since then stands against the index since then, not since yesterday."""
    own, market = tape()
    missing = np.arange(EVENT - 4, EVENT)
    case = study_one(prices(own[0], places=np.setdiff1d(np.arange(420), missing)), prices(market, "I"))
    span = slice(EVENT - 4, EVENT + 1)
    assert case.row.return_pct == pytest.approx(100 * (np.prod(1 + own[0][span]) - 1))
    assert case.row.index_return_pct == pytest.approx(100 * (np.prod(1 + market[span]) - 1))
    assert case.row.state is StudyState.OK
    assert case.row.estimation_days == 250 - 3


def test_models_fall_back_and_say_so() -> None:
    """Market model, else market-adjusted, else raw; the state and the model name it, the missing numbers are None."""
    own, market = tape()
    index = prices(market, "I")
    young = study_one(prices(own[0], places=np.arange(EVENT - 30, 420)), index)
    assert (young.model, young.row.state, young.row.estimation_days) == (
        NormalModel.MARKET_ADJUSTED,
        StudyState.SHORT_HISTORY,
        28,
    )
    assert young.row.abnormal_pct == pytest.approx(100 * (own[0][EVENT] - market[EVENT]))
    assert (young.row.beta, young.row.abnormal_beta_pct, young.row.t_stat, young.quiet) == (None, None, None, None)
    raw = study_one(prices(own[0]), None)
    assert (raw.model, raw.row.state, raw.row.abnormal_pct) == (NormalModel.RAW, StudyState.NO_INDEX, None)
    assert raw.path is not None
    assert raw.path[5] == pytest.approx(own[0][EVENT])
    thirty = study_one(prices(own[0], places=np.arange(EVENT - 32, 420)), index)
    assert (thirty.model, thirty.row.estimation_days) == (NormalModel.MARKET_MODEL, 30)


def test_an_index_without_the_day_before_leaves_the_raw_return() -> None:
    """The instrument's previous close is of a day that the index lacks: no index return is made up."""
    own, market = tape()
    case = study_one(prices(own[0]), prices(market, "I", places=np.setdiff1d(np.arange(420), [EVENT - 1])))
    assert (case.row.state, case.row.index_return_pct, case.model) == (StudyState.NO_INDEX, None, NormalModel.RAW)


def test_first_close_unknown_name_and_unknown_day_have_states() -> None:
    """Every row says why it has no numbers; a name given twice is one row."""
    own, market = tape()
    listed = prices(own[0], places=np.arange(EVENT, 420))
    events = [
        event(EVENT, "X", "NOBODY", "X"),
        StudyEvent(event_id="E2", day=None, tone="neutral", instruments=("X",)),
        StudyEvent(event_id="E3", day=date(2031, 1, 1), tone="neutral", instruments=("X",)),
    ]
    rows = [case.row for case in study_events(events, [listed], prices(market, "I"))]
    assert [(row.event_id, row.instrument, row.session, row.state) for row in rows] == [
        ("E1", "X", day(EVENT), StudyState.FIRST_CLOSE),
        ("E1", "NOBODY", day(EVENT), StudyState.UNKNOWN_INSTRUMENT),
        ("E2", "X", None, StudyState.NOT_TRADED),
        ("E3", "X", None, StudyState.NOT_TRADED),
    ]


def test_an_instrument_that_is_its_own_index_has_no_t() -> None:
    """Nothing is left over to compare with: None instead of infinity."""
    _, market = tape()
    row = study_one(prices(market), prices(market, "I")).row
    assert row.beta == pytest.approx(1.0)
    assert row.abnormal_beta_pct == pytest.approx(0.0, abs=1e-9)
    assert row.t_stat is None


# Prices


def test_prices_are_sorted_and_what_is_no_price_is_left_out() -> None:
    """Rows in any order, the last of one day wins; zero, negative and missing closes are days without a trade."""
    found = DailyPrices.of_arrays(
        "X",
        ["2023-01-05", "2023-01-03", "2023-01-04", "2023-01-03", "2023-01-06", "NaT"],
        [5.0, 3.0, 0.0, 3.5, np.nan, 9.0],
        [50, 30, 40, 35, 60, 90],
    )
    assert found.day.astype(str).tolist() == ["2023-01-03", "2023-01-05"]
    assert (found.close.tolist(), found.volume.tolist()) == ([3.5, 5.0], [35.0, 50.0])  # type: ignore[union-attr]


def test_without_an_index_any_price_makes_a_session() -> None:
    """The union of all days; no prices at all are no sessions."""
    one = DailyPrices.of_arrays("A", ["2023-01-03", "2023-01-05"], [1, 2])
    two = DailyPrices.of_arrays("B", ["2023-01-04"], [1])
    assert find_calendar([one, two], None).astype(str).tolist() == ["2023-01-03", "2023-01-04", "2023-01-05"]
    assert find_calendar([one, two], two).astype(str).tolist() == ["2023-01-04"]
    empty = DailyPrices.of_arrays("C", [], [])
    assert not len(find_calendar([empty], None))
    assert np.isnan(returns_on(one.day, empty, one).own).all()
    assert study_events([event(EVENT, "C")], [empty])[0].row.state is StudyState.NOT_TRADED


# No look ahead, invariances


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10), st.integers(0, 2**32 - 1))
def test_nothing_after_a_window_changes_it(last: int, seed: int) -> None:
    """Every price after the session ``last`` is replaced or gone: the row, and the path up to there, stay bit for bit."""
    own, market = tape()
    full = prices(own[0]), prices(market, "I")
    until = EVENT + last + 1
    later = np.random.default_rng(seed).normal(0, 0.2, (2, 420)).clip(-0.9)
    changed = [
        prices(np.r_[one[:until], new[until:]], name)
        for one, new, name in zip((own[0], market), later, "XI", strict=True)
    ]
    cut = [prices(own[0], places=np.arange(until)), prices(market, "I", places=np.arange(until))]
    expected = study_one(*full)
    for other in (study_one(*changed), study_one(*cut)):
        assert other.row == expected.row
        assert other.path is not None
        assert other.quiet is not None
        np.testing.assert_array_equal(other.path[: 6 + last], expected.path[: 6 + last])  # type: ignore[index]
        np.testing.assert_array_equal(other.quiet, expected.quiet)


def test_a_later_event_does_not_change_an_earlier_one() -> None:
    """Days of events are left out of windows before the next event, never after the fact."""
    own, market = tape()
    alone = study_one(prices(own[0]), prices(market, "I"))
    followed = study_one(prices(own[0]), prices(market, "I"), event(EVENT + 1, name="E2"), event(EVENT + 30, name="E3"))
    assert followed.row == alone.row


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 1_000), st.floats(0.01, 1_000))
def test_currency_and_scale_change_nothing(scale: float, index_scale: float) -> None:
    """Hong Kong dollars or cents, an index at 200 or 20,000."""
    own, market = tape()
    plain = prices(own[0]), prices(market, "I")
    scaled = [
        DailyPrices(one.instrument, one.day, one.close * by)
        for one, by in zip(plain, (scale, index_scale), strict=True)
    ]
    expected, found = study_one(*plain).row, study_one(*scaled).row
    for field in ("return_pct", "abnormal_pct", "beta", "abnormal_beta_pct", "t_stat"):
        assert getattr(found, field) == pytest.approx(getattr(expected, field), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_order_of_events_prices_and_rows_changes_nothing(seed: int) -> None:
    """Files are lists, not sequences."""
    own, market = tape(names=3)
    chance = np.random.default_rng(seed)
    tapes = [prices(one, name, chance.permutation(420)) for one, name in zip(own, "XYZ", strict=True)]
    events = [event(EVENT, "X", "Y"), event(EVENT - 40, "Y", "Z", name="E2"), event(EVENT - 41, "X", name="E3")]
    index = prices(market, "I")
    expected = {(case.row.event_id, case.row.instrument): case.row for case in study_events(events, tapes, index)}
    shuffled = study_events([events[place] for place in chance.permutation(3)], tapes[::-1], index)
    assert {(case.row.event_id, case.row.instrument): case.row for case in shuffled} == expected


# Planted reactions and false alarms


@settings(max_examples=30, deadline=None)
@given(st.floats(0.03, 0.2), st.sampled_from([-1, 1]), st.integers(0, 1_000))
def test_a_planted_reaction_comes_back_with_sign_size_and_p(size: float, sign: int, seed: int) -> None:
    """The abnormal return grows by exactly what was planted, and its t by that over the standard error."""
    own, market = tape(seed)
    planted = own[0].copy()
    planted[EVENT] += sign * size
    before, after = (study_one(prices(one), prices(market, "I")).row for one in (own[0], planted))
    assert after.abnormal_beta_pct - before.abnormal_beta_pct == pytest.approx(100 * sign * size)  # type: ignore[operator]
    assert after.beta == pytest.approx(before.beta)
    window = slice(EVENT - 251, EVENT - 1)
    model = sm.OLS(own[0][window], sm.add_constant(market[window])).fit()
    error = model.get_prediction(np.array([[1.0, market[EVENT]]])).se_obs[0]
    expected = (after.abnormal_beta_pct or 0.0) / 100 / error
    assert student_p(after.t_stat or 0.0, 248) == pytest.approx(2 * stats.t.sf(abs(expected), 248), rel=1e-6)


def study_many(reaction: float, shared: float = 0.0, tones: str = "restrictive") -> tuple[StudyCase, ...]:
    """Twelve events two weeks apart on four instruments, each answering with ``reaction``."""
    own, market = tape(seed=8, names=4, shared=shared)
    places = EVENT - 15 + 10 * np.arange(12)
    own[:, places] += reaction
    names = "ABCD"
    events = [event(int(place), *names, name=f"E{place}", tone=tones) for place in places]
    tapes = [prices(one, name) for one, name in zip(own, names, strict=True)]
    return study_events(events, tapes, prices(market, "I"))


@pytest.mark.parametrize("reaction", [-0.03, 0.03])
def test_a_tone_with_a_reaction_is_found_by_every_test(reaction: float) -> None:
    """Sign, size and p; nothing before the event, a step of the planted size at it, none after."""
    (summary,) = summarise_tones(study_many(reaction))
    assert (summary.events, summary.sessions, summary.cases, summary.missing) == (12, 12, 48, 0)
    assert summary.models == {NormalModel.MARKET_MODEL: 48}
    assert summary.mean_abnormal_pct == pytest.approx(100 * reaction, abs=0.7)
    tests = summary.tests
    for answer in (
        tests.patell,
        tests.patell_correlated,
        tests.cross_section,
        tests.cross_section_correlated,
        tests.rank,
        tests.sign,
        tests.signed_rank,
    ):
        assert answer is not None
        assert answer.p < 1e-3
        assert np.sign(answer.statistic) == np.sign(reaction)
        assert answer.n == 48
    by_offset = {point.offset: point for point in summary.path}
    assert list(by_offset) == list(range(-5, 11))
    assert by_offset[0].mean_pct - by_offset[-1].mean_pct == pytest.approx(summary.mean_abnormal_pct)
    before, after = by_offset[-1], by_offset[0]
    assert before.low_pct < 0 < before.high_pct  # type: ignore[operator]
    assert not after.low_pct <= 0 <= after.high_pct  # type: ignore[operator]


def test_cases_of_one_session_are_adjusted_by_what_they_share() -> None:
    """Four names a session that share 60 % of their noise: the correlation of all pairs is found, and p rises."""
    (summary,) = summarise_tones(study_many(0.012, shared=0.6))
    pairs_together = 12 * 6 / (48 * 47 / 2)
    assert summary.tests.correlation == pytest.approx(0.6 * pairs_together, abs=0.1 * pairs_together)
    assert summary.tests.patell_correlated.p > summary.tests.patell.p  # type: ignore[union-attr]
    assert summary.tests.cross_section_correlated.p > summary.tests.cross_section.p  # type: ignore[union-attr]


def test_ten_thousand_quiet_windows_alarm_at_the_stated_rate() -> None:
    """A martingale tape through the whole study: t beyond its 5 % point one time in twenty, and zero on average."""
    chance = np.random.default_rng(23)
    length = 1_300
    calendar = np.busday_offset("2015-01-05", np.arange(length), roll="forward")
    market = chance.normal(0, 0.01, length)
    own = 0.9 * market + chance.normal(0, 0.02, (10, length))
    tapes = [DailyPrices.of_arrays(str(number), calendar, 50 * np.cumprod(1 + one)) for number, one in enumerate(own)]
    # One study per day and ten names: a day of another event would empty the estimation windows of the next.
    index = DailyPrices.of_arrays("I", calendar, 50 * np.cumprod(1 + market))
    names = tuple(str(number) for number in range(10))
    scores = np.array([case.row.t_stat for case in quiet_cases(calendar[300:], names, tapes, index)])
    assert len(scores) == 10_000
    limit = stats.t.isf(0.025, 248)
    low, high = stats.binom.interval(0.9999, len(scores), 0.05)
    assert low <= np.count_nonzero(np.abs(scores) > limit) <= high
    assert abs(scores.mean()) < 4 / np.sqrt(len(scores))


def quiet_cases(
    days: NDArray[np.datetime64], names: tuple[str, ...], tapes: list[DailyPrices], index: DailyPrices
) -> list[StudyCase]:
    """Each day studied as if it were the only event."""
    parameters = StudyParameters()
    first = StudyEvent(event_id="E", day=days[0].item(), tone="neutral", instruments=names)
    study = prepare_study([first], tapes, index, parameters)
    study = replace(study, event_days={})
    return [measure_case(study, replace(first, day=one.item()), name) for one in days for name in names]


# The mean path


def test_bands_are_those_of_statsmodels_clustered_errors() -> None:
    """Mean cumulative abnormal return with errors clustered by session, and Student's factor for twelve of them."""
    cases = study_many(0.02, shared=0.5)
    (summary,) = summarise_tones(cases)
    cumulated = np.cumsum([case.path for case in cases], axis=1)
    groups = np.repeat(np.arange(12), 4)
    for column, point in enumerate(summary.path):
        model = sm.OLS(cumulated[:, column], np.ones(48)).fit(cov_type="cluster", cov_kwds={"groups": groups})
        reach = stats.t.isf(0.025, 11) * model.bse[0]
        assert point.mean_pct == pytest.approx(100 * model.params[0])
        assert point.high_pct == pytest.approx(100 * (model.params[0] + reach))
        assert point.low_pct == pytest.approx(100 * (model.params[0] - reach))


def test_a_case_that_ends_early_does_not_make_the_mean_jump() -> None:
    """The loudest case has no last day: the path goes on from where the mean was, by the mean of the others."""
    paths = np.array([[0.0, 0.01, 0.0], [0.0, 0.30, np.nan], [0.0, 0.02, 0.01]])
    found = find_mean_path(paths, np.arange(3), range(-1, 2))
    assert [point.mean_pct for point in found] == pytest.approx([0.0, 11.0, 11.5])
    assert [point.cases for point in found] == [3, 3, 2]


def test_one_session_has_a_path_without_a_band() -> None:
    """Forty names on one day are one event: the spread between sessions is unknown."""
    paths = np.random.default_rng(1).normal(0, 0.01, (40, 3))
    found = find_mean_path(paths, np.zeros(40, dtype=np.int64), range(-1, 2))
    assert [(point.low_pct, point.high_pct) for point in found] == [(None, None)] * 3


def test_the_band_holds_the_truth_at_the_stated_rate() -> None:
    """2,000 studies of six sessions with three names that share half their noise: 95 % of bands hold zero."""
    chance = np.random.default_rng(12)
    clusters = np.repeat(np.arange(6), 3)
    held = 0
    for _ in range(2_000):
        shared = chance.normal(0, 0.01, (6, 1)).repeat(3, axis=0)
        (point,) = find_mean_path(shared + chance.normal(0, 0.01, (18, 1)), clusters, range(1))
        held += point.low_pct <= 0 <= point.high_pct  # type: ignore[operator]
    low, high = stats.binom.interval(0.9999, 2_000, 0.95)
    assert low <= held <= high


def test_tones_without_a_measured_case_are_counted_and_have_no_numbers() -> None:
    """Poor data end in None, never in NaN or a warning."""
    own, market = tape()
    unknown = event(EVENT, "NOBODY", tone="supportive", name="E2")
    supportive, restrictive = summarise_tones(study_events([unknown, event()], [prices(own[0])], prices(market, "I")))
    assert (supportive.tone, supportive.cases, supportive.missing, supportive.path) == ("supportive", 0, 1, ())
    assert supportive.mean_abnormal_pct is None
    assert supportive.tests.rank is None
    assert (restrictive.cases, restrictive.tests.cross_section) == (1, None)
    assert restrictive.tests.patell is not None
    assert restrictive.tests.correlation is None
    assert summarise_tones([]) == ()


def test_mirrored_prices_mirror_the_summary() -> None:
    """Abnormal returns with the other sign: the same p everywhere."""
    own, market = tape(names=2)
    events = [event(EVENT, "X", "Y"), event(EVENT - 40, "X", "Y", name="E2")]
    up, down = (
        summarise_tones(study_events(events, [prices(s * own[0]), prices(s * own[1], "Y")], prices(s * market, "I")))[0]
        for s in (1, -1)
    )
    assert down.mean_abnormal_pct == pytest.approx(-up.mean_abnormal_pct)  # type: ignore[operator]
    for name in ("patell", "cross_section_correlated", "rank", "sign", "signed_rank"):
        one, other = getattr(up.tests, name), getattr(down.tests, name)
        assert (other.statistic, other.p) == pytest.approx((-one.statistic, one.p), abs=1e-9)
