"""Signals meet the tape in event time: one alert per event, one revision per horizon, the same after any restart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.alerts.alert import Agreement, Alert, Silence, SilenceReason
from services.alerts.correlation import Correlation
from services.alerts.lifecycle import Due, keep_finer
from services.alerts.market_answer import MarketAnswer
from services.alerts.past_events import PastEvents
from services.alerts.thread_replies import list_replies
from services.errors import Unavailable
from services.market.reaction import Window
from services.signals.signal import PolicySignal, Relation
from tests.alerts.alert_samples import POLICY, PUBLISHED, make_reaction, make_signal

ENDS = {Window.AFTER_1M: 1, Window.AFTER_5M: 5, Window.AFTER_30M: 30, Window.TO_CLOSE: 370}


class ScriptedMarket:
    """A market that moves one way from publication on."""

    def __init__(self) -> None:
        self.is_there = True

    def place(self, signal: PolicySignal) -> PolicySignal:
        return signal

    def measure(self, signal: PolicySignal, as_of: datetime, past: PastEvents) -> MarketAnswer:
        if not self.is_there:
            raise Unavailable("redis")
        ended = [window for window, minutes in ENDS.items() if PUBLISHED + timedelta(minutes=minutes) <= as_of]
        moved = tuple(make_reaction(window, abnormal=0.03, z=3.0) for window in ended)
        return MarketAnswer(reactions=moved or (make_reaction(Window.BEFORE_30M, abnormal=0.0, z=0.0),))

    def measure_or_nothing(self, signal: PolicySignal, as_of: datetime, past: PastEvents) -> MarketAnswer:
        return self.measure(signal, as_of, past) if self.is_there else MarketAnswer()

    def schedule(self, signal: PolicySignal) -> Sequence[Due]:
        return [(PUBLISHED + timedelta(minutes=minutes), window) for window, minutes in ENDS.items()]


def at(minutes: float) -> datetime:
    return PUBLISHED + timedelta(minutes=minutes)


@pytest.fixture
def correlation() -> Correlation:
    return Correlation(POLICY, ScriptedMarket())


def test_an_alert_is_raised_at_once_and_revised_at_each_horizon(correlation: Correlation) -> None:
    """The message appears within seconds and is edited as the market answers."""
    raised = correlation.on_signal(make_signal())
    assert isinstance(raised, Alert)
    assert (raised.revision, raised.agreement) == (1, Agreement.NOT_YET)
    revisions = [alert for minutes in range(400) for alert in correlation.on_tape(at(minutes))]
    assert [alert.cause for alert in revisions] == ["after_1m", "after_5m", "after_30m", "to_close"]
    assert [alert.revision for alert in revisions] == [2, 3, 4, 5]
    assert {alert.alert_id for alert in revisions} == {raised.alert_id}
    assert revisions[-1].agreement is Agreement.CONFIRMED
    assert correlation.open_alerts == 0


def test_horizons_wait_for_the_tape_not_for_the_wall(correlation: Correlation) -> None:
    """Before the bars of a horizon are complete its return would be a guess."""
    correlation.on_signal(make_signal())
    assert list(correlation.on_tape(at(0.99))) == []


def test_the_same_signal_twice_is_handled_once(correlation: Correlation) -> None:
    """Kafka delivers at least once; the reader of the alert must see it once."""
    assert correlation.on_signal(make_signal()) is not None
    assert correlation.on_signal(make_signal()) is None


def test_a_further_report_joins_the_alert_it_belongs_to(correlation: Correlation) -> None:
    """One event is one message: the second source is named on it."""
    first = correlation.on_signal(make_signal())
    second = correlation.on_signal(make_signal(signal_id="sig_2", relation=Relation.REPORT, source="Capital Daily"))
    assert isinstance(first, Alert)
    assert isinstance(second, Alert)
    assert second.alert_id == first.alert_id
    assert [report.source for report in second.reports] == ["Harbour Wire", "Capital Daily"]


def test_a_reprint_is_silent(correlation: Correlation) -> None:
    """The same words again are no news."""
    correlation.on_signal(make_signal())
    silence = correlation.on_signal(make_signal(signal_id="sig_2", relation=Relation.REPRINT))
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.REPRINT


def test_a_new_act_is_said_in_the_thread_of_the_earlier_card(correlation: Correlation) -> None:
    """Whoever follows the probe reads of the fine there, once; its card keeps its words and its loudness."""
    probe = correlation.on_signal(make_signal(story_id="sto_probe"))
    fine = correlation.on_signal(
        make_signal(signal_id="sig_2", story_id="sto_fine", relation=Relation.FOLLOW_UP, follows="sto_probe")
    )
    assert isinstance(probe, Alert)
    assert isinstance(fine, Alert)
    followed = correlation.on_new_act(fine)
    assert followed is not None
    assert (followed.alert_id, followed.revision, followed.severity) == (probe.alert_id, 2, probe.severity)
    (reply,) = list_replies(followed)
    assert (reply.reply_id, "told a new act" in reply.text) == ("sig_2", True)
    assert followed.reports == probe.reports
    assert correlation.on_new_act(fine) is None


def test_a_new_act_of_what_had_no_card_stands_alone(correlation: Correlation) -> None:
    """The earlier story may have been silent, or lie too far back."""
    fine = correlation.on_signal(make_signal(relation=Relation.FOLLOW_UP, follows="sto_unknown"))
    assert isinstance(fine, Alert)
    assert correlation.on_new_act(fine) is None


def test_the_authoritys_own_text_is_no_copy(correlation: Correlation) -> None:
    """A wire had it word for word: the ministry's page makes it certain, once; a second office adds nothing."""
    correlation.on_signal(make_signal(source_class="wire"))
    official = {"relation": Relation.REPRINT, "source_class": "official", "source": "Ministry"}
    lifted = correlation.on_signal(make_signal(signal_id="sig_2", **official))
    assert isinstance(lifted, Alert)
    assert [report.source for report in lifted.reports][1:] == ["Ministry"]
    assert isinstance(correlation.on_signal(make_signal(signal_id="sig_3", **official)), Silence)


def test_an_alert_does_not_carry_the_text_of_the_article(correlation: Correlation) -> None:
    """It is sent to channels, webhooks and mail; the sentences that decided are its evidence."""
    alert = correlation.on_signal(make_signal(lead="The first paragraph."))
    assert isinstance(alert, Alert)
    assert alert.signal.lead == ""


@pytest.mark.parametrize("is_known", [True, False])
def test_a_look_back_is_silent(correlation: Correlation, is_known: bool) -> None:
    """An explainer of yesterday's fine raises nothing, and is no second source on its card."""
    if is_known:
        correlation.on_signal(make_signal())
    silence = correlation.on_signal(make_signal(signal_id="sig_2", relation=Relation.BACKGROUND))
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.BACKGROUND


def test_a_retraction_goes_to_the_card_and_raises_none_of_its_own(correlation: Correlation) -> None:
    """What was never shown cannot be struck, and must not be shown because it was taken back."""
    retraction = make_signal(signal_id="sig_2", relation=Relation.RETRACTION)
    silence = correlation.on_signal(retraction)
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.RETRACTION
    correlation.on_signal(make_signal())
    struck = correlation.on_signal(retraction)
    assert isinstance(struck, Alert)
    assert (struck.cause, struck.reports[-1].is_retraction) == ("correction", True)


def test_text_does_not_wait_for_prices_but_horizons_do() -> None:
    """Redis may be away: the alert goes out without prices and catches up later, in the right windows."""
    market = ScriptedMarket()
    market.is_there = False
    correlation = Correlation(POLICY, market)
    raised = correlation.on_signal(make_signal())
    assert isinstance(raised, Alert)
    assert raised.agreement is Agreement.NO_PRICE
    with pytest.raises(Unavailable):
        list(correlation.on_tape(at(6)))
    market.is_there = True
    assert [alert.cause for alert in correlation.on_tape(at(6))] == ["after_1m", "after_5m"]


@given(crashes=st.sets(st.integers(0, 399), max_size=6))
def test_a_restart_at_any_minute_changes_nothing(crashes: set[int]) -> None:
    """State is what policy.alerts holds: after a crash the same revisions follow, none lost, none doubled."""
    topic: dict[str, Alert] = {}
    told: list[tuple[int, str]] = []
    correlation = Correlation(POLICY, ScriptedMarket())
    for minute in range(400):
        if minute in crashes:
            correlation = Correlation(POLICY, ScriptedMarket())
            for alert in topic.values():
                correlation.restore(alert)
        events: list[Alert] = list(correlation.on_tape(at(minute)))
        if minute in (0, 3):  # the signal is delivered again after three minutes
            raised = correlation.on_signal(make_signal())
            events += [raised] if isinstance(raised, Alert) else []
        for alert in events:
            topic[alert.alert_id] = alert
            told.append((alert.revision, alert.cause))
    assert told == [(1, "raised"), (2, "after_1m"), (3, "after_5m"), (4, "after_30m"), (5, "to_close")]


def test_a_silent_tape_does_not_leave_live_alerts_unmeasured(correlation: Correlation) -> None:
    """A dead feed: after a while the card says what is missing instead of "not yet" for ever."""
    correlation.on_signal(make_signal())
    assert [alert.cause for alert in correlation.on_silent_tape(at(6))] == ["after_1m", "after_5m"]


def test_a_replayed_alert_waits_for_its_tape(correlation: Correlation) -> None:
    """Its horizons ended years ago by the wall clock, which says nothing about the tape being played."""
    correlation.on_signal(make_signal(), clock_offset_ms=-86_400_000)
    assert list(correlation.on_silent_tape(at(6))) == []
    assert [alert.cause for alert in correlation.on_tape(at(6))] == ["after_1m", "after_5m"]


def test_days_later_the_short_horizons_keep_their_numbers() -> None:
    """After two sessions only minutes are left of the prices; the card must not change for that reason."""
    correlation = Correlation(POLICY, ScriptedMarket())
    raised = correlation.on_signal(make_signal())
    assert isinstance(raised, Alert)
    alert = replace(raised, reactions=(make_reaction(Window.AFTER_1M, abnormal=0.031),))
    coarse = MarketAnswer(
        reactions=(make_reaction(Window.AFTER_1M, abnormal=0.02), make_reaction(Window.AFTER_1_SESSION, abnormal=0.05))
    )
    later = keep_finer(alert, coarse, Window.AFTER_1_SESSION)
    assert [one.abnormal_return for one in later.reactions] == [0.031, 0.05]
    assert keep_finer(alert, coarse, Window.TO_CLOSE) == coarse
