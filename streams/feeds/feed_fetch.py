"""One polite, bounded request for a feed or a page: conditional, guarded, each redirect checked anew."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urljoin

import aiohttp
from msgspec import Struct
from yarl import URL

from services.errors import Unavailable, Unreadable
from services.news.poll_plan import LONGEST_ASKED_SECONDS
from services.news.web_address import WebAddress, check_url
from streams.broker.backoff import read_retry_after
from streams.clock import wall_clock
from streams.feeds.bounded_body import BoundedBody
from streams.feeds.host_turns import HostTurns

OK, NOT_MODIFIED, GONE, TOO_MANY = 200, 304, 410, 429
REDIRECTS = (301, 302, 303, 307, 308)
ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml, text/html;q=0.8, */*;q=0.5"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class FetchRules(Struct, frozen=True, kw_only=True):
    """How much a fetch may take."""

    deadline_seconds: float = 20.0
    """For everything from the name to the last byte, redirects included; waiting for a turn is not counted."""
    largest_bytes: int = 5 * 1024 * 1024
    most_redirects: int = 3
    local_port: int | None = None
    """Tests alone: a port at which this machine may be asked."""


class Fetched(Struct, frozen=True, kw_only=True):
    """What came. With status 304 there is no data: it is what it was."""

    url: str
    """After redirects."""
    status: int
    data: bytes = b""
    charset: str = ""
    validators: dict[str, str] = {}
    """Headers for the next request, so that the server may answer 304."""


class FetchFailed(Unavailable):
    """Nothing came. ``reason``: of FETCH_PROBLEMS in feed_metrics; ``retry_after``: 0 unless the server named one."""

    def __init__(self, reason: str, detail: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__("the feed", f"{reason}: {detail}" if detail else reason, retry_after=retry_after)
        self.reason = reason
        self.detail = detail


class Fetcher:
    """Fetches through one guarded session, a turn at a time per host."""

    def __init__(self, session: aiohttp.ClientSession, turns: HostTurns, rules: FetchRules) -> None:
        self._session = session
        self.turns = turns
        self._rules = rules

    async def fetch(
        self, url: str, headers: Mapping[str, str] = NO_HEADERS, largest_bytes: int | None = None
    ) -> Fetched:
        """The answer with status 200 or 304; raises FetchFailed for everything else."""
        left = self._rules.deadline_seconds
        limit = largest_bytes or self._rules.largest_bytes
        for _ in range(self._rules.most_redirects + 1):
            address = self._check(url)
            async with self.turns.turn(address.place):
                started = asyncio.get_running_loop().time()
                answer = await self._ask_within(left, address, headers, limit)
                left -= asyncio.get_running_loop().time() - started
            if isinstance(answer, Fetched):
                return answer
            # Validators are of the first address; its answer is asked for without a login anyway.
            url, headers = answer, NO_HEADERS
        raise FetchFailed("too_many_redirects", f"more than {self._rules.most_redirects}")

    def place_of(self, url: str) -> str:
        """Scheme, host and port; raises FetchFailed."""
        return self._check(url).place

    def _check(self, url: str) -> WebAddress:
        try:
            # As the client will read it: it turns full-width digits into plain ones, for example.
            return check_url(str(URL(url)), self._rules.local_port)
        except Unreadable as error:
            raise FetchFailed(error.reason, error.detail) from None
        except (ValueError, TypeError):
            raise FetchFailed("bad_url", "cannot be read") from None

    async def _ask_within(
        self, seconds: float, address: WebAddress, headers: Mapping[str, str], limit: int
    ) -> Fetched | str:
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                return await self._ask(address, headers, limit)
        except Unreadable as error:
            raise FetchFailed(error.reason, error.detail) from None
        except FetchFailed:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise explain(error) from None

    async def _ask(self, address: WebAddress, headers: Mapping[str, str], limit: int) -> Fetched | str:
        """The answer, or where it says to go."""
        asked = {"Accept": ACCEPT, **headers}
        async with self._session.get(URL(address.url), headers=asked, allow_redirects=False) as response:
            if response.status in REDIRECTS:
                return _redirect(address.url, response)
            if response.status == NOT_MODIFIED and headers:
                return Fetched(url=address.url, status=NOT_MODIFIED, validators=dict(headers))
            if response.status != OK:
                raise refusal(response.status, response.headers.get("Retry-After"))
            body = BoundedBody(response.headers.get("Content-Encoding", ""), limit)
            async for chunk in response.content.iter_chunked(2**16):
                body.add(chunk)
            return Fetched(
                url=address.url,
                status=OK,
                data=body.value(),
                charset=response.charset or "",
                validators=_validators(response),
            )


def refusal(status: int, retry_after: str | None) -> FetchFailed:
    """What a status other than success means."""
    asked = min(read_retry_after(retry_after, wall_clock()), LONGEST_ASKED_SECONDS)
    if status == GONE:
        return FetchFailed("gone", "status 410")
    if status == TOO_MANY:
        return FetchFailed("rate_limited", "status 429", retry_after=asked)
    return FetchFailed("server_error" if status >= 500 else "refused", f"status {status}", retry_after=asked)


def explain(error: Exception) -> FetchFailed:
    """A failure of the client in one of our words; its own may hold whatever the server sent."""
    if isinstance(error, TimeoutError):
        return FetchFailed("timeout", "no whole answer in time")
    if isinstance(error, aiohttp.InvalidURL):
        return FetchFailed("bad_url", "the client refuses it")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchFailed("no_name", "its name cannot be resolved")
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return FetchFailed("no_tls", type(error).__name__)
    if isinstance(error, aiohttp.ClientConnectorError):
        return FetchFailed("no_connection", type(error).__name__)
    return FetchFailed("broken_answer", type(error).__name__)


def _redirect(url: str, response: aiohttp.ClientResponse) -> str:
    location = response.headers.get("Location", "")
    try:
        target = urljoin(url, location)
    except ValueError:
        target = ""
    if not location or not target:
        raise FetchFailed("bad_redirect", f"status {response.status} without an address")
    if url.startswith("https://") and not target.startswith("https://"):
        raise FetchFailed("bad_redirect", "from https to something less")
    return target


def _validators(response: aiohttp.ClientResponse) -> dict[str, str]:
    pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
    return {ours: response.headers[theirs][:500] for ours, theirs in pairs if theirs in response.headers}
