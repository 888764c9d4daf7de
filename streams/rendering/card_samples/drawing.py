"""A situation as the payload that would be sent."""

from __future__ import annotations

from services.alerts.card_actions import add_actions
from services.alerts.slack_message import render
from streams.rendering.card_samples.sample_alerts import NAMES, Situation


def draw_situation(situation: Situation) -> dict[str, object]:
    """The card, with its buttons and its owner where the situation has them."""
    payload = render(situation.alert, NAMES, situation.now, label=situation.label, posted_at=situation.posted_at)
    return add_actions(payload, situation.alert, situation.owner) if situation.has_buttons else payload
