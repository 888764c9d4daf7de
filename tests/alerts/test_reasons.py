"""Traces followed by any id, and what touched an instrument: told, silent, linked or only named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from config.alerting import load_policy
from services.alerts.alert import Silence, SilenceReason
from services.alerts.lifecycle import raise_alert
from services.alerts.market_answer import MarketAnswer
from services.alerts.suppression import Kept, Span, find_candidates
from services.alerts.trace import Step, Trace, TraceStage, follow, trace_alert, trace_signal, trace_silence
from streams.codec import decode, encode
from tests.alerts.alert_samples import PUBLISHED, make_signal

POLICY = load_policy()


def silence(headline: str, *instruments: str, minutes: int = 0, article: str = "art_9") -> Silence:
    """One article that was not told."""
    return Silence(
        reason=SilenceReason.NEUTRAL,
        article_id=article,
        source="Wire",
        headline=headline,
        detail="score +0.05, at least 0.2 either way",
        instruments=instruments,
        decided_at=PUBLISHED + timedelta(minutes=minutes),
    )


def kept(*silences: Silence) -> Kept:
    return Kept(silences=silences)


def traces() -> list[Trace]:
    """A signal and its alert, and a silent report of another story."""
    signal = make_signal()
    alert = raise_alert(signal, MarketAnswer(), POLICY, PUBLISHED)
    other = make_signal(signal_id="sig_other", story_id="sto_other", article_id="art_other", score=0.01)
    unsaid = replace(silence("quiet"), article_id="art_other", story_id="sto_other")
    return [
        trace_signal(signal, "news_consumer"),
        trace_alert(alert, POLICY, "correlator"),
        trace_signal(other, "news_consumer"),
        trace_silence(other, unsaid, POLICY, "correlator"),
    ]


def test_every_id_of_an_alert_leads_to_its_whole_path() -> None:
    """The card shows the alert, logs show articles and signals."""
    first, second, *_ = known = traces()
    for name in (second.alert_id, first.signal_id, first.article_id, first.story_id):
        assert follow(known, name) == [first, second]
    assert follow(known, "nothing-such") == []


def test_a_repeat_after_a_crash_is_shown_once() -> None:
    """Trace records may come twice."""
    first, second, *_ = known = traces()
    assert follow([*known, second, first], first.story_id) == [first, second]


def test_of_a_repeat_that_took_another_time_the_first_is_shown() -> None:
    """Whichever is read last: a process that came back decides the same thing later, and more slowly."""
    _, first, *_ = traces()
    again = replace(first, at=first.at + timedelta(seconds=9), took_s=0.2)
    assert follow([first, again], first.alert_id) == follow([again, first], first.alert_id) == [first]


def test_an_alert_whose_story_is_not_known_brings_no_other_alert_with_it() -> None:
    """The notifier knows an alert of before its start by its id alone."""
    mine = Trace(by="slack_notifier", at=PUBLISHED, article_id="", alert_id="alt_00001", channel="desk", steps=())
    others = [replace(mine, alert_id="alt_00002"), replace(mine, alert_id="alt_20000")]
    assert follow([mine, *others], "alt_00001") == [mine]
    with pytest.raises(ValueError, match="fits 2 stories"):
        follow([mine, *others], "alt_0000")


RECORDS = st.lists(
    st.builds(
        Trace,
        by=st.sampled_from(["news_consumer", "correlator", "slack_notifier"]),
        at=st.integers(0, 2).map(lambda seconds: PUBLISHED + timedelta(seconds=seconds)),
        article_id=st.sampled_from(["art_0001", "art_0002", ""]),
        signal_id=st.sampled_from(["sig_0001", "sig_0002", ""]),
        story_id=st.sampled_from(["sto_0001", "sto_0001", "sto_0002", ""]),
        alert_id=st.sampled_from(["alt_0001", "alt_0001", "alt_0002", ""]),
        revision=st.integers(0, 2),
        channel=st.sampled_from(["", "desk"]),
        took_s=st.sampled_from([None, 0.5]),
        steps=st.sampled_from([(), (Step(stage=TraceStage.DELIVERY, outcome="posted"),)]),
    ),
    max_size=8,
)


def follow_or_say(records: list[Trace], name: str) -> list[Trace] | str:
    """The path, or why there is none."""
    try:
        return follow(records, name)
    except ValueError as error:
        return str(error)


@given(RECORDS, st.sampled_from(["alt_0001", "sto_0001", "art_0001", "alt_0002"]), st.data())
def test_neither_the_order_of_the_records_nor_a_repeat_changes_the_path(
    records: list[Trace], name: str, data: st.DataObject
) -> None:
    """They lie in several partitions, which are read in any order, and may come twice after a crash."""
    again = data.draw(
        st.permutations([*records, *data.draw(st.lists(st.sampled_from(records)) if records else st.just([]))])
    )
    assert follow_or_say(again, name) == follow_or_say(records, name)


def test_the_beginning_of_an_id_must_fit_one_story() -> None:
    """Else the answer would mix two."""
    one, *_ = traces()
    known = [replace(one, article_id=f"art_1234{number}", story_id=f"sto_{number}") for number in range(2)]
    with pytest.raises(ValueError, match="fits 2 stories"):
        follow(known, "art_1234")
    assert follow(known, "art_12340") == known[:1]


def test_a_silence_names_number_and_threshold() -> None:
    """So that a person can say which one to change."""
    decision = traces()[-1].steps[0]
    assert decision.stage is TraceStage.DECISION
    assert decision.outcome == "silent: neutral"
    assert (decision.numbers["abs_score"], decision.thresholds["minimum_score"]) == (0.01, POLICY.minimum_score)


def test_traces_survive_the_topic() -> None:
    """Written as JSON, read back the same."""
    assert [decode(Trace, encode(one)) for one in traces()] == traces()


def test_an_article_that_only_names_the_company_is_found_and_said_to_be_unlinked() -> None:
    """Nobody read it far enough to link it: that is the answer to "why not"."""
    names = ("Meituan", "美团")
    found = find_candidates(
        "3690.HK",
        names,
        kept(
            silence("Meituan opens a canteen", article="art_1"),
            silence("美團開設食堂", article="art_2"),
            silence("Meituanish words", article="art_3"),
            silence("Tencent opens a canteen", article="art_4"),
            silence("Rules for delivery", "3690.HK", article="art_5"),
            silence("Meituan and others", "0700.HK", article="art_6"),
        ),
        Span(),
    )
    assert {one.article_id: one.is_linked for one in found} == {"art_1": False, "art_2": False, "art_5": True}


@given(st.lists(st.integers(-300, 300), max_size=8), st.integers(1, 200))
def test_the_window_holds_what_lies_within_it(minutes: list[int], width: int) -> None:
    """To either side, its ends included; the newest first."""
    silences = [silence("x", "0700.HK", minutes=one, article=f"art_{number}") for number, one in enumerate(minutes)]
    span = Span(at=PUBLISHED, window=timedelta(minutes=width))
    found = find_candidates("0700.HK", (), kept(*silences), span)
    offsets = [(one.at - PUBLISHED).total_seconds() / 60 for one in found]
    assert offsets == sorted((one for one in minutes if abs(one) <= width), reverse=True)


@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=3))
def test_no_headline_or_name_breaks_it(headline: str, names: list[str]) -> None:
    """Foreign text is anything."""
    find_candidates("0700.HK", names, kept(silence(headline)), Span())
