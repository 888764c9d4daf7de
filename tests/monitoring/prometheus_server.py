"""A real Prometheus for the length of a block: it scrapes the processes of one line and evaluates our rules."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from streams.clock import monotonic
from streams.local.embedded import free_port

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
READY_WITHIN_SECONDS = 30.0
STOP_WITHIN_SECONDS = 15.0


def find_prometheus() -> str | None:
    """The program, or None where it is not installed."""
    return shutil.which("prometheus")


class PrometheusServer:
    """``with PrometheusServer(folder, ports) as server``: job name and port of each process on this machine."""

    def __init__(self, folder: Path, ports: Mapping[str, int], rules: Path = RULES) -> None:
        self._folder = folder
        self._rules = rules
        self._ports = ports
        self._url = f"http://127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PrometheusServer:
        # What an earlier run left would answer for this one.
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        settings = self._folder / "prometheus.yml"
        settings.write_text(yaml.safe_dump(self._settings()), encoding="utf-8")
        with (self._folder / "prometheus.log").open("wb") as output:
            self._process = subprocess.Popen(
                [
                    str(find_prometheus()),
                    f"--config.file={settings}",
                    f"--storage.tsdb.path={self._folder / 'data'}",
                    f"--web.listen-address={self._url.removeprefix('http://')}",
                    "--log.level=warn",
                    "--enable-feature=exemplar-storage",
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=STOP_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an instant query; raises ValueError with what Prometheus says against it."""
        found: list[dict[str, Any]] = self._get("query", query=expression)["result"]
        return found

    def ask_over(self, expression: str, seconds: int, points: int = 120) -> list[dict[str, Any]]:
        """The series of a range query that ends now."""
        now = time.time()
        found: list[dict[str, Any]] = self._get(
            "query_range", query=expression, start=now - seconds, end=now, step=max(1, seconds // points)
        )["result"]
        return found

    def marks(self, expression: str) -> list[dict[str, Any]]:
        """Exemplars of the last hour."""
        found: list[dict[str, Any]] = self._get(
            "query_exemplars", query=expression, start=time.time() - 3_600, end=time.time()
        )  # type: ignore[assignment]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """Every rule as Prometheus sees it: health, state, last error."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def _get(self, path: str, **parameters: str | float) -> dict[str, Any]:
        url = f"{self._url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as reply:
                found: dict[str, Any] = json.load(reply)["data"]
                return found
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]) from None

    def _wait_until_ready(self) -> None:
        deadline = monotonic() + READY_WITHIN_SECONDS
        while monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self._url}/-/ready", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"Prometheus does not start, see {self._folder / 'prometheus.log'}")

    def _settings(self) -> dict[str, Any]:
        return {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(self._rules)],
            "scrape_configs": [
                {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
                for name, port in self._ports.items()
            ],
        }
