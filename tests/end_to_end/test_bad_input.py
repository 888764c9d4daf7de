"""What sources really send: broken, huge, hostile. It is set aside with its reason, and the line goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from services.market.bars.bar_frame import BarFrame
from streams import codec
from streams.topics import MARKET_BARS, MARKET_TICKS, NEWS_ARTICLES, Topic
from tests.end_to_end.line import Line, line_in
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts

LARGEST = 6_000_000
NOW = datetime.now(UTC)
ARTICLE = {
    "source": "Harbour Wire",
    "url": "https://harbour-wire.example/fine",
    "title": "China's market regulator fines Tencent 400 million yuan for abusing its dominance",
    "body": "The State Administration for Market Regulation said on Monday that it has fined Tencent.",
    "published_at": NOW.isoformat(),
}
NAIVE = NOW.replace(tzinfo=None).isoformat()
TOMORROW = (NOW + timedelta(days=1)).isoformat()


def article(**changes: Any) -> bytes:
    """The good article with some fields changed, or left out where None."""
    return json.dumps({name: value for name, value in {**ARTICLE, **changes}.items() if value is not None}).encode()


BAD_ARTICLES = [
    (b"", "empty"),
    (b"{broken", "not_json"),
    (b"\xff\xfe\x00\x01", "not_json"),
    (b'{"title": NaN}', "not_json"),
    (b'{"more": ' + b"[" * 100_000, "too_deep"),
    (article(title=None), "missing_field"),
    (article(published_at=None), "missing_field"),
    (article(title=7), "wrong_type"),
    (article(title="", body=""), "no_text"),
    (article(url="javascript:alert(1)"), "bad_url"),
    (article(published_at=NAIVE), "naive_time"),
    (article(published_at=TOMORROW), "future_time"),
    (article(schema_version=2), "newer_schema"),
    (article(body="x" * 5_000_000), "too_large"),
]
TICK = {"instrument": "0700.HK", "price": 340.0, "volume": 100.0, "traded_at": NOW.isoformat()}
BAD_TICK_RECORDS = [
    (b"{broken", "not_json"),
    (b'{"instrument": "0700.HK", "price": NaN, "volume": 1, "traded_at": 1}', "not_json"),
    (b"[" * 100_000, "too_deep"),
    (b"7", "wrong_type"),
    (b'{"instrument": ["0700.HK"], "price": [1.0]}', "missing_field"),
]
BAD_TICKS = [
    {**TICK, "price": -1.0},
    {**TICK, "price": 0},
    {**TICK, "price": 1e300},
    {**TICK, "price": "341.0"},
    {**TICK, "price": True},
    {**TICK, "price": 3400.0},
    {**TICK, "volume": -5},
    {**TICK, "instrument": "NOBODY.HK"},
    {**TICK, "traded_at": NAIVE},
    {**TICK, "traded_at": TOMORROW},
    {"instrument": "0700.HK"},
]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line on a broker that lets large records in, as some do."""
    with line_in(tmp_path_factory.mktemp("bad-input")) as line:
        line.bring_up()
        admin = KafkaAdminClient(bootstrap_servers=line.settings.kafka_bootstrap)
        admin.alter_configs(
            [
                ConfigResource(ConfigResourceType.TOPIC, topic.name, configs={"max.message.bytes": str(LARGEST)})
                for topic in (NEWS_ARTICLES, MARKET_TICKS)
            ],
            raise_on_unknown=False,  # the embedded broker knows no such limit and takes every size
        )
        admin.close()
        yield line


def test_bad_articles_are_set_aside_with_their_reason_and_a_good_one_still_alerts(line: Line) -> None:
    """Fourteen ways to be unreadable, then an article: its alert is on Slack, and each bad one has its dead letter."""
    produce(line, NEWS_ARTICLES, [value for value, _ in BAD_ARTICLES] + [article()])
    wait_until(lambda: len(line.root_messages()) == 1, "the good article on Slack", 30)
    letters = line.records(NEWS_ARTICLES.dead_letters)
    assert [letter.headers["reason"].decode() for letter in letters] == [reason for _, reason in BAD_ARTICLES]
    for offset, (letter, (value, _)) in enumerate(zip(letters, BAD_ARTICLES, strict=True)):
        assert letter.headers["origin"] == f"{NEWS_ARTICLES.name}/0/{offset}".encode()
        assert letter.headers["size"] == str(len(value)).encode()
        assert value.startswith(letter.value or b"")
        assert len(letter.value or b"") == min(len(value), 1_024)


def test_bad_ticks_never_reach_a_bar_and_good_ones_do(line: Line) -> None:
    """Records that cannot be read have a dead letter; single bad ticks are left out, and their neighbours count."""
    good = [{**TICK, "traded_at": (NOW + timedelta(seconds=n)).isoformat(), "price": 340.0 + n / 5} for n in range(3)]
    rows = [good[0], *BAD_TICKS, good[1], *BAD_TICKS, good[2]]
    produce(line, MARKET_TICKS, [value for value, _ in BAD_TICK_RECORDS])
    produce(line, MARKET_TICKS, [json.dumps(rows).encode()])
    wait_until(lambda: len(bars_of(line)) == len(good), "three bars", 30)
    assert bars_of(line) == [(340.0, 1), (340.2, 1), (340.4, 1)]
    letters = line.records(MARKET_TICKS.dead_letters)
    assert sorted(letter.headers["reason"].decode() for letter in letters) == sorted(
        reason for _, reason in BAD_TICK_RECORDS
    )
    wait_until(lambda: set(line.statuses("readyz").values()) == {200}, "every process ready", 10)


def produce(line: Line, topic: Topic, values: list[bytes]) -> None:
    """As a source that knows no limit would; all to the first partition, one by one and in this order."""
    producer = KafkaProducer(bootstrap_servers=line.settings.kafka_bootstrap, max_request_size=LARGEST)
    for value in values:
        producer.send(topic.name, value=value, partition=0).get(timeout=20)
    producer.close()


def bars_of(line: Line) -> list[tuple[float, int]]:
    """Close and number of ticks of every bar there is."""
    frames = [codec.decode(BarFrame, record.value) for record in line.records(MARKET_BARS.name)]
    return [(bar.close, bar.ticks) for frame in frames for bar in frame.bars]
