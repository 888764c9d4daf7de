"""The three paths of every process."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY

from services.errors import Misconfigured
from streams.watching.health import Health, HealthServer


@pytest.fixture
def health() -> Health:
    return Health("kafka", "slack")


@pytest.fixture
def server(health: Health) -> Iterator[HealthServer]:
    server = HealthServer(health, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def get(server: HealthServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_process_is_ready_when_everything_it_needs_answers(server: HealthServer, health: Health) -> None:
    """Until then it names what it waits for; alive it is all along."""
    assert get(server, "/healthz") == (200, '{"alive": true}')
    health.answers("kafka")
    status, body = get(server, "/readyz")
    assert (status, json.loads(body)) == (503, {"ready": False, "waiting_for": {"slack": "not reached yet"}})
    health.answers("slack")
    assert get(server, "/readyz")[0] == 200
    health.fails("slack", "refused_token")
    assert json.loads(get(server, "/readyz")[1])["waiting_for"] == {"slack": "refused_token"}


def test_a_standby_is_ready_without_what_only_the_worker_asks(server: HealthServer, health: Health) -> None:
    """A second process that waits to take over is well; a stale refusal of its own past says nothing now."""
    health.answers("kafka")
    health.fails("slack", "refused_token")
    health.stands_by()
    status, body = get(server, "/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True, "standby": True, "waiting_for": {}})
    assert REGISTRY.get_sample_value("policy_signals_dependency_up", {"dependency": "slack"}) is None
    health.works()
    assert json.loads(get(server, "/readyz")[1]) == {"ready": False, "waiting_for": {"slack": "not reached yet"}}
    assert REGISTRY.get_sample_value("policy_signals_dependency_up", {"dependency": "slack"}) == 0.0


def test_a_standby_that_looked_itself_says_what_it_found(server: HealthServer, health: Health) -> None:
    """A new deployment with a wrong token must not become ready, or it takes over and tells nothing."""
    health.answers("kafka")
    health.stands_by()
    health.fails("slack", "refused_token")
    assert json.loads(get(server, "/readyz")[1])["waiting_for"] == {"slack": "refused_token"}
    health.answers("slack")
    assert get(server, "/readyz")[0] == 200
    health.fails("kafka", "away")
    assert get(server, "/readyz")[0] == 503


def test_what_does_not_answer_is_a_metric(health: Health) -> None:
    """The rule DependencyDown looks at it."""
    health.answers("kafka")
    health.fails("slack", "away")
    values = [REGISTRY.get_sample_value("policy_signals_dependency_up", {"dependency": d}) for d in ("kafka", "slack")]
    assert values == [1.0, 0.0]


def test_metrics_are_served_and_other_paths_are_not(server: HealthServer) -> None:
    """Prometheus asks for /metrics; a stray visitor learns the paths."""
    status, body = get(server, "/metrics")
    assert status == 200
    assert "policy_signals_ticks_total" in body
    assert get(server, "/etc/passwd") == (404, "paths: /metrics /healthz /readyz\n")


def test_a_port_that_is_taken_is_said_in_one_sentence(server: HealthServer) -> None:
    """Two processes on one machine is a mistake of the configuration."""
    with pytest.raises(Misconfigured, match=f"METRICS_PORT {server.port} on 127.0.0.1 cannot be used"):
        HealthServer(Health(), "127.0.0.1", server.port)
