"""SIGKILL to each process again and again while the day plays: nothing is lost, nothing reaches Slack twice."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest

from streams.local.supervisor import PROCESSES
from tests.end_to_end.days import Day, MeddlingOutbox, assert_nothing_lost_nothing_doubled, play
from tests.end_to_end.line import Line, line_in
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts

KILLS_EACH = 3
FRAMES_BETWEEN_KILLS = 3


class Killer:
    """Kills the processes in turn, each right after records were put in front of the line, until each had its share."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._turn = cycle(PROCESSES)
        self.killed: list[str] = []

    def after_article(self, article: bytes) -> None:
        """With an article waiting to be read."""
        self._kill_next()

    def after_ticks(self, number: int) -> None:
        """With ticks waiting, and horizons that they will end."""
        if number % FRAMES_BETWEEN_KILLS == 0:
            self._kill_next()

    def _kill_next(self) -> None:
        if len(self.killed) == KILLS_EACH * len(PROCESSES):
            return
        victim = next(self._turn)
        wait_until(
            lambda: self._line.supervisor.problem_of(victim) is None, f"{victim} works again after its last kill"
        )
        self._line.kill(victim)
        self.killed.append(victim)


def test_kills_lose_nothing_and_double_nothing(short_day: Day, tmp_path: Path) -> None:
    """Twelve kills in one day, input waiting at each: the same messages as on a quiet day, each once."""
    with line_in(tmp_path) as line:
        line.bring_up()
        outbox = MeddlingOutbox(line)
        killer = Killer(line)
        outbox.after_article, outbox.after_ticks = killer.after_article, killer.after_ticks
        play(line, short_day, outbox)
        outbox.close()
        assert {victim: killer.killed.count(victim) for victim in PROCESSES} == dict.fromkeys(PROCESSES, KILLS_EACH)
        assert_nothing_lost_nothing_doubled(line, short_day)
        assert not any(line.records(f"{topic}.dlq") for topic in ("news.articles", "policy.signals", "policy.alerts"))


def test_a_kill_between_slack_and_its_receipt_is_settled_by_reading_back(short_day: Day, tmp_path: Path) -> None:
    """Slack has accepted the post, the notifier dies before it hears of it: the message is found, not sent again."""
    article = Day(short_day.articles[:1], short_day.tape)
    with line_in(tmp_path) as line:
        line.bring_up()
        line.hold_slack_replies(count=1)
        line.send_article(article.articles[0])
        wait_until(lambda: len(line.root_messages()) == 1, "Slack has the message")
        assert line.watcher.receipt_at_ms == {}
        line.kill("slack_notifier")
        assert line.watcher.wait_for(lambda seen: len(seen.receipt_at_ms) == 1, 30), "the message was not found again"
        assert len(line.root_messages()) == 1
        assert len(line.slack.scripted.calls("chat.postMessage")) == 1
