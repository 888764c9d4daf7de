"""The scheduled digests of one channel: when the next is due, and what is new or other than at the last one.

What readers knew at the last digest stands in one receipt of the attempt log, written before a digest leaves and when
it stands, so that a process that died in between sends neither a second one nor none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from services.alerts.alert import Agreement, Alert, DeliveryState, Receipt, Severity
from services.alerts.brief import BriefItem, Known
from services.alerts.corrections import find_correction
from services.alerts.digest_schedule import DigestTime, last_due, next_due

if TYPE_CHECKING:
    from streams.delivery.held_alerts import HoldingParts
    from streams.delivery.sender import Teller

SCHEDULE = "schedule"
REACH = timedelta(days=3)
"""Older alerts are no news, whatever becomes of them."""
MOST_REMEMBERED = 150
Shown = tuple[Severity, Agreement, bool]


class DigestState(Struct, frozen=True, kw_only=True):
    """``due``: of the last digest that is done with. ``begun`` and ``digest_id``: of one that was on its way."""

    due: datetime
    begun: datetime | None = None
    digest_id: str = ""
    shown: Mapping[str, Shown] = {}
    """By alert id, as readers knew it at ``due``."""


class DigestClock:
    """Decides by the schedule and the wall clock; a channel without a schedule has no digests."""

    def __init__(self, teller: Teller, schedule: tuple[DigestTime, ...], parts: HoldingParts) -> None:
        self._teller = teller
        self._schedule = schedule
        self._parts = parts
        self._state: DigestState | None = None
        self._next: datetime | None = None

    def forget(self) -> None:
        """Before a rebuild."""
        self._state, self._next = None, None

    def find_due(self, now: datetime) -> datetime | None:
        """The digest that is due now; None when there is none. Raises Unavailable.

        A channel's first schedule begins with its next digest; of several that were missed only the last is due.
        """
        if not self._schedule or (self._next is not None and now < self._next):
            return None
        due = last_due(self._schedule, now, self._parts.rules.calendars)
        state = self._read()
        if state is None:
            self._write(DigestState(due=due, shown=self._show_all()))
            return None
        if state.begun is not None and state.begun > state.due and self._teller.was_posted(state.digest_id):
            state = self._state = DigestState(due=state.begun, shown=self._show_all())
            self._write(state)
        if due > state.due:
            return due
        self._next = next_due(self._schedule, now, self._parts.rules.calendars)
        return None

    def find_news(self) -> tuple[tuple[BriefItem, ...], tuple[BriefItem, ...]]:
        """(alerts with a message of their own since the last digest, alerts that are other than they were then)."""
        state = self._read()
        if state is None:
            return (), ()
        told, changed = [], []
        for alert, receipt in self._alerts_here():
            shown = state.shown.get(alert.alert_id)
            if shown is not None and shown != _shown_of(alert):
                known = Known(severity=shown[0], agreement=shown[1], is_struck=shown[2])
                changed.append(self._item(alert, known))
            elif shown is None and not receipt.digest_id and _posted_at(receipt) > state.due:
                told.append(self._item(alert, None))
        return tuple(told), tuple(changed)

    def begin(self, due: datetime, digest_id: str) -> None:
        """A digest leaves: a process that finds this asks what became of it. Raises Unavailable."""
        state = self._read() or DigestState(due=datetime(1970, 1, 1, tzinfo=UTC))
        self._write(DigestState(due=state.due, begun=due, digest_id=digest_id, shown=state.shown))

    def finish(self, due: datetime) -> None:
        """It stands, or will never: from here on the next counts. Raises Unavailable."""
        self._write(DigestState(due=due, shown=self._show_all()))

    def skip(self, due: datetime | None) -> None:
        """Nothing to tell: no message, and nothing that would have to be remembered."""
        state = self._read()
        if due is not None and state is not None:
            self._state = DigestState(due=due, shown=state.shown)

    def _item(self, alert: Alert, known: Known | None) -> BriefItem:
        return BriefItem(alert=alert, points=self._parts.points(alert), known=known)

    def _alerts_here(self) -> Iterator[tuple[Alert, Receipt]]:
        """Alerts that stand in this channel, by a message of their own or in a brief."""
        oldest = self._parts.clock.now() - REACH
        for alert in self._parts.recent.by_id.values():
            receipt = self._teller.last(alert.alert_id)
            revised_at = alert.revised_at - timedelta(milliseconds=alert.clock_offset_ms)
            if receipt is not None and receipt.state is DeliveryState.SENT and revised_at > oldest:
                yield alert, receipt

    def _show_all(self) -> dict[str, Shown]:
        shown = {alert.alert_id: _shown_of(alert) for alert, _ in self._alerts_here()}
        return dict(list(shown.items())[-MOST_REMEMBERED:])

    def _read(self) -> DigestState | None:
        if self._state is None:
            last = self._parts.log.last(f"{SCHEDULE}-{self._teller.name}", self._teller.channel, SCHEDULE)
            self._state = None if last is None else msgspec.json.decode(last.detail, type=DigestState)
        return self._state

    def _write(self, state: DigestState) -> None:
        self._parts.log.append(
            Receipt(
                alert_id=f"{SCHEDULE}-{self._teller.name}",
                revision=1,
                channel=self._teller.channel,
                reply_id=SCHEDULE,
                state=DeliveryState.SENT,
                detail=msgspec.json.encode(state).decode(),
                at=self._parts.clock.now(),
            )
        )
        self._state = state


def _shown_of(alert: Alert) -> Shown:
    return alert.severity, alert.agreement, find_correction(alert) is not None


def _posted_at(receipt: Receipt) -> datetime:
    return receipt.at if receipt.slack_ts is None else datetime.fromtimestamp(float(receipt.slack_ts), UTC)
