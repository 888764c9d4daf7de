"""The optional second reader: asks an endpoint of the user about readings that are not sure.

Whatever goes wrong, the first reading stands: no endpoint, no money left, no answer in time, an answer that is not one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress

import msgspec

from config.settings import SecondReaderSettings, Settings
from services.errors import Unreadable
from services.news.article import Article
from services.signals.second_reading import Opinion, Outcome, contradicts, is_worth_asking, merge_readings
from services.signals.second_reading_answer import read_opinion, read_reply
from services.signals.second_reading_request import (
    LONGEST_ANSWER_TOKENS,
    PROMPT_VERSION,
    build_request,
    choose_sentences,
)
from services.signals.signal import Reading
from services.signals.text import Sentence
from streams.clock import monotonic
from streams.logs import log
from streams.second_reader import reader_metrics
from streams.second_reader.endpoint import Endpoint, NoAnswer
from streams.second_reader.memory import REDIS_SECONDS, SecondReaderMemory

ARTICLES_AT_ONCE = 20
"""Between two polls, so that even slow answers (20 x 10 s) keep the consumer in its group, which waits 300 s."""
FAILURES_TO_OPEN = 5
REST_SECONDS = 60.0
BYTES_PER_TOKEN = 3
"""English has more, a Chinese character is three bytes and at most about one token: an estimate on the dear side."""


class Circuit:
    """Open after five failures in a row: for a minute nobody is asked, then one try decides."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._open_until = float("-inf")

    @property
    def is_open(self) -> bool:
        """True while the endpoint is left alone."""
        return self._clock() < self._open_until

    def succeed(self) -> None:
        """It works."""
        self._failures = 0

    def fail(self, why: str, rest_seconds: float) -> None:
        """It does not; ``rest_seconds`` above 0: the endpoint itself asked to be left alone so long."""
        self._failures += 1
        if self._failures < FAILURES_TO_OPEN and not rest_seconds:
            return
        seconds = rest_seconds or REST_SECONDS
        self._open_until = self._clock() + seconds
        log.warning("second reader is left alone; first readings stand", problem=why, seconds=seconds)


class SecondReader:
    """A SecondLook over HTTP."""

    def __init__(
        self, settings: SecondReaderSettings, memory: SecondReaderMemory, clock: Callable[[], float] = monotonic
    ) -> None:
        self._settings = settings
        self._memory = memory
        self._endpoint = Endpoint(settings)
        self._circuit = Circuit(clock)

    @property
    def version(self) -> str:
        """Model and prompt."""
        return f"second-{PROMPT_VERSION}-{self._settings.model}"

    def reread(self, article: Article, reading: Reading) -> Reading:
        """One reading of two opinions, or the first reading; never raises, and waits no longer than the timeout."""
        if not is_worth_asking(reading, self._settings.below_confidence):
            return reading
        with reader_metrics.SECOND_READING_SECONDS.time():
            outcome, merged = self._look(article, reading)
        reader_metrics.SECOND_READINGS.labels(outcome=outcome.value).inc()
        log.info("second reading", article_id=article.article_id, outcome=outcome.value)
        return merged

    def _look(self, article: Article, reading: Reading) -> tuple[Outcome, Reading]:
        try:
            outcome, opinion = self._find_opinion(article)
        except NoAnswer as error:
            if error.outcome not in (Outcome.CIRCUIT_OPEN, Outcome.OVER_BUDGET):
                self._circuit.fail(error.detail, error.retry_after)
            return error.outcome, reading
        except Unreadable as error:
            self._circuit.fail(error.reason, 0.0)
            return Outcome.UNREADABLE, reading
        except Exception:  # noqa: BLE001 - a mistake of ours here must not cost the article
            log.exception("second reader failed", article_id=article.article_id)
            return Outcome.UNAVAILABLE, reading
        if contradicts(opinion, reading):
            outcome = Outcome.DISAGREED
        return outcome, merge_readings(reading, opinion, self._settings.highest_confidence)

    def _find_opinion(self, article: Article) -> tuple[Outcome, Opinion]:
        deadline = monotonic() + self._settings.timeout_seconds
        sentences = choose_sentences(article)
        body = msgspec.json.encode(build_request(article, sentences, self._settings.model))
        key = self._key(body)
        cached = self._memory.find(key)
        if cached is not None:
            # Redis is open to others: what is in it is checked like any answer, and asked for anew when it is none.
            with suppress(Unreadable):
                return Outcome.CACHED, read_opinion(cached, sentences)
        return Outcome.ANSWERED, self._ask(body, key, sentences, deadline)

    def _ask(self, body: bytes, key: str, sentences: tuple[Sentence, ...], deadline: float) -> Opinion:
        settings = self._settings
        if self._circuit.is_open:
            raise NoAnswer(Outcome.CIRCUIT_OPEN, "left alone")
        tokens = len(body) // BYTES_PER_TOKEN + LONGEST_ANSWER_TOKENS
        if not self._memory.spend(tokens, settings.calls_per_hour, settings.tokens_per_day):
            raise NoAnswer(Outcome.OVER_BUDGET, "the calls of this hour or the tokens of this day are used up")
        used = tokens
        try:
            # What is left of the time once Redis has been given its chance to keep the answer.
            reply = read_reply(self._endpoint.ask(body, max(0.05, deadline - monotonic() - REDIS_SECONDS)))
            used = reply.tokens or tokens
        finally:
            reader_metrics.SECOND_READER_TOKENS.inc(used)
        self._memory.settle(used - tokens)
        opinion = read_opinion(reply.content, sentences)
        self._circuit.succeed()
        self._memory.keep(key, reply.content)
        return opinion

    def _key(self, body: bytes) -> str:
        """Of everything that decides the answer: address, prompt version, and the request with its model and text."""
        return hashlib.sha256(f"{self._settings.url}\n{PROMPT_VERSION}\n".encode() + body).hexdigest()


def build_second_reader(settings: Settings) -> SecondReader | None:
    """The second reader of the settings, None when no endpoint is set; raises Misconfigured."""
    if settings.second_reader is None:
        return None
    return SecondReader(settings.second_reader, SecondReaderMemory(settings.redis_url))
