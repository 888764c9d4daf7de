"""The audit on a terminal: who changed what from Slack, and whether the record of it is whole."""

from __future__ import annotations

import os

import typer

from config.settings import read_settings
from services.alerts.audit import AuditRecord, Chain, check_chain, check_expected
from services.alerts.desk import Change, Watch, key_of
from services.alerts.feedback import Feedback
from services.alerts.mutes import Mute, say_mute
from services.alerts.slack_text import clean_row
from services.errors import Misconfigured
from streams.broker.kafka import read_values
from streams.conversation.audit_log import read_links
from streams.topics import POLICY_AUDIT


def verify_audit(expected: str) -> bool:
    """Follow the hash chain of the audit and say what it proves; False when it is broken.

    Raises Misconfigured, Unavailable.
    """
    wrong = check_expected(expected) if expected else ""
    if wrong:
        raise Misconfigured(wrong)
    chain = check_chain(read_links(read_settings(os.environ)), expected)
    if chain.problem:
        typer.echo(f"FAIL  {chain.problem}; {chain.links} changes before it are sound", err=True)
        return False
    for line in say_proven(chain, expected):
        typer.echo(line)
    return True


def say_proven(chain: Chain, expected: str) -> list[str]:
    """What a sound chain proves, and no more than that."""
    if not chain.links:
        return [
            "ok    the audit is empty: nothing was ever changed from Slack, or all of it was removed",
            "      once there is a change, note its digest and give it as --expect: only that tells the two apart",
        ]
    if expected:
        return [
            f"ok    {chain.links} changes, none missing, moved or altered up to the one that you noted; "
            f"{chain.after_expected} since",
            f"      the last has the digest {chain.last}: note it",
        ]
    return [
        f"ok    {chain.links} changes hang together: none is missing between the first and the last, moved or altered",
        "      whether later ones were cut off, or all was made anew, only a digest noted before can tell (--expect)",
        f"      the last has the digest {chain.last}: note it elsewhere",
    ]


def list_audit() -> None:
    """Print every change: when, who, where, what. Raises Unavailable."""
    for record in read_values(read_settings(os.environ), POLICY_AUDIT.name, AuditRecord):
        who = record.who or "policy-signals"
        row = f"{record.number:>6}  {record.at:%Y-%m-%d %H:%M:%S} UTC  {who}  {record.where}  {_say(record.change)}"
        typer.echo(clean_row(row))


def _say(change: Change) -> str:
    match change:
        case Mute():
            ending = "its end was said or ordered" if change.is_settled else f"until {change.until:%Y-%m-%d %H:%M} UTC"
            return f"mute {change.number} {say_mute(change)} {ending}"
        case Watch():
            return f"watch {'add' if change.is_active else 'remove'} {change.instrument}"
        case Feedback():
            return f"feedback {change.verdict.value} {change.alert_id}"
        case _:
            return key_of(change).replace("/", " ")
