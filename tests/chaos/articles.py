"""News of our own making for a long run: each article tells another event, so each must become one alert."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from config.alerting import load_authorities
from config.catalogue import load_catalogue
from config.routing import load_desk_policy
from config.stories import load_teller
from config.tone_model import load_reader
from services.alerts.alert import Silence
from services.alerts.news_desk import NewsDesk
from services.alerts.silence import find_silence
from services.news.parsing import parse_article
from services.signals.signal import Relation

AUTHORITIES = (
    ("SAMR", "China's market regulator SAMR", "BEIJING"),
    ("CAC", "The Cyberspace Administration of China", "BEIJING"),
    ("FTC", "The US Federal Trade Commission", "WASHINGTON"),
    ("EC", "The European Commission", "BRUSSELS"),
    ("SEC", "The US Securities and Exchange Commission", "WASHINGTON"),
    ("CMA", "Britain's Competition and Markets Authority", "LONDON"),
)
ACTS = (
    (
        "fines {company} in abuse case",
        "{authority} fined {company} {amount} million for abusing its dominant position, and ordered it to end the "
        "practices within {days} days. The company may appeal, the decision of {day} says.",
    ),
    (
        "opens probe into {company}",
        "{authority} has opened a formal investigation into {company} over unfair terms and raided {days} of its "
        "offices. Penalties of up to {amount} million are possible, officials said.",
    ),
    (
        "clears {company} and ends inquiry",
        "{authority} closed its inquiry into {company} without penalties and approved the plan that the company "
        "handed in {days} days ago. It may go on with an investment of {amount} million at once.",
    ),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True, kw_only=True)
class WrittenArticle:
    """One article without its time; ``number`` makes its address."""

    number: int
    title: str
    body: str

    @property
    def url(self) -> str:
        """Where it would stand."""
        return f"https://chaos-wire.example/{self.number:05d}"

    def at(self, published_at: datetime) -> bytes:
        """The record for ``news.articles``."""
        fields = {
            "source": "Chaos Wire (test)",
            "url": self.url,
            "language": "en",
            "title": self.title,
            "body": self.body,
            "published_at": published_at.isoformat(),
            "schema_version": 1,
        }
        return json.dumps(fields).encode()


def choose_articles(count: int, seed: int, now: datetime) -> list[WrittenArticle]:
    """So many articles, of which each is read as an event of its own; raises ValueError when the templates run out."""
    desk, policy = NewsDesk(load_reader(), load_authorities(), load_teller()), load_desk_policy(load_catalogue())
    chosen: list[WrittenArticle] = []
    for article in write_articles(seed):
        outcome = desk.take(parse_article(article.at(now), now), now)
        if isinstance(outcome, Silence):
            continue
        if outcome.relation is not Relation.NEW or find_silence(outcome, policy) is not None:
            continue
        chosen.append(article)
        if len(chosen) == count:
            return chosen
    raise ValueError(f"the templates make {len(chosen)} events, {count} were asked for")


def write_articles(seed: int) -> Iterator[WrittenArticle]:
    """Every authority, company and act once, in the order of the seed."""
    chance = random.Random(seed)
    companies = sorted(issuer.name_en for issuer in load_catalogue().issuers.values())
    choices = list(product(AUTHORITIES, companies, ACTS))
    chance.shuffle(choices)
    for number, ((_, authority, town), company, (title, body)) in enumerate(choices):
        words = {"company": company, "authority": authority, "day": chance.choice(DAYS)}
        figures = {"amount": chance.randint(3, 900), "days": chance.randint(2, 60)}
        yield WrittenArticle(
            number=number,
            title=f"{authority} {title.format(**words)}",
            body=f"{town} (Chaos Wire) - {body.format(**words, **figures)}",
        )
