"""The short run of `make chaos` as a test: real processes, kills, pauses, a wiped Redis, and a Slack that fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.chaos.run import read_options, run_chaos

pytestmark = pytest.mark.parts


@pytest.mark.skipif(
    os.environ.get("POLICY_SIGNALS_TEST_BROKER") != "apache",
    reason="the embedded broker shares a group anew too slowly for kills every few seconds: `make test-kafka` runs this",
)
def test_rows_4_5_6_8_38_41_the_short_storm_loses_nothing(tmp_path: Path) -> None:
    """About 120 alerts and 8 SIGKILLs: every promise of the full run, in a minute and a half."""
    said: list[str] = []
    result = run_chaos(read_options(["--short", "--broker", "apache"]), tmp_path, said.append)
    assert result.ours.accepted == result.articles == 120
    assert sum(count for process, count in result.kills.items() if process != "usual") >= 8
    broken = [sentence for sentence in result.broken_bars() if "recovery" not in sentence]
    assert broken == [], "\n".join(said)
