"""Fetching from strangers: only public addresses, bounded in time and size, polite. Each attack meets a real server."""

from __future__ import annotations

import asyncio
import resource
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Unreadable
from services.news.charset import decode_text
from services.news.poll_plan import GONE_SECONDS, PollResult, PollState, first_poll, host_gap, next_poll
from services.news.robots import read_robots
from services.news.web_address import check_url, is_public
from streams.feeds.feed_fetch import Fetched, Fetcher, FetchFailed
from streams.feeds.feed_guard import PublicResolver, open_guarded_session, system_lookup
from streams.feeds.host_turns import HostTurns
from streams.feeds.robots_store import RobotsStore
from tests.streams.hostile_server import (
    Answer,
    HostileServer,
    endless,
    gzip_bomb,
    opened_fetcher,
    packed,
    says,
    slow_loris,
)

PRIVATE = (
    *("127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0", "localhost", "[::1]", "[::]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "100.64.0.1", "10.0.0.1", "192.168.1.1"),
    *("[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "224.0.0.1", "0.0.0.0", "255.255.255.255"),
    *("\uff11\uff12\uff17.0.0.1", "127。0。0。1", "①②⑦.0.0.1"),
)  # fmt: skip


def fetch_from(answers: dict[str, Answer], path: str = "/", **rules: float) -> Fetched:
    """One fetch from a server with these answers."""
    return asyncio.run(_fetch_from(HostileServer(answers), path, **rules))


async def _fetch_from(server: HostileServer, path: str, **rules: float) -> Fetched:
    async with server.serving(), opened_fetcher(server.port, **rules) as fetcher:
        return await fetcher.fetch(server.url + path)


def failure_of(work: Awaitable[object] | Callable[[], object]) -> FetchFailed:
    """What a fetch fails with."""
    with pytest.raises(FetchFailed) as caught:
        work() if callable(work) else asyncio.run(work)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("host", PRIVATE)
def test_no_form_of_a_private_address_is_connected_to(host: str) -> None:
    """A feed's link must not reach this machine, its neighbours or the cloud's metadata: the canary hears nothing."""

    async def attack() -> None:
        server = HostileServer({"/": says("secret")})
        # The canary listens on a port that is allowed as such, and nothing private is allowed at it.
        async with server.serving(), open_guarded_session() as session:
            fetcher = Fetcher(session, HostTurns(0.0), _rules_of_the_web())
            for port in ("", f":{server.port}"):
                with pytest.raises(FetchFailed) as caught:
                    await fetcher.fetch(f"http://{host}{port}/")
                assert caught.value.reason in ("not_public", "bad_port", "bad_url", "no_name")
            assert server.asked == []

    asyncio.run(attack())


def _rules_of_the_web() -> Any:
    from streams.feeds.feed_fetch import FetchRules  # noqa: PLC0415

    return FetchRules(deadline_seconds=5.0)


@pytest.mark.parametrize("host", PRIVATE)
def test_a_redirect_to_a_private_address_is_refused(host: str) -> None:
    """Each hop is checked like the first address."""
    error = failure_of(lambda: fetch_from({"/": says("", 302, Location=f"http://{host}/latest/meta-data/")}))
    assert error.reason in ("not_public", "bad_url", "no_name", "no_connection")


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "gopher://127.0.0.1/", "http://user:pass@127.0.0.1/", "http://x.example:22/", "//["],
)
def test_a_redirect_to_anything_but_the_web_is_refused(target: str) -> None:
    """Only http and https, only their own ports, never with a login."""
    assert failure_of(lambda: fetch_from({"/": says("", 302, Location=target)})).reason in (
        *("bad_url", "bad_port", "with_login", "bad_redirect"),
    )


@pytest.mark.parametrize("name", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost"])
def test_the_resolver_itself_refuses_what_leads_here(name: str) -> None:
    """These are no literals to Python, and yet the system makes 127.0.0.1 of them; another client might let them by."""
    with pytest.raises(Unreadable) as caught:
        asyncio.run(PublicResolver(None, system_lookup).resolve(name, 80))
    assert caught.value.reason == "not_public"


def test_a_name_that_turns_private_after_the_check_is_not_connected_to() -> None:
    """DNS rebinding: the address that was checked is the address that is used, and it is looked up once."""
    answers = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"])
    asked: list[str] = []

    def flip_flop(host: str, port: int) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    async def attack() -> str:
        async with open_guarded_session(None, flip_flop) as session:
            resolver = session.connector._resolver  # type: ignore[union-attr]
            first = await resolver.resolve("evil.example", 80)
            assert [found["host"] for found in first] == ["93.184.216.34"]
            fetcher = Fetcher(session, HostTurns(0.0), _rules_of_the_web())
            with pytest.raises(FetchFailed) as caught:
                await fetcher.fetch("http://evil.example/")
            return caught.value.reason

    assert asyncio.run(attack()) == "not_public"
    assert asked == ["evil.example", "evil.example"]


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    """A client that tries one address after the other would come to it."""

    def mixed(_: str, port: int) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("93.184.216.34", "10.0.0.1")]

    async def attack() -> None:
        async with open_guarded_session(None, mixed) as session:
            await Fetcher(session, HostTurns(0.0), _rules_of_the_web()).fetch("http://mixed.example/")

    assert failure_of(attack()).reason == "not_public"


@given(st.ip_addresses(v=4))
def test_no_private_address_of_ipv4_passes_in_any_clothes(address: Any) -> None:
    """An IPv6 address that carries one is judged by what it carries."""
    for clothes in (f"64:ff9b::{address}", f"::ffff:{address}", f"::{address}"):
        assert not is_public(ip_address(clothes)) or address.is_global


@given(st.text(max_size=80))
def test_no_text_breaks_the_check_of_an_address(text: str) -> None:
    """What passes is http or https at a port of the web."""
    try:
        address = check_url(f"http://{text}")
    except Unreadable:
        return
    assert address.port in (80, 443)


def test_a_gzip_bomb_is_stopped_while_it_is_small() -> None:
    """194 KB become 200 MB: after 5 MB it is over, in a fraction of a second and without the memory."""
    bomb = gzip_bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    error = failure_of(lambda: fetch_from({"/": says(bomb, Content_Encoding="gzip")}))
    assert error.reason == "too_large"
    assert time.process_time() - started < 10.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_an_endless_body_is_cut_at_the_limit() -> None:
    """By bytes, long before the deadline."""
    started = time.perf_counter()
    assert failure_of(lambda: fetch_from({"/": endless})).reason == "too_large"
    assert time.perf_counter() - started < 30.0


def test_a_slow_loris_is_left_at_the_deadline() -> None:
    """A byte now and then keeps every idle timeout happy; the total deadline does not care."""
    started = time.perf_counter()
    assert failure_of(lambda: fetch_from({"/": slow_loris}, deadline_seconds=0.4)).reason == "timeout"
    assert time.perf_counter() - started < 30.0


@pytest.mark.parametrize(
    ("body", "headers"),
    [(packed("feed"), {"Content_Encoding": "gzip"}), (b"feed", {}), (b"feed", {"Content_Encoding": "identity"})],
)
def test_what_is_honest_arrives_whole(body: bytes, headers: dict[str, str]) -> None:
    """Packed or not."""
    assert fetch_from({"/": says(body, **headers)}).data == b"feed"


@pytest.mark.parametrize("body", [b"not gzip", b"\x1f\x8b\x08\x00broken"])
def test_broken_packing_is_said(body: bytes) -> None:
    """Not an empty feed: a failure with a word."""
    error = failure_of(lambda: fetch_from({"/": says(body, Content_Encoding="gzip")}))
    assert error.reason == "bad_encoding"


def test_redirects_end_after_three() -> None:
    """A loop costs four requests."""
    server = HostileServer({"/": says("", 302, Location="/")})
    assert failure_of(_fetch_from(server, "/")).reason == "too_many_redirects"
    assert len(server.asked) == 4


def test_an_unchanged_feed_costs_no_body() -> None:
    """What the server gave as validators goes back to it, and 304 is an answer."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(body=b"feed", headers={"ETag": '"1"', "Last-Modified": "Thu, 13 Jul 2023 06:00:00 GMT"})

    async def twice() -> tuple[Fetched, Fetched]:
        server = HostileServer({"/": answer})
        async with server.serving(), opened_fetcher(server.port) as fetcher:
            first = await fetcher.fetch(server.url)
            return first, await fetcher.fetch(server.url, first.validators)

    first, second = asyncio.run(twice())
    assert first.validators == {"If-None-Match": '"1"', "If-Modified-Since": "Thu, 13 Jul 2023 06:00:00 GMT"}
    assert (second.status, second.data, second.validators) == (304, b"", first.validators)


@pytest.mark.parametrize(
    ("status", "headers", "reason", "asked"),
    [
        (429, {"Retry_After": "120"}, "rate_limited", 120.0),
        (503, {"Retry_After": "7"}, "server_error", 7.0),
        (500, {}, "server_error", 0.0),
        (404, {}, "refused", 0.0),
        (410, {}, "gone", 0.0),
        (503, {"Retry_After": "never"}, "server_error", 0.0),
    ],
)
def test_each_refusal_has_its_word_and_the_time_the_server_asked_for(
    status: int, headers: dict[str, str], reason: str, asked: float
) -> None:
    """Retry-After is heeded; the words are the metric labels."""
    error = failure_of(lambda: fetch_from({"/": says("no", status, **headers)}))
    assert (error.reason, error.retry_after) == (reason, asked)


def test_a_server_that_is_not_there_is_a_failure_with_a_word() -> None:
    """Nothing listens at the port that was just given back."""

    async def ask() -> None:
        server = HostileServer({})
        async with server.serving():
            port = server.port
        async with opened_fetcher(port) as fetcher:
            await fetcher.fetch(f"http://127.0.0.1:{port}/")

    assert failure_of(ask()).reason == "no_connection"


def test_a_host_is_asked_one_at_a_time() -> None:
    """Twenty feeds of one host are not twenty connections."""

    async def ask() -> int:
        server = HostileServer({"/": says("feed")})
        async with server.serving(), opened_fetcher(server.port) as fetcher:
            await asyncio.gather(*(fetcher.fetch(server.url) for _ in range(20)))
        assert len(server.asked) == 20
        return server.most_open

    assert asyncio.run(ask()) == 1


@pytest.mark.parametrize(
    ("data", "header", "language", "expected"),
    [
        ("市场监管总局".encode("gb18030"), "gb2312", "zh", "市场监管总局"),
        ("市场监管总局".encode("gb18030"), "", "zh", "市场监管总局"),
        ("市场监管总局".encode(), "iso-8859-1", "zh", "市场监管总局"),
        ("證監會譴責".encode("big5hkscs"), "big5", "zh", "證監會譴責"),
        ('<?xml version="1.0" encoding="GB2312"?>罚款'.encode("gb18030"), "", "en", "罚款"),
        ('<meta charset="big5">罰款'.encode("big5hkscs"), "utf-8", "zh", '<meta charset="big5">罰款'),
        ("罚款".encode("utf-8-sig"), "gb2312", "zh", "罚款"),
        ("<a>罚款".encode("utf-16"), "", "zh", "<a>罚款"),
        ("<!ENTITY x>".encode("utf-16-le"), "", "en", "<!ENTITY x>"),
        (b"caf\xe9", "", "en", "café"),
        ("罚款".encode()[:-1], "utf-8", "en", "罚\ufffd"),
    ],
)
def test_text_is_read_in_the_encoding_that_it_is_in(data: bytes, header: str, language: str, expected: str) -> None:
    """Headers lie, pages say gb2312 and hold gbk, and some say nothing."""
    assert decode_text(data, header, language) == expected


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_break_the_decoder(data: bytes, header: str) -> None:
    """And no null character is left that could make a parser guess anew."""
    assert "\x00" not in decode_text(data, header, "zh")


ROBOTS = """
User-agent: *
Disallow: /
Allow: /public/

User-agent: policy-signals
User-agent: other
Disallow: /private
Allow: /private/open$
Disallow: /*.pdf$
Crawl-delay: 7
"""


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [("/", True), ("/private/x", False), ("/private/open", True), ("/private/open/x", False), ("/a.pdf", False), ("/a.pdf?x", True), ("/%70rivate", False)],
)  # fmt: skip
def test_robots_are_read_as_the_standard_says(path: str, is_allowed: bool) -> None:
    """Our own group, the longest rule, wildcards and ends."""
    rules = read_robots(ROBOTS, "policy-signals/1.0")
    assert rules.allows(f"https://x.example{path}") is is_allowed
    assert host_gap(rules.crawl_delay_seconds) == 7.0


@given(st.text(alphabet="userAgent:*disalow/\n#$ 0.", max_size=300), st.text(alphabet="/a*$%2F?", max_size=30))
def test_no_robots_file_breaks_the_reader(text: str, path: str) -> None:
    """Whatever stands there, it is an answer."""
    assert read_robots(text, "policy-signals").allows(f"https://x.example/{path}") in (True, False)


@pytest.mark.parametrize(
    ("answer", "is_allowed"),
    [
        (says("User-agent: *\nDisallow: /page"), False),
        (says("User-agent: *\nDisallow: /other"), True),
        (says("", 404), True),
        (says("", 403), True),
        (says("", 500), False),
        (endless, False),
    ],
)
def test_a_page_is_fetched_only_where_robots_allow_it(answer: Answer, is_allowed: bool) -> None:
    """No such file allows all; one that cannot be had for now allows nothing. Asked once for many pages."""

    async def ask() -> bool:
        server = HostileServer({"/robots.txt": answer})
        async with server.serving(), opened_fetcher(server.port) as fetcher:
            robots = RobotsStore(fetcher)
            try:
                await robots.require(f"{server.url}/page")
                allowed = True
            except FetchFailed as error:
                assert error.reason in ("robots", "server_error", "too_large")
                allowed = False
            with suppress(FetchFailed):
                await robots.require(f"{server.url}/page/2")
        assert server.paths() == ["/robots.txt"]
        return allowed

    assert asyncio.run(ask()) is is_allowed


@given(st.floats(0, 1), st.floats(15, 86_400), st.integers(0, 50), st.floats(0, 1e9))
def test_a_poll_never_comes_early_and_never_stays_away_for_good(
    chance: float, interval: float, failures: int, asked: float
) -> None:
    """Whatever was drawn and asked for: between nine tenths of the interval and a day plus an hour."""
    state = PollState(due_at=0.0, failures=failures)
    for result in PollResult:
        after = next_poll(state, 100.0, interval, result, asked_seconds=asked, chance=chance)
        wait = after.due_at - 100.0
        assert 0.9 * interval - 1e-6 <= wait <= max(GONE_SECONDS, 1.1 * interval) + 1e-6
        assert wait >= min(asked, 86_400.0) - 1e-6
        assert after.failures == (failures + 1 if result in (PollResult.FAILED, PollResult.GONE) else 0)


def test_failures_double_the_wait_and_one_answer_ends_that() -> None:
    """A feed that is down for a night is asked once an hour, and at its own pace again in the morning."""
    state = first_poll(0.0, 60.0, 0.5)
    assert state.due_at == 15.0
    waits = []
    for _ in range(8):
        now = state.due_at
        state = next_poll(state, now, 60.0, PollResult.FAILED, asked_seconds=0.0, chance=1.0)
        waits.append(state.due_at - now)
    assert waits == [120, 240, 480, 960, 1920, 3600, 3600, 3600]
    back = next_poll(state, 0.0, 60.0, PollResult.UNCHANGED, asked_seconds=0.0, chance=0.5)
    assert (back.due_at, back.failures) == (60.0, 0)
