"""``policy-signals stories``: which event each article of a file tells."""

from __future__ import annotations

import codecs
import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, cast

import msgspec
import typer
from msgspec import Struct
from msgspec.structs import replace

from services.errors import Misconfigured, Unreadable
from services.news.article import Article
from services.news.parsing import parse_article
from streams.cli.rows import say_row

if TYPE_CHECKING:
    from services.stories.story_memory import Place
    from services.stories.telling import Telling

EVERYTHING = 1_000_000
LONGEST_HEADLINE = 100


class Fault(Struct, frozen=True, kw_only=True):
    """A line that is no article, and why."""

    article_id: Any
    line: int
    error: str
    detail: str


def add_commands(app: typer.Typer) -> None:
    """Put ``stories`` beside the other commands."""

    @app.command()
    def stories(
        file: Annotated[
            Path, typer.Argument(help="Articles, JSON Lines in the intake format (.gz too); '-' is standard input.")
        ],
        as_json: Annotated[
            bool, typer.Option("--json", help="One JSON object per line of the input, in its order.")
        ] = False,
    ) -> None:
        """Say which articles of a file tell the same event, how they relate, and why."""
        if not place_file(file, as_json=as_json):
            raise typer.Exit(1)


def place_file(file: Path, *, as_json: bool) -> bool:
    """Place every article of a JSON Lines file and print; False when a line could not be read."""
    from config.stories import load_teller  # noqa: PLC0415 - imports are made where needed: --help is quick
    from services.stories.story_memory import Limits, StoryMemory  # noqa: PLC0415

    rows = list(_read(file))
    articles = [row for row in rows if isinstance(row, Article)]
    tellings = [load_teller().tell(article) for article in articles]
    memory = StoryMemory(load_teller().weights, Limits(articles=EVERYTHING, hours=24.0 * 366 * 30))
    # As if each had come when it was published: then the order of the lines decides nothing.
    order = sorted(range(len(tellings)), key=lambda number: _arrival(tellings[number]))
    places = {number: memory.take(tellings[number]) for number in order}
    placed = [
        (tellings[number], replace(places[number], story_id=memory.story_of(tellings[number].article_id) or ""))
        for number in range(len(tellings))
    ]
    for line in _as_json(rows, placed) if as_json else ():
        typer.echo(line)
    for row in () if as_json else _as_table(placed):
        say_row(row)
    return len(articles) == len(rows)


def _arrival(telling: Telling) -> tuple[datetime, bool, str]:
    return telling.published_at, telling.mark.value != "plain", telling.article_id


def _read(file: Path) -> Iterator[Article | Fault]:
    """A line each; what cannot be read is said on standard error too."""
    seen = set()
    for number, line in _lines_of(file):
        try:
            article = _parse(line)
        except Unreadable as error:
            say_row(f"policy-signals: {file}: line {number}: {error}", err=True)
            yield Fault(article_id=_given(line).get("article_id"), line=number, error=error.reason, detail=error.detail)
            continue
        if article.article_id in seen:
            article = replace(article, article_id=f"{article.article_id}#{number}")
        seen.add(article.article_id)
        yield article


def _lines_of(file: Path) -> Iterator[tuple[int, bytes]]:
    """Lines that are not empty, with their numbers from 1; raises Misconfigured for a file that cannot be read."""
    try:
        with _open(file) as stream:
            for number, line in enumerate(stream, 1):
                if text := line.removeprefix(codecs.BOM_UTF8).strip():
                    yield number, text
    except (OSError, EOFError, zlib.error) as error:
        raise Misconfigured(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _open(file: Path) -> BinaryIO:
    if str(file) == "-":
        return sys.stdin.buffer
    return cast("BinaryIO", gzip.open(file, "rb")) if file.suffix == ".gz" else file.open("rb")


def _parse(line: bytes) -> Article:
    """An article under the id that it was given; it arrived when it was published, unless it says otherwise."""
    given = _given(line)
    # Of a story only text and time decide: the rest may be left out.
    record = msgspec.json.encode({"source": "", "url": "", "title": "", **given}) if given else line
    article = parse_article(record, datetime.now(UTC))
    article_id = given.get("article_id")
    received_at = article.received_at if given.get("received_at") else article.published_at
    return replace(article, article_id=str(article_id) if article_id else article.article_id, received_at=received_at)


def _given(line: bytes) -> dict[str, Any]:
    """Its fields that say something; none where the line is no JSON object, which the parser then says."""
    try:
        fields = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return {name: value for name, value in fields.items() if value is not None}


def _as_json(rows: Sequence[Article | Fault], placed: Sequence[tuple[Telling, Place]]) -> Iterator[str]:
    """A line for each line of the input, also where it could not be read: then with story_id null and the error."""
    places = iter(placed)
    for row in rows:
        if isinstance(row, Fault):
            yield msgspec.json.encode({"article_id": row.article_id, "story_id": None, **_without_id(row)}).decode()
            continue
        _, place = next(places)
        known: dict[str, Any] = {
            "article_id": place.article_id,
            "story_id": place.story_id,
            "relation": place.relation.value,
            "novelty": place.novelty,
            "reasons": place.reasons,
        }
        if place.follows:
            known["follows"] = place.follows
        yield msgspec.json.encode(known).decode()


def _without_id(fault: Fault) -> dict[str, Any]:
    return {"line": fault.line, "error": fault.error, "detail": fault.detail}


def _as_table(placed: Sequence[tuple[Telling, Place]]) -> Iterator[str]:
    ordered = sorted(placed, key=lambda item: (item[1].story_id, item[0].published_at))
    stories = [list(members) for _, members in groupby(ordered, key=lambda item: item[1].story_id)]
    for members in sorted(stories, key=lambda members: members[0][0].published_at):
        first = members[0]
        follows = next((f", follows {place.follows}" for _, place in members if place.follows), "")
        yield f"{first[1].story_id}  {len(members)} {'report' if len(members) == 1 else 'reports'}{follows}"
        for telling, place in members:
            when = f"{telling.published_at:%Y-%m-%d %H:%M}"
            said = telling.headline[:LONGEST_HEADLINE]
            yield f"  {when}  {place.relation.value:<11} {place.novelty:>3}  {telling.source}: {said}"
            yield f"  {'':16}  {'; '.join(place.reasons)}"
        yield ""
