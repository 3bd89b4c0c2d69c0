"""Durable acceptance at the door: what waits at the same moment shares one transaction, then the queues are woken."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import metrics
from bot.batching import Batcher
from bot.db import pulls
from bot.db.accept import Accepted, Acceptor
from bot.model import Arrival
from bot.motion.connection import MOTION_FAULTS
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.patience import patience
from bot.ports import Clock

log = structlog.get_logger(__name__)

_KNOWN = text(
    """
    select i.id, i.channel, i.account, i.platform_id from inbox i
    join unnest(cast(:channels as text[]), cast(:accounts as text[]), cast(:ids as text[])) as t(channel, account, platform_id)
    using (channel, account, platform_id)
    """
)
_BRIEF = 1.0
"""Seconds that waking may take; what is not woken is found in the facts a moment later."""

Notice = tuple[str, str, str]
"""Account, open_kfid, token of a callback."""


class Intake:
    """Accepts one by one, writes in batches."""

    def __init__(
        self, engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, clock: Clock, debounce: float = 0.8
    ) -> None:
        self._engine = engine
        self._queues = queues
        self._live = live
        self._clock = clock
        self._debounce = debounce
        self._acceptor = Acceptor()
        self._arrivals: Batcher[Arrival, int | Exception] = Batcher(self._keep)
        self._notices: Batcher[Notice, None] = Batcher(self._note)

    async def accept(self, arrival: Arrival) -> int:
        """Keep an arrival safe; its inbox id, which for a repeat is that of the first time."""
        result = await self._arrivals.submit(arrival)
        if isinstance(result, Exception):
            raise result
        return result

    async def notice(self, account: str, open_kfid: str, token: str) -> None:
        """Keep safe that something is new in a customer-service account, and have it pulled."""
        await self._notices.submit((account, open_kfid, token))

    async def drain(self) -> None:
        """Until everything that came in is kept."""
        await self._arrivals.drain()
        await self._notices.drain()

    async def _keep(self, arrivals: Sequence[Arrival]) -> Sequence[int | Exception]:
        try:
            return await self._commit(arrivals)
        except (IntegrityError, DataError) as error:
            # One arrival that the database refuses must not take its neighbours with it.
            return [error] if len(arrivals) == 1 else [(await self._keep([one]))[0] for one in arrivals]

    async def _commit(self, arrivals: Sequence[Arrival]) -> Sequence[int]:
        try:
            async with self._engine.begin() as connection:
                accepted = await self._acceptor.accept(connection, arrivals, self._clock.now())
                ids = {_key(arrival): inbox_id for inbox_id, arrival in accepted.fresh}
                ids |= await _known(connection, [a for a in arrivals if _key(a) not in ids])
        except BaseException:
            self._acceptor.forget()
            raise
        await self.announce(accepted)
        return [ids[_key(arrival)] for arrival in arrivals]

    async def announce(self, accepted: Accepted) -> None:
        """Wake whoever thinks about what was kept, and tell the open pages; after the transaction."""
        for _, arrival in accepted.fresh:
            metrics.ACCEPTED.labels(channel=arrival.channel).inc()
        waiting = accepted.waiting
        if waiting:
            waits = [patience(arrival.kind, arrival.text, self._debounce) for _, arrival in waiting]
            await self._wake("turn", [conversation for conversation, _ in waiting], waits)
        told = [arrival.conversation for _, arrival in accepted.fresh if arrival.conversation is not None]
        try:
            async with asyncio.timeout(_BRIEF):
                await self._live.tell(told)
        except TimeoutError:
            metrics.FAULTS.labels(where="redis").inc()

    async def _note(self, notices: Sequence[Notice]) -> Sequence[None]:
        async with self._engine.begin() as connection:
            await pulls.notice(connection, notices, self._clock.now())
        members = sorted({f"{account}|{open_kfid}" for account, open_kfid, _ in notices})
        await self._wake("pull", members, [timedelta()] * len(members))
        return [None] * len(notices)

    async def _wake(self, queue: str, members: Sequence[str], waits: Sequence[timedelta]) -> None:
        """Ring the bell; where Redis is away, whoever rebuilds the queue from the facts finds what we kept."""
        try:
            async with asyncio.timeout(_BRIEF):
                await self._queues[queue].wake(members, waits)
        except MOTION_FAULTS as error:
            metrics.FAULTS.labels(where="redis").inc()
            log.warning("wake.missed", queue=queue, members=len(members), why=type(error).__name__)


def _key(arrival: Arrival) -> tuple[str, str, str]:
    return arrival.channel, arrival.account, arrival.platform_id


async def _known(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> dict[tuple[str, str, str], int]:
    """The ids of arrivals that were accepted before."""
    if not arrivals:
        return {}
    rows = await connection.execute(
        _KNOWN,
        {
            "channels": [a.channel for a in arrivals],
            "accounts": [a.account for a in arrivals],
            "ids": [a.platform_id for a in arrivals],
        },
    )
    return {(row.channel, row.account, row.platform_id): row.id for row in rows}
