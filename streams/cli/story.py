"""``policy-signals story``: the time line of one story as it stands on ``policy.signals``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from services.news.parsing import content_id
from streams.cli.rows import say_row

if TYPE_CHECKING:
    from services.signals.signal import PolicySignal

LONGEST_HEADLINE = 100


def add_commands(app: typer.Typer) -> None:
    """Put ``story`` beside the other commands."""

    @app.command()
    def story(
        name: Annotated[
            str,
            typer.Argument(metavar="STORY_ID", help="sto_..., or an alert, signal or article of it: alt_, sig_, art_."),
        ],
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    ) -> None:
        """Show the reports of one story in order: how each relates to those before it, and why it is in the story."""
        if not show_story(name, as_json=as_json):
            raise typer.Exit(1)


def show_story(name: str, *, as_json: bool) -> bool:
    """Print the story; False when nothing of that name stands on the topic. Raises Unavailable."""
    # Imported here: --help is quick.
    from config.settings import read_settings  # noqa: PLC0415
    from services.signals.signal import PolicySignal  # noqa: PLC0415
    from streams.broker.kafka import read_values  # noqa: PLC0415
    from streams.topics import POLICY_SIGNALS  # noqa: PLC0415

    signals = list(read_values(read_settings(os.environ), POLICY_SIGNALS.name, PolicySignal))
    story_id = find_story(signals, name)
    if story_id is None:
        say_row(f"policy-signals: {say_unknown(signals, name)}", err=True)
        return False
    described = describe_story(signals, story_id)
    if as_json:
        typer.echo(msgspec.json.encode(described).decode())
    else:
        for row in draw_story(described):
            say_row(row)
    return True


def find_story(signals: Sequence[PolicySignal], name: str) -> str | None:
    """Story id of a story, or of an alert, signal or article of it; the last that fits, as it is known by now."""
    for signal in reversed(signals):
        if name in (signal.story_id, signal.signal_id, signal.article_id, content_id("alt", signal.story_id)):
            return signal.story_id
    return None


def say_unknown(signals: Sequence[PolicySignal], name: str) -> str:
    """What was looked through, so that a wrong id and a story that has left the topic are told apart."""
    if not signals:
        return f"no story {name}: policy.signals is empty"
    oldest = min(signal.scored_at for signal in signals)
    return (
        f"no story {name} among {len(signals)} signals; the oldest on policy.signals is of {oldest:%Y-%m-%d %H:%M} UTC"
    )


def describe_story(signals: Sequence[PolicySignal], story_id: str) -> dict[str, Any]:
    """The story as plain values: its reports in the order in which they were told, and the stories around it."""
    reports = [signal for signal in signals if signal.story_id == story_id]
    first = reports[0]
    follows = next((signal.follows for signal in reports if signal.follows), "")
    later = dict.fromkeys(signal.story_id for signal in signals if signal.follows == story_id)
    return {
        "story_id": story_id,
        "alert_id": content_id("alt", story_id),
        "first_seen_at": first.first_seen_at or first.received_at,
        "first_source": first.first_source or first.source,
        "follows": _name_story(signals, follows),
        "followed_by": [_name_story(signals, other) for other in later],
        "reports": [_describe_report(signal) for signal in reports],
    }


def _name_story(signals: Sequence[PolicySignal], story_id: str) -> dict[str, str] | None:
    if not story_id:
        return None
    headline = next((signal.headline for signal in signals if signal.story_id == story_id), "")
    told = next((signal.follows_headline for signal in signals if signal.follows == story_id), "")
    return {"story_id": story_id, "headline": headline or told}


def _describe_report(signal: PolicySignal) -> dict[str, Any]:
    return {
        "report": signal.reports,
        "published_at": signal.published_at,
        "updated_at": signal.updated_at,
        "received_at": signal.received_at,
        "relation": signal.relation.value,
        "novelty": signal.novelty,
        "source": signal.source,
        "language": signal.language,
        "authority": signal.authority,
        "headline": signal.headline,
        "url": signal.url,
        "article_id": signal.article_id,
        "signal_id": signal.signal_id,
        "tone": signal.tone.value,
        "score": signal.score,
        "reasons": signal.story_reasons,
    }


def draw_story(described: dict[str, Any]) -> Iterator[str]:
    """Lines for a terminal."""
    count = len(described["reports"])
    yield f"{described['story_id']}  {count} {'report' if count == 1 else 'reports'}, alert {described['alert_id']}"
    if described["follows"]:
        yield f"follows      {described['follows']['story_id']}  {described['follows']['headline'][:LONGEST_HEADLINE]}"
    for other in described["followed_by"]:
        yield f"followed by  {other['story_id']}  {other['headline'][:LONGEST_HEADLINE]}"
    for report in described["reports"]:
        when = f"{report['received_at']:%Y-%m-%d %H:%M:%S}"
        said = report["headline"][:LONGEST_HEADLINE]
        who = f"{report['source']} ({report['language']})"
        yield f"{when}  {report['relation']:<11} {report['novelty']:>3}  {who}: {said}"
        if report["updated_at"] is not None:
            changed = f"{report['updated_at']:%Y-%m-%d %H:%M}"
            yield f"{'':19}  published {report['published_at']:%Y-%m-%d %H:%M}, changed by its source {changed} UTC"
        if report["reasons"]:
            yield f"{'':19}  {'; '.join(report['reasons'])}"
