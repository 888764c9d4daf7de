"""Traces back from ``policy.trace``: those of one article, signal, story or alert, out of thirty days of them."""

from __future__ import annotations

from collections.abc import Iterator

from config.settings import Settings
from services.alerts.alert import Alert
from services.alerts.policy import AlertPolicy
from services.alerts.trace import Trace, follow, trace_alert, trace_signal
from services.errors import Unreadable
from streams import codec
from streams.broker.kafka import read_whole
from streams.topics import POLICY_TRACE

NOTIFIER = "slack_notifier"
NEWEST_FOR_PEOPLE = 20_000
"""How far back a question in Slack looks: some days of a busy line, read in a second or two."""


def read_path(settings: Settings, name: str, newest: int = 0) -> list[Trace]:
    """The path of whatever ``name`` names, or begins to name, in order of time; empty when nothing of it is kept.

    Read twice: what carries the name, then what belongs to the same story. Only such records are decoded. ``newest``:
    look at so many records only. Raises ValueError when the name fits several stories; Unavailable.
    """
    named = list(_read_with(settings, (name,), newest))
    ids = {one for trace in follow(named, name) for one in (trace.story_id, trace.alert_id) if one}
    return follow([*named, *_read_with(settings, tuple(ids), newest)], name) if ids else []


def read_path_of(settings: Settings, alert: Alert) -> list[Trace]:
    """The path of an alert that is known: read once, and not far back. Raises Unavailable."""
    ids = (alert.alert_id, alert.signal.story_id)
    return follow(_read_with(settings, ids, NEWEST_FOR_PEOPLE), alert.alert_id)


def read_deliveries(settings: Settings) -> Iterator[Trace]:
    """The last traces of the notifier, in the order of the topic. Raises Unavailable."""
    return _read_with(settings, (f'"{NOTIFIER}"',), NEWEST_FOR_PEOPLE)


def tell_from_alert(alert: Alert, policy: AlertPolicy) -> list[Trace]:
    """The same, as far as an alert itself tells it: for one whose traces are not kept, or never came."""
    return [trace_signal(alert.signal, "news_consumer"), trace_alert(alert, policy, "correlator")]


def _read_with(settings: Settings, ids: tuple[str, ...], newest: int) -> Iterator[Trace]:
    wanted = [one.encode() for one in ids]
    for record in read_whole(settings, POLICY_TRACE.name, newest):
        if record.value is None or not any(one in record.value for one in wanted):
            continue
        try:
            yield codec.decode(Trace, record.value)
        except Unreadable:
            continue
