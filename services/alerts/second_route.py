"""The second route: where an alert goes when a channel does not take it, and the sentence that says so there.

``second = "NAME"`` at a channel of routing.toml names another channel. What the first one refuses stays in its queue,
and stands in the second as well. Who stands in is decided from the alert and the files alone, so that the sentence
is the same in every later edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.alerts.alert import Alert
from services.alerts.delivery_channels import find_channels
from services.alerts.routing import RoutingTable


def follow(name: str, seconds: Mapping[str, str]) -> tuple[str, ...]:
    """The channels that stand in for one, in order; each at most once, so that a circle ends.

    >>> follow("a", {"a": "b", "b": "c", "c": "a"})
    ('b', 'c')
    """
    found: list[str] = []
    following = seconds.get(name, "")
    while following and following != name and following not in found:
        found.append(following)
        following = seconds.get(following, "")
    return tuple(found)


def find_meant(alert: Alert, names: Iterable[str], table: RoutingTable, seconds: Mapping[str, str]) -> tuple[str, ...]:
    """The channels for which the one that ``names`` lead to stands in; none when the alert is for that one itself.

    ``seconds`` maps a channel to the one that stands in for it.
    """
    meant, own = find_channels(alert, table), {*names}
    if own & {*meant}:
        return ()
    return tuple(name for name in meant if own & {*follow(name, seconds)})


def say_second_route(meant: Iterable[str]) -> str:
    """The sentence; empty when the channel stands in for none.

    >>> say_second_route(["desk"])
    'Second route: this is for the channel desk, which does not take it.'
    """
    names = ", ".join(meant)
    return f"Second route: this is for the channel {names}, which does not take it." if names else ""


def add_note(payload: Mapping[str, object], note: str) -> dict[str, object]:
    """A Slack payload (``text``, ``blocks``) with a sentence of ours at the top, and in its words for phones."""
    blocks = payload.get("blocks")
    if not note or not isinstance(blocks, list):
        return dict(payload)
    block = {"type": "context", "elements": [{"type": "plain_text", "text": note, "emoji": False}]}
    return {**payload, "text": f"{payload.get('text', '')} · {note}", "blocks": [*blocks[:1], block, *blocks[1:]]}
