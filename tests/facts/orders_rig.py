"""A group with people in it, a campaign, and a clock turned by hand; what is read and said goes through a real database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot_rooms import NOON, services
from facts_rig import accept, an_arrival, conversation, outbox, rows
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Brand, Persona
from bot.db import campaigns, campaigns_desk
from bot.db.campaigns_desk import Opening, Wanted
from bot.db.campaigns_rows import Doubt, OrderLine
from bot.db.users import User
from bot.ordering import Ledgers, follow
from bot.ordering.keeping import keep
from bot.ordering.menu import Good, rows_of
from bot.services import Services

GROUP = "fruits"
TALK = conversation(GROUP)
BOSS = User("admin", "admin", None, None, must_change=False)
NAMES = {"u1": "王姐", "u2": "李叔", "u3": "赵敏", "u4": "小丁"}
MENU = (
    Good("apple", "红富士苹果", "斤", Decimal("8.8"), ("苹果",)),
    Good("milk", "鲜牛奶", "箱", Decimal(66), ("牛奶",), stock=Decimal(6)),
    Good("pork", "猪肉白菜水饺", "袋", Decimal(25)),
    Good("leek", "韭菜鸡蛋水饺", "袋", Decimal(22)),
)


def brand_rooms() -> Services:
    """The rooms of a brand whose groups hear confirmations every three minutes and are reminded thirty before the end."""
    return replace(services(), brand=Brand(name="果园", persona=Persona(name="果果"), hours={"mon-sun": "00:00-24:00"}))


@dataclass
class Evening:
    """One process that follows a group's orders; ``another`` is a second one."""

    engine: AsyncEngine
    ledgers: Ledgers = field(default_factory=Ledgers)
    now: datetime = NOON
    names: dict[str, str] = field(default_factory=lambda: dict(NAMES))
    rooms: Services = field(default_factory=brand_rooms)
    said: int = 0
    id: int = 0

    def another(self) -> "Evening":
        """Another process at the same work, or this one after a restart."""
        return replace(self, ledgers=Ledgers())

    async def opens(self, menu: Sequence[Good] = MENU, minutes: float | None = None, **terms: Any) -> int:
        """The guide opens a campaign."""
        await self.says("u4", "大家好")
        deadline = None if minutes is None else self.now + timedelta(minutes=minutes)
        self.now += timedelta(seconds=1)
        opening = Opening("周五水果团", rows_of(menu), terms, deadline, self.now)
        self.id = await campaigns_desk.open_campaign(self.engine, BOSS, TALK, opening, self.now)
        return self.id

    async def says(self, who: str, words: str, **more: Any) -> str:
        """A member writes; the platform's id of the message."""
        self.said += 1
        id_ = more.pop("id", f"m{self.said}")
        told = {"sender": who, "room": "水果群", "called": self.names.get(who, ""), "sent_at": self.now, **more}
        await accept(self.engine, an_arrival(id_, words, GROUP, **told), at=self.now)
        return str(id_)

    async def recalls(self, message: str) -> None:
        """Its author takes a message back."""
        self.said += 1
        gone = an_arrival(f"m{self.said}", "", GROUP, kind="event", role="event", settled=("silent", "撤回"), recalls=message)
        await accept(self.engine, gone, at=self.now)

    async def edits(self, who: str, sku: str, n: float, note: str = "", **more: Any) -> None:
        """The guide sets a line."""
        wanted = Wanted(who, self.names.get(who, who), sku, Decimal(str(n)), note, **more)
        await campaigns_desk.edit(self.engine, BOSS, self.id, wanted, self.now)

    async def follow(self) -> None:
        """The worker's look at what was written."""
        await follow(self.engine, self.ledgers, [TALK], self.now)

    async def keep(self, **by: float) -> frozenset[str]:
        """Time passes, and the keeper goes round."""
        self.now += timedelta(**by)
        return await keep(self.engine, self.ledgers, lambda _: self.rooms, self.now)

    async def lines(self) -> Sequence[OrderLine]:
        """The ledger's rows."""
        async with self.engine.connect() as connection:
            return await campaigns.lines(connection, self.id)

    async def held(self) -> str:
        """All lines as one string: ``u1 apple 3; u2 milk 1/2`` (granted/wanted where less is there)."""
        return "; ".join(
            f"{one.sender} {one.sku} {_n(one.granted)}{f'/{_n(one.n)}' if one.n != one.granted else ''}"
            for one in await self.lines()
        )

    async def doubts(self) -> Sequence[Doubt]:
        """What is unclear and not settled."""
        async with self.engine.connect() as connection:
            return [one for one in await campaigns.doubts(connection, self.id) if one.settled_at is None]

    async def told(self, script: str = "") -> list[str]:
        """The words that were said about orders, of one script or of all."""
        found = await outbox(self.engine)
        return [row["words"] for row in found if not script or row["speech"]["trace"]["script"]["id"] == script]

    async def speeches(self) -> Sequence[Mapping[str, Any]]:
        """The speeches as they wait in the outbox."""
        return [row["speech"] for row in await outbox(self.engine)]

    async def row(self) -> Mapping[str, Any]:
        """The campaign's row."""
        (found,) = await rows(self.engine, "select * from campaigns where id = :id", id=self.id)
        return found

    async def sql(self, statement: str, **values: object) -> None:
        """Something that happens to the rows."""
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)


def _n(value: Decimal) -> str:
    return f"{value.normalize():f}"
