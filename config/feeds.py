"""Reads feeds.toml: which feeds are asked, how often, and for whom they speak; typed and checked."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from config.alerting import FOLDER, read_toml
from config.settings import Settings
from services.errors import Misconfigured, Unreadable
from services.news.feed import Feed
from services.news.web_address import check_url
from services.signals.entities import Catalogue

SHORTEST_INTERVAL, LONGEST_INTERVAL = 15.0, 1_800.0
"""A feed asked more rarely has no rhythm, and would look as if it did not answer; for a desk it is history."""
MOST_FEEDS = 500
LANGUAGES = ("en", "zh")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


def load_feeds(catalogue: Catalogue, path: Path = FOLDER / "feeds.toml", local_port: int | None = None) -> list[Feed]:
    """The feeds in the file's order; ``local_port``: as in ``check_url``.

    Raises Misconfigured naming file, feed, key and reason.
    """
    tables = read_toml(path)
    unknown = sorted(tables.keys() - {"feed"})
    if unknown:
        raise Misconfigured(f"{path.name}: unknown table {unknown[0]!r}, expected [[feed]]")
    values = tables.get("feed", [])
    if not isinstance(values, list):
        raise Misconfigured(f"{path.name}: feed: expected [[feed]], got [feed]")
    if len(values) > MOST_FEEDS:
        raise Misconfigured(f"{path.name}: {len(values)} feeds, at most {MOST_FEEDS}: each is a metric label")
    feeds = [_convert(path, number, entry) for number, entry in enumerate(values, 1)]
    owners: dict[str, str] = {}
    for feed in feeds:
        _check(path, feed, catalogue, local_port)
        for key, value in (("id", feed.id), ("url", feed.url)):
            if value in owners:
                raise Misconfigured(f"{path.name}: {feed.id}: {key}: {value!r} stands already in {owners[value]!r}")
            owners[value] = feed.id
    return feeds


def feeds_file(settings: Settings) -> Path:
    """The list that the processes use: FEEDS_FILE, else the one that is shipped."""
    return Path(settings.feeds_file) if settings.feeds_file else FOLDER / "feeds.toml"


def describe_feeds(feeds: list[Feed]) -> str:
    """One line for people: how many, and how many of them nobody has seen answer."""
    unverified = sum(not feed.verified for feed in feeds)
    off = sum(not feed.enabled for feed in feeds)
    return f"{len(feeds)} in feeds.toml, {unverified} not verified, {off} switched off"


def _convert(path: Path, number: int, values: Any) -> Feed:
    name = values.get("id", f"feed {number}") if isinstance(values, dict) else f"feed {number}"
    try:
        return msgspec.convert(values, Feed)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"{path.name}: {name}: {error}") from None


def _check(path: Path, feed: Feed, catalogue: Catalogue, local_port: int | None) -> None:
    where = f"{path.name}: {feed.id}"
    if not _ID.fullmatch(feed.id):
        raise Misconfigured(f"{where}: id: expected 2 to 40 small letters, digits and hyphens")
    try:
        check_url(feed.url, local_port)
    except Unreadable as error:
        raise Misconfigured(f"{where}: url: {error}") from None
    interval = feed.interval_seconds
    # A test on this machine need not be polite.
    shortest = SHORTEST_INTERVAL if local_port is None else 0.1
    if not (math.isfinite(interval) and shortest <= interval <= LONGEST_INTERVAL):
        raise Misconfigured(f"{where}: interval_seconds is {interval:g}, expected {shortest:g} to {LONGEST_INTERVAL:g}")
    if not feed.source.strip() or len(feed.source) > 100:
        raise Misconfigured(f"{where}: source: expected a name of at most 100 characters")
    if feed.language not in LANGUAGES:
        raise Misconfigured(f"{where}: language: {feed.language!r} is none of {', '.join(LANGUAGES)}")
    if feed.regulator and feed.regulator not in catalogue.regulators:
        raise Misconfigured(f"{where}: regulator: {feed.regulator!r} is not in regulators.toml")
    _check_hints(where, feed)


def _check_hints(where: str, feed: Feed) -> None:
    hints = feed.extract
    try:
        ZoneInfo(hints.time_zone)
    except (ValueError, OSError, KeyError):
        raise Misconfigured(
            f"{where}: extract.time_zone: {hints.time_zone!r} is no zone such as Asia/Shanghai"
        ) from None
    if not 0 <= hints.teaser_characters <= 20_000:
        raise Misconfigured(f"{where}: extract.teaser_characters is {hints.teaser_characters}, expected 0 to 20000")
    for key in ("links_contain", "title_suffixes"):
        if not all(getattr(hints, key)):
            raise Misconfigured(f"{where}: extract.{key}: an entry is empty")
