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
        Quote(exposure=TENCENT, price=347.0, previous_close=340.0),
        Quote(exposure=MEITUAN, price=131.0, previous_close=127.3, moves={Window.AFTER_1M: (0.01, 0.0, None)}),
    ]
    assert horizons_of("Tencent", make_alert(quotes, NOW)) == "n/a – – –"


def horizons_of(name: str, alert: Alert) -> str:
    """The row of an instrument in the table of horizons, behind its name."""
    row = next(line for line in draw_horizons(alert).split("\n") if line.startswith(name))
    return " ".join(row.removeprefix(name).split())


@pytest.mark.parametrize(
    ("state", "price", "said"),
    [
        (SessionState.NO_DATA, None, "no price data"),
        (SessionState.OPEN, None, "no price data"),
        (SessionState.HALTED, 347.0, "trading halted"),
        (SessionState.STALE, 347.0, "stale quote"),
        (SessionState.CLOSED, 347.0, "from the next open"),
        (SessionState.LUNCH, 347.0, "from the end of lunch"),
    ],
)
def test_an_instrument_that_nobody_can_trade_has_no_dashes_in_the_table_of_horizons(
    state: SessionState, price: float | None, said: str
) -> None:
    """Four dashes promise four numbers, and an empty table leaves the reader to guess."""
    at = PUBLISHED - timedelta(minutes=10)
    quote = Quote(exposure=TENCENT, price=price, previous_close=340.0, state=state, price_at=at)
    assert horizons_of("Tencent", make_alert([quote], NOW)) == said
    # Beside one that is measured, too; by then nothing is promised for the next open.
    other = Quote(exposure=MEITUAN, price=131.0, previous_close=127.3, moves={Window.AFTER_1M: (0.01, 0.0, None)})
    words = {SessionState.CLOSED: "market closed", SessionState.LUNCH: "lunch break"}.get(state, said)
    assert horizons_of("Tencent", make_alert([quote, other], NOW)) == words


def test_an_event_whose_prices_are_all_missing_says_so_in_each_row() -> None:
    """As for a company without a feed."""
    exposures = (TENCENT, MEITUAN)
    alert = make_alert([], NOW, make_signal(exposures=exposures), agreement=Agreement.NO_PRICE)
    assert [horizons_of(one.name, alert) for one in exposures] == ["no price data"] * 2


def test_a_fresh_card_of_an_open_market_promises_its_first_numbers() -> None:
    """One short row for all: the prices stand in the table above it."""
    alert = make_alert([Quote(exposure=TENCENT, price=347.0, previous_close=340.0)], NOW)
    assert horizons_of("not yet", alert) == "– – – –"


def test_moves_before_a_halt_keep_their_horizons() -> None:
    """What was measured stands, whatever became of the market since."""
    moves = {Window.AFTER_1M: (-0.04, 0.0, -5.0)}
    quote = Quote(exposure=TENCENT, price=326.0, previous_close=340.0, moves=moves, state=SessionState.HALTED)
    assert horizons_of("Tencent", make_alert([quote], NOW)) == "-4.00 – – –"


def test_a_stale_quote_says_how_old_it_is() -> None:
    """A clock time alone makes the reader count."""
    at = NOW - timedelta(minutes=18, seconds=30)
    quote = Quote(exposure=TENCENT, price=347.0, previous_close=340.0, state=SessionState.STALE, price_at=at)
    assert "  stale, 18 min old, last 13:" in draw_table(make_alert([quote], NOW), NOW)
    old = replace(quote, price_at=NOW - timedelta(days=5))
    assert "  stale, 5 d old, last 8 Jul 14:02 HKT" in draw_table(make_alert([old], NOW), NOW)


def test_a_denial_by_a_known_source_is_the_first_word_of_the_card() -> None:
    """Who reads only three seconds must not sell on a rumour that its regulator has denied."""
    situation = SITUATIONS["denied_rumour"]()
    payload = render_situation(situation)
    assert payload["blocks"][0]["text"]["text"].startswith("DENIED · UNCONFIRMED · URGENT ▼")
    assert payload["text"].startswith("DENIED · ")
    first, denial = situation.alert.reports
    strange = replace(situation.alert, reports=(first, replace(denial, source_class="aggregator")))
    # Anybody can put a denial on a page: it stands on the card, and not before everything else.
    assert not say(strange).startswith("DENIED")
    assert "*Denied:*" in say(strange)


def test_late_news_in_a_brief_says_when_it_was_published() -> None:
    """A reader must not take it for what happens now."""
    words = "\n".join(words_of(render_situation(SITUATIONS["late_in_a_brief"]())))
    assert words.count("late: published 13 Jul 14:02 HKT") == 2


def test_the_second_route_and_a_retraction_stand_above_all_else_of_the_card() -> None:
    """They decide whether the rest is for the reader, and whether it is true."""
    for name, said in (
        ("second_route", "Second route: this is for the channel desk"),
        ("retracted", "*Retracted 14:11"),
    ):
        _, second, *_ = render_situation(SITUATIONS[name]())["blocks"]
        assert said in "\n".join(words_of(second))


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
