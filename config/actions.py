"""actions.toml: who may change state from Slack. Raises Misconfigured naming file, key and reason."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from config.alerting import FOLDER, convert, read_toml
from services.errors import Misconfigured

_IDS = {"channels": re.compile(r"|[CG][A-Z0-9]{2,}"), "user_groups": re.compile(r"S[A-Z0-9]{2,}")}


class Permissions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Channels in which everybody may change state, and user groups whose members may anywhere."""

    channels: tuple[str, ...]
    """Ids; "" stands for SLACK_CHANNEL."""
    user_groups: tuple[str, ...] = ()

    def is_open(self, channel: str, own_channel: str) -> bool:
        """True when everybody in the channel may; ``own_channel`` is that of SLACK_CHANNEL."""
        return channel != "" and channel in {name or own_channel for name in self.channels}


def load_permissions(path: Path = FOLDER / "actions.toml") -> Permissions:
    """The file; raises Misconfigured."""
    found = convert(path, read_toml(path), Permissions)
    for key, shape in _IDS.items():
        for name in getattr(found, key):
            if not shape.fullmatch(name):
                raise Misconfigured(
                    f"{path.name}: {key}: {name!r} is no id; give it such as C0123456789 or S0123456789"
                )
    return found
