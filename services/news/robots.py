"""robots.txt as RFC 9309 (2022) says: the longest rule that fits decides, an Allow wins a tie, ``*`` and ``$`` work."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from msgspec import Struct

MAX_CHARACTERS = 500_000
MAX_RULES = 5_000
LONGEST_CRAWL_DELAY = 3_600.0


class RobotRule(Struct, frozen=True):
    """One line: a pattern of paths, and whether they may be fetched."""

    pattern: str
    is_allowed: bool


class RobotRules(Struct, frozen=True, kw_only=True):
    """What a host asks of us."""

    rules: tuple[RobotRule, ...] = ()
    crawl_delay_seconds: float | None = None

    def allows(self, url: str) -> bool:
        """May this address be fetched? Without a rule that fits, yes."""
        parts = urlsplit(url)
        path = unquote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if path == "/robots.txt":
            return True
        fitting = [rule for rule in self.rules if _fits(rule.pattern, path)]
        best = max(fitting, key=lambda rule: (len(rule.pattern), rule.is_allowed), default=None)
        return best is None or best.is_allowed


ALLOW_ALL = RobotRules()


def read_robots(text: str, agent: str) -> RobotRules:
    """The rules of the groups that name ``agent``, else those for every agent."""
    groups: dict[str, list[tuple[str, str]]] = {}
    named: list[str] = []
    is_naming = False
    for line in text[:MAX_CHARACTERS].splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            named = [*named, value.lower()] if is_naming else [value.lower()]
            groups.setdefault(value.lower(), [])
            is_naming = True
        elif key in ("allow", "disallow", "crawl-delay"):
            is_naming = False
            for name in named:
                groups[name].append((key, value))
    ours = next((name for name in groups if name != "*" and name and name in agent.lower()), "*")
    return _as_rules(groups.get(ours, []))


def _as_rules(lines: list[tuple[str, str]]) -> RobotRules:
    rules = [RobotRule(unquote(value), key == "allow") for key, value in lines if key != "crawl-delay" and value]
    delays = [delay for key, value in lines if key == "crawl-delay" and (delay := _seconds(value)) is not None]
    return RobotRules(rules=tuple(rules[:MAX_RULES]), crawl_delay_seconds=max(delays, default=None))


def _seconds(text: str) -> float | None:
    plain = text.replace(".", "", 1)
    return min(float(text), LONGEST_CRAWL_DELAY) if plain.isascii() and plain.isdigit() else None


def _fits(pattern: str, path: str) -> bool:
    """Wildcards by plain search, left to right: no pattern makes it slow."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, part in enumerate(others):
        if is_whole and number == len(others) - 1:
            return len(path) - len(part) >= at and path.endswith(part)
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not is_whole or at == len(path)
