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

from bot.sandbox import api, control, customer_groups_api, groups_api, page
from bot.sandbox.callbacks import Callback, Pusher
from bot.sandbox.clock import Clock, RealClock, VirtualClock
from bot.sandbox.faults import Faults
from bot.sandbox.groups_rooms import environment as rooms_environment
from bot.sandbox.groups_rooms import mount, reached, rooms_of
from bot.sandbox.groups_run import Performance, perform
from bot.sandbox.groups_shows import Shows
from bot.sandbox.platform import Platform
from bot.sandbox.setup import Setup, environment

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
    shows: Shows
    """The groups that are played."""
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
        shows = Shows(http, rooms_of(platform.clock, setup.seed), lambda group: _noted(platform, group))
        url = await _serve(application(platform, pusher, shows), at, stack)
        stack.push_async_callback(shows.close)
        reached(shows.rooms, url)
        pusher.start()
    except BaseException:
        await stack.aclose()
        raise
    return Sandbox(url, platform, pusher, shows, environment(setup, url), stack)


def _noted(platform: Platform, group: str) -> None:
    """A group has something new, which the page hears of as of everything else."""
    platform.world.ledger.write("group", platform.world.now(), {"group": group})


def application(platform: Platform, pusher: Pusher, shows: Shows) -> web.Application:
    """The aiohttp application around a platform, with the rooms of the others beside it."""
    app = web.Application(client_max_size=LARGEST_UPLOAD, middlewares=[control.guard])
    app[api.PLATFORM] = platform
    app[control.PUSHER] = pusher
    app[control.LISTENERS] = set()
    app[groups_api.SHOWS] = shows
    app.add_routes([*api.routes(), *control.routes(), *customer_groups_api.routes(), *groups_api.routes(), *page.routes()])
    mount(app, shows.rooms)
    app.on_shutdown.append(_dismiss)
    return app


def run(
    host: str = "127.0.0.1",
    port: int = 9100,
    *,
    seed: int = 7,
    clock: ClockName = "real",
    faults: Faults | str = "",
    callback: str = DEFAULT_CALLBACK,
    performance: Performance | None = None,
) -> int:
    """Serve until interrupted; says first what `daogou serve` must be told. Raises ValueError, OSError.

    The number of grave faults in the groups of `performance`, which are played at once.
    """
    playing = performance or Performance()
    chosen = Faults.parse(faults) if isinstance(faults, str) else faults
    setup = Setup(seed=seed)

    async def forever() -> int:
        sandbox = await start(setup, clock=clock, faults=chosen, callback=callback, at=(host, port))
        try:
            playing.prepare(sandbox.shows)
            _say("\n".join(_greeting(sandbox, playing.platform)))
            stop = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
            return await _performed(sandbox.shows, playing, stop)
        finally:
            await sandbox.close()

    grave = 0
    with suppress(KeyboardInterrupt):
        grave = asyncio.run(forever())
    _say("沙盘收摊了。")
    return grave


async def _performed(shows: Shows, playing: Performance, stop: asyncio.Event) -> int:
    """Play, and stay open until told to stop, which also ends the play; the number of grave faults."""
    stopped = asyncio.create_task(stop.wait())
    task = asyncio.create_task(perform(shows, playing.wishes, _say))
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        grave = task.result() if task.done() else 0
        if not playing.once:
            await stopped
        return grave
    finally:
        for one in (task, stopped):
            one.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _greeting(sandbox: Sandbox, platform: str) -> Sequence[str]:
    return [
        f"沙盘开张了：{sandbox.url}",
        f"回调地址：{sandbox.pusher.url or '没有设，机器人只能自己来拉消息'}",
        "启动导购前，先设好这几行环境变量：",
        *(f"export {line}" for line in sandbox.environment),
        *(f"export {line}" for line in rooms_environment(sandbox.shows.rooms, platform, sandbox.url)),
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
