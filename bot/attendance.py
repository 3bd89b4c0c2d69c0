"""Who is at work, as this process saw it a moment ago: looked up in the background, so that no turn waits for it."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Staff
from bot.db import duty as facts
from bot.db.engine import CONNECTION_FAULTS
from bot.motion import presence
from bot.motion.connection import MOTION_FAULTS, Client
from bot.ports import Clock
from bot.routing import Duty

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between looks."""
_SHARE = 10.0
"""A look that takes long makes the pause longer: never more than a tenth of the time is spent on looking."""
_RATINGS_LIFE = timedelta(minutes=10)
"""Means over 90 days do not change by the second."""


class Attendance:
    """Follows presence, duty, loads and ratings."""

    def __init__(self, engine: AsyncEngine, client: Client, staffs: Callable[[], Sequence[Staff]], clock: Clock) -> None:
        """``staffs``: the people of every content that this process serves."""
        self._engine = engine
        self._client = client
        self._staffs = staffs
        self._clock = clock
        self._duty = Duty()
        self._looked = float("-inf")
        self._rated: tuple[datetime, Mapping[str, float]] | None = None

    def duty(self) -> Duty:
        """As it was at the last look; before the first one nobody was heard of."""
        return self._duty

    async def look(self) -> Duty:
        """As it is now. Without Redis nobody counts as present; a database that is away is the caller's matter."""
        now = self._clock.now()
        staffs = self._staffs()
        if self._rated is None or not timedelta() <= now - self._rated[0] < _RATINGS_LIFE:
            self._rated = (now, await facts.ratings(self._engine, staffs, now))
        there: frozenset[str] = frozenset()
        with contextlib.suppress(*MOTION_FAULTS):
            there = await presence.present(self._client, now)
        self._duty = await facts.snapshot(self._engine, staffs, there, now, self._rated[1])
        self._looked = asyncio.get_running_loop().time()
        return self._duty

    async def watch(self) -> None:
        """Look about once a second until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                if began - self._looked >= EVERY / 2:  # else the keeper has just done so
                    await self.look()
            except CONNECTION_FAULTS as error:
                log.warning("attendance.unseen", why=type(error).__name__)
            await asyncio.sleep(max(EVERY, _SHARE * (loop.time() - began)))
