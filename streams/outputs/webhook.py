"""A webhook: the alert as JSON by POST, signed, to one address; a receiver knows repeats by their idempotency key."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from config.settings import Secret
from services.alerts.alert import Alert, Receipt
from services.alerts.brief import Brief, BriefItem
from services.alerts.card_sentences import say_title, say_verdict
from services.alerts.webhook_signature import IDEMPOTENCY_HEADER, sign_headers
from services.news.web_address import is_public
from streams import codec
from streams.broker.daemon_call import call_in_daemon
from streams.clock import wall_clock
from streams.feeds.feed_guard import Lookup, system_lookup
from streams.outputs.output import DEADLINE_SECONDS, Outgoing, Result, ResultKind
from streams.slack.outcome import parse_retry_after

AGENT = "policy-signals/1.0"
CONTENT_STATUSES = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
LATER_STATUSES = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


class NotAllowed(OSError):
    """The name leads to an address that may not be asked."""


class Webhook:
    """One address. Without ``allow_internal`` only public ones are asked; link-local ones never are."""

    most_doubts = 0
    takes_every_revision = True

    def __init__(
        self,
        url: str,
        key: Secret,
        *,
        allow_internal: bool = False,
        lookup: Lookup = system_lookup,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._url = url
        self._key = key
        self._allow_internal = allow_internal
        self._lookup = lookup
        self._deadline_seconds = deadline_seconds

    def wants(self, last: Receipt, alert: Alert) -> bool:
        """Every revision: a machine reads it."""
        return alert.revision > last.revision

    def write_alert(self, alert: Alert, *, is_follow_up: bool, note: str = "") -> Outgoing:
        """``{"type": "alert", "alert_id", "revision", "title", "verdict", "alert"}``, the last one as on its topic."""
        key = f"{alert.alert_id}.{alert.revision}"
        said = {"note": note} if note else {}
        return _write(key, {"type": "alert", "is_follow_up": is_follow_up, **said, **_describe(alert), "alert": alert})

    def write_brief(self, brief: Brief, brief_id: str) -> Outgoing:
        """``{"type": "brief", "brief_id", "title", "alerts"}``."""
        alerts = [_describe(one.alert) for one in _items(brief)]
        return _write(brief_id, {"type": "brief", "brief_id": brief_id, "title": brief.title, "alerts": alerts})

    def write_notice(self, key: str, words: str) -> Outgoing:
        """``{"type": "notice", "text"}``."""
        return _write(key, {"type": "notice", "text": words})

    def send(self, outgoing: Outgoing) -> Result:
        """One try; redirects are not followed, the answer's body is not read."""
        return asyncio.run(self._send(outgoing))

    async def _send(self, outgoing: Outgoing) -> Result:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            **outgoing.headers,
            **sign_headers(self._key.reveal(), outgoing.body, int(wall_clock().timestamp())),
        }
        try:
            async with self._open_session() as session, asyncio.timeout(self._deadline_seconds):
                request = session.post(self._url, data=outgoing.body, headers=headers, allow_redirects=False)
                async with request as response:
                    return read_status(response.status, response.headers.get("Retry-After"))
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            return _judge_connection(error)
        except TimeoutError:
            return Result(kind=ResultKind.IN_DOUBT, detail="timeout")
        except Exception as error:  # noqa: BLE001 - whatever broke, the request may have been accepted
            return Result(kind=ResultKind.IN_DOUBT, detail=type(error).__name__)

    def _open_session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=_GuardedResolver(self.may_ask, self._lookup),
            use_dns_cache=False,
            force_close=True,
            socket_factory=self._open_socket,
        )
        return aiohttp.ClientSession(connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar())

    def _open_socket(self, address: tuple[Any, ...]) -> socket.socket:
        """The last word before a connection: a literal in the address passes no resolver."""
        family, kind, protocol, _, place = address
        if not self.may_ask(place[0]):
            raise NotAllowed("the address may not be asked")
        return socket.socket(family, kind, protocol)

    def may_ask(self, address: str) -> bool:
        """May a connection go to this resolved address?"""
        found = ip_address(address.partition("%")[0])
        if found.is_link_local or found.is_multicast or found.is_unspecified:
            # Where clouds keep their keys; no webhook of anybody lives there.
            return False
        return self._allow_internal or is_public(found)


class _GuardedResolver(AbstractResolver):
    def __init__(self, may_ask: Callable[[str], bool], lookup: Lookup) -> None:
        self._may_ask = may_ask
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises OSError when there is no address, or one that may not be asked."""
        found = await call_in_daemon(lambda: self._lookup(host, port), "resolver")
        if not found or not all(self._may_ask(entry[4][0]) for entry in found):
            raise NotAllowed("its name leads to an address that may not be asked")
        return [
            ResolveResult(
                hostname=host, host=entry[4][0], port=port, family=entry[0], proto=0, flags=int(socket.AI_NUMERICHOST)
            )
            for entry in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


def read_status(status: int, retry_after: str | None = None) -> Result:
    """2xx alone is sent; 5xx may have done the work; the rest certainly did not."""
    detail = f"status {status}"
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Result(kind=ResultKind.SENT, detail=detail)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = parse_retry_after(retry_after, wall_clock()) if retry_after else 0.0
        return Result(kind=ResultKind.IN_DOUBT, detail=detail, retry_after=wait)
    if status in LATER_STATUSES:
        return Result(kind=ResultKind.NOT_SENT, detail=detail, retry_after=parse_retry_after(retry_after, wall_clock()))
    return Result(kind=ResultKind.CONTENT if status in CONTENT_STATUSES else ResultKind.REFUSED, detail=detail)


def host_of_target(url: str) -> str:
    """For logs and notices: the path may hold a key."""
    return urlsplit(url).hostname or "?"


def _judge_connection(error: Exception) -> Result:
    """No connection was made, so nothing was sent."""
    cause = getattr(error, "os_error", None) or error.__cause__ or error
    is_barred = isinstance(cause, NotAllowed) or isinstance(error, aiohttp.ClientConnectorCertificateError)
    kind = ResultKind.REFUSED if is_barred or isinstance(error, aiohttp.InvalidURL) else ResultKind.NOT_SENT
    return Result(kind=kind, detail=type(cause).__name__)


def _write(key: str, fields: dict[str, object]) -> Outgoing:
    body = codec.encode({"schema_version": 1, "idempotency_key": key, **fields})
    return Outgoing(key=key, body=body, headers={IDEMPOTENCY_HEADER: key})


def _describe(alert: Alert) -> dict[str, object]:
    return {
        "alert_id": alert.alert_id,
        "revision": alert.revision,
        "title": say_title(alert, {}),
        "verdict": say_verdict(alert)[0],
        "severity": alert.severity.value,
    }


def _items(brief: Brief) -> tuple[BriefItem, ...]:
    return (*brief.waited, *brief.told, *brief.changed)
