"""The card: what it says in each situation, in which words, and what it refuses to claim."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.price_table import WIDTH, draw_horizons, draw_table, move_today
from services.alerts.slack_message import render
from services.alerts.slack_text import columns
from services.market.reaction import SessionState, Window
from services.signals.signal import Role, Tone
from streams.rendering.card_samples.sample_alerts import (
    MEITUAN,
    NAMES,
    PUBLISHED,
    TENCENT,
    Quote,
    expose,
    make_alert,
    make_signal,
)
from streams.rendering.card_samples.situations import SITUATIONS
from tests.golden.reading import assert_within_limits, words_of
from tests.golden.write import FOLDER, render_situation

NOW = PUBLISHED + timedelta(seconds=4)


def say(alert: Alert, **changes: Any) -> str:
    """The visible words of an alert's card, one string a line."""
    return "\n".join(words_of(render(alert, NAMES, NOW, **changes)))


# --- the golden cards -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_card_of_each_situation_is_the_reviewed_one(name: str) -> None:
    """A change of wording must be seen: write anew with ``python -m tests.golden.write`` and read the diff."""
    golden = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert render_situation(SITUATIONS[name]()) == golden


def test_every_golden_file_belongs_to_a_situation() -> None:
    """A file that no test reads would only look like a check."""
    assert {path.stem for path in Path(FOLDER).glob("*.json")} == set(SITUATIONS)


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_same_alert_gives_the_same_card(name: str) -> None:
    """A retry must send what was sent before."""
    situation = SITUATIONS[name]()
    assert json.dumps(render_situation(situation)) == json.dumps(render_situation(SITUATIONS[name]()))


@pytest.mark.parametrize("name", SITUATIONS)
def test_each_card_is_within_every_limit(name: str) -> None:
    """Slack refuses the whole message when one block is too long."""
    assert_within_limits(render_situation(SITUATIONS[name]()))


# --- what must be on the card -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tone", "score", "said"),
    [
        (Tone.SUPPORTIVE, 0.7, "▲ Supportive +0.70 (strong)"),
        (Tone.RESTRICTIVE, -0.4, "▼ Restrictive -0.40 (moderate)"),
        (Tone.NEUTRAL, 0.05, "◆ Neutral +0.05 (mild)"),
        (Tone.UNCLEAR, None, "? Unclear"),
    ],
)
@pytest.mark.parametrize("severity", Severity)
def test_severity_and_tone_lead_by_word_sign_and_shape(
    severity: Severity, tone: Tone, score: float | None, said: str
) -> None:
    """Readable without colour, in the first words of header and notification alike."""
    alert = make_alert([], NOW, make_signal(exposures=(), tone=tone, score=score), severity=severity)
    payload: Any = render(alert, NAMES, NOW)
    assert payload["blocks"][0]["text"]["text"].startswith(f"{severity.value.upper()} {said}")
    assert payload["text"].startswith(f"{severity.value.upper()} {said}")


def test_the_card_holds_everything_that_was_promised() -> None:
    """Headline, who, stage, evidence, prices, benchmark, verdict, times, delay, link, id and the disclaimer."""
    situation = SITUATIONS["supportive_confirmed"]()
    words = "\n".join(words_of(render_situation(situation)))
    for promised in (
        situation.alert.signal.headline,
        "State Council, NDRC (National Development and Reform Commission)",
        "meeting",
        "platform economy",
        *(evidence.sentence for evidence in situation.alert.signal.evidence),
        "349.80   +2.88   +1.87      +1.59   3.9",
        "benchmark HSI       +0.25",
        "✓ Market agrees (confirmed)",
        "basket of 2 abnormal +2.45 %, z 5.0 after 30 min, volume 3.2× usual",
        "Published 14:02:05 HKT, 13 Jul 2023 (06:02:05 UTC) → seen +3.1 s → scored +3.2 s → posted +4.0 s",
        "https://www.example.com/news/platform-symposium?id=7&lang=en",
        "alt_5e1f0c2a9b774d31",
        "Not investment advice",
        "Why sent: supportive +0.52",
        "Confidence 91 %",
        "Sample data: reconstructed prices",
    ):
        assert promised in words, promised


@pytest.mark.parametrize(
    ("agreement", "said"),
    [
        (Agreement.CONFIRMED, "Market agrees (confirmed)"),
        (Agreement.CONTRADICTED, "Market disagrees (contradicted)"),
        (Agreement.NOT_YET, "Not measured yet"),
        (Agreement.MOVED_BEFORE, "Moved before publication"),
        (Agreement.NO_PRICE, "No price to judge by"),
    ],
)
def test_each_verdict_is_said_in_words(agreement: Agreement, said: str) -> None:
    """A reader knows no enum."""
    alert = make_alert([Quote(exposure=TENCENT, price=347.0, previous_close=340.0)], NOW, agreement=agreement)
    assert said in say(alert)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (SessionState.LUNCH, "lunch break"),
        (SessionState.CLOSED, "market closed"),
        (SessionState.HALTED, "trading halted"),
        (SessionState.STALE, "stale quote"),
        (SessionState.NO_DATA, "no price data"),
    ],
)
@pytest.mark.parametrize("price", [None, 340.0])
def test_a_market_without_trades_is_said_in_words_and_never_as_zero(
    state: SessionState, said: str, price: float | None
) -> None:
    """0.00 % would claim that the market answered with indifference."""
    at = PUBLISHED - timedelta(minutes=10)
    quote = Quote(exposure=TENCENT, price=price, previous_close=340.0, state=state, price_at=at)
    words = say(make_alert([quote], NOW))
    assert said in words
    assert "0.00" not in words.replace("340.00", "")


def test_an_open_market_that_has_not_traded_since_says_so() -> None:
    """The last price is then older than the news."""
    quote = Quote(exposure=TENCENT, price=347.0, previous_close=340.0, price_at=PUBLISHED - timedelta(seconds=40))
    assert "no trade since publication" in say(make_alert([quote], NOW))


def test_a_move_of_nought_with_trades_behind_it_is_a_number() -> None:
    """Indifference after real trades is a fact."""
    quote = Quote(exposure=TENCENT, price=340.0, previous_close=340.0, moves={Window.SO_FAR: (0.0, 0.0, 0.0)})
    assert "340.00    0.00    0.00       0.00   0.0" in say(make_alert([quote], NOW))


def test_moves_before_a_halt_are_still_shown() -> None:
    """A stock that fell and was then halted did fall."""
    quote = Quote(
        exposure=TENCENT,
        price=300.0,
        previous_close=340.0,
        moves={Window.SO_FAR: (-0.11, 0.0, -9.0)},
        state=SessionState.HALTED,
        price_at=PUBLISHED + timedelta(seconds=2),
    )
    words = say(make_alert([quote], NOW))
    assert "-11.00" in words
    assert "trading halted, last 14:02 HKT" in words


def test_the_move_of_today_is_none_when_the_last_price_is_of_another_day() -> None:
    """A price of Friday against the close of Thursday is not a move of Monday."""
    quote = Quote(exposure=TENCENT, price=347.0, previous_close=340.0, price_at=PUBLISHED - timedelta(days=3))
    reaction, *_ = make_alert([quote], NOW).reactions
    assert move_today(reaction, NOW) is None
    assert move_today(replace(reaction, price_at=PUBLISHED), NOW) == pytest.approx(347.0 / 340.0 - 1.0)


def test_exposures_stand_by_role_relevance_and_move() -> None:
    """The named first, then the more relevant, then the one that moved more."""
    quotes = [
        Quote(exposure=expose("1.HK", "Sector Firm", Role.SECTOR, 99), price=1.0, previous_close=1.0),
        Quote(exposure=expose("2.HK", "Calm Firm", Role.DIRECT, 80), price=1.0, previous_close=1.0),
        Quote(
            exposure=expose("3.HK", "Moving Firm", Role.DIRECT, 80),
            price=1.0,
            previous_close=1.0,
            moves={Window.SO_FAR: (-0.05, 0.0, None)},
        ),
        Quote(exposure=expose("4.HK", "Main Firm", Role.DIRECT, 95), price=1.0, previous_close=1.0),
    ]
    table = draw_table(make_alert(quotes, NOW), NOW)
    places = [table.index(name) for name in ("Main Firm", "Moving Firm", "Calm Firm", "Sector Firm")]
    assert places == sorted(places)


def test_the_seventh_exposure_and_later_are_counted_by_name() -> None:
    """One event is one message; its table stays short."""
    situation = SITUATIONS["nine_exposures"]()
    table = draw_table(situation.alert, situation.now)
    assert "3 more: Bilibili, Baidu, Trip.com" in table
    assert "9626.HK" not in table


@pytest.mark.parametrize("name", SITUATIONS)
def test_no_line_of_a_table_is_wider_than_a_phone(name: str) -> None:
    """A wrapped line makes a table unreadable; Chinese characters count double."""
    situation = SITUATIONS[name]()
    tables = (draw_table(situation.alert, situation.now), draw_horizons(situation.alert))
    assert all(columns(line) <= WIDTH for table in tables for line in table.split("\n"))


def test_a_horizon_that_was_due_and_not_measurable_is_not_shown_as_still_to_come() -> None:
    """A dash promises a later number."""
    quotes = [
        Quote(exposure=TENCENT, price=347.0, previous_close=340.0, state=SessionState.HALTED),
        Quote(exposure=MEITUAN, price=131.0, previous_close=127.3, moves={Window.AFTER_1M: (0.01, 0.0, None)}),
    ]
    tencent = next(line for line in draw_horizons(make_alert(quotes, NOW)).split("\n") if line.startswith("Tencent"))
    assert tencent.split() == ["Tencent", "n/a", "–", "–", "–"]


def test_later_reports_are_numbered_with_their_time() -> None:
    """The second report of a story is an edit, not a message."""
    words = "\n".join(words_of(render_situation(SITUATIONS["three_reports"]())))
    assert "2nd report 14:03 HKT: " in words
    assert "Second Wire (en)" in words
    assert "3rd report 14:04 HKT: " in words


def test_reports_beyond_the_fourth_are_counted() -> None:
    """A story that everybody reprints must not push the prices off the screen."""
    alert = make_alert([], NOW, make_signal(exposures=()))
    more = tuple(replace(alert.reports[0], signal_id=f"sig-{n}", source=f"Wire {n}") for n in range(2, 10))
    words = say(replace(alert, reports=(*alert.reports, *more)))
    assert "and 4 more reports" in words
    assert "Wire 9" not in words


def test_a_late_message_says_that_it_is_late() -> None:
    """After an outage, old news must not look like fresh news."""
    alert = make_alert([], NOW, make_signal(exposures=()))
    assert "posted late" in say(alert, posted_at=PUBLISHED + timedelta(minutes=30))
    assert "late" not in say(alert)


def test_an_edit_does_not_invent_the_time_of_posting() -> None:
    """Only the first revision is posted at the moment of rendering."""
    alert = make_alert([], NOW, make_signal(exposures=()), revision=3, cause="after_5m")
    assert "posted" not in say(alert)
    assert "posted +4.0 s" in say(alert, posted_at=NOW)


def test_an_assumed_beta_is_admitted() -> None:
    """With little history the benchmark's move is taken off one to one."""
    quote = Quote(exposure=TENCENT, price=347.0, previous_close=340.0, moves={Window.SO_FAR: (0.01, 0.002, 1.0)})
    assert "β 1 assumed: short history" in say(make_alert([quote], NOW))
    assert "β 1 assumed" not in say(make_alert([replace(quote, beta=1.2)], NOW))


def test_new_york_names_are_told_in_new_york_time() -> None:
    """The reader trades by the clock of the exchange."""
    alert = make_alert([Quote(exposure=expose("BABA", "Alibaba"), price=90.0, previous_close=89.0)], NOW)
    assert "02:02:05 ET, 13 Jul 2023 (06:02:05 UTC)" in say(alert)
