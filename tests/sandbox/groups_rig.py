"""A group played against the real front door, worker and courier, on one clock that the test turns."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp.test_utils import TestServer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

sys.path.append(str(Path(__file__).parents[1] / "unit" / "bot"))
sys.path.append(str(Path(__file__).parents[1] / "channels"))

from bot_rooms import services
from rooms_rig import served, settings_of

from bot.channels.web import WebChannel
from bot.courier import Courier
from bot.front.app import make_app
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.sandbox.groups_cast import Event, present
from bot.sandbox.groups_ledger import Book, Line
from bot.sandbox.groups_platforms import PLACES, Hook
from bot.sandbox.groups_player import Place, listen, play, settle
from bot.sandbox.groups_script import Script, read_script
from bot.sandbox.groups_web import WebPlace
from bot.sandbox.rooms import Room
from bot.services import FixedShelf
from bot.wiring import World
from bot.worker import Worker
from tests.conftest import ManualClock
from tests.front.conftest import front_of

Behind = tuple[AsyncEngine, Client, Mapping[str, DueQueue], Live, ManualClock]
_LEASE = timedelta(seconds=30)
_FOUNDING = 8
"""Looks in which those who were there from the beginning are welcomed."""


class House:
    """Worker and courier, stepped by hand; also the pace of an evening: time passes only here."""

    look = 2.5

    def __init__(self, behind: Behind, url: str, ways: Mapping[tuple[str, str], object]) -> None:
        self.engine, self.client, self.queues, self.live, self.clock = behind
        self.url = url
        self.worker = Worker(self.engine, self.queues, self.live, FixedShelf(services()), self.clock)
        self.courier = Courier(self.engine, self.queues["send"], self.live, ways, self.clock)  # type: ignore[arg-type]
        self.start = self.clock.now()

    def left(self, moment: timedelta) -> float:
        return (self.start + moment - self.clock.now()).total_seconds()

    async def wait(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        await self.turn()

    async def turn(self) -> None:
        """Everything that is due is done, whatever the queues' own clock says."""
        for queue, step in (("turn", self.worker.step), ("send", self.courier.step)):
            async with self.engine.begin() as connection:
                talks = [str(row[0]) for row in await connection.execute(text("select id from conversations"))]
            if not talks:
                return
            await self.client.flushall()
            await self.queues[queue].wake(talks)
            await step((await self.queues[queue].claim(100, _LEASE)).taken)
        await self.courier.drain()

    async def plays(self, script: str, place: Place) -> Book:
        """The whole script, up to the last answer."""
        return await self.acts(read_script(script), place)

    async def acts(self, script: Script, place: Place) -> Book:
        book, there = Book(), present(script.events)
        await place.open(script.group, there)
        book.there(there)
        for _ in range(_FOUNDING):
            await self.wait(self.look)
            await listen(place, book)
        self.start = self.clock.now()
        await play(script.events, place, self, book)
        await settle(place, self, book)
        return book


@asynccontextmanager
async def web_house(behind: Behind) -> AsyncIterator[tuple[House, WebPlace]]:
    """A house whose group is the web room."""
    front = replace(front_of(*behind), brand=lambda: services().brand, staff=lambda: services().staff)
    server = TestServer(make_app(front))
    await server.start_server()
    try:
        async with aiohttp.ClientSession() as http:
            clock, url = behind[4], str(server.make_url("")).rstrip("/")
            house = House(behind, url, {("web", ""): WebChannel()})
            yield house, WebPlace(http, url, clock=lambda: clock.now().timestamp(), scripted="小花")
    finally:
        await server.close()


@asynccontextmanager
async def room_house(behind: Behind, name: str, room: Room) -> AsyncIterator[tuple[House, Place]]:
    """A house whose group is on a simulated platform."""
    engine, client, queues, live, clock = behind
    async with served(room) as platform, aiohttp.ClientSession() as http:
        world = World(settings_of(platform, room), engine, client, queues, live, http, clock)
        front = replace(front_of(*behind), brand=lambda: services().brand, staff=lambda: services().staff, **world.doors())
        server = TestServer(make_app(front))
        await server.start_server()
        try:
            url = str(server.make_url("")).rstrip("/")
            hook = Hook(http, f"{url}/hooks/{name}/demo")
            yield House(behind, url, world.channels()), PLACES[name](hook, room, "小花")
        finally:
            await server.close()


def said(book: Book, *, private: bool = False) -> list[Line]:
    """What the assistant said."""
    return [line for line in book.lines if line.by == "bot" and line.private == private]


def line_of(book: Book, step: int) -> Line:
    """The line of a script's step."""
    return next(line for line in book.lines if isinstance(line.event, Event) and line.event.id == f"s{step}")
