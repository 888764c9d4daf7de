"""A blocking call from asyncio, in a thread that nobody waits for at the end.

The loop's own threads are joined when a process leaves; a name server or a broker that does not answer would hold it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def call_in_daemon(function: Callable[[], T], name: str) -> T:
    """The function's result or error; cancelled, its thread runs on and its result is dropped."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def tell(act: Callable[[], None]) -> None:
        # The loop may be gone by now.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: None if future.done() else act())

    def work() -> None:
        try:
            result = function()
        except Exception as error:  # noqa: BLE001 - handed to who asked
            failure = error
            tell(lambda: future.set_exception(failure))
        else:
            tell(lambda: future.set_result(result))

    threading.Thread(target=work, name=name, daemon=True).start()
    return await future
