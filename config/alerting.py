"""Reads alerting.toml and sources.toml: thresholds and source authorities, typed and checked."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from services.alerts.policy import AlertPolicy
from services.alerts.standing import CAP_KEYS
from services.errors import Misconfigured
from services.signals.authority import SourceAuthorities

FOLDER = Path(__file__).parent
TABLES = ("silence", "severity", "late", "verdict", "caps")
SHARES = ("minimum_confidence", "minimum_score", "holding_share")
THRESHOLDS = tuple(name for name in AlertPolicy.__struct_fields__ if name not in ("watchlists", "caps"))
T = TypeVar("T")


def load_policy(path: Path = FOLDER / "alerting.toml") -> AlertPolicy:
    """Thresholds; raises Misconfigured naming file, key and reason."""
    tables = read_toml(path)
    caps = tables.pop("caps", {})
    values = _join_tables(path, tables) | {"caps": _check_caps(path, caps)}
    policy = convert(path, values, AlertPolicy)
    for key in THRESHOLDS:
        value = getattr(policy, key)
        if key in SHARES and not 0 <= value <= 1:
            raise Misconfigured(f"{path.name}: {key} is {value}, expected 0 to 1")
        if key not in SHARES and not 0 < value < math.inf:
            raise Misconfigured(f"{path.name}: {key} is {value}, expected above 0")
    if policy.urgent_from > policy.flash_from:
        raise Misconfigured(f"{path.name}: urgent_from is {policy.urgent_from}, expected at most flash_from")
    return policy


def load_authorities(path: Path = FOLDER / "sources.toml") -> SourceAuthorities:
    """Authority of sources by words in their names; raises Misconfigured naming file, key and reason."""
    tables = read_toml(path)
    unknown = sorted(tables.keys() - {"default", "authority", "class"})
    if unknown:
        raise Misconfigured(f"{path.name}: unknown key {unknown[0]!r}, expected default, [authority] and [class]")
    values = {
        "default": tables.get("default"),
        "by_word": tables.get("authority", {}),
        "class_by_word": tables.get("class", {}),
    }
    authorities = convert(path, values, SourceAuthorities)
    for word, value in [("default", authorities.default), *authorities.by_word.items()]:
        if not 0 <= value <= 1:
            raise Misconfigured(f"{path.name}: {word!r} is {value}, expected 0 to 1")
    return authorities


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; raises Misconfigured naming file, line and reason."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path.name}: not TOML: {error}") from None


def _check_caps(path: Path, caps: object) -> object:
    """Keys of [caps]; msgspec checks the severities."""
    if not isinstance(caps, dict):
        raise Misconfigured(f"{path.name}: caps: expected the table [caps]")
    unknown = sorted(caps.keys() - set(CAP_KEYS))
    if unknown:
        raise Misconfigured(f"{path.name}: [caps]: unknown key {unknown[0]!r}, expected one of {', '.join(CAP_KEYS)}")
    return caps


def _join_tables(path: Path, tables: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise Misconfigured(f"{path.name}: key {name!r} stands outside the tables [{'], ['.join(TABLES)}]")
        if name not in TABLES:
            raise Misconfigured(f"{path.name}: unknown table [{name}], expected [{'], ['.join(TABLES)}]")
        for key, value in table.items():
            if key not in THRESHOLDS:
                raise Misconfigured(f"{path.name}: [{name}]: unknown key {key!r}")
            if key in values:
                raise Misconfigured(f"{path.name}: [{name}]: key {key!r} stands in another table already")
            values[key] = value
    return values


def convert(path: Path, values: dict[str, Any], kind: type[T]) -> T:
    """Values as ``kind``; raises Misconfigured naming file, key and reason."""
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"{path.name}: {error}") from None
