"""``why``, ``why-not`` and ``tail`` on the sample day: the numbers of each hop, and what stopped what was not told."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import msgspec
import pytest
from rich.console import Console

from services.alerts.alert import Receipt
from services.alerts.trace import Trace
from streams.cli.reasons import draw_receipts, draw_trace
from tests.end_to_end.conftest import LiveRun

pytestmark = pytest.mark.parts


def why(live_run: LiveRun, name: str) -> dict[str, Any]:
    """What ``why --json`` says."""
    found = live_run.answers[f"why {name} --json"]
    assert found.exit_code == 0, found.output
    described: dict[str, Any] = json.loads(found.stdout)
    return described


def test_why_shows_each_hop_of_every_alert_with_its_numbers(live_run: LiveRun) -> None:
    """From the article to the post and the verdict at the close; the severity is the one of the card."""
    for alert_id, revisions in live_run.line.watcher.revisions.items():
        described = why(live_run, alert_id)
        steps = [step for trace in described["traces"] for step in trace["steps"]]
        assert {step["stage"] for step in steps} >= {
            "intake",
            "reading",
            "evidence",
            "linking",
            "story",
            "decision",
            "severity",
            "verdict",
        }
        seen = {trace["revision"] for trace in described["traces"] if trace["alert_id"] == alert_id}
        assert seen == set(revisions)
        last = [trace for trace in described["traces"] if trace["alert_id"] == alert_id][-1]
        severity = next(step for step in last["steps"] if step["stage"] == "severity")
        assert severity["outcome"].startswith(revisions[max(revisions)].severity.value)
        assert any(one["state"] == "sent" for one in described["deliveries"])


def test_why_draws_tables_for_a_person(live_run: LiveRun) -> None:
    """Numbers beside their limits, one table for each moment, and the way to Slack."""
    described = why(live_run, next(iter(live_run.line.watcher.revisions)))
    console = Console(width=160, record=True, file=io.StringIO())
    for trace in msgspec.convert(described["traces"], list[Trace]):
        console.print(draw_trace(trace))
    console.print(draw_receipts(msgspec.convert(described["deliveries"], list[Receipt])))
    drawn = console.export_text()
    assert all(word in drawn for word in ("minimum_confidence", "novelty", "flash_from", "delivery"))


def test_why_says_that_an_id_is_unknown_or_too_short(live_run: LiveRun) -> None:
    """Not an empty answer."""
    assert live_run.answers["why alt_0000000000000000"].exit_code == 1
    assert live_run.answers["why alt"].exit_code == 2


def test_why_shows_the_silence_of_an_article_that_became_no_signal(live_run: LiveRun) -> None:
    """Most articles are irrelevant, and somebody will ask about one."""
    asked = [found for words, found in live_run.answers.items() if words.startswith("why art_")]
    assert asked
    assert all(found.exit_code == 0 and json.loads(found.stdout)["reason"] == "irrelevant" for found in asked)


def test_why_not_finds_every_silence_about_an_instrument_with_its_reason(live_run: LiveRun) -> None:
    """What was told stands beside it."""
    found = live_run.answers["why-not 0700.HK --json"]
    assert found.exit_code == 0, found.output
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert {row["outcome"] for row in rows} == {"alert", "silent"}
    assert all(row["reason"] and row["detail"] for row in rows)
    drawn = live_run.answers["why-not Tencent 2023-07-13T10:00+08:00 --window 2000"]
    assert drawn.exit_code == 0
    assert "0700.HK around 2023-07-13 02:00 UTC" in drawn.stdout


def test_why_not_names_what_to_write_for_a_bad_time_or_instrument(live_run: LiveRun) -> None:
    """Wrong usage is 2."""
    assert live_run.answers["why-not NOPE.XX"].exit_code == 2
    assert live_run.answers["why-not 0700.HK noon"].exit_code == 2
    assert live_run.answers["why-not 0700.HK 2023-07-13T10:00"].exit_code == 2


def test_tail_tells_the_day_in_order(live_run: LiveRun) -> None:
    """Every signal, silence, alert, edit and post, each on one line."""
    told = live_run.answers["tail --once --json"]
    assert told.exit_code == 0, told.output
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    moments = [datetime.fromisoformat(line["at"]) for line in lines]
    assert moments == sorted(moments)
    raised = {line["alert_id"] for line in lines if line["what"] == "alert"}
    assert raised == set(live_run.line.watcher.revisions)
    assert {"signal", "silent", "alert", "edit", "post"} <= {line["what"] for line in lines}
    drawn = live_run.answers["tail --once"]
    assert "● alert" in drawn.stdout
