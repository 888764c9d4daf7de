"""What people have ordered so far: owners of alerts, mutes, watched instruments. Built from records, in any order."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from services.alerts.acknowledgement import Acknowledgement
from services.alerts.feedback import Feedback
from services.alerts.mutes import Mute
from services.alerts.watchlists import Watchlist

WATCHLIST = "slack"
"""Name of the watchlist that the commands ``watch add`` and ``watch remove`` keep."""
WATCH_WEIGHT = 1.5


class Watch(Struct, frozen=True, kw_only=True, tag="watch"):
    """One instrument, watched or not any more."""

    instrument: str
    is_active: bool
    by: str
    """User id."""
    at: datetime


Order = Acknowledgement | Mute | Watch
"""What changes how the line behaves; feedback changes nothing and has its own topic."""
Change = Acknowledgement | Mute | Watch | Feedback


class ActionRecord(Struct, frozen=True, kw_only=True):
    """The record on ``policy.actions``: the last order per key."""

    schema_version: int = 1
    order: Order


class Desk:
    """The orders that stand, by what they are about."""

    def __init__(self) -> None:
        self.owners: dict[str, Acknowledgement] = {}
        self.mutes: dict[int, Mute] = {}
        self.watches: dict[str, Watch] = {}

    def take(self, order: Order) -> None:
        """Remember an order in place of the one before it."""
        match order:
            case Acknowledgement():
                self.owners[order.alert_id] = order
            case Mute():
                self.mutes[order.number] = order
            case Watch():
                self.watches[order.instrument] = order

    def last(self, order: Order) -> Order | None:
        """What is known under the key of this order."""
        match order:
            case Acknowledgement():
                return self.owners.get(order.alert_id)
            case Mute():
                return self.mutes.get(order.number)
            case Watch():
                return self.watches.get(order.instrument)

    def orders(self) -> list[Order]:
        """Everything that is known, in no certain order."""
        return [*self.owners.values(), *self.mutes.values(), *self.watches.values()]

    def next_number(self) -> int:
        """For the next mute; numbers are never given twice."""
        return max(self.mutes, default=0) + 1

    def watchlists(self) -> dict[str, Watchlist]:
        """The list of instruments that people watch, for the severity; none when nobody watches any."""
        active = sorted(one.instrument for one in self.watches.values() if one.is_active)
        return {WATCHLIST: Watchlist(instruments=dict.fromkeys(active, WATCH_WEIGHT))} if active else {}

    def forget_all(self) -> None:
        """Empty, before a rebuild."""
        self.owners.clear()
        self.mutes.clear()
        self.watches.clear()


def key_of(change: Change) -> str:
    """Key on the topic: compaction keeps the last record of each.

    >>> from datetime import UTC
    >>> key_of(Watch(instrument="0700.HK", is_active=True, by="U1", at=datetime(2023, 7, 13, tzinfo=UTC)))
    'watch/0700.HK'
    """
    match change:
        case Acknowledgement():
            return f"acknowledgement/{change.alert_id}"
        case Mute():
            return f"mute/{change.number}"
        case Watch():
            return f"watch/{change.instrument}"
        case Feedback():
            return f"feedback/{change.alert_id}/{change.by}"
