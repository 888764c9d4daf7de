"""Hearsay, denials, looks back, opinions and paid texts are known by their own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.signals.caveats import read_caveats
from services.signals.signal import Caveat, Stage


@pytest.mark.parametrize(
    ("title", "body", "caveat"),
    [
        ("China weighs curbs on game spending - sources", "", Caveat.RUMOUR),
        (
            "Beijing plans relief for platforms",
            "The move was described by people familiar with the matter.",
            Caveat.RUMOUR,
        ),
        ("Regulator said to be close to a fine for Meituan", "", Caveat.RUMOUR),
        ("知情人士：监管部门考虑放宽平台融资限制", "", Caveat.RUMOUR),
        ("平台监管或有新动作", "据接近监管部门的人士透露，相关文件即将出台。", Caveat.RUMOUR),
        ("China denies report of a new gaming freeze", "Sources had spoken of it on Monday.", Caveat.DENIAL),
        ("Regulator says reports of a probe are untrue", "", Caveat.DENIAL),
        ("证监会辟谣：网传暂停新股发行不实", "", Caveat.DENIAL),
        ("公司否认被立案调查", "", Caveat.DENIAL),
        ("On this day: the fine that changed e-commerce", "", Caveat.RETROSPECTIVE),
        ("Five years on, tutoring has not come back", "", Caveat.RETROSPECTIVE),
        ("三年前的今天：平台反垄断第一单", "", Caveat.RETROSPECTIVE),
        ("Opinion: Beijing should let platforms breathe", "", Caveat.OPINION),
        ("社评：平台经济要在规范中发展", "", Caveat.OPINION),
        ("Why our licence matters", "Sponsored content. Paid for by a broker.", Caveat.SPONSORED),
    ],
)
def test_a_caveat_is_read_from_title_and_opening(title: str, body: str, caveat: Caveat) -> None:
    """Each kind in both languages."""
    assert read_caveats(title, body) == (caveat,)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("SAMR fines Alibaba 18.2 billion yuan", "The regulator said the firm abused its position."),
        ("市场监管总局对美团作出行政处罚", "处以罚款34.42亿元。"),
        ("FDA denies authorization to market e-cigarettes", "The agency found the applications lacking."),
        ("Court denies appeal by the exchange", "It must pay the fine."),
        ("Ministry names sources of pollution", "New limits apply to steel mills."),
        ("Regulator says open-source models need a licence", ""),
        ("Five-year plan names chips", "Two years of support are planned."),
    ],
)
def test_plain_reports_have_no_caveat(title: str, body: str) -> None:
    """Words that look like it: to deny an application is an act, sources of pollution say nothing."""
    assert read_caveats(title, body) == ()


def test_hearsay_deep_in_a_text_is_no_caveat() -> None:
    """Nearly every long article quotes somebody without a name."""
    body = "The ministry published the rule on Monday. " * 20 + "People familiar with the matter expect more."
    assert read_caveats("Ministry publishes rule on games", body) == ()


def test_the_readers_stage_counts() -> None:
    """What the reader takes for a rumour is one, whatever the words."""
    assert read_caveats("Relief for platforms is near", "", Stage.RUMOUR) == (Caveat.RUMOUR,)


@given(st.text(max_size=400), st.text(max_size=600))
def test_no_text_breaks_it(title: str, body: str) -> None:
    """Foreign text is anything."""
    assert set(read_caveats(title, body)) <= set(Caveat)
