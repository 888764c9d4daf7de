"""The Faust app around a Correlator: agents that never raise, state rebuilt on every assignment.

Faust acknowledges a message whose agent raised, so every agent body handles all its errors itself. An app whose
broker went away may hang (faust-streaming issue 523), so the process then starts itself anew: a second, and sure.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import faust
from aiokafka.errors import KafkaError
from faust.exceptions import FaustError

from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from config.routing import load_desk_policy
from config.settings import Settings
from services.alerts.correlation import Correlation
from services.alerts.measuring import Measuring
from services.errors import Unavailable, Unreadable
from streams import metrics
from streams.broker.backlog import Backlog
from streams.broker.dead_letters import dead_letter
from streams.broker.faust_transport import QuickTransport
from streams.broker.kafka import Outbox, Record, kafka_answers, offset_headers
from streams.clock import wall_clock
from streams.correlator import PROCESS, Correlator
from streams.logs import log
from streams.prices.price_book import RedisPriceBook
from streams.topics import MARKET_BARS, POLICY_ACTIONS, POLICY_ALERTS, POLICY_SIGNALS, POLICY_SILENCES
from streams.tracing.trace_sender import LAST_WORDS_SECONDS, TraceSender
from streams.watching.health import Health, Surroundings

PROBE_EVERY_SECONDS = 1.0
STOP_WITHIN_SECONDS = 10.0


class CorrelatorApp:
    """The Faust app around a Correlator: agents that never raise, state rebuilt on every assignment."""

    def __init__(self, settings: Settings, health: Health) -> None:
        self._health = health
        self._ready = asyncio.Event()
        self._backlog = Backlog()
        self._next: dict[tuple[str, int], int] = {}
        self.app = _create_app(settings)
        self._topics = {
            topic.name: self.app.topic(topic.name, key_serializer="raw", value_serializer="raw")
            for topic in (POLICY_SIGNALS, MARKET_BARS, POLICY_ALERTS, POLICY_SILENCES)
        }
        self._topics[POLICY_ACTIONS.name] = self.app.topic(
            POLICY_ACTIONS.name, key_serializer="raw", value_serializer="raw"
        )
        for topic in (POLICY_SIGNALS, MARKET_BARS, POLICY_ACTIONS):
            self._topics[topic.dead_letters] = self.app.topic(
                topic.dead_letters, key_serializer="raw", value_serializer="raw"
            )
        self._prices = RedisPriceBook(settings.redis_url, health)
        self.traces = TraceSender(Outbox(settings))
        self._correlator = Correlator(settings, _create_correlation(self._prices), self._send, self.traces)
        self._add_agent(POLICY_SIGNALS.name, self._correlator.on_signal)
        self._add_agent(MARKET_BARS.name, self._correlator.on_bars)
        self._add_agent(POLICY_ACTIONS.name, self._correlator.on_action)
        self.app.on_partitions_assigned.connect(self._on_assigned, weak=False)

    def _add_agent(self, topic: str, handle: Callable[[Record], Awaitable[None]]) -> None:
        async def agent(stream: Any) -> None:
            async for event in stream.events():
                await self._handle(handle, _as_record(event.message))

        self.app.agent(self._topics[topic], name=f"{PROCESS}.{topic}")(agent)

    async def _handle(self, handle: Callable[[Record], Awaitable[None]], record: Record) -> None:
        """Until it is done: an event may only be acknowledged when what it caused is acknowledged."""
        self._backlog.fetched([record])
        while True:
            await self._ready.wait()
            try:
                await handle(record)
            except Unreadable as error:
                await self._set_aside(record, error)
            except Unavailable as error:
                self._health.fails(error.what, str(error))
                metrics.RETRIES.labels(what=error.what).inc()
                await asyncio.sleep(error.retry_after)
                if error.what == "kafka":
                    await self._rebuild()
                continue
            except Exception as error:  # noqa: BLE001 - Faust would acknowledge and lose the event
                log.exception("could not be handled", topic=record.topic, offset=record.offset)
                await self._set_aside(record, Unreadable("internal_error", type(error).__name__))
            metrics.LAST_PROGRESS.set(wall_clock().timestamp())
            self._backlog.done(record)
            self._next[record.topic, record.partition] = record.offset + 1
            return

    async def _set_aside(self, record: Record, error: Unreadable) -> None:
        topic, value, headers = dead_letter(record, error)
        await (await self._topics[topic].send(value=value, headers=headers))
        metrics.DEAD_LETTERS.labels(topic=record.topic, reason=error.reason).inc()
        log.warning("set aside", topic=record.topic, offset=record.offset, reason=error.reason)

    async def _send(self, topic: str, key: str, value: bytes, cause: Record) -> None:
        headers = offset_headers(cause.clock_offset_ms)
        try:
            await (await self._topics[topic].send(key=key.encode(), value=value, headers=headers))
        except (KafkaError, FaustError) as error:
            raise Unavailable("kafka", f"{type(error).__name__}: {error}") from error

    async def look_at_redis(self) -> None:
        """For ``/readyz``: an idle correlator asks Redis for nothing."""
        try:
            await asyncio.to_thread(self._prices.ping)
        except Unavailable as error:
            self._health.fails(error.what, str(error))

    async def look_at_clock(self) -> None:
        """Once a second: is a live horizon overdue because the tape fell silent?"""
        if self._ready.is_set():
            try:
                await self._correlator.on_time(wall_clock())
            except Unavailable as error:
                self._health.fails(error.what, str(error))

    async def look_at_backlog(self) -> None:
        """For the metrics, from the loop that the agents run in: it stands still when they do."""
        self._backlog.beat()
        if not self._ready.is_set() or not self._backlog.is_due():
            return
        consumer = self.app.consumer
        for place in consumer.assignment():
            end, next_offset = consumer.highwater(place), self._next.get((place.topic, place.partition))
            if next_offset is None:
                next_offset = await consumer.position(place)
            left = 0 if end is None or next_offset is None else max(0, end - next_offset)
            self._backlog.show(place.topic, {place.partition: left})

    async def _on_assigned(self, *_: object, **__: object) -> None:
        await self._rebuild()

    async def _rebuild(self) -> None:
        self._ready.clear()
        self._next.clear()
        self._backlog.forget_all()
        while not self._ready.is_set():
            try:
                await asyncio.to_thread(self._correlator.rebuild)
                await self._correlator.answer_what_was_left()
                self._health.answers("kafka")
                self._ready.set()
            except Unavailable as error:
                self._health.fails(error.what, str(error))
                await asyncio.sleep(error.retry_after)


def serve(surroundings: Surroundings) -> None:
    """Run the app until SIGTERM or SIGINT; starts the whole process anew when the broker came back."""
    asyncio.run(_serve(surroundings))


async def _serve(surroundings: Surroundings) -> None:
    settings, health = surroundings.settings, surroundings.health
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if not await _wait_for_broker(settings, health, stop):
        return
    running = CorrelatorApp(settings, health)
    starting, told_to_stop = asyncio.ensure_future(running.app.start()), asyncio.ensure_future(stop.wait())
    await asyncio.wait({starting, told_to_stop}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        log.warning("told to stop while the broker says nothing; nothing was begun")
        os._exit(0)
    await starting
    begins_anew = await _watch(running, surroundings, stop)
    is_hopeless = begins_anew or "kafka" in health.problems()
    is_stopped = await _stop_app(running.app, 1.0 if is_hopeless else STOP_WITHIN_SECONDS)
    running.traces.close(0.0 if is_hopeless else LAST_WORDS_SECONDS)
    # From here without asyncio, which would wait for every task: some of Faust's last a minute without a broker.
    if begins_anew:
        log.info("starting anew")
        os.execv(sys.executable, sys.orig_argv)
    if not is_stopped:
        log.warning("the Faust app did not stop in time; what it held is on Kafka")
        os._exit(0)


async def _watch(running: CorrelatorApp, surroundings: Surroundings, stop: asyncio.Event) -> bool:
    """Until told to stop, or until the app is of no more use: then True, when the process should start anew."""
    settings, health = surroundings.settings, surroundings.health
    while not stop.is_set():
        if not await asyncio.to_thread(kafka_answers, settings.kafka_bootstrap):
            health.fails("kafka", f"nothing listens on {settings.kafka_bootstrap}")
            return await _wait_for_broker(settings, health, stop)
        await running.look_at_redis()
        await running.look_at_clock()
        await running.look_at_backlog()
        if running.app.should_stop:
            log.error("the Faust app stopped by itself", problem=str(running.app.crash_reason))
            return True
        await _wait(stop, PROBE_EVERY_SECONDS)
    return False


async def _stop_app(app: faust.App, seconds: float) -> bool:
    """True when it stopped in time; a cancelled stop may go on for long, so it is not cancelled."""
    _, unfinished = await asyncio.wait({asyncio.ensure_future(app.stop())}, timeout=seconds)
    return not unfinished


async def _wait_for_broker(settings: Settings, health: Health, stop: asyncio.Event) -> bool:
    while not stop.is_set():
        if await asyncio.to_thread(kafka_answers, settings.kafka_bootstrap):
            return True
        health.fails("kafka", f"nothing listens on {settings.kafka_bootstrap}")
        await _wait(stop, PROBE_EVERY_SECONDS)
    return False


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def _create_app(settings: Settings) -> faust.App:
    session_seconds = settings.kafka_session_timeout_ms / 1000
    app = faust.App(
        PROCESS,
        broker=[f"kafka://{address}" for address in settings.kafka_bootstrap.split(",")],
        store="memory://",
        # Faust makes this folder although nothing is kept in it.
        datadir=str(Path(tempfile.gettempdir()) / "policy-signals-correlator"),
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=session_seconds,
        broker_heartbeat_interval=session_seconds / 6,
        broker_commit_interval=1.0,
        broker_max_poll_records=500,
        producer_max_request_size=1_000_000,
        stream_buffer_maxsize=256,
        loop=asyncio.get_running_loop(),
    )
    app.transport = QuickTransport(app.conf.broker_consumer, app)
    return app


def _create_correlation(prices: RedisPriceBook) -> Correlation:
    catalogue, calendars, policy = load_catalogue(), load_calendars(), load_desk_policy(load_catalogue())
    measuring = Measuring(catalogue, calendars, prices, policy)
    return Correlation(policy, measuring)


def _as_record(message: Any) -> Record:
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        timestamp_ms=int(message.timestamp * 1000),
        headers=dict(message.headers or ()),
    )
