"""``policy-signals stories``: which event each article of a file tells."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from msgspec.structs import replace

from services.errors import Unreadable
from services.news.article import Article
from services.news.parsing import parse_article

if TYPE_CHECKING:
    from services.stories.story_memory import Place
    from services.stories.telling import Telling

EVERYTHING = 1_000_000
LONGEST_HEADLINE = 100


def add_commands(app: typer.Typer) -> None:
    """Put ``stories`` beside the other commands."""

    @app.command()
    def stories(
        file: Annotated[Path, typer.Argument(help="Articles, JSON Lines in the intake format; '-' is standard input.")],
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object per article, in input order.")] = False,
    ) -> None:
        """Say which articles of a file tell the same event, how they relate, and why."""
        if not place_file(file, as_json=as_json):
            raise typer.Exit(1)


def place_file(file: Path, *, as_json: bool) -> bool:
    """Place every article of a JSON Lines file and print; False when a line could not be read."""
    from config.stories import load_teller  # noqa: PLC0415 - imports are made where needed: --help is quick
    from services.stories.story_memory import Limits, StoryMemory  # noqa: PLC0415

    articles, faults = _read(file)
    tellings = [load_teller().tell(article) for article in articles]
    memory = StoryMemory(load_teller().weights, Limits(articles=EVERYTHING, hours=24.0 * 366 * 30))
    # As if each had come when it was published: then the order of the lines decides nothing.
    order = sorted(range(len(tellings)), key=lambda number: _arrival(tellings[number]))
    places = {number: memory.take(tellings[number]) for number in order}
    placed = [
        (tellings[number], replace(places[number], story_id=memory.story_of(tellings[number].article_id) or ""))
        for number in range(len(tellings))
    ]
    lines = _as_json(placed) if as_json else _as_table(placed)
    for line in lines:
        typer.echo(line)
    return not faults


def _arrival(telling: Telling) -> tuple[datetime, bool, str]:
    return telling.published_at, telling.mark.value != "plain", telling.article_id


def _read(file: Path) -> tuple[list[Article], int]:
    stream = sys.stdin.buffer if str(file) == "-" else file.open("rb")
    articles, faults, seen = [], 0, set()
    with stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                article = _parse(line)
            except Unreadable as error:
                faults += 1
                fault = {"line": number, "error": error.reason, "detail": error.detail}
                typer.echo(msgspec.json.encode(fault).decode(), err=True)
                continue
            if article.article_id in seen:
                article = replace(article, article_id=f"{article.article_id}#{number}")
            seen.add(article.article_id)
            articles.append(article)
    return articles, faults


def _parse(line: bytes) -> Article:
    """An article under the id that it was given; it arrived when it was published, unless it says otherwise."""
    article = parse_article(line.strip(), datetime.now(UTC))
    given = msgspec.json.decode(line.strip())
    article_id = given.get("article_id")
    received_at = article.received_at if given.get("received_at") else article.published_at
    return replace(article, article_id=str(article_id) if article_id else article.article_id, received_at=received_at)


def _as_json(placed: Sequence[tuple[Telling, Place]]) -> Iterator[str]:
    for _, place in placed:
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
