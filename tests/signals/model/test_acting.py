"""Who acts and which stage, as the shipped linear readings tell it."""

from __future__ import annotations

import pytest

from config.tone_model import load_reader
from deploy.training.examples import as_article
from services.signals.reading import read_article
from services.signals.signal import Reading


def read(title: str, body: str = "") -> Reading:
    return read_article(as_article({"id": "t", "title": title, "body": body}), load_reader())


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("UK blocks merger, says Competition and Markets Authority", "CMA"),
        ("中国人民银行宣布下调存款准备金率0.5个百分点", "PBOC"),
        ("国家邮政局约谈三家快递企业总部负责人", "MOT_CN"),
        ("Gary Gensler says the SEC will fine crypto exchanges that do not register", "SEC"),
        ("7月国产网络游戏版号发放118款", "NPPA"),
    ],
)
def test_an_authority_that_acts_is_found_by_name_leader_or_topic(title: str, wanted: str) -> None:
    """A name, a leader, an office, or an act that only one authority does."""
    assert wanted in read(title).regulators


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        ("市场监管总局就平台收费规则公开征求意见", "consultation"),
        ("Britain's CMA opens investigation into Google's search business", "investigation"),
        ("市场监管总局对美团罚款34.42亿元", "penalty"),
    ],
)
def test_the_stage_follows_the_words_of_the_act(title: str, stage: str) -> None:
    """A draft is no rule yet, and an opened probe no penalty."""
    assert read(title).stage == stage
