"""The front door with rooms of the other platforms behind it: simulated platforms on loopback, one clock for all."""

import io
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import aiohttp
import pytest
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

sys.path.append(str(Path(__file__).parents[1] / "channels"))

from rooms_rig import RoomClock, served, settings_of

from bot.front.app import make_app
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.ports import Channel
from bot.sandbox.rooms import Room
from bot.sandbox.rooms_aibot import AibotRoom
from bot.sandbox.rooms_dingtalk import DingTalkRoom
from bot.sandbox.rooms_feishu import FeishuRoom
from bot.settings import Settings
from bot.wiring import World
from tests.conftest import ManualClock
from tests.front.conftest import front_of

Kind = TypeVar("Kind", bound=Room)
Behind = tuple[AsyncEngine, Client, Mapping[str, DueQueue], Live, ManualClock]


@dataclass
class RoomDoor(Generic[Kind]):
    """A door, its platform, and the database behind it."""

    room: Kind
    http: TestClient
    engine: AsyncEngine
    clock: ManualClock
    world: World
    settings: Settings

    @property
    def path(self) -> str:
        kind = {FeishuRoom: "feishu", DingTalkRoom: "dingtalk", AibotRoom: "aibot"}[type(self.room)]
        return f"/hooks/{kind}/demo"

    @property
    def channel(self) -> Channel:
        return next(one for (name, _), one in self.world.channels().items() if name != "web")

    async def post(self, body: bytes, **more: object) -> ClientResponse:
        return await self.http.post(self.path, data=io.BytesIO(body), **more)  # type: ignore[arg-type]

    async def rows(self, query: str, **values: object) -> list[dict[str, object]]:
        async with self.engine.begin() as connection:
            result = await connection.execute(text(query), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    async def inbox(self) -> list[dict[str, object]]:
        return await self.rows("select * from inbox order by id")


@asynccontextmanager
async def opened(room: Kind, behind: Behind) -> AsyncIterator[RoomDoor[Kind]]:
    """A door for one room."""
    engine, client, queues, live, clock = behind
    async with served(room) as url, aiohttp.ClientSession() as http:
        settings = settings_of(url, room)
        world = World(settings, engine, client, queues, live, http, clock)
        app = make_app(replace(front_of(engine, client, queues, live, clock), **world.doors()))
        server = TestServer(app)
        await server.start_server()
        caller = TestClient(server, cookie_jar=CookieJar(unsafe=True))
        try:
            yield RoomDoor(room, caller, engine, clock, world, settings)
        finally:
            await caller.session.close()
            await server.close()


def door_of(make: Callable[[RoomClock], Kind]) -> Callable[..., AsyncIterator[RoomDoor[Kind]]]:
    """The fixture ``door`` of a module that is about one platform."""

    @pytest.fixture(name="door")
    async def door(
        engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock
    ) -> AsyncIterator[RoomDoor[Kind]]:
        async with opened(make(RoomClock(clock)), (engine, client, queues, live, clock)) as one:
            yield one

    return door  # type: ignore[return-value]
