"""What may be done to the stand-in from outside: ``POST /admin/faults | state | press | command``, each with JSON."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from streams.codec import decode
from streams.conversation.interaction import ButtonPress, TypedCommand, command_payload, press_payload
from streams.slack_stand_in.faults import Fault, ScriptedSlack
from streams.slack_stand_in.socket_mode import SocketHub


class StateChange(Struct, frozen=True, kw_only=True):
    """What ``POST /admin/state`` may change; what is left out stays."""

    history_lag_seconds: float | None = None
    revoke: str | None = None
    """A token that is refused from now on."""
    restore: str | None = None
    """A token that works, again or newly."""
    archive: str | None = None
    unarchive: str | None = None
    drop_faults: bool = False


def administer(scripted: ScriptedSlack, hub: SocketHub, what: str, body: bytes) -> Mapping[str, object]:
    """Do one thing and answer; raises Unreadable, KeyError (no such channel, message or button) or TimeoutError."""
    answer: dict[str, object] = {"ok": True}
    match what:
        case "faults":
            scripted.add_faults(*decode(list[Fault], body))
        case "state":
            change_state(scripted, decode(StateChange, body))
        case "press":
            answer["envelope_id"] = send_press(scripted, hub, decode(ButtonPress, body))
        case "command":
            answer["envelope_id"] = send_command(scripted, hub, decode(TypedCommand, body))
        case _:
            raise KeyError(f"nothing to do with {what}")
    return answer


def send_press(scripted: ScriptedSlack, hub: SocketHub, press: ButtonPress) -> str:
    """Press a button; returns the envelope's id. Raises KeyError or TimeoutError."""
    return hub.deliver("interactive", press_payload(scripted.workspace, press))


def send_command(scripted: ScriptedSlack, hub: SocketHub, typed: TypedCommand) -> str:
    """Type a command; returns the envelope's id. Raises KeyError or TimeoutError."""
    return hub.deliver("slash_commands", command_payload(scripted.workspace, typed))


def change_state(scripted: ScriptedSlack, change: StateChange) -> None:
    """Apply one change; raises KeyError for an unknown channel."""
    workspace = scripted.workspace
    if change.history_lag_seconds is not None:
        workspace.history_lag_seconds = change.history_lag_seconds
    if change.revoke is not None:
        workspace.revoked.add(change.revoke)
    if change.restore is not None:
        workspace.allow(change.restore)
    if change.archive is not None:
        workspace.channels[change.archive].is_archived = True
    if change.unarchive is not None:
        workspace.channels[change.unarchive].is_archived = False
    if change.drop_faults:
        scripted.drop_faults()
