"""A tiny platform on loopback that answers as told, and accounts that call it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from bot.settings import WeComAccount

SECRET = "geheim-corp-secret"
TOKEN = "geheim-access-token"
Answer = Callable[[Mapping[str, Any]], web.Response | dict[str, Any] | None]


def account(api_base: str, **more: Any) -> WeComAccount:
    return WeComAccount.model_validate(
        {"corpid": "ww1", "secret": SECRET, "token": "t", "aes_key": "A" * 43, "api_base": api_base, **more}
    )


@dataclass
class Tiny:
    """Answers each call of an API with the next of its answers, the last one for ever; notes what was asked."""

    url: str = ""
    answers: dict[str, list[Answer | dict[str, Any]]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tokens: int = 0
    never: asyncio.Event = field(default_factory=asyncio.Event)

    def said(self, api: str, *answers: Answer | dict[str, Any]) -> None:
        self.answers[api] = list(answers)

    def asked(self, api: str) -> list[dict[str, Any]]:
        return [body for name, body in self.calls if name == api]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        api = request.match_info["api"]
        raw = await request.read()
        self.calls.append((api, {**request.query, **(orjson.loads(raw) if raw else {})}))
        told = self.answers.get(api, [])
        answer = (told.pop(0) if len(told) > 1 else told[0]) if told else None
        if callable(answer):
            answer = answer(self.calls[-1][1])
            if answer is None:
                await self.never.wait()
        if answer is None and api == "gettoken":
            self.tokens += 1
            await asyncio.sleep(0)
            answer = {"errcode": 0, "access_token": f"{TOKEN}-{self.tokens}", "expires_in": 7200}
        if isinstance(answer, web.Response):
            return answer
        return web.json_response(answer if answer is not None else {"errcode": 0, "errmsg": "ok"})


@asynccontextmanager
async def tiny_platform() -> AsyncIterator[Tiny]:
    tiny = Tiny()
    app = web.Application()
    app.router.add_route("*", "/cgi-bin/{api:.+}", tiny.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tiny.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield tiny
    finally:
        tiny.never.set()
        await runner.cleanup()


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as http:
        yield http
