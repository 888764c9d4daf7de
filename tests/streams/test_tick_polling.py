"""Quotes that are asked for: politely, and with nothing taken for a trade that is none."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

import pytest
import structlog
from aiohttp import web

from streams.ticks.tick_desk import TickDesk
from streams.ticks.tick_polling import PolledTicks
from streams.ticks.tick_queue import TickQueue
from streams.watching.health import Health
from tests.streams.tick_feed import (
    TOKEN,
    Answer,
    Quotes,
    counted,
    eventually,
    frame,
    quick_backoff,
    running,
    serving,
    source_of,
    trade,
)

NOW = time.time()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor is on this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


class Polling:
    """A poller of a quote service with all that stands around it."""

    def __init__(self, url: str, **changes: Any) -> None:
        self.queue = TickQueue(1_000)
        self.health = Health("source")
        self.source = source_of(url, "polling", **changes)
        desk = TickDesk("polling", self.queue)
        self.reader = PolledTicks(self.source, desk, self.health, quick_backoff(), chance=lambda: 0.5)
        self.problems: set[str] = set()

    def ticks(self) -> list[dict[str, Any]]:
        self.problems.update(self.health.problems().values())
        return list(self.queue._ticks)


def play(quotes: Quotes, check: Callable[[Polling], Awaitable[None]], query: str = "", **changes: Any) -> None:
    """Let a source ask the service while ``check`` runs."""

    async def scene() -> None:
        async with serving(quotes) as place:
            polling = Polling(f"http://{place}/feed?symbols={{instruments}}{query}", **changes)
            async with running(polling.reader):
                await check(polling)

    asyncio.run(scene())


def says(body: str | bytes, status: int = 200, **headers: str) -> Answer:
    """Answer so."""

    async def answer(_: web.Request) -> web.StreamResponse:
        data = body if isinstance(body, bytes) else body.encode()
        return web.Response(body=data, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer


def quote(price: float, volume: float, seconds: float = 0.0, symbol: str = "T") -> dict[str, Any]:
    """A quote whose last trade is ``seconds`` after this module was loaded."""
    return trade(1, symbol=symbol, at=NOW + seconds, price=price) | {"v": volume, "i": None}


def test_quotes_become_ticks_with_the_volume_between_them() -> None:
    """The vendor tells the day's volume; the line wants what was traded."""
    rounds = [(10.0, 500.0, 0.0), (10.1, 700.0, 1.0), (10.1, 900.0, 2.0)]
    quotes = Quotes([says(frame(quote(*one))) for one in rounds])

    async def check(polling: Polling) -> None:
        await eventually(lambda: len(polling.queue) == 3, "three ticks")
        assert [(tick["price"], tick["volume"]) for tick in polling.ticks()] == [
            (10.0, 0.0),
            (10.1, 200.0),
            (10.1, 200.0),
        ]
        assert polling.health.problems() == {}

    play(quotes, check, volume_is="day")
    assert quotes.asked[0].query["symbols"] == "T,M"
    assert quotes.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_stale_quote_looks_stale() -> None:
    """Asked a hundred times, a halted share answers a hundred times with the same trade: that is one tick."""
    quotes = Quotes([says(frame(quote(10.0, 500.0)))])
    before = counted("ticks_total", source="polling", outcome="unchanged")

    async def check(polling: Polling) -> None:
        await eventually(lambda: len(quotes.asked) > 20, "twenty questions")
        assert len(polling.ticks()) == 1

    play(quotes, check)
    assert counted("ticks_total", source="polling", outcome="unchanged") >= before + 19


def test_symbols_are_asked_for_in_batches_one_request_at_a_time() -> None:
    """A vendor counts parallel requests as abuse."""
    quotes = Quotes([says(frame())])

    async def check(_: Polling) -> None:
        await eventually(lambda: len(quotes.asked) >= 6, "three rounds")

    play(quotes, check, polling={"batch": 1, "interval_seconds": 0.001})
    assert [request.query["symbols"] for request in quotes.asked[:4]] == ["T", "M", "T", "M"]
    assert quotes.most_open == 1


def test_what_did_not_change_is_not_sent_again_by_a_vendor_that_knows_how() -> None:
    """ETag and Last-Modified come back as questions; 304 is an answer without a body."""
    stamp = formatdate(NOW - 10, usegmt=True)

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"a1"' and request.headers.get("If-Modified-Since") == stamp:
            return web.Response(status=304)
        return web.Response(text=frame(quote(10.0, 5.0)), headers={"ETag": '"a1"', "Last-Modified": stamp})

    quotes = Quotes([answer])

    async def check(polling: Polling) -> None:
        await eventually(lambda: len(quotes.asked) > 3, "some questions")
        assert len(polling.ticks()) == 1
        assert polling.health.problems() == {}

    play(quotes, check)
    assert "If-None-Match" not in quotes.asked[0].headers
    assert quotes.asked[2].headers["If-None-Match"] == '"a1"'


@pytest.mark.parametrize("status", [429, 503])
def test_a_vendor_that_says_when_to_come_back_is_believed(status: int) -> None:
    """Asking sooner gets accounts closed."""
    quotes = Quotes([says("slow down", status, Retry_After="0.5"), says(frame(quote(10.0, 5.0)))])

    async def check(polling: Polling) -> None:
        await eventually(lambda: len(polling.ticks()) == 1, "a tick after the rest")

    play(quotes, check)
    assert quotes.at[1] - quotes.at[0] >= 0.5


async def hang(_: web.Request) -> web.StreamResponse:
    """Take the request and say nothing until the other side gives up."""
    await asyncio.Event().wait()
    raise AssertionError


async def drip(request: web.Request) -> web.StreamResponse:
    """A byte now and then: no single read is slow."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.01)


async def tear(request: web.Request) -> web.StreamResponse:
    """Cut the line in the middle of the answer."""
    response = web.StreamResponse(headers={"Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"type"')
    assert request.transport is not None
    request.transport.abort()
    return response


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (says("down", 500), "it answers with status 500"),
        (says("who are you?", 403), "it answers with status 403: check the token in VENDOR_TOKEN"),
        (says("<html>maintenance</html>", Content_Type="text/html"), "its answer is not JSON"),
        (says(b"\xff\xfe\x00"), "its answer is not JSON"),
        (says(""), "its answer is not JSON"),
        (says("[" * 9_000), "its answer is not JSON"),
        (says(" " * 20_000), "its answer is larger than 10000 bytes"),
        (hang, "no answer in time"),
        (drip, "no answer in time"),
        (tear, "no connection: ClientPayloadError"),
        (says("", 302, Location="http://127.0.0.1:1/"), "it answers with status 302: redirects are not followed"),
    ],
    ids=["500", "403", "html", "bytes", "empty", "deep", "huge", "hangs", "drips", "torn", "redirect"],
)
def test_a_bad_answer_is_named_and_asked_for_again(answer: Answer, problem: str) -> None:
    """The source waits and goes on by itself; /readyz tells what it waits for."""
    quotes = Quotes([answer, answer, says(frame(quote(10.0, 5.0)))])
    before = counted("reconnects_total", source="polling")

    async def check(polling: Polling) -> None:
        await eventually(lambda: len(polling.ticks()) == 1, "a tick in the end")
        assert any(told.startswith(problem) for told in polling.problems), polling.problems
        await eventually(lambda: polling.health.problems() == {}, "health")

    play(quotes, check, polling={"timeout_seconds": 0.3, "batch": 2})
    assert counted("reconnects_total", source="polling") == before + 2


def test_a_batch_that_always_fails_does_not_starve_the_others() -> None:
    """One symbol that the vendor no longer knows must not end all prices."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.query["symbols"] == "T":
            return web.Response(status=400)
        return web.Response(text=frame(quote(10.0, 5.0, symbol="M")))

    async def check(polling: Polling) -> None:
        await eventually(lambda: len(polling.ticks()) == 1, "a tick of the other batch")

    play(Quotes([answer]), check, polling={"batch": 1})


def test_a_wrong_clock_is_measured_by_the_servers_time_and_not_by_old_trades() -> None:
    """A share that last traded an hour ago has no wrong clock."""
    ahead = formatdate(time.time() + 40, usegmt=True)
    quotes = Quotes([says(frame(quote(10.0, 5.0, -3_600.0)), Date=ahead)])

    async def check(polling: Polling) -> None:
        await eventually(lambda: len(polling.ticks()) == 1, "a tick")

    play(quotes, check)
    assert counted("clock_skew_seconds", source="polling") == pytest.approx(-40.0, abs=10.0)


def test_the_token_is_in_no_log_line_or_error(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """It stands in the address and in a header; neither is repeated, nor what a vendor says of it."""
    caplog.set_level(logging.DEBUG)
    quotes = Quotes(
        [says(TOKEN, 401), says(TOKEN), says("", 302, Location=f"http://{TOKEN}/"), tear, says(frame(quote(1.0, 1.0)))]
    )
    seen: list[str] = []

    async def check(polling: Polling) -> None:
        await eventually(lambda: len(polling.ticks()) == 1, "a tick in the end")
        seen.extend([*polling.problems, repr(polling.source)])

    with structlog.testing.capture_logs() as lines:
        play(quotes, check, query="&key={token}")
    assert quotes.asked[0].query["key"] == TOKEN
    assert len([line for line in lines if line["event"] == "asking again"]) == 4
    output = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.access")]
    assert TOKEN not in "".join([str(lines), *ours, *seen, output.out, output.err])
