"""A press or a command, said by a person at a time -> the change it means, or the sentence that says why not."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from services.alerts.acknowledgement import Acknowledgement, say_user
from services.alerts.alert import Alert
from services.alerts.card_actions import Press, find_target
from services.alerts.commands import Demand, MuteOrder, Unmute, WatchOrder
from services.alerts.desk import Change, Desk, Watch
from services.alerts.feedback import Feedback, Verdict, give_feedback
from services.alerts.mutes import Mute, MuteKind, find_until, list_standing, say_mute, stands
from services.alerts.slack_text import for_mrkdwn
from services.alerts.wording import HONG_KONG, place_of, say_clock
from services.signals.entities import Catalogue

MOST_MUTES = 100
MOST_WATCHES = 200


class Asked(Struct, frozen=True, kw_only=True):
    """Who asked, where, and when (UTC, wall time)."""

    user: str
    channel: str
    at: datetime


def decide_press(press: Press, alert: Alert, desk: Desk, asked: Asked) -> Change | str:
    """The change that a press means; a sentence when it means none."""
    match press.act:
        case None:
            owner = desk.owners.get(alert.alert_id)
            if owner is not None:
                return f"{say_user(owner.by)} has it already, since {owner.at:%H:%M} UTC."
            return Acknowledgement(alert_id=alert.alert_id, revision=press.revision, by=asked.user, at=asked.at)
        case Verdict():
            return give_feedback(alert, press.act, asked.user, asked.at)
        case MuteKind():
            target = find_target(alert, press.act)
            if target is None:
                return f"This alert names no {press.act.value}."
            return _mute(MuteOrder(press.act, target, press.span), desk, asked)


def decide_demand(demand: Demand, catalogue: Catalogue, desk: Desk, asked: Asked) -> Change | str:
    """The change that a command means; a sentence when it means none."""
    match demand:
        case MuteOrder():
            target = find_name(demand.kind, demand.target, catalogue)
            if target is None:
                return f"The catalogue has no such {demand.kind.value}; write its id, such as on a card."
            return _mute(MuteOrder(demand.kind, target, demand.span), desk, asked)
        case Unmute(number=number):
            mute = desk.mutes.get(number)
            if mute is None or not stands(mute, asked.at):
                return f"There is no mute {number} that stands; `mutes` lists those that do."
            return replace(mute, until=asked.at, is_settled=True)
        case WatchOrder(instrument=instrument, is_active=is_active):
            return _watch(instrument, is_active, catalogue, desk, asked)


def find_name(kind: MuteKind, said: str, catalogue: Catalogue) -> str | None:
    """The id as the catalogue writes it, whatever case a person used; None when it has none. A story is any word."""
    match kind:
        case MuteKind.INSTRUMENT:
            return next((name for name in (said, said.upper()) if catalogue.has_instrument(name)), None)
        case MuteKind.REGULATOR:
            return next((name for name in catalogue.regulators if name.lower() == said.lower()), None)
        case MuteKind.SECTOR:
            return next((name for name in catalogue.sectors if name.lower() == said.lower()), None)
        case MuteKind.STORY:
            return said.lower() if said.isascii() and said.isprintable() and len(said) <= 64 else None


def say_done(change: Change, now: datetime) -> str:
    """What the person who asked is told."""
    match change:
        case Acknowledgement():
            return "You have it. The card says so."
        case Feedback(verdict=verdict):
            return f"Noted: {verdict.value.replace('_', ' ')}. Your last word on an alert counts."
        case Watch(instrument=instrument, is_active=is_active):
            return f"{for_mrkdwn(instrument, 30)} is {'now' if is_active else 'no longer'} watched."
        case Mute() if not stands(change, now):
            return f"Mute {change.number} ({for_mrkdwn(say_mute(change), 100)}) is over."
        case Mute():
            return f"Muted {_say_end(change)}. `unmute {change.number}` ends it."


def say_ended(mute: Mute) -> str:
    """The reminder at the end of a mute."""
    return (
        f"The mute of {for_mrkdwn(say_mute(mute), 100)} is over; {say_user(mute.by)} had ordered it. Alerts come again."
    )


def _say_end(mute: Mute) -> str:
    place = place_of(mute.target) if mute.kind is MuteKind.INSTRUMENT else HONG_KONG
    day = mute.until.astimezone(place.zone)
    return f"{for_mrkdwn(say_mute(mute), 100)} until {day.day} {day:%b} {say_clock(mute.until, place)}"


def _mute(order: MuteOrder, desk: Desk, asked: Asked) -> Mute | str:
    if len(list_standing(desk.mutes.values(), asked.at)) >= MOST_MUTES:
        return f"{MOST_MUTES} mutes stand already; end some with `unmute N`."
    place = place_of(order.target) if order.kind is MuteKind.INSTRUMENT else HONG_KONG
    return Mute(
        number=desk.next_number(),
        kind=order.kind,
        target=order.target,
        since=asked.at,
        until=find_until(order.span, asked.at, place.zone),
        by=asked.user,
        channel=asked.channel,
    )


def _watch(said: str, is_active: bool, catalogue: Catalogue, desk: Desk, asked: Asked) -> Watch | str:
    instrument = find_name(MuteKind.INSTRUMENT, said, catalogue)
    if instrument is None:
        return "The catalogue has no such instrument; write it such as 0700.HK."
    known = desk.watches.get(instrument)
    if is_active == (known is not None and known.is_active):
        return f"{instrument} {'is watched already' if is_active else 'is not watched'}."
    if is_active and sum(one.is_active for one in desk.watches.values()) >= MOST_WATCHES:
        return f"{MOST_WATCHES} instruments are watched already; remove some first."
    return Watch(instrument=instrument, is_active=is_active, by=asked.user, at=asked.at)
