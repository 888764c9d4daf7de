"""From a record of the line to one readable line: what happened, to what, and the id to ask ``why`` about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace
from rich.cells import cell_len
from rich.text import Text

from services.alerts.alert import Alert, DeliveryState, Receipt, Silence
from services.alerts.path_words import say_seconds
from services.alerts.slack_text import clean
from services.alerts.wording import TONE_SIGNS
from services.errors import Unreadable
from services.news.parsing import parse_article
from services.signals.signal import PolicySignal
from streams import codec
from streams.broker.kafka import Record
from streams.topics import NEWS_ARTICLES, POLICY_ALERTS, POLICY_ALERTS_LOG, POLICY_SIGNALS, POLICY_SILENCES

LONGEST_HEADLINE = 120
SHORT_ID = 12
NARROW = 110
INDENT = 19
DECIDED_WITHIN_SECONDS = 5.0
MOST_PENDING = 10_000


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened: a sign that differs in shape, a word, and what it was about."""

    at: datetime
    """Event time, UTC."""
    sign: str
    what: str
    said: str
    headline: str = ""
    article_id: str = ""
    signal_id: str = ""
    story_id: str = ""
    alert_id: str = ""


class Only(StrEnum):
    """What ``--only`` lets through."""

    ARTICLES = "articles"
    """What became of each article: signal, silent, unread, or nothing yet."""
    SIGNALS = "signals"
    SILENT = "silent"
    ALERTS = "alerts"
    """Alerts and their later versions."""
    POSTS = "posts"
    """What Slack and the outputs took, refused, or wait for."""


_OF: Mapping[Only, frozenset[str]] = {
    Only.ARTICLES: frozenset({"signal", "silent", "unread", "stuck"}),
    Only.SIGNALS: frozenset({"signal"}),
    Only.SILENT: frozenset({"silent", "unread"}),
    Only.ALERTS: frozenset({"alert", "edit"}),
    Only.POSTS: frozenset({"post", "waits", "parked", "attempt"}),
}
_ORDER = ("unread", "stuck", "signal", "silent", "alert", "edit")
_STYLES = {
    "signal": "cyan",
    "silent": "dim",
    "alert": "bold",
    "edit": "",
    "post": "green",
    "waits": "yellow",
    "attempt": "yellow",
    "parked": "bold red",
    "unread": "red",
    "stuck": "bold red",
}


class Arrivals:
    """Articles that came and are not decided yet: each makes one line, that of its decision, with the time it took.

    An article without a decision after a few seconds makes a line of its own: the reader of news is not at work.
    """

    def __init__(self) -> None:
        self._pending: dict[str, tuple[Line, int, float]] = {}
        self._decided: dict[str, int] = {}
        self.came = 0

    def take(self, record: Record, now: float) -> Line | None:
        """A record of ``news.articles``; a line only when it cannot be read. ``now``: seconds that never go back."""
        at = datetime.fromtimestamp((record.timestamp_ms + record.clock_offset_ms) / 1000, UTC)
        self.came += 1
        try:
            article = parse_article(record.value, at)
        except Unreadable as error:
            return Line(at=at, sign="✗", what="unread", said=f"{error.reason}: {clean(str(error))[:LONGEST_HEADLINE]}")
        if self._decided.pop(article.article_id, None) is None and len(self._pending) < MOST_PENDING:
            line = Line(
                at=at,
                sign="?",
                what="stuck",
                said=f"came from {clean(article.source)} and is not decided",
                headline=clean(article.title)[:LONGEST_HEADLINE],
                article_id=article.article_id,
            )
            self._pending[article.article_id] = (line, record.timestamp_ms, now + DECIDED_WITHIN_SECONDS)
        return None

    def settle(self, line: Line, timestamp_ms: int) -> Line:
        """A decision, with how long its article waited for it where that is known. ``timestamp_ms``: of its record."""
        if line.what not in ("signal", "silent"):
            return line
        known = self._pending.pop(line.article_id, None)
        if known is None:
            # The two topics are read side by side: its article may come right after it.
            if len(self._decided) >= MOST_PENDING:
                self._decided.clear()
            self._decided[line.article_id] = timestamp_ms
            return line
        took = say_seconds(max(0, timestamp_ms - known[1]) / 1000)
        return replace(line, said=f"{line.said} ({took})")

    def overdue(self, now: float) -> Iterator[Line]:
        """Articles that have waited for too long, each once."""
        for article_id, (line, _, until) in list(self._pending.items()):
            if until <= now:
                del self._pending[article_id]
                yield line


def rank(line: Line) -> int:
    """Of what happens within one moment the cause comes first."""
    return _ORDER.index(line.what) if line.what in _ORDER else len(_ORDER)


def passes(line: Line, only: frozenset[Only]) -> bool:
    """True when any of ``only`` lets it through; all of it when there is none."""
    return not only or any(line.what in _OF[one] for one in only)


def say_record(record: Record) -> Line | None:
    """The line of one record of our own; None for what says nothing new, raises nothing."""
    kind, say = KINDS[record.topic]
    try:
        return say(codec.decode(kind, record.value))
    except Unreadable:
        return None


def draw(line: Line, width: int = 0) -> Text:
    """For a terminal of ``width`` cells, cut to its rows; 0: whole, for a pipe. Foreign text is no markup.

    A narrow terminal shows the headline of a signal or an alert in a row of its own, and of a silence only its reason.
    """
    said, headline, below = clean(line.said), clean(line.headline), ""
    name = clean(line.alert_id or line.signal_id or line.article_id)
    if 0 < width < NARROW:
        name = name[:SHORT_ID]
        if line.what == "silent":
            said = said.partition(":")[0]
        elif headline and line.what in ("signal", "alert"):
            headline, below = "", headline
    text = Text(f"{line.at:%H:%M:%S} ")
    text.append(f"{line.sign} {line.what:<7}", style=_STYLES.get(line.what, ""))
    if width <= 0:
        text.append(f" {said}" + ("  " if headline else ""))
        text.append(headline, style="italic")
        text.append(f"  {name}", style="dim")
        return text
    room = max(10, width - cell_len(text.plain) - cell_len(name) - 3)
    share = min(cell_len(said), max(room // 2, room - cell_len(headline) - 2) if headline else room)
    text.append(" ")
    text.append_text(_fit(said, share, ""))
    if headline and room - share > 6:
        text.append("  ")
        text.append_text(_fit(headline, room - share - 2, "italic"))
    text.pad_right(width - cell_len(text.plain) - cell_len(name))
    text.append(name, style="dim")
    if below:
        text.append(f"\n{'':{INDENT}}")
        text.append_text(_fit(below, width - INDENT, "italic"))
    return text


def _fit(words: str, cells: int, style: str) -> Text:
    text = Text(words, style=style)
    text.truncate(max(cells, 1), overflow="ellipsis")
    return text


def _say_signal(signal: PolicySignal) -> Line:
    names = ", ".join(one.name for one in signal.exposures[:3]) or "no company"
    who = ", ".join(signal.regulators[:2]) or "nobody"
    return Line(
        at=signal.scored_at,
        sign=TONE_SIGNS[signal.tone],
        what="signal",
        said=f"{signal.tone.value} {signal.score or 0.0:+.2f} at {signal.confidence:.0%}, {signal.relation.value}; "
        f"{who} -> {names}",
        headline=clean(signal.headline)[:LONGEST_HEADLINE],
        article_id=signal.article_id,
        signal_id=signal.signal_id,
        story_id=signal.story_id,
    )


def _say_silence(silence: Silence) -> Line:
    return Line(
        at=silence.decided_at,
        sign="·",
        what="silent",
        said=f"{silence.reason.value}: {clean(silence.detail)[:LONGEST_HEADLINE]}",
        headline=clean(silence.headline)[:LONGEST_HEADLINE],
        article_id=silence.article_id,
        story_id=silence.story_id or "",
    )


def _say_alert(alert: Alert) -> Line:
    is_new = alert.revision == 1
    said = alert.severity.value.upper() if is_new else f"version {alert.revision}, {alert.cause.replace('_', ' ')}"
    return Line(
        at=alert.revised_at,
        sign="●" if is_new else "◐",
        what="alert" if is_new else "edit",
        said=f"{said}, {alert.agreement.value.replace('_', ' ')}, {len(alert.reports)} reports",
        headline=clean(alert.signal.headline)[:LONGEST_HEADLINE] if is_new else "",
        article_id=alert.signal.article_id,
        signal_id=alert.signal.signal_id,
        story_id=alert.signal.story_id,
        alert_id=alert.alert_id,
    )


def _say_receipt(receipt: Receipt) -> Line | None:
    if receipt.state is DeliveryState.ATTEMPT and not receipt.detail:
        return None
    what = {"sent": "post", "held": "waits"}.get(receipt.state.value, receipt.state.value)
    where = f"{receipt.channel} {receipt.slack_ts or ''}".strip()
    which = f"version {receipt.revision}" + (", reply" if receipt.reply_id else "")
    return Line(
        at=receipt.at,
        sign={"sent": "✓", "held": "…", "parked": "!"}.get(receipt.state.value, "→"),
        what=what,
        said=f"{where}, {which} {clean(receipt.detail)}".strip(),
        alert_id=receipt.alert_id,
    )


KINDS: Mapping[str, tuple[type, Callable[[Any], Line | None]]] = {
    POLICY_SIGNALS.name: (PolicySignal, _say_signal),
    POLICY_SILENCES.name: (Silence, _say_silence),
    POLICY_ALERTS.name: (Alert, _say_alert),
    POLICY_ALERTS_LOG.name: (Receipt, _say_receipt),
}
FOLLOWED = (NEWS_ARTICLES.name, *KINDS)
