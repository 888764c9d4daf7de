"""Remembers what was told, and says of each article which story it belongs to.

    place = memory.take(telling)        finds the story, remembers the article

Articles whose log odds (``likeness.score``) reach ``NEIGHBOUR_FROM`` are neighbours; what hangs together is settled by
``clustering.cluster``. Both depend on the articles alone, so the partition does not depend on the order of arrival, as
long as no limit is met: 6 candidates for an article, 24 articles in a neighbourhood. Ids and relations do depend on
it: a story keeps the id under which it was told first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from services.news.fingerprint import resemblance
from services.news.parsing import content_id
from services.signals.signal import Relation
from services.stories.clustering import HIGHEST, LOWEST, cluster
from services.stories.likeness import Evidence, compare, score
from services.stories.link_weights import WEIGHTS_ACROSS, WEIGHTS_WITHIN
from services.stories.marks import Mark
from services.stories.reasons import explain
from services.stories.relating import find_succession, may_succeed, relate
from services.stories.story_index import StoryIndex, list_keys
from services.stories.telling import Telling
from services.stories.words import Weights

REPORTS_WITHIN = timedelta(hours=72)
"""Other words for the same event come within three days."""
BACKGROUND_WITHIN = timedelta(days=14)
REPRINT_FROM = 0.9
NEIGHBOUR_FROM = -0.4
LARGEST_NEIGHBOURHOOD = 24
FOLLOWS_WITHIN = timedelta(days=200)
NOVELTY_DECAY = 0.75
NOVELTY_WITHIN = timedelta(hours=24)
"""RavenPack's event novelty: 100, 75, 56 ... for reports of one event within 24 hours."""


class Limits(Struct, frozen=True, kw_only=True):
    """How much is remembered."""

    articles: int = 20_000
    hours: float = 24.0 * 30


class Place(Struct, frozen=True, kw_only=True):
    """Where an article stands among what was told: its story, its relation to it, and why."""

    article_id: str
    story_id: str
    relation: Relation
    novelty: int
    """100 for the first report of an event, then 75, 56 ... within 24 hours."""
    reasons: tuple[str, ...]
    follows: str = ""
    """The story that this one follows with a new act; empty when none."""
    report: int = 1
    """Which report of the story this is: 1 for the first."""
    first_seen_at: datetime
    first_source: str


class _Known(Struct, kw_only=True):
    """One remembered article, its neighbours, and the story that it belongs to by now."""

    telling: Telling
    odds: dict[int, float]
    """Neighbours with their log odds."""
    far: dict[int, float]
    """Log odds of others that were compared, so that no pair is compared twice."""
    story_id: str


class StoryMemory:
    """Bounded by count and hours; rebuilt by feeding it the tellings of a topic in their order."""

    def __init__(self, weights: Weights | None = None, limits: Limits | None = None) -> None:
        self._weights: Weights = weights or {}
        self._limits = limits or Limits()
        self._known: dict[int, _Known] = {}
        self._serial_of: dict[str, int] = {}
        self._index = StoryIndex()
        self._next = 0
        self._oldest = 0

    def has_read(self, article_id: str) -> bool:
        """True when this very article was placed before."""
        return article_id in self._serial_of

    def extent(self) -> tuple[int, timedelta]:
        """How many articles are remembered, and from the arrival of the oldest to that of the newest."""
        oldest = next(iter(self._known), self._next - 1)
        arrived = [self._known[end].telling.received_at for end in (oldest, self._next - 1) if self._known]
        return len(self._known), arrived[1] - arrived[0] if arrived else timedelta()

    def story_of(self, article_id: str) -> str | None:
        """The story of a remembered article, as known by now: a later report may show that two stories are one."""
        serial = self._serial_of.get(article_id)
        return None if serial is None else self._known[serial].story_id

    def take(self, telling: Telling) -> Place:
        """Place an article and remember it."""
        serial, near = self._remember(telling)
        place = self._say(serial, near)
        self._forget(telling.received_at - timedelta(hours=self._limits.hours))
        return place

    def restore(self, telling: Telling, story_id: str) -> None:
        """Remember an article that was placed before a restart, in the story under which it was told."""
        if self.has_read(telling.article_id):
            return
        serial, _ = self._remember(telling)
        computed = self._known[serial].story_id
        if computed != story_id:
            # Told under other rules, it changes nobody else's story; but where the first report is no longer on the
            # topic, what hangs together with this one had that story, too.
            opened_it = story_id == content_id("sto", telling.article_id)
            group = [serial] if opened_it or self.first_of(story_id) else self._neighbourhood(serial)
            for member in group:
                if self._known[member].story_id == computed:
                    self._known[member].story_id = story_id
        self._forget(telling.received_at - timedelta(hours=self._limits.hours))

    def _remember(self, telling: Telling) -> tuple[int, list[int]]:
        """Serial number of an article that now has its story, and the candidates that it was compared with."""
        keys = list_keys(telling, self._weights)
        near = self._index.find(keys, self._oldest)
        serial, self._next = self._next, self._next + 1
        own = _Known(telling=telling, odds={}, far={}, story_id="")
        self._known[serial] = own
        self._serial_of[telling.article_id] = serial
        self._index.add(serial, keys, self._oldest)
        for other in near:
            odds = self._compare(serial, other)
            if odds >= NEIGHBOUR_FROM:
                own.odds[other] = self._known[other].odds[serial] = odds
            else:
                own.far[other] = self._known[other].far[serial] = odds
        self._settle(serial)
        return serial, near

    def first_of(self, story_id: str) -> Telling | None:
        """The first remembered report of a story; None when all are forgotten."""
        return next((known.telling for known in self._known.values() if known.story_id == story_id), None)

    def has_neighbour(self, telling: Telling) -> bool:
        """True when something remembered may tell the same event; remembers nothing."""
        near = self._index.find(list_keys(telling, self._weights), self._oldest)
        tellings = (self._known[other].telling for other in near)
        return any(link_odds(known, telling, self._weights) >= NEIGHBOUR_FROM for known in tellings)

    def _compare(self, one: int, other: int) -> float:
        left, right = sorted((one, other), key=self._order)
        return link_odds(self._known[left].telling, self._known[right].telling, self._weights)

    def _order(self, serial: int) -> tuple[datetime, str]:
        telling = self._known[serial].telling
        return telling.published_at, telling.article_id

    def _neighbourhood(self, serial: int) -> list[int]:
        """Everything that hangs together with an article, the nearest steps first, in canonical order."""
        found, edge = {serial}, [serial]
        while edge and len(found) < LARGEST_NEIGHBOURHOOD:
            reached = {other for member in edge for other in self._known[member].odds if other in self._known}
            edge = sorted(reached - found, key=self._order)[: LARGEST_NEIGHBOURHOOD - len(found)]
            found.update(edge)
        return sorted(found, key=self._order)

    def _settle(self, serial: int) -> None:
        """Cluster anew what hangs together with an article; groups keep the ids under which they were told."""
        members = self._neighbourhood(serial)

        def strength(one: int, other: int) -> float:
            known = self._known[one]
            odds = known.odds.get(other)
            if odds is None:
                odds = known.far.get(other)
            if odds is None:
                odds = self._compare(one, other)
                known.far[other] = self._known[other].far[one] = odds
            return odds

        groups = cluster(members, strength)
        taken: set[str] = set()
        for group in sorted(groups, key=min):
            first = min(group)
            told = self._known[first].story_id
            if not told or told in taken:
                told = content_id("sto", self._known[first].telling.article_id)
            taken.add(told)
            for member in group:
                self._known[member].story_id = told

    def _say(self, serial: int, near: list[int]) -> Place:
        own = self._known[serial]
        members = [other for other in self._neighbourhood(serial) if self._known[other].story_id == own.story_id]
        earlier = sorted(other for other in members if other != serial)
        telling = own.telling
        if not earlier:
            follows, why = self._find_earlier_act(telling, near, own.story_id)
            return Place(
                article_id=telling.article_id,
                story_id=own.story_id,
                relation=Relation.FOLLOW_UP if follows else Relation.NEW,
                novelty=100,
                reasons=(f"a new act: {why}",) if follows else ("nothing like it was told",),
                follows=follows,
                first_seen_at=telling.received_at,
                first_source=telling.source,
            )
        known, evidence = self._find_nearest(telling, earlier)
        relation, why = relate(known, telling, evidence)
        recent = sum(
            abs(self._known[other].telling.received_at - telling.received_at) <= NOVELTY_WITHIN for other in earlier
        )
        odds = link_odds(known, telling, self._weights)
        first = self._known[earlier[0]].telling
        return Place(
            article_id=telling.article_id,
            story_id=own.story_id,
            relation=relation,
            novelty=round(100 * NOVELTY_DECAY ** max(1, recent)),
            reasons=(why, *explain(evidence, weights_for(evidence)), f"like {known.source}: odds {odds:+.1f}"),
            report=len(earlier) + 1,
            first_seen_at=first.received_at,
            first_source=first.source,
        )

    def _find_nearest(self, telling: Telling, earlier: list[int]) -> tuple[Telling, Evidence]:
        """The text that it is most like, in its own language where there is one."""
        pairs = [(self._known[other].telling, other) for other in earlier]
        compared = [(known, compare(known, telling, self._weights)) for known, _ in pairs]
        return max(
            compared,
            key=lambda pair: (
                pair[0].language == telling.language,
                pair[1]["resemblance"],
                score(pair[1], weights_for(pair[1])),
            ),
        )

    def _find_earlier_act(self, telling: Telling, near: list[int], own_story: str) -> tuple[str, str]:
        best, found = 0.0, ("", "")
        for other in near:
            known = self._known[other]
            if known.story_id == own_story or telling.published_at - known.telling.published_at > FOLLOWS_WITHIN:
                continue
            if not may_succeed(known.telling, telling, self._weights):
                continue
            evidence = compare(known.telling, telling, self._weights)
            likeness = evidence.get("covered", 0.0) + evidence["topics"]
            why = find_succession(known.telling, telling, evidence) if likeness > best else ""
            if why:
                best, found = likeness, (known.story_id, why)
        return found

    def _forget(self, horizon: datetime) -> None:
        while self._known:
            oldest = self._known[self._oldest]
            if len(self._known) <= self._limits.articles and oldest.telling.received_at >= horizon:
                return
            for other in (*oldest.odds, *oldest.far):
                if other in self._known:
                    self._known[other].odds.pop(self._oldest, None)
                    self._known[other].far.pop(self._oldest, None)
            del self._known[self._oldest]
            del self._serial_of[oldest.telling.article_id]
            self._oldest += 1


def weights_for(evidence: Evidence) -> Mapping[str, float]:
    """The weights for two articles in one language, or in two."""
    return WEIGHTS_ACROSS if evidence["across"] else WEIGHTS_WITHIN


def link_odds(known: Telling, telling: Telling, weights: Weights) -> float:
    """Log odds that two articles tell one event, after the rules of time.

    Near copies count whenever they come, other reports within three days, looks back within fourteen.
    """
    apart = abs(known.published_at - telling.published_at)
    if apart > REPORTS_WITHIN and not _looks_back(known, telling):
        alike = resemblance(known.fingerprint, telling.fingerprint)
        if alike < REPRINT_FROM:
            return LOWEST
    evidence = compare(known, telling, weights)
    if evidence["resemblance"] >= REPRINT_FROM and not evidence["conflict"]:
        return HIGHEST if apart <= REPORTS_WITHIN or len(telling.words) >= 20 else LOWEST
    if apart > REPORTS_WITHIN and not _looks_back(known, telling):
        return LOWEST
    return score(evidence, weights_for(evidence))


def _looks_back(known: Telling, telling: Telling) -> bool:
    apart = abs(known.published_at - telling.published_at)
    return Mark.BACKGROUND in (known.mark, telling.mark) and apart <= BACKGROUND_WITHIN
