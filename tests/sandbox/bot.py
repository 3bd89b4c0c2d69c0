"""A small, correct bot on loopback: answers callbacks, pulls, replies. For tests of the sandbox only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from defusedxml.ElementTree import fromstring

from bot.channels.wecom_crypto import WeComCrypto, encrypted_part
from bot.sandbox import Corp, Sandbox
from tests.sandbox.rig import KF

CORP = Corp()
Answer = Callable[[int], web.Response | None]


class Bot:
    """Counts callbacks; `answer(n)` may give another response to the n-th, or None to keep it waiting."""

    def __init__(self, answer: Answer = lambda _: web.Response()) -> None:
        self.url = ""
        self.news: list[dict[str, str]] = []
        self.ciphertexts: list[str] = []
        self.heard = asyncio.Event()
        self.answer = answer
        self.echo = True
        self._crypto = WeComCrypto(CORP.token, CORP.aes_key, CORP.corpid)
        self.never = asyncio.Event()

    async def hook(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        key = (query["msg_signature"], query["timestamp"], query["nonce"])
        if request.method == "GET":
            echo = self._crypto.verify_url(*key, query["echostr"])
            return web.Response(body=echo if self.echo else b'"' + echo + b'"')
        sealed = encrypted_part(await request.read())
        root = fromstring(self._crypto.decrypt(*key, sealed))
        self.ciphertexts.append(sealed)
        self.news.append({child.tag: child.text or "" for child in root})
        self.heard.set()
        answer = self.answer(len(self.news))
        if answer is None:
            await self.never.wait()
        return answer or web.Response()


@asynccontextmanager
async def serving(bot: Bot) -> AsyncIterator[Bot]:
    app = web.Application()
    app.router.add_route("*", "/hook", bot.hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield bot
    finally:
        bot.never.set()
        await runner.cleanup()


class Caller:
    """The bot's side of the API over HTTP."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.root = sandbox.url + "/cgi-bin/"
        self.http = http
        self.token = ""

    async def get_token(self) -> None:
        params = {"corpid": CORP.corpid, "corpsecret": CORP.secret}
        async with self.http.get(self.root + "gettoken", params=params) as answer:
            self.token = orjson.loads(await answer.read())["access_token"]

    async def post(self, api: str, **body: object) -> dict[str, Any]:
        url = f"{self.root}{api}?access_token={self.token}"
        async with self.http.post(url, data=orjson.dumps(body)) as answer:
            answer.raise_for_status()
            return dict(orjson.loads(await answer.read()))

    async def text(self, who: str, words: str, **more: object) -> dict[str, Any]:
        return await self.post("kf/send_msg", touser=who, open_kfid=KF, msgtype="text", text={"content": words}, **more)
