"""A front door on loopback, and small helpers to knock at it."""

import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Brand, Guide, Persona, Staff, StaffFile, Store
from bot.channels.wecom_crypto import WeComCrypto
from bot.db import users
from bot.front.app import make_app
from bot.front.context import Front
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text(encoding="utf-8"))
STAFF = Staff.of(
    StaffFile(
        stores=(Store(id="s1", name="徐汇店"), Store(id="s2", name="静安店")),
        guides=(
            Guide(id="g1", name="王姐", store="s1"),
            Guide(id="g2", name="小雅", store="s1"),
            Guide(id="g3", name="陈曼", store="s2"),
        ),
    )
)
KEY = "a" * 43
SECRET = b"a secret for tests"


def understood(text: str) -> Mapping[str, object]:
    """What a parser answers, in Rasa's JSON."""
    return {"text": text, "intent": {"name": "greet", "confidence": 0.9}, "entities": [], "intent_ranking": []}


@dataclass
class Door:
    """The front door and what stands behind it."""

    http: TestClient
    engine: AsyncEngine
    queues: Mapping[str, DueQueue]
    clock: ManualClock
    crypto: WeComCrypto
    open: Callable[[], "TestClient"] = field(repr=False)

    async def rows(self, query: str, **values: object) -> list[tuple[object, ...]]:
        async with self.engine.begin() as connection:
            result = await connection.execute(text(query), values)
            return [tuple(row) for row in result] if result.returns_rows else []

    async def one(self, query: str, **values: object) -> object:
        return (await self.rows(query, **values))[0][0]

    async def due(self, queue: str) -> list[str]:
        return [claim.member for claim in (await self.queues[queue].claim(100, timedelta(seconds=5))).taken]

    async def chat(self, **wish: object) -> tuple[str, dict[str, str]]:
        """A new conversation: its path and the headers of its shopper."""
        answer = await self.http.post("/api/chat", json=wish)
        assert answer.status == 201, await answer.text()
        told = await answer.json()
        return f"/api/chat/{told['conversation']}", {"Authorization": f"Bearer {told['token']}"}

    async def bot_says(self, conversation: str, words: str, *, answers: int | None = None, **body: object) -> None:
        """What the courier leaves behind when it has delivered something."""
        speech = {"text": words, **body} | ({"answers": [answers]} if answers else {})
        await self.rows(
            """
            with sent as (
                insert into outbox (msgid, conversation_id, author, epoch, speech, state)
                values (gen_random_uuid()::text, :id, 'bot', 0, cast(:speech as jsonb), 'sent') returning *
            )
            insert into messages (conversation_id, author, text, body, at, msgid, trace)
            select conversation_id, author, speech ->> 'text', speech - 'text' - 'trace', :now, msgid, speech -> 'trace' from sent
            """,
            id=conversation,
            speech=orjson.dumps(speech).decode(),
            now=self.clock.now(),
        )
        await self.rows("update inbox set state = 'settled', outcome = 'answered' where id = :id", id=answers or 0)

    async def waits(self, conversation: str, *, store: str | None = None, urgency: int = 0) -> None:
        """The bot has promised a person."""
        await self.rows(
            "update customers p set store = :store from conversations c where c.id = :id and p.id = c.customer_id",
            id=conversation,
            store=store,
        )
        await self.rows(
            "update conversations set owner = 'waiting', owner_since = :now where id = :id", id=conversation, now=self.clock.now()
        )
        await self.rows(
            "insert into handovers (conversation_id, reason, urgency, store) values (:id, '顾客要找人工', :urgency, :store)",
            id=conversation,
            urgency=urgency,
            store=store,
        )

    def sealed(self, inside: str | bytes, account: str = "demo") -> tuple[str, dict[str, str], bytes]:
        """A callback as the platform sends it: path, query, body."""
        plain = inside.encode() if isinstance(inside, str) else inside
        encrypted, signature = self.crypto.encrypt(plain, "1700000000", "n", b"0123456789abcdef")
        body = f"<xml><ToUserName>ww1</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return f"/hooks/wecom/{account}", {"msg_signature": signature, "timestamp": "1700000000", "nonce": "n"}, body.encode()

    async def callback(self, inside: str | bytes) -> ClientResponse:
        path, query, body = self.sealed(inside)
        return await self.http.post(path, params=query, data=body)

    async def guide(self, name: str, role: str = "guide", guide: str | None = None, store: str | None = None) -> "Desk":
        """An account that has its own password, signed in."""
        once = await users.add_user(self.engine, name, role, guide, store)
        desk = Desk(self.open())
        await desk.http.start_server()
        assert (await desk.sign_in(name, once)).status == 200
        assert (await desk.post("/api/password", {"password": once, "new": "correct horse"})).status == 204
        return desk


@dataclass
class Desk:
    """Somebody's browser at the desk."""

    http: TestClient
    csrf: str = ""

    async def sign_in(self, name: str, password: str) -> ClientResponse:
        answer = await self.http.post("/api/login", json={"name": name, "password": password})
        if answer.status == 200:
            self.csrf = (await answer.json())["csrf"]
        return answer

    async def get(self, path: str) -> ClientResponse:
        return await self.http.get(path)

    async def post(self, path: str, body: object = None) -> ClientResponse:
        return await self.http.post(path, json={} if body is None else body, headers={"X-CSRF-Token": self.csrf})


def front_of(engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock) -> Front:
    """A front with dull defaults."""
    numbers = itertools.count(1)
    vector = VECTORS["wecom"][0]
    return Front(
        engine=engine,
        client=client,
        queues=queues,
        live=live,
        clock=clock,
        secret_key=SECRET,
        brand=lambda: Brand(name="花间集", persona=Persona(name="小花")),
        staff=lambda: STAFF,
        parse=understood,
        ready=lambda: True,
        release=lambda: "abc",
        wecom={
            "demo": WeComCrypto("token", KEY, "ww1"),
            "official": WeComCrypto(vector["token"], vector["encoding_aes_key"], vector["receive_id"]),
        },
        draw=lambda: f"drawn{next(numbers):017d}",
    )


@pytest.fixture
async def door(
    engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock
) -> AsyncIterator[Door]:
    """The whole front door, on loopback."""
    app = make_app(front_of(engine, client, queues, live, clock))
    server = TestServer(app)
    await server.start_server()
    clients: list[TestClient] = []

    def opened() -> TestClient:
        clients.append(TestClient(server, cookie_jar=CookieJar(unsafe=True)))
        return clients[-1]

    door = Door(opened(), engine, queues, clock, WeComCrypto("token", KEY, "ww1"), opened)
    yield door
    for one in clients:
        await one.session.close()
    await server.close()


@pytest.fixture
async def office(
    engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Door]:
    """A front door with a small live base behind it, for the console's pages."""
    from tests.front.console_rig import opened  # noqa: PLC0415  (which stands on this file)

    async with opened((engine, client, queues, live, clock), tmp_path) as door:
        yield door
