"""Who tells it limits how loud it may be: hearsay, aggregators, opinions; and what lifts the limit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from config.alerting import load_policy
from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.card_sentences import say_facts, say_method, say_times, say_title
from services.alerts.lateness import longest_delay
from services.alerts.lifecycle import add_report, raise_alert
from services.alerts.market_answer import MarketAnswer
from services.alerts.severity import grade
from services.alerts.thread_replies import list_replies
from services.signals.signal import Caveat, PolicySignal, Relation
from tests.alerts.alert_samples import PUBLISHED, make_signal

POLICY = load_policy()
RUMOUR = (Caveat.RUMOUR,)


def loud(**changes: object) -> PolicySignal:
    """A signal that is a Flash by its numbers."""
    return make_signal(**{"score": 0.9, "confidence": 0.95, "authority": 0.9, "novelty": 100} | changes)


def raised(signal: PolicySignal) -> Alert:
    """Its alert, before the market has answered."""
    return raise_alert(signal, MarketAnswer(), POLICY, PUBLISHED)


@pytest.mark.parametrize(
    ("source_class", "caveats", "severity"),
    [
        ("official", (), Severity.FLASH),
        ("wire", (), Severity.FLASH),
        ("unknown", (), Severity.FLASH),
        ("aggregator", (), Severity.URGENT),
        ("wire", RUMOUR, Severity.URGENT),
        ("aggregator", RUMOUR, Severity.ALERT),
        ("unknown", RUMOUR, Severity.ALERT),
        ("press", (Caveat.OPINION,), Severity.ALERT),
        ("press", (Caveat.RUMOUR, Caveat.SPONSORED), Severity.ALERT),
    ],
)
def test_a_report_is_no_louder_than_its_kind_allows(
    source_class: str, caveats: tuple[Caveat, ...], severity: Severity
) -> None:
    """One rumour from an aggregator cannot raise a Flash."""
    alert = raised(loud(source_class=source_class, caveats=caveats))
    assert alert.severity is severity
    assert ("held at" in alert.reasons[-1]) == (severity is not Severity.FLASH)


def test_a_move_of_the_market_lifts_no_cap() -> None:
    """Rumours move prices, too."""
    alert = raised(loud(source_class="aggregator", caveats=RUMOUR))
    severity, _ = grade(alert.signal, Agreement.CONFIRMED, POLICY, alert.reports)
    assert severity is Severity.ALERT


def test_an_official_text_lifts_the_cap_and_makes_it_a_flash() -> None:
    """It is no rumour any more; the step up is what the channel is told."""
    alert = raised(loud(source_class="aggregator", caveats=RUMOUR))
    official = loud(signal_id="sig_2", source="SAMR", source_class="official", relation=Relation.REPORT)
    after = add_report(alert, official, POLICY)
    assert (after.severity, after.raised_severity) == (Severity.FLASH, Severity.ALERT)
    assert "held at" not in after.reasons[-1]


def test_two_known_sources_lift_hearsay_and_copies_do_not() -> None:
    """The same wire text in a second paper is one source."""
    alert = raised(loud(source="Harbour Wire", source_class="wire", caveats=RUMOUR))
    other = loud(signal_id="sig_2", source="The Ledger", source_class="press", caveats=RUMOUR, relation=Relation.REPORT)
    assert add_report(alert, other, POLICY).severity is Severity.FLASH
    assert add_report(alert, replace(other, relation=Relation.SYNDICATED), POLICY).severity is Severity.URGENT
    assert add_report(alert, replace(other, source_class="unknown"), POLICY).severity is Severity.URGENT
    assert add_report(alert, replace(other, source="Harbour Wire"), POLICY).severity is Severity.URGENT


@pytest.mark.parametrize("relation", [Relation.CORRECTION, Relation.RETRACTION])
def test_what_takes_a_report_back_makes_nothing_louder(relation: Relation) -> None:
    """A retraction by an authority is official, and no reason to ring."""
    alert = raised(loud(source_class="aggregator", caveats=RUMOUR))
    taken_back = loud(signal_id="sig_2", source="SAMR", source_class="official", relation=relation)
    assert add_report(alert, taken_back, POLICY).severity is alert.severity


def test_a_denial_vouches_for_nothing() -> None:
    """The authority that denies a rumour must not be the source that confirms it."""
    alert = raised(loud(source_class="wire", caveats=RUMOUR, authority=0.8))
    denial = loud(signal_id="sig_2", source="SAMR", source_class="official", authority=1.0, caveats=(Caveat.DENIAL,))
    assert add_report(alert, replace(denial, relation=Relation.REPORT), POLICY).severity is alert.severity


def test_a_more_official_report_raises_the_severity() -> None:
    """A blog's word weighs less than the ministry's page."""
    alert = raised(loud(authority=0.0, score=0.6))
    assert alert.severity is Severity.URGENT
    official = loud(signal_id="sig_2", authority=1.0, source_class="official", relation=Relation.REPORT)
    assert add_report(alert, official, POLICY).severity is Severity.FLASH


def test_the_card_says_that_it_is_hearsay_and_who_denies_it() -> None:
    """The first word of the card, its caution, its source class, and the denial with its time."""
    alert = raised(loud(source_class="wire", caveats=RUMOUR, stage=None))
    assert say_title(alert, {}).startswith("UNCONFIRMED · ")
    assert ("Caution", "hearsay, nobody gives a name") in say_facts(alert, {})
    assert "a news wire" in say_method(alert)
    denial = loud(signal_id="sig_2", source="SAMR", caveats=(Caveat.DENIAL,), relation=Relation.REPORT)
    denied = add_report(alert, denial, POLICY)
    assert dict(say_facts(denied, {}))["Denied"].endswith("by SAMR: see the thread")
    assert "reported a denial" in list_replies(denied)[0].text


def test_news_scored_long_after_its_publication_is_late() -> None:
    """After an outage the backlog is told in briefs and does not ring; the card says so."""
    limit = longest_delay(Severity.FLASH, POLICY)
    on_time = raised(loud(scored_at=PUBLISHED + limit))
    late = raised(loud(scored_at=PUBLISHED + limit + timedelta(seconds=1)))
    assert (on_time.is_late, late.is_late) == (False, True)
    assert "told without a sound" in say_times(late, None)


def test_the_quieter_the_news_the_later_it_may_come() -> None:
    """Old Flash news does most harm."""
    assert [longest_delay(severity, POLICY).total_seconds() / 60 for severity in Severity] == [60, 120, 240]
