"""Read this first: one article's whole way, from JSON to the card that the market keeps up to date.

Everything here is a decision, so nothing runs but functions: no broker, no clock, no network. The same functions run
live (streams/) and in replay.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np

from config.alerting import load_authorities, load_policy
from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from config.stories import load_teller
from services.alerts.alert import Agreement, Alert, Silence, SilenceReason
from services.alerts.correlation import Correlation
from services.alerts.measuring import Measuring
from services.alerts.news_desk import NewsDesk
from services.alerts.slack_message import render
from services.market.prices.price_memory import InMemoryPriceBook
from services.market.prices.price_window import PriceSeries
from services.news.parsing import parse_article
from services.signals.reading import Reader
from services.signals.signal import PolicySignal, Stage, Tone

PUBLISHED = datetime(2023, 7, 13, 2, 30, tzinfo=UTC)  # 10:30 in Hong Kong, a Thursday
CATALOGUE, CALENDARS, POLICY = load_catalogue(), load_calendars(), load_policy()
ARTICLE = {
    "source": "Harbour Wire",
    "url": "https://news.example/probe-closed",
    "title": "China's market regulator closes antitrust probe into Meituan",
    "body": (
        "BEIJING - The State Administration for Market Regulation said on Thursday that it has closed its antitrust "
        "investigation into Meituan. The regulator said the company has completed its rectification, and that "
        "supervision will return to a normal footing. Meituan said it welcomed the decision."
    ),
    "published_at": PUBLISHED.isoformat(),
}


def read(article: dict[str, str], desk: NewsDesk) -> PolicySignal | Silence:
    received_at = PUBLISHED + timedelta(seconds=3)
    return desk.take(parse_article(json.dumps(article).encode(), received_at), received_at)


def make_tape(moved_by: float) -> InMemoryPriceBook:
    """An hour of quiet trading, then Meituan moves within a minute of publication while the index stands still."""
    book = InMemoryPriceBook(lambda _: CALENDARS["XHKG"])
    opened = int(PUBLISHED.timestamp()) - 3_600
    seconds = np.arange(opened, opened + 2 * 3_600)
    noise = np.random.default_rng(7).normal(0, 2e-5, (2, len(seconds))).cumsum(axis=1)
    move = np.clip((seconds - PUBLISHED.timestamp()) / 50, 0, 1) * moved_by
    volume = np.full(len(seconds), 100.0)
    book.append_series(PriceSeries("3690.HK", seconds, 127.3 * np.exp(noise[0] + move), volume))
    book.append_series(PriceSeries("HSI", seconds, 18_900 * np.exp(noise[1]), volume * 0))
    return book


def make_correlation(moved_by: float) -> Correlation:
    return Correlation(POLICY, Measuring(CATALOGUE, CALENDARS, make_tape(moved_by), POLICY))


def make_desk() -> NewsDesk:
    return NewsDesk(Reader(CATALOGUE), load_authorities(), load_teller())


def test_ending_a_probe_is_read_as_support_for_the_company_that_was_probed() -> None:
    """Hops 1 to 3: the burden's name is a bad word, its end is good news."""
    signal = read(ARTICLE, make_desk())
    assert isinstance(signal, PolicySignal)
    assert signal.tone is Tone.SUPPORTIVE
    assert signal.regulators == ("SAMR",)
    assert [exposure.instrument for exposure in signal.exposures] == ["3690.HK"]
    assert signal.stage in (Stage.RELIEF, Stage.COMPLETION)
    assert signal.evidence[0].sentence in ARTICLE["title"] + ARTICLE["body"]


def test_the_alert_is_raised_at_once_and_the_market_confirms_it_within_a_minute() -> None:
    """Hops 4 and 5: text first, then each horizon in event time."""
    correlation = make_correlation(moved_by=0.03)
    signal = read(ARTICLE, make_desk())
    assert isinstance(signal, PolicySignal)
    raised = correlation.on_signal(signal)
    assert isinstance(raised, Alert)
    assert (raised.revision, raised.agreement) == (1, Agreement.NOT_YET)
    after_one_minute = next(iter(correlation.on_tape(PUBLISHED + timedelta(minutes=1))))
    assert (after_one_minute.cause, after_one_minute.agreement) == ("after_1m", Agreement.CONFIRMED)
    assert after_one_minute.alert_id == raised.alert_id


def test_a_market_that_falls_contradicts_the_text() -> None:
    """Tone and price are separate facts; the card says when they disagree."""
    correlation = make_correlation(moved_by=-0.03)
    signal = read(ARTICLE, make_desk())
    assert isinstance(signal, PolicySignal)
    correlation.on_signal(signal)
    assert [alert.agreement for alert in correlation.on_tape(PUBLISHED + timedelta(minutes=5))][
        -1
    ] is Agreement.CONTRADICTED


def test_the_card_says_who_did_what_to_whom_and_shows_the_sentence() -> None:
    """Hop 7: what a reader sees in three seconds."""
    correlation = make_correlation(moved_by=0.03)
    signal = read(ARTICLE, make_desk())
    assert isinstance(signal, PolicySignal)
    alert = correlation.on_signal(signal)
    assert isinstance(alert, Alert)
    card = json.dumps(render(alert, CATALOGUE.names(), PUBLISHED + timedelta(seconds=4)), ensure_ascii=False)
    for shown in ("Supportive", "SAMR", "3690.HK", "closed its antitrust", alert.alert_id, "Not investment advice"):
        assert shown in card


def test_what_is_not_policy_ends_in_a_silence_with_a_reason() -> None:
    """A company's own ban is no regulator's: nobody is woken, and somebody can see why."""
    ban = {
        **ARTICLE,
        "title": "Bilibili bans spam accounts under its house rules",
        "body": "The video site said it has shut 300 accounts.",
    }
    silence = read(ban, make_desk())
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.IRRELEVANT
