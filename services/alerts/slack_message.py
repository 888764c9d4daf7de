"""One alert as a Slack message: pure, deterministic, within every limit of Slack.

From top to bottom, as the eye needs it: how loud, which tone, who to whom; the headline; the verdict of the market;
the facts; the evidence in its own language; the price table; who reported it; then times, reasons and method, small.
Foreign text stands only where Slack shows text as it is, or is made harmless first (see `slack_text`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.alerts.alert import Alert, Report
from services.alerts.card_sentences import (
    find_place,
    say_facts,
    say_method,
    say_prices,
    say_revision,
    say_times,
    say_title,
    say_verdict,
)
from services.alerts.market_sentences import say_tape
from services.alerts.price_table import draw_horizons, draw_table
from services.alerts.slack_text import clean, for_literal, for_mrkdwn, host_of, safe_url
from services.alerts.sparkline import draw_paths
from services.alerts.wording import say_clock, say_ordinal

Block = dict[str, object]
Names = Mapping[str, str]

LONGEST_TITLE = 140
LONGEST_HEADLINE = 280
LONGEST_SENTENCE = 360
LONGEST_LINE = 420
LONGEST_TEXT = 1_200
MOST_SENTENCES = 3
MOST_REPORTS = 4
MOST_REASONS = 4
NOT_ADVICE = "Not investment advice"


def render(
    alert: Alert, names: Names, now: datetime, *, label: str = "", posted_at: datetime | None = None
) -> dict[str, object]:
    """The payload of one alert: ``text`` (escaped fallback, under 3,500 characters) and ``blocks``.

    ``names`` maps regulator and sector ids to names; a missing one leaves the id. ``now`` is event time, UTC.
    ``label`` is shown in the small print (``reconstructed prices``). ``posted_at`` is when the message was first
    posted; without it the first revision counts as posted now, and later ones leave that time out.
    """
    posted = posted_at or (now if alert.revision == 1 else None)
    blocks = [
        _header(say_title(alert, names)),
        _headline(alert),
        _summary(alert, names),
        *_evidence(alert),
        _reports(alert),
        *_prices(alert, now),
        _small_print(alert, posted, label),
    ]
    return {"text": _fallback(alert, names, label), "blocks": blocks}


def _header(title: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": for_literal(title, LONGEST_TITLE), "emoji": False}}


def _headline(alert: Alert) -> Block:
    headline = for_literal(alert.signal.headline, LONGEST_HEADLINE) or "(no headline)"
    return _rich(_element("rich_text_section", _words(headline, bold=True)))


def _summary(alert: Alert, names: Names) -> Block:
    verdict, basis = say_verdict(alert)
    lines = [f"*{for_mrkdwn(verdict, 80)}* · {for_mrkdwn(basis, LONGEST_LINE)}"]
    facts = [*say_tape(alert), *say_facts(alert, names)]
    lines += [f"*{fact}:* {for_mrkdwn(words, LONGEST_LINE)}" for fact, words in facts]
    return {"type": "section", "text": _mrkdwn("\n".join(lines))}


def _evidence(alert: Alert) -> list[Block]:
    """The weightiest sentences, in the order of the article."""
    heaviest = sorted(alert.signal.evidence, key=lambda evidence: -evidence.weight)[:MOST_SENTENCES]
    kept = [evidence for evidence in alert.signal.evidence if any(evidence is one for one in heaviest)]
    sentences = [for_literal(evidence.sentence, LONGEST_SENTENCE) for evidence in kept]
    said = "\n".join(dict.fromkeys(sentence for sentence in sentences if sentence))
    return [_rich(_element("rich_text_quote", _words(said)))] if said else []


def _prices(alert: Alert, now: datetime) -> list[Block]:
    if not alert.signal.exposures:
        return []
    exposed = {exposure.instrument: exposure.name for exposure in alert.signal.exposures}
    tables = [draw_table(alert, now), draw_horizons(alert), draw_paths(alert.paths, exposed)]
    return [_rich(*(_element("rich_text_preformatted", _words(table)) for table in tables if table))]


def _reports(alert: Alert) -> Block:
    """The source with its link, then every further report: ``2nd report: Caixin 14:02 HKT``."""
    signal = alert.signal
    parts = [_words("Source "), *_source(signal.source, signal.language, signal.url)]
    place = find_place(alert)
    others = [report for report in alert.reports if report.signal_id != signal.signal_id]
    for position, report in enumerate(others[:MOST_REPORTS], start=2):
        number = max(position, report.number)
        parts.append(_words(f"\n{say_ordinal(number)} report {say_clock(report.published_at, place)}: "))
        parts += _source_of(report)
    if len(others) > MOST_REPORTS:
        parts.append(_words(f"\nand {len(others) - MOST_REPORTS} more reports"))
    return _rich(_element("rich_text_section", *parts))


def _source_of(report: Report) -> list[Block]:
    return _source(report.source, report.language, report.url)


def _source(source: str, language: str, url: str) -> list[Block]:
    name = f"{for_literal(source, 60) or 'unnamed source'} ({for_literal(language, 8)})"
    address = safe_url(url)
    if address is None:
        return [_words(f"{name}, no usable link")]
    return [_words(f"{name} · "), {"type": "link", "url": address, "text": for_literal(host_of(address), 80)}]


def _small_print(alert: Alert, posted: datetime | None, label: str) -> Block:
    reasons = "; ".join(for_mrkdwn(reason, 300) for reason in alert.reasons[:MOST_REASONS])
    ending = f"alert {alert.alert_id} · {say_revision(alert)} · {NOT_ADVICE}"
    lines = [
        f"*{for_mrkdwn(label, 120)}*" if clean(label) else "",
        for_mrkdwn(say_times(alert, posted), LONGEST_LINE),
        f"Why sent: {reasons}" if reasons else "",
        for_mrkdwn(say_method(alert), LONGEST_LINE),
        for_mrkdwn(ending, LONGEST_LINE),
    ]
    return {"type": "context", "elements": [_mrkdwn(line) for line in lines if line]}


def _fallback(alert: Alert, names: Names, label: str) -> str:
    """What a notification, a screen reader or an old client shows: the card in one paragraph."""
    verdict, basis = say_verdict(alert)
    parts = [
        for_mrkdwn(say_title(alert, names), 300),
        for_mrkdwn(alert.signal.headline, 300),
        for_mrkdwn(f"{verdict}: {basis}", 300),
        for_mrkdwn(say_prices(alert), 200),
        for_mrkdwn(f"{alert.signal.source} {say_clock(alert.signal.published_at, find_place(alert))}", 100),
        for_mrkdwn(label, 100),
        for_mrkdwn(f"alert {alert.alert_id}, {NOT_ADVICE.lower()}", 120),
    ]
    return " | ".join(part for part in parts if part)


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack must not turn bare addresses or names in the text into links.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _words(text: str, *, bold: bool = False) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}} if bold else {"type": "text", "text": text}


def _element(kind: str, *parts: Block) -> Block:
    return {"type": kind, "elements": list(parts)}


def _rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}
