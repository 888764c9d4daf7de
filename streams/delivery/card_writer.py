"""From an alert revision to what a channel shows: the card, its replies, its strikes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from services.alerts.acknowledgement import Acknowledgement
from services.alerts.alert import Alert, Receipt
from services.alerts.card_actions import add_actions
from services.alerts.corrections import strike
from services.alerts.second_route import add_note
from services.alerts.severity import measure_points
from services.alerts.slack_message import render
from services.alerts.slack_text import for_mrkdwn
from services.alerts.thread_replies import Reply
from services.alerts.watchlists import Watchlist
from streams.slack.client import Card

NOTICE = "notice"
LONGEST_NOTICE = 600
OwnerOf = Callable[[str], Acknowledgement | None]


class CardWriter:
    """Writes cards; ``names`` maps regulator and sector ids to names, ``label`` is shown in the small print.

    With ``owner_of``, which tells who acknowledged an alert, cards have buttons.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        label: str = "",
        watchlists: Mapping[str, Watchlist] = {},
        owner_of: OwnerOf | None = None,
    ) -> None:
        self.names = names
        self._label = label
        self._watchlists = watchlists
        self._owner_of = owner_of
        self._note_of: Callable[[Alert], str] = lambda _: ""

    def with_notes(self, note_of: Callable[[Alert], str]) -> CardWriter:
        """The same with a sentence of ours at the top of each card, as of the second route; empty: none."""
        writer = CardWriter(self.names, self._label, self._watchlists, self._owner_of)
        writer._note_of = note_of
        return writer

    def points(self, alert: Alert) -> float:
        """The severity as a number, for ranking."""
        return measure_points(alert.signal, alert.agreement, self._watchlists)

    def write(self, alert: Alert, now: datetime, posted_at: datetime | None) -> dict[str, object]:
        """The payload of a revision: ``text``, ``blocks``; ``now`` is event time. Raises what ``owner_of`` raises."""
        payload = add_note(self._render(alert, now, posted_at), self._note_of(alert))
        return payload if self._owner_of is None else add_actions(payload, alert, self._owner_of(alert.alert_id))

    def _render(self, alert: Alert, now: datetime, posted_at: datetime | None) -> dict[str, object]:
        return strike(render(alert, self.names, now, label=self._label, posted_at=posted_at), alert)


def find_posted_at(last: Receipt | None, alert: Alert) -> datetime | None:
    """Event time of the first post: Slack's own message id is its wall time in seconds. None before it."""
    if last is None or last.slack_ts is None or last.digest_id:
        return None
    return datetime.fromtimestamp(float(last.slack_ts), UTC) + timedelta(milliseconds=alert.clock_offset_ms)


def as_reply(alert: Alert, reply: Reply, thread_ts: str) -> Card:
    """A reply as a message; it never changes, so its revision is always 1."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": reply.text, "verbatim": True}}
    return Card(
        alert_id=alert.alert_id,
        revision=1,
        text=reply.text,
        blocks=(section,),
        reply_id=reply.reply_id,
        thread_ts=thread_ts,
        is_broadcast=reply.is_broadcast,
    )


def as_notice(key: str, words: str) -> Card:
    """A message of ours that is no alert; one for each key."""
    return Card(alert_id=key, revision=1, text=for_mrkdwn(words, LONGEST_NOTICE), reply_id=NOTICE)
