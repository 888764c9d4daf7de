"""Replay is the same line without a broker: whoever tunes on a replay must get what the live line does."""

from __future__ import annotations

import pytest

from services.alerts.alert import Alert
from streams.local.replay import ReplayResult
from tests.end_to_end.conftest import LiveRun
from tests.end_to_end.days import by_alert, conclusion

pytestmark = pytest.mark.parts


def test_the_same_alerts_with_the_same_revisions(live_run: LiveRun, replayed: ReplayResult) -> None:
    """Ids, causes in order, verdict and severity of every revision."""
    live = {key: decisions([known[n] for n in sorted(known)]) for key, known in live_run.line.watcher.revisions.items()}
    assert live == {key: decisions(known) for key, known in by_alert(replayed.alerts).items()}
    assert len(live) >= 3


def test_the_same_silences_for_the_same_reasons(live_run: LiveRun, replayed: ReplayResult) -> None:
    """Article by article."""
    live = {silence.article_id: silence.reason for silence in live_run.line.watcher.silences.values()}
    assert live == {silence.article_id: silence.reason for silence in replayed.silences}


def test_the_same_figures_on_the_final_cards(live_run: LiveRun, replayed: ReplayResult) -> None:
    """Every price and return that the last revision shows, exactly."""
    live = {key: conclusion(alert) for key, alert in live_run.line.final_alerts().items()}
    assert live == {key: conclusion(known[-1]) for key, known in by_alert(replayed.alerts).items()}


def decisions(revisions: list[Alert]) -> list[tuple[str, str, str]]:
    """Cause, verdict and severity of each revision."""
    return [(alert.cause, alert.agreement.value, alert.severity.value) for alert in revisions]
