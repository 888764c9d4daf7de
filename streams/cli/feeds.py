"""``feeds list``, ``check``, ``add``, ``preview``, ``rhythm`` and ``drop``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from services.errors import Misconfigured
from streams.cli.rows import say_row

if TYPE_CHECKING:  # imports are made where needed: --help is quick
    from config.settings import Settings
    from services.news.feed import Feed

EXIT_FAILED = 1
E = TypeVar("E", bound=StrEnum)
Names = Annotated[list[str] | None, typer.Argument(help="Ids of feeds.toml; all when none.")]
FeedsFile = Annotated[Path | None, typer.Option("--file", help="Another feeds.toml than the one in use.")]


def add_commands(feeds_app: typer.Typer) -> None:
    """Give the group its commands."""
    feeds_app.command("list")(show_list)
    feeds_app.command("check")(check)
    feeds_app.command("add")(add)
    feeds_app.command("preview")(preview)
    feeds_app.command("rhythm")(show_rhythm)
    feeds_app.command("drop")(drop)


def show_list(file: FeedsFile = None) -> None:
    """Show the configured feeds: how often, how official, for whom, seen to answer or not."""
    from config.feeds import describe_feeds  # noqa: PLC0415

    feeds = choose_feeds(None, file)[1]
    for feed in feeds:
        mark = "verified" if feed.verified else "-"
        state = mark if feed.enabled else "off"
        typer.echo(
            f"{feed.id:<24} {feed.kind:<9} {feed.interval_seconds:>6g} s  {feed.authority:<11} {feed.language}  "
            f"{feed.regulator or '-':<14} {state:<9} {feed.source}"
        )
    typer.echo(describe_feeds(feeds))


def check(
    names: Names = None,
    file: FeedsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per feed.")] = False,
    mark: Annotated[bool, typer.Option("--mark", help="Write those that answer into the file as verified.")] = False,
) -> None:
    """Ask each feed once: does it answer, what does it hold, may its pages be fetched? Nothing is sent.

    Feeds that are switched off are asked when they are named.
    """
    from config.catalogue import load_catalogue  # noqa: PLC0415
    from streams.feeds.feed_checks import check_feeds  # noqa: PLC0415
    from streams.feeds.feed_marking import mark_verified  # noqa: PLC0415

    settings, feeds = choose_feeds(names, file)
    found = check_feeds(settings, [feed for feed in feeds if names or feed.enabled], as_json=as_json)
    answered = [check.feed for check in found if check.ok]
    if mark:
        path = _settings_and_file(file)[1]
        marked = mark_verified(path, answered, load_catalogue(), settings.feeds_local_port)
        typer.echo(f"{len(marked)} marked as verified in {path.name}", err=as_json)
    if len(answered) < len(found):
        raise typer.Exit(EXIT_FAILED)


def add(  # noqa: PLR0913, PLR0917 - one option for each thing that the file holds
    url: Annotated[str, typer.Argument(help="Address of the feed or page.")],
    source: Annotated[str, typer.Option(help="Name of the source as cards show it.")],
    authority: Annotated[str, typer.Option(help="official, exchange, state_media, wire, press or aggregator.")],
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    name: Annotated[str, typer.Option("--id", help="Its id; made from the address when not given.")] = "",
    kind: Annotated[str, typer.Option(help="rss, atom, jsonfeed, sitemap, page or auto.")] = "auto",
    interval: Annotated[float, typer.Option(help="Seconds between two polls.")] = 120.0,
    regulator: Annotated[str, typer.Option(help="Id of the authority whose own feed it is.")] = "",
    time_zone: Annotated[str, typer.Option(help="Zone of dates without one.")] = "UTC",
    full_text: Annotated[bool, typer.Option("--full-text", help="Fetch the pages behind teasers.")] = False,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Add it without asking it, as not verified.")] = False,
    file: FeedsFile = None,
) -> None:
    """Ask a feed once, and write it into feeds.toml as verified when it answers with entries. Else nothing changes."""
    from msgspec.structs import replace  # noqa: PLC0415

    from config.catalogue import load_catalogue  # noqa: PLC0415
    from config.feeds import describe_feeds  # noqa: PLC0415
    from services.news.feed import AuthorityClass, ExtractionHints, Feed, FeedKind  # noqa: PLC0415
    from streams.feeds.feed_adding import append_feed, ask_once, suggest_id  # noqa: PLC0415
    from streams.feeds.feed_checks import line_of  # noqa: PLC0415

    settings, path = _settings_and_file(file)
    feed = Feed(
        id=name or suggest_id(url),
        url=url,
        kind=_one_of("kind", kind, FeedKind),
        interval_seconds=interval,
        source=source,
        authority=_one_of("authority", authority, AuthorityClass),
        language=language,
        regulator=regulator,
        extract=ExtractionHints(full_text=full_text, time_zone=time_zone),
    )
    if not unchecked:
        answer = ask_once(settings, feed)
        say_row(line_of(answer))
        if not answer.ok:
            raise Misconfigured(f"{path} is as it was; --unchecked adds a feed that does not answer")
        feed = replace(feed, verified=True)
    catalogue = load_catalogue()
    append_feed(path, feed, catalogue, settings.feeds_local_port)
    typer.echo(f"{feed.id} added: {describe_feeds(choose_feeds(None, file)[1])}")


def show_rhythm(names: Names = None, file: FeedsFile = None) -> None:
    """Show how each feed keeps to its own rhythm, as the running feed_poller has learned it; QUIET ones first."""
    from streams.clock import wall_clock  # noqa: PLC0415
    from streams.feeds.feed_rhythms import line_of, read_rhythms  # noqa: PLC0415

    settings, feeds = choose_feeds(names, file)
    asked = [feed for feed in feeds if feed.enabled]
    pairs = zip(asked, read_rhythms(settings, asked), strict=True)
    for feed, rhythm in sorted(pairs, key=lambda pair: -pair[1].quiet_ratio):
        say_row(line_of(feed, rhythm, wall_clock()))


def preview(
    name: Annotated[str, typer.Argument(help="Id of feeds.toml, or the address of a feed.")],
    file: FeedsFile = None,
) -> None:
    """Show the articles that a feed holds now, as JSON Lines in the intake format. Sends nothing."""
    from streams.feeds.feed_checks import preview_feed  # noqa: PLC0415

    settings, feeds = choose_feeds(None, file)
    preview_feed(settings, _feed_of_address(name, settings) if "://" in name else choose(feeds, [name])[0])


def drop(
    folder: Annotated[Path, typer.Option("--folder", help="Its .json, .jsonl and .xml files are sent and moved.")],
) -> None:
    """Send the files of a folder to news.articles once; done ones go to done/, others to refused/ with a reason."""
    import asyncio  # noqa: PLC0415

    from streams.feeds.article_sender import ArticleSender  # noqa: PLC0415
    from streams.feeds.drop_folder import DropFolder  # noqa: PLC0415
    from streams.process import read_surroundings  # noqa: PLC0415

    if not folder.is_dir():
        raise Misconfigured(f"--folder {str(folder)!r} is no folder")
    surroundings = read_surroundings("kafka")
    sender = ArticleSender(surroundings.settings, surroundings.health)
    try:
        done, refused = asyncio.run(DropFolder(folder, sender).take_all())
    finally:
        sender.close()
    typer.echo(f"files: {done} sent, {refused} refused{', see refused/' if refused else ''}")
    if refused:
        raise typer.Exit(EXIT_FAILED)


def choose_feeds(names: list[str] | None, file: Path | None) -> tuple[Settings, list[Feed]]:
    """Settings of the environment and the feeds asked for; raises Misconfigured, for an unknown id too."""
    from config.catalogue import load_catalogue  # noqa: PLC0415
    from config.feeds import load_feeds  # noqa: PLC0415

    settings, path = _settings_and_file(file)
    feeds = load_feeds(load_catalogue(), path, settings.feeds_local_port)
    return settings, choose(feeds, names) if names else feeds


def choose(feeds: list[Feed], names: list[str]) -> list[Feed]:
    """The named ones in the order of the file; raises Misconfigured."""
    unknown = set(names) - {feed.id for feed in feeds}
    if unknown:
        raise Misconfigured(f"no feed {sorted(unknown)[0]!r}: `policy-signals feeds list` shows them")
    return [feed for feed in feeds if feed.id in names]


def _feed_of_address(url: str, settings: Settings) -> Any:
    from services.errors import Unreadable  # noqa: PLC0415
    from services.news.feed import AuthorityClass, Feed  # noqa: PLC0415
    from services.news.web_address import check_url  # noqa: PLC0415

    try:
        check_url(url, settings.feeds_local_port)
    except Unreadable as error:
        raise Misconfigured(f"{url[:200]!r} is not asked: {error}") from None
    return Feed(id="preview", url=url, source="preview", authority=AuthorityClass.PRESS, language="en")


def _settings_and_file(file: Path | None) -> tuple[Settings, Path]:
    import os  # noqa: PLC0415

    from config.feeds import feeds_file  # noqa: PLC0415
    from config.settings import read_settings  # noqa: PLC0415

    settings = read_settings(os.environ)
    return settings, file or feeds_file(settings)


def _one_of(key: str, value: str, kind: type[E]) -> E:
    if value not in set(kind):
        raise Misconfigured(f"--{key} {value!r} is none of {', '.join(kind)}")
    return kind(value)
