"""One article in, one decision out: a policy signal, or a silence with its reason."""

from __future__ import annotations

from datetime import datetime

from services.alerts.alert import Silence, SilenceReason
from services.alerts.silence import silence_article
from services.news.article import Article
from services.news.parsing import content_id
from services.signals.authority import SourceAuthorities
from services.signals.reading import Reader, read_article
from services.signals.second_reading import SecondLook, was_read_again
from services.signals.signal import PolicySignal, Reading, Tone
from services.signals.story import Place, StoryMemory, recall


class NewsDesk:
    """Reads articles in order; remembers the events that were told. ``second`` may read again what is not sure."""

    def __init__(self, reader: Reader, authorities: SourceAuthorities, second: SecondLook | None = None) -> None:
        self._reader = reader
        self._authorities = authorities
        self._second = second
        self._memory = StoryMemory()

    def restore(self, signal: PolicySignal) -> None:
        """Remember a signal that was produced before a restart."""
        self._memory.remember(recall(signal))

    def take(self, article: Article, scored_at: datetime) -> PolicySignal | Silence:
        """The signal of an article, or why there is none; ``scored_at`` is event time."""
        if self._memory.has_read(article.article_id):
            return silence_article(article, SilenceReason.ALREADY_READ, "the same article came before", scored_at)
        reading = read_article(article, self._reader)
        if self._second is not None:
            reading = self._second.reread(article, reading)
        if reading.tone is Tone.IRRELEVANT:
            detail = reading.notes[0] if reading.notes else "no act or words of an authority towards business"
            return silence_article(article, SilenceReason.IRRELEVANT, detail, scored_at)
        place = self._memory.place(article, reading)
        self._memory.remember(place.told)
        return self._signal(article, reading, place, scored_at)

    def _version_of(self, reading: Reading) -> str:
        if self._second is None or not was_read_again(reading):
            return self._reader.version
        return f"{self._reader.version}+{self._second.version}"

    def _signal(self, article: Article, reading: Reading, place: Place, scored_at: datetime) -> PolicySignal:
        return PolicySignal(
            signal_id=content_id("sig", article.article_id, self._reader.version),
            story_id=place.story_id,
            article_id=article.article_id,
            relation=place.relation,
            source=article.source,
            language=article.language,
            headline=article.title or article.body[:120],
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
            fingerprint=place.told.fingerprint,
            reader=self._version_of(reading),
            published_at=article.published_at,
            received_at=article.received_at,
            scored_at=scored_at,
        )
