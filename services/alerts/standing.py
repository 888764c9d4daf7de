"""How far a story may be believed by who told it: the loudest that its severity may be, and what lifts that limit.

A rumour stays below a Flash until an authority's own text, or a second source that we know, stands beside it. A move
of the market lifts nothing: rumours move prices, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from services.alerts.alert import Report, Severity
from services.alerts.loudness import is_louder
from services.news.feed import AuthorityClass
from services.signals.signal import Caveat, Relation

OFFICIAL = frozenset({AuthorityClass.OFFICIAL.value, AuthorityClass.EXCHANGE.value})
KNOWN = OFFICIAL | {AuthorityClass.STATE_MEDIA.value, AuthorityClass.WIRE.value, AuthorityClass.PRESS.value}
COPIES = frozenset({Relation.REPRINT, Relation.SYNDICATED, Relation.UPDATE, Relation.BACKGROUND})
TAKES_BACK = frozenset({Relation.CORRECTION, Relation.RETRACTION})
CAP_KEYS = (*(caveat.value for caveat in Caveat), "rumour_of_unknown", "aggregator")
"""Keys of [caps] in alerting.toml."""
_SAID = {
    "rumour": "hearsay from one known source",
    "rumour_of_unknown": "hearsay, and nobody we know says it",
    "denial": "somebody denies it",
    "retrospective": "a look back",
    "opinion": "an opinion",
    "sponsored": "a paid text",
    "aggregator": "only an aggregator tells it",
}
Caps = Mapping[str, Severity]


def find_cap(reports: Sequence[Report], caps: Caps) -> tuple[Severity, str] | None:
    """The loudest that a story may be, and why in words; None when nothing limits it.

    The best report counts; two known sources that tell the same hearsay lift its limit together.
    """
    telling = list_vouching(reports)
    if not telling or any(report.source_class in OFFICIAL and not report.caveats for report in telling):
        return None
    agreed = count_sources(telling) > 1
    limits = [_quietest(list(_list_limits(report, caps, agreed))) for report in telling]
    if any(limit is None for limit in limits):
        return None
    found = [limit for limit in limits if limit is not None]
    loudest = found[0]
    for limit in found[1:]:
        loudest = limit if is_louder(limit[0], loudest[0]) else loudest
    return loudest


def list_vouching(reports: Sequence[Report]) -> list[Report]:
    """The reports that say it is so: none that takes back, and no further one that denies."""
    return [
        report
        for number, report in enumerate(reports)
        if report.relation not in TAKES_BACK and (number == 0 or Caveat.DENIAL not in report.caveats)
    ]


def count_sources(reports: Sequence[Report]) -> int:
    """Known sources that tell it independently: copies and unknown ones are not counted."""
    return len({r.source for r in reports if r.source_class in KNOWN and r.relation not in COPIES})


def find_denial(reports: Sequence[Report]) -> Report | None:
    """The latest further report that denies what was told; None when none does."""
    return next((report for report in reversed(reports[1:]) if Caveat.DENIAL in report.caveats), None)


def is_denied(reports: Sequence[Report]) -> bool:
    """True when a source that we know denies it; a stranger's denial does not stand on the first line of a card."""
    return any(Caveat.DENIAL in report.caveats and report.source_class in KNOWN for report in reports[1:])


def _list_limits(report: Report, caps: Caps, agreed: bool) -> Iterator[tuple[Severity, str]]:
    for caveat in report.caveats:
        key = caveat.value
        if caveat is Caveat.RUMOUR:
            if agreed:
                continue
            key = "rumour" if report.source_class in KNOWN else "rumour_of_unknown"
        if key in caps:
            yield caps[key], _SAID[key]
    if report.source_class == AuthorityClass.AGGREGATOR.value and "aggregator" in caps:
        yield caps["aggregator"], _SAID["aggregator"]


def _quietest(limits: Sequence[tuple[Severity, str]]) -> tuple[Severity, str] | None:
    quietest = None
    for limit in limits:
        if quietest is None or is_louder(quietest[0], limit[0]):
            quietest = limit
    return quietest
