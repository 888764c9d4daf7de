"""deploy/kubernetes/ has every process, as the code names it, probed, sized from measurement, and without privileges."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import DEFAULT_METRICS_PORTS, read_settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
PROCESSES = tuple(DEFAULT_METRICS_PORTS)
COMMANDS = {"tick_source": ["ticks", "stream", "--mapping", "/etc/tick_source/mapping.toml"]}
DOCUMENTS: list[dict[str, Any]] = [
    document
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.name not in ("kustomization.yaml", "prometheus.yaml")
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]
UNITS = {"Mi": 1, "Gi": 1024}
RUNS = ("Deployment", "Job")


def find(kind: str, name: str) -> dict[str, Any]:
    """The one document of this kind and name."""
    (found,) = (one for one in DOCUMENTS if one["kind"] == kind and one["metadata"]["name"] == name)
    return found


def pod_of(process: str) -> dict[str, Any]:
    """What a process runs in."""
    pod: dict[str, Any] = find("Deployment", process.replace("_", "-"))["spec"]["template"]["spec"]
    return pod


def pods() -> dict[str, dict[str, Any]]:
    """Everything that runs, by name."""
    return {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in DOCUMENTS if one["kind"] in RUNS}


def environment_of(process: str) -> dict[str, str]:
    """What a container is told, the maps filled in as the cluster would."""
    (container,) = pod_of(process)["containers"]
    told: dict[str, str] = {}
    for source in container["envFrom"]:
        told |= find("ConfigMap", source["configMapRef"]["name"])["data"]
    for one in container["env"]:
        reference = one.get("valueFrom", {}).get("configMapKeyRef")
        told[one["name"]] = (
            find("ConfigMap", reference["name"])["data"][reference["key"]] if reference else one["value"]
        )
    return told


def test_every_process_has_a_deployment_and_nothing_else_of_ours_runs() -> None:
    """A new process must not be forgotten here, nor a dead one kept."""
    assert {name.replace("-", "_") for name in pods()} - {"redis", "topics_create"} == set(PROCESSES)


def test_kustomize_lists_every_file() -> None:
    """A manifest that is not listed is never applied; the optional ones are listed behind a mark."""
    text = (FOLDER / "kustomization.yaml").read_text(encoding="utf-8")
    listed = set(re.findall(r"^  (?:# )?- (\S+\.yaml)$", text, flags=re.MULTILINE))
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml", "prometheus.yaml"}
    assert listed == files
    optional = set(re.findall(r"^  # - (\S+)\.yaml$", text, flags=re.MULTILINE))
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert optional == {name.replace("_", "-") for name in PROCESSES if "profiles" in compose[name]}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_deployment_runs_the_process_it_is_named_after(process: str) -> None:
    """Copied blocks are where a correlator starts a notifier."""
    (container,) = pod_of(process)["containers"]
    assert container["args"] == COMMANDS.get(process, ["run", process.replace("_", "-")])
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports["metrics"] == DEFAULT_METRICS_PORTS[process] == int(environment_of(process)["METRICS_PORT"])


@pytest.mark.parametrize("process", PROCESSES)
def test_settings_accept_what_a_process_is_told(process: str, tmp_path: Path) -> None:
    """The program itself must understand the values, and know every name."""
    told = environment_of(process)
    source = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    assert [name for name in told if f'"{name.removesuffix("_FILE")}"' not in source] == []
    for name in [name for name in told if name.endswith("_FILE")]:
        secret = tmp_path / name
        secret.write_text("xapp-word" if "APP" in name else "xoxb-word", encoding="utf-8")
        told[name] = str(secret)
    settings = read_settings(told)
    assert settings.metrics_host == "0.0.0.0"
    if process == "slack_notifier":
        settings.require_slack()
    if process == "slack_actions":
        settings.require_socket_mode()
    if process == "feed_poller":
        assert settings.intake_token


@pytest.mark.parametrize("process", PROCESSES)
def test_probes_ask_the_paths_that_the_process_serves(process: str) -> None:
    """Alive and ready are two questions: who waits for Kafka is alive, and a restart would not help."""
    (container,) = pod_of(process)["containers"]
    paths = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert {name: one["path"] for name, one in paths.items()} == {
        "startup": "/healthz",
        "liveness": "/healthz",
        "readiness": "/readyz",
    }
    assert {one["port"] for one in paths.values()} == {"metrics"}


@pytest.mark.parametrize("name", sorted(pods()))
def test_every_pod_runs_without_privileges(name: str) -> None:
    """What the namespace enforces ("restricted"), and a root file system that nobody writes to."""
    pod = pods()[name]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"requests", "limits"} <= set(container["resources"])
        assert re.search(r":\d+\.\d+\.\d+(-[a-z]+)?$", container["image"])


def test_the_user_is_that_of_the_image() -> None:
    """Files of secrets are readable by the group that the image runs as."""
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for process in PROCESSES:
        context = pod_of(process)["securityContext"]
        assert f"USER {context['runAsUser']}:{context['runAsGroup']}" in image
        assert context["fsGroup"] == context["runAsGroup"]


def test_the_images_are_those_of_compose() -> None:
    """Both ways of running it run the same thing."""
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for name, pod in pods().items():
        assert [container["image"] for container in pod["containers"]] == [compose[name.replace("-", "_")]["image"]]
    arguments = pods()["redis"]["containers"][0]["args"]
    assert arguments == compose["redis"]["command"]


def test_secrets_are_files_and_only_where_they_are_used() -> None:
    """Environment variables show in `kubectl describe`; and who has no use for a token does not hold it."""
    expected = {
        "slack_notifier": {"slack_bot_token"},
        "slack_actions": {"slack_bot_token", "slack_app_token"},
        "feed_poller": {"intake_token"},
    }
    for process in PROCESSES:
        volumes = [one["secret"] for one in pod_of(process)["volumes"] if "secret" in one]
        keys = {item["path"] for volume in volumes for item in volume.get("items", [])}
        assert keys == expected.get(process, set())
        told = environment_of(process)
        assert {value.rpartition("/")[2] for name, value in told.items() if name.endswith("_FILE")} == keys
        assert [name for name in told if re.search(r"TOKEN|KEY|PASSWORD", name) and not name.endswith("_FILE")] == []
        assert all(volume["defaultMode"] == 0o440 for volume in volumes)
    assert [one["metadata"]["name"] for one in DOCUMENTS if one["kind"] == "Secret"] == []


@pytest.mark.parametrize("process", PROCESSES)
def test_a_drain_takes_one_copy_at_a_time_and_is_never_blocked(process: str) -> None:
    """A budget of minAvailable 1 over a single copy would hold up every node's upgrade."""
    name = process.replace("_", "-")
    deployment, budget = find("Deployment", name)["spec"], find("PodDisruptionBudget", name)["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"] == deployment["selector"]
    labels = deployment["template"]["metadata"]["labels"]
    assert deployment["selector"]["matchLabels"].items() <= labels.items()
    assert labels["process"] == process


def test_who_must_be_alone_is_never_there_twice() -> None:
    """Feeds would be asked twice and ticks sent twice; all others share by their consumer group."""
    for process in PROCESSES:
        deployment = find("Deployment", process.replace("_", "-"))["spec"]
        is_alone = process in ("feed_poller", "tick_source")
        assert deployment["replicas"] == (1 if is_alone else 2)
        assert (deployment["strategy"]["type"] == "Recreate") is is_alone


def test_sizes_are_those_measured() -> None:
    """The table of the README says what was measured; a request is above it, a limit at least twice it."""
    table = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = {name: list(map(int, numbers)) for name, *numbers in re.findall(
        r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|", table, flags=re.MULTILINE
    )}  # fmt: skip
    assert set(rows) == set(PROCESSES) - {"tick_source"}
    for process, (peak, request, limit) in rows.items():
        resources = pod_of(process)["containers"][0]["resources"]
        assert megabytes(resources["requests"]["memory"]) == request
        assert megabytes(resources["limits"]["memory"]) == limit
        assert peak < request
        assert 2 * peak <= limit


def megabytes(text: str) -> int:
    """Mebibytes of ``640Mi`` or ``1Gi``."""
    return int(text[:-2]) * UNITS[text[-2:]]


def test_only_named_ways_lead_in() -> None:
    """Everything is closed first; Redis, which has no password, is open to our processes alone."""
    policies = {one["metadata"]["name"]: one["spec"] for one in DOCUMENTS if one["kind"] == "NetworkPolicy"}
    assert policies["nothing-comes-in"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    redis = policies["processes-to-redis"]
    assert redis["podSelector"]["matchLabels"].items() <= find("Deployment", "redis")["metadata"]["labels"].items()
    (way,) = redis["ingress"]
    assert way["from"] == [{"podSelector": {"matchExpressions": [{"key": "process", "operator": "Exists"}]}}]
    assert [one["spec"].get("type") for one in DOCUMENTS if one["kind"] == "Service"] == [None, None]


def test_prometheus_names_the_jobs_as_alarms_do() -> None:
    """An alarm on job="correlator" would never fire for a job of another name."""
    (job,) = yaml.safe_load((FOLDER / "prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"]
    rules = {rule.get("target_label"): rule["source_labels"] for rule in job["relabel_configs"]}
    assert rules["job"] == ["__meta_kubernetes_pod_label_process"]
