"""What the hosts' robots.txt say, each asked once a day."""

from __future__ import annotations

from collections import OrderedDict

from services.news.charset import decode_text
from services.news.robots import ALLOW_ALL, RobotRules, read_robots
from streams.clock import monotonic
from streams.feeds.feed_fetch import Fetcher, FetchFailed
from streams.feeds.feed_guard import AGENT

KEPT_SECONDS = 86_400.0
ASK_AGAIN_SECONDS = 600.0
LARGEST_BYTES = 512 * 1024
MOST_HOSTS = 1_000


class RobotsStore:
    """Rules by host; where robots.txt cannot be had for now, nothing may be fetched (RFC 9309, section 2.3.1)."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._kept: OrderedDict[str, tuple[float, RobotRules | FetchFailed]] = OrderedDict()

    async def require(self, url: str) -> None:
        """Return when the host lets us fetch this address; raises FetchFailed (robots, or why it cannot be told)."""
        if not (await self.rules_of(url)).allows(url):
            raise FetchFailed("robots", "its robots.txt asks not to fetch this")

    async def rules_of(self, url: str) -> RobotRules:
        """The rules of the address's host; raises FetchFailed where they cannot be had for now."""
        place = self._fetcher.place_of(url)
        until, found = self._kept.get(place, (0.0, ALLOW_ALL))
        if monotonic() >= until:
            found = await self._ask(place)
            kept_seconds = ASK_AGAIN_SECONDS if isinstance(found, FetchFailed) else KEPT_SECONDS
            self._kept[place] = (monotonic() + kept_seconds, found)
            self._kept.move_to_end(place)
            while len(self._kept) > MOST_HOSTS:
                self._kept.popitem(last=False)
        if isinstance(found, FetchFailed):
            raise FetchFailed(found.reason, f"its robots.txt: {found.detail}", retry_after=found.retry_after)
        self._fetcher.turns.slow_down(place, found.crawl_delay_seconds)
        return found

    async def _ask(self, place: str) -> RobotRules | FetchFailed:
        try:
            fetched = await self._fetcher.fetch(f"{place}/robots.txt", largest_bytes=LARGEST_BYTES)
        except FetchFailed as error:
            # A host that says no such file, or not for you, asks for nothing (section 2.3.1.3).
            return ALLOW_ALL if error.reason in ("refused", "gone") else error
        return read_robots(decode_text(fetched.data, fetched.charset), AGENT)
