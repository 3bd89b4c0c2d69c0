"""Group commit: many who wait for the database at once share one transaction, without anybody waiting for a timer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Collects what comes in while a flush is running and hands it to the next one.

    ``flush`` gets a list and gives one result for each, in order; if it fails, all of its batch get the error. An idle
    batcher flushes a lone item at once: batches grow only as far as load makes them.
    """

    def __init__(self, flush: Callable[[Sequence[T]], Awaitable[Sequence[R]]], most: int = 256) -> None:
        self._flush = flush
        self._most = most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def submit(self, item: T) -> R:
        """Wait until the item is flushed, and return its result."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await future

    async def drain(self) -> None:
        """Until nothing waits any more."""
        while self._running is not None and not self._running.done():
            await asyncio.shield(self._running)

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                results = await self._flushed([item for item, _ in batch])
            except Exception as error:  # noqa: BLE001  (handed to every caller of this batch)
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)

    async def _flushed(self, items: Sequence[T]) -> Sequence[R]:
        """A flush that forgets somebody is an error for its batch, rather than a wait without end."""
        results = await self._flush(items)
        if len(results) != len(items):
            raise ValueError(f"a flush of {len(items)} items gave {len(results)} results")
        return results
