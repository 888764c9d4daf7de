"""The sentences of a card, each from the facts of one alert. They are plain text: whoever places them escapes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.alerts.alert import Agreement, Alert
from services.alerts.price_table import (
    Mean,
    average_basket,
    find_latest,
    has_traded_since,
    index_reactions,
    sort_exposures,
)
from services.alerts.slack_text import clean
from services.alerts.standing import find_denial, is_denied
from services.alerts.verdict import DECIDING, find_basket
from services.alerts.wording import (
    CAVEAT_TITLES,
    CAVEATS,
    DATE_ORIGINS,
    HONG_KONG,
    RELATIONS,
    RESUMES,
    ROLES,
    SOURCE_CLASSES,
    SPANS,
    STAGES,
    STATES,
    VERDICTS,
    Place,
    place_of,
    say_clock,
    say_delay,
    say_instant,
    say_move,
    say_ordinal,
    say_regulator,
    say_regulator_briefly,
    say_sector,
    say_share,
    say_tone,
    say_z,
)
from services.market.reaction import HORIZONS, SessionState, Window
from services.signals.signal import Caveat, Relation, Role, Stage

Names = Mapping[str, str]
MOST_NAMED = 3
LATE_AFTER_SECONDS = 600.0
LONGEST_FOLLOWED = 160


def find_place(alert: Alert) -> Place:
    """The clock that the reader trades by: that of the first exposure, Hong Kong when none is exposed."""
    ordered = sort_exposures(alert)
    return place_of(ordered[0].instrument) if ordered else HONG_KONG


def say_title(alert: Alert, names: Names) -> str:
    """Severity, tone, and who to whom: ``FLASH ▲ Supportive +0.82 (strong) · SAMR → Tencent``."""
    signal = alert.signal
    relation = Relation.FOLLOW_UP if signal.follows else signal.relation
    opening = ["DENIED"] if is_denied(alert.reports) else []
    opening += [RELATIONS[relation]] if relation in RELATIONS else []
    opening += [CAVEAT_TITLES[caveat] for caveat in signal.caveats[:1]]
    who = _join([say_regulator_briefly(regulator, names) for regulator in signal.regulators], 2)
    whom = _say_whom(alert, names)
    parties = f"{who} → {whom}" if who and whom else who or whom
    loudness = f"{alert.severity.value.upper()} {say_tone(signal.tone, signal.score)}"
    return " · ".join(part for part in (*opening, loudness, parties) if part)


def say_facts(alert: Alert, names: Names) -> list[tuple[str, str]]:
    """Label and words: who speaks, at which stage, whom it touches."""
    signal = alert.signal
    who = ", ".join(say_regulator(regulator, names) for regulator in signal.regulators[:4]) or "no authority named"
    facts = [("Who", f"{who}; commentary, nobody in authority acts" if signal.commentary else who)]
    if signal.stage is not None:
        facts.append(("Stage", STAGES[signal.stage]))
    sectors = _join([say_sector(sector, names) for sector in signal.sectors], 4)
    if signal.effective_on is not None:
        facts.append(("In force", f"from {signal.effective_on:%-d %b %Y}"))
    # The stage says already that it is a rumour.
    said_by_stage = {Caveat.RUMOUR} if signal.stage is Stage.RUMOUR else set()
    caveats = [CAVEATS[caveat] for caveat in signal.caveats if caveat not in said_by_stage]
    if caveats:
        facts.append(("Caution", "; ".join(caveats)))
    denial = find_denial(alert.reports)
    if denial is not None:
        when = say_clock(denial.published_at, find_place(alert))
        facts.append(("Denied", f"{when} by {clean(denial.source)[:60] or 'an unnamed source'}: see the thread"))
    facts.append(("Touches", "; ".join(part for part in (sectors, _count_exposures(alert)) if part)))
    return [*facts, *say_story(alert)]


def say_story(alert: Alert) -> list[tuple[str, str]]:
    """What the event has to do with what was told before: the earlier story that it follows, and how often it was told.

    ``3rd report, first 14:02 HKT from Harbour Wire``; empty for a first report of something new.
    """
    signal, place = alert.signal, find_place(alert)
    said = []
    if signal.follows and signal.follows_at is not None:
        day = f"{signal.follows_at.astimezone(place.zone):%-d %b %Y}"
        said.append(("Follows", f"{clean(signal.follows_headline)[:LONGEST_FOLLOWED] or 'an earlier story'} ({day})"))
    number = max([signal.reports, *(report.number for report in alert.reports)])
    if number > 1 and signal.first_seen_at is not None:
        first = say_clock(signal.first_seen_at, place)
        days = (
            alert.revised_at.astimezone(place.zone).date() - signal.first_seen_at.astimezone(place.zone).date()
        ).days
        when = f"{signal.first_seen_at.astimezone(place.zone):%-d %b} {first}" if days else first
        said.append(("Story", f"{say_ordinal(number)} report, first {when} from {clean(signal.first_source)[:60]}"))
    return said


def say_verdict(alert: Alert) -> tuple[str, str]:
    """The verdict, and the number or the reason behind it."""
    sign, verdict = VERDICTS[alert.agreement]
    if alert.agreement is Agreement.NOT_YET and Window.TO_CLOSE not in alert.measured:
        began = any(average_basket(alert, window) for window in HORIZONS)
        verdict = "No clear answer yet" if began else "Not measured yet"
    return f"{sign} {verdict}", _say_basis(alert)


def say_times(alert: Alert, posted_at: datetime | None) -> str:
    """Published, seen, scored, posted, each with its delay after publication; said to be late when it is."""
    signal = alert.signal
    published = signal.published_at
    steps = [("seen", signal.received_at), ("scored", signal.scored_at)]
    if posted_at is not None:
        steps.append(("posted", posted_at))
    doubt = DATE_ORIGINS.get(signal.date_from)
    told = f"Published {say_instant(published, find_place(alert))}" + (f" ({doubt})" if doubt else "")
    line = " → ".join([told] + [f"{step} {say_delay(at - published)}" for step, at in steps])
    if alert.is_late:
        line = f"{line} · late: told without a sound"
    late = [step for step, at in steps if (at - published).total_seconds() > LATE_AFTER_SECONDS]
    return f"{line} · {late[0]} late" if late else line


def say_revision(alert: Alert) -> str:
    """Which state of the card this is, and since when."""
    if alert.revision == 1:
        return "first version"
    causes = {"report": "another report", "new_act": "a new act followed"} | {
        window.value: SPANS[window] for window in HORIZONS
    }
    cause = causes.get(alert.cause, alert.cause.replace("_", " "))
    return f"version {alert.revision}: {cause}, {say_clock(alert.revised_at, find_place(alert))}"


def say_method(alert: Alert) -> str:
    """Confidence, authority of the source, and what the abnormal move assumes."""
    signal = alert.signal
    parts = [f"Confidence {say_share(signal.confidence)}", _say_authority(alert)]
    latest = [find_latest(index_reactions(alert), exposure.instrument) for exposure in sort_exposures(alert)]
    shown = [reaction for reaction in latest if reaction is not None and reaction.abnormal_return is not None]
    if shown:
        benchmarks = sorted({reaction.benchmark for reaction in shown if reaction.benchmark})
        parts.append(f"abnormal = move − β × {' or '.join(benchmarks) or 'benchmark'}")
        estimated = sum(reaction.beta_estimated for reaction in shown)
        if estimated == 0:
            parts.append("β 1 assumed: short history")
        elif estimated < len(shown):
            parts.append(f"β 1 assumed for {len(shown) - estimated} of {len(shown)}: short history")
    return " · ".join(parts)


def _say_authority(alert: Alert) -> str:
    """Of the most official source that reported it; a retraction vouches for nothing."""
    first = alert.signal.authority
    best = max(
        [first, *(report.authority or 0.0 for report in alert.reports if report.relation is not Relation.RETRACTION)]
    )
    kind = SOURCE_CLASSES.get(alert.signal.source_class, "")
    said = f"source authority {say_share(best)}" + (f", {kind}" if kind else "")
    return f"{said} ({say_share(first)} at first)" if best > first else said


def say_prices(alert: Alert) -> str:
    """The most exposed instruments in one sentence, for places without a table."""
    measured = index_reactions(alert)
    said = []
    for exposure in sort_exposures(alert)[:MOST_NAMED]:
        latest = find_latest(measured, exposure.instrument)
        if latest is None or latest.price is None:
            said.append(f"{exposure.name} {STATES[SessionState.NO_DATA]}")
        elif has_traded_since(latest):
            said.append(f"{exposure.name} {say_move(latest.return_)} % since")
        elif latest.state is not SessionState.OPEN:
            said.append(f"{exposure.name} {STATES[latest.state]}")
    return ", ".join(said)


def _say_whom(alert: Alert, names: Names) -> str:
    named = [e.name for e in sort_exposures(alert) if e.role is Role.DIRECT]
    return _join(named, 2) if named else _join([say_sector(sector, names) for sector in alert.signal.sectors], 2)


def _say_basis(alert: Alert) -> str:
    """The numbers of the window that decided, else why there are none yet."""
    if alert.agreement is Agreement.NO_PRICE:
        return _say_states(alert) or "no instrument of this event has a price"
    windows = (Window.BEFORE_30M,) if alert.agreement is Agreement.MOVED_BEFORE else tuple(reversed(DECIDING))
    for window in windows:
        mean = average_basket(alert, window)
        if mean is not None:
            who = _say_measured(alert, mean)
            z = f", z {say_z(mean.z)}" if mean.z is not None else ""
            volume = f", volume {mean.volume_ratio:.1f}× usual" if mean.volume_ratio is not None else ""
            return f"{who} abnormal {say_move(mean.abnormal_return)} %{z} {SPANS[window]}{volume}"
    return _say_states(alert) or "first measurement 1 min after publication"


def _say_measured(alert: Alert, mean: Mean) -> str:
    """Whose mean it is: a company by name when it is one, and of how many when not all could be measured."""
    only = mean.measured[0] if len(mean.measured) == 1 else None
    who = next((exposure.name for exposure in alert.signal.exposures if exposure.instrument == only), "basket")
    if len(mean.measured) < mean.basket_size:
        return f"{who} ({len(mean.measured)} of {mean.basket_size} measured)"
    return who if only else f"basket of {mean.basket_size}"


def _count_exposures(alert: Alert) -> str:
    """``2 companies named, 1 by sector``; what a role is called stands in the table too."""
    counts = [(sum(exposure.role is role for exposure in alert.signal.exposures), ROLES[role]) for role in Role]
    (first, first_role), *others = [(count, role) for count, role in counts if count] or [(0, "")]
    if not first:
        return "no listed company"
    noun = "company" if first == 1 else "companies"
    return ", ".join([f"{first} {noun} {first_role}", *(f"{count} {role}" for count, role in others)])


def _say_states(alert: Alert) -> str:
    """Why the basket gives no live price; empty when at least one of its instruments is open."""
    measured = index_reactions(alert)
    latest = [find_latest(measured, instrument) for instrument in find_basket(alert.signal)]
    states = {reaction.state if reaction else SessionState.NO_DATA for reaction in latest}
    if not states or SessionState.OPEN in states:
        return ""
    said = " / ".join(STATES[state] for state in SessionState if state in states)
    waits = next((RESUMES[state] for state in RESUMES if state in states), None)
    return f"{said}, measured from {waits}" if waits and alert.agreement is Agreement.NOT_YET else said


def _join(words: list[str], most: int) -> str:
    more = f" +{len(words) - most}" if len(words) > most else ""
    return ", ".join(words[:most]) + more
