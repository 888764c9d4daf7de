"""Files dropped in a folder -> ``news.articles``; each is moved to done/, or to refused/ beside its reason.

Taken: .json (an article or a list), .jsonl, .xml (NewsML-G2, NITF). Write a file under a name that begins with a dot
or ends in .part, then rename it: what is half written must not be read. A file under embargo stays until that ends,
and one that may not be opened or moved holds up no other.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec

from services.errors import Misconfigured, Unavailable, Unreadable
from services.news.intake_batch import AcceptedArticle, RefusedBatch, read_batch, read_lines
from streams.clock import Clock, wall_clock
from streams.feeds.article_intake import outgoing
from streams.feeds.article_sender import Sends
from streams.feeds.feed_metrics import INTAKE_ARTICLES
from streams.logs import log

LOOK_SECONDS = 2.0
LARGEST_BYTES = 20_000_000
KINDS = (".json", ".jsonl", ".xml")
DONE, REFUSED = "done", "refused"


class DropFolder:
    """One folder, looked at again and again; a file is moved once its articles are acknowledged."""

    def __init__(self, folder: Path, sender: Sends, clock: Clock = wall_clock) -> None:
        """Makes the two folders inside; raises Misconfigured when that cannot be done."""
        self._folder = folder
        self._sender = sender
        self._clock = clock
        self._said: dict[str, str] = {}
        try:
            for name in (DONE, REFUSED):
                (folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"INTAKE_FOLDER {str(folder)!r} cannot be used: {error.strerror}") from None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.take_all()
            except (OSError, Unavailable) as error:
                log.warning("folder waits", problem=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def take_all(self) -> tuple[int, int]:
        """How many files were done and refused; raises Unavailable, and then the rest stays where it is."""
        done = refused = 0
        waiting = self._waiting()
        self._said = {path.name: self._said[path.name] for path in waiting if path.name in self._said}
        for path in waiting:
            try:
                is_done = await self._take(path)
            except OSError as error:
                INTAKE_ARTICLES.labels(way="folder", outcome="unread").inc()
                self._say_once(path, error.strerror or type(error).__name__)
                continue
            done += is_done is True
            refused += is_done is False
        return done, refused

    def _waiting(self) -> list[Path]:
        """Files in order of their names. Links are left alone: they may point at anything."""
        return [
            path
            for path in sorted(self._folder.iterdir())
            if path.suffix.lower() in KINDS and path.name[0] != "." and path.is_file() and not path.is_symlink()
        ]

    async def _take(self, path: Path) -> bool | None:
        """True when sent, False when refused, None when it has to wait."""
        try:
            articles = self._read(path)
        except Unreadable as error:
            if _is_under_embargo(error):
                self._say_once(path, error.detail)
                return None
            self._refuse(path, error)
            return False
        try:
            await self._sender.send(list(map(outgoing, articles)))
        except Unavailable:
            INTAKE_ARTICLES.labels(way="folder", outcome="unsent").inc(len(articles))
            raise
        INTAKE_ARTICLES.labels(way="folder", outcome="accepted").inc(len(articles))
        _move(path, self._folder / DONE)
        return True

    def _read(self, path: Path) -> list[AcceptedArticle]:
        if path.stat().st_size > LARGEST_BYTES:
            raise Unreadable("too_large", f"more than {LARGEST_BYTES} bytes")
        read = read_lines if path.suffix.lower() == ".jsonl" else read_batch
        return read(path.read_bytes(), self._clock())

    def _refuse(self, path: Path, error: Unreadable) -> None:
        articles = error.articles if isinstance(error, RefusedBatch) else ()
        INTAKE_ARTICLES.labels(way="folder", outcome="refused").inc(max(1, len(articles)))
        moved = _move(path, self._folder / REFUSED)
        reason = {"error": error.reason, "detail": error.detail, "articles": articles}
        moved.with_name(moved.name + ".reason.json").write_bytes(msgspec.json.encode(reason))
        log.warning("file refused", file=path.name, reason=error.reason, detail=error.detail)

    def _say_once(self, path: Path, problem: str) -> None:
        if self._said.get(path.name) != problem:
            self._said[path.name] = problem
            log.warning("file waits", file=path.name, problem=problem)


def _is_under_embargo(error: Unreadable) -> bool:
    return isinstance(error, RefusedBatch) and all(article.reason == "embargoed" for article in error.articles)


def _move(path: Path, folder: Path) -> Path:
    """Under its own name, or with a number behind where that is taken."""
    number, target = 1, folder / path.name
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    os.replace(path, target)  # noqa: PTH105 - Path.rename does not replace on every system
    return target
