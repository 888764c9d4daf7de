"""``replay`` and ``sample-day``: files in, files out."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from config.catalogue import load_catalogue
from config.sample_day import load_sample_day
from services.alerts.alert import Alert
from services.errors import Misconfigured
from services.market.reconstruction import reconstruct, write_rows
from streams import codec
from streams.replay import Replay, ReplayResult
from streams.replay_input import read_articles, read_ticks
from streams.replay_slack import ReplaySlack
from streams.report import PostedMessage, Version, post_with_chart, render_report


def replay_files(news: Path, ticks: Path, out: Path) -> None:
    """Play the files and write what the line would have done; raises Misconfigured when a file cannot be read."""
    _make_folder(out)
    slack = ReplaySlack(load_catalogue().names())
    result = Replay(slack).run(read_articles(news), read_ticks(ticks))
    _write_lines(out / "alerts.jsonl", result.alerts)
    _write_lines(out / "silences.jsonl", result.silences)
    _write_lines(out / "slack.jsonl", slack.channel.calls)
    _write_lines(out / "dead_letters.jsonl", result.dead_letters)
    html = render_report(_messages(slack, result.alerts), title=f"Replay of {news.name}", made_at=datetime.now(UTC))
    (out / "report.html").write_text(html, encoding="utf-8")
    typer.echo(_summary(result, slack, out))


def write_sample_day(out: Path) -> None:
    """The sample day as ``news.jsonl`` and ``ticks.csv.gz``."""
    _make_folder(out)
    day = load_sample_day()
    (out / "news.jsonl").write_bytes(b"".join(line + b"\n" for line in day.articles))
    # Neither name nor time inside, so that the same day is the same file.
    with (
        (out / "ticks.csv.gz").open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(("instrument", "traded_at", "price", "volume"))
        writer.writerows(write_rows(reconstruct(day.tape)))
    typer.echo(f"{out / 'news.jsonl'} and {out / 'ticks.csv.gz'}: written; the prices are reconstructed")


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
