"""``policy-signals demo``: the whole line on this machine, a sample day through it, and what a reader sees in Slack."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from config.catalogue import load_catalogue
from config.sample_day import load_sample_day
from services.alerts.alert import Alert, Receipt
from services.alerts.card_sentences import say_verdict
from services.alerts.corrections import strike
from services.alerts.slack_message import render
from services.market.reaction import Window
from services.market.sample.reconstruction import LABEL, reconstruct
from streams.broker.kafka import Outbox
from streams.clock import monotonic
from streams.local.day_player import DayPlayer, PlayedArticle
from streams.local.sample_history import sample_records
from streams.local.stand import Stand, standing
from streams.prices.history_loading import HistoryLoading
from streams.prices.price_store import RedisPriceStore
from streams.rendering.report import Version, post_with_chart, render_report
from streams.rendering.terminal_card import build_card
from streams.slack.client import NotReadable, connect_slack
from streams.slack_notifier import find_posted_at
from streams.watching.watcher import Watcher

SETTLE_SECONDS = 60.0
TERMINAL_WIDTH = 80


class Showing:
    """Prints each message as it is posted or edited, and keeps every version for the page."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._names = load_catalogue().names()
        self._lock = threading.Lock()
        self.versions: dict[str, list[Version]] = {}
        self.alerts: dict[str, Alert] = {}
        self.channel = ""
        self.is_last: set[tuple[str, int]] = set()

    def say(self, sentence: str) -> None:
        """One line of progress."""
        with self._lock:
            self._console.print(Text(f"  {sentence}", style="dim"))

    def on_sent(self, alert: Alert, receipt: Receipt) -> None:
        """A revision that Slack has: whole when new or complete, else only what changed."""
        posted_at = find_posted_at(receipt, alert)
        payload = strike(render(alert, self._names, alert.revised_at, label=LABEL, posted_at=posted_at), alert)
        with self._lock:
            self.channel = receipt.channel
            self.alerts[alert.alert_id] = alert
            versions = self.versions.setdefault(alert.alert_id, [])
            previous = len(versions)
            versions.append(Version(at=max(alert.revised_at, posted_at or alert.revised_at), payload=payload))
            title = f"#{receipt.channel} · {alert.revised_at:%d %b %H:%M:%S} UTC"
            if not previous or alert.cause == Window.TO_CLOSE.value:
                self._console.print(build_card(payload, title=title))
            else:
                self._show_edit(alert)

    def _show_edit(self, alert: Alert) -> None:
        verdict, basis = say_verdict(alert)
        cause = alert.cause.replace("_", " ").replace("raised", "posted")
        headline = Text(f"✎ {alert.revised_at:%d %b %H:%M:%S} UTC, {cause}: {alert.signal.headline}", style="bold")
        headline.truncate(TERMINAL_WIDTH - 2, overflow="ellipsis")
        self._console.print(Padding(headline, (0, 0, 0, 2)))
        self._console.print(Padding(Text(f"{verdict} · {basis}"), (0, 0, 0, 4)))


def run_demo(out: Path) -> int:
    """Run the sample day; returns 0 when every article was decided and Slack has every revision exactly once."""
    console = Console(highlight=False)
    showing = Showing(console)
    console.rule("Policy signals: the sample day, 12-13 July 2023")
    console.print(f"  Sample news is written for this demonstration. Prices: {LABEL}.\n", style="dim")
    with standing(out, showing.say, {"CARD_LABEL": LABEL}) as stand:
        watcher = Watcher(stand.settings, showing.on_sent)
        watcher.start()
        outbox = Outbox(stand.settings)
        try:
            player = DayPlayer(outbox, watcher, showing.say)
            loading = HistoryLoading(outbox, RedisPriceStore(stand.settings.redis_url))
            is_complete = _play(player, loading, watcher, showing)
            problems = _find_problems(stand, watcher, player) if is_complete else ["the line did not finish the day"]
        finally:
            outbox.close()
            watcher.stop()
    page = _write_page(out, showing)
    _summarise(console, watcher, player, problems)
    console.print(f"  messages and their edits   {page}")
    console.print(f"  logs of each process       {out / 'logs'}")
    return 1 if problems else 0


def _play(player: DayPlayer, loading: HistoryLoading, watcher: Watcher, showing: Showing) -> bool:
    started = monotonic()
    day = load_sample_day()
    loading.take(sample_records(day.tape))
    loading.send()
    showing.say(f"{loading.sessions:,} sessions of {len(loading.instruments)} instruments loaded to compare with")
    tape = reconstruct(day.tape)
    showing.say(f"playing {len(day.articles)} articles and {len(tape.traded_at_ms):,} ticks")
    player.play(day.articles, tape)
    end = tape.traded_at_ms[-1] / 1000 + 500
    reached = watcher.wait_for(lambda seen: min(seen.watermarks.values(), default=0) >= end, SETTLE_SECONDS)
    settled = watcher.wait_for(lambda seen: seen.is_complete() and seen.is_settled(), SETTLE_SECONDS)
    showing.say(f"the day took {monotonic() - started:.1f} s")
    return reached and settled


def _find_problems(stand: Stand, watcher: Watcher, player: DayPlayer) -> list[str]:
    """What a trader would not forgive, looked up in Slack itself: a lost message, a doubled one."""
    undecided = [played.title for played in player.articles if not watcher.is_decided(played.article_id)]
    problems = [f"no decision on {title!r}" for title in undecided]
    settings = stand.settings
    slack = connect_slack(settings.slack_channel, settings.slack_bot_token.reveal, api_url=settings.slack_api_url)
    copies = slack.read_copies(datetime.now(UTC).replace(hour=0, minute=0))
    if isinstance(copies, NotReadable):
        return [*problems, f"Slack could not be read back: {copies.reason}"]
    found = [copy.alert_id for copy in copies if copy.alert_id in watcher.revisions]
    problems += [f"alert {alert_id} is not in Slack" for alert_id in watcher.revisions if alert_id not in found]
    problems += [f"alert {alert_id} stands twice in Slack" for alert_id in set(found) if found.count(alert_id) > 1]
    return problems


def _write_page(out: Path, showing: Showing) -> Path:
    messages = [
        post_with_chart(showing.channel, known, showing.alerts[alert_id])
        for alert_id, known in showing.versions.items()
    ]
    page = out / "report.html"
    out.mkdir(parents=True, exist_ok=True)
    html = render_report(messages, title="Policy signals: the sample day", made_at=datetime.now(UTC), label=LABEL)
    page.write_text(html, encoding="utf-8")
    return page.resolve()


def _summarise(console: Console, watcher: Watcher, player: DayPlayer, problems: Sequence[str]) -> None:
    revisions = sum(len(known) for known in watcher.revisions.values())
    silences = watcher.silence_counts()
    console.rule("Summary")
    console.print(f"  articles read              {len(player.articles)}")
    console.print(f"  ticks played               {player.ticks_sent:,}")
    console.print(f"  signals                    {len(watcher.signals)}")
    console.print(f"  alerts                     {len(watcher.revisions)}")
    console.print(f"  edits                      {revisions - len(watcher.revisions)}")
    console.print(f"  silences                   {sum(silences.values())}")
    for reason, count in sorted(silences.items()):
        console.print(f"    {reason:<24} {count}")
    console.print(f"  article to Slack           {_say_latency(_latencies_ms(watcher, player.articles))}")
    console.print(f"  horizon to edit            {_say_latency(watcher.edit_latencies_ms())}")
    for problem in problems:
        console.print(f"  PROBLEM                    {problem}", style="bold red")


def _latencies_ms(watcher: Watcher, articles: Sequence[PlayedArticle]) -> list[int]:
    """From the article on its topic to the receipt of its first message, in wall time."""
    sent_at = {played.article_id: played.sent_at_ms for played in articles}
    firsts = [known[1] for known in watcher.revisions.values() if 1 in known]
    return [
        watcher.receipt_at_ms[alert.alert_id, 1] - sent_at[alert.signal.article_id]
        for alert in firsts
        if alert.signal.article_id in sent_at and (alert.alert_id, 1) in watcher.receipt_at_ms
    ]


def _say_latency(milliseconds: Sequence[int]) -> str:
    if not milliseconds:
        return "none"
    middle, late = np.percentile(milliseconds, [50, 99])
    return f"p50 {middle:.0f} ms, p99 {late:.0f} ms ({len(milliseconds)} messages)"
