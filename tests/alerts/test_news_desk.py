"""The news desk and its memory: one event is one story, and a restart changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from config.alerting import load_authorities
from config.catalogue import load_catalogue
from config.stories import load_teller
from services.alerts.alert import Silence, SilenceReason
from services.alerts.news_desk import NewsDesk
from services.news.article import Article
from services.news.parsing import clean_text, content_id, detect_language
from services.signals.reading import Reader
from services.signals.signal import PolicySignal, Relation, Tone
from services.stories.recall import split_headline, tell_again, tell_live
from services.stories.story_memory import Limits
from streams import codec

NOON = datetime(2021, 4, 10, 4, 0, tzinfo=UTC)
FINE = (
    "China fines Alibaba record 18.2 billion yuan in antitrust case",
    "The State Administration for Market Regulation fined Alibaba 18.228 billion yuan on Saturday for abusing its "
    "dominant position. The regulator said the company had punished merchants that sold on other platforms.",
)
TEXTS = (
    FINE,
    (FINE[0], f"{FINE[1]} Analysts called the sum bearable. " + "The company said that it accepts the decision. " * 40),
    (
        "市场监管总局对阿里巴巴“二选一”垄断行为处以182.28亿元罚款",
        "市场监管总局依法对阿里巴巴集团作出行政处罚，罚款182.28亿元。",
    ),
    (
        "Alibaba hit with 18.2 bln yuan antitrust penalty by Chinese regulator",
        "China's market regulator imposed an antitrust penalty of 18.2 billion yuan on Alibaba Group.",
    ),
    (
        "China's market regulator opens antitrust probe into Meituan",
        "The regulator has opened an investigation into Meituan over unfair terms for merchants.",
    ),
    (
        "China's market regulator fines Meituan 3.44 billion yuan after antitrust probe",
        "The State Administration for Market Regulation fined Meituan 3.44 billion yuan and ended its investigation.",
    ),
    (
        "China's central bank cuts reserve requirement ratio by 50 basis points",
        "The People's Bank of China lowered the ratio for banks.",
    ),
    (
        "",
        "China's cyberspace regulator orders app stores to remove Didi\nThe regulator said Didi broke the rules on "
        "data, and ordered its app off the stores.",
    ),
    ("", "China's gaming regulator approves 45 new video games of Tencent and NetEase, the first licences since July. " * 9),
    ("Correction: China fines Alibaba 18.2 billion yuan in antitrust case", "Corrects the sum in the first line."),
    ("RETRACTED: report that China fines Alibaba in antitrust case", "The agency has withdrawn its report."),
    ("Local club wins the cup", "The players celebrated with their supporters in the rain."),
)  # fmt: skip

WORDS = ("China", "fines", "Alibaba", "18.2", "billion", "yuan,", "市场监管总局", "罚款", "\n", "\t", "Ünïcödé", "\u0130", "ﬁ", "①", "EXPLAINER:", "retracts", "its", "report", "《反垄断法实施条例》", "No. 7")  # fmt: skip


@cache
def rule_reader() -> Reader:
    return Reader(load_catalogue())


def new_desk(limits: Limits | None = None) -> NewsDesk:
    return NewsDesk(rule_reader(), load_authorities(), load_teller(), limits=limits)


def article(text: int | tuple[str, str], minutes: float = 0, source: str = "Harbour Wire") -> Article:
    title, body = TEXTS[text] if isinstance(text, int) else text
    title, body = clean_text(title, 1_000), clean_text(body, 20_000)
    at = NOON + timedelta(minutes=minutes)
    return Article(
        article_id=content_id("art", source, title, body, at.isoformat()),
        source=source,
        url="https://news.example/a",
        language=detect_language(title + body),
        title=title,
        body=body,
        published_at=at,
        received_at=at + timedelta(seconds=2),
    )


def take(desk: NewsDesk, one: Article) -> PolicySignal | Silence:
    return desk.take(one, one.received_at + timedelta(seconds=1))


def take_signal(desk: NewsDesk, one: Article) -> PolicySignal:
    outcome = take(desk, one)
    assert isinstance(outcome, PolicySignal), outcome
    return outcome


def restart(outcomes: list[PolicySignal | Silence], limits: Limits | None = None) -> NewsDesk:
    """A new desk that knows the newest signals on the topic, as many as it may remember, and nothing else."""
    desk = new_desk(limits)
    signals = [outcome for outcome in outcomes if isinstance(outcome, PolicySignal)]
    for signal in signals[-(limits or Limits()).articles :]:
        desk.restore(codec.decode(PolicySignal, codec.encode(signal)))
    return desk


arrivals = st.lists(
    st.tuples(st.sampled_from(range(len(TEXTS))), st.integers(0, 4_000), st.sampled_from(["Harbour Wire", "Bay Mirror"])),
    max_size=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(arrivals, st.integers(0, 12), st.sampled_from([Limits(), Limits(articles=4), Limits(hours=12.0)]))
def test_a_restart_at_any_place_changes_no_later_decision(
    chosen: list[tuple[int, int, str]], cut: int, limits: Limits
) -> None:
    """The process may die between any two articles: story, relation, novelty and reasons of the next stay the same."""
    articles = [article(text, minutes, source) for text, minutes, source in chosen]
    desk = new_desk(limits)
    outcomes = [take(desk, one) for one in articles]
    again = restart(outcomes[:cut], limits)
    assert [take(again, one) for one in articles[cut:]] == outcomes[cut:]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.lists(st.sampled_from(WORDS), max_size=30), st.integers(1, 12))
def test_an_article_told_again_is_told_the_same(title: str, words: list[str], times: int) -> None:
    """Headline, lead and fingerprint carry all that the story memory looks at, however long the text is."""
    body = " ".join(f"{' '.join(words)} Paragraph {number}." for number in range(times))
    one = article((title, body), 3)
    teller, now = load_teller(), NOON + timedelta(hours=1)
    signal = take_signal(new_desk(), article(0))
    headline, lead = split_headline(one)
    fields = {name: getattr(one, name) for name in ("article_id", "source", "language", "published_at", "received_at")}
    told = tell_live(teller, one, now)
    carried = {**fields, "headline": headline, "lead": lead, "fingerprint": told.fingerprint, "scored_at": now}
    assert tell_again(teller, codec.decode(PolicySignal, codec.encode(replace(signal, **carried)))) == told


def test_what_stands_on_a_shorter_topic_keeps_its_story() -> None:
    """The first report may have left the topic; those after it were told under its story, and so are later ones."""
    desk = new_desk()
    first, second, third = (take_signal(desk, article(text, text)) for text in (0, 2, 3))
    assert first.story_id == second.story_id == third.story_id
    again = restart([second])
    assert take_signal(again, article(3, 3)).story_id == first.story_id


def test_a_merge_that_the_topic_remembers_only_in_part_is_kept() -> None:
    """Two reports were two stories until a third joined them under the first, which the topic no longer has."""
    desk = new_desk()
    first, second, third = (take_signal(desk, article(text, text)) for text in (0, 2, 3))
    again = restart([replace(second, story_id="sto_apart"), third])
    fourth = article(0, 9, "Bay Mirror")
    assert take_signal(again, fourth).story_id == first.story_id


def test_signals_of_an_older_version_are_told_by_their_headline() -> None:
    """The day of the upgrade: what stands on the topic has no lead, and must still be one story with what comes."""
    first = take_signal(new_desk(), article(0))
    record = msgspec.json.decode(codec.encode(first))
    for name in ("lead", "reports", "first_seen_at", "first_source", "story_reasons", "follows", "follows_headline"):
        del record[name]
    desk = new_desk()
    desk.restore(codec.decode(PolicySignal, msgspec.json.encode(record)))
    assert take_signal(desk, article(3, 10)).story_id == first.story_id
    again = take(desk, article(0))
    assert isinstance(again, Silence)
    assert again.reason is SilenceReason.ALREADY_READ


def test_other_rules_than_those_of_the_day_move_nobody_elses_story() -> None:
    """After an upgrade a report may seem to belong elsewhere: the cards of those before it stay theirs."""
    desk = new_desk()
    first, second = (take_signal(desk, article(text, text)) for text in (0, 2))
    apart = replace(second, story_id=content_id("sto", second.article_id))
    again = restart([first, apart])
    assert take_signal(again, article(3, 3)).story_id == first.story_id


def test_reports_of_one_event_are_counted_and_novelty_decays() -> None:
    """As RavenPack counts it: 100, 75, 56 within 24 hours; the card says which report this is and who was first."""
    desk = new_desk()
    signals = [take_signal(desk, article(text, 10 * n, f"source {n}")) for n, text in enumerate((0, 2, 3))]
    assert [signal.novelty for signal in signals] == [100, 75, 56]
    assert [signal.reports for signal in signals] == [1, 2, 3]
    assert {(signal.first_source, signal.first_seen_at) for signal in signals} == {("source 0", signals[0].received_at)}
    assert [signal.relation for signal in signals] == [Relation.NEW, Relation.TRANSLATION, Relation.REPORT]
    assert all(signal.story_reasons for signal in signals)


def test_a_new_act_is_a_story_of_its_own_that_names_the_earlier_one() -> None:
    """Probe, then fine: two alerts, and the second says what it follows."""
    desk = new_desk()
    probe, fine = take_signal(desk, article(4)), take_signal(desk, article(5, 5 * 24 * 60))
    assert fine.relation is Relation.FOLLOW_UP
    assert fine.story_id != probe.story_id
    assert (fine.follows, fine.follows_headline, fine.follows_at) == (
        probe.story_id,
        probe.headline,
        probe.published_at,
    )


def test_later_reports_of_a_new_act_name_the_earlier_story_too() -> None:
    """The first report of the fine may have been too unsure for a card; the second raises it and must say the same."""
    desk = new_desk()
    probe, fine = take_signal(desk, article(4)), take_signal(desk, article(5, 5 * 24 * 60))
    later = article((f"{TEXTS[5][0]}, sources say", TEXTS[5][1]), 5 * 24 * 60 + 9, "Bay Mirror")
    for knowing in (restart([probe, fine]), desk):
        report = take_signal(knowing, later)
        assert report.story_id == fine.story_id
        assert (report.follows, report.follows_headline) == (probe.story_id, probe.headline)


@pytest.mark.parametrize(("text", "relation"), [(9, Relation.CORRECTION), (10, Relation.RETRACTION)])
def test_a_correction_reaches_its_story_even_when_it_has_no_policy_in_it(text: int, relation: Relation) -> None:
    """A notice of an agency reads like no act of an authority, and yet the card that it concerns must be struck."""
    desk = new_desk()
    told = take_signal(desk, article(0))
    notice = take_signal(desk, article(text, 30))
    assert (notice.relation, notice.story_id) == (relation, told.story_id)


def test_a_correction_of_what_nobody_told_stays_silent() -> None:
    """Without a story that it could mend, an irrelevant notice is irrelevant."""
    correction = ("Correction: the cup was won by the other club", "The players celebrated in the rain.")
    outcome = take(new_desk(), article(correction))
    assert isinstance(outcome, Silence)
    assert outcome.reason is SilenceReason.IRRELEVANT


def test_only_signals_are_remembered() -> None:
    """A silent article leaves nothing behind: it could not be rebuilt from the topic, and memory stays bounded."""
    desk = new_desk()
    first, again = take(desk, article(11)), take(desk, article(11))
    assert isinstance(again, Silence)
    assert again == first
    take_signal(desk, article(0))
    twice = take(desk, article(0))
    assert isinstance(twice, Silence)
    assert twice.reason is SilenceReason.ALREADY_READ


def test_a_record_that_claims_to_come_from_the_future_does_not_empty_the_memory() -> None:
    """Else one forged time would make the desk tell everything once more."""
    desk = new_desk()
    first = take_signal(desk, article(0))
    forged = replace(article(6, 5), received_at=datetime(9999, 1, 1, tzinfo=UTC))
    desk.take(forged, NOON + timedelta(minutes=6))
    assert take_signal(desk, article(3, 10)).story_id == first.story_id


def test_the_tone_of_a_wordless_correction_is_not_sure() -> None:
    """It strikes, and it must never raise."""
    desk = new_desk()
    take_signal(desk, article(0))
    notice = take_signal(desk, article(10, 30))
    assert notice.tone in {Tone.UNCLEAR, Tone.RESTRICTIVE}
