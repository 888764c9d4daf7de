"""What an orchestrator sees: alive at once, ready when everything answers, gone in good order when told to go."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.broker.topic_setup import create_topics
from streams.clock import monotonic
from streams.local.supervisor import PROCESSES
from tests.end_to_end.days import Day
from tests.end_to_end.line import line_in
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts

ALL_WELL = dict.fromkeys(PROCESSES, 200)
NOT_READY = dict.fromkeys(PROCESSES, 503)
ENDED_WELL = dict.fromkeys(PROCESSES, 0)


def test_a_line_without_a_broker_waits_for_it_works_and_ends_in_good_order(short_day: Day, tmp_path: Path) -> None:
    """Alive but not ready, saying why; ready when the broker has come; an alert; SIGTERM; exit 0; nothing listens."""
    with line_in(tmp_path) as line:
        line.start_parts()
        line.start_processes()
        wait_until(lambda: line.statuses("readyz") == NOT_READY, "every process up and not ready", 30)
        assert line.statuses("healthz") == ALL_WELL
        for process in PROCESSES:
            assert "kafka" in line.probe(process, "readyz")[1]["waiting_for"]
        line.start_broker()
        wait_until(lambda: line.statuses("readyz") == ALL_WELL, "every process ready", 40)
        line.send_article(short_day.articles[0])
        assert line.watcher.wait_for(lambda seen: len(seen.receipt_at_ms) == 1, 30), "the alert did not reach Slack"
        began = monotonic()
        assert line.terminate() == ENDED_WELL
        assert monotonic() - began < 45
        line.close()
        assert line.listening_ports() == []


def test_a_line_that_lost_its_broker_goes_on_with_it_and_ends_in_good_order_without(
    short_day: Day, tmp_path: Path
) -> None:
    """No restart by hand when Kafka is back, even with an empty memory, and no hanging shutdown while it is away."""
    with line_in(tmp_path) as line:
        line.bring_up()
        line.broker.kill()
        wait_until(lambda: line.statuses("readyz") == NOT_READY, "every process notices", 40)
        assert line.statuses("healthz") == ALL_WELL
        line.broker.start()
        create_topics(line.settings)
        wait_until(lambda: line.statuses("readyz") == ALL_WELL, "every process ready again", 40)
        line.send_article(short_day.articles[0])
        wait_until(lambda: len(line.root_messages()) == 1, "the alert on Slack", 30)
        line.broker.kill()
        wait_until(lambda: line.statuses("readyz") == NOT_READY, "every process notices again", 40)
        began = monotonic()
        assert line.terminate() == ENDED_WELL
        assert monotonic() - began < 45
        assert not any(child.restarts for child in line.supervisor.children.values())
