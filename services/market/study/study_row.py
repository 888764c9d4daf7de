"""One row of a study on files: one event, one instrument."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct


class StudyState(StrEnum):
    """What a row's numbers rest on, or why there are none."""

    OK = "ok"
    SHORT_HISTORY = "short_history"
    """Return and market-adjusted return stand; too few days before the event for beta and t."""
    NO_INDEX = "no_index"
    """Only the raw return stands: the index has no price for that session."""
    NOT_TRADED = "not_traded"
    """The instrument has prices, but none in the session of the event: halted, suspended, or the file ends before."""
    FIRST_CLOSE = "first_close"
    """The instrument's prices begin in the session of the event: there is no close before to compare with."""
    UNKNOWN_INSTRUMENT = "unknown_instrument"
    """The price file does not have it."""


class StudyRow(Struct, frozen=True, kw_only=True):
    """Returns in per cent; None where ``state`` says why. In the order of the output columns."""

    event_id: str
    instrument: str
    session: date | None
    """Local day of the session that the event is measured in: its own, or the next one after a close or a holiday."""
    return_pct: float | None = None
    """Close of the session against the close of the session before."""
    index_return_pct: float | None = None
    abnormal_pct: float | None = None
    """return_pct - index_return_pct."""
    beta: float | None = None
    abnormal_beta_pct: float | None = None
    """return_pct - (alpha + beta * index_return_pct), alpha and beta by ordinary least squares before the event."""
    t_stat: float | None = None
    """abnormal_beta_pct over its standard error of prediction (Patell 1976)."""
    estimation_days: int = 0
    state: StudyState
