"""Corrections and retractions of a story that was told: which report made them, and the card that they strike."""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.alerts.alert import Alert, Report
from services.alerts.card_sentences import find_place
from services.alerts.slack_text import for_mrkdwn, units
from services.alerts.wording import say_clock
from services.signals.signal import PolicySignal, Relation

Block = dict[str, object]
CORRECTIONS = (Relation.CORRECTION, Relation.RETRACTION)
LONGEST_HEADER = 150
LONGEST_SECTION = 3_000
_RETRACTION = re.compile(
    r"\bretract(?:s|ed|ion|ing)?\b|\bwithdr(?:aws|awn|ew) (?:a |the |its )?(?:report|story)|撤稿|撤回"
)


def is_correction(signal: PolicySignal) -> bool:
    """True when the article corrects or takes back what was told."""
    return signal.relation in CORRECTIONS


def is_retraction(signal: PolicySignal) -> bool:
    """True when the article takes the story back whole; raises nothing."""
    if signal.relation is Relation.RETRACTION:
        return True
    return is_correction(signal) and bool(_RETRACTION.search(signal.headline.lower()))


def find_correction(alert: Alert) -> Report | None:
    """The report that weighs most against what was told first: a retraction, else the last correction; else None."""
    found = [report for report in alert.reports[1:] if report.relation in CORRECTIONS]
    retracted = [report for report in found if report.is_retraction]
    chosen = retracted or found
    return chosen[-1] if chosen else None


def correction_of(alert: Alert) -> str:
    """Signal id of the report that strikes the card; empty when none does."""
    report = find_correction(alert)
    return "" if report is None else report.signal_id


def strike(payload: Mapping[str, object], alert: Alert) -> dict[str, object]:
    """The rendered payload of a corrected alert: the header says so, the words are struck; others stay as they are."""
    report = find_correction(alert)
    blocks = payload.get("blocks")
    if report is None or not isinstance(blocks, list):
        return dict(payload)
    word = "RETRACTED" if report.is_retraction else "CORRECTED"
    at = say_clock(report.published_at, find_place(alert))
    said = f"{word.capitalize()} {at} by {for_mrkdwn(report.source, 60) or 'an unnamed source'}: see the thread"
    notice: Block = {"type": "section", "text": {"type": "mrkdwn", "text": f"*{said}*", "verbatim": True}}
    header, *rest = [_strike_block(block, word) for block in blocks]
    return {**payload, "text": f"{word} · {payload.get('text', '')}", "blocks": [header, notice, *rest]}


def _strike_block(block: Block, word: str) -> Block:
    match block:
        case {"type": "header", "text": {"text": str(text)}}:
            return {**block, "text": {**_mapping(block["text"]), "text": f"{word} · {text}"[:LONGEST_HEADER]}}
        case {"type": "section", "text": {"type": "mrkdwn", "text": str(text)}}:
            struck = "\n".join(f"~{line}~" if line.strip() else line for line in text.split("\n"))
            return (
                block
                if units(struck) > LONGEST_SECTION
                else {**block, "text": {**_mapping(block["text"]), "text": struck}}
            )
        case {"type": "rich_text", "elements": list(elements)}:
            return {**block, "elements": [_strike_element(element) for element in elements]}
        case _:
            return block


def _strike_element(element: Block) -> Block:
    """Tables stay legible; a link that shows its host stays one."""
    parts = element.get("elements")
    if element.get("type") == "rich_text_preformatted" or not isinstance(parts, list):
        return element
    struck = [{**part, "style": {**_mapping(part.get("style")), "strike": True}} for part in parts]
    return {**element, "elements": struck}


def _mapping(value: object) -> Block:
    return dict(value) if isinstance(value, Mapping) else {}
