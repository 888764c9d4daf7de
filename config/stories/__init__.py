"""What story identity knows beforehand: how common words are, and the teller made of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from config.catalogue import load_catalogue
from services.errors import Misconfigured
from services.signals.names.linking import Linker
from services.stories.telling import Teller, weigh_words

WORD_COUNTS = Path(__file__).with_name("word_counts.txt")


@cache
def load_word_weights(path: Path = WORD_COUNTS) -> dict[str, float]:
    """Weights of the words that are not rare; raises Misconfigured when the file is damaged."""
    try:
        lines = [line.split(" ") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        counts = {word: int(count) for word, count in lines}
        articles = counts.pop("*")
    except (OSError, ValueError, KeyError) as error:
        raise Misconfigured(f"{path.name}: {error}; bake it anew with deploy/tools/bake_story_words.py") from None
    return weigh_words(counts, articles)


@cache
def load_teller() -> Teller:
    """The teller of the catalogue; raises Misconfigured."""
    return Teller(Linker(load_catalogue()), load_word_weights())
