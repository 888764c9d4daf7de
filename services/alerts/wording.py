"""How facts are said: the words, signs, numbers and times of a card. No sentence here depends on foreign text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.alerts.alert import Agreement
from services.market.reaction import SessionState, Window
from services.signals.signal import Caveat, Relation, Role, Stage, Tone

MISSING = "–"
NOT_MEASURABLE = "n/a"

# Signs differ in shape, not only in colour; none of them has an emoji form that a phone could put in its place.
TONE_SIGNS: Mapping[Tone, str] = {
    Tone.SUPPORTIVE: "▲",
    Tone.RESTRICTIVE: "▼",
    Tone.NEUTRAL: "◆",
    Tone.IRRELEVANT: "○",
    Tone.UNCLEAR: "?",
}
STAGES: Mapping[Stage, str] = {
    Stage.RUMOUR: "rumour, nothing official yet",
    Stage.CONSULTATION: "consultation, a draft is open for comment",
    Stage.INVESTIGATION: "investigation, a case is open",
    Stage.PENALTY: "penalty",
    Stage.FINAL_RULE: "final rule",
    Stage.APPROVAL: "approval",
    Stage.MEETING: "meeting, words but no rule yet",
    Stage.RELIEF: "relief, a burden is lifted",
    Stage.COMPLETION: "completion, a case or campaign is over",
}
ROLES: Mapping[Role, str] = {Role.DIRECT: "named", Role.SECTOR: "by sector", Role.MENTIONED: "in passing"}
RELATIONS: Mapping[Relation, str] = {Relation.CORRECTION: "CORRECTION", Relation.FOLLOW_UP: "NEW ACT"}
"""What a card of its own says first of its report."""
CAVEATS: Mapping[Caveat, str] = {
    Caveat.RUMOUR: "hearsay, nobody gives a name",
    Caveat.DENIAL: "somebody denies what was told",
    Caveat.RETROSPECTIVE: "a look back at an old act",
    Caveat.OPINION: "an opinion, not an act",
    Caveat.SPONSORED: "a paid text",
}
CAVEAT_TITLES: Mapping[Caveat, str] = {
    Caveat.RUMOUR: "UNCONFIRMED",
    Caveat.DENIAL: "DENIAL",
    Caveat.RETROSPECTIVE: "LOOK BACK",
    Caveat.OPINION: "OPINION",
    Caveat.SPONSORED: "PAID TEXT",
}
"""What a card of such a report says first."""
DATE_ORIGINS: Mapping[str, str] = {
    "updated": "date of its last update",
    "day_only": "only the day was told",
    "first_seen": "undated, so first seen",
    "future": "dated ahead, so first seen",
    "wrong_zone": "written in the wrong time zone, put right",
}
"""What is said of a time of publication that the source did not plainly tell."""
SOURCE_CLASSES: Mapping[str, str] = {
    "official": "the authority itself",
    "exchange": "an exchange",
    "state_media": "state media",
    "wire": "a news wire",
    "press": "the press",
    "aggregator": "an aggregator",
}
LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "Chinese"}
STATES: Mapping[SessionState, str] = {
    SessionState.OPEN: "open",
    SessionState.LUNCH: "lunch break",
    SessionState.CLOSED: "market closed",
    SessionState.HALTED: "trading halted",
    SessionState.STALE: "stale quote",
    SessionState.NO_DATA: "no price data",
}
RESUMES: Mapping[SessionState, str] = {SessionState.CLOSED: "the next open", SessionState.LUNCH: "the end of lunch"}
"""When a market that rests trades again."""
VERDICTS: Mapping[Agreement, tuple[str, str]] = {
    Agreement.CONFIRMED: ("✓", "Market agrees (confirmed)"),
    Agreement.CONTRADICTED: ("✗", "Market disagrees (contradicted)"),
    Agreement.NOT_YET: ("○", "No clear answer from the market"),
    Agreement.MOVED_BEFORE: ("«", "Moved before publication"),
    Agreement.NO_PRICE: ("–", "No price to judge by"),
}
SPANS: Mapping[Window, str] = {
    Window.BEFORE_30M: "in the 30 min before",
    Window.SO_FAR: "since publication",
    Window.AFTER_1M: "after 1 min",
    Window.AFTER_5M: "after 5 min",
    Window.AFTER_30M: "after 30 min",
    Window.TO_CLOSE: "at the close",
    Window.AFTER_1_SESSION: "after 1 session",
    Window.AFTER_5_SESSIONS: "after 5 sessions",
    Window.SINCE_PREVIOUS_CLOSE: "since the previous close",
}
HORIZON_HEADS: Mapping[Window, str] = {
    Window.AFTER_1M: "+1m",
    Window.AFTER_5M: "+5m",
    Window.AFTER_30M: "+30m",
    Window.TO_CLOSE: "close",
    Window.AFTER_1_SESSION: "+1d",
    Window.AFTER_5_SESSIONS: "+5d",
}


class Place(Struct, frozen=True):
    """Where an exchange's clock hangs: its zone and the short name shown beside local times."""

    zone: ZoneInfo
    short: str


HONG_KONG = Place(ZoneInfo("Asia/Hong_Kong"), "HKT")
_MAINLAND = Place(ZoneInfo("Asia/Shanghai"), "BJT")
_NEW_YORK = Place(ZoneInfo("America/New_York"), "ET")
_PLACES: Mapping[str, Place] = {"HK": HONG_KONG, "SS": _MAINLAND, "SZ": _MAINLAND, "BJ": _MAINLAND, "": _NEW_YORK}


def place_of(instrument: str) -> Place:
    """The exchange clock of an instrument, by its suffix; a code without suffix trades in New York.

    >>> place_of("0700.HK").short, place_of("BABA").short
    ('HKT', 'ET')
    """
    return _PLACES.get(instrument.rpartition(".")[2] if "." in instrument else "", HONG_KONG)


def say_tone(tone: Tone, score: float | None) -> str:
    """Sign, word, signed score and strength: ``▲ Supportive +0.82 (strong)``."""
    said = f"{TONE_SIGNS[tone]} {tone.value.capitalize()}"
    if score is None:
        return said
    strength = "strong" if abs(score) >= 0.66 else "moderate" if abs(score) >= 0.33 else "mild"
    return f"{said} {score:+.2f} ({strength})"


def say_move(fraction: float | None, digits: int = 2) -> str:
    """A return as signed per cent without the sign ``%``; a dash when there is none, never an invented zero.

    >>> say_move(0.0573), say_move(-0.00001), say_move(None)
    ('+5.73', '0.00', '–')
    """
    if fraction is None:
        return MISSING
    shown = f"{fraction * 100:+.{digits}f}"
    return shown if shown.strip("+-0.") else f"{0:.{digits}f}"


def say_share(fraction: float) -> str:
    """A share of one as whole per cent: ``91 %``."""
    return f"{fraction * 100:.0f} %"


def say_price(price: float | None) -> str:
    """A price in at most nine characters: two decimals, three below 1, none from 100,000.

    >>> say_price(349.8), say_price(0.801), say_price(18860.95)
    ('349.80', '0.801', '18860.95')
    """
    if price is None:
        return MISSING
    digits = 3 if price < 1 else 2 if price < 100_000 else 0
    return f"{price:.{digits}f}" if price < 1e8 else f"{price:.2e}"


def say_z(z: float | None) -> str:
    """A z-score with one decimal, bounded where more digits say nothing."""
    if z is None:
        return MISSING
    return ">99" if z > 99 else "<-99" if z < -99 else f"{z:.1f}"


def say_clock(at: datetime, place: Place) -> str:
    """Local time to the minute with its place: ``14:02 HKT``."""
    return f"{at.astimezone(place.zone):%H:%M} {place.short}"


def say_instant(at: datetime, place: Place) -> str:
    """Local time to the second with date, and UTC: ``14:02:05 HKT, 13 Jul 2023 (06:02:05 UTC)``."""
    local, utc = at.astimezone(place.zone), at.astimezone(UTC)
    return f"{local:%H:%M:%S} {place.short}, {local.day} {local:%b %Y} ({utc:%H:%M:%S} UTC)"


def say_delay(delay: timedelta) -> str:
    """A delay with two significant parts: ``+0.4 s``, ``+2 min 05 s``, ``+1 h 04 min``, ``+3 d 02 h``."""
    seconds = delay.total_seconds()
    sign, size = ("-", -seconds) if seconds < 0 else ("+", seconds)
    whole = int(size)
    if whole < 60:
        return f"{sign}{size:.1f} s"
    if whole < 3600:
        return f"{sign}{whole // 60} min {whole % 60:02d} s"
    if whole < 86_400:
        return f"{sign}{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{sign}{whole // 86_400} d {whole % 86_400 // 3600:02d} h"


def say_age(age: timedelta) -> str:
    """An age in one part: ``18 min``, ``26 h``, ``4 d``.

    >>> say_age(timedelta(minutes=18, seconds=40)), say_age(timedelta(hours=26)), say_age(timedelta(days=4))
    ('18 min', '26 h', '4 d')
    """
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 72 * 60 else f"{minutes // 1_440} d"


def say_ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``11th``."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def say_regulator(regulator: str, names: Mapping[str, str]) -> str:
    """The id as given, with its name when one is known and adds something: ``SAMR (State Administration ...)``."""
    name = names.get(regulator)
    if name is None:
        return regulator
    return name if _same(name, regulator) else f"{regulator} ({name})"


def say_regulator_briefly(regulator: str, names: Mapping[str, str]) -> str:
    """The short form for a headline: the name where it is the id in plain letters, else the id."""
    name = names.get(regulator)
    return name if name is not None and _same(name, regulator) else regulator


def say_sector(sector: str, names: Mapping[str, str]) -> str:
    """A sector in words: its catalogue name, else its id with spaces."""
    return names.get(sector, sector.replace("_", " "))


def _same(name: str, regulator: str) -> bool:
    return name.replace(" ", "_").casefold() == regulator.casefold()
