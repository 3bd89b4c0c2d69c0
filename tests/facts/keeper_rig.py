"""A shop with people in two cities, shoppers who want one of them, and a keeper whose clock is turned by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot_rooms import NOON, services
from facts_rig import accept, an_arrival, conversation, done, rows, waiting
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import ownership
from bot.attendance import Attendance
from bot.brand import Brand, Guide, Service, Staff, StaffFile, Store
from bot.db import duty, turns
from bot.db.floors import Floors
from bot.keeper import Keeper
from bot.model import Handover
from bot.motion import presence
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.services import FixedShelf, Services
from tests.conftest import ManualClock

STAFF = Staff.of(
    StaffFile(
        stores=(
            Store(id="sh1", name="徐汇店", city="上海", hours={"mon-sun": "10:00-22:00"}),
            Store(id="sh2", name="静安店", city="上海", hours={"mon-sun": "10:00-22:00"}),
            Store(id="hz", name="西湖店", city="杭州", hours={"mon-sun": "10:00-22:00"}),
        ),
        guides=(
            Guide(id="g1", name="王姐", store="sh1", capacity=2, wecom_userid="wangjie"),
            Guide(id="g2", name="小雅", store="sh1", capacity=2, wecom_userid="xiaoya"),
            Guide(id="g3", name="陈曼", store="sh2", capacity=2),
            Guide(id="g4", name="沈老师", store="hz", role="lead", capacity=5),
        ),
    )
)


def shop(staff: Staff = STAFF, **service: Any) -> Services:
    """Open from ten to ten; takes 3, first word 5, answer 10, back after 30 minutes."""
    brand = Brand(name="花间集", hours={"mon-sun": "10:00-22:00"}, service=Service(**service))
    return replace(services(), brand=brand, staff=staff)


@dataclass
class Shift:
    """One keeper, its clock and everything that it touches."""

    engine: AsyncEngine
    client: Client
    queues: Mapping[str, DueQueue]
    live: Live
    clock: ManualClock
    rooms: Services = field(default_factory=shop)

    def __post_init__(self) -> None:
        self.clock.moment = NOON
        self.keeper = self.another()

    def another(self) -> Keeper:
        """Another process' keeper; or this one's after a restart."""
        looks = Attendance(self.engine, self.client, lambda: [self.rooms.staff], self.clock)
        return Keeper(self.engine, self.queues["send"], self.live, FixedShelf(self.rooms), looks.look)

    def reopen(self, rooms: Services) -> None:
        """The same shop after ops changed something."""
        self.rooms = rooms
        self.keeper = self.another()

    async def pass_(self, **by: float) -> None:
        """Let time pass, and the keeper go round."""
        self.clock.advance(**by)
        await self.keeper.step(self.clock.now())

    async def asks(self, external: str = "wm1", /, store: str | None = "sh1", own: str | None = None, **more: Any) -> str:
        """A shopper of a store wants a person."""
        await self.writes(external, "转人工")
        now = self.clock.now()
        async with self.engine.begin() as connection:
            await connection.execute(
                text("update customers set store = :store, guide = :own where external = :id"),
                {"store": store, "own": own, "id": external},
            )
        one = await waiting(self.engine, external)
        wish = Handover("顾客要找人工", more.pop("urgency", 1), **more)
        await turns.commit(self.engine, [done(one, outcome="handed_over", handover=wish)], now)
        return conversation(external)

    async def writes(self, external: str = "wm1", words: str = "在吗") -> None:
        """A shopper writes."""
        now = self.clock.now()
        number = (await rows(self.engine, "select count(*) as n from inbox"))[0]["n"]
        await accept(self.engine, an_arrival(f"m{number}", words, external, sent_at=now), at=now)

    async def phone(self, guide: str, external: str = "wm1", words: str = "您好") -> None:
        """A guide answers in the platform's own client."""
        now = self.clock.now()
        number = (await rows(self.engine, "select count(*) as n from inbox"))[0]["n"]
        said = an_arrival(f"m{number}", words, external, sent_at=now, role="guide", sender=guide, takes_over=guide)
        await accept(self.engine, replace(said, settled=("silent", "导购说的")), at=now)

    async def takes(self, guide: str, external: str = "wm1") -> None:
        """A guide claims."""
        await self._floor(external, lambda floor: ownership.claimed(floor, guide, self.clock.now()))

    async def says(self, guide: str, external: str = "wm1", words: str = "您好，我来看看") -> None:
        """A guide's word from the desk, as it stands once the courier has brought it."""
        async with self.engine.begin() as connection:
            await connection.execute(
                text(
                    "insert into messages (conversation_id, author, sender, text, at) values (:id, 'guide', :guide, :words, :now)"
                ),
                {"id": conversation(external), "guide": guide, "words": words, "now": self.clock.now()},
            )

    async def ends(self, external: str = "wm1", *, close: bool = False) -> None:
        """The guide hands back, or closes."""
        step = ownership.closed if close else ownership.handed_back
        await self._floor(external, lambda floor: step(floor, self.clock.now()))

    async def _floor(self, external: str, step: Any) -> None:
        async with self.engine.begin() as connection:
            floors = await Floors.locked(connection, [conversation(external)])
            floors.change(conversation(external), step)
            await floors.store(connection, self.clock.now())

    async def sits_down(self, *guides: str) -> None:
        """Their desks are open."""
        for guide in guides:
            await presence.seen(self.client, guide, self.clock.now())

    async def says_to_be(self, guide: str, state: Any, until: datetime | None = None) -> None:
        """On a break, off, back."""
        async with self.engine.begin() as connection:
            local = self.clock.now().astimezone(self.rooms.zone)
            await duty.set_state(connection, guide, state, local, until)

    async def wish(self, external: str = "wm1") -> Mapping[str, Any]:
        """The shopper's last wish."""
        found = await rows(
            self.engine, "select * from handovers where conversation_id = :id order by id desc limit 1", id=conversation(external)
        )
        return found[0]

    async def talk(self, external: str = "wm1") -> Mapping[str, Any]:
        """The conversation."""
        return (await rows(self.engine, "select * from conversations where id = :id", id=conversation(external)))[0]

    async def alerts(self, kind: str | None = None) -> list[tuple[str, str | None, str | None]]:
        """(kind, guide, store) of what was told, in its order."""
        found = await rows(self.engine, "select * from alerts order by id")
        return [(row["kind"], row["guide"], row["store"]) for row in found if kind in {None, row["kind"]}]

    async def said(self) -> list[str]:
        """The scripts of what time made the bot say."""
        found = await rows(self.engine, "select speech -> 'trace' -> 'script' ->> 'id' as id from outbox order by outbox.id")
        return [row["id"] for row in found]

    async def tasks(self) -> list[Mapping[str, Any]]:
        """All tasks."""
        return list(await rows(self.engine, "select * from tasks order by id"))


MINUTE = timedelta(minutes=1)
