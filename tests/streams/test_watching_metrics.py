"""What the dashboards ask for is counted where it happens: backlog, heartbeat, tone, exchanges, answers, one process each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY, generate_latest

from config.catalogue import load_catalogue
from config.stories import load_teller
from config.tone_model import load_reader
from services.alerts.alert import Agreement, Alert, Severity
from services.market.bars.bar_making import BarColumns
from services.market.reaction import Reaction, Window
from services.news.article import Article
from services.stories.story_memory import Limits, StoryMemory
from streams import metrics
from streams.broker.backlog import Backlog
from streams.broker.kafka import Record
from streams.correlator import _count_answer
from streams.watching import desk_metrics
from streams.watching.build_info import CONFIG, digest_of, find_model, show_build
from streams.watching.exchange_gauges import SHOWN_INSTRUMENTS, ExchangeGauges
from streams.watching.latest_alerts import LatestAlerts
from streams.watching.served_metrics import ONLY_OF, ServedMetrics
from streams.watching.tone_gauges import SHOWN_REGULATORS, ToneGauges
from tests.alerts.alert_samples import PUBLISHED, make_exposure, make_reaction, make_signal

SECTORS = tuple(load_catalogue().sectors)
NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
"""A Wednesday at eleven in Hong Kong: its exchange trades, New York's does not."""


def value_of(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def record(offset: int, seconds_ago: float, partition: int = 0) -> Record:
    timestamp_ms = int((NOW.timestamp() - seconds_ago) * 1000)
    return Record(topic="t", partition=partition, offset=offset, key=None, value=b"", timestamp_ms=timestamp_ms)


def alert(cause: str, *reactions: Reaction) -> Alert:
    return Alert(
        alert_id="alt_1",
        revision=1,
        cause=cause,
        severity=Severity.ALERT,
        agreement=Agreement.CONFIRMED,
        signal=make_signal(),
        reports=(),
        reactions=reactions,
        measured=(),
        reasons=(),
        raised_at=PUBLISHED,
        revised_at=PUBLISHED,
    )


def test_a_process_that_is_behind_says_so_in_records_and_in_seconds() -> None:
    """A thousand records are nothing for ticks and a catastrophe for alerts: seconds compare."""
    backlog = Backlog(lambda: NOW)
    backlog.forget_all()
    backlog.fetched([record(0, 90.0)])
    backlog.done(record(0, 90.0))
    backlog.fetched([record(1, 80.0)])
    backlog.show("t", {0: 7})
    assert value_of("policy_signals_lag_messages", topic="t", partition="0") == 7
    assert value_of("policy_signals_lag_seconds", topic="t", partition="0") == pytest.approx(90.0)
    assert value_of("policy_signals_oldest_unprocessed_seconds") == pytest.approx(80.0)


def test_a_process_that_has_caught_up_has_no_lag_however_old_the_last_record_is() -> None:
    """No news for a night is not a backlog."""
    backlog = Backlog(lambda: NOW)
    backlog.fetched([record(0, 9_000.0)])
    backlog.done(record(0, 9_000.0))
    backlog.show("t", {0: 0})
    assert value_of("policy_signals_lag_seconds", topic="t", partition="0") == 0
    assert value_of("policy_signals_oldest_unprocessed_seconds") == 0


def test_a_partition_that_went_to_another_member_is_no_longer_reported() -> None:
    """Two processes reporting one partition would add up to a lag that nobody has."""
    backlog = Backlog(lambda: NOW)
    backlog.show("t", {3: 5})
    backlog.forget_all()
    assert value_of("policy_signals_lag_messages", topic="t", partition="3") is None


def test_the_heart_beats_without_records() -> None:
    """A quiet night and a dead loop must look different."""
    Backlog(lambda: NOW).beat()
    assert value_of("policy_signals_heartbeat_timestamp_seconds") == NOW.timestamp()


def test_every_sector_has_a_tone_from_the_start_and_a_signal_moves_its_own() -> None:
    """A fresh install shows flat lines, not an empty panel."""
    gauges = ToneGauges(lambda: PUBLISHED)
    assert value_of("policy_signals_sector_tone_index", sector="games") == 0
    gauges.add(make_signal(sectors=("games",), score=-1.0, confidence=1.0, received_at=PUBLISHED))
    gauges._show()
    assert value_of("policy_signals_sector_tone_index", sector="games") == pytest.approx(-0.5)
    assert value_of("policy_signals_sector_tone_index", sector="banks") == 0
    assert value_of("policy_signals_sector_news_heat_ratio", sector="banks") == 1
    assert value_of("policy_signals_regulator_tone_index", regulator="SAMR") == pytest.approx(-0.5)


def test_hostile_names_make_no_series() -> None:
    """Labels come from the catalogue; a record with other names counts for other."""
    gauges = ToneGauges(lambda: PUBLISHED)
    for number in range(1_000):
        gauges.add(make_signal(sectors=(f"s{number}",), regulators=(f"r{number}",), received_at=PUBLISHED))
    gauges._show()
    shown = {sample.labels["regulator"] for sample in next(iter(desk_metrics.REGULATOR_TONE_INDEX.collect())).samples}
    assert len(shown) <= SHOWN_REGULATORS + 1
    assert (value_of("policy_signals_regulator_news_weight", regulator="other") or 0.0) > 100


def test_exchanges_show_whether_they_trade_and_how_fresh_their_prices_are() -> None:
    """An alarm about old prices must know that the exchange is open."""
    gauges = ExchangeGauges(lambda: NOW)
    assert value_of("policy_signals_exchange_open", exchange="XHKG") == 1
    assert value_of("policy_signals_exchange_open", exchange="XNYS") == 0
    assert value_of("policy_signals_last_bar_timestamp_seconds", exchange="XHKG") == 0
    whole, prices = np.array([0, 0, 1]), np.ones(3)
    bars = BarColumns(
        ("0700.HK", "unknown"), whole, whole + 1_700_000_000, *[prices] * 4, prices, prices, whole, whole * 0
    )
    look_at(gauges, bars)
    assert value_of("policy_signals_last_bar_timestamp_seconds", exchange="XHKG") == 1_700_000_000
    assert value_of("policy_signals_last_bar_timestamp_seconds", exchange="XNYS") == 0


def bars_of(instruments: Sequence[str], seconds_ago: float) -> BarColumns:
    """One bar of each."""
    codes, prices = np.arange(len(instruments)), np.ones(len(instruments))
    second = np.full(len(instruments), int(NOW.timestamp() - seconds_ago))
    return BarColumns(tuple(instruments), codes, second, *[prices] * 6, codes, codes * 0)


def look_at(gauges: ExchangeGauges, bars: BarColumns) -> None:
    """As a process does, without its pause."""
    gauges.note(bars)
    gauges._look_at = 0.0
    gauges.look()


def test_an_instrument_is_stale_while_its_exchange_is_open_and_it_is_silent() -> None:
    """Closed exchanges owe nothing, and what was never fed is no loss."""
    gauges = ExchangeGauges(lambda: NOW)
    look_at(gauges, bars_of(["0700.HK", "AAPL"], 600))
    assert value_of("policy_signals_stale_instruments", exchange="XHKG") == 1
    assert value_of("policy_signals_stale_instruments", exchange="XNYS") == 0
    look_at(gauges, bars_of(["0700.HK"], 5))
    assert value_of("policy_signals_stale_instruments", exchange="XHKG") == 0
    assert value_of("policy_signals_instrument_last_bar_timestamp_seconds", instrument="0700.HK") == (
        NOW.timestamp() - 5
    )
    quiet_for_a_week = ExchangeGauges(lambda: NOW)
    look_at(quiet_for_a_week, bars_of(["0700.HK"], 7 * 86_400))
    assert value_of("policy_signals_stale_instruments", exchange="XHKG") == 0


def test_only_the_busiest_instruments_have_a_series_of_their_own() -> None:
    """Of nearly a thousand listings fifty, so that the process stays well under 500 series."""
    gauges, metric = ExchangeGauges(lambda: NOW), desk_metrics.INSTRUMENT_LAST_BAR
    listed = [one.instrument for one in load_catalogue().listings() if one.exchange in ("XHKG", "XNAS", "XNYS")]
    look_at(gauges, bars_of(listed[:30], 9))
    look_at(gauges, bars_of(listed, 5))
    look_at(gauges, bars_of(["unknown", listed[-1]], 4))
    shown = {sample.labels["instrument"] for sample in next(iter(metric.collect())).samples}
    assert len(listed) > len(shown) == SHOWN_INSTRUMENTS
    assert {*listed[:30], listed[-1]} <= shown


def latest() -> dict[tuple[str, ...], float]:
    """The table of alerts as it is served."""
    return {tuple(one.labels.values()): one.value for one in next(iter(desk_metrics.LATEST_ALERT.collect())).samples}


def test_the_newest_alerts_stand_in_a_table_of_catalogue_words() -> None:
    """Ten at most; before the first a line of nones, so that the choices of the dashboard have something to read."""
    table = LatestAlerts()
    assert latest() == {("none",) * 5: 0.0}
    for number in range(12):
        signal = make_signal(published_at=PUBLISHED + timedelta(minutes=number), sectors=(SECTORS[number],))
        table.take(replace(alert("raised"), alert_id=f"alt_{number}", signal=signal, raised_at=signal.published_at))
    rows = {("SAMR", "0700.HK", "alert", "supportive")}
    assert {tuple(value for value in row if value not in SECTORS) for row in latest()} == rows
    assert {row for row in latest() for sector in SECTORS[:2] if sector in row} == set()
    assert len(latest()) == 10
    assert max(latest().values()) == (PUBLISHED + timedelta(minutes=11)).timestamp()


def test_a_later_revision_takes_the_place_of_the_earlier_one_in_the_table() -> None:
    """A card that rose to urgent is not told twice."""
    table = LatestAlerts()
    table.take(alert("raised"))
    table.take(replace(alert("report"), severity=Severity.URGENT))
    assert {value for row in latest() for value in row} & set(Severity) == {Severity.URGENT}


def test_hostile_names_in_an_alert_become_other() -> None:
    """Regulator, sector and instrument come from a record on Kafka: only the catalogue's own are labels."""
    table = LatestAlerts()
    for number in range(1_000):
        name = f'evil"}} {number}'
        signal = make_signal(regulators=(name,), sectors=(name,), exposures=(make_exposure(name),))
        table.take(replace(alert("raised"), alert_id=name, signal=signal))
    assert {value for row in latest() for value in row} == {"other", "alert", "supportive"}


def test_build_and_configuration_are_told_apart_by_a_digest(tmp_path: Path) -> None:
    """Two machines with one version and two routing files behave differently, and nobody knows why."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.toml").write_text("one = 1", encoding="utf-8")
    first = digest_of(tmp_path)
    (tmp_path / "notes.md").write_text("not read", encoding="utf-8")
    assert digest_of(tmp_path) == first
    (tmp_path / "inner" / "a.toml").write_text("one = 2", encoding="utf-8")
    assert digest_of(tmp_path) != first
    show_build(tmp_path)
    labels = {"version": metrics.VERSION, "model": "none", "configuration": digest_of(tmp_path)}
    assert value_of("policy_signals_build_info", **labels) == 1


def test_every_process_names_the_model_that_the_reader_would_load() -> None:
    """Two machines with two trainings read the same text differently."""
    version = load_reader().version
    assert find_model(CONFIG) == version.partition("+")[2]


def test_a_full_story_memory_says_how_far_back_it_knows() -> None:
    """Its limit is a count: on a busy line it forgets within days, and reprints raise alerts of their own."""
    memory = StoryMemory(limits=Limits(articles=3, hours=72))
    assert memory.extent() == (0, timedelta())
    for number in range(5):
        at = PUBLISHED + timedelta(hours=number)
        body = f"Report {number} of the market regulator."
        article = Article(
            article_id=f"art_{number}", source=f"s{number}", url="", language="en", title=f"Act {number}", body=body,
            published_at=at, received_at=at,
        )  # fmt: skip
        memory.take(load_teller().tell(article))
    assert memory.extent() == (3, timedelta(hours=2))


def test_the_answer_of_half_an_hour_is_counted_with_its_direction() -> None:
    """A counter cannot fall, so moves up and down are added apart; the mean is their difference over the count."""
    moved = {"tone": "supportive", "direction": "down"}
    before = value_of("policy_signals_reaction_moves_ratio_total", **moved) or 0.0
    half_hour, five_minutes = (
        make_reaction(Window.AFTER_30M, abnormal=-0.03),
        make_reaction(Window.AFTER_5M, abnormal=0.5),
    )
    _count_answer(alert("after_30m", half_hour, five_minutes))
    after = value_of("policy_signals_reaction_moves_ratio_total", **moved) or 0.0
    assert after - before == pytest.approx(0.03)


def test_only_the_verdict_of_the_close_counts_for_the_hit_ratio() -> None:
    """Five revisions of one alert are one verdict."""
    labels = {"agreement": "confirmed"}
    before = value_of("policy_signals_final_verdicts_total", **labels) or 0.0
    for cause in ("raised", "after_1m", "after_5m", "after_30m", "to_close"):
        _count_answer(alert(cause))
    assert value_of("policy_signals_final_verdicts_total", **labels) == before + 1


@pytest.mark.parametrize("process", sorted(ONLY_OF))
def test_a_process_serves_fewer_than_five_hundred_series(process: str) -> None:
    """Also after news of a thousand sources: every label is from a closed set."""
    gauges = ToneGauges(lambda: PUBLISHED + timedelta(hours=1))
    ExchangeGauges(lambda: NOW)
    for number in range(1_000):
        gauges.add(make_signal(source=f"source {number}", regulators=(f"r{number}", "SEC"), sectors=("games",)))
    gauges._show()
    lines = generate_latest(ServedMetrics(process)).decode().splitlines()  # type: ignore[arg-type]
    assert len([line for line in lines if not line.startswith("#")]) < 500


def test_a_process_serves_what_is_its_own_and_what_is_everybodys() -> None:
    """Nothing may be served by nobody, nor by five processes at 0."""
    served = {family.name for family in ServedMetrics("slack_notifier").collect()}
    assert {"policy_signals_slack_calls", "policy_signals_dead_letters"} <= served
    assert "policy_signals_ticks" not in served
    assert {family.name for family in REGISTRY.collect()} == {f.name for f in ServedMetrics("no such").collect()}
