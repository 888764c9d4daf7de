"""Operations alarms go to a channel of their own; the dead man's switch goes out of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
FILE = DEPLOY / "alertmanager" / "alertmanager.yml"
SETTINGS: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
RULES: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text(encoding="utf-8"))
ALARMS = [rule for group in RULES["groups"] for rule in group["rules"] if "alert" in rule]


def receiver_of(labels: dict[str, str]) -> str:
    """Who gets an alarm: the first route whose matchers hold, else the root's."""
    for route in SETTINGS["route"]["routes"]:
        matchers = [re.fullmatch(r'(\w+)(!?=)"([^"]*)"', one) for one in route["matchers"]]
        if all(one and (labels.get(one[1]) == one[3]) == (one[2] == "=") for one in matchers):
            return str(route["receiver"])
    return str(SETTINGS["route"]["receiver"])


def test_every_alarm_reaches_people_and_the_watchdog_reaches_the_outside() -> None:
    """An alarm that fires always would be noise in a channel; one that stops must be missed by somebody else."""
    reached = {rule["alert"]: receiver_of({"alertname": rule["alert"], **rule["labels"]}) for rule in ALARMS}
    assert {name for name, receiver in reached.items() if receiver == "dead_man"} == {"Watchdog"}
    assert set(reached.values()) == {"dead_man", "operations"}


def test_every_receiver_that_is_named_exists() -> None:
    """Alertmanager would not start."""
    named = {SETTINGS["route"]["receiver"], *(route["receiver"] for route in SETTINGS["route"]["routes"])}
    assert named == {receiver["name"] for receiver in SETTINGS["receivers"]}


def test_secrets_stand_in_files_that_compose_mounts() -> None:
    """A webhook's address is a password."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    paths = set(re.findall(r"/run/secrets/(\w+)", FILE.read_text(encoding="utf-8")))
    assert paths == set(compose["services"]["alertmanager"]["secrets"]) <= set(compose["secrets"])
    assert "hooks.slack.com" not in FILE.read_text(encoding="utf-8")


def test_an_alarm_says_what_it_means_and_where_to_look() -> None:
    """Summary, impact and runbook, as every rule has them."""
    (operations,) = next(one for one in SETTINGS["receivers"] if one["name"] == "operations")["slack_configs"]
    assert all(word in operations["text"] for word in ("summary", "description", "runbook_url"))


def test_prometheus_sends_its_alarms_there() -> None:
    """By the name of the service, and its port."""
    prometheus = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (place,) = prometheus["alerting"]["alertmanagers"]
    assert place["dns_sd_configs"] == [{"names": ["alertmanager"], "type": "A", "port": 9093}]


@pytest.mark.skipif(shutil.which("amtool") is None, reason="amtool is not installed")
def test_alertmanager_itself_accepts_the_file() -> None:
    """Its own check."""
    subprocess.run(["amtool", "check-config", str(FILE)], check=True, capture_output=True)
