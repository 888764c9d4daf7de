"""sample_day/ -> the articles and the tape of the sample day. Raises Misconfigured with file, key and reason.

The articles are records of ``news.articles`` exactly as a source would send them; the tape is given by parameters, from
which ``services.market.sample.reconstruction`` builds the ticks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, time
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from msgspec import Struct, ValidationError, convert, json

from services.errors import Misconfigured, Unreadable
from services.market.sample.reconstruction import INDEX_STEP, LABEL, price_steps, seconds_of_day
from services.market.sample.tape_parameters import Hours, TapeDay, TapeInstrument, TapeParameters, TapeReaction
from services.news.parsing import IntakeRecord, parse_article

FOLDER = Path(__file__).with_name("sample_day")
_FAR_AHEAD = datetime(9999, 1, 1, tzinfo=UTC)


class SampleDay(Struct, frozen=True, kw_only=True):
    """Articles in order of arrival, each as the JSON that goes onto the topic, and what the tape is made of."""

    articles: tuple[bytes, ...]
    tape: TapeParameters


def load_sample_day(folder: Path = FOLDER) -> SampleDay:
    """Both files, checked; a few milliseconds. Raises Misconfigured."""
    return SampleDay(articles=load_articles(folder / "articles.jsonl"), tape=load_tape(folder / "tape.toml"))


def load_articles(file: Path = FOLDER / "articles.jsonl") -> tuple[bytes, ...]:
    """Every line as raw JSON, in order of arrival; raises Misconfigured naming file, line and reason."""
    try:
        lines = tuple(file.read_bytes().splitlines())
    except OSError as error:
        raise Misconfigured(f"{file}: cannot be read: {error.strerror}") from error
    if not lines:
        raise Misconfigured(f"{file}: holds no article")
    arrivals = [_find_arrival(file, number, line) for number, line in enumerate(lines, start=1)]
    for number, (before, after) in enumerate(pairwise(arrivals), start=2):
        if after < before:
            raise Misconfigured(f"{file}: line {number}: received_at is before that of the line above")
    return lines


def load_tape(file: Path = FOLDER / "tape.toml") -> TapeParameters:
    """Parameters of the tape; raises Misconfigured naming file, key and reason."""
    try:
        parameters = convert(tomllib.loads(file.read_text(encoding="utf-8")), type=TapeParameters)
    except OSError as error:
        raise Misconfigured(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file}: is not TOML: {error}") from error
    except ValidationError as error:
        reason, _, key = str(error).partition(" - at ")
        raise Misconfigured(f"{file}: {key.strip('`$.') or 'top level'}: {reason}") from error
    for key, reason in find_faults(parameters):
        raise Misconfigured(f"{file}: {key}: {reason}")
    return parameters


def find_faults(parameters: TapeParameters) -> Iterator[tuple[str, str]]:
    """(key, reason) of what types alone do not rule out, most basic first: only the first one is sure to be true."""
    names = [entry.instrument for entry in parameters.instruments]
    if parameters.label != LABEL:
        yield "label", f"is {parameters.label!r}, expected {LABEL!r}: such prices must never pass for recorded ones"
    try:
        ZoneInfo(parameters.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "timezone", f"{parameters.timezone!r} is not a known zone"
    if len(set(names)) < len(names):
        yield "instruments", "an instrument is named twice"
    if parameters.benchmark not in names:
        yield "benchmark", f"{parameters.benchmark!r} is not among the instruments"
    days = [day.day for day in parameters.days]
    if not days or days != sorted(set(days)):
        yield "days", "must be there and ascend"
    yield from _check_hours(parameters.hours, parameters.days)
    for number, entry in enumerate(parameters.instruments):
        for key, reason in _check_instrument(entry, len(days), entry.instrument == parameters.benchmark):
            yield f"instruments[{number}].{key}", f"{entry.instrument}: {reason}"
    for number, reaction in enumerate(parameters.reactions):
        for key, reason in _check_reaction(reaction, parameters):
            yield f"reactions[{number}].{key}", reason


def _find_arrival(file: Path, number: int, line: bytes) -> datetime:
    try:
        article = parse_article(line, _FAR_AHEAD)
    except Unreadable as error:
        raise Misconfigured(f"{file}: line {number}: {error}") from None
    if json.decode(line, type=IntakeRecord).received_at is None:
        raise Misconfigured(f"{file}: line {number}: received_at: is missing; it says when the article is played")
    return article.received_at


def _check_hours(hours: Hours, days: tuple[TapeDay, ...]) -> Iterator[tuple[str, str]]:
    instants: list[time] = [getattr(hours, name) for name in Hours.__struct_fields__]
    if instants != sorted(set(instants)):
        yield "hours", f"must ascend in the order {', '.join(Hours.__struct_fields__)}"
        return
    morning = seconds_of_day(hours.lunch_from) - seconds_of_day(hours.opens)
    afternoon = seconds_of_day(hours.closes) - seconds_of_day(hours.lunch_to)
    for number, day in enumerate(days):
        if morning % day.seconds_per_tick or afternoon % day.seconds_per_tick:
            yield f"days[{number}].seconds_per_tick", f"{day.seconds_per_tick} does not divide both halves of the day"


def _check_instrument(entry: TapeInstrument, days: int, is_index: bool) -> Iterator[tuple[str, str]]:
    if len(entry.closes) != days + 1:
        yield "closes", f"{len(entry.closes)} prices, expected the one before and one for each of {days} days"
    if len(entry.opens) != days:
        yield "opens", f"{len(entry.opens)} prices, expected one for each of {days} days"
    for key, prices in (("closes", entry.closes), ("opens", entry.opens)):
        for price in prices:
            step = INDEX_STEP if is_index else float(price_steps(np.array([price]))[0])
            if abs(price / step - round(price / step)) > 1e-6:
                yield key, f"{price} is no multiple of the price step {step:g}"
    if is_index == bool(entry.shares):
        yield "shares", "an index has none" if is_index else "is missing"
    if entry.published_move is not None:
        move = round((entry.closes[-1] / entry.closes[-2] - 1.0) * 100.0, 2)
        if move != entry.published_move:
            yield "published_move", f"is {entry.published_move}, but the last two closes give {move}"


def _check_reaction(reaction: TapeReaction, parameters: TapeParameters) -> Iterator[tuple[str, str]]:
    names = {entry.instrument for entry in parameters.instruments} - {parameters.benchmark}
    unknown = sorted(reaction.moves.keys() - names)
    if unknown:
        yield "moves", f"{unknown[0]!r} is not among the instruments, or is the benchmark"
    if any(abs(move) > 0.5 for move in reaction.moves.values()):
        yield "moves", "a log return beyond 0.5 is no reaction to news"
    if reaction.at.tzinfo is None:
        yield "at", "has no time zone; write it with one, such as +08:00"
    elif reaction.at.astimezone(ZoneInfo(parameters.timezone)).date() not in {day.day for day in parameters.days}:
        yield "at", f"{reaction.at.isoformat()} is on none of the days"
