"""The webhooks and mail servers of routing.toml, with their secrets from the environment. Connects to nothing."""

from __future__ import annotations

from collections.abc import Mapping

from config.outputs import ChannelEntry, read_output_secret, split_addresses
from config.routing import RoutingFile
from streams.outputs.mail import MailOutput, MailServer
from streams.outputs.output import Output
from streams.outputs.webhook import Webhook


def open_outputs(routing: RoutingFile, names: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, Output]:
    """By the name of the channel; ``names`` maps regulator and sector ids to names. Raises Misconfigured."""
    return {
        name: _open_output(name, entry, names, environment)
        for name, entry in routing.channels_of("webhook", "email").items()
    }


def _open_output(name: str, entry: ChannelEntry, names: Mapping[str, str], environment: Mapping[str, str]) -> Output:
    secret = read_output_secret(name, entry, environment)
    if entry.kind == "webhook":
        return Webhook(entry.target, secret, allow_internal=entry.allow_internal)
    host, _, port = entry.server.rpartition(":")
    server = MailServer(
        host=host,
        port=int(port),
        security=entry.security,
        sender=entry.sender,
        recipients=split_addresses(entry.target),
        user=entry.user,
        password=secret,
    )
    return MailOutput(server, names)
