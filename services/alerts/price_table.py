"""The table of exposed instruments: 42 columns, so that a phone shows it without a wrapped line.

A number stands only where a trade stands behind it. A market that has not traded since publication, a halt, or an old
quote shows a dash and says why in words; ``0.00`` means that trades happened and the price came back to where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean

from msgspec import Struct

from services.alerts.alert import Agreement, Alert
from services.alerts.slack_text import columns, for_literal, pad
from services.alerts.verdict import find_basket, is_comparable
from services.alerts.wording import (
    HORIZON_HEADS,
    MISSING,
    NOT_MEASURABLE,
    RESUMES,
    ROLES,
    STATES,
    place_of,
    say_age,
    say_clock,
    say_move,
    say_price,
    say_z,
)
from services.market.reaction import HORIZONS, LATER_SESSIONS, WITHIN_SESSION, Reaction, SessionState, Window
from services.market.study.basket import combine_scores
from services.signals.signal import Exposure, Role

WIDTH = 42
MOST_ROWS = 6
MOST_HORIZON_ROWS = 3

Measured = Mapping[tuple[str, Window], Reaction]
_COLUMNS = (9, 8, 8, 11, 6)
_ROLE_ORDER = (Role.DIRECT, Role.SECTOR, Role.MENTIONED)
_SINCE = frozenset({Window.SO_FAR, *HORIZONS})
_ONE_BAR = timedelta(seconds=1)


class Mean(Struct, frozen=True, kw_only=True):
    """The basket over one window: means over the instruments measured.

    ``abnormal_return`` is a fraction; ``volume_ratio`` is volume as a multiple of the usual, where it is known.
    """

    abnormal_return: float
    z: float | None
    volume_ratio: float | None
    measured: tuple[str, ...]
    basket_size: int


def index_reactions(alert: Alert) -> Measured:
    """Reactions by instrument and window; the one measured last stands."""
    ordered = sorted(alert.reactions, key=lambda reaction: reaction.measured_at)
    return {(reaction.instrument, reaction.window): reaction for reaction in ordered}


def sort_exposures(alert: Alert) -> list[Exposure]:
    """By role, relevance, size of the abnormal move (else of the move), then code."""
    measured = index_reactions(alert)

    def rank(exposure: Exposure) -> tuple[int, int, float, str]:
        latest = find_latest(measured, exposure.instrument)
        moves = (latest.abnormal_return, latest.return_) if latest else ()
        move = next((move for move in moves if move is not None), 0.0)
        return _ROLE_ORDER.index(exposure.role), -exposure.relevance, -abs(move), exposure.instrument

    return sorted(alert.signal.exposures, key=rank)


def find_latest(measured: Measured, instrument: str) -> Reaction | None:
    """The reaction that tells where the instrument is now: so far, else the longest horizon, else any with a price."""
    for window in (Window.SO_FAR, *reversed(HORIZONS), Window.SINCE_PREVIOUS_CLOSE, Window.BEFORE_30M):
        reaction = measured.get((instrument, window))
        if reaction is not None:
            return reaction
    return None


def has_traded_since(reaction: Reaction) -> bool:
    """True when a trade after publication stands behind the numbers, whatever became of the market since."""
    if reaction.return_ is None or reaction.window not in _SINCE:
        return False
    return reaction.price_at is None or reaction.price_at > reaction.started_at - _ONE_BAR


def move_today(reaction: Reaction, now: datetime) -> float | None:
    """price / previous close - 1, as a fraction; None when the last price is not of today, local to the exchange.

    A price that is the previous close itself, with no trade since, is no move of nought: it is None as well.
    """
    if reaction.price is None or reaction.price_at is None or not reaction.previous_close:
        return None
    zone = place_of(reaction.instrument).zone
    is_old = reaction.price_at.astimezone(zone).date() != now.astimezone(zone).date()
    if is_old or (reaction.price == reaction.previous_close and not has_traded_since(reaction)):
        return None
    return reaction.price / reaction.previous_close - 1.0


def average_basket(alert: Alert, window: Window) -> Mean | None:
    """The verdict's basket over one window, by the same means as the verdict; None when nothing was measurable."""
    basket = find_basket(alert.signal)
    measured = index_reactions(alert).items()
    found = [r for (name, span), r in measured if span is window and name in basket and is_comparable(r)]
    returns = {r.instrument: r.abnormal_return for r in found if r.abnormal_return is not None}
    scores = [r.z for r in found if r.z is not None]
    volumes = [r.volume_ratio for r in found if r.volume_ratio is not None]
    if not returns:
        return None
    return Mean(
        abnormal_return=fmean(returns.values()),
        z=combine_scores(scores, alert.correlation) if len(scores) == len(returns) else None,
        volume_ratio=fmean(volumes) if volumes else None,
        measured=tuple(sorted(returns)),
        basket_size=len(basket),
    )


def draw_table(alert: Alert, now: datetime) -> str:
    """Two lines per instrument (who, then numbers in per cent), the benchmark, and how many more there are."""
    measured = index_reactions(alert)
    ordered = sort_exposures(alert)
    lines = [_draw_numbers("price", "today%", "since%", "abnormal%", "z")]
    for exposure in ordered[:MOST_ROWS]:
        lines += _draw_instrument(exposure, find_latest(measured, exposure.instrument), now)
    lines += _draw_benchmarks([find_latest(measured, exposure.instrument) for exposure in ordered])
    if len(ordered) > MOST_ROWS:
        rest = ", ".join(for_literal(exposure.name, 20) for exposure in ordered[MOST_ROWS:])
        lines.append(pad(f"{len(ordered) - MOST_ROWS} more: {rest}", WIDTH))
    return "\n".join(line.rstrip() for line in lines)


def draw_horizons(alert: Alert) -> str:
    """Abnormal moves at each horizon: a dash is not due yet, ``n/a`` was due and could not be measured.

    An instrument that nobody has traded since publication has no dashes, which promise numbers, but says why. The later
    sessions get lines of their own once the first of them is over.
    """
    measured = index_reactions(alert)
    is_waiting = not any(_say_unmeasured(alert, measured, one) for one in sort_exposures(alert)[:MOST_HORIZON_ROWS])
    if is_waiting and not any(span in HORIZONS for _, span in measured):
        return "\n".join([_draw_heads(WITHIN_SESSION), _draw_horizon_row("not yet", [MISSING] * len(WITHIN_SESSION))])
    lines = _draw_horizons(alert, measured, WITHIN_SESSION)
    if any(span in LATER_SESSIONS for _, span in measured):
        lines += _draw_horizons(alert, measured, LATER_SESSIONS)
    return "\n".join(lines)


def _draw_horizons(alert: Alert, measured: Measured, windows: Sequence[Window]) -> list[str]:
    lines = [_draw_heads(windows)]
    for exposure in sort_exposures(alert)[:MOST_HORIZON_ROWS]:
        why = _say_unmeasured(alert, measured, exposure)
        cells = [_say_horizon(measured.get((exposure.instrument, w)), w in alert.measured) for w in windows]
        name = for_literal(exposure.name, 40)
        lines.append(_draw_why(name, why) if why else _draw_horizon_row(name, cells))
    means = [average_basket(alert, window) for window in windows]
    if len(find_basket(alert.signal)) > 1 and any(means):
        lines.append(_draw_horizon_row("basket", [say_move(mean.abnormal_return if mean else None) for mean in means]))
    return lines


def _draw_heads(windows: Sequence[Window]) -> str:
    return _draw_horizon_row("abnormal %", [HORIZON_HEADS[window] for window in windows])


def _say_unmeasured(alert: Alert, measured: Measured, exposure: Exposure) -> str:
    """Why no horizon of an instrument has a number; empty when one has, or may soon have."""
    if any(has_traded_since(reaction) for (name, _), reaction in measured.items() if name == exposure.instrument):
        return ""
    latest = find_latest(measured, exposure.instrument)
    has_price = latest is not None and latest.price is not None
    if latest is None or (latest.state is SessionState.OPEN and not has_price):
        # A fresh card, or one whose prices have not come yet, promises its first numbers.
        return STATES[SessionState.NO_DATA] if latest is not None or alert.agreement is Agreement.NO_PRICE else ""
    if not alert.measured and latest.state in RESUMES:
        return f"from {RESUMES[latest.state]}"
    return "" if latest.state is SessionState.OPEN else STATES[latest.state]


def _draw_why(head: str, words: str) -> str:
    return pad(head, 14) + pad(words, WIDTH - 14, right=True)


def _draw_horizon_row(head: str, cells: Sequence[str]) -> str:
    return pad(head, 14) + "".join(pad(cell, 7, right=True) for cell in cells)


def _draw_instrument(exposure: Exposure, reaction: Reaction | None, now: datetime) -> list[str]:
    tail = f" {for_literal(exposure.instrument, 12)} · {ROLES[exposure.role]}"
    name = for_literal(exposure.name, 60)
    lines = [_add_listings(pad(name, min(columns(name), WIDTH - columns(tail))) + tail, exposure)]
    if reaction is None or reaction.price is None:
        known = reaction is not None and reaction.state is not SessionState.OPEN
        return [*lines, f"  {STATES[reaction.state if reaction and known else SessionState.NO_DATA]}"]
    traded = has_traded_since(reaction)
    since = reaction.return_ if traded else None
    abnormal, z = (reaction.abnormal_return, reaction.z) if traded and is_comparable(reaction) else (None, None)
    numbers = (say_move(move_today(reaction, now)), say_move(since), say_move(abnormal), say_z(z))
    lines.append(_draw_numbers(say_price(reaction.price), *numbers))
    return lines + _draw_state(reaction, traded, now)


def _add_listings(line: str, exposure: Exposure) -> str:
    """Other listings of the same company, as far as the line has room."""
    for listing in exposure.other_listings:
        longer = f"{line} · {for_literal(listing, 12)}"
        line = longer if columns(longer) <= WIDTH else line
    return line


def _draw_numbers(*cells: str) -> str:
    return "".join(pad(cell, width, right=True) for cell, width in zip(cells, _COLUMNS, strict=True))


def _draw_state(reaction: Reaction, traded: bool, now: datetime) -> list[str]:
    """Why a number is missing, or why it will not move; nothing for a live, traded price."""
    if reaction.state is SessionState.OPEN:
        return [] if traded else ["  no trade since publication"]
    if reaction.price_at is None:
        return [f"  {STATES[reaction.state]}"]
    place = place_of(reaction.instrument)
    local = reaction.price_at.astimezone(place.zone)
    day = "" if local.date() == now.astimezone(place.zone).date() else f"{local.day} {local:%b} "
    state = STATES[reaction.state]
    if reaction.state is SessionState.STALE:
        state = f"stale, {say_age(now - reaction.price_at)} old"
    return [pad(f"  {state}, last {day}{say_clock(reaction.price_at, place)}", WIDTH)]


def _draw_benchmarks(latest: Sequence[Reaction | None]) -> list[str]:
    """One line per benchmark, with its own move since publication."""
    traded = [r for r in latest if r is not None and has_traded_since(r)]
    moves = {r.benchmark: r.benchmark_return for r in traded if r.benchmark and r.benchmark_return is not None}
    return [
        pad(f"benchmark {for_literal(benchmark, 12)}", 17) + pad(say_move(move), 8, right=True)
        for benchmark, move in sorted(moves.items())[:2]
    ]


def _say_horizon(reaction: Reaction | None, due: bool) -> str:
    if reaction is None:
        return NOT_MEASURABLE if due else MISSING
    return say_move(reaction.abnormal_return) if is_comparable(reaction) else NOT_MEASURABLE
