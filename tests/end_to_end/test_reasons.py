"""``why``, ``why-not`` and ``tail`` on the sample day: the numbers of each hop, and what stopped what was not told."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from services.alerts.path_words import sum_up
from services.alerts.trace import Trace
from streams.rendering.path_drawing import draw_path
from tests.end_to_end.conftest import LiveRun

pytestmark = pytest.mark.parts


def why(live_run: LiveRun, name: str) -> dict[str, Any]:
    """What ``why --json`` says."""
    found = live_run.answers[f"why {name} --json"]
    assert found.exit_code == 0, found.output
    described: dict[str, Any] = json.loads(found.stdout)
    return described


def test_why_shows_each_hop_of_every_alert_with_its_numbers(live_run: LiveRun) -> None:
    """From the article to every post and edit and the verdict at the close; the severity is the one of the card."""
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
            "route",
            "queue",
            "delivery",
        }
        measured = [trace for trace in described["traces"] if trace["by"] == "correlator" and trace["alert_id"]]
        assert {trace["revision"] for trace in measured} == set(revisions)
        last = measured[-1]
        severity = next(step for step in last["steps"] if step["stage"] == "severity")
        assert severity["outcome"].startswith(revisions[max(revisions)].severity.value)
        assert any(one["state"] == "sent" for one in described["deliveries"])
        delivered = [step for step in steps if step["stage"] == "delivery" and step["outcome"] == "posted"]
        assert len(delivered) == 1
        assert delivered[0]["numbers"].keys() == {"queued_s", "took_s", "tries"}


def test_why_says_where_the_time_of_each_hop_went(live_run: LiveRun) -> None:
    """Each process says how long the record had lain on its topic, and how long it took itself."""
    for alert_id in live_run.line.watcher.revisions:
        traces = why(live_run, alert_id)["traces"]
        for by in ("news_consumer", "correlator"):
            spent = [trace for trace in traces if trace["by"] == by]
            assert all(trace["waited_s"] >= 0 and trace["took_s"] >= 0 for trace in spent)
        head = sum_up(msgspec.convert(traces, list[Trace]))
        assert all(
            word in head for word in ("source", "news_consumer", "correlator", "slack_notifier", "desk", "in all")
        )


@pytest.mark.parametrize("width", [80, 120])
def test_why_draws_the_path_for_a_person(live_run: LiveRun, width: int) -> None:
    """Numbers beside their limits, one block for each moment, the way to Slack; nothing wider than the terminal."""
    described = why(live_run, next(iter(live_run.line.watcher.revisions)))
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(draw_path(msgspec.convert(described["traces"], list[Trace])))
    drawn = console.export_text()
    said = " ".join(drawn.split())
    assert all(
        word in said for word in ("confidence", "≥ 0.6 ✓", "novelty", "flash from", "desk by fallback", "posted")
    )
    assert all(cell_len(row) <= width for row in drawn.splitlines())


def test_one_article_is_followed_by_its_ids_through_the_logs_of_every_process(live_run: LiveRun) -> None:
    """As somebody does with grep: the article in the first, the alert in the last, all ids in between."""
    logs = {name: child.logs.read_text(encoding="utf-8") for name, child in live_run.line.supervisor.children.items()}
    for alert_id, revisions in live_run.line.watcher.revisions.items():
        signal = revisions[1].signal
        ids = {"article_id": signal.article_id, "signal_id": signal.signal_id, "story_id": signal.story_id}
        found = {
            name: [line for line in map(json.loads, text.splitlines()) if signal.article_id in line.values()]
            for name, text in logs.items()
        }
        events = {name: {line["event"] for line in lines} for name, lines in found.items()}
        assert "signal" in events["news_consumer"]
        assert "alert" in events["correlator"]
        assert "delivered" in events["slack_notifier"]
        for line in (line for lines in found.values() for line in lines):
            assert ids.items() <= line.items() or line["event"] == "silent"
        told = [line for name in ("correlator", "slack_notifier") for line in found[name]]
        assert all(line["alert_id"] == alert_id for line in told if line["event"] in ("alert", "delivered"))


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
    assert "0700.HK Tencent, 12 Jul 00:40 HKT to 14 Jul 19:20 HKT: " in drawn.stdout
    assert "told in desk" in drawn.stdout


def test_why_not_says_in_a_sentence_that_there_was_nothing(live_run: LiveRun) -> None:
    """And whether the line was at work, and what was nearest: an empty answer could mean anything."""
    found = live_run.answers["why-not 美团 2023-07-13T10:00 --window 30m"]
    assert found.exit_code == 0, found.output
    said = " ".join(found.stdout.split())
    assert said.startswith("3690.HK Meituan, 13 Jul 09:30 HKT to 10:30 HKT Nothing touched it")
    assert "so the line was at work. The nearest came" in said


def test_why_not_names_what_to_write_for_a_bad_time_or_instrument(live_run: LiveRun) -> None:
    """Wrong usage is 2."""
    assert live_run.answers["why-not NOPE.XX"].exit_code == 2
    assert live_run.answers["why-not 0700.HK noon"].exit_code == 2
    assert live_run.answers["why-not 0700.HK 10:00 --window soon"].exit_code == 2
    meant = live_run.answers["why-not Meituann"]
    assert meant.exit_code == 2
    assert "did you mean Meituan" in meant.output


def test_tail_tells_the_day_in_order(live_run: LiveRun) -> None:
    """Every signal, silence, alert, edit and post, each on one line."""
    told = live_run.answers["tail --once --json"]
    assert told.exit_code == 0, told.output
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    moments = [datetime.fromisoformat(line["at"]).replace(microsecond=0) for line in lines]
    assert moments == sorted(moments)
    raised = {line["alert_id"] for line in lines if line["what"] == "alert"}
    assert raised == set(live_run.line.watcher.revisions)
    assert {"signal", "silent", "alert", "edit", "post"} <= {line["what"] for line in lines}
    drawn = live_run.answers["tail --once"]
    assert "● alert" in drawn.stdout
    assert not {"stuck", "unread"} & {line["what"] for line in lines}


def test_tail_shows_only_what_is_asked_for(live_run: LiveRun) -> None:
    """Alerts alone for a head of desk; a word that is no kind is told."""
    told = live_run.answers["tail --once --json --only alerts"]
    assert {json.loads(line)["what"] for line in told.stdout.splitlines()} == {"alert", "edit"}
    assert live_run.answers["tail --once --only alarms"].exit_code == 2


def test_the_log_of_every_process_carries_the_ids_of_an_alert(live_run: LiveRun) -> None:
    """Whoever has an alert's id finds its article, and what each process did with it, by one search."""
    logs = {path.stem: path.read_text(encoding="utf-8") for path in (live_run.line.folder / "logs").glob("*.jsonl")}
    for alert_id, revisions in live_run.line.watcher.revisions.items():
        signal = revisions[max(revisions)].signal
        ids = {"article_id": signal.article_id, "signal_id": signal.signal_id, "story_id": signal.story_id}
        for process in ("news_consumer", "correlator", "slack_notifier"):
            told = [json.loads(line) for line in logs[process].splitlines() if signal.signal_id in line]
            assert any(line.items() >= ids.items() for line in told), (process, alert_id)
            assert process == "news_consumer" or any(line.get("alert_id") == alert_id for line in told), process
