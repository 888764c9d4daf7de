"""Companies that stand in one list have one role."""

from __future__ import annotations

import pytest

from services.signals.model.name_lists import share_chances
from services.signals.names.name_matcher import Mention, NameKind


def mention(text: str, name: str, kind: NameKind = NameKind.ISSUER) -> Mention:
    start = text.index(name)
    return Mention(kind=kind, owners=(name,), sentence=0, start=start, end=start + len(name), surface=name)


@pytest.mark.parametrize(
    "text",
    ["美团、阿里巴巴的负责人发言", "美团和阿里巴巴被约谈", "美团, 阿里巴巴", "美团 and 阿里巴巴", "美团以及阿里巴巴"],
)
def test_companies_in_one_list_share_the_mean_of_their_chances(text: str) -> None:
    """One was a target and its neighbour a bystander of the same half sentence."""
    both = [mention(text, "美团"), mention(text, "阿里巴巴")]
    first, second = ((one.sentence, one.start) for one in both)
    shared = share_chances({first: 0.7, second: 0.4}, both, {0: text})
    assert shared == {first: pytest.approx(0.55), second: pytest.approx(0.55)}


@pytest.mark.parametrize("text", ["美团起诉阿里巴巴", "美团发言，随后阿里巴巴", "Uber says rival Lyft"])
def test_companies_apart_keep_their_own(text: str) -> None:
    """Author and target often stand in one sentence."""
    names = ("Uber", "Lyft") if text.isascii() else ("美团", "阿里巴巴")
    both = [mention(text, name) for name in names]
    chances = {(one.sentence, one.start): chance for one, chance in zip(both, (0.7, 0.4), strict=True)}
    assert share_chances(chances, both, {0: text}) == chances


def test_an_authority_in_a_list_has_no_part_in_it() -> None:
    """Its chance says whether it acts, which is another question."""
    text = "证监会和美团"
    both = [mention(text, "证监会", NameKind.REGULATOR), mention(text, "美团")]
    chances = {(one.sentence, one.start): chance for one, chance in zip(both, (0.9, 0.1), strict=True)}
    assert share_chances(chances, both, {0: text}) == chances
