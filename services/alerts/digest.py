"""Many new alerts at once: the loudest get messages of their own, the rest stand in digests, ranked, a line each.

A channel takes one message a second; five hundred alerts would take eight minutes, and the last reader would learn of
the first thing last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.alerts.alert import Alert
from services.alerts.card_sentences import find_place, say_title
from services.alerts.delivery_queue import Waiting
from services.alerts.slack_text import for_mrkdwn, host_of, safe_url
from services.alerts.wording import say_clock
from services.news.parsing import content_id

MOST_SINGLE = 20
"""First posts that may wait for a message of their own; what is above goes into digests."""
MOST_LINES = 25
"""At most 365 characters each, so that a digest stays under 10,000 and within Slack's 50 blocks."""
LONGEST_PART = 100
LONGEST_LINK = 90
BRIEF_PREFIX = "brf"


def gather(waiting: Sequence[Waiting], points: Callable[[Alert], float]) -> tuple[Waiting, ...]:
    """Those of the first posts (what leaves first at the front) that go into the next digest, most points first."""
    rest = sorted(waiting[MOST_SINGLE:], key=lambda one: (-points(one.alert), one.since, one.alert.alert_id))
    return tuple(rest[:MOST_LINES])


def name_digest(channel: str, alerts: Sequence[Alert]) -> str:
    """The same alerts in the same channel, the same digest."""
    return content_id("dig", channel, *sorted(alert.alert_id for alert in alerts))


def name_brief(channel: str, alerts: Sequence[Alert], due: str = "") -> str:
    """As ``name_digest``; ``due``: when a digest was due that may tell of no alert that waited."""
    return content_id(BRIEF_PREFIX, channel, due, *sorted(alert.alert_id for alert in alerts))


def is_brief(digest_id: str) -> bool:
    """True for the id of a brief: alerts that it could not tell wait for another one."""
    return digest_id.startswith(f"{BRIEF_PREFIX}_")


def write_digest(alerts: Sequence[Alert], names: Mapping[str, str]) -> dict[str, object]:
    """The payload: ``text`` and ``blocks``, one section per alert, every alert id shown; escaped, within all limits."""
    title = f"{len(alerts)} more policy alerts, most severe first"
    header = {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}
    lines = [say_line(alert, names) for alert in alerts]
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": line, "verbatim": True}} for line in lines]
    words = "Too many came at once for a message each. One that becomes a Flash or gets a verdict is posted by itself."
    note = {"type": "context", "elements": [{"type": "plain_text", "text": words, "emoji": False}]}
    ids = ", ".join(for_mrkdwn(alert.alert_id, 30) for alert in alerts)
    return {"text": f"{title}: {ids}", "blocks": [header, *sections, note]}


def say_line(alert: Alert, names: Mapping[str, str]) -> str:
    """``*FLASH ▲ Supportive ... · SAMR → Tencent* Headline · <link|host> · alert alt_...``.

    Late news says when it was published: a reader must not take it for what happens now.
    """
    address = safe_url(alert.signal.url)
    link = f"<{address}|{for_mrkdwn(host_of(address), 30)}>" if address and len(address) <= LONGEST_LINK else ""
    parts = (
        f"*{for_mrkdwn(say_title(alert, names), LONGEST_PART)}* {for_mrkdwn(alert.signal.headline, LONGEST_PART)}",
        link or for_mrkdwn(alert.signal.source, 30),
        f"late: published {_say_published(alert)}" if alert.is_late else "",
        f"alert {for_mrkdwn(alert.alert_id, 30)}",
    )
    return " · ".join(part for part in parts if part)


def _say_published(alert: Alert) -> str:
    """``13 Jul 12:31 HKT``, by the clock that the reader trades by."""
    place, at = find_place(alert), alert.signal.published_at
    return f"{at.astimezone(place.zone):%-d %b} {say_clock(at, place)}"
