"""What every process does around its work: settings, logs, health, signals, a clean end."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable

from config.settings import read_settings
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.kafka import ENDING
from streams.logs import configure_logs, log
from streams.watching.build_info import show_build
from streams.watching.health import Health, HealthServer, Surroundings


def read_surroundings(*dependencies: str) -> Surroundings:
    """Settings from the environment and a health record over the named dependencies; raises Misconfigured."""
    return Surroundings(settings=read_settings(os.environ), health=Health(*dependencies))


def run_loop(process: str, surroundings: Surroundings, loop: ConsumerLoop) -> None:
    """Serve health, run the loop until SIGTERM or SIGINT, end in good order."""
    with serving(process, surroundings):
        stop_on_signals(loop.stop.set)
        loop.run()
    log.info("stopped")


def collect_seldom() -> None:
    """Look for garbage in cycles once per 100,000 new objects: a poll makes thousands that hold none.

    Looking each 700, as Python does, took a third of the time of a tick.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


class serving:  # noqa: N801 - reads as a statement: with serving(...)
    """Logs configured and the health server up for the length of the block."""

    def __init__(self, process: str, surroundings: Surroundings) -> None:
        settings = surroundings.settings
        configure_logs(process, settings.log_level)
        show_build()
        self._server = HealthServer(surroundings.health, settings.metrics_host, settings.port_of(process), process)

    def __enter__(self) -> HealthServer:
        self._server.start()
        log.info("started", port=self._server.port)
        return self._server

    def __exit__(self, *_: object) -> None:
        self._server.stop()


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Call ``stop`` on SIGTERM and SIGINT; finish what is in flight, leave the rest on Kafka.

    A broker that is away is hardly waited for: what was not acknowledged is done again after the next start.
    """

    def end(*_: object) -> None:
        ENDING.set()
        stop()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
