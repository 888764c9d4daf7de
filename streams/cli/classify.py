"""``policy-signals classify``: what the reader makes of articles, for people and for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import typer

from config.tone_model import load_reader
from services.errors import Misconfigured, Unreadable
from services.news.article import Article
from services.news.parsing import EARLIEST, MAX_BODY_CHARACTERS, clean_text, content_id, detect_language, parse_article
from services.signals.explanation import explain_article
from services.signals.reading import read_article
from services.signals.signal import Reading
from streams.cli.rows import say_row, say_rows
from streams.clock import wall_clock
from streams.rendering.explanation_text import write_explanation

STANDARD_INPUT = Path("-")


def classify_files(files: list[Path], *, as_json: bool, explain: bool) -> bool:
    """Print one reading per article, in input order; False when an article could not be read.

    Such an article is said on standard error and, as JSON, keeps its place. Raises Misconfigured for a file that is
    not there, before anything is read.
    """
    for path in files:
        if path != STANDARD_INPUT and (path.is_dir() or not path.exists()):
            raise Misconfigured(f"{path} {'is a folder' if path.is_dir() else 'does not exist'}")
    reader = load_reader()
    all_were_read = True
    for path in files:
        for article in _articles(path):
            if isinstance(article, Unreadable):
                all_were_read = False
                say_row(f"policy-signals: {path}: {article}", err=True)
                if as_json:
                    typer.echo(json.dumps({"article_id": None, "error": str(article)}, ensure_ascii=False))
            elif explain:
                explanation = explain_article(article, reader)
                if as_json:
                    typer.echo(msgspec.json.encode(explanation).decode())
                else:
                    say_rows(write_explanation(article, explanation))
            else:
                reading = read_article(article, reader)
                if as_json:
                    typer.echo(_as_json(article, reading))
                else:
                    say_rows(as_text(article, reading))
    return all_were_read


def _articles(path: Path) -> Iterator[Article | Unreadable]:
    data = _read(path)
    is_json = path.suffix in (".jsonl", ".ndjson", ".json") or (path == STANDARD_INPUT and data[:1] in (b"{", b"["))
    if not data:
        yield Unreadable("empty", "there is nothing to read")
    elif not is_json:
        yield _plain_article(data, path)
    else:
        now = wall_clock()
        for place, line in _json_articles(data):
            try:
                yield parse_article(_with_defaults(line), now)
            except Unreadable as error:
                yield Unreadable(error.reason, f"{place}: {error.detail}")


def _json_articles(data: bytes) -> Iterator[tuple[str, bytes]]:
    """JSON Lines; or one JSON object or list over many lines, as people save it. With the place of each."""
    try:
        items = msgspec.json.decode(data, type=list[msgspec.Raw]) if data[:1] == b"[" else [msgspec.Raw(data)]
        msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        lines = enumerate(data.splitlines(), 1)
        yield from ((f"line {number}", line) for number, line in lines if line.strip())
        return
    yield from ((f"article {number}", bytes(item)) for number, item in enumerate(items, 1))


def _with_defaults(line: bytes) -> bytes:
    """Classifying needs neither source nor time, so a line may leave out all but its text."""
    try:
        fields = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return line
    given = {name: value for name, value in fields.items() if bytes(value).strip() != b"null"}
    # A fixed time, so that the same text has the same article_id tomorrow.
    defaults = {"source": "", "url": "", "title": "", "body": "", "published_at": EARLIEST}
    return msgspec.json.encode({**defaults, **given})


def _plain_article(data: bytes, path: Path) -> Article | Unreadable:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Unreadable("not_utf8", f"byte {error.start + 1} is not UTF-8 text")
    title, _, body = text.strip().partition("\n")
    cleaned_title, cleaned_body = clean_text(title, 1_000), clean_text(body, MAX_BODY_CHARACTERS)
    if not cleaned_title and not cleaned_body:
        return Unreadable("no_text", "there is no text in it")
    return Article(
        article_id=content_id("art", cleaned_title, cleaned_body),
        source=path.name,
        url="",
        language=detect_language(cleaned_title + cleaned_body),
        title=cleaned_title,
        body=cleaned_body,
        published_at=EARLIEST,
        received_at=EARLIEST,
        truncated=len(body) > MAX_BODY_CHARACTERS,
    )


def _read(path: Path) -> bytes:
    """The file without blanks around it and without a byte order mark."""
    if path == STANDARD_INPUT:
        if sys.stdin.isatty():
            typer.echo("reading standard input; Ctrl-D ends it", err=True)
        data = sys.stdin.buffer.read()
    else:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Misconfigured(f"{path} cannot be read: {error.strerror}") from None
    return data.removeprefix(b"\xef\xbb\xbf").strip()


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


def as_text(article: Article, reading: Reading) -> str:
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
