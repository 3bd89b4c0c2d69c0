"""A shop on the simulated platform: real puller, worker and courier on real servers, and one clock for both sides."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from bot_rooms import services
from facts_rig import rows
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.web import WebChannel
from bot.channels.wecom.channel import KfChannel
from bot.courier import Courier
from bot.db import pulls, turns
from bot.db.codec import speech_to_json
from bot.ids import conversation_id, msgid
from bot.model import ConversationId, Speech
from bot.motion.connection import Client
from bot.motion.due import Claim, DueQueue
from bot.motion.live import Live
from bot.puller import Puller
from bot.sandbox import DEMO_KF, Rules, Sandbox, Setup, start
from bot.services import FixedShelf
from bot.settings import Settings
from bot.worker import Worker

KF = DEMO_KF.open_kfid
LEASE = timedelta(seconds=30)


class SandboxClock:
    """The platform's time is ours."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._sandbox.platform.clock.now(), UTC)


class Shop:
    """Everything that carries a message, driven step by step."""

    def __init__(self, sandbox: Sandbox, engine: AsyncEngine, motion: tuple[Client, Mapping[str, DueQueue], Live],
                 http: aiohttp.ClientSession, **account: Any) -> None:  # fmt: skip
        self.sandbox, self.engine = sandbox, engine
        self.client, self.queues, self.live = motion
        self.platform = sandbox.platform
        self.clock = SandboxClock(sandbox)
        environ = dict(line.split("=", 1) for line in sandbox.environment)
        demo = Settings.from_environment(environ).wecom["demo"].model_copy(update=account)
        self.channel = KfChannel(demo, http)
        self.puller = self.another_puller()
        self.courier = self.another_courier()
        self.worker = Worker(engine, self.queues, self.live, FixedShelf(services()), self.clock)
        self.who = self.platform.arrive("王女士", 2).external_userid

    def another_puller(self) -> Puller:
        return Puller(self.engine, self.queues, self.live, {"demo": self.channel}, self.clock)

    def another_courier(self) -> Courier:
        ways = {("wecom_kf", "demo"): self.channel, ("web", ""): WebChannel()}
        return Courier(self.engine, self.queues["send"], self.live, ways, self.clock)

    def talk(self, who: str = "") -> ConversationId:
        return conversation_id("wecom_kf", "demo", KF, who or self.who)

    async def claims(self, queue: str, *members: str) -> Sequence[Claim]:
        """These members, claimed at once whatever they were postponed to."""
        await self.client.flushall()
        await self.queues[queue].wake(members)
        return (await self.queues[queue].claim(100, LEASE)).taken

    async def notice(self, token: str = "") -> None:
        """A callback came in."""
        token = token or self.platform.world.news.give(KF, self.platform.world.now())
        async with self.engine.begin() as connection:
            await pulls.notice(connection, [("demo", KF, token)], self.clock.now())

    async def pull(self, *, noticed: bool = True) -> None:
        if noticed:
            await self.notice()
        (claim,) = await self.claims("pull", f"demo|{KF}")
        await self.puller.step(claim)

    async def think(self, *who: str) -> None:
        await self.worker.step(await self.claims("turn", *(self.talk(one) for one in who or (self.who,))))

    async def carry(self, *who: str, times: int = 1, courier: Courier | None = None) -> None:
        for _ in range(times):
            chosen = courier or self.courier
            await chosen.step(await self.claims("send", *(self.talk(one) for one in who or (self.who,))))
            await chosen.drain()

    async def ready(self, words: str = "在吗") -> None:
        """First contact is over: the history was pulled, the shopper has written, and a turn without words has settled it."""
        await self.pull()
        self.platform.say(self.who, words)
        await self.pull()
        await self.settle()

    async def settle(self) -> None:
        """All that waits is settled without an answer."""
        async with self.engine.begin() as connection:
            await connection.execute(text("update inbox set state = 'settled', outcome = 'silent' where state = 'new'"))

    async def say(self, *speeches: Speech | str, author: str = "bot", who: str = "") -> list[str]:
        """Put words into the outbox; their msgids."""
        ids = []
        async with self.engine.begin() as connection:
            for speech in speeches:
                said = Speech(speech) if isinstance(speech, str) else speech
                ids.append(msgid("test", said.text, self.talk(who)))
                await connection.execute(
                    text(
                        "insert into outbox (msgid, conversation_id, author, epoch, speech, deadline) "
                        "select :msgid, id, :author, epoch, cast(:speech as jsonb), :deadline from conversations where id = :id"
                    ),
                    {
                        "msgid": ids[-1],
                        "id": self.talk(who),
                        "author": author,
                        "speech": speech_to_json(said),
                        "deadline": said.deadline,
                    },
                )
        return ids

    def heard(self, who: str = "") -> list[str]:
        """What the shopper sees of us, in order."""
        bubbles = self.platform.conversation(who or self.who).bubbles
        return [str(b.content.get("content", b.content.get("head_content"))) for b in bubbles if b.by == "bot"]

    def state(self) -> int:
        return int(self.platform.conversation(self.who).state_at(self.platform.world.now()))

    async def inbox(self) -> Sequence[Mapping[str, Any]]:
        return await rows(self.engine, "select * from inbox order by id")

    async def outbox(self) -> Sequence[Mapping[str, Any]]:
        return await rows(self.engine, "select *, speech ->> 'text' as words from outbox order by id")

    async def floor(self) -> Mapping[str, Any]:
        (found,) = await rows(self.engine, "select * from conversations where id = :id", id=self.talk())
        return found

    async def waits(self) -> list[str]:
        """Texts that wait for a turn, in order."""
        loaded = await turns.load(self.engine, [self.talk()])
        return [message.text for one in loaded for message in one.messages]


@asynccontextmanager
async def open_shop(
    engine: AsyncEngine, motion: tuple[Client, Mapping[str, DueQueue], Live], rules: Rules | None = None, **account: Any
) -> AsyncIterator[Shop]:
    sandbox = await start(replace(Setup(), rules=rules or Rules()), clock="virtual")
    try:
        async with aiohttp.ClientSession() as http:
            yield Shop(sandbox, engine, motion, http, **account)
    finally:
        await sandbox.close()
