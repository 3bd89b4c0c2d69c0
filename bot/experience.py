"""Learning from what shoppers do: recommenders are given the events of their shoppers anew, in a thread, between two turns."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import get_args

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import events
from bot.db.engine import CONNECTION_FAULTS
from bot.db.events import Seen
from bot.ports import Clock
from recommender import Event, Recommender
from recommender.model import EventKind

log = structlog.get_logger(__name__)

EVERY = 60.0
"""Least seconds between two looks for new events."""
_PACE = 50.0
"""Learning rests so many times as long as it took: it costs the turns no more than a fiftieth of a core."""
_REMEMBERS = timedelta(days=365)
"""Older events are not learnt from."""
_KINDS = frozenset(get_args(EventKind))

Learnt = Mapping[str, tuple[Recommender, Recommender]]
"""By account, empty for the program's own: the recommender that was, and the one in its place that knows the newest events."""
_Mark = tuple[int, int, int]


class Experience:
    """Reads what shoppers did, and gives recommenders that have learnt from it."""

    def __init__(self, engine: AsyncEngine, bound: Collection[str], clock: Clock) -> None:
        """``bound`` are the accounts with content of their own: what their shoppers do says nothing of other brands' products."""
        self._engine = engine
        self._bound = frozenset(bound)
        self._clock = clock
        self._marks: dict[str, _Mark] = {}
        self._task: asyncio.Task[Learnt] | None = None
        self._after = 0.0
        """When the next look is due, in the loop's time."""

    async def taught(self, account: str, recommender: Recommender) -> Recommender:
        """A new recommender with all that is known now; untaught for the moment where the database is away."""
        try:
            mark, seen = await self._read()
        except CONNECTION_FAULTS as error:
            self._marks.pop(account, None)
            log.warning("events.unseen", why=type(error).__name__)
            return recommender
        self._marks[account] = mark
        found = self._own(account, seen)
        return await asyncio.to_thread(recommender.with_events, found) if found else recommender

    def again(self, account: str) -> None:
        """What answers there now has not learnt all that is known: learn anew with the next look."""
        self._marks.pop(account, None)

    async def follow(self, now: Mapping[str, Recommender]) -> Learnt:
        """To be called every second with what answers now: what has learnt meanwhile, usually nothing.

        A failure keeps what there is; the next look tries again.
        """
        found: Learnt = {}
        loop = asyncio.get_running_loop()
        if self._task is not None and self._task.done():
            task, self._task = self._task, None
            if (error := task.exception()) is None:
                found = task.result()
            elif isinstance(error, CONNECTION_FAULTS):
                log.warning("events.unseen", why=type(error).__name__)
            else:  # nobody would hear of it, and nothing would ever be learnt again
                log.error("events.unlearnt", exc_info=error)
        if self._task is None and loop.time() >= self._after:
            self._after = loop.time() + EVERY
            self._task = asyncio.create_task(self._learn(dict(now)))
        return found

    async def _learn(self, now: Mapping[str, Recommender]) -> Learnt:
        mark = await events.mark(self._engine, self._since())
        behind = [account for account in now if self._marks.get(account, (0, 0, 0)) != mark]
        if not behind:
            return {}
        loop = asyncio.get_running_loop()
        begun = loop.time()
        mark, seen = await self._read()
        found = {one: (now[one], await asyncio.to_thread(now[one].with_events, self._own(one, seen))) for one in behind}
        self._marks |= dict.fromkeys(behind, mark)
        took = loop.time() - begun
        self._after = max(self._after, loop.time() + _PACE * took)
        log.info("events.learnt", events=len(seen), took_s=round(took, 2))
        return found

    async def _read(self) -> tuple[_Mark, list[Seen]]:
        """The mark first: what comes in between is read again rather than never."""
        since = self._since()
        return await events.mark(self._engine, since), await events.read(self._engine, since)

    def _since(self) -> datetime:
        """From midnight to midnight, so that the mark rests while nothing happens."""
        return self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - _REMEMBERS

    def _own(self, account: str, seen: Sequence[Seen]) -> list[Event]:
        return [
            Event(one.person, one.sku, one.kind, one.at)
            for one in seen
            if one.kind in _KINDS and (one.account if one.account in self._bound else "") == account
        ]

    async def close(self) -> None:
        """Give up what is being learnt."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
