"""What people receive, and why they did not: the types at the end of the line."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from services.alerts.market_answer import Mover
from services.market.prices.price_path import PricePath
from services.market.reaction import Reaction, Window
from services.market.study.basket import UNKNOWN_CORRELATION
from services.signals.signal import Caveat, PolicySignal, Relation


class Severity(StrEnum):
    """How loudly to say it."""

    FLASH = "flash"
    URGENT = "urgent"
    ALERT = "alert"


class Agreement(StrEnum):
    """Text against tape: does the market answer the tone?"""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    NOT_YET = "not_yet"
    MOVED_BEFORE = "moved_before"
    NO_PRICE = "no_price"


class Report(Struct, frozen=True, kw_only=True):
    """One article that reported the event, in the order seen."""

    signal_id: str
    source: str
    language: str
    url: str
    published_at: datetime
    relation: Relation | None = None
    """How it relates to what was told before; None in records of older versions."""
    is_retraction: bool = False
    """A correction that takes the story back whole."""
    number: int = 0
    """Which report of its story it is, silent copies counted too; 0 in records of older versions."""
    authority: float | None = None
    """0..1, how official its source is; None in records of older versions."""
    source_class: str = ""
    """AuthorityClass value or ``unknown``; empty in records of older versions."""
    caveats: tuple[Caveat, ...] = ()


class Alert(Struct, frozen=True, kw_only=True):
    """One policy event, whole, at one revision: everything that the card shows."""

    schema_version: int = 1
    alert_id: str
    revision: int
    cause: str
    """What made this revision: ``raised``, ``report``, or a Window value such as ``after_5m``."""
    severity: Severity
    agreement: Agreement
    signal: PolicySignal
    reports: tuple[Report, ...]
    reactions: tuple[Reaction, ...]
    correlation: float = UNKNOWN_CORRELATION
    """Mean pairwise correlation of the basket on quiet days, as the verdict used it; 1 where nobody knows."""
    movers: tuple[Mover, ...] = ()
    """Instruments that nobody named and that moved abnormally all the same, strongest first."""
    paths: tuple[PricePath, ...] = ()
    """Prices of the first exposures around publication, for the eye."""
    measured: tuple[Window, ...]
    """Horizons already measured for every exposure; the alert is complete when all are."""
    reasons: tuple[str, ...]
    """Why it was sent and why at this severity, in words."""
    raised_at: datetime
    revised_at: datetime
    clock_offset_ms: int = 0
    """Event time minus wall time when it was raised; 0 when live."""
    raised_severity: Severity | None = None
    """Severity of the first revision: the alert keeps its channels; None in records of older versions."""
    is_late: bool = False
    """It was scored so long after its publication that it must not ring; limits in alerting.toml."""
    followed_by: tuple[Report, ...] = ()
    """First reports of later stories that continue this one with a new act; each has a card of its own."""
    measured_until: datetime | None = None
    """Event time up to which the tape was complete when this revision was measured; later horizons are still due."""


class SilenceReason(StrEnum):
    """Why nothing was sent: a closed set, which is also the metric label."""

    IRRELEVANT = "irrelevant"
    NEUTRAL = "neutral"
    UNCLEAR = "unclear"
    COMMENTARY = "commentary"
    STALE_NEWS = "stale_news"
    REPRINT = "reprint"
    """The text was told before, here or in another paper."""
    BACKGROUND = "background"
    """A look back at an event that was told: explainer, analysis, time line."""
    RETRACTION = "retraction"
    """It takes back a report that has no alert, so there is no card to strike."""
    ALREADY_READ = "already_read"
    NO_EXPOSURE = "no_exposure"
    MUTED = "muted"
    """A person ordered it, until a certain time."""
    INHIBITED = "inhibited"
    """Background to a story whose alert is still followed."""
    COOLDOWN = "cooldown"
    """Told in the thread of a like event, not as a message of its own."""
    QUIET_HOURS = "quiet_hours"
    """Waits for the end of the quiet hours of its channel."""
    DIGEST_ONLY = "digest_only"
    """Waits for the next digest of its channel, which tells so quiet ones in no other way."""
    LATE = "late"
    """News that came too late for a message of its own: it stands in the next brief."""


class Silence(Struct, frozen=True, kw_only=True):
    """A decision to send nothing, with the number that decided."""

    schema_version: int = 1
    reason: SilenceReason
    article_id: str
    source: str
    headline: str
    detail: str
    story_id: str | None = None
    instruments: tuple[str, ...] = ()
    """Every listing that the article touched, so that ``why-not`` finds it; none when it was not read that far."""
    decided_at: datetime


class DeliveryState(StrEnum):
    """Where a message is on its way to Slack (design D2)."""

    ATTEMPT = "attempt"
    SENT = "sent"
    PARKED = "parked"
    HELD = "held"
    """It waits on purpose, for the end of quiet hours or for a digest; the alert itself lies on its topic."""


class Receipt(Struct, frozen=True, kw_only=True):
    """One line of the attempt log: the last record per alert, channel and reply tells where its message stands."""

    schema_version: int = 1
    alert_id: str
    revision: int
    channel: str
    state: DeliveryState
    slack_ts: str | None = None
    attempts: int = 0
    detail: str = ""
    reply_id: str = ""
    """A reply in the alert's thread, such as one further report; empty for the alert's own message."""
    digest_id: str = ""
    """The digest message in which the alert stands, or is about to; empty when it has a message of its own."""
    severity: Severity | None = None
    """As the message shows it; None in records of older versions, and for what is no alert."""
    agreement: Agreement | None = None
    revised_at: datetime | None = None
    """Event time of the revision that the message shows."""
    correction: str = ""
    """Signal id of the report that strikes the card; empty when none does."""
    thread_ts: str = ""
    """The message in whose thread it stands, that of a like event; empty: it stands in the channel itself."""
    is_released: bool = False
    """It was HELD before this attempt, so its record is committed: who finds the attempt reads the alert again."""
    at: datetime
