"""Dead letters on a real broker: shown with their reasons, sent again whole and once, honest about what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from config.settings import Settings
from services.errors import Unreadable
from services.news.parsing import parse_article
from streams.broker import dead_letter_post
from streams.broker.dead_letter_post import read_dead_letters
from streams.broker.dead_letters import set_aside
from streams.broker.kafka import Outbox, read_whole
from streams.cli.commands import app
from streams.clock import wall_clock
from streams.topics import MARKET_TICKS, NEWS_ARTICLES
from tests.conftest import make_settings
from tests.slack.actions_bench import own_broker

pytestmark = pytest.mark.parts
NEWER = json.dumps({"schema_version": 2, "title": "Ministry lifts cap", "body": "y" * 3_000}).encode()


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    with own_broker() as bootstrap:
        yield make_settings(bootstrap)


@pytest.fixture(autouse=True)
def in_this_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", settings.kafka_bootstrap)


def put_and_set_aside(settings: Settings, *values: bytes) -> None:
    """As a process of today does with records of tomorrow."""
    before = len(list(read_whole(settings, NEWS_ARTICLES.name)))
    outbox = Outbox(settings)
    for value in values:
        outbox.send(NEWS_ARTICLES.name, "key", value, {"clock-offset-ms": b"7"})
    outbox.flush()
    for record in list(read_whole(settings, NEWS_ARTICLES.name))[before:]:
        try:
            parse_article(record.value, wall_clock())
        except Unreadable as error:
            set_aside(outbox, record, error)
    outbox.flush()
    outbox.close()


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["dead-letters", *arguments])


def test_row_39_what_an_older_reader_set_aside_is_sent_again_whole_and_once(settings: Settings) -> None:
    """After the upgrade everything is on the topic as it was: nothing was lost by being early."""
    put_and_set_aside(settings, NEWER, b"not json", NEWER)
    shown = run("show", "--topic", "news.articles", "--reason", "missing_field").stdout
    assert shown.count("news.articles/0/") == 2
    assert "2 set aside" in shown
    assert "2 would be sent again" in run("send-again", "--reason", "missing_field", "--dry-run").stdout
    assert "2 sent again, 0 no longer" in run("send-again", "--reason", "missing_field").stdout
    records = list(read_whole(settings, NEWS_ARTICLES.name))
    assert [record.value for record in records] == [NEWER, b"not json", NEWER, NEWER, NEWER]
    assert records[-1].headers == records[0].headers
    assert (records[-1].key, records[-1].timestamp_ms) == (records[0].key, records[2].timestamp_ms)
    assert "0 sent again" in run("send-again", "--reason", "missing_field").stdout
    left = [json.loads(line) for line in run("show", "--json").stdout.splitlines()]
    assert [(letter["reason"], letter["begins"]) for letter in left] == [("not_json", "not json")]


def test_one_record_is_chosen_by_where_it_stood_and_a_wrong_place_is_said(settings: Settings) -> None:
    """Somebody copies it from the list."""
    put_and_set_aside(settings, b"[1")
    [letter] = [letter for letter in read_dead_letters(settings, [NEWS_ARTICLES]) if letter.begins == "[1"]
    assert "1 sent again" in run("send-again", "--origin", letter.origin).stdout
    wrong = run("send-again", "--origin", "news.articles/0/999")
    assert wrong.exit_code == 2
    assert "nothing set aside stood at news.articles/0/999" in wrong.output
    assert run("show", "--topic", "news").exit_code == 2


def test_what_is_no_longer_on_its_topic_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Retention took it: only its first KiB is left, and nobody is told that it was sent."""
    put_and_set_aside(settings, b"{1")
    monkeypatch.setattr(dead_letter_post, "_fetch", lambda _, letters: iter([(letter, None) for letter in letters]))
    result = run("send-again", "--topic", "news.articles")
    assert result.exit_code == 1
    assert "no longer on its topic" in result.output
    monkeypatch.undo()
    assert any(letter.begins == "{1" for letter in read_dead_letters(settings, [NEWS_ARTICLES]))


def test_records_of_strangers_on_the_twin_topic_are_passed_over(settings: Settings) -> None:
    """Whoever may write there cannot break the list, nor the terminal that shows it."""
    outbox = Outbox(settings)
    outbox.send(MARKET_TICKS.dead_letters, None, b"x", {"origin": b"news.articles/zero/1", "reason": b"r"})
    outbox.send(MARKET_TICKS.dead_letters, None, b"\x1b[2J\xff", {"origin": b"market.ticks/0/0", "reason": b"not_json"})
    outbox.flush()
    outbox.close()
    shown = run("show", "--topic", "market.ticks").stdout
    assert "1 set aside" in shown
    assert "\x1b" not in shown
