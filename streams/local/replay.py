"""The whole line in event time on files, without a broker: the same decisions as live, as fast as can be."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from config.alerting import load_authorities
from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from config.routing import load_desk_policy
from config.stories import load_teller
from config.tone_model import load_reader
from services.alerts.alert import Alert, Silence
from services.alerts.correlation import Correlation
from services.alerts.measuring import Measuring
from services.alerts.news_desk import NewsDesk
from services.errors import Unreadable
from services.market.bars.aggregation import BarAggregator
from services.market.prices.history import SessionMinutes
from services.market.prices.history_gathering import Record
from services.market.prices.price_memory import InMemoryPriceBook
from services.market.ticks.jump import JumpGate
from services.market.ticks.ticks import parse_tick
from services.news.parsing import parse_article
from streams.local.replay_input import EARLIEST, in_order_of_arrival, in_order_of_trading
from streams.local.replay_slack import ReplaySlack

TAPE_GOES_ON = timedelta(minutes=10)
"""Event time passes the end of the files by this much, so that the closing auction's horizon is reached."""


@dataclass(kw_only=True)
class ReplayResult:
    """Everything the line did, in order."""

    articles: int = 0
    signals: int = 0
    alerts: list[Alert] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    dead_letters: list[dict[str, str]] = field(default_factory=list)
    ticks: int = 0
    rejected_ticks: Counter[str] = field(default_factory=Counter)


class Replay:
    """One run over articles and ticks in the order of event time."""

    def __init__(self, slack: ReplaySlack) -> None:
        catalogue, calendars, policy = load_catalogue(), load_calendars(), load_desk_policy(load_catalogue())
        self._slack = slack
        self._knows = catalogue.has_instrument
        self._desk = NewsDesk(load_reader(), load_authorities(), load_teller())
        self._gate = JumpGate()
        self._bars = BarAggregator()
        self._prices = InMemoryPriceBook(lambda name: calendars[catalogue.exchange_of(name) or "XHKG"])
        self._correlation = Correlation(policy, Measuring(catalogue, calendars, self._prices, policy))
        self._second = 0
        self.result = ReplayResult()

    def know(self, records: Iterable[Record]) -> None:
        """Take the history that the day begins with, the sessions of each instrument in order."""
        for record in records:
            if isinstance(record, SessionMinutes):
                self._prices.add_minutes(record.series())
            else:
                self._prices.add_closes(record.series())

    def run(self, articles: Iterable[bytes], ticks: Iterable[dict[str, Any]]) -> ReplayResult:
        """Play everything; articles are raw JSON lines, ticks raw rows, each in order of time."""
        last_at = EARLIEST
        events = heapq.merge(in_order_of_arrival(articles), in_order_of_trading(ticks), key=lambda event: event[0])
        for at, kind, raw in events:
            last_at = max(last_at, at)
            if kind == "article":
                self._on_article(raw, at)
            else:
                self._on_tick(raw, at)
        self._advance(int((last_at + TAPE_GOES_ON).timestamp()))
        left_out = Counter({**self._bars.counts, "jump": self._gate.dropped})
        del left_out["accepted"]
        self.result.rejected_ticks += left_out
        return self.result

    def _on_article(self, raw: bytes, at: datetime) -> None:
        self.result.articles += 1
        try:
            article = parse_article(raw, at)
        except Unreadable as error:
            self.result.dead_letters.append(
                {"reason": error.reason, "detail": error.detail, "value": raw[:1024].decode("utf-8", "replace")}
            )
            return
        outcome = self._desk.take(article, article.received_at)
        if isinstance(outcome, Silence):
            self.result.silences.append(outcome)
            return
        self.result.signals += 1
        decided = self._correlation.on_signal(outcome)
        if isinstance(decided, Silence):
            self.result.silences.append(decided)
        elif decided is not None:
            followed = self._correlation.on_new_act(decided)
            if followed is not None:
                self._deliver(followed, article.received_at)
            self._deliver(decided, article.received_at)

    def _on_tick(self, raw: dict[str, Any], at: datetime) -> None:
        self.result.ticks += 1
        try:
            tick = parse_tick(raw, at)
            if not self._knows(tick.instrument):
                raise Unreadable("unknown_instrument")
        except Unreadable as error:
            self.result.rejected_ticks[error.reason] += 1
            return
        for admitted in self._gate.admit(tick):
            self._bars.add(admitted)
        second = int(at.timestamp())
        if second > self._second:
            self._second = second
            self._advance(None)

    def _advance(self, quiet_until: int | None) -> None:
        bars, watermark = self._bars.advance(quiet_until)
        self._prices.append(bars)
        tape_until = datetime.fromtimestamp(max(0, watermark), UTC)
        for alert in self._correlation.on_tape(tape_until):
            self._deliver(alert, tape_until)

    def _deliver(self, alert: Alert, at: datetime) -> None:
        self.result.alerts.append(alert)
        self._slack.deliver(alert, at)
