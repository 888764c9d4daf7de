"""What the second reader answered: read strictly, or set aside. Nothing is repaired and nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from services.errors import Unreadable
from services.signals.second_reading import Opinion
from services.signals.second_reading_request import MOST_EVIDENCE, TONES, disarm
from services.signals.signal import Evidence, Stage, Tone
from services.signals.text import Sentence, quote

LARGEST_NEUTRAL = 0.3
SHORTEST_QUOTE = 8
T = TypeVar("T")


class Reply(Struct, frozen=True, kw_only=True):
    """The answer inside a reply of the endpoint, and the tokens that it says were used; 0 when it does not say."""

    content: str
    tokens: int


class _Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tone: Tone
    score: Annotated[float, Meta(ge=-1, le=1)] | None
    confidence: Annotated[float, Meta(ge=0, le=1)]
    stage: Stage | None
    evidence: Annotated[list[int | str], Meta(max_length=MOST_EVIDENCE)]


class _Message(Struct, frozen=True):
    content: str | None = None


class _Choice(Struct, frozen=True):
    message: _Message
    finish_reason: str | None = None


class _Usage(Struct, frozen=True):
    total_tokens: Annotated[int, Meta(ge=0)] = 0


class _Completion(Struct, frozen=True):
    choices: list[_Choice]
    usage: _Usage | None = None


def read_reply(body: bytes) -> Reply:
    """The answer in the body of a chat-completions reply; raises Unreadable."""
    completion = _decode(body, _Completion)
    if not completion.choices:
        raise Unreadable("no_answer", "the reply holds no choice")
    choice = completion.choices[0]
    if choice.finish_reason == "length":
        raise Unreadable("cut_off", "the answer is longer than what was asked for")
    if not choice.message.content:
        raise Unreadable("no_answer", "the reply holds no text")
    return Reply(content=choice.message.content, tokens=completion.usage.total_tokens if completion.usage else 0)


def read_opinion(content: str, sentences: Sequence[Sentence]) -> Opinion:
    """The opinion in an answer about these shown sentences.

    Raises Unreadable: not_json, wrong_type (also a key too many or too few, or a number out of range), too_deep,
    inconsistent (a score that is not of the tone, a claim without evidence), not_verbatim.
    """
    answer = _decode(content.encode("utf-8", "replace"), _Answer)
    _check_score(answer)
    chosen = dict.fromkeys(_find_sentence(piece, sentences) for piece in answer.evidence)
    if answer.tone in (Tone.SUPPORTIVE, Tone.RESTRICTIVE) and not chosen:
        raise Unreadable("inconsistent", f"{answer.tone.value} without evidence")
    if answer.tone is Tone.IRRELEVANT:
        return Opinion(tone=answer.tone, score=None, confidence=answer.confidence, stage=None, evidence=())
    return Opinion(
        tone=answer.tone,
        score=answer.score,
        confidence=answer.confidence,
        stage=answer.stage,
        evidence=tuple(
            Evidence(sentence=quote(sentences[number].text), weight=round(1 / place, 2))
            for place, number in enumerate(chosen, start=1)
        ),
    )


def _check_score(answer: _Answer) -> None:
    tone, score = answer.tone, answer.score
    fits = {
        Tone.SUPPORTIVE: score is not None and score > 0,
        Tone.RESTRICTIVE: score is not None and score < 0,
        Tone.NEUTRAL: score is not None and abs(score) < LARGEST_NEUTRAL,
        Tone.IRRELEVANT: score is None,
    }
    if tone not in TONES or not fits[tone]:
        raise Unreadable("inconsistent", f"tone {tone.value} with score {score}")


def _find_sentence(piece: int | str, sentences: Sequence[Sentence]) -> int:
    """The number of a shown sentence, given by its number or by its own words."""
    if isinstance(piece, int):
        if not 0 <= piece < len(sentences):
            raise Unreadable("not_verbatim", f"there is no sentence {piece}")
        return piece
    words = piece.strip()
    for number, sentence in enumerate(sentences):
        if len(words) >= min(SHORTEST_QUOTE, len(sentence.text)) and (
            words in sentence.text or words in disarm(sentence.text)
        ):
            return number
    raise Unreadable("not_verbatim", "a sentence that is not in the article")


def _decode(data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise Unreadable("wrong_type", str(error)) from None
    except RecursionError:
        raise Unreadable("too_deep", "nested deeper than the reader goes") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not_json", str(error)) from None
