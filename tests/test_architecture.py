"""The house rules that a machine can check: arrows between rooms, no I/O in decisions, sizes, the seven hops."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = [path for room in ("services", "streams", "config") for path in sorted((ROOT / room).rglob("*.py"))]
IO_PACKAGES = {
    "kafka", "aiokafka", "faust", "redis", "slack_sdk", "prometheus_client", "aiohttp", "httpx", "requests", "urllib",
    "socket", "subprocess", "os", "time", "asyncio", "threading", "http", "pathlib", "tempfile", "shutil",
}  # fmt: skip
PURE_PARTS = {"urllib.parse"}
OUTSIDE_PACKAGES = {"kafka", "aiokafka", "faust", "redis", "slack_sdk", "prometheus_client", "aiohttp"}
ALLOWED = {"services": {"services"}, "config": {"services", "config"}, "streams": {"services", "config", "streams"}}
TYPES = {"services.signals.signal", "services.market.reaction"}
ROOM_ARROWS = {
    "errors": set(),
    "news": {"errors", "news"},
    "signals": {"errors", "news", "signals"},
    "stories": {"errors", "news", "signals", "stories"},
    "market": {"errors", "news", "market"},
    "alerts": {"errors", "news", "signals", "stories", "market", "alerts"},
}


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_arrows_between_folders_point_one_way(path: Path) -> None:
    """streams -> config -> services: a decision that knew how it is moved could not be replayed."""
    room = path.relative_to(ROOT).parts[0]
    ours = {name.split(".")[0] for name in imports_of(path)} & {"services", "streams", "config", "tests"}
    assert ours <= ALLOWED[room]


@pytest.mark.parametrize("path", [p for p in MODULES if p.relative_to(ROOT).parts[0] == "services"], ids=name_of)
def test_decisions_do_no_io_and_keep_to_their_room(path: Path) -> None:
    """services/ decides: no sockets, files, clock or environment; alerts -> market | signals -> news -> errors."""
    names = imports_of(path)
    io = {name for name in names if name.split(".")[0] in IO_PACKAGES and name not in PURE_PARTS}
    assert not io
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(datetime|date)\.(now|utcnow|today)\(|\bopen\(", text)
    parts = path.relative_to(ROOT / "services").parts
    room = parts[0].removesuffix(".py")
    rooms = {name.split(".")[1] for name in names - TYPES if name.startswith("services.")}
    assert rooms <= ROOM_ARROWS.get(room, set())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_streams_imports_what_talks_to_the_outside(path: Path) -> None:
    """One folder to look at when a library changes."""
    if path.relative_to(ROOT).parts[0] != "streams":
        assert not {name.split(".")[0] for name in imports_of(path)} & OUTSIDE_PACKAGES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_fit_on_a_few_screens(path: Path) -> None:
    """None over 300 lines; a module that grows has two subjects."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_functions_are_short() -> None:
    """Nine in ten under 30 lines, the median at most 10."""
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] < 30


def test_no_module_has_a_name_that_says_nothing() -> None:
    """utils, helpers and managers are where subjects go to hide."""
    assert not [path for path in MODULES if re.search(r"util|helper|common|manager|processor", path.stem)]


def test_the_journey_in_the_readme_exists_in_the_code() -> None:
    """A newcomer follows one article by eye in seven hops: each hop of the README's table is a function here."""
    rows = re.findall(
        r"^\| (\d) \| `([\w.]+)` \| `([\w/]+\.py)`", (ROOT / "README.md").read_text(encoding="utf-8"), re.M
    )
    assert [int(number) for number, _, _ in rows] == list(range(1, 8))
    for _, hop, file in rows:
        function = hop.split(".")[-1]
        assert re.search(rf"^\s*(async )?def {function}\(", (ROOT / file).read_text(encoding="utf-8"), re.M), hop
