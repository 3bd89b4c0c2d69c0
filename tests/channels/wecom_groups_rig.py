"""A brand with two stores and customer groups on the simulated platform: callbacks, the roll call, turns and offers, step by step."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import aiohttp
from bot_rooms import services
from facts_rig import rows
from shop_rig import SandboxClock
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Brand, Coupon, Groups, Guide, Staff, StaffFile, Store, Welcome
from bot.channels.wecom import through
from bot.channels.wecom.client import WeComClient
from bot.courier import Courier
from bot.db import contacts, offers, wecom_groups
from bot.db.accept import Acceptor
from bot.db.offers import Offer
from bot.front.wecom_desk import of_place
from bot.handlers.wording import BUILT_IN
from bot.model import Arrival
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.rollcall import Rollcall
from bot.sandbox import Sandbox, Setup, start
from bot.services import FixedShelf, Services
from bot.settings import Settings
from bot.worker import Worker
from scripts import Scriptbook

CHAT = "wrSandboxGroup01"
TALK = through.group_of("demo", CHAT).conversation
GUIDES = (
    Guide(id="g1", name="小林", store="s1", wecom_userid="XiaoLin"),
    Guide(id="g2", name="小周", store="s2", wecom_userid="xiaozhou"),
    Guide(id="g3", name="总店", wecom_userid="boss"),
)
DAY = 24 * 3600.0


def brand() -> Services:
    """Two stores, each with a code and a coupon; newcomers are gathered for five seconds."""
    stores = tuple(
        Store(id=one, name=name, coupon=Coupon(id=f"new-{one}", title=f"{name}新人券"))
        for one, name in (("s1", "徐汇店"), ("s2", "静安店"))
    )
    codes = tuple(Welcome(state=f"code-{one.id}", store=one.id, script="welcome_group_store") for one in stores)
    return replace(
        services(),
        brand=Brand(name="花间集", groups=Groups(welcomes=codes, gather=5)),
        staff=Staff.of(StaffFile(stores=stores, guides=GUIDES)),
        book=Scriptbook.build(BUILT_IN),
    )


async def crew() -> Sequence[Guide]:
    return GUIDES


class Hall:
    """The platform with its groups, and ours."""

    def __init__(
        self,
        sandbox: Sandbox,
        engine: AsyncEngine,
        motion: tuple[Client, Mapping[str, DueQueue], Live],
        http: aiohttp.ClientSession,
    ) -> None:
        self.platform, self.engine = sandbox.platform, engine
        self.client, self.queues, self.live = motion
        self.clock = SandboxClock(sandbox)
        self.environ = dict(line.split("=", 1) for line in sandbox.environment)
        self.account = WeComClient(Settings.from_environment(self.environ).wecom["demo"], http)
        patience = timedelta(hours=12)
        ways = {
            (through.GROUP, "demo"): through.GroupChannel(patience, lambda talk: wecom_groups.dismissed(engine, talk)),
        }
        self.courier = Courier(engine, self.queues["send"], self.live, ways, self.clock)
        self.worker = Worker(engine, self.queues, self.live, FixedShelf(brand()), self.clock)
        self.rollcall = self.another()
        self.told: list[Mapping[str, Any]] = []
        self.platform.on_event(lambda event: self.told.append(dict(event)))
        self.platform.grant_contacts()

    def another(self) -> Rollcall:
        """The roll call of another process."""
        return Rollcall(self.engine, {"demo": self.account}, crew, (self.queues["turn"], self.live), self.clock)

    def arrive(self, *names: str) -> list[str]:
        return [self.platform.arrive(name).external_userid for name in names]

    async def hear(self, *events: Mapping[str, Any], times: int = 1) -> None:
        """The door keeps these callbacks (else all that were not heard yet)."""
        heard = list(events) or self.told
        for event in heard * times:
            found = through.change(_kept(event, self.clock.now()))
            if found is None:
                continue
            place, arrival = found
            async with self.engine.begin() as connection:
                await Acceptor().accept(connection, [arrival], self.clock.now())
            await contacts.related(self.engine, of_place(place), {}, self.clock.now())
        if not events:
            self.told.clear()

    async def call(self, *, after: float = 2.0, rollcall: Rollcall | None = None) -> None:
        """Time passes, and one round is made."""
        self.platform.advance(after)
        await (rollcall or self.rollcall).step()

    async def think(self, *, after: float = 0.0, talk: str = TALK) -> None:
        """Turns, as the queue wakes them, after so many seconds."""
        self.platform.advance(after)
        await self.client.flushall()
        await self.queues["turn"].wake([talk])
        await self.worker.step((await self.queues["turn"].claim(9, timedelta(seconds=9))).taken)
        await self.queues["send"].wake([talk])
        for _ in range(3):
            await self.courier.step((await self.queues["send"].claim(9, timedelta(seconds=9))).taken)
            await self.courier.drain()

    async def welcome(self, *, talk: str = TALK) -> list[str]:
        """What the guide is offered once newcomers were gathered."""
        await self.think(talk=talk)
        await self.think(after=6, talk=talk)
        return [one.text for one in await self.offered(talk)]

    async def offered(self, talk: str = TALK) -> Sequence[Offer]:
        async with self.engine.connect() as connection:
            return await offers.offers(connection, talk, self.clock.now())

    async def members(self, talk: str = TALK) -> dict[str, tuple[str, str, bool]]:
        """id → name, source, whether they are there."""
        found = await rows(
            self.engine, "select id, name, source, left_at is null as here from members where conversation_id = :t", t=talk
        )
        return {row["id"]: (row["name"], row["source"], row["here"]) for row in found}

    async def whose(self, talk: str = TALK) -> tuple[str | None, str | None, str | None]:
        """Name, guide and store of the group."""
        (row,) = await rows(
            self.engine,
            "select c.name, g.guide, c.store from conversations c join groups g on g.conversation_id = c.id where c.id = :t",
            t=talk,
        )
        return row["name"], row["guide"], row["store"]

    async def kinds(self) -> list[str]:
        """What came of the callbacks, in the group's own inbox."""
        found = await rows(self.engine, "select kind from inbox where channel = 'wecom_group' order by id")
        return [row["kind"] for row in found if row["kind"] != "group_changed"]

    async def coupons(self) -> list[str]:
        return [row["coupon"] for row in await rows(self.engine, "select coupon from coupons order by id")]

    async def run(self, statement: str, **values: object) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    def asked(self, api: str = "get") -> int:
        """Calls that were answered or refused, without those that only told that the token had run out."""
        totals = self.platform.world.ledger.totals()
        named = {name: n for name, n in totals.items() if name.startswith(f"call.externalcontact/groupchat/{api}.")}
        return sum(n for name, n in named.items() if not name.endswith(".42001"))


def _kept(event: Mapping[str, Any], now: datetime) -> Arrival:
    """As ``bot.front.hooks`` keeps it: the same bytes have the same id."""
    unique = "h" + blake2b(repr(sorted(event.items())).encode(), digest_size=16).hexdigest()
    words = ("silent", "已存下")
    return Arrival("wecom", "demo", unique, None, str(event["Event"]), "", event, now, role="event", settled=words)


@asynccontextmanager
async def open_hall(engine: AsyncEngine, motion: tuple[Client, Mapping[str, DueQueue], Live]) -> AsyncIterator[Hall]:
    sandbox = await start(Setup(), clock="virtual")
    try:
        async with aiohttp.ClientSession() as http:
            yield Hall(sandbox, engine, motion, http)
    finally:
        await sandbox.close()


async def both(*steps: Any) -> None:
    """At the same moment."""
    await asyncio.gather(*steps)
