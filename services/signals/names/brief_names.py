"""Short names of companies that are also words or places: "Visa", "Southwest", 贝壳, 宁德.

Such a name is the company's where the article has its longer name too, where it stands beside another company in a
list, or where the words at it take a company: a fine on it, a case against it, its own statement. Letters that are no
word ("KT") need less: they open a sentence, or own something. Otherwise nothing is linked: a wrong ticker is worse than
a missed one.
"""

# ruff: noqa: E501 - vocabularies read better in long lines

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from services.signals.names.name_matcher import Mention, NameKind
from services.signals.names.normal_form import HAN

_BESIDE = re.compile(r"(?:,? (?:and|or|&) |, |[、和与及/]|以及)")
_TAKES_COMPANY = re.compile(
    r"\b(?:su(?:es?|ed|ing)|fin(?:es?|ed|ing)|charg(?:es?|ed|ing)|accus(?:es?|ed|ing)|prob(?:es?|ed|ing)|investigat(?:es?|ed|ing)|penali[sz](?:es?|ed)|"
    r"orders|clears|approves|blocks|bars|lets|allows|tells|summons|takes|drags|against|settles? with|settlement with|lawsuits? against|case against|"
    r"(?:probe|investigation|inquiry|scrutiny|raid|complaint)s? (?:of|into|on|against)|(?:fine|penalty|sanction|ban)s? on|"
    r"(?:merger|deal|tie-up|alliance) with|(?:purchase|acquisition|takeover) of|(?:giant|company|lender|carrier|airline|retailer|network|processor|issuer|firm|group|maker))"
    r"(?: the)? $"
    r"|(?:约谈|处罚|起诉|调查|立案调查|要求|责令|罚款?|重罚|同意|批准|核准|督促|指控|警告|谴责|制裁|查处|通报批评?|点名|收购|参股|入股)$",
    re.IGNORECASE,
)
_IS_COMPANY = re.compile(
    r"(?:'s?(?= (?:[\w$€£.,-]+ ){0,5}?(?:shares|stock|chief|ceo|board|bid|plan|proposed|acquisition|takeover|merger|purchase|deal|business|unit|network|flights?|pilots?|platform|practices|customers|fees|fine|penalty|rules? on)\b)"
    r"|(?: (?:said|says|agreed|agrees|faces|faced|denied|denies|must|pays|paid|to pay|hit with|handed|told to|ordered to|cleared|accused|plans?|recalls|to settle|settles|settled|sued|loses|lost|wins|won|was fined|is fined|fined|was sued|gets|reached|reaches|violated|abused|broke|misled|failed|overcharged|appealed|appeals|shares|stock|CEO|Inc|Corp|Holdings|Ltd))\b)"
    r"|(?:集团|公司|股份|汽车|方面|平台|多家|子公司|港股|[AaHh]股|股价|生物|被|因|称|表示|回应|公告|旗下|涉嫌|违[反法规]|获批?|遭|等(?:公司|企业|平台|机构|多家|\d|[两三四五六七八九十]))"
)
_IS_WORD = re.compile(
    r" (?:rules?|applications?|applicants?|holders?|bans?|fees?|requirements?|waivers?|free|policy|policies|programs?|programmes?|"
    r"restrictions?|curbs?|fraud|delays?|status|processing|bonds?|system|scheme|regime|overstay\w*|interviews?|category|categories|lottery|"
    r"variant|region|coast|states?|province|border|monsoon|river|plane|level|trial|chain)\b"
    r"|(?:市|县|山|湾|海域|粉|珍珠|核电)",
    re.IGNORECASE,
)

_LOWER_WORD = re.compile(r" [a-z]")
_LONGER_NAME = re.compile(
    r"(?: (?!(?:Over|For|To|In|On|After|And|With|As|At|From|Is|Was|Of|By|Says|Said|Must|Faces|Wins|Loses|Fined|Sued|Deal|Merger|Antitrust|CEO|Shares|Stock|Inc|Corp|Holdings|Ltd)\b)|-)[A-Z]"
)
"""Goes on as another's name: "Southwest Gas", "Sea Shepherd"; a headline's capitals stand in the list."""
_OF_A_PLACE = re.compile(
    r"(?:\b(?:[Tt]he|[Ii]n|[Aa]n?|[Nn]orth|[Ss]outh|H-1B|student|work|tourist|travel|transit|entry) $|[A-Z][a-z]+ $(?<!Sues )(?<!Fines )(?<!Orders )(?<!Against )(?<!Lets )(?<!Blocks )(?<!Clears )(?<!On )(?<!With )(?<!Airline )(?<!And )(?<!Charges )(?<!Probes ))"
)
"""Stands after an article or is the end of a longer name: "the delta", "China Southwest"."""


def settle_brief_names(found: Sequence[Mention], texts: Sequence[str]) -> list[Mention]:
    """The mentions, short names either turned into their company's or left out."""
    if not any(mention.kind is NameKind.BRIEF for mention in found):
        return list(found)
    sure = {mention.id for mention in found if mention.kind is NameKind.ISSUER}
    told = sure | {
        mention.id
        for mention in found
        if mention.kind is NameKind.BRIEF and _is_company(mention, texts[mention.sentence], found)
    }
    return [
        replace(mention, kind=NameKind.ISSUER) if mention.kind is NameKind.BRIEF else mention
        for mention in found
        if mention.kind is not NameKind.BRIEF or (mention.id in told and not _is_word(mention, texts[mention.sentence]))
    ]


def _is_company(mention: Mention, text: str, found: Sequence[Mention]) -> bool:
    if _is_word(mention, text):
        return False
    before, after = text[: mention.start], text[mention.end :]
    return bool(
        _IS_COMPANY.match(after)
        or _TAKES_COMPANY.search(before)
        or _is_acronym_at_work(mention, text)
        or _stands_beside_company(mention, text, found)
    )


def _is_acronym_at_work(mention: Mention, text: str) -> bool:
    """True for capitals that open a sentence and do something, or own something: "KT customers may leave"."""
    name, after = mention.surface, text[mention.end :]
    if not (name.isascii() and name.isupper()) or text.isupper():
        return False
    return after.startswith("'s ") or (mention.start == 0 and _LOWER_WORD.match(after) is not None)


def _is_word(mention: Mention, text: str) -> bool:
    if HAN.match(mention.surface):
        return _IS_WORD.match(text, mention.end) is not None
    return bool(
        text.isupper()
        or _IS_WORD.match(text, mention.end)
        or _LONGER_NAME.match(text, mention.end)
        or _OF_A_PLACE.search(text[: mention.start])
    )


def _stands_beside_company(mention: Mention, text: str, found: Sequence[Mention]) -> bool:
    """True in a list with another company: "Visa and Mastercard", 通威、隆基, "Delta, United"."""
    return any(
        other.kind in (NameKind.ISSUER, NameKind.BRIEF)
        and other is not mention
        and other.sentence == mention.sentence
        and (_BESIDE.fullmatch(text[mention.end : other.start]) or _BESIDE.fullmatch(text[other.end : mention.start]))
        for other in found
    )
