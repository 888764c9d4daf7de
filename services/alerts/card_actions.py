"""The buttons under a card and the line that names its owner; and what a press of one of them means.

Buttons carry the alert's id and revision, options of the snooze menu also what and how long: never a word of the
article. What "this instrument" is, the alert itself says when the press arrives.
"""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec import Struct

from services.alerts.acknowledgement import Acknowledgement, say_user
from services.alerts.alert import Alert
from services.alerts.card_sentences import find_place
from services.alerts.feedback import Verdict
from services.alerts.mutes import TOMORROW, MuteKind
from services.alerts.slack_text import for_literal
from services.alerts.wording import say_clock
from services.signals.signal import Role

Block = dict[str, object]

ACKNOWLEDGE = "policy_acknowledge"
SNOOZE = "policy_snooze"
FEEDBACK = "policy_feedback_"
"""Followed by the verdict: two buttons of one block must not share an id."""
LONGEST_OPTION = 75
ROLES = (Role.DIRECT, Role.SECTOR, Role.MENTIONED)
SPANS = {"1h": ("1 h", timedelta(hours=1)), "8h": ("8 h", timedelta(hours=8)), TOMORROW: ("until tomorrow", None)}
VERDICTS = {Verdict.USEFUL: "Useful", Verdict.WRONG_TONE: "Wrong tone", Verdict.WRONG_COMPANY: "Wrong company"}
_VALUE = re.compile(r"([\w.-]{1,64})@(\d{1,9})(?: (\w+) (\w+))?")


class Press(Struct, frozen=True, kw_only=True):
    """One press, as its value tells it: on which revision of which alert, and what."""

    alert_id: str
    revision: int
    act: Verdict | MuteKind | None
    """None: acknowledged."""
    span: timedelta | None = None
    """Of a snooze; None lasts until tomorrow."""


def add_actions(payload: dict[str, object], alert: Alert, owner: Acknowledgement | None = None) -> dict[str, object]:
    """The rendered payload with its buttons, and with the owner's line when somebody acknowledged the alert."""
    blocks = payload["blocks"]
    assert isinstance(blocks, list)
    line = [] if owner is None else [_owner_line(alert, owner)]
    return {**payload, "blocks": [*blocks, *line, _buttons(alert, is_owned=owner is not None)]}


def find_target(alert: Alert, kind: MuteKind) -> str | None:
    """What "this instrument", "this sector" ... is on this alert; None when it has none.

    From the signal alone, which no revision changes: a press means what stood on the card, however the market moved.
    """
    match kind:
        case MuteKind.INSTRUMENT:
            ranked = sorted(alert.signal.exposures, key=lambda one: (ROLES.index(one.role), -one.relevance))
            return ranked[0].instrument if ranked else None
        case MuteKind.REGULATOR:
            return next(iter(alert.signal.regulators), None)
        case MuteKind.SECTOR:
            return next(iter(alert.signal.sectors), None)
        case MuteKind.STORY:
            return alert.signal.story_id


def read_press(action_id: str, value: str) -> Press | None:
    """What a press means; None for anything that is not one of our buttons."""
    found = _VALUE.fullmatch(value)
    if found is None:
        return None
    alert_id, revision, kind, span = found[1], int(found[2]), found[3], found[4]
    if action_id == SNOOZE and kind in set(MuteKind) and span in SPANS:
        return Press(alert_id=alert_id, revision=revision, act=MuteKind(kind), span=SPANS[span][1])
    if kind is not None:
        return None
    if action_id == ACKNOWLEDGE:
        return Press(alert_id=alert_id, revision=revision, act=None)
    verdict = action_id.removeprefix(FEEDBACK)
    if action_id.startswith(FEEDBACK) and verdict in set(Verdict):
        return Press(alert_id=alert_id, revision=revision, act=Verdict(verdict))
    return None


def _owner_line(alert: Alert, owner: Acknowledgement) -> Block:
    place = find_place(alert)
    at = say_clock(owner.at + timedelta(milliseconds=alert.clock_offset_ms), place)
    words = f"*Acknowledged* by {say_user(owner.by)} {at}"
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words, "verbatim": True}]}


def _buttons(alert: Alert, *, is_owned: bool) -> Block:
    value = f"{alert.alert_id}@{alert.revision}"
    acknowledge = [] if is_owned else [_button("Acknowledge", ACKNOWLEDGE, value) | {"style": "primary"}]
    opinions = [_button(words, f"{FEEDBACK}{verdict.value}", value) for verdict, words in VERDICTS.items()]
    return {"type": "actions", "block_id": value, "elements": [*acknowledge, _snooze(alert, value), *opinions]}


def _button(words: str, action_id: str, value: str) -> Block:
    return {"type": "button", "text": _plain(words), "action_id": action_id, "value": value}


def _snooze(alert: Alert, value: str) -> Block:
    groups = [
        {"label": _plain(words), "options": _options(kind, words, value)}
        for kind in MuteKind
        if (target := find_target(alert, kind)) is not None
        for words in ["this story" if kind is MuteKind.STORY else for_literal(target, 40)]
    ]
    menu: Block = {"type": "static_select", "placeholder": _plain("Snooze"), "action_id": SNOOZE}
    return menu | {"option_groups": groups}


def _options(kind: MuteKind, target: str, value: str) -> list[Block]:
    return [
        {"text": _plain(f"{target}, {words}"), "value": f"{value} {kind.value} {span}"}
        for span, (words, _) in SPANS.items()
    ]


def _plain(words: str) -> Block:
    return {"type": "plain_text", "text": words[:LONGEST_OPTION], "emoji": False}
