"""The yardstick of figure 2 as a process: a bot that keeps nothing and thinks nothing, on the same platform and crypto."""

import asyncio
import sys
from collections.abc import Mapping

import aiohttp
import orjson
import uvloop
from aiohttp import web

from bot.channels.wecom_crypto import WeComCrypto, encrypted_part
from bot.sandbox import DEMO_KF, Corp

_CORP = Corp()
_CRYPTO = WeComCrypto(_CORP.token, _CORP.aes_key, _CORP.corpid)


class _Echo:
    """Says everything back: callback → sync_msg → send_msg."""

    def __init__(self, base: str, http: aiohttp.ClientSession) -> None:
        self._base, self._http, self._token, self._cursor = base, http, "", ""
        self._pulling = asyncio.Lock()
        self._sends: set[asyncio.Task[Mapping[str, object]]] = set()

    async def hook(self, request: web.Request) -> web.Response:
        query = request.query
        signed = query["msg_signature"], query["timestamp"], query["nonce"]
        if request.method == "GET":
            return web.Response(body=_CRYPTO.verify_url(*signed, query["echostr"]))
        inside = _CRYPTO.decrypt(*signed, encrypted_part(await request.read()))
        self._sends.add(asyncio.create_task(self._pull(inside.partition(b"<Token><![CDATA[")[2].partition(b"]]")[0].decode())))
        return web.Response()

    async def _pull(self, token: str) -> Mapping[str, object]:
        async with self._pulling:
            page = await self.call("kf/sync_msg", {"cursor": self._cursor, "token": token, "open_kfid": DEMO_KF.open_kfid})
            self._cursor = str(page["next_cursor"])
            items = page["msg_list"]
            for item in items if isinstance(items, list) else []:
                if item["msgtype"] == "text":
                    body = {
                        "touser": item["external_userid"],
                        "open_kfid": DEMO_KF.open_kfid,
                        "msgtype": "text",
                        "text": item["text"],
                    }
                    self._sends.add(asyncio.create_task(self.call("kf/send_msg", body)))
            self._sends = {task for task in self._sends if not task.done()}
            return page

    async def call(self, api: str, body: Mapping[str, object]) -> Mapping[str, object]:
        if not self._token:
            query = {"corpid": _CORP.corpid, "corpsecret": _CORP.secret}
            async with self._http.get(f"{self._base}/cgi-bin/gettoken", params=query) as answer:
                self._token = orjson.loads(await answer.read())["access_token"]
        async with self._http.post(f"{self._base}/cgi-bin/{api}?access_token={self._token}", data=orjson.dumps(body)) as answer:
            found: Mapping[str, object] = orjson.loads(await answer.read())
            return found


async def _serve(port: int, base: str) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as http:
        app = web.Application()
        app.router.add_route("*", "/hooks/wecom/{account}", _Echo(base, http).hook)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(_serve(int(sys.argv[1]), sys.argv[2]))
