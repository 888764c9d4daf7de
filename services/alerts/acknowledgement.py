"""Who took an alert: the first person to press Acknowledge owns it, and the card says so."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")


class Acknowledgement(Struct, frozen=True, kw_only=True, tag="acknowledgement"):
    """One alert, its owner, and when (UTC, wall time)."""

    alert_id: str
    revision: int
    """The revision that the owner saw."""
    by: str
    """User id."""
    at: datetime


def say_user(user: str) -> str:
    """A mention that Slack shows as the person's name; plain words for anything that is no user id.

    >>> say_user("U0ABC123"), say_user("<!channel>")
    ('<@U0ABC123>', 'somebody')
    """
    return f"<@{user}>" if _USER_ID.fullmatch(user) else "somebody"
