"""What people do in the workspace of the stand-in: press a button, type a command; and what only they then see.

Payloads have the shape that Slack documents for ``block_actions`` and slash commands, with the fields that apps read.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from streams.slack.limits import Refusal, check_message

if TYPE_CHECKING:
    from streams.slack_stand_in.workspace import Reply, Workspace

APP_ID = "A0STANDIN"
COMMAND = "/policy"


class Ephemeral(Struct, frozen=True, kw_only=True):
    """One message that only one person sees."""

    channel: str
    user: str
    text: str
    ts: str


class ButtonPress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One press by a person; ``option`` is the value of the chosen option of a menu."""

    channel: str
    ts: str
    action_id: str
    user: str = "U0TRADER"
    option: str | None = None


class TypedCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One slash command as typed; ``text`` is what stands after ``/policy``."""

    text: str
    channel: str
    user: str = "U0TRADER"


def press_payload(workspace: Workspace, press: ButtonPress) -> dict[str, object]:
    """What the app receives; raises KeyError when the message shows no such button or option."""
    message = workspace.channels[press.channel].messages[press.ts]
    found = [(place, one) for place, one in _elements(message.blocks) if one.get("action_id") == press.action_id]
    if not found:
        raise KeyError(f"message {press.ts} shows no element {press.action_id}")
    block_id, element = found[0]
    action = {"action_id": press.action_id, "block_id": block_id, "type": element["type"], "action_ts": _now()}
    action |= {"value": element.get("value")} if press.option is None else _choose(element, press.option)
    return {
        "type": "block_actions",
        "api_app_id": APP_ID,
        "team": {"id": "T0STANDIN", "domain": "stand-in"},
        "user": {"id": press.user, "username": press.user.lower(), "team_id": "T0STANDIN"},
        "channel": {"id": press.channel, "name": workspace.channels[press.channel].name},
        "container": {
            "type": "message",
            "message_ts": press.ts,
            "channel_id": press.channel,
            "is_ephemeral": False,
        },
        "message": message.view(with_metadata=True),
        "trigger_id": uuid.uuid4().hex,
        "actions": [action],
    }


def command_payload(workspace: Workspace, typed: TypedCommand) -> dict[str, object]:
    """What the app receives; raises KeyError for an unknown channel."""
    return {
        "command": COMMAND,
        "text": typed.text,
        "user_id": typed.user,
        "user_name": typed.user.lower(),
        "channel_id": typed.channel,
        "channel_name": workspace.channels[typed.channel].name,
        "team_id": "T0STANDIN",
        "api_app_id": APP_ID,
        "trigger_id": uuid.uuid4().hex,
    }


def post_ephemeral(workspace: Workspace, arguments: Mapping[str, object]) -> Reply:
    """``chat.postEphemeral``: shown to one person, kept in no history."""
    channel = workspace.find_channel_to_write(arguments)
    user, text = str(arguments.get("user") or ""), arguments.get("text")
    if not user:
        raise Refusal("invalid_arguments", "user is missing")
    check_message(text, arguments.get("blocks", []), None)
    shown = Ephemeral(channel=channel, user=user, text=str(text or ""), ts=_now())
    workspace.ephemerals.append(shown)
    return {"message_ts": shown.ts}


def list_group(workspace: Workspace, arguments: Mapping[str, object]) -> Reply:
    """``usergroups.users.list``."""
    members = workspace.user_groups.get(str(arguments.get("usergroup", "")))
    if members is None:
        raise Refusal("no_such_subteam")
    return {"users": list(members)}


def open_connection(workspace: Workspace, _arguments: Mapping[str, object]) -> Reply:
    """``apps.connections.open``: the address of a WebSocket, good for one connection."""
    if workspace.open_socket is None:
        raise Refusal("internal_error")
    return {"url": workspace.open_socket()}


def _elements(blocks: list[object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    for block in blocks:
        elements = block.get("elements", []) if isinstance(block, dict) and block.get("type") == "actions" else []
        for element in elements:
            yield str(block.get("block_id", "")) if isinstance(block, dict) else "", element


def _choose(element: Mapping[str, object], value: str) -> dict[str, object]:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    assert isinstance(groups, list)
    for option in (option for group in groups for option in group["options"]):
        if option["value"] == value:
            return {"selected_option": option}
    raise KeyError(f"the menu has no option {value}")


def _now() -> str:
    return f"{time.time():.6f}"
