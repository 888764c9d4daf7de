"""deploy/compose.yaml is valid, names things as the code does, and exposes nothing by accident."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from config.settings import DEFAULT_METRICS_PORTS, read_settings

PROCESSES = tuple(DEFAULT_METRICS_PORTS)
COMMANDS = {"tick_source": ["ticks", "${TICK_SOURCE:-stream}", "--mapping", "/etc/tick_source/mapping.toml"]}
"""What a process is started with where it is not ``run NAME``."""
ROOT = Path(__file__).resolve().parents[2]
COMPOSE_TEXT = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ENVIRONMENT_EXAMPLE = (ROOT / "deploy" / ".env.example").read_text(encoding="utf-8")


def assigned_names(text: str) -> dict[str, str]:
    """Names and values of the NAME=value lines of an environment file."""
    return dict(re.findall(r"^([A-Z][A-Z0-9_]*)=(.*)$", text, flags=re.MULTILINE))


def used_variables() -> dict[str, str]:
    """Every ${NAME...} of the compose file with what follows the name: ``:-default`` or ``:?message``."""
    return dict(re.findall(r"\$\{([A-Z0-9_]+)([^}]*)\}", COMPOSE_TEXT))


def complaints(compose: dict[str, Any]) -> list[str]:
    """What the schema of the compose specification says against a file; empty when it is valid."""
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text("utf-8"))
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(compose)]


def test_compose_file_follows_the_compose_specification() -> None:
    """A key that compose does not know is refused only when somebody starts it: find it here."""
    assert complaints(COMPOSE) == []
    assert complaints({**COMPOSE, "services": {"kafka": {"image": "kafka", "restarts": "always"}}}) != []


def test_every_process_is_a_service_with_its_own_name() -> None:
    """A process has one name everywhere, so that a log line, a metric and a container are found by the same word."""
    ours = {name for name, service in SERVICES.items() if service["image"].startswith("policy-signals:")}
    assert ours - {"topics_create"} == set(PROCESSES)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_service_runs_the_process_it_is_named_after(process: str) -> None:
    """Copied blocks are where a correlator starts a notifier."""
    assert SERVICES[process]["command"] == COMMANDS.get(process, ["run", process.replace("_", "-")])
    module = (ROOT / "streams" / f"{process}.py").read_text(encoding="utf-8")
    assert f'PROCESS = "{process}"' in module
    assert int(SERVICES[process]["environment"]["METRICS_PORT"]) == DEFAULT_METRICS_PORTS[process]


@pytest.mark.parametrize("process", PROCESSES)
def test_settings_accept_what_compose_gives_a_process(process: str, tmp_path: Path) -> None:
    """The program itself must understand the file's values, defaults filled in as compose would."""
    token = tmp_path / "token"
    token.write_text("xoxb-test\n", encoding="utf-8")
    given = {name: fill_in(value) for name, value in SERVICES[process]["environment"].items()}
    if "SLACK_BOT_TOKEN_FILE" in given:
        given["SLACK_BOT_TOKEN_FILE"] = str(token)
    if "SLACK_APP_TOKEN_FILE" in given:
        app_token = tmp_path / "app_token"
        app_token.write_text("xapp-test\n", encoding="utf-8")
        given["SLACK_APP_TOKEN_FILE"] = str(app_token)
    settings = read_settings(given)
    assert settings.kafka_bootstrap == "kafka:19092"
    assert settings.metrics_host == "0.0.0.0"
    if process == "slack_notifier":
        settings.require_slack()
    if process == "slack_actions":
        settings.require_socket_mode()


def fill_in(value: str) -> str:
    """One value as compose would make it: the default, or a channel id where the person must give something."""
    value = re.sub(r"\$\{[A-Z0-9_]+:-([^}]*)\}", r"\1", value)
    return re.sub(r"\$\{[A-Z0-9_]+:\?[^}]*\}", "C0123456789", value)


@pytest.mark.parametrize("process", [*PROCESSES, "topics_create"])
def test_settings_know_every_variable_that_compose_sets(process: str) -> None:
    """A misspelt variable is silently ignored by a program that reads its environment."""
    source = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    for name in SERVICES[process]["environment"]:
        assert f'"{name.removesuffix("_FILE")}"' in source, name


def test_example_environment_names_exactly_what_compose_reads() -> None:
    """Nobody should have to read compose.yaml to learn what can be set, or set something that nothing reads."""
    assert set(assigned_names(ENVIRONMENT_EXAMPLE)) == set(used_variables())


def test_example_environment_shows_the_real_defaults() -> None:
    """The example says that its values are the defaults; what must be given stays empty."""
    example = assigned_names(ENVIRONMENT_EXAMPLE)
    for name, rest in used_variables().items():
        assert example[name] == (rest.removeprefix(":-") if rest.startswith(":-") else ""), name


def test_nothing_is_published_beyond_this_machine() -> None:
    """Kafka, Prometheus and Grafana have no password worth the open network here."""
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_runs_without_privileges(name: str) -> None:
    """No capabilities, no way to gain any."""
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"kafka"}))
def test_every_container_but_kafka_has_a_read_only_root(name: str) -> None:
    """Kafka's image writes its configuration when it starts; nothing else has a reason to."""
    assert SERVICES[name]["read_only"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned_to_a_full_version(name: str) -> None:
    """``latest`` or ``7`` would change under a running service."""
    assert re.search(r":v?\d+\.\d+\.\d+(-[a-z]+)?$", SERVICES[name]["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_dependency_waits_for_a_condition_that_can_come_true(name: str) -> None:
    """Waiting for the health of a service that has no health check would wait for ever."""
    for other, how in SERVICES[name].get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "test" in SERVICES[other]["healthcheck"], other
        else:
            assert how["condition"] == "service_completed_successfully"
            assert SERVICES[other]["restart"].startswith("on-failure"), other


def test_redis_keeps_nothing_on_disk() -> None:
    """Kafka is the only truth: a cache that survives would hide a refill that does not work."""
    command = " ".join(SERVICES["redis"]["command"])
    assert "--save  --appendonly no" in command
    assert "volumes" not in SERVICES["redis"]


def test_the_slack_token_travels_as_a_file_only() -> None:
    """Environment variables show in `docker inspect`; a mounted secret does not."""
    assert "SLACK_BOT_TOKEN" not in SERVICES["slack_notifier"]["environment"]
    assert SERVICES["slack_notifier"]["secrets"] == ["slack_bot_token"]
    assert "SLACK_APP_TOKEN" not in SERVICES["slack_actions"]["environment"]
    assert SERVICES["slack_actions"]["secrets"] == ["slack_bot_token", "slack_app_token"]
    with_slack = [name for name, one in SERVICES.items() if "slack_bot_token" in one.get("secrets", ())]
    assert with_slack == ["slack_notifier", "slack_actions"]


def test_kafka_is_the_version_that_the_suite_runs() -> None:
    """`make test-kafka` proves something about the deployment only when both run the same broker."""
    pom = (ROOT / "tests" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    tested = re.search(r"<kafka\.version>(.+)</kafka\.version>", pom)
    assert tested is not None
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{tested[1]}"
