"""What is done to the line. The usual notifier shares every fate of ours, so that the two can be compared."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable

from redis import Redis

from streams.clock import monotonic
from tests.chaos.fleet import READY_WITHIN_SECONDS, USUAL
from tests.chaos.plan import NOTIFIER, Kind, Step
from tests.chaos.verdict import POST
from tests.chaos.world import World
from tests.kafka_broker import ApacheKafka

FLOWS_AGAIN_WITHIN_SECONDS = 30.0
LAG_SECONDS = 4.0
"""Less than the six seconds after which absence counts as proof."""
DOWN_SECONDS = 12.0
"""Less than the minute after which a repeat goes out without proof."""
LOOK_SECONDS = 0.1
RECENT_CALLS = 300


class Acts:
    """Does one step at a time and returns when it is over; waits for nothing beyond ``deadline`` (monotonic)."""

    def __init__(self, world: World, deadline: float) -> None:
        self._world = world
        self._fleet = world.fleet
        self._deadline = deadline

    def do(self, step: Step) -> None:
        """One step of a plan."""
        acts: dict[Kind, Callable[[str], None]] = {
            Kind.KILL: self.kill,
            Kind.KILL_AT_ACCEPTANCE: self.kill_at_acceptance,
            Kind.TERMINATE: self.terminate,
            Kind.PAUSE: self.pause,
            Kind.PAUSE_AT_ACCEPTANCE: self.pause_at_acceptance,
            Kind.SECOND: self.join_and_leave,
            Kind.BROKER_KILL: self.kill_broker,
            Kind.BROKER_RESTART: self.restart_broker,
            Kind.REDIS_KILL: self.kill_redis,
            Kind.FLUSH: self.flush,
            Kind.HISTORY_LAGS: self.lag_history,
            Kind.HISTORY_DOWN: self.take_history_down,
        }
        acts[step.kind](step.process)

    def kill(self, process: str) -> None:
        """SIGKILL; the usual notifier shares the fate of ours."""
        self._fleet.kill(process)
        if process == NOTIFIER:
            self._fleet.kill(USUAL)

    def kill_at_acceptance(self, process: str) -> None:
        """Each when its own next post has been accepted."""
        self._at_acceptance(self._fleet.kill)

    def _at_acceptance(self, act: Callable[[str], None]) -> None:
        slacks = ((self._world.slack, NOTIFIER), (self._world.usual_slack, USUAL))
        done = [threading.Event() for _ in slacks]
        for (slack, name), event in zip(slacks, done, strict=True):

            def strike(name: str = name, event: threading.Event = event) -> None:
                act(name)
                event.set()

            slack.after_next_post(strike)
        self.wait(lambda: all(event.is_set() for event in done), FLOWS_AGAIN_WITHIN_SECONDS)

    def terminate(self, process: str) -> None:
        """In good order, as in every deployment."""
        for name in (process, USUAL):
            self._fleet.terminate(name)

    def pause(self, process: str) -> None:
        """The owner sleeps for three leases, somebody else works, the owner wakes up and knows nothing of it."""
        for name in (process, USUAL):
            self._fleet.signal(name, signal.SIGSTOP)
        self._take_over(process)

    def pause_at_acceptance(self, process: str) -> None:
        """As ``pause``, with an accepted post whose reply the owner has not read."""
        self._at_acceptance(lambda name: self._fleet.signal(name, signal.SIGSTOP))
        self._take_over(process)

    def _take_over(self, process: str) -> None:
        began, at = monotonic(), time.time()
        for name in (process, USUAL):
            self._fleet.start(name, second=True)
        self.wait(lambda: self.has_posted_since(at), FLOWS_AGAIN_WITHIN_SECONDS)
        self.wait(lambda: monotonic() - began > 3 * self._world.lease_seconds, FLOWS_AGAIN_WITHIN_SECONDS)
        for name in (process, USUAL):
            self._fleet.signal(name, signal.SIGCONT)
        at = time.time()
        self.wait(lambda: self.has_posted_since(at), FLOWS_AGAIN_WITHIN_SECONDS)
        for name in (process, USUAL):
            self._fleet.stop_second(name)

    def join_and_leave(self, process: str) -> None:
        """A second instance: the group shares anew, twice."""
        names = (process, USUAL) if process == NOTIFIER else (process,)
        for name in names:
            self._fleet.start(name, second=True)
        self.wait(lambda: all(self._fleet.sees_kafka(f"{name} 2") for name in names), READY_WITHIN_SECONDS)
        at = time.time()
        self.wait(lambda: self.has_posted_since(at), FLOWS_AGAIN_WITHIN_SECONDS)
        for name in names:
            self._fleet.stop_second(name)

    def kill_broker(self, _: str) -> None:
        """As in a power cut; its data stays."""
        self._world.broker.kill()
        self._world.broker.start()

    def restart_broker(self, _: str) -> None:
        """In good order."""
        broker = self._world.broker
        assert isinstance(broker, ApacheKafka), "the embedded broker keeps nothing"
        broker.restart()

    def kill_redis(self, _: str) -> None:
        """It comes back with nothing."""
        self._world.redis.kill()
        self._world.redis.start()

    def flush(self, _: str) -> None:
        """FLUSHALL."""
        with Redis.from_url(self._world.redis.url) as client:
            client.flushall()

    def lag_history(self, _: str) -> None:
        """History trails behind what was accepted, for the length of one kill."""
        for slack in (self._world.slack, self._world.usual_slack):
            slack.workspace.history_lag_seconds = LAG_SECONDS
        self.kill_at_acceptance(NOTIFIER)
        at = time.time()
        self.wait(lambda: time.time() - at > 2 * LAG_SECONDS, FLOWS_AGAIN_WITHIN_SECONDS)
        for slack in (self._world.slack, self._world.usual_slack):
            slack.workspace.history_lag_seconds = 0.0

    def take_history_down(self, _: str) -> None:
        """The channel cannot be read while something is in doubt; shorter than the patience before a blind repeat."""
        self._world.slack.history_is_down = True
        self.kill_at_acceptance(NOTIFIER)
        at = time.time()
        self.wait(lambda: time.time() - at > DOWN_SECONDS, FLOWS_AGAIN_WITHIN_SECONDS)
        self._world.slack.history_is_down = False

    def has_posted_since(self, at: float) -> bool:
        """Has ours brought a message to Slack after ``at``, seconds since 1970?"""
        recent = self._world.slack.journal[-RECENT_CALLS:]
        return any(entry.at > at and entry.method == POST and entry.accepted for entry in recent)

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """True as soon as it holds; False after so long, or at the deadline."""
        until = min(monotonic() + seconds, self._deadline)
        pause = threading.Event()
        while not condition():
            if monotonic() > until:
                return False
            pause.wait(LOOK_SECONDS)
        return True
