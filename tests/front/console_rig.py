"""A front door with a small live base behind it, for the console's tests."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.brand import Brand
from bot.db import releases
from bot.front.app import make_app
from bot.growing import Growing
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock
from tests.front.conftest import STAFF, Desk, Door, front_of
from tests.letters import Letters

STAFF_FILE = """
stores:
  - {id: s1, name: 徐汇店, city: 上海, region: 华东}
  - {id: s2, name: 静安店, city: 上海, region: 华东}
guides:
  - {id: g1, name: 王姐, store: s1}
  - {id: g3, name: 陈曼, store: s2}
"""
ENTRIES = """
- {id: returns, questions: [不喜欢能退吗, 能退吗], answer: 签收后七天内可以退。, source: 政策}
- {id: parking, questions: [门口能停车吗], answer: 门口有两个小时免费停车。, source: 店里, scope: {level: 店, of: s1}}
"""
GREET = """
id: greet
family: 招呼语
variants:
  - {text: "{称呼|您}好呀，我是小花。", weight: 2}
  - {text: 在的，您说。, channels: [wecom_kf], days: mon-fri, hours: "09:00-18:00"}
"""
FILES: Mapping[str, str] = {
    "brand.yml": "name: 花\npersona: {name: 小花}\n",
    "guides.yml": STAFF_FILE,
    "knowledge/entries/a.yml": ENTRIES,
    "scripts/replies/greet.yml": GREET,
}
Rooms = tuple[AsyncEngine, Client, Mapping[str, DueQueue], Live, ManualClock]


@asynccontextmanager
async def opened(rooms: Rooms, home: Path, files: Mapping[str, str] = FILES) -> AsyncIterator[Door]:
    """The door, with these files live behind it."""
    engine, client, queues, live, clock = rooms
    workspace = content.read_files({path: told.encode() for path, told in files.items()})
    await releases.import_release(engine, workspace, "ops")
    growing = Growing(engine, Encoder(Letters("letters-console")), ModelStore(home), lambda: content.read_files({}))

    async def grows() -> Growing:
        return growing

    brand: Brand = workspace.brand
    front = replace(front_of(engine, client, queues, live, clock), growing=grows, brand=lambda: brand, staff=lambda: STAFF)
    server = TestServer(make_app(front))
    await server.start_server()
    clients: list[TestClient] = []

    def another() -> TestClient:
        clients.append(TestClient(server, cookie_jar=CookieJar(unsafe=True)))
        return clients[-1]

    yield Door(another(), engine, queues, clock, None, another)  # type: ignore[arg-type]
    for one in clients:
        await one.session.close()
    await server.close()


async def sent(desk: Desk, path: str, **fields: object) -> ClientResponse:
    """A form as htmx sends it."""
    pairs = [(name, str(one)) for name, told in fields.items() for one in (told if isinstance(told, list) else [told])]
    headers = {"X-CSRF-Token": desk.csrf, "HX-Request": "true"}
    return await desk.http.post(path, data=[(name.replace("__", "."), one) for name, one in pairs], headers=headers)


async def seen(desk: Desk, path: str, status: int = 200, *, part: bool = False) -> str:
    """What stands on a page."""
    answer = await desk.http.get(path, headers={"HX-Request": "true"} if part else {})
    text = await answer.text()
    assert answer.status == status, text[-3000:]
    return text
