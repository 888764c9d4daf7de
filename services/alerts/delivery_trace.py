"""What the notifier decided about an alert, as trace steps: its channels, what held it back, what became of each try.

Loudness counts 1 alert, 2 urgent, 3 flash, so that a severity can stand beside the limit that it was held against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.cooldown import Cooling
from services.alerts.delivery_channels import find_channels
from services.alerts.digest import is_brief
from services.alerts.holding import Hold
from services.alerts.loudness import Cooldown, rank_loudness
from services.alerts.repeat import BLIND, NOT_POSTED, ROOT_GONE, first_word
from services.alerts.routing import RoutingTable, Way, route_alert
from services.alerts.trace import Step, TraceStage

MOST_ROUTES = 12
READ_BACK = "read_back"
"""First word of a SENT detail: the channel was read, and the message of a try in doubt stood in it."""
REPOSTED = "reposted"
"""The same for a message that was sent again, because the channel proved that it was not there."""
_SENT_WORDS = {
    READ_BACK: "posted, found when the channel was read back",
    REPOSTED: "posted again, the first try had not arrived",
    BLIND: "posted again without proof, labelled so",
    "plain": "posted as plain text",
    "swept": "a second copy was removed",
}
_PARKED_WORDS = {
    ROOT_GONE: "let go: somebody deleted the message",
    "unconfirmed": "parked: sent twice, confirmed neither time",
    "unwritable": "parked: it could not be written",
}


class Queued(Struct, frozen=True, kw_only=True):
    """What a channel's queue was like when a revision joined it; ``pace_s`` is the least time between messages."""

    ahead: int
    pace_s: float


def explain_routes(alert: Alert, table: RoutingTable) -> Iterator[Step]:
    """Every route that was asked and why it matched or not, then the channels and the route that leads to each."""
    routing = route_alert(alert, table)
    for asked in routing.steps[:MOST_ROUTES]:
        said = "matches" if asked.matched else "does not match"
        yield Step(stage=TraceStage.ROUTE, outcome=f"{asked.name}: {said}", detail="" if asked.matched else asked.why)
    channels = find_channels(alert, table)
    yield Step(
        stage=TraceStage.ROUTE,
        outcome=", ".join(channels),
        numbers={"routes_asked": float(len(routing.steps)), "loudness": rank_loudness(alert.severity)},
        detail="; ".join(map(_say_way, routing.ways)),
    )


def explain_queue(channels: Mapping[str, Queued]) -> Iterator[Step]:
    """One step for each channel in whose queue a revision stands; by name."""
    for name, queued in channels.items():
        words = f"behind {queued.ahead} others" if queued.ahead else "nothing before it"
        yield Step(
            stage=TraceStage.QUEUE,
            outcome=f"{name}: {words}",
            numbers={"ahead": float(queued.ahead)},
            thresholds={"pace_s": queued.pace_s} if queued.pace_s else {},
        )


def explain_hold(hold: Hold, waits_s: float) -> Step:
    """Why it waits in a channel; ``waits_s`` is how long from now."""
    return Step(
        stage=TraceStage.HOLD,
        outcome=f"waits: {hold.reason.value}",
        numbers={"waits_s": waits_s, **hold.numbers},
        thresholds=hold.limits,
        detail=f"{hold.detail}; then {'in a brief' if hold.in_brief else 'a message of its own'}",
    )


def explain_cooldown(alert: Alert, cooling: Cooling, rule: Cooldown, now: datetime) -> Step:
    """Why it joins the thread of a like event instead of ringing. ``now``: wall time."""
    return Step(
        stage=TraceStage.HOLD,
        outcome="does not ring: cooldown",
        numbers={
            "minutes_left": (cooling.until - now).total_seconds() / 60,
            "loudness": rank_loudness(alert.severity),
        },
        thresholds={"cooldown_minutes": rule.minutes, "rings_above": rank_loudness(cooling.severity)},
        detail=f"joins the thread of like alert {cooling.root}",
    )


def explain_second_route(channel: str, second: str, problem: str) -> Step:
    """Handed over because a channel does not take it; it stays in that channel's own queue as well."""
    return Step(
        stage=TraceStage.DELIVERY,
        outcome=f"goes to the second route {second}",
        detail=f"{channel} does not take it{': ' if problem else ''}{problem}",
    )


def explain_receipt(last: Receipt | None, new: Receipt, since: datetime | None = None) -> Step | None:
    """What a new line of the attempt log tells, given the line before it; None for what is only begun.

    ``since``: when the revision joined the channel's queue, wall time as in receipts; None when it waited on purpose.
    """
    numbers = _spent(last, new, since)
    match new.state:
        case DeliveryState.SENT:
            return Step(stage=TraceStage.DELIVERY, outcome=_say_sent(last, new), numbers=numbers, detail=_where(new))
        case DeliveryState.PARKED:
            words = _PARKED_WORDS.get(first_word(new.detail), "parked: the channel refuses this message")
            return Step(stage=TraceStage.DELIVERY, outcome=words, numbers=numbers, detail=new.detail)
        case DeliveryState.HELD if first_word(new.detail) == "not_taken":
            return Step(stage=TraceStage.HOLD, outcome="waits: not taken for long", detail=new.detail)
        case DeliveryState.ATTEMPT:
            return _explain_attempt(last, new, numbers)
        case _:
            return None


def _explain_attempt(last: Receipt | None, new: Receipt, numbers: Mapping[str, float]) -> Step | None:
    if new.detail:
        return _explain_setback(new, numbers)
    if new.digest_id:
        kind = "brief" if is_brief(new.digest_id) else "digest"
        return Step(stage=TraceStage.HOLD, outcome=f"stands in the {kind} that is being sent", numbers=numbers)
    if last is not None and last.state is DeliveryState.HELD:
        held_s = (new.at - last.at).total_seconds()
        return Step(stage=TraceStage.HOLD, outcome="waits no longer", numbers={"held_s": held_s})
    return None


def _explain_setback(new: Receipt, numbers: Mapping[str, float]) -> Step | None:
    word, _, why = new.detail.partition(": ")
    words = {
        NOT_POSTED: f"not taken: {why or 'no reason'}",
        "doubt": f"no answer: {why or 'unknown'}",
        BLIND: "posting again without proof",
        REPOSTED: "posting again: the channel was read and does not have it",
    }.get(word)
    return None if words is None else Step(stage=TraceStage.DELIVERY, outcome=words, numbers=numbers)


def _say_sent(last: Receipt | None, new: Receipt) -> str:
    if new.reply_id:
        return "told in the thread"
    if new.digest_id:
        return f"told in a {'brief' if is_brief(new.digest_id) else 'digest'}"
    known = _SENT_WORDS.get(first_word(new.detail))
    if known is not None:
        return known
    if last is not None and last.slack_ts is not None:
        return "edited"
    return "posted in the thread of a like event" if new.thread_ts else "posted"


def _spent(last: Receipt | None, new: Receipt, since: datetime | None) -> dict[str, float]:
    """``queued_s`` until the last try, ``took_s`` from it to its outcome, ``tries``; what is not known is left out."""
    numbers: dict[str, float] = {}
    if last is not None and last.state is DeliveryState.ATTEMPT and last.revision == new.revision:
        if since is not None:
            numbers["queued_s"] = max(0.0, (last.at - since).total_seconds())
        numbers["took_s"] = max(0.0, (new.at - last.at).total_seconds())
    return numbers | ({"tries": float(new.attempts)} if new.attempts else {})


def _where(new: Receipt) -> str:
    parts = (f"message {new.slack_ts}" if new.slack_ts else "", f"in {new.digest_id}" if new.digest_id else "")
    return ", ".join(part for part in parts if part)


def _say_way(way: Way) -> str:
    route = f"route {way.route}" if way.route else "fallback, no route took it"
    quiet = f", quiet hours {', '.join(way.quiet)}" if way.quiet else ""
    cooldown = f", cooldown {way.cooldown.minutes:g} min" if way.cooldown is not None else ""
    return f"{way.channel} by {route}{quiet}{cooldown}"
