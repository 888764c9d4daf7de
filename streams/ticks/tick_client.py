"""The HTTP client of tick sources, and what its failures mean. No words of ours repeat an address or a token."""

from __future__ import annotations

import aiohttp
from yarl import URL

from services.errors import Misconfigured, Unavailable
from streams.broker.backoff import read_retry_after
from streams.clock import wall_clock

CLIENT_ERRORS = (aiohttp.ClientError, OSError, TimeoutError, Misconfigured, Unavailable)
_REFUSED = (401, 403)


class SourceAway(Unavailable):
    """The vendor gave no ticks this time; ``retry_after`` is 0 unless it named a time itself."""

    def __init__(self, detail: str, *, retry_after: float = 0.0) -> None:
        super().__init__("the tick source", detail, retry_after=retry_after)
        self.detail = detail


def open_session(total_seconds: float | None) -> aiohttp.ClientSession:
    """A client that verifies TLS, keeps no cookies and follows no redirect: the token stays with the vendor.

    Proxies of the environment are used, as everywhere else.
    """
    trace = aiohttp.TraceConfig()
    # The WebSocket handshake of the library follows redirects and has no switch for it.
    trace.on_request_redirect.append(_refuse_redirect)
    return aiohttp.ClientSession(
        trust_env=True,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=total_seconds),
        trace_configs=[trace],
    )


def as_url(address: str) -> URL:
    """The address as it is: what is escaped in it stays escaped."""
    return URL(address, encoded=True)


def refusal(status: int, retry_after: str | None, token_place: str) -> SourceAway:
    """What a status other than success means."""
    if status in _REFUSED and token_place:
        return SourceAway(f"it answers with status {status}: check the token in {token_place}")
    if 300 <= status < 400:
        return SourceAway(f"it answers with status {status}: redirects are not followed, give the address it points to")
    return SourceAway(f"it answers with status {status}", retry_after=read_retry_after(retry_after, wall_clock()))


def explain(error: BaseException, token_place: str) -> SourceAway:
    """Any failure of the client as one of ours; its own words may hold the address."""
    if isinstance(error, SourceAway):
        return error
    if isinstance(error, Misconfigured):
        return SourceAway(str(error))
    if isinstance(error, aiohttp.WSServerHandshakeError):
        headers = error.headers
        return refusal(error.status, headers.get("Retry-After") if headers else None, token_place)
    if isinstance(error, TimeoutError):
        return SourceAway("no answer in time")
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return SourceAway(f"no secure connection: {type(error).__name__}")
    return SourceAway(f"no connection: {type(error).__name__}")


async def _refuse_redirect(_session: object, _context: object, params: aiohttp.TraceRequestRedirectParams) -> None:
    raise refusal(params.response.status, None, "")
