"""One chat-completions endpoint over HTTP: a request out, a bounded reply back, or a closed word why not.

The standard library's client, without redirects (the key must not travel to another host) and without the body of a
refusal (some endpoints repeat the key in it). Proxies of the environment are used, as everywhere else.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import urllib.request
from contextlib import suppress
from http import HTTPStatus
from queue import Empty, SimpleQueue
from urllib.error import URLError

from config.settings import SecondReaderSettings
from services.errors import Unavailable
from services.signals.second_reading import Outcome
from streams.clock import monotonic

LARGEST_REPLY = 64 * 1024
CHUNK = 8 * 1024
LONGEST_REST_SECONDS = 600.0


class NoAnswer(Unavailable):
    """The endpoint gave no answer; ``retry_after`` is 0 unless it named a time itself."""

    def __init__(self, outcome: Outcome, detail: str, *, retry_after: float = 0.0) -> None:
        super().__init__("second_reader", detail, retry_after=retry_after)
        self.outcome = outcome
        self.detail = detail


class Endpoint:
    """Asks one address with one key."""

    def __init__(self, settings: SecondReaderSettings) -> None:
        self._settings = settings
        self._opener = urllib.request.OpenerDirector()
        # Without the handlers for redirects and for error statuses: both are answers here.
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        ):
            self._opener.add_handler(handler)

    def ask(self, body: bytes, seconds: float) -> bytes:
        """The reply's body within so many seconds, whatever the endpoint does; raises NoAnswer.

        The call runs in a thread of its own, since no timeout of a socket bounds a slow name server, or a server that
        sends a byte a second. One that is given up ends by itself soon after, and nobody waits for it.
        """
        box: SimpleQueue[bytes | NoAnswer] = SimpleQueue()
        deadline = monotonic() + seconds
        threading.Thread(target=self._work, args=(body, deadline, box), name="second-reader", daemon=True).start()
        try:
            answer = box.get(timeout=seconds)
        except Empty:
            raise _too_late() from None
        if isinstance(answer, NoAnswer):
            raise answer
        return answer

    def _work(self, body: bytes, deadline: float, box: SimpleQueue[bytes | NoAnswer]) -> None:
        try:
            box.put(self._try_twice(body, deadline))
        except NoAnswer as error:
            box.put(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the first reading stands; its words may hold the key
            box.put(NoAnswer(Outcome.UNAVAILABLE, type(error).__name__))

    def _try_twice(self, body: bytes, deadline: float) -> bytes:
        """A second try only when there was no connection, or when it broke before an answer."""
        with suppress(ConnectionError):
            return self._post(body, deadline)
        try:
            return self._post(body, deadline)
        except ConnectionError as error:
            raise NoAnswer(Outcome.UNAVAILABLE, f"no connection: {type(error).__name__}") from None

    def _post(self, body: bytes, deadline: float) -> bytes:
        request = urllib.request.Request(self._settings.url, data=body, headers=self._headers(), method="POST")
        try:
            with self._opener.open(request, timeout=max(0.001, deadline - monotonic())) as response:
                _check_status(response)
                return _read_bounded(response, deadline)
        except TimeoutError:
            raise _too_late() from None
        except URLError as error:
            raise _explain(error) from None

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "policy-signals"}
        key = self._settings.api_key.reveal()
        if not (key.isascii() and key.isprintable()) or " " in key:
            # It may have been replaced while we run; the client's own complaint would repeat it.
            raise NoAnswer(Outcome.REFUSED, "SECOND_READER_API_KEY_FILE holds more than one word of plain characters")
        return {**headers, "Authorization": f"Bearer {key}"} if key else headers


def _check_status(response: http.client.HTTPResponse) -> None:
    status = response.status
    if status == HTTPStatus.OK:
        return
    told = response.headers.get("Retry-After", "")
    seconds = min(float(told), LONGEST_REST_SECONDS) if told.isascii() and told.isdigit() else 0.0
    is_passing = status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS) or status >= 500
    raise NoAnswer(
        Outcome.UNAVAILABLE if is_passing else Outcome.REFUSED, f"it answers with status {status}", retry_after=seconds
    )


def _read_bounded(response: http.client.HTTPResponse, deadline: float) -> bytes:
    parts = bytearray()
    while chunk := response.read1(CHUNK):
        parts += chunk
        if len(parts) > LARGEST_REPLY:
            raise NoAnswer(Outcome.UNREADABLE, f"its reply is longer than {LARGEST_REPLY} bytes")
        if monotonic() > deadline:
            raise _too_late()
    return bytes(parts)


def _explain(error: URLError) -> Exception:
    """What a failed call means: an error to try again on, or an answer that is none."""
    reason = error.reason
    if isinstance(reason, TimeoutError):
        return _too_late()
    if isinstance(reason, ConnectionError):
        return reason
    return NoAnswer(Outcome.UNAVAILABLE, f"no connection: {type(reason).__name__}")


def _too_late() -> NoAnswer:
    return NoAnswer(Outcome.TIMEOUT, "no answer in time")
