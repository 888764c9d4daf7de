"""Bytes and types: strict, and every failure has a word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.alerts.alert import Silence, SilenceReason
from services.errors import Unreadable
from streams.codec import decode, encode

SILENCE = Silence(
    reason=SilenceReason.NEUTRAL,
    article_id="a",
    source="s",
    headline="标题",
    detail="",
    decided_at=datetime(2023, 7, 13, tzinfo=UTC),
)


def test_what_is_encoded_decodes_to_the_same() -> None:
    """Nothing is lost on a topic, Chinese and times included."""
    assert decode(Silence, encode(SILENCE)) == SILENCE


def test_unknown_fields_of_a_newer_minor_version_are_ignored() -> None:
    """Additive changes must not stop an older process."""
    assert decode(Silence, encode(SILENCE)[:-1] + b',"new_field":[1,2]}') == SILENCE


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "empty"),
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe{", "not_json"),
        (b"[]", "wrong_type"),
        (b'{"reason":"no such reason"}', "wrong_type"),
        (b"[" * 100_000, "wrong_type"),
        (encode(SILENCE).replace(b'"schema_version":1', b'"schema_version":2'), "newer_schema"),
        (encode(SILENCE).replace(b'"schema_version":1', b'"schema_version":true'), "wrong_type"),
    ],
)
def test_each_way_of_being_unreadable_has_its_word(data: bytes | None, reason: str) -> None:
    """The word is the metric label and the dead letter's header."""
    with pytest.raises(Unreadable) as caught:
        decode(Silence, data)
    assert caught.value.reason == reason
