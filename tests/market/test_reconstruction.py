"""The reconstructed tape: published prices to the cent, an exchange's hours and steps, the same ticks every time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from config.exchanges import load_calendars
from config.sample_day import load_tape
from services.market.reaction import SessionState
from services.market.sample.reconstruction import LABEL, Tape, price_steps, reconstruct, write_rows
from services.market.sample.tape_parameters import Hours, TapeDay, TapeInstrument, TapeParameters, TapeReaction
from services.market.ticks.ticks import parse_tick

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
PUBLISHED = {
    "HSI": ("18860.95", "19350.62", "2.60"),
    "0700.HK": ("340.0", "349.8", "2.88"),
    "3690.HK": ("127.3", "134.6", "5.73"),
    "9626.HK": ("123.7", "133.0", "7.52"),
}
MIDNIGHT = datetime(2023, 7, 13, tzinfo=HONG_KONG)


@pytest.fixture(scope="module")
def tape() -> Tape:
    """The sample day's tape, built once."""
    return reconstruct(load_tape())


def test_published_closes_are_the_last_prices_of_both_days_to_the_cent(tape: Tape) -> None:
    """The origin story's figures must be on the card exactly as newspapers printed them."""
    for name, (before, after, move) in PUBLISHED.items():
        ticks = tape.of(name)
        first_day = ticks.between(0, milliseconds(MIDNIGHT))
        last_day = ticks.between(milliseconds(MIDNIGHT), 2**62)
        closes = Decimal(repr(float(first_day.price[-1]))), Decimal(repr(float(last_day.price[-1])))
        assert closes == (Decimal(before), Decimal(after)), name
        assert round((closes[1] / closes[0] - 1) * 100, 2) == Decimal(move), name


def test_every_instrument_opens_and_closes_at_its_given_prices(tape: Tape) -> None:
    """The bridge is pinned at both ends, illustrative names included."""
    parameters = load_tape()
    for entry in parameters.instruments:
        for number, day in enumerate(parameters.days):
            midnight = datetime.combine(day.day, time(), tzinfo=HONG_KONG)
            ticks = tape.of(entry.instrument).between(
                milliseconds(midnight), milliseconds(midnight + timedelta(days=1))
            )
            assert (ticks.price[0], ticks.price[-1]) == (entry.opens[number], entry.closes[number + 1])


def test_ticks_fall_into_continuous_trading_or_into_one_of_two_auction_prints(tape: Tape) -> None:
    """No tick at lunch, before 09:20 or after the closing auction; judged by the exchange calendar, not by the tape."""
    calendar = load_calendars()["XHKG"]
    auctions = {time(9, 20, 30), time(16, 8, 30)}
    for second in np.unique(tape.traded_at_ms // 1_000).tolist():
        at = datetime.fromtimestamp(second, UTC)
        if calendar.session_state(at) is not SessionState.OPEN:
            assert at.astimezone(HONG_KONG).time() in auctions


def test_every_instrument_trades_each_second_of_the_13th_and_every_five_of_the_12th(tape: Tape) -> None:
    """One tick a second on the day itself: 19,800 seconds of trading and two auctions."""
    for name in tape.instruments:
        seconds = tape.of(name).traded_at_ms // 1_000
        assert np.count_nonzero(seconds >= MIDNIGHT.timestamp()) == len(set(seconds[seconds >= MIDNIGHT.timestamp()]))
        assert np.count_nonzero(seconds >= MIDNIGHT.timestamp()) == 19_800 + 2
        assert np.count_nonzero(seconds < MIDNIGHT.timestamp()) == 19_800 // 5 + 2


def test_time_and_sequence_never_go_back(tape: Tape) -> None:
    """Whoever replays the tape iterates it once, forwards."""
    assert np.all(np.diff(tape.traded_at_ms) >= 0)
    assert tape.sequence.tolist() == list(range(len(tape)))


def test_prices_are_positive_and_on_the_price_steps_of_2023(tape: Tape) -> None:
    """A share at 134.6 moves in steps of 0.1; a price between steps could not have been traded."""
    assert np.all(tape.price > 0)
    for name in tape.instruments:
        price = tape.of(name).price
        steps = np.full_like(price, 0.01) if name == "HSI" else price_steps(price)
        assert np.allclose(price / steps, np.round(price / steps), rtol=0, atol=1e-6), name


def test_volumes_are_whole_board_lots_and_the_index_has_none(tape: Tape) -> None:
    """Nobody trades 37 shares in a board lot of 100."""
    for entry in load_tape().instruments:
        volume = tape.of(entry.instrument).volume
        assert np.all(volume % entry.lot == 0)
        assert np.all(volume == 0) if entry.instrument == "HSI" else np.all(volume >= entry.lot)


def test_volume_is_u_shaped(tape: Tape) -> None:
    """Trading is busiest after the open and before the close; HSBC has no news, so only the shape shows."""
    ticks = tape.of("0005.HK")

    def half_hour(hour: int, minute: int) -> int:
        start = milliseconds(MIDNIGHT.replace(hour=hour, minute=minute))
        return int(ticks.between(start, start + 30 * 60_000).volume.sum())

    assert half_hour(9, 30) > 1.5 * half_hour(13, 0) < half_hour(15, 30)


def test_two_runs_give_the_same_tape_and_another_seed_another_one(tape: Tape) -> None:
    """A sample day that differs from run to run would make every figure in the README a lie."""
    again, other = reconstruct(load_tape()), reconstruct(replace(load_tape(), seed=1))
    for column in ("code", "traded_at_ms", "price", "volume"):
        assert np.array_equal(getattr(tape, column), getattr(again, column))
    assert not np.array_equal(tape.price, other.price)


def test_leaving_out_one_name_changes_no_other(tape: Tape) -> None:
    """Each name has its own random stream."""
    parameters = load_tape()
    fewer = replace(
        parameters,
        instruments=tuple(entry for entry in parameters.instruments if entry.instrument != "0883.HK"),
    )
    for name in ("HSI", "0700.HK", "9961.HK"):
        assert np.array_equal(reconstruct(fewer).of(name).price, tape.of(name).price)


def test_capped_commissions_move_their_target_beyond_noise_and_nobody_else(tape: Tape) -> None:
    """The restrictive story of 10:05 must be visible on the tape: abnormal five minutes against those of the 12th."""
    heard_at = MIDNIGHT.replace(hour=10, minute=5, second=3)
    market = move_between(tape, "HSI", heard_at, heard_at + timedelta(minutes=5))
    strength = {}
    for entry in load_tape().instruments:
        usual = minute_returns(tape, entry.instrument, 5) - entry.beta * minute_returns(tape, "HSI", 5)
        abnormal = move_between(tape, entry.instrument, heard_at, heard_at + timedelta(minutes=5)) - entry.beta * market
        strength[entry.instrument] = abnormal / float(usual.std()) if entry.instrument != "HSI" else 0.0
    assert strength.pop("9961.HK") < -6
    assert max(abs(value) for value in strength.values()) < 3


def test_news_of_the_lunch_break_is_answered_when_trading_resumes(tape: Tape) -> None:
    """Licences of 12:20 find a closed market; the first five minutes after 13:00 answer."""
    lunch, reopened = MIDNIGHT.replace(hour=12), MIDNIGHT.replace(hour=13)
    answer = move_between(tape, "9999.HK", lunch, reopened + timedelta(minutes=5))
    assert answer > 4 * five_minute_noise(tape, "9999.HK")
    assert abs(move_between(tape, "0005.HK", lunch, reopened + timedelta(minutes=5))) < answer / 3


def test_the_quiet_day_gives_back_the_betas_it_was_made_with(tape: Tape) -> None:
    """The 12th is the estimation window of the event study: least squares on its minutes must find the market model."""
    index = minute_returns(tape, "HSI")
    for entry in load_tape().instruments:
        if entry.instrument in ("0700.HK", "3690.HK", "9988.HK"):
            own = minute_returns(tape, entry.instrument)
            beta = float(np.cov(own, index)[0, 1] / index.var(ddof=1))
            assert beta == pytest.approx(entry.beta, abs=0.25), entry.instrument


def test_rows_are_what_a_tick_source_sends(tape: Tape) -> None:
    """Every row passes the reader of real ticks and comes out as it stands in the tape."""
    piece = tape.between(milliseconds(MIDNIGHT.replace(hour=15, minute=59, second=50)), 2**62)
    written = list(write_rows(piece))
    now = datetime(2023, 7, 14, tzinfo=UTC)
    names = ("instrument", "traded_at", "price", "volume")
    ticks = [parse_tick(dict(zip(names, row, strict=True)), now) for row in written]
    assert [milliseconds(tick.traded_at) for tick in ticks] == piece.traded_at_ms.tolist()
    assert [tick.price for tick in ticks] == piece.price.tolist()
    assert {tick.instrument for tick in ticks} == set(tape.instruments)


def test_price_steps_change_at_the_bounds_of_the_spread_table() -> None:
    """The step belongs to the band that a price opens, not to the one that it ends."""
    prices = np.array([0.249, 0.25, 9.99, 10.0, 99.95, 100.0, 199.9, 200.0, 500.0, 5_000.0])
    assert price_steps(prices).tolist() == [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.1, 0.2, 0.5, 5.0]


def test_the_label_says_reconstructed() -> None:
    """The word that goes onto every card of the sample day."""
    assert load_tape().label == LABEL
    assert "reconstructed" in LABEL


@settings(max_examples=30, deadline=None)
@given(
    closes=st.tuples(st.integers(1, 4_000), st.integers(1, 4_000)),
    model=st.tuples(st.floats(-2, 3), st.floats(0, 50)),
    answer=st.tuples(st.floats(-0.5, 0.5), st.floats(0, 1)),
    known_at=st.integers(0, 86_399),
    seed=st.integers(0, 2**32),
)
def test_any_parameters_give_pinned_positive_prices_on_their_steps(
    closes: tuple[int, int], model: tuple[float, float], answer: tuple[float, float], known_at: int, seed: int
) -> None:
    """Whatever people write into tape.toml: ends as given, everything between tradable, nothing at lunch."""
    before, after = (float(lots) / 20 for lots in closes)
    at, (move, at_once), (beta, noise) = MIDNIGHT + timedelta(seconds=known_at), answer, model
    reaction = TapeReaction(at=at, moves={"ONE": move}, half_life=5.0, at_once=at_once, busier=3.0)
    one = TapeInstrument(
        instrument="ONE",
        name="One",
        closes=(before, after),
        opens=(before,),
        beta=beta,
        noise=noise,
        shares=1e6,
        lot=10,
    )
    tape = reconstruct(small_day(one, reaction, seed)).of("ONE")
    assert (tape.price[0], tape.price[-1]) == (before, after)
    traded = tape.price[1:-1]
    assert np.all(traded > 0)
    assert np.allclose(traded / price_steps(traded), np.round(traded / price_steps(traded)), rtol=0, atol=1e-5)
    seconds = (tape.traded_at_ms // 1_000 - int(MIDNIGHT.timestamp())).tolist()
    assert not [second for second in seconds if 12 * 3600 <= second < 13 * 3600]
    assert np.all(tape.volume >= 10)


def small_day(one: TapeInstrument, reaction: TapeReaction, seed: int) -> TapeParameters:
    """A day of one index and one name with a tick a minute."""
    hours = Hours(
        opening_print=time(9, 20),
        opens=time(9, 30),
        lunch_from=time(12),
        lunch_to=time(13),
        closes=time(16),
        closing_print=time(16, 8),
    )
    index = TapeInstrument(instrument="INDEX", name="Index", closes=(100.0, 102.0), opens=(101.0,))
    return TapeParameters(
        label=LABEL,
        seed=seed,
        timezone="Asia/Hong_Kong",
        benchmark="INDEX",
        hours=hours,
        days=(TapeDay(day=MIDNIGHT.date(), seconds_per_tick=60, index_noise=4.0),),
        instruments=(index, one),
        reactions=(reaction,),
    )


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970 UTC."""
    return round(at.timestamp() * 1_000)


def price_at(tape: Tape, name: str, at: datetime) -> float:
    """Last price before ``at``."""
    return float(tape.of(name).between(0, milliseconds(at)).price[-1])


def move_between(tape: Tape, name: str, start: datetime, end: datetime) -> float:
    """Log return."""
    return float(np.log(price_at(tape, name, end) / price_at(tape, name, start)))


def minute_returns(tape: Tape, name: str, minutes: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Log returns from mark to mark over both halves of 12 July."""
    ticks, day = tape.of(name), MIDNIGHT - timedelta(days=1)
    parts = []
    for start, end in ((9.5, 12), (13, 16)):
        marks = np.arange(day.timestamp() + start * 3600, day.timestamp() + end * 3600 + 1, 60 * minutes) * 1_000
        parts.append(np.diff(np.log(ticks.price[np.searchsorted(ticks.traded_at_ms, marks) - 1])))
    return np.concatenate(parts)


def five_minute_noise(tape: Tape, name: str) -> float:
    """Standard deviation of five-minute returns of the quiet day."""
    return float(minute_returns(tape, name, 5).std())
