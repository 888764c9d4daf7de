"""From the names of routing.toml to channels: which is which, who stands in for whom, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from config.routing import RoutingFile
from services.alerts.alert import Alert
from services.alerts.second_route import find_meant, say_second_route

OUTPUT = "output/"
"""How the attempt log calls what is not Slack, before its name."""


class ChannelLines:
    """Channels as the attempt log names them: the id of a channel of Slack, or ``output/NAME``."""

    def __init__(self, routing: RoutingFile, slack_channel: str) -> None:
        self._routing = routing
        self.targets: Mapping[str, str] = {
            name: (entry.target or slack_channel) if entry.kind == "slack" else f"{OUTPUT}{name}"
            for name, entry in routing.channels.items()
        }
        names: dict[str, str] = {}
        seconds: dict[str, str] = {}
        for name, target in self.targets.items():
            # Two names may lead to one channel, which has one pace.
            names.setdefault(target, name)
            second = self.targets.get(routing.channels[name].second, target)
            if second != target:
                seconds.setdefault(target, second)
        self.names: Mapping[str, str] = names
        """The first name that leads to each channel."""
        self.seconds: Mapping[str, str] = seconds
        """The channel that stands in for a channel."""

    def leading_to(self, target: str) -> tuple[str, ...]:
        """All names of a channel."""
        return tuple(name for name, other in self.targets.items() if other == target)

    def note_of(self, target: str) -> Callable[[Alert], str]:
        """Gives the sentence of the second route for an alert in this channel; empty when the alert is meant for it."""
        names = self.leading_to(target)
        seconds = {name: entry.second for name, entry in self._routing.channels.items() if entry.second}
        return lambda alert: say_second_route(find_meant(alert, names, self._routing.table, seconds))
