"""Names in headlines keep the twins of one day apart, for companies that no catalogue knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from config.stories import load_teller
from services.news.article import Article
from services.stories.likeness import compare
from services.stories.link_weights import WEIGHTS_WITHIN
from services.stories.story_memory import StoryMemory, link_odds
from services.stories.telling import Telling
from services.stories.title_names import find_names

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)


def tell(title: str, body: str, minutes: int = 0, language: str = "en") -> Telling:
    at = NOON + timedelta(minutes=minutes)
    return load_teller().tell(
        Article(
            article_id=f"art_{title}",
            source=f"paper {minutes}",
            url="",
            language=language,
            title=title,
            body=body,
            published_at=at,
            received_at=at,
        )
    )


def stories(*tellings: Telling) -> list[str]:
    memory = StoryMemory(load_teller().weights)
    places = [memory.take(telling) for telling in tellings]
    return [memory.story_of(place.article_id) or "" for place in places]


FINE = "The central bank said on Friday that the firm had not checked who its customers were."
ZH_FINE = "因未按规定履行客户身份识别义务，被给予警告并罚款。"


@pytest.mark.parametrize(
    ("one", "other", "body", "language"),
    [
        (
            "China's central bank fines payment firm Kuaifubao 240 million yuan",
            "China's central bank fines payment firm Yintong for lax checks",
            FINE,
            "en",
        ),
        ("央行对快付宝罚款2.4亿元", "央行对银通商务罚款", ZH_FINE, "zh"),
    ],
    ids=["en", "zh"],
)
def test_two_unknown_companies_fined_at_once_are_two_stories(one: str, other: str, body: str, language: str) -> None:
    """One authority, one hour, one act: only the names differ, and an alert of each is due."""
    left, right = tell(one, body, 0, language), tell(other, body[:-8], 10, language)
    assert compare(left, right, load_teller().weights)["conflict_names"] == 1.0
    assert len(set(stories(left, right))) == 2


def test_a_name_in_both_titles_speaks_for_one_story() -> None:
    """The name, not its place in the sentence, counts."""
    first = tell("SFC reprimands and fines Crestview Securities over client money", "It moved client money.")
    same = tell("Hong Kong watchdog punishes Crestview for dipping into client funds", "It pays.", 30)
    other = tell("Hong Kong watchdog punishes Ridgemont for dipping into client funds", "It pays.", 30)
    weights = load_teller().weights
    assert link_odds(first, same, weights) > link_odds(first, other, weights) + WEIGHTS_WITHIN["named_same"]


def test_country_authority_and_hour_alone_are_vague() -> None:
    """Two rules that one regulator publishes on one afternoon share all three, and that speaks against one story."""
    weights = load_teller().weights
    first = tell("China to crack down on fake accounts and stake sales", "The securities regulator put out 18 points.")
    second = tell("China tells fund houses to put function first", "The securities regulator wants an end to high pay.")
    third = tell("China acts on fake accounts and stake sales", "The regulator put out 18 points.")
    assert compare(first, second, weights)["vague"] == compare(second, first, weights)["vague"] == 1.0
    assert compare(first, third, weights)["vague"] == 0.0
    assert WEIGHTS_WITHIN["vague"] < 0.0


def test_a_country_that_all_name_is_half_an_agreement() -> None:
    """Else everything out of China on one day would share its people and places."""
    weights = load_teller().weights
    first = tell("China to crack down on fake accounts", "The securities regulator put out 18 points.")
    second = tell("China tells fund houses to put function first", "The regulator wants an end to high pay.")
    third = tell("Norway tells fund houses to put function first", "The regulator wants an end to high pay.")
    assert compare(first, second, weights)["names"] == 0.5
    assert compare(third, third, weights)["names"] == 1.0
    assert compare(second, third, weights)["places_other"] == 1.0


@pytest.mark.parametrize("title", ["SEC FINES KUAIFUBAO", "Central Bank Fines Payment Firm Kuaifubao Over Checks", ""])
def test_capitals_everywhere_show_no_names(title: str) -> None:
    """In Title Case every word looks like a name, and a false name would split stories."""
    assert find_names(title, title.lower(), load_teller().weights) == frozenset()


def rivals(one: Telling, other: Telling) -> float:
    return compare(one, other, load_teller().weights)["conflict_authorities"]


def test_a_court_is_no_rival_of_the_office_whose_suit_it_decides() -> None:
    """The suit of the Justice Department is won or lost before a judge: one event."""
    suit = tell("Google loses Justice Department suit over search", "")
    ruling = tell("US judge finds Google a monopolist: federal court rules in search case", "", 5)
    assert rivals(suit, ruling) == rivals(ruling, suit) == 0.0


def test_a_government_is_a_rival_of_its_offices() -> None:
    """The premier meets platform companies, and the planner praises them the day after: two events."""
    premier = tell("China's State Council meets platform companies", "")
    planner = tell("China's NDRC praises ten platform cases", "", 5)
    assert rivals(premier, planner)


def test_two_agencies_and_authorities_of_two_countries_stay_rivals() -> None:
    """The same company on one day, and two events all the same."""
    assert rivals(tell("FTC fines Amazon over returns", ""), tell("SEC fines Amazon over filings", "", 5))
    assert rivals(tell("White House curbs chip exports", ""), tell("European Commission curbs chip exports", "", 5))


def test_parcels_and_tariffs_of_one_day_are_two_matters() -> None:
    """One president signs two orders on one afternoon."""
    tariffs = tell(
        "Trump announces sweeping new tariffs on nearly all partners", "A baseline of 10% is due on Saturday."
    )
    parcels = tell(
        "Trump ends de minimis rule for small parcels from China", "Packages lose duty-free entry in May.", 40
    )
    first, second = stories(tariffs, parcels)
    assert first != second


def test_an_answer_to_another_country_is_an_event_of_its_own() -> None:
    """Beijing's notice names the tariffs of Washington that it answers; those did not know of it."""
    tariffs = tell("Trump imposes 34% tariff on China", "The White House named its partners on Wednesday.")
    answer = tell("国务院对美国商品加征34%关税", "白宫宣布对中国商品加征34%关税后，国务院作出决定。", 60, "zh")
    assert rivals(tariffs, answer) == rivals(answer, tariffs) == 1.0
    truce = tell("White House and China's State Council agree on a truce", "", 5)
    assert rivals(tariffs, truce) == 0.0


def conflict(kind: str, one: Telling, other: Telling) -> tuple[float, float]:
    weights = load_teller().weights
    return compare(one, other, weights)[f"conflict_{kind}"], compare(other, one, weights)[f"conflict_{kind}"]


def test_two_levels_of_a_rate_are_two_decisions() -> None:
    """Norway and Britain raise on one morning; 5 % and 5 per cent are one level."""
    norway = tell("Policy rate raised to 3.75 percent", "")
    britain = tell("Bank Rate increased to 5%", "")
    assert conflict("levels", norway, britain) == (1.0, 1.0)
    assert conflict("levels", britain, tell("英国央行加息至5%", "", 5, "zh")) == (0.0, 0.0)
    assert conflict("levels", britain, tell("Bank Rate up, sterling gains 1 percent", "", 5)) == (0.0, 0.0)
    assert conflict("levels", britain, tell("Fed lowers range to 4%-4.25%", "", 5)) == (0.0, 0.0)


def test_two_rules_of_one_minute_are_two_events() -> None:
    """An authority publishes two opinions at once; a text that names both belongs to either."""
    listed = tell("证监会发布《关于加强上市公司监管的意见》", "", 0, "zh")
    brokers = tell("证监会发布《关于加强证券公司监管的意见》", "", 0, "zh")
    both = tell("证监会发布《关于加强证券公司监管的意见》", "同时发布《关于加强上市公司监管的意见》。", 1, "zh")
    assert conflict("documents", listed, brokers) == (1.0, 1.0)
    assert conflict("documents", listed, both) == (0.0, 0.0)
