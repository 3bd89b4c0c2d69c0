"""Start the sandbox: the platform, its HTTP face, the pusher and the page, on one port."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Final, Literal

import aiohttp
from aiohttp import web

from bot.sandbox import api, control, page
from bot.sandbox.callbacks import Callback, Pusher
from bot.sandbox.clock import Clock, RealClock, VirtualClock
from bot.sandbox.faults import Faults
from bot.sandbox.platform import Platform
from bot.sandbox.setup import DEMO_KF, KfSetup, Setup, environment

ClockName = Literal["real", "virtual"]

LARGEST_UPLOAD: Final = 24 << 20
DEFAULT_CALLBACK: Final = "http://127.0.0.1:8080/hooks/wecom/demo"
"""Where `daogou serve` listens for the account `demo` when nothing else is said."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox."""

    url: str
    """`http://host:port`, which is also the page and the bot's API_BASE."""
    platform: Platform
    pusher: Pusher
    environment: Sequence[str]
    """The lines that `daogou serve` needs."""
    _stack: AsyncExitStack

    async def settled(self) -> None:
        """Wait until every callback that may go out now has been answered or given up."""
        await self.pusher.settled()

    async def close(self) -> None:
        """Stop serving and pushing."""
        await self._stack.aclose()


async def start(
    setup: Setup | None = None,
    *,
    clock: ClockName | Clock = "real",
    faults: Faults | None = None,
    callback: str | Callback = "",
    at: tuple[str, int] = ("127.0.0.1", 0),
) -> Sandbox:
    """A running sandbox; port 0 takes a free one. Raises OSError if the port is taken."""
    setup = setup or Setup()
    platform = Platform(setup, _clock(clock), faults)
    stack = AsyncExitStack()
    try:
        session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=64))
        http = await stack.enter_async_context(session)
        pusher = Pusher(platform, Callback(callback) if isinstance(callback, str) else callback, http)
        stack.push_async_callback(pusher.close)
        url = await _serve(application(platform, pusher), at, stack)
        pusher.start()
    except BaseException:
        await stack.aclose()
        raise
    return Sandbox(url, platform, pusher, environment(setup, url), stack)


def application(platform: Platform, pusher: Pusher) -> web.Application:
    """The aiohttp application around a platform."""
    app = web.Application(client_max_size=LARGEST_UPLOAD, middlewares=[control.guard])
    app[api.PLATFORM] = platform
    app[control.PUSHER] = pusher
    app[control.LISTENERS] = set()
    app.add_routes([*api.routes(), *control.routes(), *page.routes()])
    app.on_shutdown.append(_dismiss)
    return app


def run(
    host: str = "127.0.0.1",
    port: int = 9100,
    *,
    seed: int = 7,
    clock: ClockName = "real",
    faults: Faults | str = "",
    accounts: Sequence[KfSetup] = (DEMO_KF,),
    callback: str = DEFAULT_CALLBACK,
) -> None:
    """Serve until interrupted; says first what `daogou serve` must be told. Raises ValueError, OSError."""
    chosen = Faults.parse(faults) if isinstance(faults, str) else faults
    setup = Setup(seed=seed, accounts=tuple(accounts))

    async def forever() -> None:
        sandbox = await start(setup, clock=clock, faults=chosen, callback=callback, at=(host, port))
        try:
            sys.stdout.write("\n".join(_greeting(sandbox)) + "\n")
            sys.stdout.flush()
            stop = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
            await stop.wait()
        finally:
            await sandbox.close()

    with suppress(KeyboardInterrupt):
        asyncio.run(forever())
    sys.stdout.write("沙盘收摊了。\n")


def _greeting(sandbox: Sandbox) -> Sequence[str]:
    return [
        f"沙盘开张了：{sandbox.url}",
        f"回调地址：{sandbox.pusher.url or '没有设，机器人只能自己来拉消息'}",
        "启动导购前，先设好这几行环境变量：",
        *(f"export {line}" for line in sandbox.environment),
        "",
        "按 Ctrl+C 收摊。",
    ]


def _clock(clock: ClockName | Clock) -> Clock:
    if clock == "virtual":
        return VirtualClock()
    if clock == "real":
        return RealClock(time.time, asyncio.get_running_loop().call_later)
    assert not isinstance(clock, str)
    return clock


async def _serve(app: web.Application, at: tuple[str, int], stack: AsyncExitStack) -> str:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    host, port = at
    await web.TCPSite(runner, host, port, backlog=1024).start()
    bound: object = runner.addresses[0][1]
    return f"http://{host}:{bound}"


async def _dismiss(app: web.Application) -> None:
    """Let open event streams end."""
    for queue in app[control.LISTENERS]:
        queue.put_nowait(b"")
