"""The yardstick of figure 1 as a process: aiohttp and the callback's crypto, and nothing is kept."""

import asyncio
import sys

import uvloop
from aiohttp import web

from bot.channels.wecom_crypto import WeComCrypto, encrypted_part
from bot.sandbox import Corp

_CORP = Corp()
_CRYPTO = WeComCrypto(_CORP.token, _CORP.aes_key, _CORP.corpid)


async def _deliver(request: web.Request) -> web.Response:
    query = request.query
    _CRYPTO.decrypt(query["msg_signature"], query["timestamp"], query["nonce"], encrypted_part(await request.read()))
    return web.Response()


async def _serve(port: int) -> None:
    app = web.Application()
    app.router.add_post("/hooks/wecom/{account}", _deliver)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(int(sys.argv[1])))
