"""What an article is about when no act decides: policy that is only spoken of, a denial, or another world."""

from __future__ import annotations

from collections.abc import Sequence

from services.signals.rules.act_rules import Cue, Found, Kind
from services.signals.rules.tone_weight import LEAD_SENTENCES, SentenceReading
from services.signals.signal import Stage

TOPICAL_TITLE = 0.75
"""A title that names an authority and speaks of policy is about policy whatever the lead brings in."""
_COURTS = frozenset(
    [
        *(
            "court",
            "courts",
            "judge",
            "judges",
            "jury",
            "prosecutor",
            "prosecutors",
            "tribunal",
            "official",
            "officials",
        ),
        *("authorities", "council", "king", "mayor"),
        *("法院", "法庭", "检方", "检察院", "公安部", "警方", "当局", "法官", "官方"),
    ]
)
"""Authorities that also appear in news of crime and sport."""


def measure_offtopic(readings: Sequence[SentenceReading]) -> float:
    """How much the opening is about something else: half a point per cue, one for sport and crime."""
    cues = {hit.cue for reading in readings[:LEAD_SENTENCES] for hit in reading.found if _is_offtopic(hit.cue)}
    return 0.5 * sum(cue.strength for cue in cues)


def is_another_world(readings: Sequence[SentenceReading]) -> bool:
    """Sport, crime and weather: two strong words, or one in the title, and nobody but courts and police acts."""
    strong = {
        hit.cue.phrase: reading.place
        for reading in reversed(readings[:LEAD_SENTENCES])
        for hit in reading.found
        if _is_offtopic(hit.cue) and hit.cue.strength > 1
    }
    if not strong or (len(strong) == 1 and min(strong.values()) >= 0):
        return False
    return not any(
        hit.cue.kind is Kind.AUTHORITY and hit.cue.phrase not in _COURTS
        for reading in readings[:LEAD_SENTENCES]
        for hit in reading.found
    )


def is_denial(readings: Sequence[SentenceReading]) -> bool:
    """True when the opening denies a report."""
    return any(reading.has(Kind.DENIAL) for reading in readings[:3])


def count_policy_points(reading: SentenceReading) -> float:
    """How much a sentence speaks of policy without telling of an act: about 0.35 a word, 0.4 for an authority."""
    spoken = sum(_speaks_of_policy(hit) for hit in reading.found)
    if reading.acts and all(act.by_private for act in reading.acts):
        return 0.0
    actor = reading.has(Kind.AUTHORITY) or any(act.by_authority for act in reading.acts)
    actor = actor or (spoken > 0 and reading.has(Kind.COUNTRY))
    if reading.has(Kind.DENIAL) and actor:
        return 1.0
    if reading.has(Kind.COMMENTARY) and (actor or spoken or _names_rules(reading)):
        return 0.5 + 0.35 * max(1, spoken)
    return min(1.2, 0.35 * spoken) + (0.4 if actor else 0.0) if spoken else 0.2 if actor else 0.0


def names_policy(reading: SentenceReading) -> bool:
    """True for a title that is opinion or speaks of policy; without one and without an authority it is other news."""
    return reading.place < 0 and (reading.has(Kind.COMMENTARY) or count_policy_points(reading) > 0)


def tells_of_worries(reading: SentenceReading) -> bool:
    """True when somebody fears rather than acts."""
    return any(
        word in reading.sentence.folded for word in ("worr", "fear", "fret", "jitter", "concern", "担忧", "忧虑")
    )


def _is_offtopic(cue: Cue) -> bool:
    return cue.kind is Kind.OFFTOPIC or (cue.kind is Kind.PRIVATE and cue.strength > 1)


def _speaks_of_policy(hit: Found) -> bool:
    cue = hit.cue
    if cue.kind is Kind.BURDEN:
        return cue.bare == 0 and cue.official
    return cue.kind is Kind.POLICY or cue.stage is Stage.CONSULTATION


def _names_rules(reading: SentenceReading) -> bool:
    return any(
        hit.cue.kind in (Kind.BURDEN, Kind.RELIEF) and (hit.cue.bare or hit.cue.official) for hit in reading.found
    )
