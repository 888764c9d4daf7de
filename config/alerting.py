"""Reads alerting.toml and sources.toml: thresholds and source authorities, typed and checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from services.alerts.policy import AlertPolicy
from services.errors import Misconfigured
from services.signals.authority import SourceAuthorities

FOLDER = Path(__file__).parent
T = TypeVar("T")


def load_policy(path: Path = FOLDER / "alerting.toml") -> AlertPolicy:
    """Thresholds; raises Misconfigured naming file, key and reason."""
    tables = read_toml(path)
    values: dict[str, Any] = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise Misconfigured(f"{path.name}: key {name!r} stands outside the tables [silence], [severity], [verdict]")
        values |= table
    unknown = values.keys() - set(AlertPolicy.__struct_fields__)
    if unknown:
        raise Misconfigured(f"{path.name}: unknown key {sorted(unknown)[0]!r}")
    policy = convert(path, values, AlertPolicy)
    if not 0 < policy.urgent_from <= policy.flash_from:
        raise Misconfigured(f"{path.name}: urgent_from must be above 0 and at most flash_from")
    for key in ("minimum_confidence", "minimum_score"):
        if not 0 <= getattr(policy, key) <= 1:
            raise Misconfigured(f"{path.name}: {key} is {getattr(policy, key)}, expected 0 to 1")
    return policy


def load_authorities(path: Path = FOLDER / "sources.toml") -> SourceAuthorities:
    """Authority of sources by words in their names; raises Misconfigured naming file, key and reason."""
    tables = read_toml(path)
    values = {"default": tables.get("default"), "by_word": tables.get("authority", {})}
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


def convert(path: Path, values: dict[str, Any], kind: type[T]) -> T:
    """Values as ``kind``; raises Misconfigured naming file, key and reason."""
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"{path.name}: {error}") from None
