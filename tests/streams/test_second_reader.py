"""The second reader over real HTTP: it helps when it can, and whatever happens the first reading stands, in time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import pytest
import structlog
from msgspec.structs import replace
from prometheus_client import REGISTRY, generate_latest

from config.settings import SecondReaderSettings, Secret, Settings, read_settings
from services.errors import Misconfigured
from services.news.article import Article
from services.signals.second_reading import Outcome
from services.signals.signal import Exposure, Reading, Role, Tone
from streams.prices.price_store import connect
from streams.second_reader.memory import SecondReaderMemory
from streams.second_reader.reader import FAILURES_TO_OPEN, REST_SECONDS, SecondReader, build_second_reader
from tests.streams.chat_endpoint import ANSWER, ChatEndpoint, completion

CANARY = "sk-CANARY-12345"
NO_REDIS = "redis://127.0.0.1:1/0"
WHEN = datetime(2023, 7, 13, tzinfo=UTC)
MEITUAN = Exposure(instrument="3690.HK", issuer="meituan", name="Meituan", role=Role.DIRECT, relevance=80)
FIRST = Reading(
    tone=Tone.UNCLEAR,
    score=0.1,
    confidence=0.4,
    regulators=("SAMR",),
    sectors=(),
    stage=None,
    exposures=(MEITUAN,),
    evidence=(),
)


class Hands:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> datetime:
        return WHEN + timedelta(seconds=self.seconds)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatEndpoint]:
    monkeypatch.setenv("no_proxy", "*")
    endpoint = ChatEndpoint()
    yield endpoint
    endpoint.stop()


def article(text: str = "It said that its probe has ended.") -> Article:
    return Article(
        article_id="art_1", source="s", url="", language="en", title="Regulator on Meituan", body=text,
        published_at=WHEN, received_at=WHEN,
    )  # fmt: skip


def settings_of(url: str, **changes: Any) -> SecondReaderSettings:
    settings = read_settings(
        {"SECOND_READER_URL": url, "SECOND_READER_MODEL": "a-model", "SECOND_READER_API_KEY": CANARY}
    ).second_reader
    assert settings is not None
    return replace(settings, **changes)


def reader_of(url: str, hands: Hands | None = None, redis_url: str = NO_REDIS, **changes: Any) -> SecondReader:
    hands = hands or Hands()
    return SecondReader(settings_of(url, **changes), SecondReaderMemory(redis_url, hands.wall), hands.monotonic)


def counted() -> dict[str, float]:
    name = "policy_signals_second_readings_total"
    return {outcome.value: REGISTRY.get_sample_value(name, {"outcome": outcome.value}) or 0.0 for outcome in Outcome}


def outcome_of(reader: SecondReader, told: Article | None = None, first: Reading = FIRST) -> tuple[str, Reading]:
    before = counted()
    reading = reader.reread(told or article(), first)
    rose = [outcome for outcome, count in counted().items() if count != before[outcome]]
    assert len(rose) <= 1
    return (rose[0] if rose else "not asked"), reading


def test_a_good_answer_decides_a_reading_that_was_unclear(endpoint: ChatEndpoint) -> None:
    """What it is there for; entities and the cap of confidence are ours."""
    outcome, reading = outcome_of(reader_of(endpoint.url))
    assert outcome == "answered"
    assert (reading.tone, reading.score, reading.confidence) == (Tone.SUPPORTIVE, 0.6, 0.8)
    assert reading.evidence[0].sentence == "It said that its probe has ended."
    assert (reading.regulators, reading.exposures) == (FIRST.regulators, FIRST.exposures)


def test_the_endpoint_is_asked_as_such_endpoints_want_it(endpoint: ChatEndpoint) -> None:
    """Path, key and body of a chat-completions call; the whole address may be given too."""
    for url in (endpoint.url, endpoint.url + "/", endpoint.url + "/chat/completions"):
        outcome_of(reader_of(url))
    assert {asked.path for asked in endpoint.asked} == {"/v1/chat/completions"}
    assert {asked.headers["Authorization"] for asked in endpoint.asked} == {f"Bearer {CANARY}"}
    assert endpoint.asked[0].body["model"] == "a-model"
    assert "[1] It said that its probe has ended." in endpoint.asked[0].body["messages"][1]["content"]


def test_an_endpoint_without_a_key_gets_none(endpoint: ChatEndpoint) -> None:
    """Models on one's own machine need none."""
    assert outcome_of(reader_of(endpoint.url, api_key=Secret("")))[0] == "answered"
    assert "Authorization" not in endpoint.asked[0].headers


def test_a_sure_reading_is_not_sent_anywhere(endpoint: ChatEndpoint) -> None:
    """Most articles never leave the house."""
    sure = replace(FIRST, tone=Tone.RESTRICTIVE, score=-0.7, confidence=0.9)
    assert outcome_of(reader_of(endpoint.url), first=sure) == ("not asked", sure)
    assert endpoint.asked == []


def test_a_firm_reading_that_is_contradicted_becomes_unclear(endpoint: ChatEndpoint) -> None:
    """And is counted by its own word, new or from the cache, so that people can look at how often it happens."""
    reader = reader_of(endpoint.url)
    firm = replace(FIRST, score=-0.5)
    for _ in range(2):
        outcome, reading = outcome_of(reader, first=firm)
        assert (outcome, reading.tone, reading.score) == ("disagreed", Tone.UNCLEAR, -0.5)
    assert len(endpoint.asked) == 1


def test_the_same_text_is_asked_about_once(endpoint: ChatEndpoint) -> None:
    """A reprint by another source costs nothing; another text, model or address is another question."""
    reader = reader_of(endpoint.url)
    first = outcome_of(reader)[1]
    assert outcome_of(reader, replace(article(), article_id="art_2", source="t")) == ("cached", first)
    assert len(endpoint.asked) == 1
    assert outcome_of(reader, article("Another text of the regulator."))[0] == "answered"
    assert len(endpoint.asked) == 2


def test_memory_keeps_only_the_last_answers() -> None:
    """Bounded: nothing grows for ever."""
    memory = SecondReaderMemory(NO_REDIS)
    for number in range(1_001):
        memory.keep(str(number), "x")
    assert memory.find("0") is None
    assert memory.find("1000") == "x"


@pytest.mark.parts
def test_answers_are_shared_through_redis_by_model_and_prompt(endpoint: ChatEndpoint, redis_url: str) -> None:
    """A restart, or a second consumer, does not pay again; another model is asked for itself."""
    told = article(f"Text number {time.monotonic_ns()} of the regulator.")
    assert outcome_of(reader_of(endpoint.url, redis_url=redis_url), told)[0] == "answered"
    assert outcome_of(reader_of(endpoint.url, redis_url=redis_url), told)[0] == "cached"
    assert len(endpoint.asked) == 1
    assert outcome_of(reader_of(endpoint.url, redis_url=redis_url, model="other"), told)[0] == "answered"
    client = connect(redis_url)
    keys = list(client.scan_iter("second_reader:*"))
    assert keys
    assert all(client.ttl(key) > 0 for key in keys)


@pytest.mark.parts
def test_an_answer_in_redis_that_is_none_is_asked_for_anew(endpoint: ChatEndpoint, redis_url: str) -> None:
    """Redis may be written by others: what is in it is checked like any answer."""
    told = article(f"Text number {time.monotonic_ns()} of the regulator.")
    outcome_of(reader_of(endpoint.url, redis_url=redis_url), told)
    client = connect(redis_url)
    for key in client.scan_iter("second_reader:answer:*"):
        client.set(key, b'{"tone": "supportive", "confidence": 5}')
    assert outcome_of(reader_of(endpoint.url, redis_url=redis_url), told)[0] == "answered"


@pytest.mark.parts
def test_the_purse_is_shared_through_redis(endpoint: ChatEndpoint, redis_url: str, hands: Hands) -> None:
    """Three consumers must not spend three times as much."""
    hands.seconds = 86_400.0 * 400
    for expected in ("answered", "answered", "over_budget"):
        reader = reader_of(endpoint.url, hands, redis_url, calls_per_hour=2)
        assert outcome_of(reader, article(f"Text number {time.monotonic_ns()}."))[0] == expected


def test_calls_per_hour_are_capped_and_come_back_with_the_next_hour(endpoint: ChatEndpoint, hands: Hands) -> None:
    """A flood of unclear articles costs what was allowed; cached answers go on being used."""
    reader = reader_of(endpoint.url, hands, calls_per_hour=2)
    texts = [article(f"Text number {number} of the regulator.") for number in range(4)]
    outcomes = [outcome_of(reader, text) for text in texts]
    assert [outcome for outcome, _ in outcomes] == ["answered", "answered", "over_budget", "over_budget"]
    assert outcomes[2][1] == FIRST
    assert len(endpoint.asked) == 2
    assert outcome_of(reader, texts[0])[0] == "cached"
    hands.seconds += 3_600
    assert outcome_of(reader, texts[2])[0] == "answered"


def test_tokens_per_day_are_capped_by_what_the_endpoint_says_it_used(endpoint: ChatEndpoint, hands: Hands) -> None:
    """The estimate before a call is set right after it; the day's end brings new tokens."""
    endpoint.says(completion(tokens=9_000))
    reader = reader_of(endpoint.url, hands, tokens_per_day=19_000)
    texts = [article(f"Text number {number} of the regulator.") for number in range(4)]
    outcomes = [outcome_of(reader, text)[0] for text in texts]
    assert outcomes == ["answered", "answered", "over_budget", "over_budget"]
    hands.seconds += 86_400
    assert outcome_of(reader, texts[3])[0] == "answered"


def test_what_second_readings_cost_is_counted(endpoint: ChatEndpoint) -> None:
    """The owner pays by the token: what the endpoint says, an estimate where it fails, nothing for what is remembered."""
    name = "policy_signals_second_reader_tokens_total"
    reader, before = reader_of(endpoint.url), REGISTRY.get_sample_value(name) or 0.0
    endpoint.says(completion(tokens=700))
    assert outcome_of(reader)[0] == "answered"
    assert outcome_of(reader)[0] == "cached"
    assert (REGISTRY.get_sample_value(name) or 0.0) - before == 700
    assert outcome_of(reader_of("http://127.0.0.1:1/v1"))[0] == "unavailable"
    assert (REGISTRY.get_sample_value(name) or 0.0) - before > 700


def test_what_is_refused_is_not_counted() -> None:
    """Many long articles beyond the day's tokens must not use up the calls of the hour."""
    memory = SecondReaderMemory(NO_REDIS)
    assert not any(memory.spend(100, 1, 50) for _ in range(20))
    assert memory.spend(50, 1, 50)
    assert not memory.spend(0, 1, 50)


def test_a_cap_of_nothing_asks_nobody(endpoint: ChatEndpoint) -> None:
    """A way to switch it off for a while."""
    assert outcome_of(reader_of(endpoint.url, calls_per_hour=0))[0] == "over_budget"
    assert outcome_of(reader_of(endpoint.url, tokens_per_day=0))[0] == "over_budget"
    assert endpoint.asked == []


@pytest.mark.parametrize("manner", ["hangs", "drips"])
def test_a_slow_endpoint_costs_the_timeout_and_no_more(endpoint: ChatEndpoint, manner: str) -> None:
    """Also when every single byte comes quickly: the whole call has one deadline."""
    getattr(endpoint, manner)()
    reader = reader_of(endpoint.url, timeout_seconds=0.5)
    began = time.monotonic()
    assert outcome_of(reader) == ("timeout", FIRST)
    assert time.monotonic() - began < 0.5 + 0.4


def test_a_name_server_that_hangs_costs_the_timeout_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """No timeout of a socket bounds the look-up of a name."""
    released = threading.Event()

    def look_up(*_: object, **__: object) -> NoReturn:
        released.wait(30)
        raise OSError("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    began = time.monotonic()
    assert outcome_of(reader_of("http://models.example/v1", redis_url="unix:///nowhere", timeout_seconds=0.5)) == (
        "timeout",
        FIRST,
    )
    assert time.monotonic() - began < 0.5 + 0.4
    released.set()


def test_an_endpoint_that_is_not_there_is_unavailable() -> None:
    """It is down, the article goes on."""
    assert outcome_of(reader_of("http://127.0.0.1:1/v1")) == ("unavailable", FIRST)


@pytest.mark.parametrize(("times", "outcome", "calls"), [(1, "answered", 2), (2, "unavailable", 2)])
def test_a_broken_connection_is_tried_once_more(endpoint: ChatEndpoint, times: int, outcome: str, calls: int) -> None:
    """One hiccup is worth a second try, two are an outage."""
    endpoint.hangs_up(times)
    assert outcome_of(reader_of(endpoint.url))[0] == outcome
    assert len(endpoint.asked) == calls


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(429, "unavailable"), (500, "unavailable"), (503, "unavailable"), (408, "unavailable"), (401, "refused"),
     (404, "refused"), (400, "refused"), (302, "refused"), (204, "refused")],
)  # fmt: skip
def test_a_status_other_than_200_is_asked_once(endpoint: ChatEndpoint, status: int, outcome: str) -> None:
    """No retry: what is overloaded is not asked twice, and what refuses will refuse again."""
    endpoint.says(b"" if status == 204 else completion(), status, {"Location": endpoint.url + "/elsewhere"})
    assert outcome_of(reader_of(endpoint.url)) == (outcome, FIRST)
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"busy, come back later", b"[" * 60_000, b"\xff\x00", completion("I would say supportive."),
     completion({**ANSWER, "confidence": 2}), completion({**ANSWER, "evidence": ["It was never said."]})],
)  # fmt: skip
def test_garbage_is_unreadable_and_is_not_kept(endpoint: ChatEndpoint, body: bytes) -> None:
    """The next time it is asked anew."""
    endpoint.says(body)
    reader = reader_of(endpoint.url)
    assert outcome_of(reader) == ("unreadable", FIRST)
    endpoint.says(completion())
    assert outcome_of(reader)[0] == "answered"


def test_a_huge_reply_is_not_read_to_its_end(endpoint: ChatEndpoint) -> None:
    """A gigabyte is announced; after 64 KiB the connection is closed, so the sender finds nobody listening."""
    sent = []

    def pour(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 30))
        handler.end_headers()
        try:
            for _ in range(1 << 14):
                handler.wfile.write(b" " * (1 << 16))
                sent.append(1)
        except OSError:
            sent.append(0)

    endpoint.behave = pour
    assert outcome_of(reader_of(endpoint.url)) == ("unreadable", FIRST)
    assert len(sent) < 1 << 14


def test_an_endpoint_that_keeps_failing_is_left_alone_for_a_while(endpoint: ChatEndpoint, hands: Hands) -> None:
    """Then one try decides: a failure opens the circuit again at once, a success closes it."""
    endpoint.says(b"", 500)
    reader = reader_of(endpoint.url, hands)
    outcomes = [outcome_of(reader)[0] for _ in range(FAILURES_TO_OPEN + 2)]
    assert outcomes == ["unavailable"] * FAILURES_TO_OPEN + ["circuit_open"] * 2
    assert len(endpoint.asked) == FAILURES_TO_OPEN
    hands.seconds += REST_SECONDS
    assert [outcome_of(reader)[0] for _ in range(2)] == ["unavailable", "circuit_open"]
    hands.seconds += REST_SECONDS
    endpoint.says(completion())
    assert outcome_of(reader)[0] == "answered"
    endpoint.says(b"", 500)
    assert outcome_of(reader, article("Another text of the regulator."))[0] == "unavailable"
    assert outcome_of(reader, article("Another text of the regulator."))[0] == "unavailable"


def test_an_endpoint_that_says_when_to_come_back_is_believed(endpoint: ChatEndpoint, hands: Hands) -> None:
    """Retry-After counts at once, and is bounded."""
    endpoint.says(b"", 429, {"Retry-After": "99999999"})
    reader = reader_of(endpoint.url, hands)
    assert [outcome_of(reader)[0] for _ in range(2)] == ["unavailable", "circuit_open"]
    hands.seconds += 600.0
    endpoint.says(completion())
    assert outcome_of(reader)[0] == "answered"


def test_a_mistake_of_ours_does_not_cost_the_article(endpoint: ChatEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reread never raises: an error here would set the article aside."""

    def broken(*_: object) -> object:
        raise RuntimeError("a mistake")

    reader = reader_of(endpoint.url)
    monkeypatch.setattr("streams.second_reader.reader.build_request", broken)
    assert outcome_of(reader) == ("unavailable", FIRST)


def test_the_key_is_in_no_log_line_metric_or_error(endpoint: ChatEndpoint) -> None:
    """Also when the endpoint repeats it in what it says, or when its file is spoilt while we run."""
    with structlog.testing.capture_logs() as lines:
        for status in (200, 401, 429, 500):
            endpoint.says(f"wrong key {CANARY}".encode(), status, {"WWW-Authenticate": CANARY, "Retry-After": CANARY})
            reader = reader_of(endpoint.url)
            for number in range(FAILURES_TO_OPEN):
                outcome_of(reader, article(f"Text number {number} of the regulator."))
        endpoint.behave = lambda handler: handler.wfile.write(f"{CANARY}\r\n".encode())
        reader = reader_of(endpoint.url)
        assert [outcome_of(reader)[0] for _ in range(FAILURES_TO_OPEN)] == ["unavailable"] * FAILURES_TO_OPEN
        for spoilt in (f"{CANARY}\r\nHost: elsewhere", f"{CANARY} two", f"{CANARY}é", f"{CANARY}\x00"):
            reader = reader_of(endpoint.url, api_key=Secret(spoilt))
            assert [outcome_of(reader)[0] for _ in range(FAILURES_TO_OPEN)] == ["refused"] * FAILURES_TO_OPEN
    shown = repr(lines)
    assert "is left alone" in shown
    assert CANARY not in shown
    assert CANARY not in generate_latest().decode()
    assert CANARY not in repr(vars(reader_of(endpoint.url)))
    assert CANARY not in repr(settings_of(endpoint.url))


def test_every_answered_article_says_who_had_a_part_in_it(endpoint: ChatEndpoint) -> None:
    """Model and prompt stand in the signal's reader."""
    assert reader_of(endpoint.url).version == "second-1-a-model"


def test_latency_is_measured_for_every_outcome(endpoint: ChatEndpoint) -> None:
    """The time that an article waited, whatever came of it."""
    name = "policy_signals_second_reading_seconds_count"
    before = REGISTRY.get_sample_value(name) or 0.0
    endpoint.says(b"", 500)
    outcome_of(reader_of(endpoint.url))
    assert REGISTRY.get_sample_value(name) == before + 1.0


def test_without_an_endpoint_nothing_is_built() -> None:
    """Off unless somebody asks for it; a Redis address that cannot be used is then nobody's business."""
    settings = read_settings({})
    assert settings.second_reader is None
    assert build_second_reader(settings) is None


def test_a_redis_address_that_cannot_be_used_is_said_at_the_start() -> None:
    """Without the password that may be in it."""
    settings = Settings(
        slack_bot_token=Secret(""), redis_url=f"redis://:{CANARY}@cache/0?socket_timeout=soon",
        second_reader=settings_of("http://127.0.0.1:1/v1"),
    )  # fmt: skip
    with pytest.raises(Misconfigured, match="REDIS_URL cannot be used") as caught:
        build_second_reader(settings)
    assert CANARY not in str(caught.value)


def test_an_absent_redis_is_left_alone_after_the_first_try(endpoint: ChatEndpoint) -> None:
    """A cache that hangs must not cost a quarter of a second for each of three steps and every article."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reader = reader_of(endpoint.url, redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        for number in range(5):
            assert outcome_of(reader, article(f"Text {number} of the regulator."))[0] == "answered"
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
