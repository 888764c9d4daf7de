"""What the second reader remembers: answers by content, and what was spent; in Redis for all, and in this process.

Memory always counts along, so that neither an absent nor a flushed Redis opens the purse.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from services.errors import Misconfigured
from streams.clock import Clock, monotonic, wall_clock
from streams.logs import log

REDIS_SECONDS = 0.25
"""A cache that answers later than this is none."""
LEFT_ALONE_SECONDS = 30.0
KEPT = timedelta(days=3)
MOST_KEPT_HERE = 1_000
PREFIX = "second_reader"
T = TypeVar("T")


class SecondReaderMemory:
    """Never raises once it is built; building it raises Misconfigured for an address that cannot be used."""

    def __init__(self, redis_url: str, clock: Clock = wall_clock) -> None:
        self._redis = _connect(redis_url)
        self._clock = clock
        self._rests_until = 0.0
        self._answers: OrderedDict[str, str] = OrderedDict()
        self._spent: dict[str, int] = {}

    def find(self, key: str) -> str | None:
        """The answer that was kept under a key, None when there is none."""
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        found = self._try(lambda client: cast("bytes | None", client.get(_answer_key(key))))
        return found.decode("utf-8", "replace") if found else None

    def keep(self, key: str, answer: str) -> None:
        """Keep an answer for three days; here, only the last thousand that were used."""
        self._answers[key] = answer
        self._answers.move_to_end(key)
        while len(self._answers) > MOST_KEPT_HERE:
            self._answers.popitem(last=False)
        self._try(lambda client: client.set(_answer_key(key), answer.encode("utf-8", "replace"), ex=KEPT))

    def spend(self, tokens: int, calls_per_hour: int, tokens_per_day: int) -> bool:
        """Count one call and its tokens; False, with nothing counted, when either is over its cap."""
        hour, day = self._keys()
        used = self._add({hour: 1, day: tokens})
        if used[hour] <= calls_per_hour and used[day] <= tokens_per_day:
            return True
        self._add({hour: -1, day: -tokens})
        return False

    def settle(self, tokens: int) -> None:
        """Correct what was counted by so many tokens, up or down, once the endpoint has said what it used."""
        if tokens:
            self._add({self._keys()[1]: tokens})

    def _keys(self) -> tuple[str, str]:
        now = self._clock()
        return f"{PREFIX}:calls:{now:%Y%m%d%H}", f"{PREFIX}:tokens:{now:%Y%m%d}"

    def _add(self, amounts: dict[str, int]) -> dict[str, int]:
        """The larger of what this process and what all processes have used, for each key."""
        for key, amount in amounts.items():
            self._spent[key] = self._spent.get(key, 0) + amount
        current = self._keys()
        self._spent = {key: used for key, used in self._spent.items() if key in amounts or key in current}

        def count(client: redis.Redis) -> list[int]:
            pipeline = client.pipeline(transaction=False)
            for key, amount in amounts.items():
                pipeline.incrby(key, amount)
            for key in amounts:
                pipeline.expire(key, timedelta(days=2))
            return [int(value) for value in pipeline.execute()[: len(amounts)]]

        shared = self._try(count) or [0] * len(amounts)
        return {key: max(self._spent[key], used) for key, used in zip(amounts, shared, strict=True)}

    def _try(self, act: Callable[[redis.Redis], T]) -> T | None:
        if monotonic() < self._rests_until:
            return None
        try:
            return act(self._redis)
        except (redis.RedisError, ValueError) as error:
            self._rests_until = monotonic() + LEFT_ALONE_SECONDS
            log.info("second reader goes on without Redis", problem=type(error).__name__, seconds=LEFT_ALONE_SECONDS)
            return None


def _answer_key(key: str) -> str:
    return f"{PREFIX}:answer:{key}"


def _connect(url: str) -> redis.Redis:
    try:
        return redis.Redis.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
    except (ValueError, TypeError):
        # The library's words may repeat the address, which may hold a password.
        raise Misconfigured("REDIS_URL cannot be used: something behind the host cannot be read") from None
