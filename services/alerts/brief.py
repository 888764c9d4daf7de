"""One message for many alerts: what waited through quiet hours, what is new since the last digest, what has changed.

Ranked and grouped: the loudest first, alerts of one regulator together. A story is one alert, so its reports never
take several lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.card_sentences import say_title, say_verdict
from services.alerts.corrections import find_correction
from services.alerts.digest import say_line
from services.alerts.loudness import LOUDNESS
from services.alerts.slack_text import for_literal, for_mrkdwn, units
from services.alerts.wording import VERDICTS, say_regulator_briefly

MOST_TOLD = 50
"""Alerts of one brief; what is above stands in the next."""
LONGEST_BRIEF = 9_800
"""Characters of all its texts together; the size that ``SHAPES`` keep to."""
MOST_GROUPS = 8
LONGEST_CHANGE = 70
LONGEST_SECTION = 2_900
LONGEST_NAME = 30
NOBODY = "No authority named"
OTHERS = "Others"
UNNAMED = "Brief"


class Known(Struct, frozen=True, kw_only=True):
    """What a channel, or its readers, knew of an alert before: as of the last digest, or when it began to wait."""

    severity: Severity | None = None
    agreement: Agreement | None = None
    is_struck: bool = False


class BriefItem(Struct, frozen=True, kw_only=True):
    """One alert of a brief; ``points`` rank it among those of its severity."""

    alert: Alert
    points: float
    known: Known | None = None


class Brief(Struct, frozen=True, kw_only=True):
    """What one message tells. ``waited`` have no message of their own, ``told`` have one."""

    title: str
    waited: tuple[BriefItem, ...] = ()
    told: tuple[BriefItem, ...] = ()
    changed: tuple[BriefItem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing to tell: no message is made."""
        return not (self.waited or self.told or self.changed)


class Shape(Struct, frozen=True):
    """How much is told: alerts with a whole line, those below each other heading, and headlines of short lines."""

    most_full: int
    most_others: int
    longest_short: int


SHAPES = (
    Shape(12, 15, 52),
    Shape(12, 10, 52),
    Shape(8, 8, 40),
    Shape(4, 5, 40),
    Shape(0, 5, 30),
    # Only severity and id: with the most and the longest of everything about 4,500 characters.
    Shape(0, 0, 0),
)
"""The first that fits is taken. None leaves out an alert that has no message of its own."""
Names = Mapping[str, str]
Block = dict[str, object]


def rank(items: Iterable[BriefItem]) -> list[BriefItem]:
    """The loudest first, then by points; the id settles the rest."""
    return sorted(items, key=lambda one: (-LOUDNESS.index(one.alert.severity), -one.points, one.alert.alert_id))


def write_brief(brief: Brief, names: Names) -> dict[str, object]:
    """The payload for Slack: ``text`` and ``blocks``, every alert id that waited shown, escaped, within all limits."""
    fitting = (payload for shape in SHAPES[:-1] if _measure(payload := _write(brief, names, shape)) <= LONGEST_BRIEF)
    return next(fitting, None) or _write(brief, names, SHAPES[-1])


def _write(brief: Brief, names: Names, shape: Shape) -> dict[str, object]:
    waited = rank(brief.waited)
    blocks: list[Block] = [_header(brief.title), _small(say_counts(brief))]
    blocks += _sections(_waited_lines(waited, names, shape))
    for heading, items in (
        ("New since then, with cards of their own", brief.told),
        ("Changed since then", brief.changed),
    ):
        if items:
            blocks += _sections([f"*{heading}*", *_other_lines(rank(items), names, shape)])
    ids = ", ".join(for_mrkdwn(one.alert.alert_id, LONGEST_NAME) for one in waited)
    return {"text": f"{for_mrkdwn(brief.title, 150)}: {ids or say_counts(brief)}", "blocks": blocks}


def _other_lines(ranked: Sequence[BriefItem], names: Names, shape: Shape) -> Iterator[str]:
    """Alerts that have cards: those that are not told stand in the channel all the same."""
    shown = ranked[: shape.most_others]
    yield from (f"• {_say_brief(one, names)}" for one in shown)
    if len(ranked) > len(shown):
        yield f"• {len(ranked) - len(shown)}{' more' if shown else ''}, not listed here"


def _measure(payload: Mapping[str, object]) -> int:
    """All texts together, in UTF-16 units."""
    blocks = payload["blocks"]
    assert isinstance(blocks, list)
    parts = [part for block in blocks for part in (block.get("text"), *block.get("elements", ())) if part]
    return units(str(payload["text"])) + sum(units(part["text"]) for part in parts)


def group(items: Sequence[BriefItem], names: Names) -> dict[str, list[BriefItem]]:
    """Ranked items by their first regulator; the group with the loudest stands first, small ones at the end together.

    ``names`` maps regulator ids to names.
    """
    groups: dict[str, list[BriefItem]] = {}
    for one in items:
        first = next(iter(one.alert.signal.regulators), "")
        name = say_regulator_briefly(first, names) if first else NOBODY
        if name not in groups and len(groups) >= MOST_GROUPS:
            name = OTHERS
        groups.setdefault(name, []).append(one)
    return groups


def say_change(alert: Alert, known: Known | None) -> str:
    """``was ALERT; ✓ Market agrees (confirmed)``: what is other than it was known; empty when nothing is."""
    if known is None:
        return ""
    parts = []
    if find_correction(alert) is not None and not known.is_struck:
        parts.append("corrected")
    if known.severity is not None and known.severity is not alert.severity:
        parts.append(f"was {known.severity.value.upper()}")
    if known.agreement is not None and known.agreement is not alert.agreement:
        parts.append(f"{VERDICTS[alert.agreement][0]} {say_verdict(alert)[0].partition(' ')[2]}")
    return "; ".join(parts)


def say_counts(brief: Brief) -> str:
    """``12 waited: 1 urgent, 11 alert; 2 changed``."""
    waited = [
        f"{count} {severity.value}"
        for severity in reversed(LOUDNESS)
        if (count := sum(one.alert.severity is severity for one in brief.waited))
    ]
    parts = [
        f"{len(brief.waited)} waited: {', '.join(waited)}" if brief.waited else "",
        f"{len(brief.told)} new with cards of their own" if brief.told else "",
        f"{len(brief.changed)} changed" if brief.changed else "",
    ]
    return "; ".join(part for part in parts if part)


def _waited_lines(waited: Sequence[BriefItem], names: Names, shape: Shape) -> Iterator[str]:
    full = {one.alert.alert_id for one in waited[: shape.most_full]}
    for name, items in group(waited, names).items():
        yield f"*{for_mrkdwn(name, LONGEST_NAME)}* ({len(items)})"
        for one in items:
            if one.alert.alert_id in full:
                change = for_mrkdwn(say_change(one.alert, one.known), LONGEST_CHANGE)
                yield f"• {say_line(one.alert, names)}{f' · {change}' if change else ''}"
            else:
                yield f"• {_say_short(one.alert, shape.longest_short)}"


def _say_short(alert: Alert, longest: int) -> str:
    """A headline and the id."""
    words = f"{alert.severity.value.upper()} {for_mrkdwn(alert.signal.headline, longest)}"
    return f"{words.strip()} · {for_mrkdwn(alert.alert_id, LONGEST_NAME)}"


def _say_brief(one: BriefItem, names: Names) -> str:
    """An alert that has a card: title, what changed, id."""
    parts = (
        for_mrkdwn(say_title(one.alert, names), LONGEST_CHANGE),
        for_mrkdwn(say_change(one.alert, one.known), LONGEST_CHANGE),
        for_mrkdwn(one.alert.alert_id, LONGEST_NAME),
    )
    return " · ".join(part for part in parts if part)


def _sections(lines: Iterable[str]) -> list[Block]:
    """Lines joined into as few sections as Slack's limit allows."""
    texts: list[str] = []
    for line in lines:
        if texts and units(texts[-1]) + units(line) + 1 <= LONGEST_SECTION:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in texts]


def _header(title: str) -> Block:
    words = for_literal(title, 150) or UNNAMED
    return {"type": "header", "text": {"type": "plain_text", "text": words, "emoji": False}}


def _small(words: str) -> Block:
    return {"type": "context", "elements": [{"type": "plain_text", "text": words, "emoji": False}]}
