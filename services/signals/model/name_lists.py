"""Companies that a sentence puts side by side ("美团、阿里巴巴的负责人", "Apple and Google") are concerned alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.signals.names.linking import MentionKey, key_of
from services.signals.names.name_matcher import Mention, NameKind

_JOINS = re.compile(r" ?(?:[、,&/]|和|及|与|以及|or|and|, and) ?")


def share_chances(
    chances: Mapping[MentionKey, float], mentions: Sequence[Mention], sentences: Mapping[int, str]
) -> dict[MentionKey, float]:
    """The chances, those of companies in one list replaced by their mean: what differs between them is noise.

    ``sentences``: by number, in the normal form in which mentions have their positions.
    """
    shared = dict(chances)
    for listed in _find_lists(mentions, sentences):
        keys = [key_of(mention) for mention in listed if key_of(mention) in chances]
        if len(keys) > 1:
            mean = sum(chances[key] for key in keys) / len(keys)
            shared.update(dict.fromkeys(keys, mean))
    return shared


def _find_lists(mentions: Sequence[Mention], sentences: Mapping[int, str]) -> list[list[Mention]]:
    lists: list[list[Mention]] = []
    for mention in sorted((one for one in mentions if one.kind is NameKind.ISSUER), key=key_of):
        before = lists[-1][-1] if lists else None
        if before is not None and _is_joined(before, mention, sentences):
            lists[-1].append(mention)
        else:
            lists.append([mention])
    return lists


def _is_joined(before: Mention, mention: Mention, sentences: Mapping[int, str]) -> bool:
    if before.sentence != mention.sentence or mention.sentence not in sentences:
        return False
    return _JOINS.fullmatch(sentences[mention.sentence][before.end : mention.start]) is not None
