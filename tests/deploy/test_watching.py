"""Prometheus, its rules and the Grafana dashboards ask only for what the processes really serve."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.metrics import MetricWrapperBase

from config.settings import DEFAULT_METRICS_PORTS
from deploy.grafana.boards.__main__ import build_all
from deploy.grafana.boards.runbook import link_to_section
from streams import metrics, topics
from streams.watching.served_metrics import ServedMetrics

PROCESSES = tuple(DEFAULT_METRICS_PORTS)
DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
PROMETHEUS: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
ALL_RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
RULES = [rule for rule in ALL_RULES if "alert" in rule]
RECORDED = {rule["record"] for rule in ALL_RULES if "record" in rule}
RUNBOOK_TEXT = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
RUNBOOK = re.findall(r"^## (.+)$", RUNBOOK_TEXT, re.MULTILINE)
ALWAYS = ("up", "process_", "vector(1)")
"""Series that every process has, and the alarm that asks for none."""
RULE_TESTS = sorted((DEPLOY / "prometheus" / "tests").glob("*.yml"))
PROMTOOL = shutil.which("promtool")
WITH_PROMTOOL = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed: apt-get install prometheus")
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
FOLDER = "/etc/dashboards"
SUFFIXES = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_sum", "_count"),
    "info": ("_info",),
}
EXTRA_LABELS = {"_bucket": ("le",), "_info": ("version", "model", "configuration")}
ADDED_BY_PROMETHEUS = {"job", "instance"}
GRAFANA_DURATIONS = {"$__rate_interval": "5m", "$__interval": "1m", "$__range": "6h"}
CHOICES = {"$sector": ".*", "$regulator": ".*", "$exchange": ".*", "$instrument": ".*"}


def served() -> dict[str, set[str]]:
    """Every series that the processes serve, with its labels, as metrics.py declares it."""
    series = {}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            for suffix in SUFFIXES[str(metric._type)]:
                series[metric._name + suffix] = {*metric._labelnames, *EXTRA_LABELS.get(suffix, ())}
    return series


def declared() -> dict[str, MetricWrapperBase]:
    """Every metric of the table, by the name it was declared with."""
    return {one._name: one for one in vars(metrics).values() if isinstance(one, MetricWrapperBase)}


def words_of(name: str) -> dict[str, set[str]]:
    """The values that stand at zero from the start, by label: the closed sets."""
    found: dict[str, set[str]] = {}
    for family in declared()[name].collect() if name in declared() else ():
        for sample in family.samples:
            for label in set(sample.labels) - {"le"}:
                found.setdefault(label, set()).add(sample.labels[label])
    return found


def run_promtool(*arguments: str, words: str = "") -> subprocess.CompletedProcess[str]:
    """promtool, with ``words`` on its standard input."""
    return subprocess.run([str(PROMTOOL), *arguments], input=words, capture_output=True, text=True, check=False)


def targets_of(job: dict[str, Any]) -> list[str]:
    """``host:port`` of a job, fixed or looked up by name."""
    if "dns_sd_configs" in job:
        return [f"{name}:{lookup['port']}" for lookup in job["dns_sd_configs"] for name in lookup["names"]]
    targets: list[str] = job["static_configs"][0]["targets"]
    return targets


def panels_of(path: Path) -> list[dict[str, Any]]:
    """Every panel of a dashboard, rows and what they hold included."""
    panels = json.loads(path.read_text(encoding="utf-8"))["panels"]
    return [inner for panel in panels for inner in [panel, *panel.get("panels", [])]]


def drawn_panels() -> list[tuple[str, dict[str, Any]]]:
    """Every panel that asks Prometheus, with a name for the test report."""
    return [
        (f"{path.stem}: {panel['title']}", panel)
        for path in DASHBOARDS
        for panel in panels_of(path)
        if panel["type"] not in ("row", "text")
    ]


def every_question() -> list[tuple[str, str]]:
    """Every query of every dashboard and rule, with where it stands."""
    asked = [(name, target["expr"]) for name, panel in drawn_panels() for target in panel["targets"]]
    return asked + [(f"rule: {rule.get('alert') or rule['record']}", rule["expr"]) for rule in ALL_RULES]


def with_durations(expression: str) -> str:
    """The expression as Grafana would send it."""
    for name, duration in (GRAFANA_DURATIONS | CHOICES).items():
        expression = expression.replace(name, duration)
    return expression


def series_in(expression: str) -> set[str]:
    """The names of our own series in an expression."""
    return set(re.findall(r"\bpolicy_signals[:_][\w:]+", expression))


def labels_in(expression: str) -> set[str]:
    """Labels that an expression filters or groups by."""
    groups = re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", expression)
    filters = re.findall(r"[{,]\s*(\w+)\s*(?:=~|!~|!=|=)", expression)
    return {label.strip() for group in groups for label in group.split(",") if label.strip()} | set(filters)


QUESTIONS = pytest.mark.parametrize(
    ("place", "expression"), every_question(), ids=[place for place, _ in every_question()]
)
PANELS = pytest.mark.parametrize(
    "panel", [panel for _, panel in drawn_panels()], ids=[name for name, _ in drawn_panels()]
)


def test_prometheus_asks_every_process_under_its_own_name() -> None:
    """The job is the name of the process, the target its service and its port in compose.yaml."""
    jobs = {job["job_name"]: targets_of(job) for job in PROMETHEUS["scrape_configs"]}
    assert jobs == {process: [f"{process}:{DEFAULT_METRICS_PORTS[process]}"] for process in PROCESSES}


def test_only_a_process_that_may_be_absent_is_looked_up_by_name() -> None:
    """A fixed target that nobody runs would page for ever; a name that does not exist is just not asked."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    by_name = {job["job_name"] for job in PROMETHEUS["scrape_configs"] if "dns_sd_configs" in job}
    assert by_name == {process for process in PROCESSES if "profiles" in services[process]}


def test_prometheus_loads_rule_files_that_exist() -> None:
    """A misspelt rule file is not an error to Prometheus: it just never alerts."""
    assert PROMETHEUS["rule_files"]
    assert [name for name in PROMETHEUS["rule_files"] if not (DEPLOY / "prometheus" / name).is_file()] == []


@QUESTIONS
def test_every_query_is_valid_promql(place: str, expression: str) -> None:
    """A broken query shows as an empty panel, which looks like a quiet day."""
    assert promql_parser.parse(with_durations(expression)), place


@QUESTIONS
def test_every_query_asks_for_series_that_are_served(place: str, expression: str) -> None:
    """A renamed metric leaves a panel empty and an alert silent for ever."""
    asked = series_in(expression)
    assert asked or any(word in expression for word in ALWAYS), place
    assert asked - set(served()) - RECORDED == set(), place


@QUESTIONS
def test_every_query_uses_labels_that_its_series_have(place: str, expression: str) -> None:
    """Grouping by a label that does not exist gives one line without a name."""
    having = ADDED_BY_PROMETHEUS.union(*(served().get(name, set()) for name in series_in(expression)))
    assert labels_in(expression) - having == set(), place


@PANELS
def test_every_panel_says_what_it_shows(panel: dict[str, Any]) -> None:
    """A title, a sentence and a unit: the reader may be woken by it and new to it."""
    assert panel["title"]
    assert panel["description"].endswith((".", "?"))
    assert panel["fieldConfig"]["defaults"]["unit"]


@PANELS
def test_every_target_is_named_and_bound_to_the_chosen_data_source(panel: dict[str, Any]) -> None:
    """A data source given by its id works only on the Grafana it was exported from."""
    names = [target["refId"] for target in panel["targets"]]
    assert len(set(names)) == len(names) > 0
    assert all(target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])
    assert all(target["legendFormat"] for target in panel["targets"])


@PANELS
def test_every_legend_uses_labels_that_the_query_keeps(panel: dict[str, Any]) -> None:
    """``{{outcome}}`` after ``sum by (reason)`` prints nothing."""
    for target in panel["targets"]:
        grouped = re.search(r"\bby\s*\(([^)]*)\)", target["expr"])
        kept = (
            {label.strip() for label in grouped[1].split(",")}
            if grouped
            else ADDED_BY_PROMETHEUS.union(*(served()[name] for name in series_in(target["expr"])))
        )
        assert set(re.findall(r"{{\s*(\w+)\s*}}", target["legendFormat"])) <= kept


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_no_two_panels_share_an_id_or_a_place(path: Path) -> None:
    """Grafana moves overlapping panels about, differently on each screen."""
    panels = panels_of(path)
    assert len({panel["id"] for panel in panels}) == len(panels)
    for one, other in itertools.combinations([panel["gridPos"] for panel in panels], 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, (one, other)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


def test_dashboards_have_identifiers_of_their_own() -> None:
    """Links and bookmarks go by the uid; two files with the same one overwrite each other at every reload."""
    uids = [json.loads(path.read_text(encoding="utf-8"))["uid"] for path in DASHBOARDS]
    assert uids
    assert len(set(uids)) == len(uids)


def test_grafana_finds_the_dashboards_where_compose_puts_them() -> None:
    """Three files speak of the same folder: the mount, the provider and the home page."""
    grafana = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["grafana"]
    provider = yaml.safe_load(
        (DEPLOY / "grafana" / "provisioning" / "dashboards" / "policy-signals.yaml").read_text(encoding="utf-8")
    )["providers"][0]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert f"./grafana/dashboards:{FOLDER}:ro" in grafana["volumes"]
    assert provider["options"]["path"] == FOLDER
    assert home.startswith(f"{FOLDER}/")
    assert (DEPLOY / "grafana" / "dashboards" / home.removeprefix(f"{FOLDER}/")).is_file()


def test_dashboards_are_what_their_code_writes() -> None:
    """A change made by hand in the JSON would be lost at the next build; one in the code must not be forgotten."""
    assert {path.name: path.read_text(encoding="utf-8") for path in DASHBOARDS} == build_all()


@PANELS
def test_every_panel_leads_to_its_section_of_the_runbook(panel: dict[str, Any]) -> None:
    """Whoever looks at a red number needs the next step, not a search."""
    numbers = [int(link["url"].rpartition("panel-")[2]) for link in panel["links"]]
    assert len(numbers) == 1
    assert 0 < numbers[0] <= len(RUNBOOK)


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_dashboard_leads_to_the_others(path: Path) -> None:
    """Grafana lists every dashboard with the tag, and keeps the time and the environment."""
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    assert dashboard["tags"] == ["policy-signals"]
    links = [(link["type"], link["tags"], link["includeVars"], link["keepTime"]) for link in dashboard["links"]]
    assert links == [("dashboards", ["policy-signals"], True, True)]


def test_a_slow_point_leads_to_the_alert_behind_it() -> None:
    """Three files must agree: panels ask for exemplars, Prometheus keeps them, Grafana says what to do with an id."""
    asked = {target["expr"] for _, panel in drawn_panels() for target in panel["targets"] if target.get("exemplar")}
    assert asked
    assert all("policy_signals_stage_seconds_bucket" in expression for expression in asked)
    prometheus = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["prometheus"]
    assert "--enable-feature=exemplar-storage" in prometheus["command"]
    assert PROMETHEUS["storage"]["exemplars"]["max_exemplars"] > 0
    text = (DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yaml").read_text(encoding="utf-8")
    ways = yaml.safe_load(text)["datasources"][0]["jsonData"]["exemplarTraceIdDestinations"]
    assert {way["name"] for way in ways} == {"alert_id", "signal_id"}
    assert {way["url"] for way in ways} == {link_to_section("Asking why")}


def test_the_runbook_in_grafana_is_the_runbook() -> None:
    """The number of a panel is the place of its section: that is how links find it."""
    panels = panels_of(DEPLOY / "grafana" / "dashboards" / "runbook.json")
    assert [(panel["id"], panel["title"]) for panel in panels] == list(enumerate(RUNBOOK, 1))


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_every_alert_leads_to_a_section_of_the_runbook(rule: dict[str, Any]) -> None:
    """What it means, what people lose, where to look, what to do."""
    assert rule["alert"] in RUNBOOK
    assert rule["annotations"]["runbook_url"] == f"deploy/RUNBOOK.md#{rule['alert'].lower()}"


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_every_alert_has_a_unit_test(rule: dict[str, Any]) -> None:
    """A rule that was never seen firing may never fire."""
    cases = [case for path in RULE_TESTS for case in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]]
    expected = [str(check.get("exp_samples")) for case in cases for check in case["promql_expr_test"]]
    assert any(f'alertname="{rule["alert"]}"' in words for words in expected)


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_every_alert_has_a_unit_test_in_which_it_is_silent(rule: dict[str, Any]) -> None:
    """A rule that always fires teaches people to look away: its own series are there, and it does not fire."""
    if rule["alert"] == "Watchdog":
        return
    cases = [case for path in RULE_TESTS for case in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]]
    asked = set(re.findall(r"\b[a-z][\w:]*(?=[{\[])|policy_signals_\w+|\bup\b", rule["expr"]))
    silent = [
        case["name"]
        for case in cases
        if {re.split(r"[{ ]", one["series"])[0] for one in case["input_series"]} & asked
        and not any(f'alertname="{rule["alert"]}"' in str(check) for check in case["promql_expr_test"])
    ]
    assert silent


TOPIC_NAMES = {topic.name for topic in vars(topics).values() if isinstance(topic, topics.Topic)}


@QUESTIONS
def test_every_word_that_a_query_looks_for_can_occur(place: str, expression: str) -> None:
    """An alarm on ``outcome="time_out"`` is silent for ever when the word is ``timeout``."""
    for name, matchers in re.findall(r"(policy_signals_\w+){([^}]*)}", expression):
        words = words_of(re.sub(r"_(total|bucket|sum|count)$", "", name))
        for label, sign, value in re.findall(r'(\w+)(=~|=|!~|!=)"([^"]*)"', matchers):
            asked = set(re.sub(r"[()]", "|", value).split("|") if "~" in sign else [value]) - {""}
            if value.startswith("$") or "(" in value or label not in words or "*" in value:
                continue
            # Another test may have set the series of its own topic: every topic can occur.
            assert asked <= words[label] | (TOPIC_NAMES if label == "topic" else set()), place


@pytest.mark.parametrize("name", sorted(declared()))
def test_every_metric_is_watched_or_said_to_be_looked_up(name: str) -> None:
    """What nobody ever sees costs memory in every Prometheus; a metric for questions in the night says so in the runbook."""
    asked = {series for _, expression in every_question() for series in series_in(expression)}
    is_asked = any(re.fullmatch(rf"{name}(_total|_bucket|_sum|_count|_info)?", series) for series in asked)
    looked_up = RUNBOOK_TEXT.partition("## Looked up by hand")[2].partition("\n## ")[0]
    assert is_asked != (f"`{name}`" in looked_up), "watched and listed, or neither"


@WITH_PROMTOOL
def test_prometheus_itself_finds_nothing_wrong_with_the_rules() -> None:
    """Its own check, with every lint."""
    checked = run_promtool("check", "rules", "--lint=all", str(DEPLOY / "prometheus" / "rules.yml"))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@WITH_PROMTOOL
@pytest.mark.parametrize("path", RULE_TESTS, ids=lambda path: path.stem)
def test_alarms_fire_when_they_should_and_not_else(path: Path) -> None:
    """Each case names everything that fires at a time."""
    tested = run_promtool("test", "rules", str(path))
    assert tested.returncode == 0, tested.stdout + tested.stderr


@WITH_PROMTOOL
@pytest.mark.parametrize("process", PROCESSES)
def test_prometheus_likes_the_names_of_our_metrics(process: str) -> None:
    """Base units, _total, help on everything: what a stranger expects, of each process as it serves."""
    exposed = generate_latest(ServedMetrics(process)).decode()  # type: ignore[arg-type]
    checked = run_promtool("check", "metrics", words=exposed)
    ours = [line for line in (checked.stdout + checked.stderr).splitlines() if line.startswith("policy_signals")]
    assert ours == []


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_every_alert_says_how_urgent_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    """Whoever is woken reads this first."""
    assert rule["labels"]["severity"] in ("page", "ticket") or rule["alert"] == "Watchdog"
    assert rule["annotations"]["summary"]
    assert len(rule["annotations"]["description"].split()) >= 8


def test_the_alert_for_a_dead_process_names_them_all() -> None:
    """A new process must be watched from its first day."""
    rule = next(rule for rule in RULES if rule["alert"] == "ProcessDown")
    names = re.search(r'job=~"([^"]+)"', rule["expr"])
    assert names is not None
    assert set(names[1].split("|")) == set(PROCESSES)


def test_the_slack_app_asks_for_no_more_than_it_uses() -> None:
    """Each permission is one more thing that a stolen token can do."""
    manifest = yaml.safe_load((DEPLOY / "slack-app-manifest.yaml").read_text(encoding="utf-8"))
    scopes = ["chat:write", "channels:history", "groups:history", "commands", "usergroups:read"]
    assert manifest["oauth_config"]["scopes"] == {"bot": scopes}
    assert "event_subscriptions" not in manifest["settings"]
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert [command["command"] for command in manifest["features"]["slash_commands"]] == ["/policy"]
