"""Ticks onto a real broker: acknowledged, in the partition of their instrument, readable again."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kafka import KafkaProducer
from typer.testing import CliRunner

from config.settings import Settings
from services.errors import Misconfigured, Unavailable
from services.market.ticks.tick import Tick
from streams.broker.kafka import Record, read_whole
from streams.broker.topic_setup import create_topics
from streams.cli.commands import app
from streams.clock import wall_clock
from streams.local.embedded import EmbeddedBroker
from streams.ticks import tick_producer
from streams.ticks.tick_arrow import read_arrow
from streams.ticks.tick_formats import FORMAT_HEADER, TickFormat
from streams.ticks.tick_intake import is_table, read_record, rows_of
from streams.ticks.tick_producer import Receipt, TickProducer
from streams.topics import MARKET_TICKS
from tests.conftest import make_settings

pytestmark = pytest.mark.parts
AT = datetime(2023, 7, 13, 6, 0, tzinfo=UTC)


def ticks_of(names: list[str], count: int) -> list[Tick]:
    return [
        Tick(
            instrument=names[number % len(names)],
            price=100.0 + number,
            volume=10.0,
            traded_at=AT + timedelta(milliseconds=number),
            sequence=number,
            conditions=("odd_lot",) if number % 7 == 0 else (),
            currency="HKD" if number % 2 else None,
        )
        for number in range(count)
    ]


def sequences_in(record: Record, names: set[str]) -> list[tuple[str, int]]:
    """(instrument, sequence) of the ticks of a record that are ours."""
    if record.headers.get(FORMAT_HEADER) == TickFormat.ARROW.value.encode():
        columns = read_arrow(record.value, names.__contains__)
        mine = [columns.tick(index) for index in range(len(columns)) if columns.code[index] >= 0]
        return [(tick.instrument, tick.sequence or 0) for tick in mine]
    value = read_record(record.value)
    rows = rows_of(value) if is_table(value) else [value]
    return [(row["instrument"], row["sequence"]) for row in rows if row["instrument"] in names]


def found(settings: Settings, names: list[str]) -> dict[str, list[tuple[int, int]]]:
    """(partition, sequence) of every tick of these instruments, as they lie on the topic."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for record in read_whole(settings, MARKET_TICKS.name):
        for name, sequence in sequences_in(record, set(names)):
            places[name].append((record.partition, sequence))
    return places


@pytest.mark.parametrize("form", list(TickFormat))
def test_every_tick_arrives_in_order_in_the_partition_of_its_instrument(
    shared_settings: Settings, unique: Callable[[str], str], form: TickFormat
) -> None:
    """Over two partitions the bars of an instrument would know half of its ticks each."""
    names = [unique("TICK") for _ in range(5)]
    ticks = ticks_of(names, 230)
    with TickProducer(shared_settings, frame_ticks=40) as producer:
        records = producer.send(ticks[:200], form)
        producer.send(ticks[200:], form)
        receipt = producer.flush()
        partitions = {name: producer.partition_of(name) for name in names}
    assert receipt.ticks == 230
    assert receipt.records >= records > 0
    for name, places in found(shared_settings, names).items():
        assert places == [(partitions[name], tick.sequence) for tick in ticks if tick.instrument == name]


def test_partitions_are_those_of_any_other_client(shared_settings: Settings, unique: Callable[[str], str]) -> None:
    """A feed handler in another language sends with the name as key and the default partitioner."""
    names = ["0700.HK", "BRK.B", "^FTSE", "腾讯", *(unique("K") for _ in range(20))]
    other = KafkaProducer(bootstrap_servers=shared_settings.kafka_bootstrap.split(","))
    empty = b'{"instrument": [], "price": [], "volume": [], "traded_at": []}'
    receipts = {name: other.send(MARKET_TICKS.name, key=name.encode(), value=empty) for name in names}
    chosen = {name: receipt.get(timeout=20).partition for name, receipt in receipts.items()}
    other.close()
    with TickProducer(shared_settings) as producer:
        assert {name: producer.partition_of(name) for name in names} == chosen


def test_a_frame_too_large_for_a_broker_becomes_several(
    shared_settings: Settings, unique: Callable[[str], str]
) -> None:
    """Brokers refuse records over a mebibyte."""
    name = unique("LARGE")
    with TickProducer(shared_settings.kafka_bootstrap, frame_ticks=50_000) as producer:
        records = producer.send(ticks_of([name], 40_000), TickFormat.JSON_COLUMNS)
        assert producer.flush() == Receipt(records=records, ticks=40_000)
    assert records > 1
    assert [sequence for _, sequence in found(shared_settings, [name])[name]] == list(range(40_000))


def test_nothing_to_send_is_no_record(shared_settings: Settings) -> None:
    """A feed that is quiet."""
    with TickProducer(shared_settings) as producer:
        assert producer.send([]) == 0
        assert producer.flush() == Receipt(records=0, ticks=0)


def test_a_broker_that_goes_away_is_said_at_the_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """A feed handler must know what to send again; the next flush is clean."""
    monkeypatch.setattr(tick_producer, "SEND_SECONDS", 0.5)
    broker = EmbeddedBroker()
    broker.start()
    try:
        settings = make_settings(broker.bootstrap)
        create_topics(settings)
        producer = TickProducer(settings)
    finally:
        broker.stop()
    producer.send(ticks_of(["0700.HK"], 10))
    with pytest.raises(Unavailable, match="1 records of ticks were not taken"):
        producer.flush()
    producer.close()
    assert producer.flush() == Receipt(records=0, ticks=0)


def test_a_broker_that_is_not_there_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at the first flush."""
    monkeypatch.setattr(tick_producer, "ANSWER_SECONDS", 0.2)
    with pytest.raises(Unavailable, match="kafka is unavailable"):
        TickProducer("127.0.0.1:1")


def test_a_frame_without_room_is_refused() -> None:
    """Before anything is connected."""
    with pytest.raises(Misconfigured, match="frame_ticks is 0"):
        TickProducer("127.0.0.1:1", frame_ticks=0)


def ticks_file(path: Path, start: datetime, *rows: tuple[str, float, int]) -> Path:
    """Rows of (instrument, seconds after the start, sequence)."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["instrument", "price", "volume", "traded_at", "sequence"])
        for name, seconds, sequence in rows:
            writer.writerow([name, 340.0, 100, (start + timedelta(seconds=seconds)).isoformat(), sequence])
    return path


def send(settings: Settings, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        app, ["ticks", "send", *options], env={"KAFKA_BOOTSTRAP": settings.kafka_bootstrap, "SLACK_BOT_TOKEN": ""}
    )
    return result.exit_code, result.output


def own_records(settings: Settings, sequences: set[int]) -> list[Record]:
    """The records of the topic that hold ticks of 0700.HK with these sequences."""
    return [
        record
        for record in read_whole(settings, MARKET_TICKS.name)
        if {sequence for _, sequence in sequences_in(record, {"0700.HK"})} & sequences
    ]


@pytest.mark.parametrize("form", ["arrow", "json-columns", "json"])
def test_a_file_goes_onto_the_topic_with_its_own_times(shared_settings: Settings, tmp_path: Path, form: str) -> None:
    """By default at once, and untouched; the rows that are no ticks are said."""
    first = 10**12 + len(form) * 1000
    rows = [("0700.HK", number / 10, first + number) for number in range(30)]
    path = ticks_file(tmp_path / "ticks.csv", AT, *rows, ("NOPE", 1, 1))
    code, said = send(shared_settings, str(path), "--format", form, "--frame", "10")
    assert code == 0, said
    assert "ticks.csv: 30 ticks sent" in said
    assert "1 rows refused" in said
    assert "unknown_instrument" in said
    assert "line 32" in said
    records = own_records(shared_settings, {first + number for number in range(30)})
    assert len(records) == {"json": 30}.get(form, 3)
    assert all(record.clock_offset_ms == 0 for record in records)


def test_a_replayed_file_keeps_its_rhythm_and_says_how_far_its_clock_is_off(
    shared_settings: Settings, tmp_path: Path
) -> None:
    """As a replayed day does: the line then judges lateness by the file's own time."""
    first = 2 * 10**12
    path = ticks_file(tmp_path / "day.csv", AT, *(("0700.HK", number * 2, first + number) for number in range(4)))
    started = wall_clock()
    code, said = send(shared_settings, str(path), "--speed", "10")
    assert code == 0, said
    assert (wall_clock() - started).total_seconds() >= 0.6
    records = own_records(shared_settings, {first + number for number in range(4)})
    assert len(records) == 4
    for number, record in enumerate(records):
        sent_at_ms = (AT + timedelta(seconds=number * 2)).timestamp() * 1000 - record.clock_offset_ms
        assert started.timestamp() * 1000 + number * 200 - 1 <= sent_at_ms <= wall_clock().timestamp() * 1000


def test_now_moves_each_trade_to_the_moment_of_sending(shared_settings: Settings, tmp_path: Path) -> None:
    """To try the live line with yesterday's file."""
    first = 3 * 10**12
    path = ticks_file(tmp_path / "day.csv", AT, *(("0700.HK", number, first + number) for number in range(3)))
    started = wall_clock()
    code, said = send(shared_settings, str(path), "--speed", "10", "--now", "--format", "json")
    assert code == 0, said
    records = own_records(shared_settings, {first + number for number in range(3)})
    times = [json.loads(record.value or b"{}")["traded_at"] / 1e6 for record in records]
    assert all(record.clock_offset_ms == 0 for record in records)
    assert started.timestamp() <= times[0] <= wall_clock().timestamp()
    assert [round(at - times[0], 3) for at in times] == [0.0, 0.1, 0.2]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--now"], "--now moves each trade"),
        (["--speed", "1", "--at-once"], "not both"),
        (["--speed", "0"], "--speed is 0"),
        (["--speed", "nan"], "--speed is nan"),
        (["--format", "avro"], "expected one of arrow, json-columns, json"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    shared_settings: Settings, tmp_path: Path, options: list[str], sentence: str
) -> None:
    """Before anything is sent."""
    path = ticks_file(tmp_path / "ticks.csv", AT, ("0700.HK", 0, 1))
    code, said = send(shared_settings, str(path), *options)
    assert code == 2
    assert sentence in said


def test_a_broker_that_is_away_is_an_exit_code_of_its_own(tmp_path: Path) -> None:
    """3: something outside is unavailable."""
    path = ticks_file(tmp_path / "ticks.csv", AT, ("0700.HK", 0, 1))
    code, said = send(make_settings("127.0.0.1:1"), str(path))
    assert code == 3
    assert "nothing listens on 127.0.0.1:1" in said
