"""Server-sent events (WHATWG HTML, 9.2): one loop that looks, tells what is new, and waits for the next word."""

import asyncio
import contextlib
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web
from orjson import dumps
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.errors import BadRequestError
from bot.motion.live import Live

log = structlog.get_logger(__name__)

_LOOK = 5.0
"""Seconds after which a page looks by itself, should a word have been lost."""
_BEAT = 3
"""Every so many looks without news a comment is sent, so that proxies keep the line open (15 s)."""

OPEN: web.AppKey["weakref.WeakSet[asyncio.Task[object]]"] = web.AppKey("open_streams")


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``id`` is what a page says in Last-Event-ID when it comes back."""

    data: Mapping[str, object]
    name: str | None = None
    id: str | None = None

    def encoded(self) -> bytes:
        """The event as it goes over the line."""
        head = (f"id: {self.id}\n" if self.id else "") + (f"event: {self.name}\n" if self.name else "")
        return head.encode() + b"data: " + dumps(self.data, default=str) + b"\n\n"


async def serve(
    request: web.Request,
    live: Live,
    conversations: Sequence[str],
    news: Callable[[], Awaitable[Sequence[Event]]],
    pause: float = 0.0,
) -> web.StreamResponse:
    """Answer with events until the page is closed, may look no more, or the server stops.

    ``news`` says by a ``BadRequestError`` that whoever looks may do so no more; ``pause`` is the least time between two looks.
    """
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    task: asyncio.Task[object] | None = asyncio.current_task()
    if task is not None:
        request.app[OPEN].add(task)
    with contextlib.suppress(ConnectionError, asyncio.CancelledError, BadRequestError):
        await response.write(b"retry: 2000\n\n")
        async with live.listen(*conversations) as rung:
            await _tell(response, rung, news, pause)
    return response


async def _tell(
    response: web.StreamResponse, rung: asyncio.Event, news: Callable[[], Awaitable[Sequence[Event]]], pause: float
) -> None:
    silent = 0
    while True:
        rung.clear()
        try:
            found = await news()
        except (SQLAlchemyError, TimeoutError, OSError) as error:
            # The database is away: the line stays open, the next look comes.
            metrics.FAULTS.labels(where="stream").inc()
            log.warning("stream.away", why=type(error).__name__)
            found = ()
        for event in found:
            await response.write(event.encoded())
        silent = 0 if found else silent + 1
        if silent >= _BEAT:
            await response.write(b": still here\n\n")
            silent = 0
        await asyncio.sleep(pause)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK):
                await rung.wait()


async def close_all(app: web.Application) -> None:
    """End every open stream, so that a shutdown does not wait for pages."""
    tasks = [task for task in app[OPEN] if not task.done()]
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=2)
