"""feeds.toml says which feeds are asked, and each mistake in it is one sentence with file, feed, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.catalogue import load_catalogue
from config.feeds import describe_feeds, load_feeds
from services.errors import Misconfigured
from services.news.feed import AuthorityClass, Feed, FeedKind

GOOD = """[[feed]]
id = "sec-press"
url = "https://www.sec.gov/news/pressreleases.rss"
kind = "rss"
interval_seconds = 60
source = "SEC"
authority = "official"
language = "en"
regulator = "SEC"
"""


def load(tmp_path: Path, text: str) -> list[Feed]:
    path = tmp_path / "feeds.toml"
    path.write_text(text, encoding="utf-8")
    return load_feeds(load_catalogue(), path)


def test_the_shipped_list_is_right_and_covers_what_moves_prices() -> None:
    """At least sixty feeds, every one marked as not yet seen to answer, of the authorities that traders wait for."""
    feeds = load_feeds(load_catalogue())
    assert len(feeds) >= 60
    assert not any(feed.verified for feed in feeds)
    own = {feed.regulator for feed in feeds}
    wanted = "STATE_COUNCIL SAMR CAC NDRC PBOC CSRC MIIT MOFCOM NFRA HKMA SFC HKEX SEC FTC DOJ CFTC FED FCC FDA EC ECB ESMA CMA FCA BOE RBI SEBI FSA KFTC FSC MAS"
    assert set(wanted.split()) <= own
    assert {"Xinhua", "China Daily (state media)", "Global Times (state media)", "South China Morning Post"} <= {feed.source for feed in feeds}  # fmt: skip
    assert describe_feeds(feeds).startswith(f"{len(feeds)} in feeds.toml, {len(feeds)} not verified")


def test_an_entry_is_typed(tmp_path: Path) -> None:
    """What is not said has a default."""
    (feed,) = load(tmp_path, GOOD)
    assert (feed.kind, feed.authority, feed.verified, feed.enabled) == (
        FeedKind.RSS,
        AuthorityClass.OFFICIAL,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('id = "sec-press"', 'id = "SEC press"', "feeds.toml: SEC press: id"),
        ('id = "sec-press"', "", "feed 1"),
        ('kind = "rss"', 'kind = "xml"', "sec-press: Invalid enum value 'xml'"),
        ("interval_seconds = 60", "interval_seconds = 1", "sec-press: interval_seconds is 1, expected 15 to 1800"),
        (
            "interval_seconds = 60",
            "interval_seconds = 7200",
            "sec-press: interval_seconds is 7200, expected 15 to 1800",
        ),
        ("interval_seconds = 60", "interval_seconds = nan", "sec-press: interval_seconds is nan"),
        ('source = "SEC"', 'source = " "', "sec-press: source"),
        ('authority = "official"', 'authority = "king"', "sec-press: Invalid enum value 'king'"),
        ('language = "en"', 'language = "fr"', "sec-press: language: 'fr' is none of en, zh"),
        ('regulator = "SEC"', 'regulator = "SOX"', "sec-press: regulator: 'SOX' is not in regulators.toml"),
        ('regulator = "SEC"', "intervall = 3", "sec-press: Object contains unknown field `intervall`"),
        ('regulator = "SEC"', 'extract = { time_zone = "Mars" }', "sec-press: extract.time_zone: 'Mars' is no zone"),
        ('regulator = "SEC"', 'extract = { links_contain = [""] }', "sec-press: extract.links_contain"),
        ("https://www.sec.gov/news", "file:///etc", "sec-press: url: bad_url"),
        ("https://www.sec.gov", "http://127.0.0.1", "sec-press: url: not_public"),
        ("https://www.sec.gov", "https://www.sec.gov:8443", "sec-press: url: bad_port"),
        ("https://www.sec.gov", "https://me:pw@www.sec.gov", "sec-press: url: with_login"),
        ("[[feed]]", "[[feeds]]", "unknown table 'feeds'"),
        ("[[feed]]", "[feed]", "expected [[feed]]"),
    ],
)
def test_each_mistake_is_one_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """Found at the start and by `policy-signals check`, and not at night by a feed that is silent."""
    assert old in GOOD
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert sentence in str(caught.value)
    assert "feeds.toml" in str(caught.value)


def test_no_feed_stands_there_twice(tmp_path: Path) -> None:
    """Neither its name, which is a metric label, nor its address, which would be asked twice as often."""
    with pytest.raises(Misconfigured, match="id: 'sec-press' stands already"):
        load(tmp_path, GOOD + GOOD)
    with pytest.raises(Misconfigured, match=r"url: .* stands already in 'sec-press'"):
        load(tmp_path, GOOD + GOOD.replace('"sec-press"', '"sec-again"'))
