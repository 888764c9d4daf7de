"""How often a feed has news by the hour of the week, and how long a silence is longer than it ever was.

News come as a Poisson process whose rate differs by hour. Adding that rate up over a silence gives the news that were
to be expected in it; such sums between one news and the next are exponential with mean 1 whatever the hours were (time
rescaling: Brown, Barbieri, Ventura, Kass and Frank, Neural Computation 2002). So a night and a weekend without news
owe nothing, and a working morning does. Bursts make real gaps longer: the longest of a feed's own raises its limit.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

WEEK_HOURS = 168
HALF_LIFE_HOURS = 28.0 * 24.0
"""After four weeks an observation counts half: offices change their habits."""
LEARNS_HOURS = 14.0 * 24.0
LEARNS_NEWS = 30
"""Before two weeks and so many polls with news a feed has no rhythm yet, and no silence of it is one."""
LEAST_LIMIT = 7.0
"""News missing: in a Poisson process such a silence comes once in e^7, about 1,100, gaps."""
OWN_GAPS = 1.5
"""The limit lies so far above the longest gap that the feed has had of late."""
GAPS_KEPT = 200
LONGEST_STEP = timedelta(hours=1)
"""Between two answers more than this apart nobody was listening, so the time counts neither as silence nor as known."""
SHRUNK_HOURS = 2.0
"""An hour of the week is believed as if its mean had been seen this long: few weeks make no certain nights."""


class WrittenRhythm(Struct, frozen=True, kw_only=True):
    """As it lies in a cache."""

    seen: tuple[float, ...] = ()
    news: tuple[float, ...] = ()
    hours: float = 0.0
    polls_with_news: int = 0
    owed: float = 0.0
    gaps: tuple[float, ...] = ()
    answered_at: datetime | None = None
    news_at: datetime | None = None


class FeedRhythm:
    """The rhythm of one feed, fed with its answers in their order; of bounded size."""

    def __init__(self, written: WrittenRhythm | None = None) -> None:
        written = written or WrittenRhythm()
        is_whole = len(written.seen) == len(written.news) == WEEK_HOURS
        self._seen = list(written.seen) if is_whole else [0.0] * WEEK_HOURS
        self._news = list(written.news) if is_whole else [0.0] * WEEK_HOURS
        self._hours = written.hours if is_whole else 0.0
        self._polls_with_news = written.polls_with_news if is_whole else 0
        self._gaps = list(written.gaps)
        self.owed = written.owed
        """News that were to be expected since the last ones."""
        self.answered_at = written.answered_at
        self.news_at = written.news_at

    def answered(self, now: datetime, *, has_news: bool) -> None:
        """The feed answered at ``now`` (aware), with news or without."""
        passed = timedelta(0) if self.answered_at is None else now - self.answered_at
        if timedelta(0) < passed <= LONGEST_STEP:
            self._listen(now, passed / timedelta(hours=1))
        self.answered_at = now
        if has_news:
            self._news[_hour_of_week(now)] += 1.0
            self._polls_with_news += 1
            self._gaps = [*self._gaps, self.owed][-GAPS_KEPT:]
            self.owed, self.news_at = 0.0, now

    @property
    def is_learned(self) -> bool:
        """Enough was seen to judge a silence."""
        return self._hours >= LEARNS_HOURS and self._polls_with_news >= LEARNS_NEWS

    @property
    def limit(self) -> float:
        """So many expected news may be missing."""
        return max(LEAST_LIMIT, OWN_GAPS * max(self._gaps, default=0.0))

    @property
    def quiet_ratio(self) -> float:
        """The silence as a share of what this feed has ever kept, over 1: it is quiet; 0 while nothing is learned."""
        return self.owed / self.limit if self.is_learned else 0.0

    def expected_per_hour(self, at: datetime) -> float:
        """Polls with news that an hour such as that of ``at`` brings."""
        hour, overall = _hour_of_week(at), sum(self._news) / max(sum(self._seen), 1.0)
        return (self._news[hour] + SHRUNK_HOURS * overall) / (self._seen[hour] + SHRUNK_HOURS)

    def write(self) -> bytes:
        """For a cache."""
        return msgspec.msgpack.encode(
            WrittenRhythm(
                seen=tuple(self._seen),
                news=tuple(self._news),
                hours=self._hours,
                polls_with_news=self._polls_with_news,
                owed=self.owed,
                gaps=tuple(self._gaps),
                answered_at=self.answered_at,
                news_at=self.news_at,
            )
        )

    @classmethod
    def read(cls, data: bytes | None) -> FeedRhythm:
        """What ``write`` wrote; anything else is a rhythm that has to be learned."""
        try:
            return cls(msgspec.msgpack.decode(data, type=WrittenRhythm) if data else None)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return cls()

    def _listen(self, now: datetime, hours: float) -> None:
        self.owed += hours * self.expected_per_hour(now)
        kept = 0.5 ** (hours / HALF_LIFE_HOURS)
        self._seen = [value * kept for value in self._seen]
        self._news = [value * kept for value in self._news]
        self._seen[_hour_of_week(now)] += hours
        self._hours += hours


def _hour_of_week(at: datetime) -> int:
    local = at.astimezone(UTC)
    return local.weekday() * 24 + local.hour
