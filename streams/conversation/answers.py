"""What people in Slack are told beside the cards: answers that only the asker sees, and reminders in a channel."""

from __future__ import annotations

from streams.clock import monotonic, wall_clock
from streams.logs import log
from streams.metrics import SLACK_CALLS
from streams.slack.client import SlackCaller
from streams.slack.outcome import Outcome, Posted, classify, outcome_label

MEMBERS_KEPT_SECONDS = 60.0
LONGEST_ANSWER = 3_800


class SlackAnswers:
    """Ephemeral answers, reminders, and who belongs to a user group."""

    def __init__(self, call: SlackCaller) -> None:
        self._call = call
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    def answer(self, channel: str, user: str, text: str) -> None:
        """Tell one person; what cannot be told is logged, for nothing hangs on it."""
        outcome = self._ask("chat.postEphemeral", {"channel": channel, "user": user, **_words(text)})
        if not isinstance(outcome, Posted):
            log.warning("could not answer", outcome=outcome_label(outcome))

    def remind(self, channel: str, text: str) -> Outcome:
        """Tell a channel."""
        return self._ask("chat.postMessage", {"channel": channel, **_words(text)})

    def is_member(self, group: str, user: str) -> bool:
        """True when the group has this user, as known within a minute; False when Slack does not say."""
        read_at, members = self._members.get(group, (0.0, frozenset[str]()))
        if not read_at or monotonic() - read_at > MEMBERS_KEPT_SECONDS:
            members = self._read_members(group)
            self._members[group] = monotonic(), members
        return user in members

    def _read_members(self, group: str) -> frozenset[str]:
        answer = self._call("usergroups.users.list", {"usergroup": group})
        users = answer.body.get("users") if answer.ok and answer.body is not None else None
        if not isinstance(users, list):
            log.warning("a user group cannot be read", group=group, status=answer.status)
            return frozenset()
        SLACK_CALLS.labels(method="usergroups.users.list", outcome="read").inc()
        return frozenset(map(str, users))

    def _ask(self, method: str, arguments: dict[str, object]) -> Outcome:
        answer = self._call(method, arguments)
        outcome = Posted("") if answer.ok else classify(answer, wall_clock())
        SLACK_CALLS.labels(method=method, outcome=outcome_label(outcome)).inc()
        return outcome


def _words(text: str) -> dict[str, object]:
    """Text in a block, where bare addresses and names are not made into links."""
    lines, size = [], 0
    for line in text.split("\n"):
        size += len(line) + 1
        if size > LONGEST_ANSWER:
            lines.append("…")
            break
        lines.append(line)
    shown = "\n".join(lines)
    # A section takes 3,000 characters; lines are never cut, so an escaped sign stays whole.
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": part, "verbatim": True}} for part in _parts(lines)]
    return {"text": shown, "blocks": blocks, "parse": "none", "link_names": False, "unfurl_links": False}


def _parts(lines: list[str], most: int = 2_900) -> list[str]:
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + 1 + len(line) <= most:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return [part for part in parts if part.strip()]
