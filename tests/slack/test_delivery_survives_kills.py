"""Fault row 5: a process killed at any line loses nothing and tells nothing twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import Unavailable
from streams.slack_stand_in.faults import Fault, FaultKind

CHANNEL = "C0POLICYALERTS"


class Killed(BaseException):
    """The process is gone: no handler of ours may see this."""


class Steps:
    """Counts the boundaries of every outside call and kills at one of them."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at = kill_at
        self.count = 0

    def pass_one(self) -> None:
        self.count += 1
        if self.count == self.kill_at:
            raise Killed

    def around(self, outside: object) -> object:
        steps = self

        class Mortal:
            channel = CHANNEL

            def __getattr__(self, name: str) -> object:
                act = getattr(outside, name)

                def call(*arguments: object) -> object:
                    steps.pass_one()
                    result = act(*arguments)
                    steps.pass_one()
                    return result

                return call

        return Mortal()


def run_with_kills(bench, alerts, kills):
    """Deliver ``alerts`` in order; each number in ``kills`` ends one process at that boundary. Returns kills used."""
    pending, kills, used = list(alerts), list(kills), 0
    while pending:
        steps = Steps(kills.pop(0) if kills else -1)
        delivery = bench.start(steps.around(bench.slack), steps.around(bench.log))
        try:
            while pending:
                bench.finish(delivery, pending[0])
                steps.pass_one()
                pending.pop(0)
        except Killed:
            used += 1
            bench.clock.wait(1.0)
    return used


def story(new_alert):
    """Two alerts, interleaved revisions."""
    return [new_alert(1, 1), new_alert(2, 1), new_alert(1, 2), new_alert(2, 2), new_alert(1, 3)]


def test_row_5_a_kill_at_any_boundary_loses_nothing_and_repeats_nothing(new_bench, new_alert):
    """Every boundary of every call to Slack and to the attempt log, once each."""
    tried = 0
    for kill_at in range(1, 1_000):
        bench = new_bench()
        used = run_with_kills(bench, story(new_alert), [kill_at])
        assert sorted(bench.shown()) == [("alert1", 3), ("alert2", 2)], f"killed at boundary {kill_at}"
        tried += used
        if not used:
            break
    assert tried >= 30


UNCLEAR = [FaultKind.SERVER_ERROR, FaultKind.DROPPED, FaultKind.HTML, FaultKind.EMPTY, FaultKind.ERROR]
faults = st.builds(
    Fault,
    kind=st.sampled_from([*UNCLEAR, FaultKind.RATE_LIMITED]),
    method=st.sampled_from(["chat.postMessage", "chat.update"]),
    accepted=st.booleans(),
    retry_after=st.sampled_from([None, "2", "0.5", "soon"]),
    skip=st.integers(0, 3),
)


@settings(max_examples=150, deadline=None)
@given(
    kills=st.lists(st.integers(1, 40), max_size=6),
    script=st.lists(faults, max_size=6),
    lag=st.floats(0.0, 5.0),
    dead_reads=st.integers(0, 3),
)
def test_row_5_kills_and_faults_together_lose_nothing_and_repeat_nothing(
    *, new_bench_factory, new_alert_factory, kills, script, lag, dead_reads
):
    """As long as the channel can be read again within a minute, every alert stands there once, at its last revision."""
    bench = new_bench_factory()
    # A fault that refuses after acceptance is not one that Slack makes.
    bench.scripted.add_faults(
        *(fault for fault in script if not (fault.kind is FaultKind.RATE_LIMITED and fault.accepted)),
        *[Fault(kind=FaultKind.EMPTY, method="conversations.history")] * dead_reads,
    )
    bench.scripted.workspace.history_lag_seconds = lag
    run_with_kills(bench, story(new_alert_factory), kills)
    assert sorted(bench.shown()) == [("alert1", 3), ("alert2", 2)]


def test_row_5_a_log_that_cannot_be_written_before_the_post_stops_the_post(new_bench, new_alert):
    """No message without a remembered attempt: it could not be found again after a kill."""
    bench = new_bench()
    delivery = bench.start(log=FailingLog(bench.log, failing={1}))
    bench.finish(delivery, new_alert())
    assert bench.shown() == [("alert1", 1)]
    assert len(bench.scripted.calls()) == 1


def test_row_5_a_log_that_cannot_be_written_after_the_post_leads_to_a_read_back(new_bench, new_alert):
    """The message stands, its receipt is lost: it is found, not repeated."""
    bench = new_bench()
    delivery = bench.start(log=FailingLog(bench.log, failing={2, 3}))
    bench.finish(delivery, new_alert())
    assert bench.shown() == [("alert1", 1)]
    assert len(bench.scripted.calls()) == 1


class FailingLog:
    """An attempt log whose n-th appends are not acknowledged."""

    def __init__(self, log: object, failing: set[int]) -> None:
        self._log = log
        self._failing = failing
        self._appends = 0

    def last(self, alert_id, channel):
        return self._log.last(alert_id, channel)

    def append(self, receipt):
        self._appends += 1
        if self._appends in self._failing:
            raise Unavailable("kafka", "no acknowledgement", retry_after=2.0)
        self._log.append(receipt)
