"""A group on real servers: members who speak, a clock turned by hand, a worker, and a courier that brings what may leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot_rooms import NOON, services
from facts_rig import accept, rows
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Groups
from bot.db import outgoing, reception
from bot.db.outgoing import Sent
from bot.db.users import User
from bot.ids import customer_id
from bot.model import Arrival, ConversationId, Speech
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.services import FixedShelf, Services
from bot.worker import LEASE, Worker
from tests.conftest import ManualClock

GUIDE = User("wang", "lead", "g1", "sh", must_change=False)


def shop(**groups: Any) -> Services:
    """The small shop, with these ways of living in groups."""
    base = services()
    return replace(base, brand=base.brand.model_copy(update={"groups": Groups(**groups)}))


@dataclass
class Room:
    """One group; ``channel`` web has private talks, wecom_aibot has none."""

    engine: AsyncEngine
    queues: Mapping[str, DueQueue]
    live: Live
    clock: ManualClock
    rooms: Services = field(default_factory=shop)
    id: str = "g-room"
    channel: str = "web"
    count: int = 0

    def __post_init__(self) -> None:
        self.clock.moment = NOON

    def worker(self) -> Worker:
        return Worker(self.engine, self.queues, self.live, FixedShelf(self.rooms), self.clock)

    def arrival(self, who: str, words: str, **more: Any) -> Arrival:
        """What a member says."""
        self.count += 1
        base = Arrival(
            channel=self.channel,
            account="",
            platform_id=more.pop("id", f"{self.id}-{self.count}"),
            conversation=ConversationId(self.id),
            kind="text",
            text=words,
            payload=more.pop("payload", {}),
            sent_at=self.clock.now(),
            peer="",
            external=self.id,
            sender=who,
            room="姐妹群",
            called=who,
        )
        return replace(base, **more)

    async def hears(self, who: str, words: str, /, at_bot: bool = False, **more: Any) -> str:
        """A member says something and the worker is woken; the platform's id of it."""
        payload = {**more.pop("payload", {}), **({"at_bot": True} if at_bot else {})}
        arrival = self.arrival(who, words, payload=payload, **more)
        await accept(self.engine, arrival, at=self.clock.now())
        await self.queues["turn"].wake([self.id])
        return arrival.platform_id

    async def joined(self, *members: str, state: str = "", event: str | None = None) -> None:
        """The platform tells of newcomers."""
        told = {"members": [{"id": one, "name": one} for one in members], "state": state}
        more = {"id": event} if event else {}
        arrival = self.arrival("", "", kind="member_joined", role="event", payload=told, **more)
        await accept(self.engine, replace(arrival, sender=None), at=self.clock.now())
        await self.queues["turn"].wake([self.id])

    async def thinks(self, **later: float) -> None:
        """Let time pass, then let the worker do all that is due in its queue or found in the tables."""
        self.clock.advance(**(later or {"milliseconds": 1}))
        due = await rows(
            self.engine,
            "select distinct conversation_id as id from inbox where state = 'new' and (due_at is null or due_at <= :now)",
            now=self.clock.now() + timedelta(milliseconds=100),
        )
        await self.queues["turn"].wake([row["id"] for row in due])
        while (claims := await self.queues["turn"].claim(32, LEASE)).taken:
            await self.worker().step(claims.taken)

    async def delivers(self) -> list[str]:
        """What a courier would bring now; the words."""
        brought: list[str] = []
        while True:
            waiting = await rows(self.engine, "select distinct conversation_id as id from outbox where state = 'pending'")
            taken = await outgoing.take(self.engine, [row["id"] for row in waiting], self.clock.now()) if waiting else ()
            going = [one.outgoing for one in taken if one.verdict == "go" and one.outgoing is not None]
            if going:
                await outgoing.finish(self.engine, [Sent(one, "sent") for one in going], self.clock.now())
                brought += [one.speech.text for one in going]
            if not going and all(one.verdict == "later" for one in taken):
                return brought

    async def guide(self, words: str, token: str = "t1", viewer: User = GUIDE) -> None:
        """A guide says something from the desk, without claiming the group."""
        await reception.reply(self.engine, viewer, self.id, (token, Speech(words)), self.clock.now())
        await self.delivers()

    async def said(self, talk: str | None = None) -> list[str]:
        """What the bot put into the outbox of the group (or of another talk)."""
        found = await rows(
            self.engine,
            "select speech ->> 'text' as words from outbox where conversation_id = :id and author = 'bot' order by id",
            id=talk or self.id,
        )
        return [row["words"] for row in found]

    async def ended(self) -> list[tuple[str, str, str | None]]:
        """(sender, state, outcome) of the group's messages."""
        found = await rows(self.engine, "select * from inbox where conversation_id = :id order by id", id=self.id)
        return [(row["sender"], row["state"], row["outcome"]) for row in found]

    async def one(self, query: str, **values: object) -> Mapping[str, Any]:
        return (await rows(self.engine, query, **values))[0]

    async def all(self, query: str, **values: object) -> Sequence[Mapping[str, Any]]:
        return await rows(self.engine, query, **values)

    async def sql(self, query: str, **values: object) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(query), values)

    def person(self, who: str) -> str:
        """The customer that a member is."""
        return customer_id(self.channel, "", who)


def passed(room: Room, since: datetime) -> timedelta:
    """How long ago something was."""
    return room.clock.now() - since
