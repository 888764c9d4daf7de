"""The stage of a policy is told from its acts and from words of plan, draft and meeting."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.news.article import Article
from services.signals.entities import Catalogue, Regulator
from services.signals.reading import Reader, read_article
from services.signals.signal import Stage

WHEN = datetime(2024, 6, 1, tzinfo=UTC)
COUNCIL = Regulator(id="COUNCIL", name_en="Council of Elders", name_zh="长老会", jurisdiction="INT", kind="other")
READER = Reader(Catalogue({COUNCIL.id: COUNCIL}, {}, {}, {}))


def stage_of(title: str, body: str) -> Stage | None:
    article = Article(
        article_id="a", source="s", url="", language="en", title=title, body=body, published_at=WHEN, received_at=WHEN
    )
    return read_article(article, READER).stage


@pytest.mark.parametrize(
    ("stage", "title", "body"),
    [
        (
            Stage.RUMOUR,
            "Ministry weighs ban",
            "The ministry is considering a ban on the sale of e-cigarettes, two people said.",
        ),
        (
            Stage.CONSULTATION,
            "Draft cap on fees",
            "The regulator published draft rules for public comment that would cap fees.",
        ),
        (
            Stage.INVESTIGATION,
            "EU opens probe",
            "The European Commission opened an antitrust investigation into the retailer.",
        ),
        (Stage.PENALTY, "Watchdog fines bank", "The watchdog fined the bank 30 million euros."),
        (Stage.FINAL_RULE, "Ban on exports", "The government banned exports of palm oil from Thursday."),
        (Stage.APPROVAL, "Drug approved", "The Food and Drug Administration approved the pill."),
        (
            Stage.MEETING,
            "Premier meets founders",
            "The premier held a symposium with founders and encouraged them to invest.",
        ),
        (Stage.RELIEF, "Tax cut", "The finance ministry cut the corporate tax rate to 20 percent."),
        (Stage.COMPLETION, "Probe closed", "The competition commission closed its investigation into the airline."),
        (Stage.COMPLETION, "平台企业整改完成", "金融管理部门表示，平台企业专项整改已完成，转入常态化监管。"),
        (Stage.INVESTIGATION, "立案调查", "市场监管总局对该公司立案调查。"),
        (Stage.CONSULTATION, "新规征求意见", "证监会就限制减持的新规公开征求意见。"),
    ],
)
def test_each_stage_is_told_from_the_act(stage: Stage, title: str, body: str) -> None:
    """A draft and a final rule of the same tone are not the same news."""
    assert stage_of(title, body) is stage


def test_an_irrelevant_article_has_no_stage() -> None:
    """There is no policy whose life it could be in."""
    assert stage_of("Chip maker posts record profit", "Revenue rose 34 percent.") is None


def test_a_denied_plan_is_a_rumour_and_not_a_rule() -> None:
    """What was denied never became law."""
    assert (
        stage_of("Ministry denies tax plan", "The finance ministry denied reports that it would raise the tax.")
        is Stage.RUMOUR
    )
