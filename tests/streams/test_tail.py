"""``tail``: each article makes one line, that of what became of it; every line fits the terminal that it is shown in."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from services.alerts.alert import DeliveryState, Receipt, Silence, SilenceReason
from services.news.parsing import parse_article
from streams import codec
from streams.broker.kafka import Record
from streams.cli.tail import Pulse, _say_all, _sorted
from streams.cli.tail_lines import DECIDED_WITHIN_SECONDS, Arrivals, Line, Only, draw, passes
from streams.topics import NEWS_ARTICLES, POLICY_ALERTS_LOG, POLICY_SILENCES
from tests.streams.test_news_consumer import ARTICLE, NOW

CAME_MS = int(NOW.timestamp() * 1000)
ARTICLE_ID = parse_article(json.dumps(ARTICLE).encode(), NOW).article_id
LINE = Line(at=NOW, sign="●", what="alert", said="FLASH, not yet, 1 reports", headline="Probe ends", alert_id="alt_1")


def record(topic: str, value: bytes, milliseconds: int = 0) -> Record:
    return Record(topic=topic, partition=0, offset=0, key=None, value=value, timestamp_ms=CAME_MS + milliseconds)


def came(value: bytes | None = None) -> Record:
    return record(NEWS_ARTICLES.name, json.dumps(ARTICLE).encode() if value is None else value)


def decided(milliseconds: int = 40) -> Record:
    silence = Silence(
        reason=SilenceReason.IRRELEVANT,
        article_id=ARTICLE_ID,
        source="Wire",
        headline="Storm nears",
        detail="gate: another world",
        decided_at=NOW,
    )
    return record(POLICY_SILENCES.name, codec.encode(silence), milliseconds)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["article first", "decision first"])
def test_an_article_that_becomes_nothing_makes_one_line_with_the_time_it_took(order: tuple[int, int]) -> None:
    """Two topics are read side by side, so either may come first within a look."""
    records = [came(), decided()]
    lines = list(_say_all([records[number] for number in order], Arrivals()))
    assert [(line.what, line.said) for line in lines] == [("silent", "irrelevant: gate: another world (40 ms)")]


def test_an_article_that_nobody_decides_is_shown_after_a_few_seconds_and_once() -> None:
    """Then the reader of news is not at work, and whoever watches the line must see it."""
    arrivals = Arrivals()
    assert arrivals.take(came(), 100.0) is None
    assert list(arrivals.overdue(100.0 + DECIDED_WITHIN_SECONDS - 0.1)) == []
    (line,) = arrivals.overdue(100.0 + DECIDED_WITHIN_SECONDS)
    assert (line.what, line.article_id) == ("stuck", ARTICLE_ID)
    assert list(arrivals.overdue(1_000.0)) == []


def test_a_decision_that_came_one_look_before_its_article_is_not_waited_for() -> None:
    """Else the article would be told as stuck."""
    arrivals = Arrivals()
    assert len(list(_say_all([decided()], arrivals))) == 1
    assert list(_say_all([came()], arrivals)) == []
    assert list(arrivals.overdue(float("inf"))) == []


def test_an_article_that_cannot_be_read_is_a_line_with_its_reason() -> None:
    """It lies among the dead letters."""
    (line,) = _say_all([came(b"{")], Arrivals())
    assert (line.what, line.said.partition(":")[0]) == ("unread", "not_json")


def test_a_try_that_has_only_begun_makes_no_line() -> None:
    """Its outcome does."""
    begun = Receipt(alert_id="alt_1", revision=1, channel="desk", state=DeliveryState.ATTEMPT, at=NOW)
    refused = replace(begun, detail="not_posted: ratelimited")
    lines = list(_say_all([record(POLICY_ALERTS_LOG.name, codec.encode(one)) for one in (begun, refused)], Arrivals()))
    assert [line.said for line in lines] == ["desk, version 1 not_posted: ratelimited"]


def test_within_a_second_the_cause_stands_before_what_it_caused() -> None:
    """An alert is of the moment when its article came, a signal of the moment when it was read."""
    signal = replace(LINE, what="signal", at=NOW + timedelta(milliseconds=7))
    assert [line.what for line in _sorted([LINE, signal])] == ["signal", "alert"]


@pytest.mark.parametrize(
    ("only", "what", "is_shown"),
    [
        (frozenset(), "silent", True),
        (frozenset({Only.ALERTS}), "edit", True),
        (frozenset({Only.ALERTS}), "silent", False),
        (frozenset({Only.ARTICLES}), "silent", True),
        (frozenset({Only.ARTICLES, Only.POSTS}), "parked", True),
        (frozenset({Only.POSTS}), "signal", False),
    ],
)
def test_only_lets_through_what_it_names(only: frozenset[Only], what: str, *, is_shown: bool) -> None:
    """A head of desk wants the alerts, an operator the posts."""
    assert passes(replace(LINE, what=what), only) is is_shown


@given(
    st.sampled_from(["signal", "silent", "alert", "edit", "post", "unread", "stuck"]),
    st.text(max_size=200),
    st.text(max_size=200),
    st.sampled_from([80, 100, 120, 200]),
)
def test_no_row_is_wider_than_the_terminal(what: str, said: str, headline: str, width: int) -> None:
    """Whatever script a headline is in: a row that wraps breaks the table for the eye."""
    name = "art_0123456789abcdef"
    drawn = draw(Line(at=NOW, sign="▲", what=what, said=said, headline=headline, article_id=name), width)
    assert all(cell_len(row) <= width for row in drawn.plain.split("\n"))
    assert name[:12] in drawn.plain


def test_a_pipe_gets_every_word_on_one_line() -> None:
    """So that it can be searched."""
    long = replace(LINE, said="x" * 300, headline="y" * 300)
    assert draw(long).plain.count("\n") == 0
    assert {"x" * 300, "y" * 300} <= set(draw(long).plain.split())


def test_the_pulse_tells_a_quiet_line_from_a_dead_one() -> None:
    """How much came, and how long ago."""
    pulse = Pulse()
    assert "nothing has come yet" in pulse.say()
    pulse.count(replace(LINE, what="silent"))
    pulse.count(LINE)
    assert pulse.say().startswith("1 articles, 1 alerts; the last thing happened")
