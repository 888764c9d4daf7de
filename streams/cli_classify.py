"""``policy-signals classify``: what the reader makes of articles, for people and for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import typer

from config.catalogue import load_catalogue
from services.errors import Misconfigured, Unreadable
from services.news.article import Article
from services.news.parsing import MAX_BODY_CHARACTERS, clean_text, content_id, detect_language, parse_article
from services.signals.reading import Reader, read_article
from services.signals.signal import Reading


def classify(files: list[Path], as_json: bool) -> None:
    """Print one reading per article, in input order; a line that cannot be read is said on standard error."""
    reader = Reader(load_catalogue())
    unreadable = 0
    for path in files:
        for article in _articles(path):
            if isinstance(article, Unreadable):
                unreadable += 1
                typer.echo(f"policy-signals: {path}: {article}", err=True)
                if as_json:
                    # One object per article in input order, also for the one that cannot be read.
                    typer.echo(json.dumps({"article_id": None, "error": str(article)}, ensure_ascii=False))
                continue
            reading = read_article(article, reader)
            typer.echo(_as_json(article, reading) if as_json else _as_text(article, reading))
    if unreadable:
        raise typer.Exit(1)


def _articles(path: Path) -> Iterator[Article | Unreadable]:
    data = _read(path)
    first = data.lstrip()[:1]
    if path.suffix in (".jsonl", ".ndjson", ".json") or (str(path) == "-" and first == b"{"):
        now = datetime.now(UTC)
        for number, line in enumerate(data.splitlines(), 1):
            if line.strip():
                try:
                    yield parse_article(_with_defaults(line, now), now)
                except Unreadable as error:
                    yield Unreadable(error.reason, f"line {number}: {error.detail}")
    else:
        yield _plain_article(data, path)


def _with_defaults(line: bytes, now: datetime) -> bytes:
    """Classifying needs neither source nor time, so a line may leave out all but its text."""
    try:
        fields = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return line
    if not isinstance(fields, dict):
        return line
    published_at = fields.get("published_at") or now.isoformat()
    defaults = {"source": "unknown", "url": "", "title": "", "published_at": published_at, "received_at": None}
    known = {key: value for key, value in fields.items() if value is not None}
    return msgspec.json.encode({**defaults, **known})


def _plain_article(data: bytes, path: Path) -> Article | Unreadable:
    text = data.decode("utf-8", "replace")
    title, _, body = text.strip().partition("\n")
    title, body = clean_text(title, 1_000), clean_text(body, MAX_BODY_CHARACTERS)
    if not title and not body:
        return Unreadable("no_text", "the file is empty")
    now = datetime.now(UTC)
    return Article(
        article_id=content_id("art", title, body),
        source=path.name,
        url="",
        language=detect_language(title + body),
        title=title,
        body=body,
        published_at=now,
        received_at=now,
    )


def _read(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}") from None


def _as_json(article: Article, reading: Reading) -> str:
    exposures = [{"instrument": e.instrument, "role": e.role, "relevance": e.relevance} for e in reading.exposures]
    evidence = [{"sentence": e.sentence, "weight": round(e.weight, 3)} for e in reading.evidence]
    return json.dumps(
        {
            "article_id": article.article_id,
            "language": article.language,
            "tone": reading.tone,
            "score": None if reading.score is None else round(reading.score, 3),
            "confidence": round(reading.confidence, 3),
            "regulators": reading.regulators,
            "sectors": reading.sectors,
            "stage": reading.stage,
            "exposures": exposures,
            "evidence": evidence,
        },
        ensure_ascii=False,
    )


def _as_text(article: Article, reading: Reading) -> str:
    score = "" if reading.score is None else f" {reading.score:+.2f}"
    lines = [f"{reading.tone.value}{score}, confidence {reading.confidence:.0%}  {article.title[:100]}"]
    if reading.regulators:
        lines.append(f"  regulators  {', '.join(reading.regulators)}")
    if reading.sectors:
        lines.append(f"  sectors     {', '.join(reading.sectors)}")
    if reading.stage:
        lines.append(f"  stage       {reading.stage.value}")
    lines += [
        f"  exposure    {e.instrument:<10} {e.role.value:<9} {e.relevance:>3}  {e.name}" for e in reading.exposures
    ]
    lines += [f"  evidence    {e.weight:.2f}  {e.sentence}" for e in reading.evidence]
    return "\n".join(lines)
