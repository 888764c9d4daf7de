"""Brings a card up to its owner at once; from then on the notifier keeps the line on every edit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.alerts.acknowledgement import Acknowledgement
from services.alerts.alert import Alert
from streams.clock import monotonic, shift, wall_clock
from streams.delivery.card_writer import CardWriter
from streams.logs import log
from streams.slack.cards import as_card
from streams.slack.client import SlackCaller, SlackChannel
from streams.slack.outcome import Posted, outcome_label

FOLLOW_SECONDS = 120.0
NoteOf = Callable[[str], Callable[[Alert], str]]


class OwnerLine:
    """Edits the card of an alert that was just acknowledged, now and at its next revisions for two minutes.

    The notifier may be editing the same card: an edit of ours that came after one of its own would show an older
    revision, and following the revisions for a while puts that right. ``note_of`` gives, for a channel, the sentence of
    the second route, as the notifier writes it.
    """

    def __init__(self, call: SlackCaller, cards: CardWriter, note_of: NoteOf = lambda _: lambda _: "") -> None:
        self._call = call
        self._cards = cards
        self._note_of = note_of
        self._followed: dict[str, tuple[str, str, float]] = {}

    def show(self, alert: Alert, owner: Acknowledgement, channel: str, ts: str) -> None:
        """Edit the message ``ts`` of a channel; raises nothing: the next edit of the notifier shows the owner, too."""
        self._followed[alert.alert_id] = (channel, ts, monotonic() + FOLLOW_SECONDS)
        if alert.revision >= owner.revision:
            self._edit(alert, channel, ts)

    def follow(self, alert: Alert, owner: Acknowledgement | None) -> None:
        """Edit again when this alert was acknowledged a moment ago."""
        followed = self._followed.get(alert.alert_id)
        if followed is None or owner is None:
            return
        channel, ts, until = followed
        if monotonic() > until:
            del self._followed[alert.alert_id]
        elif alert.revision >= owner.revision:
            self._edit(alert, channel, ts)

    def _edit(self, alert: Alert, channel: str, ts: str) -> None:
        posted_at = datetime.fromtimestamp(float(ts), UTC) + timedelta(milliseconds=alert.clock_offset_ms)
        now = shift(wall_clock, alert.clock_offset_ms)
        cards = self._cards.with_notes(self._note_of(channel))
        card = as_card(alert, cards.write(alert, now, posted_at))
        outcome = SlackChannel(self._call, channel).update(ts, card)
        if not isinstance(outcome, Posted):
            log.warning("owner not shown yet", alert_id=alert.alert_id, outcome=outcome_label(outcome))
