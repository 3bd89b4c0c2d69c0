"""The puller: asks WeChat Customer Service what is new, page by page, and keeps messages and cursor in one transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import metrics
from bot.channels.wecom import inbound
from bot.channels.wecom.channel import KfChannel
from bot.channels.wecom.client import ApiError
from bot.channels.wecom.codes import BACK_OFF
from bot.crew import Names, nobody
from bot.db import pulls
from bot.db.accept import Accepted, Acceptor
from bot.errors import TemporaryDeliveryError
from bot.model import Arrival
from bot.motion.due import Claim, DueQueue
from bot.motion.live import Live
from bot.patience import patience
from bot.ports import Clock

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
_TOKEN_LIFE = timedelta(minutes=9, seconds=30)
"""A callback's token is valid for ten minutes."""
_PAGE = 1000
_APART = 0.02
"""Least seconds between the starts of two pulls of an account: under load one pull brings what ten callbacks told of."""


class Puller:
    """Pulls the accounts whose turn it is; one at a time for each open_kfid, whoever asks."""

    def __init__(
        self, engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, channels: Mapping[str, KfChannel], clock: Clock
    ) -> None:
        self._engine = engine
        self._pulls = queues["pull"]
        self._turns = queues["turn"]
        self._live = live
        self._channels = channels
        self._clock = clock
        self._acceptor = Acceptor()
        self._refused_until: dict[str, datetime] = {}
        self.names: Names = nobody
        self.debounce = 0.8
        self.backlog = timedelta(minutes=30)

    async def step(self, claim: Claim) -> None:
        """Pull one account to the end and settle; faults postpone it."""
        name, _, open_kfid = claim.member.partition("|")
        channel = self._channels.get(name)
        if channel is None or (channel.account.kf_accounts and open_kfid not in channel.account.kf_accounts):
            await self._pulls.settle([claim])
            return
        if (wait := await self._penance(claim.member, name, open_kfid)) is not None:
            await self._pulls.postpone([claim], wait)
            return
        after = asyncio.get_running_loop().time() + _APART
        try:
            await self._drain(channel, name, open_kfid)
        except ApiError as error:
            delay = BACK_OFF if error.meaning.action in {"back_off", "config"} else timedelta(seconds=2)
            self._refused_until[claim.member] = self._clock.now() + delay
            log.warning("pull.refused", account=name, code=error.code, words=error.meaning.words)
            metrics.PULLS.labels(outcome="refused").inc()
            await self._pulls.postpone([claim], delay)
        except TemporaryDeliveryError as error:
            log.warning("pull.postponed", account=name, why=str(error))
            metrics.PULLS.labels(outcome="postponed").inc()
            await self._pulls.postpone([claim], error.delay)
        else:
            metrics.PULLS.labels(outcome="ok").inc()
            await asyncio.sleep(after - asyncio.get_running_loop().time())
            await self._pulls.settle([claim])

    async def _penance(self, member: str, name: str, open_kfid: str) -> timedelta | None:
        """How long a refused account must still be left alone, whoever rings; a callback's fresh token ends it early."""
        until = self._refused_until.get(member)
        now = self._clock.now()
        if until is None or now >= until:
            self._refused_until.pop(member, None)
            return None
        cursor = await pulls.read(self._engine, name, open_kfid)
        if cursor.token_at is not None and cursor.token_at > until - BACK_OFF:
            return None
        return until - now

    async def _drain(self, channel: KfChannel, name: str, open_kfid: str) -> None:
        async with asyncio.timeout(LEASE.total_seconds() * 0.9):
            more = True
            while more:
                cursor = await pulls.read(self._engine, name, open_kfid)
                more = await self._page(channel, cursor)

    async def _page(self, channel: KfChannel, cursor: pulls.Cursor) -> bool:
        """One page; whether there is more. ``has_more`` with an empty page happens and means what it says."""
        now = self._clock.now()
        answer = await self._ask(channel, cursor, now)
        more = answer.get("has_more") == 1
        following = answer.get("next_cursor")
        following = following if isinstance(following, str) and following else cursor.cursor
        found = [one for item in inbound.items(answer) if (one := inbound.arrival(item, cursor.account, cursor.open_kfid))]
        found = await self._ours(found)
        if not cursor.started:
            found = [self._history(one, found, now) for one in found]
        accepted = await self._keep(cursor, found, following, last=not more)
        if accepted is None:
            return True
        await self._announce(accepted)
        return more and (following != cursor.cursor or bool(found))

    async def _ours(self, page: list[Arrival]) -> list[Arrival]:
        """People of the platform's client under the names of our guides: one who is at the desk as well is the same person."""
        if all(one.takes_over is None for one in page):
            return page
        names = await self.names()
        return [_renamed(one, names.get(one.takes_over, one.takes_over)) if one.takes_over else one for one in page]

    async def _ask(self, channel: KfChannel, cursor: pulls.Cursor, now: datetime) -> Mapping[str, object]:
        body: dict[str, object] = {"cursor": cursor.cursor, "limit": _PAGE, "open_kfid": cursor.open_kfid}
        if cursor.token and cursor.token_at is not None and now - cursor.token_at < _TOKEN_LIFE:
            body["token"] = cursor.token
        try:
            return await channel.client.call("kf/sync_msg", body)
        except ApiError as error:
            if error.meaning.action != "no_token" or "token" not in body:
                raise
            body.pop("token")
            return await channel.client.call("kf/sync_msg", body)

    async def _keep(self, cursor: pulls.Cursor, found: Sequence[Arrival], following: str, *, last: bool) -> Accepted | None:
        """Messages and cursor together; None where another puller moved the cursor first."""
        now = self._clock.now()
        try:
            async with self._engine.begin() as connection:
                if not await pulls.advance(connection, cursor, following, now, last=last):
                    return None
                return await self._acceptor.accept(connection, found, now) if found else Accepted(())
        except BaseException:
            self._acceptor.forget()
            raise

    def _history(self, one: Arrival, page: Sequence[Arrival], now: datetime) -> Arrival:
        """At the very first pull: what is older than the backlog is kept, but nobody wants an answer to it any more.

        Where the newest message is further away than the platform keeps any (three days), its clock is another one (a
        sandbox with a virtual clock): then age is measured against that newest message.
        """
        newest = max(other.sent_at for other in page)
        today = now if abs(now - newest) <= timedelta(days=3) else newest
        if today - one.sent_at <= self.backlog:
            return one
        old = one.settled or ("silent", "首次接入之前的历史消息，只存不答")
        # who served a shopper days ago does not hold them today: the platform's state says so when we next send
        return replace(one, settled=old, takes_over=None, hands_back=False)

    async def _announce(self, accepted: Accepted) -> None:
        waiting = accepted.waiting
        if waiting:
            await self._turns.wake([c for c, _ in waiting], [patience(a.kind, a.text, self.debounce) for _, a in waiting])
        await self._live.tell([a.conversation for _, a in accepted.fresh if a.conversation is not None])
        metrics.ACCEPTED.labels(channel=inbound.CHANNEL).inc(len(accepted.fresh))


def _renamed(one: Arrival, guide: str) -> Arrival:
    return replace(one, takes_over=guide, sender=guide if one.role == "guide" else one.sender)
