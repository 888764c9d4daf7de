"""A signal told again: after a restart the story memory is rebuilt from ``policy.signals`` alone."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from services.news.article import Article
from services.signals.signal import PolicySignal
from services.stories.telling import LEAD_CHARACTERS, Teller, Telling

LONGEST_FIRST_LINE = 300
"""Of an article without a title the first line stands for one."""


def tell_live(teller: Teller, article: Article, now: datetime) -> Telling:
    """The telling of an article that arrives; ``now`` bounds what a record may claim about its own arrival.

    A record that says it arrived years ahead must not make the memory forget everything before it.
    """
    return replace(teller.tell(article), received_at=min(article.received_at, now))


def tell_again(teller: Teller, signal: PolicySignal) -> Telling:
    """Exactly what ``tell_live`` made of the article of a signal; records of older versions have the headline alone."""
    article = Article(
        article_id=signal.article_id,
        source=signal.source,
        url=signal.url,
        language=signal.language,
        title=signal.headline,
        body=signal.lead,
        published_at=signal.published_at,
        received_at=signal.received_at,
    )
    telling = tell_live(teller, article, signal.scored_at)
    # The fingerprint is that of the whole text, which the signal does not carry.
    return replace(telling, fingerprint=signal.fingerprint or telling.fingerprint)


def split_headline(article: Article) -> tuple[str, str]:
    """Headline and lead as a signal keeps them, so that ``tell_again`` sees what ``Teller.tell`` saw.

    >>> from datetime import datetime
    >>> noon = datetime(2023, 7, 13, 12)
    >>> split_headline(Article(article_id="a", source="", url="", language="en", title="", body="One\\nTwo",
    ...                        published_at=noon, received_at=noon))
    ('One', 'Two')
    """
    headline, lead = article.title, article.body
    if not headline:
        headline, _, lead = article.body.partition("\n")
        headline = headline[:LONGEST_FIRST_LINE]
    return headline, lead[:LEAD_CHARACTERS]
