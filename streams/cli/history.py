"""``policy-signals history``: prices of the past from files, and what the price store has of an instrument."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from config.catalogue import load_catalogue
from config.listing_calendars import load_calendar_finder
from config.settings import Settings, read_settings
from services.errors import Misconfigured, Unavailable
from services.market.prices.history_gathering import HistoryGathering, OutOfOrder
from streams.broker.kafka import Outbox, kafka_answers
from streams.broker.topic_setup import missing_topics
from streams.clock import wall_clock
from streams.prices.history_files import read_history_file
from streams.prices.history_loading import HistoryLoading
from streams.prices.price_store import RedisPriceStore
from streams.prices.price_store_size import TierContent, list_content
from streams.topics import MARKET_DAYS, MARKET_MINUTES

_SENTENCES = {
    "unknown_instrument": "of instruments that the catalogue does not have",
    "no_session": "of days on which the exchange is closed by our calendar",
    "not_over": "of sessions that are not over; the live line writes them",
    "too_old": "older than what is kept: 90 sessions of minutes, 780 closes",
}


def load_history(files: Sequence[Path]) -> None:
    """Send the rows of files to the topics and the store; raises Misconfigured and Unavailable.

    A file that is wrong somewhere is loaded up to there; loading it again once it is right replaces that.
    """
    settings = read_settings(os.environ)
    _check_topics(settings)
    gathering = HistoryGathering(load_calendar_finder(), load_catalogue().has_instrument, wall_clock())
    outbox = Outbox(settings)
    loading = HistoryLoading(outbox, RedisPriceStore(settings.redis_url))
    try:
        for path in files:
            _load_file(path, gathering, loading)
        loading.take(gathering.finish())
        loading.send()
    finally:
        outbox.close()
    _report(gathering, loading)


def _check_topics(settings: Settings) -> None:
    if not kafka_answers(settings.kafka_bootstrap):
        raise Unavailable("kafka", f"nothing listens on {settings.kafka_bootstrap} (KAFKA_BOOTSTRAP)")
    missing = {MARKET_MINUTES.name, MARKET_DAYS.name} & set(missing_topics(settings))
    if missing:
        raise Misconfigured(f"there is no topic {min(missing)}: run `policy-signals topics create`")


def _load_file(path: Path, gathering: HistoryGathering, loading: HistoryLoading) -> None:
    for line, row in read_history_file(path):
        try:
            loading.take(gathering.add(row))
        except OutOfOrder as error:
            raise Misconfigured(
                f"{path}: line {line}: column date: {row.instrument}: {error}; sort the rows, and the files, by date"
            ) from None


def _report(gathering: HistoryGathering, loading: HistoryLoading) -> None:
    typer.echo(
        f"{loading.sessions:,} sessions of minutes and {loading.closes:,} closes of "
        f"{len(loading.instruments):,} instruments are on {MARKET_MINUTES.name} and {MARKET_DAYS.name}"
    )
    for reason, count in gathering.left_out.most_common():
        typer.echo(f"left out: {count:,} rows {_SENTENCES[reason]}")
    if loading.missed_store is None:
        typer.echo("the price store has them")
    else:
        typer.echo(f"the price store takes them from there when it is filled again ({loading.missed_store})")


def show_history(instrument: str) -> None:
    """What the store has per tier; raises Misconfigured and Unavailable."""
    if not load_catalogue().has_instrument(instrument):
        raise Misconfigured(f"the catalogue has no instrument {instrument!r}: see config/catalogue")
    store = RedisPriceStore(read_settings(os.environ).redis_url)
    if not store.is_filled():
        raise Unavailable("redis", "the price store is being filled, or no tick_aggregator has run yet")
    contents = list_content(store, instrument)
    typer.echo(f"{instrument} on {load_calendar_finder()(instrument).exchange}")
    for content in contents:
        typer.echo(_describe(content))
    typer.echo(f"together  {sum(content.size for content in contents) / 1024:,.1f} KiB")


def _describe(content: TierContent) -> str:
    if not content.rows:
        return f"{content.tier:<8}  none"
    first, last = (datetime.fromtimestamp(second, UTC) for second in (content.first, content.last))
    return (
        f"{content.tier:<8}  {content.rows:>8,} rows  {content.size / 1024:>8,.1f} KiB  "
        f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"
    )
