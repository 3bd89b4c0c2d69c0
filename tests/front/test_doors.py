"""Health, headers, pages and the description of the API."""

import re
from collections.abc import Mapping
from typing import cast

import pytest
from aiohttp.test_utils import TestClient, TestServer
from redis.asyncio import Redis

from bot.db.engine import make_engine
from bot.front.app import make_app
from bot.front.context import FRONT
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock
from tests.front.conftest import Door, front_of


async def test_alive_ready_and_counted(door: Door) -> None:
    assert (await door.http.get("/healthz")).status == 200
    assert await (await door.http.get("/readyz")).json() == {
        "ok": True,
        "database": True,
        "redis": True,
        "models": True,
        "model": "live",
    }
    await door.queues["turn"].wake(["c1"])
    counted = await (await door.http.get("/metrics")).text()
    assert 'daogou_queue_size{queue="turn"} 1.0' in counted


async def test_the_description_names_exactly_the_routes_that_exist(door: Door) -> None:
    described = await (await door.http.get("/api/openapi.json")).json()
    assert described["openapi"] == "3.1.0"
    told = {(method.upper(), path) for path, calls in described["paths"].items() for method in calls}
    app = door.http.server.app  # type: ignore[attr-defined]
    real = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/") and route.method != "HEAD"
    }
    assert told == real
    used = set(re.findall(r"#/components/schemas/(\w+)", str(described)))
    assert used <= set(described["components"]["schemas"])
    operations = [call["operationId"] for calls in described["paths"].values() for call in calls.values()]
    assert len(operations) == len(set(operations))


@pytest.mark.parametrize("path", ["/chat", "/login", "/nowhere", "/api/nowhere", "/healthz", "/static/daogou.css"])
async def test_every_answer_carries_the_security_headers(door: Door, path: str) -> None:
    headers = (await door.http.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/chat", "/login", "/nowhere"])
async def test_pages_have_nothing_inline_and_nothing_from_elsewhere(door: Door, path: str) -> None:
    page = await (await door.http.get(path)).text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\s(on\w+|style)=", page)
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert (await door.http.get(asset)).status == 200


async def test_the_chat_page_says_that_a_machine_answers_and_offers_a_person(door: Door) -> None:
    page = await (await door.http.get("/chat")).text()
    assert "智能助手" in page
    assert "转人工" in page


async def test_a_stranger_hears_words_and_a_program_hears_json(door: Door) -> None:
    page = await door.http.get("/nowhere")
    assert (page.status, page.content_type) == (404, "text/html")
    told = await door.http.get("/api/nowhere")
    assert (told.status, (await told.json())["error"]["code"]) == (404, "not_found")
    wrong = await door.http.delete("/api/chat")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "POST")


async def test_while_database_and_redis_are_away_callers_are_asked_to_come_again(
    queues: Mapping[str, DueQueue], clock: ManualClock
) -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:9/none")
    client = cast("Redis", Redis.from_url("redis://127.0.0.1:9/0", socket_connect_timeout=0.2))
    broken = {name: DueQueue(client, name) for name in queues}
    async with TestClient(TestServer(make_app(front_of(engine, client, broken, Live(client), clock)))) as http:
        assert (await http.get("/healthz")).status == 200
        ready = await http.get("/readyz")
        assert (ready.status, await ready.json()) == (
            503,
            {"ok": False, "database": False, "redis": False, "models": True, "model": "live"},
        )
        made = await http.post("/api/chat", json={})
        assert made.status == 503
        assert int(made.headers["Retry-After"]) > 0
        assert "127.0.0.1" not in await made.text()
        assert (await http.get("/metrics")).status == 200
    await client.aclose()
    await engine.dispose()


async def test_a_bug_is_told_without_details(door: Door) -> None:
    def broken(text: str) -> Mapping[str, object]:
        raise RuntimeError(f"secret detail about {text}")

    front = door.http.server.app[FRONT]  # type: ignore[attr-defined]
    object.__setattr__(front, "parse", broken)
    answer = await door.http.post("/model/parse", json={"text": "你好"})
    assert answer.status == 500
    assert "secret" not in await answer.text()
