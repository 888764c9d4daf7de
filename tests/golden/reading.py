"""Reading a payload in tests: its words, its links, and whether Slack would take it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.alerts.slack_message import LONGEST_TITLE
from streams.slack.limits import check_message


def words_of(payload: object) -> Iterator[str]:
    """Every string of a payload that a person or Slack reads."""
    if isinstance(payload, dict):
        for key, value in payload.items():
            if key in {"text", "url"} and isinstance(value, str):
                yield value
            else:
                yield from words_of(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from words_of(value)


def assert_within_limits(payload: dict[str, Any]) -> None:
    """Slack's limits and our own, the stricter of each."""
    check_message(payload["text"], payload["blocks"], None)
    header, *_ = payload["blocks"]
    assert len(header["text"]["text"]) <= LONGEST_TITLE < 150
    assert len(payload["text"]) < 3_500
    assert len(payload["blocks"]) <= 50
    assert sum(map(len, words_of(payload))) < 10_000
    assert all(len(text) <= 3_000 for text in words_of(payload))


def urls_of(payload: object) -> list[str]:
    """Every address of a payload that a reader can follow."""
    if isinstance(payload, dict):
        own = [payload["url"]] if "url" in payload else []
        return own + [url for value in payload.values() for url in urls_of(value)]
    return [url for value in payload for url in urls_of(value)] if isinstance(payload, list) else []
