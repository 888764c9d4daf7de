"""Which authority a name means: "the SEC" of which country, "the central bank" of whom.

    settle_authorities(found, texts, catalogue) -> list[Mention]     each with its one owner, or STRANGER

In this order, and the first that answers wins: the country right at the name; the same name settled elsewhere in
the article; an owner that the article names outright; the date line; the country of the sentence; the country that
most of the article is about. A country without a place in the catalogue answers too: then the name means a stranger.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.signals.entities import Regulator
from services.signals.names.catalogue_names import NameKind, is_acronym
from services.signals.names.countries import (
    UNKNOWN,
    Country,
    belongs_to,
    find_countries,
    find_dateline,
    find_owner,
    has_unknown_owner,
    judge_subject,
)
from services.signals.names.country_names import MEMBERS
from services.signals.names.name_matcher import Mention
from services.signals.names.normal_form import HAN
from services.signals.names.passage import Passage
from services.signals.names.regulator_words import is_only_filed_with

AUTHORITY_KINDS = (NameKind.REGULATOR, NameKind.GENERIC, NameKind.BROAD)
STRANGER = "?"
"""An authority that the catalogue does not have: Turkey's central bank."""
TITLE_WEIGHT = 3
KNOWN_WEIGHT = 2

_TRADITIONAL = re.compile("[證監會國務總經發學開關電車門們來時對這說過還點當實業應題體網產規場]")


class _Sense(Struct, frozen=True):
    """What one mention means."""

    mention: Mention
    owner: str


def settle_authorities(
    found: Sequence[Mention],
    texts: Sequence[str],
    passages: Sequence[Passage],
    regulators: Mapping[str, Regulator],
    homes: Sequence[str] = (),
) -> list[Mention]:
    """The mentions whose authority is clear, each with that one owner or ``STRANGER``; filings are left out.

    ``homes``: home countries of the companies named, one entry a mention; they tell where no country is named.
    """
    named = [mention for mention in found if mention.kind in AUTHORITY_KINDS]
    if not named:
        return []
    scene = _Scene(texts, passages, regulators, homes)
    sure: list[_Sense] = []
    for mention in named:
        sense = scene.settle_at_name(mention, sure)
        if sense is not None:
            sure.append(sense)
    settled = {id(sense.mention): sense.owner for sense in sure}
    outright = {mention.id for mention in named if mention.kind is NameKind.REGULATOR and id(mention) not in settled}
    outright |= {*settled.values()} - {STRANGER}
    kept = []
    for mention in named:
        owner = settled.get(id(mention)) or scene.settle_by_text(mention, sure, outright)
        if owner is not None and not is_only_filed_with(texts[mention.sentence], mention):
            kept.append(replace(mention, kind=NameKind.REGULATOR, owners=(owner,)))
    return kept


def settle_topics(
    found: Sequence[Mention],
    texts: Sequence[str],
    passages: Sequence[Passage],
    regulators: Mapping[str, Regulator],
    homes: Sequence[str] = (),
) -> list[Mention]:
    """The acts named that only one authority does, each with that one owner: "cuts the reserve requirement ratio"."""
    topics = [mention for mention in found if mention.kind is NameKind.TOPIC]
    if not topics:
        return []
    scene = _Scene(texts, passages, regulators, homes)
    settled = [(mention, scene.settle_topic(mention)) for mention in topics]
    return [replace(mention, owners=(owner,)) for mention, owner in settled if owner not in (None, STRANGER)]


class _Scene:
    """What one article says of countries."""

    def __init__(
        self,
        texts: Sequence[str],
        passages: Sequence[Passage],
        regulators: Mapping[str, Regulator],
        homes: Sequence[str],
    ) -> None:
        self._texts = texts
        self._homes = frozenset(homes)
        self._regulators = regulators
        self._jurisdictions = {regulator.home for regulator in regulators.values()}
        self._countries = [find_countries(text) for text in texts]
        self._dateline = next((find_dateline(t) for t, p in zip(texts, passages, strict=True) if p.place == 0), None)
        self._is_han = any(not text.isascii() and HAN.search(text) for text in texts)
        self._is_traditional = any(_TRADITIONAL.search(passage.text) for passage in passages)
        self._weights: Counter[str] = Counter()
        for countries, passage in zip(self._countries, passages, strict=True):
            for country in countries:
                if not country.is_object:
                    self._weights[country.code] += TITLE_WEIGHT if passage.in_title else 1

    def settle_at_name(self, mention: Mention, before: Sequence[_Sense]) -> _Sense | None:
        """The sense by what stands right at the name; None when nothing does."""
        text = self._texts[mention.sentence]
        last = before[-1].mention if before else None
        if last is not None and last.sentence == mention.sentence and text[last.end : mention.start] in (" (", "("):
            # "Thailand's Securities and Exchange Commission (SEC)": the short name means what the long one means.
            owner = before[-1].owner
            return _Sense(mention, owner if owner in (STRANGER, *mention.owners) else mention.id)
        code = self._owner_code(text, self._countries[mention.sentence], mention)
        if code is None:
            return _Sense(mention, mention.id) if self._speaks_for_itself(mention, text) else None
        return _Sense(mention, self._owner_in(mention, code))

    def _owner_code(self, text: str, countries: Sequence[Country], mention: Mention) -> str | None:
        code = find_owner(text, countries, mention.start, mention.end)
        if code is None and mention.kind is not NameKind.REGULATOR and has_unknown_owner(text, mention.start):
            return UNKNOWN
        return code

    def _owner_in(self, mention: Mention, code: str) -> str:
        homes = {owner: self._regulators[owner].home for owner in mention.owners}
        exact = next((owner for owner, home in homes.items() if home == code), None)
        if exact is None and mention.kind is NameKind.REGULATOR and belongs_to(code, homes[mention.id]):
            return mention.id
        return exact or STRANGER

    def _speaks_for_itself(self, mention: Mention, text: str) -> bool:
        """True for a name that has its country in it: "China's central bank", 香港证监会."""
        countries = self._countries[mention.sentence]
        return mention.kind is NameKind.REGULATOR and any(
            mention.start <= country.start < mention.end for country in countries
        )

    def settle_by_text(self, mention: Mention, sure: Sequence[_Sense], outright: set[str]) -> str | None:
        """The owner by the rest of the article; None when it does not say."""
        kin = _find_kin(mention, sure)
        if kin is not None:
            return kin.owner
        if mention.kind is NameKind.REGULATOR:
            return self._judge_default(mention)
        if mention.kind is NameKind.BROAD:
            return None
        if any(sense.owner == STRANGER and set(sense.mention.owners) & set(mention.owners) for sense in sure):
            return None
        near = [owner for owner in mention.owners if owner in outright]
        return self._judge_near(mention, near[0]) if len(near) == 1 else self._judge_generic(mention, outright)

    def settle_topic(self, mention: Mention) -> str | None:
        """The owner of an act: by the country right at it, else by the country that acts in the text."""
        sense = self.settle_at_name(mention, ())
        return sense.owner if sense is not None else self._judge_generic(mention, set())

    def _judge_near(self, mention: Mention, near: str) -> str | None:
        """The owner that the article names outright, unless the report is another country's."""
        subject = self._dateline or judge_subject(self._weights)
        if subject in (None, self._regulators[near].home, self._regulators[near].jurisdiction):
            return near
        return None if any(self._regulators[owner].home == subject for owner in mention.owners) else STRANGER

    def _judge_default(self, mention: Mention) -> str:
        """A name that its first owner has outright, unless the report comes from elsewhere and shares the name."""
        home = self._regulators[mention.id].home
        others = {self._regulators[owner].home: owner for owner in mention.owners[1:]}
        if self._is_traditional and not self._weights[home]:
            # Hong Kong's papers call their own authorities by bare names; mainland ones write simplified characters.
            elsewhere = next((owner for code, owner in others.items() if self._weights[code]), others.get("HK"))
            if elsewhere is not None:
                return elsewhere
        if self._dateline is None or self._weights[home] or belongs_to(self._dateline, home):
            return mention.id
        if self._dateline in others:
            return others[self._dateline]
        is_foreign = self._dateline not in self._jurisdictions and self._dateline not in MEMBERS
        return STRANGER if is_foreign and is_acronym(mention.surface) else mention.id

    def _judge_generic(self, mention: Mention, outright: set[str]) -> str | None:
        homes = {self._regulators[owner].home: owner for owner in reversed(mention.owners)}
        if self._dateline is not None:
            return homes.get(self._dateline, STRANGER)
        countries = self._countries[mention.sentence]
        around = {country.code for country in countries if country.end <= mention.start and not country.is_object}
        if len(around) == 1:
            return homes.get(around.pop(), STRANGER)
        known = Counter(self._regulators[owner].home for owner in outright for _ in range(KNOWN_WEIGHT))
        subject = judge_subject(self._weights + known)
        if self._is_han and "CN" in homes:
            # A Chinese text calls its own authorities by their bare names; Hong Kong's do so at home.
            bare = subject if self._weights or known else "HK" if self._is_traditional and "HK" in homes else "CN"
            return homes.get(bare) if bare in ("CN", "HK") else None
        if self._is_han and not self._weights and "HK" in homes:
            # 金管局 is Hong Kong's where no country is named.
            return homes["HK"]
        if subject is None and not self._weights and len(self._homes) == 1:
            # "The market regulator fined Tencent": no country is named, but all companies are of one.
            return homes.get(next(iter(self._homes)))
        return homes.get(subject, STRANGER) if subject else None


def _find_kin(mention: Mention, sure: Sequence[_Sense]) -> _Sense | None:
    """The nearest settled mention of the same name, or of a longer one that ends with it; those before it first."""
    name = mention.surface.casefold()
    kin = [sense for sense in sure if _ends_with(sense.mention.surface.casefold(), name)]
    place = (mention.sentence, mention.start)
    before = [sense for sense in kin if (sense.mention.sentence, sense.mention.start) < place]
    if before:
        return before[-1]
    return kin[0] if kin else None


def _ends_with(longer: str, name: str) -> bool:
    """True for "us sec" and "sec", not for "kftc" and "ftc"."""
    rest = longer.removesuffix(name)
    return longer.endswith(name) and not (rest[-1:].isascii() and rest[-1:].isalnum() and name[0].isascii())
