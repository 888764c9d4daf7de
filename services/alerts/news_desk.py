"""One article in, one decision out: a policy signal, or a silence with its reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from services.alerts.alert import Silence, SilenceReason
from services.alerts.silence import silence_article
from services.news.article import Article
from services.news.parsing import content_id
from services.signals.authority import SourceAuthorities
from services.signals.caveats import read_caveats
from services.signals.effective_date import find_effective_day
from services.signals.names.normal_form import lower, normalise
from services.signals.reading import Reader, list_rules, read_article
from services.signals.second_reading import SecondLook, was_read_again
from services.signals.signal import PolicySignal, Reading, Tone
from services.stories.marks import Mark, read_mark
from services.stories.recall import split_headline, tell_again, tell_live
from services.stories.story_memory import Limits, StoryMemory
from services.stories.telling import Teller, Telling

TAKES_BACK = (Mark.CORRECTION, Mark.RETRACTION)
MOST_FOLLOWED = 5_000
UNSURE = 0.5
"""Highest confidence in the tone of a correction in which the reader found no policy."""


class NewsDesk:
    """Reads articles in order; remembers the events that were told. ``second`` may read again what is not sure.

    Only what becomes a signal is remembered, since the memory is rebuilt from signals alone.
    """

    def __init__(
        self,
        reader: Reader,
        authorities: SourceAuthorities,
        teller: Teller,
        second: SecondLook | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._reader = reader
        self._authorities = authorities
        self._second = second
        self._teller = teller
        self._memory = StoryMemory(teller.weights, limits)
        self._followed: dict[str, str] = {}

    @property
    def remembered(self) -> tuple[int, timedelta]:
        """How many reports its memory of stories holds, and from the oldest to the newest."""
        return self._memory.extent()

    def restore(self, signal: PolicySignal) -> None:
        """Remember a signal that was produced before a restart; signals come in the order in which they were made."""
        self._memory.restore(tell_again(self._teller, signal), signal.story_id)
        self._note_followed(signal.story_id, signal.follows)

    def take(self, article: Article, scored_at: datetime) -> PolicySignal | Silence:
        """The signal of an article, or why there is none; ``scored_at`` is event time."""
        if self._memory.has_read(article.article_id):
            return silence_article(article, SilenceReason.ALREADY_READ, "the same article came before", scored_at)
        reading = read_article(article, self._reader)
        if self._second is not None:
            reading = self._second.reread(article, reading)
        if reading.tone is Tone.IRRELEVANT and self._takes_back(article, scored_at):
            # What a card says may be wrong: the notice must reach it, however little policy it has in it.
            reading = replace(reading, tone=Tone.UNCLEAR, score=0.0, confidence=min(reading.confidence, UNSURE))
        if reading.tone is Tone.IRRELEVANT:
            detail = reading.notes[0] if reading.notes else "no act or words of an authority towards business"
            return silence_article(article, SilenceReason.IRRELEVANT, detail, scored_at)
        return self._signal(article, reading, tell_live(self._teller, article, scored_at), scored_at)

    def _takes_back(self, article: Article, scored_at: datetime) -> bool:
        headline, lead = split_headline(article)
        # Most articles are irrelevant: the marks are read before the whole telling is made.
        if read_mark(lower(normalise(headline)), lower(normalise(lead))) not in TAKES_BACK:
            return False
        return self._memory.has_neighbour(tell_live(self._teller, article, scored_at))

    def _note_followed(self, story_id: str, follows: str) -> str:
        """The earlier story that a story continues: its first report finds it, and may have been silent."""
        known = self._followed.setdefault(story_id, follows) if follows else self._followed.get(story_id, "")
        if len(self._followed) > MOST_FOLLOWED:
            del self._followed[next(iter(self._followed))]
        return known

    def _version_of(self, reading: Reading) -> str:
        if self._second is None or not was_read_again(reading):
            return self._reader.version
        return f"{self._reader.version}+{self._second.version}"

    def _signal(self, article: Article, reading: Reading, telling: Telling, scored_at: datetime) -> PolicySignal:
        place = self._memory.take(telling)
        headline, lead = split_headline(article)
        follows = self._note_followed(place.story_id, place.follows)
        followed = self._memory.first_of(follows) if follows else None
        return PolicySignal(
            signal_id=content_id("sig", article.article_id, self._reader.version),
            story_id=place.story_id,
            article_id=article.article_id,
            relation=place.relation,
            source=article.source,
            language=article.language,
            headline=headline,
            url=article.url,
            tone=reading.tone,
            score=reading.score,
            confidence=reading.confidence,
            regulators=reading.regulators,
            sectors=reading.sectors,
            stage=reading.stage,
            exposures=reading.exposures,
            evidence=reading.evidence,
            commentary=reading.commentary,
            authority=self._authorities.authority_of(article.source),
            novelty=place.novelty,
            fingerprint=telling.fingerprint,
            reader=self._version_of(reading),
            published_at=article.published_at,
            received_at=article.received_at,
            updated_at=article.updated_at,
            scored_at=scored_at,
            lead=lead,
            reports=place.report,
            first_seen_at=place.first_seen_at,
            first_source=place.first_source,
            story_reasons=place.reasons,
            follows=follows,
            source_class=self._authorities.class_of(article.source, article.feed),
            date_from=article.date_from,
            rules=list_rules(reading.notes),
            caveats=read_caveats(headline, lead, reading.stage),
            effective_on=find_effective_day(headline, article.body, article.published_at.date()),
            follows_headline=followed.headline if followed is not None else "",
            follows_at=followed.published_at if followed is not None else None,
        )
