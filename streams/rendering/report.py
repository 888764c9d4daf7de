"""One self-contained page of every message with its edit history: no script, no outside resource, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from services.alerts.alert import Alert
from services.market.prices.price_path import PricePath
from streams.rendering.html_page import hash_style, make_environment, read_style
from streams.rendering.path_chart import PathChart, draw_chart
from streams.slack.reading import Change, Kind, Piece, find_changes, read_payload

_TONES = {"▲": "up", "▼": "down"}


class Version(Struct, frozen=True, kw_only=True):
    """One state of a message: the payload as sent, and when (UTC, event time)."""

    at: datetime
    payload: Mapping[str, object]


class PostedMessage(Struct, frozen=True, kw_only=True):
    """A message of one channel; ``versions`` is its history, first post first, at least one."""

    channel: str
    versions: tuple[Version, ...]
    paths: tuple[PricePath, ...] = ()
    """Prices around publication as the last version had them."""
    names: Mapping[str, str] = {}
    """Names of the instruments in ``paths``."""


class Step(Struct, frozen=True, kw_only=True):
    """One point of a message's timeline as the page shows it."""

    at: datetime
    name: str
    pieces: tuple[Piece, ...]
    changes: tuple[Change, ...]


class Entry(Struct, frozen=True, kw_only=True):
    """One message as the page shows it: how it ended, then how it came to that."""

    anchor: str
    channel: str
    tone: str
    title: str
    headline: str
    pieces: tuple[Piece, ...]
    steps: tuple[Step, ...]
    chart: PathChart | None


def post_with_chart(channel: str, versions: Sequence[Version], alert: Alert | None) -> PostedMessage:
    """A message with the price line of its alert as it stands now."""
    if alert is None:
        return PostedMessage(channel=channel, versions=tuple(versions))
    names = {exposure.instrument: exposure.name for exposure in alert.signal.exposures}
    return PostedMessage(channel=channel, versions=tuple(versions), paths=alert.paths, names=names)


def render_report(messages: Sequence[PostedMessage], *, title: str, made_at: datetime, label: str = "") -> str:
    """The page as HTML text, messages in the order of their first post; ``label`` stands under the title."""
    style = read_style(["report.css"])
    ordered = sorted(messages, key=lambda message: (message.versions[0].at, message.channel))
    template = make_environment().get_template("report.html.j2")
    return template.render(
        title=title,
        label=label,
        made_at=made_at,
        style=style,
        style_hash=hash_style(style),
        entries=[_read_message(message, number) for number, message in enumerate(ordered, start=1)],
        edits=sum(len(message.versions) - 1 for message in messages),
        Kind=Kind,
    )


def _read_message(message: PostedMessage, number: int) -> Entry:
    pieces = read_payload(message.versions[-1].payload)
    title = next((piece.text for piece in pieces if piece.kind is Kind.HEADER), "Message")
    return Entry(
        anchor=f"message-{number}",
        channel=message.channel,
        tone=next((tone for sign, tone in _TONES.items() if sign in title), "flat"),
        title=title,
        headline=next((piece.text for piece in pieces if piece.kind is Kind.TEXT), ""),
        pieces=pieces,
        steps=tuple(_read_step(message, place) for place in range(len(message.versions))),
        chart=draw_chart(message.paths, message.names),
    )


def _read_step(message: PostedMessage, place: int) -> Step:
    version = message.versions[place]
    changes = find_changes(message.versions[place - 1].payload, version.payload) if place else ()
    name = "posted" if place == 0 else f"edit {place}"
    return Step(at=version.at, name=name, pieces=read_payload(version.payload), changes=changes)
