"""The sample day through real parts: every article ends as expected, and Slack shows it once, up to date, in figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import pytest

from config.sample_day import load_sample_day
from services.market.reaction import Window
from services.news.parsing import parse_article
from services.signals.signal import Role
from streams.local.supervisor import PROCESSES
from streams.slack.reading import visible_lines
from tests.end_to_end.conftest import LiveRun
from tests.end_to_end.days import shown_revision
from tests.end_to_end.line import alert_payload

pytestmark = pytest.mark.parts

EXPECTED: list[dict[str, Any]] = [
    msgspec.json.decode(line)
    for line in (Path(__file__).parent.parent / "config/expected_sample_day.jsonl").read_bytes().splitlines()
]
PUBLISHED_MOVES = {
    entry.name: f"{entry.published_move:+.2f}"
    for entry in load_sample_day().tape.instruments
    if entry.published_move is not None and entry.shares
}
HORIZONS = [window.value for window in (Window.AFTER_1M, Window.AFTER_5M, Window.AFTER_30M, Window.TO_CLOSE)]


@pytest.mark.parametrize("expected", EXPECTED, ids=[line["url"].partition("//")[2] for line in EXPECTED])
def test_each_article_ends_as_expected(live_run: LiveRun, expected: dict[str, Any]) -> None:
    """An alert, a further report of one, or a silence for the right reason: nothing else counts."""
    found = find_end(live_run, expected["url"])
    assert found == wanted_end(expected, found)


def test_every_article_was_played_and_none_was_refused(live_run: LiveRun) -> None:
    """The sample holds nothing that a dead-letter topic should see."""
    assert [played.article_id for played in live_run.player.articles] == list(decided_articles(live_run))
    assert len(live_run.player.articles) == len(EXPECTED)
    assert live_run.dead_letters == {}


def test_every_tick_is_in_a_bar(live_run: LiveRun) -> None:
    """None late, none doubled, none refused: else the figures on the cards would not be those of the tape."""
    assert live_run.tick_outcomes == {"accepted": live_run.player.ticks_sent}


def test_slack_has_one_root_message_per_alert(live_run: LiveRun) -> None:
    """Read back from Slack itself, not from our own receipts; nothing else was posted but replies in their threads."""
    messages = live_run.line.root_messages()
    assert sorted(alert_id for alert_id, _, _ in messages) == sorted(live_run.line.watcher.revisions)
    calls = live_run.line.slack.scripted.calls("chat.postMessage")
    posts = [call for call in calls if "thread_ts" not in call.arguments]
    assert len(posts) == len(messages) == len(live_run.line.watcher.revisions)


def test_each_alert_is_edited_at_every_horizon_in_order(live_run: LiveRun) -> None:
    """Posted at once; then after one, five and thirty minutes and at the close, all in the same message."""
    alerts = live_run.line.watcher.revisions
    for alert_id, ts, message in live_run.line.root_messages():
        causes = [alerts[alert_id][revision].cause for revision in revisions_sent(live_run, ts)]
        assert [cause for cause in causes if cause not in ("raised", "report")] == HORIZONS, alert_id
        assert causes[0] == "raised"
        assert shown_revision(message) == max(alerts[alert_id])


def test_horizons_are_measured_at_their_time_and_not_before(live_run: LiveRun) -> None:
    """A revision says what was known at its horizon: a figure from later would be hindsight."""
    for revisions in live_run.line.watcher.revisions.values():
        for alert in revisions.values():
            assert all(reaction.measured_at <= alert.revised_at for reaction in alert.reactions), alert.cause
            assert all(reaction.ended_at <= alert.revised_at for reaction in alert.reactions), alert.cause


def test_final_cards_show_the_published_moves(live_run: LiveRun) -> None:
    """Meituan, Bilibili and Tencent to two decimals, wherever a final card has their row."""
    assert sorted(name.split()[0] for name in PUBLISHED_MOVES) == ["Bilibili", "Meituan", "Tencent"]
    shown: dict[str, set[str]] = {name: set() for name in PUBLISHED_MOVES}
    for _, _, message in live_run.line.root_messages():
        lines = [line.strip() for line in visible_lines(message)]
        for row, figures in pairwise(lines):
            name = next((name for name in PUBLISHED_MOVES if row.startswith(f"{name} ")), None)
            if name is not None and " · " in row:
                shown[name].add(figures.split()[1])
    assert shown == {name: {move} for name, move in PUBLISHED_MOVES.items()}


def test_an_article_is_on_slack_within_a_second(live_run: LiveRun) -> None:
    """Half of all alerts, from the article on its topic to the receipt of its message, while the tape runs."""
    assert median(live_run.latencies_ms) < 1_000


def test_nothing_is_left_behind(live_run: LiveRun) -> None:
    """Every process ended by itself with success, and no port of the line answers any more."""
    assert live_run.exit_statuses == dict.fromkeys(PROCESSES, 0)
    assert live_run.line.listening_ports() == []


def wanted_end(expected: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The expectation in the words of ``find_end``; a reason may be any of those listed."""
    if expected["outcome"] == "silence":
        is_allowed = found.get("reason") in expected["reasons"]
        return {"outcome": "silence", "reason": found["reason"] if is_allowed else " or ".join(expected["reasons"])}
    wanted = {
        "outcome": expected["outcome"],
        "tone": expected["tone"],
        "regulators": sorted(expected["regulators"]),
        "direct": sorted(expected["instruments"]),
    }
    return wanted | {key: expected[key] for key in ("of", "relation") if key in expected}


def find_end(run: LiveRun, url: str) -> dict[str, Any]:
    """What became of the article with this address: one of the three ends, or nothing at all."""
    article_id = article_ids()[url]
    silence = run.line.watcher.silences.get(article_id)
    if silence is not None:
        return {"outcome": "silence", "reason": silence.reason.value}
    signal = run.line.watcher.signals[article_id]
    for alert in run.line.final_alerts().values():
        told = [report.signal_id for report in alert.reports]
        if signal.signal_id in told:
            end = {
                "outcome": "report",
                "tone": signal.tone.value,
                "regulators": sorted(signal.regulators),
                "direct": sorted(one.instrument for one in signal.exposures if one.role is Role.DIRECT),
            }
            if told[0] == signal.signal_id:
                return end | {"outcome": "alert"}
            return end | {"of": alert.signal.url, "relation": signal.relation.value}
    return {"outcome": "nothing"}


def article_ids() -> dict[str, str]:
    """Id of each article of the day by its address."""
    articles = [parse_article(line, datetime.now(UTC)) for line in load_sample_day().articles]
    return {article.url: article.article_id for article in articles}


def decided_articles(run: LiveRun) -> Iterator[str]:
    """Ids of the articles that came to an end, in the order of the day."""
    return (article_id for article_id in article_ids().values() if run.line.watcher.is_decided(article_id))


def revisions_sent(run: LiveRun, ts: str) -> list[int]:
    """Revisions that Slack was given for one message, in the order of the calls."""
    return [
        alert_payload(call.arguments["metadata"])["revision"]
        for call in run.line.slack.scripted.journal
        if call.ts == ts and call.accepted
    ]
