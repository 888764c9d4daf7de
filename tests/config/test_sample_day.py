"""The sample day's files: readable, consistent with what is expected of them, and refused clearly when broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.alerting import load_policy
from config.exchanges import load_calendars
from config.sample_day import FOLDER, load_articles, load_sample_day, load_tape
from config.stories import load_teller
from services.alerts.alert import SilenceReason
from services.errors import Misconfigured
from services.market.reaction import SessionState
from services.news.article import Article
from services.news.parsing import parse_article
from services.signals.signal import Relation, Tone
from services.stories.story_memory import StoryMemory

FAR_AHEAD = datetime(9999, 1, 1, tzinfo=UTC)
"""Not used: every article of the sample says itself when it arrived."""
TAPE = (FOLDER / "tape.toml").read_text(encoding="utf-8")
EXPECTED: list[dict[str, Any]] = [
    msgspec.json.decode(line)
    for line in Path(__file__).with_name("expected_sample_day.jsonl").read_bytes().splitlines()
]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """Every article of the sample day, as the line reads it."""
    return [parse_article(line, FAR_AHEAD) for line in load_articles()]


def test_every_article_is_readable_and_has_an_expected_outcome(articles: list[Article]) -> None:
    """The expectation file follows the articles line by line, so that none is forgotten."""
    assert [article.url for article in articles] == [line["url"] for line in EXPECTED]
    assert len({article.article_id for article in articles}) == len(articles) >= 15


def test_expectations_use_the_words_of_the_line(articles: list[Article]) -> None:
    """A reason or tone that does not exist could never be met."""
    instruments = {entry.instrument for entry in load_tape().instruments}
    for article, line in zip(articles, EXPECTED, strict=True):
        assert line["tone"] in set(Tone)
        assert set(line["instruments"]) <= instruments, article.title
        if line["outcome"] == "silence":
            assert set(line["reasons"]) <= set(SilenceReason), article.title
        else:
            assert line["regulators"], article.title
            assert line["instruments"], article.title


def test_reports_name_an_alert_that_came_before() -> None:
    """A report joins the story of an earlier alert; its relation says how."""
    alerts: set[str] = set()
    for line in EXPECTED:
        if line["outcome"] == "alert":
            alerts.add(line["url"])
        elif line["outcome"] == "report":
            assert line["of"] in alerts
            assert line["relation"] in {Relation.TRANSLATION, Relation.UPDATE, Relation.CORRECTION}
    assert len(alerts) == 5


def test_each_event_is_one_story_and_relations_are_as_meant(articles: list[Article]) -> None:
    """Story identity needs true negatives: every article that is not meant to join a story must open its own."""
    memory = StoryMemory(load_teller().weights)
    story_of: dict[str, str] = {}
    for article, line in zip(articles, EXPECTED, strict=True):
        place = memory.take(load_teller().tell(article))
        is_copy = line.get("reasons") == ["reprint"]
        if line["outcome"] == "report" or is_copy:
            assert place.story_id == story_of[line.get("of", EXPECTED[0]["url"])], article.title
            assert place.relation is Relation(line.get("relation", "reprint")), article.title
        else:
            assert place.story_id not in story_of.values(), article.title
            assert place.relation is Relation.NEW, article.title
            story_of[article.url] = place.story_id


def test_different_alerts_differ_in_regulator() -> None:
    """Two alerts within a day must not be one event by the story's own rule."""
    regulators = [tuple(line["regulators"]) for line in EXPECTED if line["outcome"] == "alert"]
    assert len(set(regulators)) == len(regulators)


def test_alerts_meet_each_state_of_the_session(articles: list[Article]) -> None:
    """In the evening, during trading and at lunch: each starts the horizons differently."""
    calendar = load_calendars()["XHKG"]
    published = [
        calendar.session_state(article.published_at)
        for article, line in zip(articles, EXPECTED, strict=True)
        if line["outcome"] == "alert"
    ]
    closed, opened, lunch = SessionState.CLOSED, SessionState.OPEN, SessionState.LUNCH
    assert published == [closed, closed, opened, lunch, opened]


def test_only_the_old_article_is_stale(articles: list[Article]) -> None:
    """All others arrive within seconds, as live news does."""
    limit = timedelta(hours=load_policy().stale_after_hours)
    for article, line in zip(articles, EXPECTED, strict=True):
        age = article.received_at - article.published_at
        is_stale = line.get("reasons") == ["stale_news"]
        assert (age > limit) == is_stale
        assert is_stale or timedelta(0) < age < timedelta(seconds=10)


def test_both_languages_and_the_label_are_in_every_source(articles: list[Article]) -> None:
    """A reader of the card sees in the source that this is a sample."""
    assert {article.language for article in articles} == {"en", "zh"}
    assert all("sample" in article.source or "示例" in article.source for article in articles)
    assert all(article.url.split("/")[2].endswith(".example") for article in articles)


def test_reactions_follow_an_article_that_makes_an_alert(articles: list[Article]) -> None:
    """The tape answers only news that the line has, on names that the news is expected to touch or on the open."""
    tape = load_tape()
    opens = tape.reactions[0]
    assert opens.at.time() == tape.hours.opens
    alerts = {
        article.received_at: set(line["instruments"])
        for article, line in zip(articles, EXPECTED, strict=True)
        if line["outcome"] == "alert"
    }
    for reaction in tape.reactions[1:]:
        assert set(reaction.moves) == alerts[reaction.at]


def test_the_sample_day_loads_whole(articles: list[Article]) -> None:
    """Articles in order of arrival as raw JSON, tape of two days and thirteen instruments."""
    day = load_sample_day()
    arrivals = [article.received_at for article in articles]
    assert arrivals == sorted(arrivals)
    assert all(msgspec.json.decode(line)["schema_version"] == 1 for line in day.articles)
    assert (len(day.tape.days), len(day.tape.instruments)) == (2, 13)


MISTAKES = [
    ('label = "reconstructed prices"', 'label = "prices"', "label"),
    ('timezone = "Asia/Hong_Kong"', 'timezone = "Asia/Nowhere"', "timezone"),
    ('benchmark = "HSI"', 'benchmark = "HSCEI"', "benchmark"),
    ('instrument = "0883.HK"', 'instrument = "0005.HK"', "instruments"),
    ("day = 2023-07-12", "day = 2023-07-14", "days"),
    ("seconds_per_tick = 5", "seconds_per_tick = 7", "days[0].seconds_per_tick"),
    ("seconds_per_tick = 5", "seconds_per_tick = 0", "days[0].seconds_per_tick"),
    ("lunch_from = 12:00:00", "lunch_from = 13:30:00", "hours"),
    ("closes = [335.6, 340.0, 349.8]", "closes = [340.0, 349.8]", "instruments[1].closes"),
    ("closes = [335.6, 340.0, 349.8]", "closes = [335.6, 340.1, 349.8]", "instruments[1].closes"),
    ("closes = [335.6, 340.0, 349.8]", "closes = [335.6, 340.0, -349.8]", "instruments[1].closes"),
    ("closes = [335.6, 340.0, 349.8]", "closes = [335.6, 340.0, 350.0]", "instruments[1].published_move"),
    ("opens = [337.4, 344.6]", "opens = [337.4]", "instruments[1].opens"),
    ("shares = 18_000_000", "", "instruments[1].shares"),
    ("noise = 2.0", "noisy = 2.0", "noisy"),
    ("busier = 4.0", "busier = 0.5", "reactions[1].busier"),
    ('"9961.HK" = -0.021', '"9962.HK" = -0.021', "reactions[1].moves"),
    ('"9961.HK" = -0.021', '"9961.HK" = -2.1', "reactions[1].moves"),
    ("at = 2023-07-13T10:05:03+08:00", "at = 2023-07-13T10:05:03", "reactions[1].at"),
    ("at = 2023-07-13T10:05:03+08:00", "at = 2023-07-15T10:05:03+08:00", "reactions[1].at"),
    ("[hours]", "[hours", "not TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "key"), MISTAKES)
def test_a_mistake_in_the_tape_is_refused_with_file_and_key(tmp_path: Path, right: str, wrong: str, key: str) -> None:
    """One sentence that says where to look."""
    assert right in TAPE
    file = tmp_path / "tape.toml"
    file.write_text(TAPE.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(Misconfigured) as refusal:
        load_tape(file)
    assert str(file) in str(refusal.value)
    assert key in str(refusal.value).removeprefix(str(file))


GOOD = (
    b'{"source": "Harbour Wire", "url": "https://harbour-wire.example/1", "title": "Rules eased",'
    b' "published_at": "2023-07-12T19:30:00+08:00", "received_at": "2023-07-12T19:30:04+08:00"}\n'
)
BROKEN = [
    (b"", "no article"),
    (GOOD + b"{broken\n", "line 2: not_json"),
    (GOOD.replace(b', "received_at": "2023-07-12T19:30:04+08:00"', b""), "line 1: received_at"),
    (GOOD.replace(b'"title": "Rules eased", ', b'"title": "", '), "line 1: no_text"),
    (GOOD.replace(b"+08:00", b""), "line 1: naive_time"),
    (GOOD + GOOD.replace(b"19:30", b"19:20"), "line 2: received_at"),
]


@pytest.mark.parametrize(("content", "reason"), BROKEN)
def test_a_mistake_in_the_articles_is_refused_with_file_and_line(tmp_path: Path, content: bytes, reason: str) -> None:
    """The sample must not feed the dead-letter topic by accident."""
    file = tmp_path / "articles.jsonl"
    file.write_bytes(content)
    with pytest.raises(Misconfigured, match=reason) as refusal:
        load_articles(file)
    assert str(file) in str(refusal.value)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    """An incomplete installation says which file it lacks."""
    with pytest.raises(Misconfigured, match=r"articles\.jsonl: cannot be read"):
        load_sample_day(tmp_path)
    with pytest.raises(Misconfigured, match=r"tape\.toml: cannot be read"):
        load_tape(tmp_path / "tape.toml")
