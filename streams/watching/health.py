"""``/metrics``, ``/healthz`` and ``/readyz`` of every process, in a thread of their own."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from config.settings import Settings
from services.errors import Misconfigured
from streams import metrics
from streams.clock import monotonic
from streams.logs import log
from streams.watching.exemplars import choose_writing
from streams.watching.served_metrics import ServedMetrics

SAY_AGAIN_AFTER_SECONDS = 60.0
NOT_REACHED = "not reached yet"
KAFKA = "kafka"


class Health:
    """What this process knows about the systems it depends on; ready when all answer."""

    def __init__(self, *dependencies: str) -> None:
        self._lock = threading.Lock()
        self._dependencies = dependencies
        self._problems: dict[str, str] = dict.fromkeys(dependencies, NOT_REACHED)
        self._said: dict[str, float] = {}
        self._is_standby = False
        for name in dependencies:
            metrics.DEPENDENCY_UP.labels(dependency=name).set(0)

    def answers(self, dependency: str) -> None:
        """The dependency answered: clear its problem and say so once."""
        with self._lock:
            was = self._problems.pop(dependency, None)
            said = self._said.pop(dependency, None)
        metrics.DEPENDENCY_UP.labels(dependency=dependency).set(1)
        if was and said is not None:
            log.info("dependency answers again", dependency=dependency)

    def fails(self, dependency: str, problem: str) -> None:
        """The dependency did not answer: not ready, said at most once a minute."""
        now = monotonic()
        with self._lock:
            self._problems[dependency] = problem
            say = now - self._said.get(dependency, -SAY_AGAIN_AFTER_SECONDS) >= SAY_AGAIN_AFTER_SECONDS
            if say:
                self._said[dependency] = now
        metrics.DEPENDENCY_UP.labels(dependency=dependency).set(0)
        if say:
            log.warning("dependency does not answer; waiting for it", dependency=dependency, problem=problem)

    def stands_by(self) -> None:
        """Another process has the work. What this one has not asked for itself counts for nothing now, but Kafka."""
        with self._lock:
            if self._is_standby:
                return
            self._is_standby = True
            mine = [name for name in self._dependencies if name != KAFKA]
            self._problems |= dict.fromkeys(mine, NOT_REACHED)
        for name in mine:
            # A zero would raise the alarm that a dependency is down, and nobody has looked.
            metrics.DEPENDENCY_UP.remove(name)
        log.info("stands by: another process has the work")

    def works(self) -> None:
        """This process has work: all that it depends on must answer."""
        with self._lock:
            was, self._is_standby = self._is_standby, False
            unknown = [name for name, problem in self._problems.items() if problem == NOT_REACHED]
        if was:
            for name in unknown:
                metrics.DEPENDENCY_UP.labels(dependency=name).set(0)
            log.info("takes over the work")

    @property
    def is_standby(self) -> bool:
        """Ready to take over what another process does now."""
        return self._is_standby

    def problems(self) -> dict[str, str]:
        """What does not answer now, and why; empty when ready."""
        with self._lock:
            hidden = NOT_REACHED if self._is_standby else ""
            return {name: why for name, why in self._problems.items() if why != hidden or name == KAFKA}


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What every ``build()`` gets: settings, and what is known of the systems outside."""

    settings: Settings
    health: Health


class HealthServer:
    """Serves the three paths on ``host:port``; port 0 picks a free one. Raises Misconfigured when taken."""

    def __init__(self, health: Health, host: str, port: int, process: str = "") -> None:
        try:
            self._server = ThreadingHTTPServer((host, port), _handler_for(health, ServedMetrics(process)))
        except OSError as error:
            raise Misconfigured(f"METRICS_PORT {port} on {host} cannot be used: {error.strerror}") from None
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

    @property
    def port(self) -> int:
        """The port that was bound."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


def _handler_for(health: Health, served: ServedMetrics) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                write, content_type = choose_writing(self.headers.get("Accept", ""))
                self._answer(200, content_type, write(served))
            elif self.path == "/healthz":
                self._answer(200, "application/json", b'{"alive": true}')
            elif self.path == "/readyz":
                problems = health.problems()
                role = {"standby": True} if health.is_standby else {}
                body = json.dumps({"ready": not problems, **role, "waiting_for": problems}).encode()
                self._answer(503 if problems else 200, "application/json", body)
            else:
                self._answer(404, "text/plain", b"paths: /metrics /healthz /readyz\n")

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Probes are not worth a log line."""

    return Handler
