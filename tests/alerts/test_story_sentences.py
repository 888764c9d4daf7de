"""What a card says of the story: which report it is, who was first, and which earlier act it continues."""

from __future__ import annotations

import json
from datetime import timedelta

from services.alerts.alert import Alert
from services.alerts.card_sentences import say_method, say_story, say_title
from services.alerts.lifecycle import add_report, report_of
from services.alerts.slack_message import render
from services.signals.signal import Relation
from tests.alerts.alert_samples import POLICY, PUBLISHED, make_signal
from tests.alerts.test_delivery_queue import make_alert

FIRST = PUBLISHED - timedelta(minutes=20)


def alert_of(**changes: object) -> Alert:
    signal = make_signal(**changes)
    return make_alert(signal=signal, reports=(report_of(signal),))


def test_a_first_report_says_nothing_of_its_story() -> None:
    """The usual card stays as short as it is; so do cards of records that do not know."""
    assert say_story(alert_of(first_seen_at=PUBLISHED, first_source="Harbour Wire")) == []
    assert say_story(alert_of(reports=3)) == []


def test_the_card_says_how_often_the_event_was_told_and_who_was_first() -> None:
    """Whoever trades on the third report should know that others have read two."""
    ((label, words),) = say_story(alert_of(reports=3, first_seen_at=FIRST, first_source="Harbour Wire"))
    assert label == "Story"
    assert words.startswith("3rd report, first ")
    assert words.endswith(" from Harbour Wire")
    assert words.count(":") == 1


def test_later_reports_raise_the_number_on_the_card() -> None:
    """The card is edited: it shows the count of its newest report."""
    alert = alert_of(reports=1, first_seen_at=FIRST, first_source="Harbour Wire")
    joined = add_report(alert, make_signal(signal_id="sig_2", relation=Relation.REPORT, reports=4), POLICY)
    ((_, words),) = say_story(joined)
    assert words.startswith("4th report, first ")
    assert "4th report" in json.dumps(render(joined, {}, PUBLISHED))


def test_a_more_official_report_raises_the_authority_on_the_card() -> None:
    """A rumour that the ministry has put on its page is no rumour any more; what takes it back vouches for nothing."""
    alert = alert_of(authority=0.4)
    assert "source authority 40 % ·" in f"{say_method(alert)} ·"
    taken_back = add_report(alert, make_signal(signal_id="sig_2", relation=Relation.RETRACTION, authority=0.9), POLICY)
    assert "source authority 40 % ·" in f"{say_method(taken_back)} ·"
    official = add_report(alert, make_signal(signal_id="sig_2", relation=Relation.REPORT, authority=1.0), POLICY)
    assert "source authority 100 % (40 % at first)" in say_method(official)


def test_another_day_is_named() -> None:
    """A time without its day would read as today's."""
    ((_, words),) = say_story(alert_of(reports=2, first_seen_at=FIRST - timedelta(days=2), first_source="X"))
    day = f"{FIRST - timedelta(days=2):%b}"
    assert f" {day} " in words


def test_a_new_act_names_the_story_that_it_follows() -> None:
    """Probe, then fine: the second card stands alone, and says what came before."""
    alert = alert_of(
        relation=Relation.FOLLOW_UP,
        follows="sto_1",
        follows_headline="Regulator opens probe <!channel> into Tencent",
        follows_at=PUBLISHED - timedelta(days=40),
    )
    ((label, words),) = say_story(alert)
    assert label == "Follows"
    assert words.startswith("Regulator opens probe")
    assert say_title(alert, {}).startswith("NEW ACT · ")
    assert "<!channel>" not in json.dumps(render(alert, {}, PUBLISHED))
