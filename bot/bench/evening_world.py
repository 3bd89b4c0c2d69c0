"""The evening itself: the real acceptance, worker, courier and keeper in this one process, second after virtual second."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters import embedded
from bot.attendance import Attendance
from bot.bench.evening_people import Group, arrival, founders
from bot.bench.evening_time import SetClock, VirtualQueue
from bot.channels.web import WebChannel
from bot.courier import LEASE as SEND_LEASE
from bot.courier import Courier
from bot.db import campaigns_desk, reception
from bot.db import engine as database
from bot.db.accept import Acceptor
from bot.db.campaigns_desk import Opening
from bot.db.codec import to_json
from bot.db.migrate import migrate
from bot.db.users import User
from bot.errors import BadRequestError
from bot.keeper import Keeper
from bot.model import Arrival, Outgoing
from bot.motion import connection as motion
from bot.motion.live import Live
from bot.ordering.menu import Good, rows_of
from bot.patience import patience
from bot.sandbox.groups_material import Material
from bot.sandbox.groups_model import Event
from bot.settings import Settings
from bot.shelf import LiveShelf
from bot.worker import LEASE, Worker

START = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
"""Eight in the evening in Shanghai, a Wednesday."""
STEP = timedelta(seconds=1)
MARK = timedelta(minutes=10)
"""Between two looks at the memory."""
_KEEP = 3
"""Steps between two rounds of the keeper; the role's own pause is a second."""
_TAIL = timedelta(minutes=3)
"""After the last message, for what is held."""
_BATCH = 32
"""As the worker's role."""
_DEBOUNCE = 0.8
_END = 0.9
"""Where in the evening a group order closes; the crowd orders until 0.85."""
_SETTINGS = text("insert into groups (conversation_id, guide, settings) values (:room, :guide, cast(:settings as jsonb))")
_STORE = text("update customers set store = :store where id = (select customer_id from conversations where id = :room)")
_OFFICE = User("bench", "admin", None, None, must_change=False)


@dataclass(slots=True)
class Spent:
    """What the evening cost."""

    seconds: float = 0.0
    """Of real time, from the first message to the last word."""
    thinking: float = 0.0
    """Of these in the worker's steps."""
    accepted: int = 0
    refused: int = 0
    """Words of guides that the desk did not let them say in their own group."""
    resident: list[tuple[float, float]] = field(default_factory=list)
    """(virtual minute, MB resident)."""


class _Ears(WebChannel):
    """The web chat, remembering the last words of ours in each talk, for whoever quotes them."""

    def __init__(self) -> None:
        self.latest: dict[str, str] = {}

    async def send(self, message: Outgoing) -> None:
        """Take note of the id as well."""
        await super().send(message)
        self.latest[message.conversation] = message.msgid


class World:
    """One process with everything that an assistant in groups is made of."""

    def __init__(self, engine: AsyncEngine, client: motion.Client, shelf: LiveShelf) -> None:
        self.engine = engine
        self.clock = SetClock(START)
        self.turns = VirtualQueue(client, "turn", self.clock)
        self.sends = VirtualQueue(client, "send", self.clock)
        self._ears = _Ears()
        self._live = Live(client)
        self.brand, staff = shelf.services("").brand, shelf.services("").staff
        attendance = Attendance(engine, client, lambda: [staff], self.clock)
        queues = {"turn": self.turns, "send": self.sends}
        self._worker = Worker(engine, queues, self._live, shelf, self.clock, attendance.duty)
        self._courier = Courier(engine, self.sends, self._live, {("web", ""): self._ears}, self.clock)
        self._keeper = Keeper(engine, self.sends, self._live, shelf, attendance.look)
        self._acceptor = Acceptor()
        self.spent = Spent()

    async def people(self, groups: Sequence[Group]) -> None:
        """Every group with its members and settings, as it stands before the evening."""
        async with self.engine.begin() as connection:
            for group in groups:
                await self._acceptor.accept(connection, [founders(group, START)], START)
                owner = group.guides[0]
                told = {"room": group.room, "guide": owner.id, "settings": to_json(group.settings)}
                await connection.execute(_SETTINGS, told)
                await connection.execute(_STORE, {"room": group.room, "store": owner.store})

    async def play(self, groups: Sequence[Group], minutes: float, material: Material) -> Spent:
        """The whole evening, and a little longer, until nothing is held any more."""
        script = _script(groups)
        begun, end = time.perf_counter(), START + timedelta(minutes=minutes)
        ahead, steps = next(script, None), 0
        self._look(0)
        while self.clock.moment < end + _TAIL:
            self.clock.moment += STEP
            due: list[tuple[Group, Event]] = []
            while ahead is not None and START + ahead[1].at <= self.clock.moment:
                due.append(ahead)
                ahead = next(script, None)
            await self._happen(due, (material, minutes))
            await self._work()
            steps += 1
            if steps % _KEEP == 0:
                await self._keeper.step(self.clock.moment)
                await self._work()
            if (self.clock.moment - START) % MARK == timedelta():
                self._look((self.clock.moment - START) / timedelta(minutes=1))
        self.spent.seconds = time.perf_counter() - begun
        return self.spent

    def _look(self, minute: float) -> None:
        self.spent.resident.append((minute, psutil.Process().memory_info().rss / 1e6))

    async def _happen(self, due: Sequence[tuple[Group, Event]], evening: tuple[Material, float]) -> None:
        """What is written now is accepted together; a guide at the desk speaks in between, in order."""
        waiting: list[Arrival] = []
        for group, event in due:
            self.spent.accepted += 1
            if group.by_desk and event.guide:
                await self._accept(waiting)
                waiting = []
                await self._guide(group, event)
            else:
                waiting.append(arrival(group, event, START, self._ears.latest.get(group.room)))
            if event.gold is not None and event.gold.tag == "offer":
                await self._accept(waiting)
                waiting = []
                await self._open(group, event, *evening)
        await self._accept(waiting)

    async def _accept(self, arrivals: Sequence[Arrival]) -> None:
        if not arrivals:
            return
        async with self.engine.begin() as connection:
            accepted = await self._acceptor.accept(connection, arrivals, self.clock.moment)
        waits = [patience(one.kind, one.text, _DEBOUNCE) for _, one in accepted.waiting]
        await self.turns.wake([talk for talk, _ in accepted.waiting], waits)

    async def _guide(self, group: Group, event: Event) -> None:
        """A guide says it from the desk; the office says it for one whom the desk refuses."""
        guide, said = group.guide(event), (event.id, group.from_desk(event))
        viewer = User(guide.id, "guide", guide.id, guide.store or None, must_change=False)
        try:
            await reception.reply(self.engine, viewer, group.room, said, self.clock.moment)
        except BadRequestError:
            self.spent.refused += 1
            await reception.reply(self.engine, _OFFICE, group.room, said, self.clock.moment)
        await self.sends.wake([group.room])

    async def _open(self, group: Group, event: Event, material: Material, minutes: float) -> None:
        """A guide opens the group order that they have just offered."""
        good = next(one for one in material.goods if event.gold is not None and one.sku == event.gold.sku)
        menu = rows_of([Good(good.sku, good.name, good.unit, Decimal(str(good.price)))])
        deadline = START + timedelta(minutes=minutes * _END)
        opening = Opening(good.name, menu, {}, deadline, START + event.at)
        await campaigns_desk.open_campaign(self.engine, _OFFICE, group.room, opening, self.clock.moment)

    async def _work(self) -> None:
        """Turns and deliveries until nothing is due at this moment."""
        while True:
            if claims := await self.turns.ripe(_BATCH, LEASE):
                begun = time.perf_counter()
                await self._worker.step(claims)
                self.spent.thinking += time.perf_counter() - begun
            elif claims := await self.sends.ripe(_BATCH, SEND_LEASE):
                await self._courier.step(claims)
                await self._courier.drain()
            else:
                return


def _script(groups: Sequence[Group]) -> Iterator[tuple[Group, Event]]:
    """What happens in all groups, in order of time."""
    return iter(sorted(((group, one) for group in groups for one in group.events), key=lambda each: (each[1].at, each[0].number)))


@asynccontextmanager
async def world(home: Path) -> AsyncIterator[World]:
    """Embedded servers in ``home``, and the demo brand's own services; gone afterwards."""
    with embedded.servers(home, None, None) as servers:
        async with database.connected(servers.database_url, pool=8) as engine, motion.connected(servers.redis_url) as client:
            await migrate(engine)
            shelf = LiveShelf(engine, Settings(home=home))
            await shelf.load()
            yield World(engine, client, shelf)
