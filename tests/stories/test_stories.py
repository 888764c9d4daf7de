"""One event is one story: in both languages, in any order; forms filled in twice are two."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.stories import load_teller
from services.news.article import Article
from services.news.parsing import detect_language
from services.signals.signal import Relation
from services.stories.marks import Mark, read_mark
from services.stories.quantities import are_same, read_quantities
from services.stories.story_memory import Limits, Place, StoryMemory
from services.stories.telling import Telling

NOON = datetime(2021, 4, 10, 4, 0, tzinfo=UTC)
TITLES = (
    "China fines Alibaba record 18.2 billion yuan in antitrust case",
    "市场监管总局对阿里巴巴“二选一”垄断行为处以182.28亿元罚款",
    "Alibaba hit with 18.2 bln yuan antitrust penalty by Chinese regulator",
    "China's central bank cuts reserve requirement ratio by 50 basis points",
    "央行宣布下调存款准备金率0.5个百分点",
    "China approves 45 new video games, first licences since July",
)
EVENTS = (0, 0, 0, 1, 1, 2)


def tell(number: int, title: str, body: str = "", minutes: float = 0, source: str = "") -> Telling:
    at = NOON + timedelta(minutes=minutes)
    return load_teller().tell(
        Article(
            article_id=f"a{number}",
            source=source or f"source {number}",
            url="",
            language=detect_language(title + body),
            title=title,
            body=body,
            published_at=at,
            received_at=at,
        )
    )


def new_memory() -> StoryMemory:
    return StoryMemory(load_teller().weights)


def place_all(*tellings: Telling) -> list[Place]:
    memory = new_memory()
    return [memory.take(telling) for telling in tellings]


def partition(memory: StoryMemory, tellings: list[Telling]) -> set[frozenset[str]]:
    stories: dict[str | None, set[str]] = {}
    for telling in tellings:
        stories.setdefault(memory.story_of(telling.article_id), set()).add(telling.article_id)
    return {frozenset(members) for members in stories.values()}


def test_headlines_in_both_languages_meet_and_events_stay_apart() -> None:
    """Authority, company, act and amount are the same in either language."""
    tellings = [tell(number, title, minutes=number) for number, title in enumerate(TITLES)]
    memory = new_memory()
    for telling in tellings:
        memory.take(telling)
    wanted = {frozenset(f"a{n}" for n, event in enumerate(EVENTS) if event == one) for one in set(EVENTS)}
    assert partition(memory, tellings) == wanted


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(range(len(TITLES))), min_size=2, max_size=9))
def test_the_order_of_arrival_does_not_change_the_stories(seed: int, chosen: list[int]) -> None:
    """Two feeds race every minute; the winner must not decide what is one event."""
    tellings = [tell(number, TITLES[title], minutes=number / 10) for number, title in enumerate(chosen)]
    shuffled = list(tellings)
    random.Random(seed).shuffle(shuffled)
    first, second = new_memory(), new_memory()
    for telling in tellings:
        first.take(telling)
    for telling in shuffled:
        second.take(telling)
    assert partition(first, tellings) == partition(second, tellings)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("恒远科技：收到中国证监会立案告知书", "华盛药业：收到中国证监会立案告知书"),
        ("China approves 45 new video games", "China approves 86 new video games"),
        ("Fed fines JPMorgan $98 million over trade surveillance", "OCC fines JPMorgan $250 million over trade surveillance"),
        ("Italy bans short-selling on all shares", "France bans short-selling on all shares"),
    ],
    ids=["another company", "another count", "another authority", "another country"],
)  # fmt: skip
def test_a_form_filled_in_twice_is_two_events(one: str, other: str) -> None:
    """A wrong merge hides an alert, which is the worse mistake."""
    first, second = place_all(tell(1, one), tell(2, other, minutes=5))
    assert first.story_id != second.story_id
    assert second.novelty == 100


def test_novelty_decays_by_a_quarter_for_each_report() -> None:
    """As RavenPack counts it: 100, 75, 56 within 24 hours."""
    places = place_all(*(tell(number, TITLES[0], minutes=number) for number in range(3)))
    assert [place.novelty for place in places] == [100, 75, 56]
    assert [place.report for place in places] == [1, 2, 3]
    assert places[2].first_source == "source 0"


def test_the_same_text_is_a_reprint_and_another_language_a_translation() -> None:
    """A trader sees at a glance what is new."""
    first, again, chinese = place_all(tell(1, TITLES[0]), tell(2, TITLES[0], minutes=1), tell(3, TITLES[1], minutes=2))
    assert [first.relation, again.relation, chinese.relation] == [
        Relation.NEW,
        Relation.REPRINT,
        Relation.TRANSLATION,
    ]


def test_amounts_are_the_same_however_they_are_written() -> None:
    """RMB 7.12bn = 71.2亿元 = 7,120 million yuan; 18.2 is how 18.228 is said, 18.9 is not."""
    said = [read_quantities(text).money[0] for text in ("rmb 7.12bn", "71.2亿元", "7,120 million yuan")]
    assert said[0] == said[1] == said[2]
    exact, round_, other = (read_quantities(text).money[0] for text in ("182.28亿元", "18.2bn yuan", "18.9 bn yuan"))
    assert are_same(exact, round_)
    assert not are_same(exact, other)


@given(st.text(max_size=200))
def test_numbers_are_read_from_any_text(text: str) -> None:
    """Hostile text must not stop the line."""
    read_quantities(text.lower())


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("correction: the fine is 18.2 million", Mark.CORRECTION),
        ("更正：罚款金额应为1.2亿元", Mark.CORRECTION),
        ("retracted: report on probe", Mark.RETRACTION),
        ("explainer: what the rules mean", Mark.BACKGROUND),
        ("fed fines bank", Mark.PLAIN),
    ],
)
def test_an_article_says_what_it_is(title: str, mark: Mark) -> None:
    """Corrections go to the card, looks back stay silent."""
    assert read_mark(title, "") is mark


@pytest.mark.parametrize(
    ("said", "corrected"),
    [
        ("SAMR fines Alibaba 18.2 billion yuan in antitrust case", "CORRECTION: SAMR fines Alibaba 1.82 billion yuan in antitrust case"),
        ("市场监管总局对阿里巴巴罚款18.2亿元", "更正：市场监管总局对阿里巴巴罚款182亿元"),
        ("China approves 45 new video games", "Correction: China approves 86 new video games"),
    ],
    ids=["amount", "Chinese amount", "count"],
)  # fmt: skip
def test_a_correction_belongs_to_what_it_corrects_though_the_number_differs(said: str, corrected: str) -> None:
    """As a story of its own it would raise a second alert and leave the wrong number standing."""
    first, second = place_all(tell(1, said), tell(2, corrected, minutes=30))
    assert second.story_id == first.story_id
    assert second.relation is Relation.CORRECTION
    other = place_all(tell(1, said), tell(2, "CORRECTION: FTC fines Meta 5 billion dollars over privacy", minutes=30))[
        1
    ]
    assert other.relation is Relation.NEW


def test_memory_is_bounded_by_count_and_hours() -> None:
    """What is forgotten is a new story when it comes again."""
    memory = StoryMemory(load_teller().weights, Limits(articles=2, hours=72))
    for number in range(4):
        memory.take(tell(number, TITLES[number], minutes=number))
    assert [memory.has_read(f"a{number}") for number in range(4)] == [False, False, True, True]
    memory.take(tell(9, TITLES[5], minutes=5 * 24 * 60))
    assert not memory.has_read("a3")
