"""The forms in which one alert revision can be sent: the full card, the plain text, the labelled repeat."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from services.alerts.alert import Alert
from streams.slack.client import Card

MOST_BLOCKS = 50
PLAIN_TEXT_LENGTH = 3_500
_UNFINISHED_ENTITY = re.compile(r"&[a-z]{0,4}\Z")
_JOINERS = "\u200d\ufe0e\ufe0f"


def as_card(alert: Alert, payload: Mapping[str, object]) -> Card:
    """The rendered ``payload`` (``text``, ``blocks``) as a card; its text is never empty, which Slack refuses."""
    blocks = payload.get("blocks")
    return Card(
        alert_id=alert.alert_id,
        revision=alert.revision,
        text=str(payload.get("text") or f"Policy alert {alert.alert_id}"),
        blocks=tuple(block for block in blocks if isinstance(block, dict)) if isinstance(blocks, list | tuple) else (),
    )


def without_blocks(card: Card) -> Card:
    """The text alone, at most 3,500 characters: what Slack takes when it refuses a card."""
    return replace(card, text=cut_text(card.text, PLAIN_TEXT_LENGTH), blocks=())


def labelled_as_repeat(card: Card, sent_at: datetime) -> Card:
    """The same card, saying that it may repeat the one sent at ``sent_at`` (UTC)."""
    label = f"May repeat an alert sent at {sent_at:%H:%M} UTC: Slack did not confirm that one."
    context = {"type": "context", "elements": [{"type": "plain_text", "text": label, "emoji": False}]}
    blocks = (context, *card.blocks)[:MOST_BLOCKS] if card.blocks else ()
    return replace(card, text=f"{label} {card.text}", blocks=blocks)


def cut_text(text: str, length: int) -> str:
    """At most ``length`` code points, never ending inside an entity, a link or a joined character.

    >>> cut_text("cats &amp; dogs", 9)
    'cats …'
    """
    if len(text) <= length:
        return text
    end = length - 1
    while end > 0 and (text[end] in _JOINERS or text[end - 1] == "\u200d" or unicodedata.combining(text[end])):
        end -= 1
    kept = text[:end]
    while kept.rfind("<") > kept.rfind(">"):
        kept = kept[: kept.rfind("<")]
    return _UNFINISHED_ENTITY.sub("", kept) + "…"
