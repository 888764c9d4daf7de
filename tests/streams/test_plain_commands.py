"""Commands that print plain rows: the attacks of the card on each of them, whoever wrote to the topics or files."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import typer
from msgspec.structs import replace
from typer.testing import CliRunner

import streams.broker.dead_letter_post
import streams.broker.kafka
import streams.conversation.audit_report
import streams.conversation.feedback_report
from services.alerts.audit import AuditRecord
from services.alerts.desk import Watch
from services.alerts.feedback import Feedback, Verdict
from services.alerts.slack_text import clean_row
from services.signals.signal import Tone
from streams.broker.dead_letter_post import DeadLetter
from streams.cli import dead_letters, routes, stories, story
from streams.cli.classify import classify_files
from streams.delivery import held_reader
from streams.feeds import feed_checks
from streams.feeds.feed_checks import FeedCheck
from tests.alerts.test_injection_surfaces import ATTACKS, attack, held, steers

NOW = datetime(2023, 7, 13, 3, 0, tzinfo=UTC)
SHORT = [text for text in ATTACKS if len(text) < 2_000]
"""The longest ones are cut before they reach a row, and take minutes here."""
FORGED = "ok\nFORGED row\x85FORGED row\u2028FORGED row"
"""A headline that writes a row of its own."""
Prints = Callable[[list[str], Path, pytest.MonkeyPatch], None]


def encodable(text: str) -> str:
    """As it can stand in UTF-8: no record or file of ours can hold half a character."""
    return text.encode("utf-8", "replace").decode()


def keep(monkeypatch: pytest.MonkeyPatch, module: object, values: list[object]) -> None:
    """The topics hold these values."""
    monkeypatch.setattr(module, "read_values", lambda *_, **__: iter(values))


def print_story(texts: list[str], _: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signals = [replace(attack(text).signal, story_id="sto_1", story_reasons=(text,), follows=text) for text in texts]
    keep(monkeypatch, streams.broker.kafka, [replace(one, follows_headline=one.headline) for one in signals])
    assert story.show_story("sto_1", as_json=False)


def print_stories(texts: list[str], folder: Path, _: pytest.MonkeyPatch) -> None:
    rows = [{"source": one, "title": one, "body": one, "published_at": "2023-07-13T01:00:00Z"} for one in texts]
    rows += [{"source": one, "title": one, "published_at": one} for one in texts]
    file = folder / "articles.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    stories.place_file(file, as_json=False)


def print_classified(texts: list[str], folder: Path, _: pytest.MonkeyPatch) -> None:
    act = "The regulator fined Tencent."
    rows = [{"source": one, "title": one, "body": f"{one} {act}", "url": one} for one in texts[::6]]
    rows += [{"title": one, "published_at": one} for one in texts]
    file = folder / "articles.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    classify_files([file], as_json=False, explain=False)
    file.write_text(json.dumps(rows[0]) + "\n")
    classify_files([file], as_json=False, explain=True)


def print_routes(texts: list[str], folder: Path, _: pytest.MonkeyPatch) -> None:
    file = folder / "alerts.jsonl"
    alerts = [replace(attack(text), alert_id=f"alt_{number}") for number, text in enumerate(texts)]
    file.write_bytes(b"".join(msgspec.json.encode(alert) + b"\n" for alert in alerts))
    routes.show_routes(file, None, at=NOW)


def print_held(texts: list[str], _: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_reader.HeldReader, "read", lambda *_: ([held(text) for text in texts], {}))
    routes.show_held(as_json=False)


def print_dead_letters(texts: list[str], _: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [
        DeadLetter(
            topic="news.articles",
            partition=0,
            offset=number,
            reason=text,
            detail=text,
            size=1,
            timestamp_ms=0,
            begins=text,
        )
        for number, text in enumerate(texts)
    ]
    monkeypatch.setattr(streams.broker.dead_letter_post, "read_dead_letters", lambda *_: letters)
    dead_letters.show()
    dead_letters.send_again(dry_run=True)


def print_feed_checks(texts: list[str], _: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([FeedCheck(feed=text, ok=False, problem=text, detail=text) for text in texts])

    async def answer(*_: object) -> FeedCheck:
        return next(answers)

    monkeypatch.setattr(feed_checks, "check_feed", answer)
    monkeypatch.setattr(feed_checks, "open_desk", lambda *_: NoDesk())
    feed_checks.check_feeds(None, [None] * len(texts), as_json=False)  # type: ignore[arg-type,list-item]


class NoDesk:
    """Asks nobody."""

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


def print_audit(texts: list[str], _: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records: list[object] = [
        AuditRecord(
            number=number,
            previous="",
            request_id=text,
            who=text,
            where=text,
            at=NOW,
            change=Watch(instrument=text, is_active=True, by=text, at=NOW),
        )
        for number, text in enumerate(texts)
    ]
    keep(monkeypatch, streams.conversation.audit_report, records)
    streams.conversation.audit_report.list_audit()


def print_feedback(texts: list[str], _: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = [
        Feedback(
            alert_id=f"alt_{number}",
            article_id="art_1",
            signal_digest="",
            regulator=text,
            tone=Tone.SUPPORTIVE,
            score=0.5,
            instruments=(),
            reader=text,
            verdict=Verdict.USEFUL,
            by=text,
            at=NOW,
            rules=(text,),
        )
        for number, text in enumerate(texts)
    ]
    keep(monkeypatch, streams.conversation.feedback_report, given)
    streams.conversation.feedback_report.show_feedback()


PRINTS: dict[str, Prints] = {
    "story": print_story,
    "stories": print_stories,
    "classify": print_classified,
    "route test": print_routes,
    "held": print_held,
    "dead-letters": print_dead_letters,
    "feeds check": print_feed_checks,
    "audit list": print_audit,
    "feedback show": print_feedback,
}


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What a command writes to a terminal, colours allowed."""
    # What is written to a pipe loses its escapes in typer; a terminal gets them.
    monkeypatch.setattr(typer, "echo", lambda text="", err=False: sys.stdout.write(f"{text}\n"))

    def print_with(command: str, texts: list[str]) -> str:
        capfd.readouterr()
        PRINTS[command](texts, tmp_path, monkeypatch)
        out, errors = capfd.readouterr()
        # What a process logs is a line of JSON, and not of this command.
        return "\n".join(line for line in (out + errors).split("\n") if not line.startswith("20"))

    return print_with


@pytest.mark.parametrize("command", PRINTS)
def test_no_attack_steers_the_terminal_of_a_plain_command(command: str, said: Callable[..., str]) -> None:
    """No escape at all, nothing invisible, no direction turned: on each command, every attack at once."""
    written = said(command, [encodable(text) for text in SHORT])
    assert written.count("\n") > len(SHORT) / 10, "a command that says nothing cannot fail"
    assert steers(written) == []


@pytest.mark.parametrize("command", PRINTS)
def test_no_foreign_line_end_writes_a_row_of_its_own(command: str, said: Callable[..., str]) -> None:
    """``ok    feed ...`` in a headline must not look like an answer of ours."""
    written = said(command, [FORGED])
    assert [
        row for row in re.split(r"[\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]", written) if row.startswith("FORGED")
    ] == []


def test_a_sentence_about_a_mistake_shows_what_was_typed_without_its_power() -> None:
    """Words of a shell line come from wherever people copied them."""
    from streams.cli.commands import app  # noqa: PLC0415 - imports every command

    result = CliRunner().invoke(app, ["why-not", "\x1b]0;owned\x07 \u202egnuh"])
    assert result.exit_code == 2
    assert steers(result.output) == []


def test_rows_keep_their_columns() -> None:
    """What makes text harmless must not pull a table together."""
    assert clean_row("a    b  中文") == "a    b  中文"
