"""From a slow point of a latency panel to the alert behind it."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from services.alerts.alert import DeliveryState, Receipt
from services.alerts.repeat import Decision, Repeat, RepeatReason
from services.market.reaction import Window
from streams.delivery.counting import count_delivered
from streams.delivery.deliver import Delivered
from streams.news_consumer import _count_signal
from streams.rendering.card_samples.sample_alerts import make_signal
from streams.watching.exemplars import WITH_EXEMPLARS, mark_with
from streams.watching.health import Health, HealthServer
from tests.alerts.alert_samples import PUBLISHED
from tests.streams.test_watching_metrics import alert

LONG_LIVED = timedelta(days=400)
"""Beyond the last bucket, where no other test of this worker counts."""


@pytest.fixture
def server() -> Iterator[HealthServer]:
    server = HealthServer(Health("kafka"), "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def ask(server: HealthServer, accept: str) -> tuple[str, str]:
    """Content type and text."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def marks_in(text: str, stage: str) -> set[tuple[str, str]]:
    """Exemplars of one latency, read as Prometheus reads them."""
    samples: list[Sample] = [
        sample
        for family in text_string_to_metric_families(text)
        if family.name == "policy_signals_stage_seconds"
        for sample in family.samples
    ]
    return {
        pair
        for sample in samples
        if sample.exemplar and sample.labels["stage"] == stage
        for pair in sample.exemplar.labels.items()
    }


def delivered(decision: Decision) -> Delivered:
    receipt = Receipt(
        alert_id="alt_slow",
        revision=1,
        channel="C0TEST",
        state=DeliveryState.SENT,
        attempts=1,
        slack_ts="1700000000.000100",
        at=PUBLISHED,
    )
    return Delivered(repeat=Repeat(decision=decision, reason=RepeatReason.NEVER_TRIED), receipt=receipt)


def test_a_slow_card_is_found_by_the_alert_that_made_it_slow(server: HealthServer) -> None:
    """The head of the desk asks "which one was it?": the point in Grafana answers with the id for ``why``."""
    slow = replace(alert("raised"), alert_id="alt_slow")
    count_delivered(slow, delivered(Decision.POST), PUBLISHED + LONG_LIVED, None)
    _, text = ask(server, f"{WITH_EXEMPLARS};version=1.0.0,text/plain;q=0.5")
    assert ("alert_id", "alt_slow") in marks_in(text, "scored_to_posted")


def test_a_verdict_is_marked_with_its_alert_too(server: HealthServer) -> None:
    """Posted to verdict is the fourth latency of an alert."""
    slow = replace(alert(Window.TO_CLOSE.value), alert_id="alt_closed")
    count_delivered(slow, delivered(Decision.EDIT), PUBLISHED + LONG_LIVED, PUBLISHED)
    _, text = ask(server, WITH_EXEMPLARS)
    assert ("alert_id", "alt_closed") in marks_in(text, "posted_to_verdict")


def test_before_there_is_an_alert_the_signal_is_named(server: HealthServer) -> None:
    """``why`` takes either; an article that came late has no alert yet."""
    _count_signal(make_signal(signal_id="sig_slow", received_at=datetime(2025, 1, 1, tzinfo=UTC)))
    _, text = ask(server, WITH_EXEMPLARS)
    assert ("signal_id", "sig_slow") in marks_in(text, "published_to_received")


@pytest.mark.parametrize("accept", ["*/*", "text/plain;version=0.0.4", ""])
def test_whoever_does_not_ask_for_openmetrics_gets_the_plain_text(server: HealthServer, accept: str) -> None:
    """promtool and curl know no exemplars: a mark in the plain text would break the scrape."""
    content_type, text = ask(server, accept)
    assert content_type.startswith("text/plain")
    assert "# EOF" not in text
    assert not [line for line in text.splitlines() if not line.startswith("#") and " # {" in line]


def test_the_whole_exposition_is_openmetrics(server: HealthServer) -> None:
    """One wrong name would cost every series of the process."""
    content_type, text = ask(server, WITH_EXEMPLARS)
    assert content_type.startswith(f"{WITH_EXEMPLARS}; version=1.0.0")
    assert len(list(text_string_to_metric_families(text))) > 50


@given(st.text())
def test_no_id_stops_the_count_or_the_scrape(record_id: str) -> None:
    """Ids come from Kafka, and the client raises on long ones."""
    registry = CollectorRegistry()
    latency = Histogram("latency_seconds", "h", registry=registry)
    latency.observe(1.0, mark_with("alert_id", record_id))
    assert list(text_string_to_metric_families(generate_latest(registry).decode()))
    assert latency.collect()[0].samples  # type: ignore[index]


@pytest.mark.parametrize("record_id", ["alt_1", "sig_0f-3A", "a" * 64])
def test_an_id_of_ours_is_kept(record_id: str) -> None:
    """Whole: half an id leads nowhere."""
    assert mark_with("alert_id", record_id) == {"alert_id": record_id}
