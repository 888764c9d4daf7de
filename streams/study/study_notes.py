"""What a reader of a study should know about its files, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from services.market.study.daily_study import StudyCase
from streams.prices.price_file import PriceFile
from streams.study.study_measuring import Exposure

_NAMED = 5


def find_notes(price_file: PriceFile, exposures: Sequence[Exposure], cases: Sequence[StudyCase]) -> tuple[str, ...]:
    """The sentences that apply."""
    notes = []
    if price_file.blank:
        notes.append(f"{price_file.blank:,} of {price_file.rows:,} price rows have no close and were skipped.")
    if price_file.prices.repeated:
        notes.append(f"{price_file.prices.repeated:,} price rows repeat the moment of another; the later row counts.")
    strange = sorted({exposure.placed.written for exposure in exposures if exposure.placed.exchange is None})
    if strange:
        notes.append(
            f"No exchange is known for {name_some(strange)}: their events belong to their day, whatever the time, "
            "and sessions are the days with prices."
        )
    alone = sorted({exposure.placed.written for exposure in exposures if exposure.index is None})
    if alone:
        notes.append(f"No index was found for {name_some(alone)}: only raw returns; --index names one.")
    lenient = {e.placed.written: e.placed.series for e in exposures if e.placed.series not in (None, e.placed.written)}
    if lenient:
        pairs = [f"{written} as {series}" for written, series in sorted(lenient.items())]
        notes.append(f"Found by the number without its leading zeros: {name_some(pairs)}.")
    within = sum(
        exposure.session.published_at is not None and case.row.return_pct is not None
        for exposure, case in zip(exposures, cases, strict=True)
    )
    if price_file.prices.is_intraday and within:
        notes.append(f"Measured from the last price before publication: {within:,} of {len(cases):,} rows.")
    return tuple(notes)


def name_some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
