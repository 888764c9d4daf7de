"""What a policy event says: the types that leave the reader. They import nothing of ours."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class Tone(StrEnum):
    """Which way the authority's act leans, seen from the companies it touches."""

    SUPPORTIVE = "supportive"
    RESTRICTIVE = "restrictive"
    NEUTRAL = "neutral"
    IRRELEVANT = "irrelevant"
    UNCLEAR = "unclear"


class Stage(StrEnum):
    """Where in its life a policy is; separate from tone."""

    RUMOUR = "rumour"
    CONSULTATION = "consultation"
    INVESTIGATION = "investigation"
    PENALTY = "penalty"
    FINAL_RULE = "final_rule"
    APPROVAL = "approval"
    MEETING = "meeting"
    RELIEF = "relief"
    COMPLETION = "completion"


class Role(StrEnum):
    """How an instrument is touched: by name, through its sector only, or just mentioned in passing."""

    DIRECT = "direct"
    SECTOR = "sector"
    MENTIONED = "mentioned"


class Relation(StrEnum):
    """How an article relates to what was already told."""

    NEW = "new"
    REPRINT = "reprint"
    UPDATE = "update"
    REPORT = "report"
    """Another report of the same event, in its own words."""
    CORRECTION = "correction"
    SYNDICATED = "syndicated"
    """The text of one source in another paper, shortened or with a title of its own."""
    TRANSLATION = "translation"
    """The same event told in another language."""
    RETRACTION = "retraction"
    FOLLOW_UP = "follow_up"
    """A new act in a matter that was told: draft to final, probe to fine. A story of its own."""
    BACKGROUND = "background"
    """A look back at an event: explainer, analysis, time line."""


class Exposure(Struct, frozen=True, kw_only=True):
    """One listed company that the event touches, by its primary listing."""

    instrument: str
    """Catalogue instrument, e.g. ``0700.HK``."""
    issuer: str
    """Catalogue issuer id, e.g. ``tencent``."""
    name: str
    """Display name in the catalogue, never text of the article."""
    role: Role
    relevance: int
    """0..100; 80 and more: the act is about this company; 30 and less: mentioned in passing."""
    other_listings: tuple[str, ...] = ()


class Evidence(Struct, frozen=True, kw_only=True):
    """One sentence of the article, verbatim, in its own language. ``weight`` is 0..1."""

    sentence: str
    weight: float


class Reading(Struct, frozen=True, kw_only=True):
    """What the reader makes of one article, before story identity."""

    tone: Tone
    score: float | None
    """-1 (restrictive) .. +1 (supportive); None when irrelevant."""
    confidence: float
    """0..1, of the tone label."""
    regulators: tuple[str, ...]
    """Catalogue ids, most important first, e.g. ``("STATE_COUNCIL", "NDRC")``."""
    sectors: tuple[str, ...]
    stage: Stage | None
    exposures: tuple[Exposure, ...]
    evidence: tuple[Evidence, ...]
    commentary: bool = False
    """True when nobody in authority acts or speaks: analysts, columns, anniversaries."""
    notes: tuple[str, ...] = ()
    """Why, for ``--explain``: rules that fired, in order."""


class Caveat(StrEnum):
    """Why the words of a report weigh less than they sound."""

    RUMOUR = "rumour"
    """Nobody gives a name: people familiar with the matter, market talk."""
    DENIAL = "denial"
    """Somebody says that what was told is not so."""
    RETROSPECTIVE = "retrospective"
    """An anniversary or a look back: the act is old."""
    OPINION = "opinion"
    """A column, an editorial, a guest."""
    SPONSORED = "sponsored"
    """Somebody paid for the text."""


class PolicySignal(Struct, frozen=True, kw_only=True):
    """One article's report of one policy event: the record on ``policy.signals``."""

    schema_version: int = 1
    signal_id: str
    story_id: str
    article_id: str
    relation: Relation
    source: str
    language: str
    headline: str
    url: str
    tone: Tone
    score: float | None
    confidence: float
    regulators: tuple[str, ...]
    sectors: tuple[str, ...]
    stage: Stage | None
    exposures: tuple[Exposure, ...]
    evidence: tuple[Evidence, ...]
    commentary: bool
    authority: float
    """0..1, how official the source is."""
    novelty: int
    """100 for the first report of an event, then 75, 56 ... within 24 hours."""
    fingerprint: tuple[int, ...]
    """MinHash of the text; lets the story memory be rebuilt from this topic."""
    reader: str
    """Version of the reader that decided."""
    published_at: datetime
    received_at: datetime
    scored_at: datetime
    lead: str = ""
    """The first 600 characters of the body: with headline and fingerprint the story memory tells the article again."""
    reports: int = 1
    """Which report of its story this is; 1 for the first."""
    first_seen_at: datetime | None = None
    """When the first report of the story reached us; None in records of older versions."""
    first_source: str = ""
    story_reasons: tuple[str, ...] = ()
    """Why it stands in this story, in words, strongest first."""
    follows: str = ""
    """The earlier story that a new act continues; empty when none."""
    follows_headline: str = ""
    """Headline of the first report of that story."""
    follows_at: datetime | None = None
    """When that report was published."""
    source_class: str = ""
    """AuthorityClass value or ``unknown``; empty in records of older versions."""
    date_from: str = ""
    """What ``published_at`` rests on: a DateOrigin value; empty: the source told it."""
    caveats: tuple[Caveat, ...] = ()
    """Why the words of this report weigh less."""
    rules: tuple[str, ...] = ()
    """The rules of acts that spoke, the weightiest first: what feedback is counted by."""
    updated_at: datetime | None = None
    """When the source last changed the report, where it says so: beside ``published_at``, which it never replaces."""
    effective_on: date | None = None
    """The day from which the act is in force, as the text says; None when it says none."""
