"""The life of one alert: raised, joined by further reports, revised at each horizon. Every revision is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from services.alerts.alert import Alert, Report, Severity
from services.alerts.corrections import is_correction, is_retraction
from services.alerts.lateness import comes_late
from services.alerts.loudness import is_louder
from services.alerts.market_answer import MarketAnswer
from services.alerts.policy import AlertPolicy
from services.alerts.severity import grade
from services.alerts.verdict import judge
from services.market.reaction import LATER_SESSIONS, WITHIN_SESSION, Reaction, Window
from services.news.parsing import content_id
from services.signals.signal import PolicySignal

Due = tuple[datetime, Window]


def raise_alert(
    signal: PolicySignal,
    answer: MarketAnswer,
    policy: AlertPolicy,
    tape_until: datetime,
    clock_offset_ms: int = 0,
) -> Alert:
    """The first revision; its id depends on the story alone, so that a repeat of the work is the same alert."""
    agreement = judge(signal, answer.reactions, policy, answer.correlation)
    reports = (report_of(signal),)
    severity, why_this_loud = grade(signal, agreement, policy, reports)
    why = f"{signal.tone.value} {signal.score or 0.0:+.2f} at confidence {signal.confidence:.0%}"
    return Alert(
        alert_id=content_id("alt", signal.story_id),
        revision=1,
        cause="raised",
        severity=severity,
        agreement=agreement,
        signal=signal,
        reports=reports,
        reactions=answer.reactions,
        correlation=answer.correlation,
        movers=answer.movers,
        paths=answer.paths,
        measured=_windows_measured(answer.reactions),
        reasons=(why, why_this_loud),
        raised_at=signal.received_at,
        revised_at=signal.received_at,
        clock_offset_ms=clock_offset_ms,
        raised_severity=severity,
        is_late=comes_late(signal, severity, policy),
        measured_until=min(tape_until, signal.received_at),
    )


def add_report(alert: Alert, signal: PolicySignal, policy: AlertPolicy) -> Alert:
    """A further report of the same event: named on the card, which keeps the wording of the first.

    An official text or a second known source may make it louder; nothing makes it quieter.
    """
    reports = (*alert.reports, report_of(signal))
    before, _ = grade(alert.signal, alert.agreement, policy, alert.reports)
    after = grade(alert.signal, alert.agreement, policy, reports)
    # Only what the new report itself lifts: numbers of today may differ from those under which it was raised.
    severity, reasons = _louder(alert, after) if is_louder(after[0], before) else (alert.severity, alert.reasons)
    return replace(
        alert,
        revision=alert.revision + 1,
        cause="correction" if is_correction(signal) else "report",
        reports=reports,
        severity=severity,
        reasons=reasons,
        revised_at=max(alert.revised_at, signal.received_at),
    )


def add_new_act(alert: Alert, signal: PolicySignal) -> Alert:
    """A later story continues this one: said in its thread, while card and severity stay as they are."""
    return replace(
        alert,
        revision=alert.revision + 1,
        cause="new_act",
        followed_by=(*alert.followed_by, report_of(signal)),
        revised_at=max(alert.revised_at, signal.received_at),
    )


def revise(alert: Alert, due: Due, answer: MarketAnswer, policy: AlertPolicy) -> Alert:
    """The alert as the market has answered by ``due``; severity may rise with a confirmation, never fall."""
    due_at, window = due
    answer = keep_finer(alert, answer, window)
    agreement = judge(alert.signal, answer.reactions, policy, answer.correlation, alert.agreement)
    severity, reasons = _louder(alert, grade(alert.signal, agreement, policy, alert.reports))
    return replace(
        alert,
        revision=alert.revision + 1,
        cause=window.value,
        severity=severity,
        agreement=agreement,
        reactions=answer.reactions,
        correlation=answer.correlation,
        movers=answer.movers,
        paths=answer.paths,
        measured=_windows_measured(answer.reactions),
        reasons=reasons,
        revised_at=max(alert.revised_at, due_at),
        measured_until=due_at,
    )


def _louder(alert: Alert, graded: tuple[Severity, str]) -> tuple[Severity, tuple[str, ...]]:
    """The severity and reasons of an alert after it was graded anew; what was said loudly is not taken back."""
    severity, why_this_loud = graded
    if not is_louder(severity, alert.severity):
        return alert.severity, alert.reasons
    return severity, (*alert.reasons[:-1], why_this_loud)


def keep_finer(alert: Alert, answer: MarketAnswer, window: Window) -> MarketAnswer:
    """The answer with the short horizons as they were measured while every second was still known.

    Days later the price book has minutes only, and a number on the card must not change for that reason.
    """
    if window not in LATER_SESSIONS:
        return answer
    known = {(one.instrument, one.window): one for one in alert.reactions if one.return_ is not None}
    reactions = tuple(
        known.get((one.instrument, one.window), one) if one.window in WITHIN_SESSION else one
        for one in answer.reactions
    )
    return replace(answer, reactions=reactions)


def find_next_due(alert: Alert, schedule: Sequence[Due]) -> Due | None:
    """The earliest horizon not yet measured; None when the alert is complete."""
    measured_until = alert.measured_until or alert.raised_at
    return min((due for due in schedule if due[0] > measured_until), default=None)


def report_of(signal: PolicySignal) -> Report:
    """The line that a report adds to the card."""
    return Report(
        signal_id=signal.signal_id,
        source=signal.source,
        language=signal.language,
        url=signal.url,
        published_at=signal.published_at,
        relation=signal.relation,
        is_retraction=is_retraction(signal),
        number=signal.reports,
        authority=signal.authority,
        source_class=signal.source_class,
        caveats=signal.caveats,
    )


def _windows_measured(reactions: Sequence[Reaction]) -> tuple[Window, ...]:
    measured = {reaction.window for reaction in reactions if reaction.return_ is not None}
    return tuple(window for window in Window if window in measured)
