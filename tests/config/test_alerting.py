"""alerting.toml and sources.toml: one test per kind of mistake, on copies of the real files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.alerting import FOLDER, load_authorities, load_policy
from services.errors import Misconfigured

POLICY = (FOLDER / "alerting.toml").read_text(encoding="utf-8")
SOURCES = (FOLDER / "sources.toml").read_text(encoding="utf-8")


def policy_complaint(tmp_path: Path, text: str) -> str:
    file = tmp_path / "alerting.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load_policy(file)
    return str(caught.value)


def sources_complaint(tmp_path: Path, text: str) -> str:
    file = tmp_path / "sources.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load_authorities(file)
    return str(caught.value)


def test_the_files_in_use_are_right() -> None:
    """The numbers that the README tells."""
    policy = load_policy()
    assert (policy.minimum_confidence, policy.stale_after_hours) == (0.60, 12.0)
    assert 0 < policy.urgent_from <= policy.flash_from
    assert 0 <= load_authorities().default <= 1


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("minimum_confidence", "minimal_confidence", "alerting.toml: [silence]: unknown key 'minimal_confidence'"),
        ("stale_after_hours = 12.0", "", "missing required field `stale_after_hours`"),
        (
            "minimum_score = 0.20",
            "minimum_score = '0.2'",
            "alerting.toml: Expected `float`, got `str` - at `$.minimum_score`",
        ),
        ("minimum_score = 0.20", "minimum_score = 2", "alerting.toml: minimum_score is 2.0, expected 0 to 1"),
        (
            "minimum_confidence = 0.60",
            "minimum_confidence = nan",
            "alerting.toml: minimum_confidence is nan, expected 0 to 1",
        ),
        ("urgent_from = 0.25", "urgent_from = 0.9", "alerting.toml: urgent_from is 0.9, expected at most flash_from"),
        (
            "stale_after_hours = 12.0",
            "stale_after_hours = -1",
            "alerting.toml: stale_after_hours is -1.0, expected above 0",
        ),
        ("confirming_z = 2.0", "confirming_z = inf", "alerting.toml: confirming_z is inf, expected above 0"),
        ("largest_basket = 12", "largest_basket = 0", "alerting.toml: largest_basket is 0, expected above 0"),
        ("[silence]", "minimum_score = 0.1\n[silence]", "alerting.toml: key 'minimum_score' stands outside the tables"),
        ("[severity]", "[severty]\nx = 1\n[severity]", "alerting.toml: unknown table [severty]"),
        (
            "[verdict]",
            "[verdict]\nflash_from = 0.1",
            "alerting.toml: [verdict]: key 'flash_from' stands in another table already",
        ),
        ("[silence]", "[silence", "alerting.toml: not TOML"),
    ],
)
def test_each_mistake_in_the_thresholds_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """File, key and reason: nothing starts with a threshold that means nothing."""
    assert old in POLICY
    assert sentence in policy_complaint(tmp_path, POLICY.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("default = 2.0\n", "sources.toml: 'default' is 2.0, expected 0 to 1"),
        ("default = 'high'\n", "sources.toml: Expected `float`, got `str` - at `$.default`"),
        ("", "sources.toml: Expected `float`, got `null` - at `$.default`"),
        ("default = 0.5\n[authority]\nreuters = -1\n", "sources.toml: 'reuters' is -1.0, expected 0 to 1"),
        ("default = 0.5\n[authorities]\nreuters = 1\n", "sources.toml: unknown key 'authorities'"),
        ("default = = 1\n", "sources.toml: not TOML"),
    ],
)
def test_each_mistake_in_the_sources_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    """A misspelt table would leave every source at the default."""
    assert sentence in sources_complaint(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(Misconfigured, match=r"nowhere\.toml: cannot be read: No such file or directory"):
        load_policy(tmp_path / "nowhere.toml")


@given(st.binary(max_size=80))
def test_no_bytes_bring_anything_but_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """A file that was cut in half is no traceback."""
    file = tmp_path_factory.mktemp("broken") / "alerting.toml"
    file.write_bytes(data)
    with pytest.raises(Misconfigured, match=r"alerting\.toml"):
        load_policy(file)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("SEC (Securities and Exchange Commission)", "official"),
        ("Trade Commission Watch blog", "aggregator"),
        ("Stock Exchange Forum", "aggregator"),
        ("Ministry News Aggregator", "aggregator"),
        ("Capital Daily (state media, sample)", "state_media"),
    ],
)
def test_a_blog_on_an_authority_is_a_blog(source: str, kind: str) -> None:
    """A vendor's source may carry any name; grand words in it must not make it speak for an authority."""
    authorities = load_authorities()
    assert authorities.class_of(source) == kind
    assert (authorities.authority_of(source) < authorities.default) is (kind == "aggregator")
