"""One event is one story: reprints, updates, further reports and translations join; other events do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.news.article import Article
from services.news.fingerprint import fingerprint, resemblance
from services.signals.signal import Exposure, Reading, Relation, Role, Tone
from services.signals.story import StoryMemory

NOON = datetime(2023, 7, 13, 4, 0, tzinfo=UTC)
BODY = (
    "The market regulator said on Thursday that it has closed its inquiry into the delivery company. "
    "Officials wrote that most problems were mended and that supervision returns to a normal footing. "
    "The company said it will keep its promises to couriers and small restaurants. "
    "Analysts had expected the inquiry to run into the autumn."
)


def article(number: int, body: str = BODY, title: str = "Inquiry closed", minutes: int = 0) -> Article:
    return Article(
        article_id=f"art_{number}",
        source=f"source {number}",
        url="",
        language="en",
        title=title,
        body=body,
        published_at=NOON + timedelta(minutes=minutes),
        received_at=NOON + timedelta(minutes=minutes),
    )


def reading(
    issuers: tuple[str, ...] = ("meituan",), regulators: tuple[str, ...] = ("SAMR",), score: float = 0.5
) -> Reading:
    exposures = tuple(
        Exposure(instrument=f"{issuer}.HK", issuer=issuer, name=issuer, role=Role.DIRECT, relevance=90)
        for issuer in issuers
    )
    return Reading(
        tone=Tone.SUPPORTIVE if score > 0 else Tone.RESTRICTIVE,
        score=score,
        confidence=0.9,
        regulators=regulators,
        sectors=("internet_platforms",),
        stage=None,
        exposures=exposures,
        evidence=(),
    )


@pytest.fixture
def memory() -> StoryMemory:
    memory = StoryMemory()
    memory.remember(memory.place(article(1), reading()).told)
    return memory


def test_the_same_text_from_elsewhere_is_a_reprint(memory: StoryMemory) -> None:
    """Syndicated copies change the byline at most."""
    place = memory.place(article(2, body="(Elsewhere) " + BODY), reading())
    assert place.relation is Relation.REPRINT


def test_a_text_that_grew_is_an_update(memory: StoryMemory) -> None:
    """The known part is no news, the new part is."""
    grown = (
        BODY + " In a second statement it named four further duties for the platform, from fees to insurance of riders."
    )
    assert memory.place(article(2, body=grown), reading()).relation is Relation.UPDATE


def test_other_words_for_the_same_act_are_a_further_report(memory: StoryMemory) -> None:
    """Also in another language: authority, direction and companies are the same."""
    place = memory.place(
        article(2, body="监管部门表示，对该外卖平台的调查已经结束，转入常态化监管。", title="调查结束", minutes=20),
        reading(),
    )
    assert place.relation is Relation.REPORT
    assert place.novelty < 100


@pytest.mark.parametrize(
    "other",
    [reading(issuers=("alibaba",)), reading(regulators=("CSRC",)), reading(score=-0.6)],
    ids=["another company", "another authority", "the other direction"],
)
def test_another_event_is_a_new_story(memory: StoryMemory, other: Reading) -> None:
    """A wrong merge hides an alert, which is the worse mistake."""
    place = memory.place(article(2, body="A text about something that happened elsewhere entirely today."), other)
    assert place.relation is Relation.NEW
    assert place.novelty == 100


def test_template_notices_about_different_companies_do_not_merge(memory: StoryMemory) -> None:
    """Regulators write the same words about each company; the company decides."""
    assert memory.place(article(2), reading(issuers=("kuaishou",))).relation is Relation.NEW


def test_the_same_act_two_days_later_is_a_new_event(memory: StoryMemory) -> None:
    """A second fine is a second fine."""
    later = article(2, body="Words of quite another kind, two days on.", minutes=2 * 24 * 60)
    assert memory.place(later, reading()).relation is Relation.NEW


def test_memory_forgets_after_three_days() -> None:
    """Bounded memory: what is older cannot be the same news."""
    memory = StoryMemory()
    memory.remember(memory.place(article(1), reading()).told)
    memory.remember(memory.place(article(2, minutes=4 * 24 * 60), reading(issuers=("baidu",))).told)
    assert not memory.has_read("art_1")
    assert memory.has_read("art_2")


def test_resemblance_estimates_what_is_shared() -> None:
    """64 minima estimate the Jaccard similarity within about 0.06."""
    words = [f"word{number}" for number in range(400)]
    half = " ".join(words[:300])
    other = " ".join(words[100:])
    true = (200 - 2) / (400 - 2 - 2)
    assert resemblance(fingerprint(half), fingerprint(other)) == pytest.approx(true, abs=0.15)
    assert resemblance(fingerprint(half), fingerprint("nothing alike at all here")) < 0.1
