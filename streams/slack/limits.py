"""What Slack refuses in a message, as its documentation states the limits; used by the stand-in only.

Slack's real checks are wider; whatever passes here is within the published limits. Two figures are not published and
are cautious guesses: the total of characters in blocks (refusals were reported at about 13,200) and of metadata.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

MOST_TEXT = 40_000
MOST_BLOCKS = 50
MOST_BLOCK_CHARACTERS = 13_200
MOST_METADATA_BYTES = 8_000
MOST_FIELDS = 10
MOST_CONTEXT_ELEMENTS = 10
MOST_ACTIONS = 25
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_]{1,255}\Z")


class Refusal(Exception):
    """An ``ok: false`` answer: Slack's error word and, for blocks, a sentence."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.detail = detail


def check_message(text: object, blocks: object, metadata: object) -> None:
    """Raise Refusal when Slack would not take this message."""
    if text is not None and not isinstance(text, str):
        raise Refusal("invalid_arguments", "text must be a string")
    if len(text or "") > MOST_TEXT:
        raise Refusal("msg_too_long")
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    if not blocks and not (text or "").strip():
        raise Refusal("no_text")
    if len(blocks) > MOST_BLOCKS:
        raise Refusal("invalid_blocks", f"no more than {MOST_BLOCKS} items allowed [json-pointer:/blocks]")
    for number, block in enumerate(blocks):
        check_block(block, f"/blocks/{number}")
    if sum(map(_characters_of, blocks)) > MOST_BLOCK_CHARACTERS:
        raise Refusal("msg_blocks_too_long")
    if metadata is not None:
        check_metadata(metadata)


def check_block(block: object, place: str) -> None:
    """Raise Refusal when one block is of an unknown type or over a limit; ``place`` is a JSON pointer."""
    if not isinstance(block, dict):
        raise Refusal("invalid_blocks", f"must be an object [json-pointer:{place}]")
    block_id = block.get("block_id", "")
    _require(isinstance(block_id, str) and len(block_id) <= 255, "block_id is too long", place)
    match block.get("type"):
        case "section":
            _check_section(block, place)
        case "header":
            _check_text(block.get("text"), 150, f"{place}/text", only_plain=True)
        case "context":
            _check_context(block.get("elements"), f"{place}/elements")
        case "actions":
            _check_actions(block.get("elements"), f"{place}/elements")
        case "image":
            _require(isinstance(block.get("image_url"), str), "missing required field: image_url", place)
            _require(0 < len(str(block.get("alt_text", ""))) <= 2_000, "alt_text is missing or too long", place)
        case "markdown":
            _require(0 < len(str(block.get("text", ""))) <= 12_000, "text is missing or too long", place)
        case "rich_text":
            _require(isinstance(block.get("elements"), list), "missing required field: elements", place)
        case "divider":
            pass
        case kind:
            raise Refusal("invalid_blocks", f"unsupported type: {kind} [json-pointer:{place}/type]")


def check_metadata(metadata: object) -> None:
    """Raise Refusal when metadata has not the documented shape."""
    if not isinstance(metadata, dict):
        raise Refusal("invalid_metadata_format")
    event_type, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(event_type, str) or not _EVENT_TYPE.match(event_type) or not isinstance(payload, dict):
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > MOST_METADATA_BYTES:
        raise Refusal("metadata_too_large")


def _check_section(block: Mapping[str, object], place: str) -> None:
    text, fields = block.get("text"), block.get("fields")
    _require(text is not None or bool(fields), "must have text or fields", place)
    if text is not None:
        _check_text(text, 3_000, f"{place}/text")
    if fields is not None:
        for number, field in enumerate(_list_of(fields, MOST_FIELDS, f"{place}/fields")):
            _check_text(field, 2_000, f"{place}/fields/{number}")
    if isinstance(block.get("accessory"), dict):
        _check_button(block["accessory"], f"{place}/accessory")


def _check_context(elements: object, place: str) -> None:
    for number, element in enumerate(_list_of(elements, MOST_CONTEXT_ELEMENTS, place)):
        if isinstance(element, dict) and element.get("type") == "image":
            _require(isinstance(element.get("image_url"), str), "missing required field: image_url", place)
        else:
            _check_text(element, 2_000, f"{place}/{number}")


def _check_actions(elements: object, place: str) -> None:
    for number, element in enumerate(_list_of(elements, MOST_ACTIONS, place)):
        _check_button(element, f"{place}/{number}")


def _check_button(element: object, place: str) -> None:
    """Buttons are checked closely; other interactive elements only for having a type."""
    _require(isinstance(element, dict) and isinstance(element.get("type"), str), "must have a type", place)
    if not isinstance(element, dict) or element["type"] != "button":
        return
    _check_text(element.get("text"), 75, f"{place}/text", only_plain=True)
    for name, most in (("url", 3_000), ("value", 2_000), ("action_id", 255)):
        _require(len(str(element.get(name, ""))) <= most, f"{name} is longer than {most}", place)


def _check_text(text: object, most: int, place: str, *, only_plain: bool = False) -> None:
    _require(isinstance(text, dict), "must be a text object", place)
    assert isinstance(text, dict)
    kinds = ("plain_text",) if only_plain else ("plain_text", "mrkdwn")
    _require(text.get("type") in kinds, f"must be {' or '.join(kinds)}", f"{place}/type")
    words = text.get("text")
    _require(isinstance(words, str) and len(words) >= 1, "must be at least 1 character", f"{place}/text")
    _require(len(str(words)) <= most, f"must be less than {most + 1} characters", f"{place}/text")
    _require("emoji" not in text or text["type"] == "plain_text", "emoji is for plain_text only", place)


def _list_of(value: object, most: int, place: str) -> list[object]:
    _require(isinstance(value, list) and len(value) >= 1, "must have at least 1 item", place)
    assert isinstance(value, list)
    _require(len(value) <= most, f"no more than {most} items allowed", place)
    return value


def _require(holds: bool, sentence: str, place: str) -> None:
    if not holds:
        raise Refusal("invalid_blocks", f"{sentence} [json-pointer:{place}]")


def _characters_of(value: object) -> int:
    """Characters people see in a block: every ``text`` string at any depth."""
    if isinstance(value, list):
        return sum(map(_characters_of, value))
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(map(_characters_of, value.values()))
