"""``policy-signals tail``: every record of the line as one readable line, live."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

import msgspec
import typer
from kafka import TopicPartition
from kafka.errors import KafkaError
from rich.console import Console
from rich.text import Text

from config.settings import Settings, read_settings
from services.alerts.alert import Alert, Receipt, Silence
from services.alerts.slack_text import clean
from services.alerts.wording import TONE_SIGNS
from services.errors import Unavailable, Unreadable
from services.signals.signal import PolicySignal
from streams import codec
from streams.broker.kafka import Record, as_record, connect_consumer
from streams.topics import POLICY_ALERTS, POLICY_ALERTS_LOG, POLICY_SIGNALS, POLICY_SILENCES

POLL_MS = 300
LONGEST_HEADLINE = 90


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


_STYLES = {"signal": "cyan", "silent": "dim", "alert": "bold", "edit": "", "post": "green", "waits": "yellow"}


def follow_line(*, from_beginning: bool, as_json: bool, once: bool) -> None:
    """Print until Ctrl-C, or with ``once`` until the end of what is there; raises Unavailable."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        for line in read_lines(read_settings(os.environ), from_beginning=from_beginning or once, once=once):
            if as_json:
                typer.echo(msgspec.json.encode(line).decode())
            else:
                console.print(draw(line))
    except KeyboardInterrupt:
        return


def read_lines(settings: Settings, *, from_beginning: bool, once: bool) -> Iterator[Line]:
    """Lines as their records come; of what is there already, in order of time. Raises Unavailable."""
    consumer = connect_consumer(settings, None)
    with closing(consumer):
        try:
            found = [(name, number) for name in _KINDS for number in sorted(consumer.partitions_for_topic(name) or ())]
            places = [TopicPartition(name, number) for name, number in found]
            if not places:
                raise Unavailable("kafka", "the line has no topics yet; `policy-signals up` or `run` makes them")
            consumer.assign(places)
            ends = consumer.end_offsets(places)
            yield from _read_past(consumer, ends) if from_beginning else ()
            for place, end in ends.items():
                consumer.seek(place, end)
            while not once:
                yield from _sorted(_poll(consumer))
        except KafkaError as error:
            raise Unavailable("kafka", str(error), retry_after=2.0) from error


def say_record(record: Record) -> Line | None:
    """The line of one record; None for what says nothing new, raises nothing."""
    kind, say = _KINDS[record.topic]
    try:
        return say(codec.decode(kind, record.value))
    except Unreadable:
        return None


def draw(line: Line) -> Text:
    """For a terminal; foreign text is no markup."""
    text = Text(f"{line.at:%H:%M:%S} ")
    text.append(f"{line.sign} {line.what:<7}", style=_STYLES.get(line.what, ""))
    text.append(f" {clean(line.said)}")
    if line.headline:
        text.append(f"  {clean(line.headline)}", style="italic")
    text.append(f"  {clean(line.alert_id or line.signal_id or line.article_id)}", style="dim")
    return text


def _read_past(consumer: Any, ends: Mapping[TopicPartition, int]) -> list[Line]:
    consumer.seek_to_beginning(*ends)
    lines: list[Line] = []
    while any(consumer.position(place) < end for place, end in ends.items()):
        lines += _poll(consumer)
    return _sorted(lines)


def _poll(consumer: Any) -> list[Line]:
    polled = consumer.poll(timeout_ms=POLL_MS).values()
    found = [say_record(as_record(raw)) for records in polled for raw in records]
    return [line for line in found if line is not None]


def _sorted(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.at)


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
    said = alert.severity.value.upper() if is_new else f"version {alert.revision}, {alert.cause}"
    return Line(
        at=alert.revised_at,
        sign="●" if is_new else "◐",
        what="alert" if is_new else "edit",
        said=f"{said}, {alert.agreement.value}, {len(alert.reports)} reports",
        headline=clean(alert.signal.headline)[:LONGEST_HEADLINE] if is_new else "",
        article_id=alert.signal.article_id,
        signal_id=alert.signal.signal_id,
        story_id=alert.signal.story_id,
        alert_id=alert.alert_id,
    )


def _say_receipt(receipt: Receipt) -> Line:
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


_KINDS: Mapping[str, tuple[type, Callable[[Any], Line]]] = {
    POLICY_SIGNALS.name: (PolicySignal, _say_signal),
    POLICY_SILENCES.name: (Silence, _say_silence),
    POLICY_ALERTS.name: (Alert, _say_alert),
    POLICY_ALERTS_LOG.name: (Receipt, _say_receipt),
}
