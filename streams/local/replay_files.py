"""``replay`` and ``sample-day``: files in, files out."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import typer

from config.catalogue import load_catalogue
from config.listing_calendars import load_calendar_finder
from config.sample_day import load_sample_day
from services.alerts.alert import Alert
from services.errors import Misconfigured
from services.market.prices.history_gathering import HistoryGathering, OutOfOrder, Record
from services.market.sample.reconstruction import reconstruct, write_rows
from streams import codec
from streams.local.replay import Replay, ReplayResult
from streams.local.replay_input import in_order_of_trading, read_articles, read_ticks
from streams.local.replay_slack import ReplaySlack
from streams.local.sample_history import sample_rows
from streams.prices.history_files import read_history_file
from streams.rendering.report import PostedMessage, Version, post_with_chart, render_report


def replay_files(news: Path, ticks: Path, out: Path, history: Path | None = None) -> None:
    """Play the files and write what the line would have done; raises Misconfigured when a file cannot be read."""
    _make_folder(out)
    slack = ReplaySlack(load_catalogue().names())
    line = Replay(slack)
    if history is not None:
        line.know(_read_history(history, _first_trade(ticks)))
    result = line.run(read_articles(news), read_ticks(ticks))
    _write_lines(out / "alerts.jsonl", result.alerts)
    _write_lines(out / "silences.jsonl", result.silences)
    _write_lines(out / "slack.jsonl", slack.channel.calls)
    _write_lines(out / "dead_letters.jsonl", result.dead_letters)
    html = render_report(_messages(slack, result.alerts), title=f"Replay of {news.name}", made_at=datetime.now(UTC))
    (out / "report.html").write_text(html, encoding="utf-8")
    typer.echo(_summary(result, slack, out))


def write_sample_day(out: Path) -> None:
    """The sample day as ``news.jsonl``, ``ticks.csv.gz`` and, for what came before, ``history.csv.gz``."""
    _make_folder(out)
    day = load_sample_day()
    (out / "news.jsonl").write_bytes(b"".join(line + b"\n" for line in day.articles))
    _write_table(
        out / "ticks.csv.gz", ("instrument", "traded_at", "price", "volume"), write_rows(reconstruct(day.tape))
    )
    _write_table(out / "history.csv.gz", ("instrument", "date", "time", "close", "volume"), sample_rows(day.tape))
    typer.echo(f"{out}: news.jsonl, ticks.csv.gz and history.csv.gz written; the prices are reconstructed")


def _write_table(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    # Neither name nor time inside, so that the same day is the same file.
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def _first_trade(ticks: Path) -> datetime:
    """Sessions of the history that were not over by then are not known yet."""
    first = next(in_order_of_trading(islice(read_ticks(ticks), 100)), None)
    if first is None:
        raise Misconfigured(f"{ticks}: holds no tick")
    return first[0]


def _read_history(path: Path, until: datetime) -> Iterator[Record]:
    gathering = HistoryGathering(load_calendar_finder(), load_catalogue().has_instrument, until)
    for line, row in read_history_file(path):
        try:
            yield from gathering.add(row)
        except OutOfOrder as error:
            raise Misconfigured(f"{path}: line {line}: column date: {row.instrument}: {error}") from None
    yield from gathering.finish()


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"--out {out} cannot be made: {error.strerror}") from None


def _write_lines(path: Path, values: Iterable[object]) -> None:
    path.write_bytes(b"".join(codec.encode(value) + b"\n" for value in values))


def _messages(slack: ReplaySlack, alerts: Sequence[Alert]) -> list[PostedMessage]:
    last = {alert.alert_id: alert for alert in alerts}
    versions: dict[str, list[Version]] = {}
    for call in slack.channel.calls:
        at = call["at"]
        assert isinstance(at, datetime)
        versions.setdefault(str(call["alert_id"]), []).append(
            Version(at=at, payload={"text": call["text"], "blocks": call["blocks"]})
        )
    return [post_with_chart("replay", known, last.get(alert_id)) for alert_id, known in versions.items()]


def _summary(result: ReplayResult, slack: ReplaySlack, out: Path) -> str:
    posts = sum(call["method"] == "chat.postMessage" for call in slack.channel.calls)
    rejected = ", ".join(f"{count:,} {reason}" for reason, count in sorted(result.rejected_ticks.items())) or "none"
    late = "late: rows must be in order of time, give or take 5 s\n" if "late" in result.rejected_ticks else ""
    return (
        f"{result.articles} articles, {result.ticks:,} ticks (rejected: {rejected})\n{late}"
        f"{result.signals} signals, {posts} alerts, {len(slack.channel.calls) - posts} edits, "
        f"{len(result.silences)} silences, {len(result.dead_letters)} unreadable\n"
        f"written to {out}: alerts.jsonl silences.jsonl slack.jsonl dead_letters.jsonl report.html"
    )
