"""A situation as the payload that would be sent."""

from __future__ import annotations

from services.alerts.brief import write_brief
from services.alerts.card_actions import add_actions
from services.alerts.corrections import strike
from services.alerts.second_route import add_note
from services.alerts.slack_message import render
from streams.rendering.card_samples.sample_alerts import NAMES, Situation


def draw_situation(situation: Situation) -> dict[str, object]:
    """The card as ``CardWriter`` writes it, with buttons, owner and note where there are any; or the brief instead."""
    if situation.brief is not None:
        return write_brief(situation.brief, NAMES)
    payload = render(situation.alert, NAMES, situation.now, label=situation.label, posted_at=situation.posted_at)
    payload = add_note(strike(payload, situation.alert), situation.note)
    return add_actions(payload, situation.alert, situation.owner) if situation.has_buttons else payload
