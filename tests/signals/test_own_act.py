"""A company's own recall, outage or missed payment is no act of an authority."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.catalogue import load_catalogue
from services.news.article import Article
from services.signals.rules.own_act import is_own_act
from services.signals.sight import RuleBook, read_opening

RULES = RuleBook(load_catalogue())
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def judge(title: str, body: str) -> bool:
    """Whether the rules see a company's own act."""
    article = Article(
        article_id="a", source="s", url="", language="en", title=title, body=body, published_at=NOW, received_at=NOW
    )
    return is_own_act(read_opening(article, RULES))


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Carmaker recalls 300,000 pickups over faulty latch", "Dealers will change the part free of charge."),
        ("Chat app outage hits users across the country", "The operator said a cable had been cut."),
        ("Search company to shut down podcast app", "Users have until March to move their lists."),
        ("Developer misses coupon payment on dollar bonds", "Holders had not been paid, two of them said."),
        ("Lender to report half-year results on August 1", "The board will decide on a dividend that day."),
        ("Search group sells $2 billion of exchangeable bonds", "They run for five years."),
        ("电商集团通报反舞弊：四十人被开除", "供应商列入黑名单。"),
        ("平台公司完成发行32亿美元零息可转债", "所得款项用于云基建。"),
        ("新能源车企召回部分车辆", "公司将免费更换零部件。"),
        ("云平台机房故障 多家网站无法访问", "公司称正在抢修。"),
        ("Moody's cuts US credit rating to Aa1", "The Treasury Department disagreed."),
        ("穆迪将中国主权信用评级展望调至负面", "财政部表示失望。"),
    ],
)
def test_a_companys_own_misfortune_is_its_own(title: str, body: str) -> None:
    """The words sound like acts, and the encoder was seen to take them for curbs."""
    assert judge(title, body)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Carmaker recalls 300,000 pickups after NHTSA probe", "The agency had found crashes."),
        ("Carmaker recalls 2 million cars", "The safety agency said driver monitoring was too weak."),
        ("Bank barred from new business after outages", ""),
        ("车企召回部分车辆", "市场监管总局启动缺陷调查后，公司提交了计划。"),
        ("Labor Department to release jobs figures on Friday", ""),
        ("State attorneys close inquiry as app agrees to age checks", "No penalty is due."),
        ("Regulator lifts ban on lender", "It may open accounts again."),
        ("Moody's fined by EU watchdog over ratings", "The European authority found conflicts of interest."),
        ("SEC charges Moody's", "The agency's ratings were late."),
    ],
)
def test_an_authority_in_the_opening_makes_it_the_authoritys(title: str, body: str) -> None:
    """A recall that a watchdog forced is its act."""
    assert not judge(title, body)
