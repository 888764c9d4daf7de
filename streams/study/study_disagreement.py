"""Events whose instruments moved, on average, against the tone: the first thing to look at after a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from services.market.study.daily_study import StudyCase
from services.market.study.study_row import StudyRow

EXPECTED: Mapping[str, int] = {"supportive": 1, "restrictive": -1}
"""Sign that a tone asks of abnormal returns; other tones ask for none."""


class Disagreement(Struct, frozen=True, kw_only=True):
    """One event and its tone against what its instruments did."""

    event_id: str
    tone: str
    session: date | None
    """The first, where instruments answer in different sessions."""
    instruments: int
    """Measured."""
    against: int
    """Of these moved against the tone."""
    mean_pct: float
    """Mean abnormal return, its sign against the tone."""
    strongest: StudyRow
    """The row that moved furthest against it."""
    strongest_pct: float


def find_abnormal_pct(row: StudyRow) -> float | None:
    """Against the line, else against the index; a raw return is no disagreement, for the market may have made it."""
    return row.abnormal_pct if row.abnormal_beta_pct is None else row.abnormal_beta_pct


def find_disagreements(cases: Sequence[StudyCase]) -> list[Disagreement]:
    """Largest mean first."""
    events: dict[tuple[str, str], list[tuple[float, StudyRow]]] = {}
    for case in cases:
        abnormal = find_abnormal_pct(case.row)
        if case.tone in EXPECTED and abnormal is not None:
            events.setdefault((case.row.event_id, case.tone), []).append((abnormal, case.row))
    found = [_judge(event_id, tone, rows) for (event_id, tone), rows in events.items()]
    return sorted((one for one in found if one is not None), key=lambda one: -abs(one.mean_pct))


def _judge(event_id: str, tone: str, rows: Sequence[tuple[float, StudyRow]]) -> Disagreement | None:
    sign = EXPECTED[tone]
    mean = sum(abnormal for abnormal, _ in rows) / len(rows)
    if mean * sign >= 0.0:
        return None
    strongest_pct, strongest = min(rows, key=lambda pair: pair[0] * sign)
    return Disagreement(
        event_id=event_id,
        tone=tone,
        session=min((row.session for _, row in rows if row.session is not None), default=None),
        instruments=len(rows),
        against=sum(abnormal * sign < 0.0 for abnormal, _ in rows),
        mean_pct=mean,
        strongest=strongest,
        strongest_pct=strongest_pct,
    )
