"""Short names that are also words: the company's only where the text says so."""

from __future__ import annotations

import pytest

from config.catalogue import load_catalogue
from services.signals.names.linking import Linker, Passage
from services.signals.signal import Role

LINKER = Linker(load_catalogue())


def companies(*texts: str) -> set[str]:
    """Ids of the companies that the texts name, the first one a title."""
    passages = [Passage(text=text, place=number - 1, acting=True) for number, text in enumerate(texts)]
    return {exposure.issuer for exposure in LINKER.link(passages).exposures if exposure.role is not Role.SECTOR}


@pytest.mark.parametrize(
    ("title", "issuer"),
    [
        ("Justice Department sues Visa over debit fees", "visa"),
        ("Visa, Mastercard settle with merchants", "visa"),
        ("US fines Southwest $140 million over holiday meltdown", "southwest_airlines"),
        ("US Transportation Department probes Delta over outage", "delta_air_lines"),
        ("Justice Department takes Visa to court over debit cards", "visa"),
        ("EU says no to Booking's 1.6 billion euro purchase", "booking"),
        ("KT customers may leave free of charge, ministry finds", "kt_corp"),
        ("JD and Alibaba told to behave", "jd"),
        ("Delta, United cut flights after order", "united_airlines"),
        ("监管部门约谈贝壳", "ke_holdings"),
        ("通威、隆基等企业参加座谈会", "tongwei"),
        ("网信办约谈新浪微博", "weibo"),
    ],
)
def test_a_short_name_is_the_company_where_the_words_at_it_take_one(title: str, issuer: str) -> None:
    """A fine, a case, a list of companies: nobody does that to a document or a region."""
    assert issuer in companies(title)


@pytest.mark.parametrize(
    "title",
    [
        "US tightens visa rules for students",
        "US Suspends Visa Applications From Two Countries",
        "Storm hits the Southwest",
        "Southwest Gas fined by regulator",
        "Delta variant spreads, cities close schools",
        "India bans Visa Free entry for tourists",
        "China Southwest Airlines fined",
        "Sea level rises, agency says",
        "JD Vance says tariffs will stay",
        "Governor Abbott signs bill on data centres",
        "AI浪潮被资本追捧",
        "投资者心动因素增多",
        "宁德市发布产业规划",
        "实现理想的目标",
        "信达生物新药获批",
    ],
)
def test_a_word_is_no_company(title: str) -> None:
    """A wrong ticker is the one thing that a desk does not forgive."""
    strange = {
        "visa", "southwest_airlines", "delta_air_lines", "sea_limited", "catl", "li_auto", "cinda", "jd", "abbott", "inspur",
        "xd_inc",
    }  # fmt: skip
    assert not companies(title) & strange


def test_a_long_name_elsewhere_explains_the_short_one() -> None:
    """Papers write the whole name once and the short one after that."""
    assert companies("Regulator opens case over fees", "Visa Inc was told on Monday.", "Visa is the larger one.") == {
        "visa"
    }
