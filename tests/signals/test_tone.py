"""Tone on our own cases: the hard cases of the guideline, minimal pairs, and blind rounds.

A blind round is written before its results are looked at and measured once; then its errors may be studied, rules
generalised, and its items join ``dev``. Macro-F1 over four labels and sign flips at that one measurement (the rounds
were written to be hard, and each after the rules of the round before):

    round        items en/zh   macro-F1 en   macro-F1 zh   flips en/zh
    held_out         36 / 22          0.63 together               2
    held_out_2       59 / 60          0.71          0.71       6 / 2
    held_out_3       40 / 40          0.68          0.79       3 / 2
    held_out_4       30 / 30          0.69          0.57       2 / 2
    held_out_5       30 / 30          0.80          0.75       2 / 0

``blind_readings.jsonl`` keeps the readings of the last three rounds as they were: confidence is fitted on the first two
of them and checked on the third. ``held_out_5`` was looked at for general rules only after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, json

from config.catalogue import load_catalogue
from services.news.article import Article
from services.signals.entities import Catalogue, Regulator
from services.signals.rules.tone import Verdict, judge_tone
from services.signals.sight import RuleBook, read_sentences
from services.signals.signal import Tone

LABELS = (Tone.SUPPORTIVE, Tone.RESTRICTIVE, Tone.NEUTRAL, Tone.IRRELEVANT)
HARD_CASES = 20
WHEN = datetime(2024, 6, 1, tzinfo=UTC)
COUNCIL = Regulator(id="COUNCIL", name_en="Council of Elders", name_zh="长老会", jurisdiction="INT", kind="other")
RULES = RuleBook(Catalogue({COUNCIL.id: COUNCIL}, {}, {}, {}))


class Case(Struct, frozen=True):
    """One written item with its label by the guideline."""

    split: str
    case: str
    tone: Tone
    score: float | None
    title: str
    body: str


CASES = [
    json.decode(line, type=Case) for line in Path(__file__).with_name("tone_cases.jsonl").read_bytes().splitlines()
]


def read(title: str, body: str = "", rules: RuleBook = RULES) -> Verdict:
    article = Article(
        article_id="a", source="s", url="", language="en", title=title, body=body, published_at=WHEN, received_at=WHEN
    )
    return judge_tone(read_sentences(article, rules))


def macro_f1(pairs: Sequence[tuple[Tone, Tone]]) -> float:
    """Mean over the four labels of 2 TP / (2 TP + FP + FN); pairs are (written, read)."""
    scores = []
    for label in LABELS:
        hits = sum(label == gold == read for gold, read in pairs)
        misses = sum((gold == label) != (read == label) for gold, read in pairs)
        scores.append(2 * hits / (2 * hits + misses) if hits or misses else 1.0)
    return sum(scores) / len(scores)


def flips(pairs: Sequence[tuple[Tone, Tone]]) -> int:
    directions = {Tone.SUPPORTIVE, Tone.RESTRICTIVE}
    return sum(gold != read for gold, read in pairs if {gold, read} <= directions)


@pytest.mark.parametrize("case", CASES[:HARD_CASES], ids=lambda case: case.case)
def test_hard_cases_get_their_label_and_a_score_near_the_given_one(case: Case) -> None:
    """Each is a way in which a word list alone goes wrong."""
    verdict = read(case.title, case.body)
    assert verdict.tone is case.tone, verdict.notes
    if case.score is None:
        assert verdict.score is None
    else:
        assert verdict.score == pytest.approx(case.score, abs=0.25), verdict.notes


@pytest.mark.parametrize(("split", "floor", "most_flips"), [("dev", 0.95, 3), ("held_out_5", 0.75, 2)])
def test_macro_f1_and_sign_flips_hold(split: str, floor: float, most_flips: int) -> None:
    """A rule for one case must not break others; a flipped sign is the worst error."""
    pairs = [(case.tone, read(case.title, case.body).tone) for case in CASES if case.split == split]
    print(f"{split}: {len(pairs)} items, macro-F1 {macro_f1(pairs):.3f}, flips {flips(pairs)}")  # noqa: T201
    assert macro_f1(pairs) >= floor
    assert flips(pairs) <= most_flips


@pytest.mark.parametrize(
    ("burden", "ended"),
    [
        (
            "The regulator opened an investigation into the bank.",
            "The regulator dropped its investigation into the bank.",
        ),
        ("The ministry imposed a ban on imports.", "The ministry lifted its ban on imports."),
        ("The council tightened the rules for scooters.", "The council relaxed the rules for scooters."),
        ("The central bank raised interest rates.", "The central bank lowered interest rates."),
        ("The court upheld the fine.", "The court overturned the fine."),
        ("The court dismissed the appeal against the fine.", "The court upheld the appeal against the fine."),
        ("The government will impose the tax in May.", "The government will not impose the tax in May."),
        ("The government delayed the subsidy.", "The government extended the subsidy."),
        ("监管部门对该公司立案调查。", "监管部门终止对该公司的调查。"),
        ("财政部上调印花税。", "财政部下调印花税。"),
        ("央行收紧房贷政策。", "央行放松房贷政策。"),
        ("市政府出台限购。", "市政府取消限购。"),
    ],
)
def test_reversal_turns_the_sign(burden: str, ended: str) -> None:
    """End, lift, delay and strike down turn a burden into a relief: the main failure of readers without scope."""
    assert (read("", burden).score or 0) < -0.15
    assert (read("", ended).score or 0) > 0.15


@pytest.mark.parametrize(
    ("helps", "weighs"),
    [
        ("India raised the cap on foreign investment.", "India raised the tax on foreign investment."),
        ("The ministry granted import licences.", "The ministry will require import licences."),
        ("The court acquitted the bank of all charges.", "The court convicted the bank on all charges."),
        ("The council shelved the bill to spare firms red tape.", "The council shelved the tax relief for firms."),
        ("The regulator resumed approvals of new games.", "The regulator resumed its probe of new games."),
        ("证监会同意恢复受理上市申请。", "证监会要求须事先取得许可。"),
        ("市政府全面取消规划许可。", "市政府表示，企业须取得规划许可。"),
        ("The ministry lifted the suspension of shipments.", "The ministry tightened exports."),
        ("The central bank left the door open to cut rates.", "The central bank is in no hurry to lower rates."),
        ("The ministry granted exemptions to export curbs.", "The ministry ended exemptions from tariffs."),
        ("The law limits compensation.", "The law is to stop platforms forcing prices on merchants."),
    ],
)
def test_what_is_moved_decides_and_not_the_verb(helps: str, weighs: str) -> None:
    """Raising a cap is not raising a tax; requiring a permit is not granting one."""
    assert (read("", helps).score or 0) > 0.1
    assert (read("", weighs).score or 0) < -0.1


@pytest.mark.parametrize(
    "amount",
    ["", "1.06 billion euro ", "$1 billion ", "27 billion won ", "1,000 ", "50% ", "Intel's 997 million euro "],
)
def test_an_amount_parts_no_verb_from_what_it_ends(amount: str) -> None:
    """A blank behind a digit ends a clause in Chinese headlines only."""
    assert (read(f"Court scraps {amount}fine", "").score or 0) > 0.1


@pytest.mark.parametrize(
    ("title", "sign"),
    [
        ("The central bank raises rates to highest since 2008", -1),
        ("The ministry lifts ban imposed in 2015", 1),
        ("The ministry lifts ban in force since 2015", 1),
    ],
)
def test_a_year_that_compares_or_dates_a_thing_is_no_background(title: str, sign: int) -> None:
    """ "Highest since 2008" and "a ban imposed in 2015" are told of today."""
    assert (read(title, "").score or 0) * sign > 0.1


def test_a_deed_of_an_earlier_year_is_background() -> None:
    """What was lifted years ago moves nobody today."""
    assert abs(read("In 2015 the ministry lifted a ban", "").score or 0) < 0.1


def test_what_a_company_is_ordered_to_end_is_no_relief() -> None:
    """ "Stop forcing" inside an order is the company's burden."""
    assert (read("", "The competition watchdog ordered the firm to stop restricting rivals.").score or 0) < -0.1


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("China posts first import growth in a year", "Imports rose as government stimulus stoked demand for metals."),
        ("U.S. retail sales snap back in June", "U.S. retail sales rose as new COVID-19 cases kept offices closed."),
        ("Carmaker names new CEO", "He takes over after the regulator fined the carmaker last spring."),
        ("前五月出口同比增长7.2%", "海关总署称，减税降费政策支持了企业。"),
    ],
)
def test_below_a_title_of_other_news_acts_are_told_in_passing(title: str, body: str) -> None:
    """Statistics, markets and appointments mention policy without being about it."""
    assert read(title, body).tone in (Tone.IRRELEVANT, Tone.NEUTRAL)


@pytest.mark.parametrize(
    "title",
    [
        "Pentagon agrees to take Xiaomi off blacklist",
        "Antitrust body shuts case against search company without sanction",
        "Regulator keeps fibre prices free of caps",
        "五角大楼将小米移出清单",
    ],
)
def test_what_comes_to_nothing_is_a_relief(title: str) -> None:
    """The words of the burden stand in the title, and nothing is left of it."""
    assert (read(title).score or 0.0) > 0.0


def test_a_licence_that_is_demanded_is_a_burden() -> None:
    """A licence is a relief for who gets it."""
    assert (read("US demands licence for chip sales to China").score or 0.0) < 0.0


def test_two_reversals_cancel() -> None:
    """Dropping a plan to ease is a burden."""
    assert (read("", "The government dropped its plan to ease the import ban.").score or 0) < 0


def test_a_company_that_acts_itself_is_irrelevant_and_one_that_is_acted_upon_is_not() -> None:
    """Platforms' own bans are no policy; passive and active differ by one word."""
    assert read("Video site bans users over violent clips").tone is Tone.IRRELEVANT
    assert read("Video site banned by regulator over violent clips").tone is Tone.RESTRICTIVE


def test_what_was_done_years_ago_weighs_little() -> None:
    """Background must not decide the day's news."""
    now = "The central bank granted the group a licence"
    assert (read("", f"{now}, which was fined 300 million yuan in 2021.").score or 0) > 0.15


def test_evidence_is_verbatim_and_at_most_three_sentences() -> None:
    """A sceptical reader finds the evidence in the article."""
    body = "Shares rose. The ministry lifted the ban. It also cut the tax. Officials approved the plan. It rained."
    verdict = read("Ministry acts", body)
    assert 1 <= len(verdict.evidence) <= 3
    assert all(item.sentence in body and 0 < item.weight <= 1 for item in verdict.evidence)


def test_notes_name_the_words_that_fired() -> None:
    """``--explain`` shows operator and burden with the sentence they stand in."""
    notes = " ".join(read("", "The ministry lifted its ban on imports.").notes)
    assert "lifted + ban" in notes
    assert "sentence 1" in notes


NOISE = (
    "Heavy rain fell on the coast.",
    "The sky was grey and it was cold.",
    "沿海下了一场大雨。",
    "Snow covered the hills.",
)


@given(st.sampled_from([case for case in CASES if case.score]), st.lists(st.sampled_from(NOISE), max_size=4))
@settings(max_examples=60, deadline=None)
def test_noise_at_the_end_never_flips_the_sign(case: Case, noise: list[str]) -> None:
    """Pages carry chatter below the article."""
    plain = read(case.title, case.body).score or 0.0
    noisy = read(case.title, " ".join([case.body, *noise])).score or 0.0
    assert plain * noisy >= 0


@pytest.mark.parametrize(
    "plain", [case for case in CASES if case.split == "dev" and "监" in case.body], ids=lambda c: c.case
)
def test_traditional_characters_read_as_simplified(plain: Case) -> None:
    """Hong Kong and Taiwan sources tell the same policy."""
    convert = opencc.OpenCC("s2t").convert
    assert read(convert(plain.title), convert(plain.body)).score == read(plain.title, plain.body).score


WHOLE = RuleBook(load_catalogue())


def lean(title: str) -> float:
    return read(title, rules=WHOLE).score or 0.0


@pytest.mark.parametrize(
    ("helps", "weighs"),
    [
        ("EU drops probe into Apple", "EU opens probe into Apple"),
        ("EU scraps duties on Chinese electric cars", "EU imposes duties on Chinese electric cars"),
        ("欧盟终止对中国电动车的反补贴调查", "欧盟启动对中国电动车的反补贴调查"),
        ("Nvidia taken off US entity list", "Nvidia added to US entity list"),
        ("SEC drops appeal in Ripple case", "SEC wins appeal in Ripple case"),
    ],
    ids=["drops", "scraps", "terminates", "list", "appeal"],
)
def test_an_authority_known_with_its_verb_does_not_swallow_the_act(helps: str, weighs: str) -> None:
    """The catalogue has "EU drops" so that the EU is found as the Commission; the verb still decides the sign."""
    assert lean(helps) > 0 > lean(weighs)


@pytest.mark.parametrize(
    "title",
    [
        "Supreme Court refuses to stay ban on money gaming",
        "Judge refuses to block rule on drug prices",
        "Lawmakers kill bill to loosen short-let rules",
        "Governor vetoes bill that would have eased lending rules",
        "Minister refuses to rule out windfall tax",
        "Bank of England lifts countercyclical buffer to 2 percent",
        "监管部门不再延长优惠期限",
        "法院裁定罚款维持",
        "央行上调逆周期缓冲",
    ],
)
def test_what_keeps_a_burden_or_denies_a_relief_weighs(title: str) -> None:
    """Two words that end something, or one that ends a relief: the mistake that a desk forgives least."""
    assert lean(title) < 0


@pytest.mark.parametrize(
    "title",
    [
        "Judge declines to block Microsoft deal",
        "Court refuses to revive ban on TikTok",
        "FDA delays compliance dates for tobacco rule",
        "Regulator clears deal without remedies",
        "CMA rows back on remedies for Three deal",
        "Two-year tariff holiday for panels from Southeast Asia",
        "不得再沿用疫情期间临时限价",
        "监管撤回征求意见稿",
        "签价格承诺企业不征反倾销税",
        "监管部门罚款改为指导",
    ],
)
def test_what_ends_or_spares_a_burden_helps(title: str) -> None:
    """The same words as of a burden, and the opposite sign."""
    assert lean(title) > 0
