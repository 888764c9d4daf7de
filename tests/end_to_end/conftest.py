"""One undisturbed run of the sample day for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner, Result

from services.alerts.alert import Silence, SilenceReason
from streams.cli.commands import app
from streams.codec import decode
from streams.local.day_player import DayPlayer
from streams.local.replay import ReplayResult
from streams.topics import POLICY_SILENCES, TOPICS

# Before they are imported: their assertions should say what differs.
pytest.register_assert_rewrite("tests.end_to_end.days", "tests.end_to_end.line", "tests.streams.waiting")

from tests.end_to_end.days import Day, make_sample_day, make_short_day, play, replay  # noqa: E402
from tests.end_to_end.line import Line, line_in  # noqa: E402

QUESTIONS = (
    "why alt_0000000000000000",
    "why alt",
    "why-not 0700.HK --json",
    "why-not Tencent 2023-07-13T10:00+08:00 --window 2000",
    "why-not NOPE.XX",
    "why-not 0700.HK noon",
    "why-not 0700.HK 10:00 --window soon",
    "why-not Meituann",
    "why-not 美团 2023-07-13T10:00 --window 30m",
    "tail --once --json",
    "tail --once --json --only alerts",
    "tail --once --only alarms",
    "tail --once",
)


@dataclass(frozen=True, kw_only=True)
class LiveRun:
    """The sample day after it went through the line; everything is stopped, and what was seen is kept."""

    line: Line
    player: DayPlayer
    dead_letters: dict[str, int]
    tick_outcomes: dict[str, float]
    exit_statuses: dict[str, int]
    answers: dict[str, Result]
    """What commands said while the broker was there, by their words."""

    @property
    def latencies_ms(self) -> list[int]:
        """From each alert's first article on its topic to the receipt of the message."""
        watcher = self.line.watcher
        sent_at_ms = {played.article_id: played.sent_at_ms for played in self.player.articles}
        return [
            watcher.receipt_at_ms[alert_id, 1] - sent_at_ms[revisions[1].signal.article_id]
            for alert_id, revisions in watcher.revisions.items()
        ]


@pytest.fixture(scope="session")
def sample_day() -> Day:
    """Nineteen articles and 309 thousand ticks."""
    return make_sample_day()


@pytest.fixture(scope="session")
def short_day() -> Day:
    """Eight articles and 17 thousand ticks."""
    return make_short_day()


@pytest.fixture(scope="session")
def live_run(sample_day: Day, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveRun]:
    """The sample day through the real topics, four processes and Slack, all stopped again."""
    with line_in(tmp_path_factory.mktemp("sample-day")) as line:
        line.bring_up()
        player = play(line, sample_day)
        letters = {topic.name: len(line.records(topic.dead_letters)) for topic in TOPICS if topic.has_dead_letters}
        outcomes = line.samples("tick_aggregator", "policy_signals_ticks_total", "outcome")
        answers = {
            words: _ask(line, words)
            for words in (*QUESTIONS, *(f"why {one} --json" for one in (*alerts_of(line), *silent_of(line))))
        }
        statuses = line.terminate()
        line.close()
        found = {name: count for name, count in letters.items() if count}
        yield LiveRun(
            line=line,
            player=player,
            dead_letters=found,
            tick_outcomes=outcomes,
            exit_statuses=statuses,
            answers=answers,
        )


def alerts_of(line: Line) -> list[str]:
    """Ids of the alerts of the line, as the tests saw them come."""
    return list(line.watcher.revisions)


def silent_of(line: Line) -> list[str]:
    """Ids of the articles that never became a signal."""
    silences = [decode(Silence, record.value) for record in line.records(POLICY_SILENCES.name)]
    return [one.article_id for one in silences if one.reason is SilenceReason.IRRELEVANT]


def _ask(line: Line, words: str) -> Result:
    settings = {"KAFKA_BOOTSTRAP": line.settings.kafka_bootstrap, "COLUMNS": "160"}
    return CliRunner().invoke(app, words.split(), env=settings)


@pytest.fixture(scope="session")
def replayed(sample_day: Day) -> ReplayResult:
    """The sample day replayed in event time, without a broker."""
    return replay(sample_day)
