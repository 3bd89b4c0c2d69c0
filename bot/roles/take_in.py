"""The web role: the front door with everything behind it wired up."""

import asyncio
import contextlib
from collections.abc import Callable

import structlog
import yaml
from aiohttp import web

from bot.adapters.standing import OWN_LINE, Standings, line_of
from bot.brand import Brand, Staff, StaffFile
from bot.channels.wecom_crypto import WeComCrypto
from bot.db import newest, releases
from bot.db.engine import CONNECTION_FAULTS
from bot.errors import SettingsError
from bot.front.app import make_app
from bot.front.console_port import Grows
from bot.front.context import Front
from bot.front.goods_port import Catalogue, Goods
from bot.front.help_port import Aids, Help
from bot.model import JsonMap
from bot.motion.connection import MOTION_FAULTS
from bot.roles.loops import ALIVE, until
from bot.settings import secret_key
from bot.wiring import World

log = structlog.get_logger(__name__)

_LOOK = 1.0
_GRACE = 5.0
"""Seconds that requests under way (and event streams) may take when the door closes."""


class _Sign:
    """What the pages need to know of the live content, without the models: brand, people, and whether somebody thinks."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._release: int | None = None
        self._files: dict[str, bytes] = {}
        self._standings = Standings(world.settings.home)
        self._line = OWN_LINE
        self.brand = Brand()
        self.staff = Staff()
        self.digest = ""
        self.thinking = False

    async def look(self) -> None:
        """Follow the live release and the workers' sign of life."""
        with contextlib.suppress(*MOTION_FAULTS):
            self.thinking = bool(await self._world.client.exists(ALIVE))
        with contextlib.suppress(*CONNECTION_FAULTS):
            found = await releases.live(self._world.engine)
            if found is not None and found[0] != self._release:
                files = self._files = await newest.fetch(self._world.engine, found[0], self._files)
                self.brand = Brand.model_validate(yaml.safe_load(files.get("brand.yml", b"")) or {})
                self.staff = Staff.of(StaffFile.model_validate(yaml.safe_load(files.get("guides.yml", b"")) or {}))
                self._line = line_of(self.brand.name, files)
                self._release, self.digest = found

    def model(self) -> str:
        """How the newest model of this home stands, in one word."""
        return self._standings.of(self._line).state

    async def watch(self) -> None:
        """Until cancelled; a release that goes live is seen at once."""
        news = newest.News(self._world.engine)
        hearing = asyncio.create_task(news.run())
        try:
            while True:
                await self.look()
                await news.wait(_LOOK)
        finally:
            hearing.cancel()
            await asyncio.wait([hearing])


class _Parser:
    """The recognizer for Rasa's door, loaded when somebody first knocks there: the web role needs no models otherwise."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._loading: asyncio.Lock = asyncio.Lock()
        self._understand: Callable[[str], JsonMap] | None = None

    async def parse(self, text: str) -> JsonMap:
        """One text in Rasa's JSON."""
        async with self._loading:
            if self._understand is None:
                from bot.rasa import understood  # noqa: PLC0415  (the rooms weigh 200 MB that the web role does not need)
                from bot.shelf import LiveShelf  # noqa: PLC0415

                shelf = LiveShelf(self._world.engine, self._world.settings)
                await shelf.load()
                self._understand = lambda text: understood(shelf.services("").recognizer, text, self._world.clock.now())
            if self._world.settings.rasa_url is not None:
                # the verdict may wait for another server: not in the loop, and one after the other as the rooms expect
                return await asyncio.to_thread(self._understand, text)
        return self._understand(text)


class _Grower:
    """The base for the console, built when an editor first looks: the web role needs no rooms otherwise."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._building: asyncio.Lock = asyncio.Lock()
        self._growing: Grows | None = None
        self._built: Callable[[], tuple[int | None, object] | None] = lambda: None

    async def growing(self) -> Grows:
        """The same for everybody who looks."""
        async with self._building:
            if self._growing is None:
                from bot.growing import grown  # noqa: PLC0415  (the rooms, as above)

                made = await asyncio.to_thread(grown, self._world.engine, self._world.settings)
                self._growing, self._built = made, lambda: made.built
        return self._growing

    async def close(self) -> None:
        """End what an editor began and nobody will see any more."""
        if self._growing is not None:
            await self._growing.editing.close()

    def built(self) -> tuple[int | None, object] | None:
        """The library with its release, where an editor has looked before."""
        return self._built()


class _Shop:
    """The catalogues for events and links, read when the first of them comes in."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._goods: Goods | None = None

    async def catalogue(self, account: str) -> Catalogue:
        """That of a platform account, or the program's own."""
        if self._goods is None:
            from bot.goods import Goods as LiveGoods  # noqa: PLC0415  (the rooms, as above)

            self._goods = LiveGoods(self._world.engine, self._world.settings)
        return await self._goods.catalogue(account)


class _Assistant:
    """What helps guides to answer, read when one of them first looks for something."""

    def __init__(self, world: World, grower: _Grower) -> None:
        self._world = world
        self._grower = grower
        self._help: Help | None = None

    async def aids(self, account: str) -> Aids:
        """Those of a platform account, or the program's own."""
        if self._help is None:
            from bot.helping import Helping  # noqa: PLC0415  (the rooms, as above)

            self._help = Helping(self._world.engine, self._world.settings, self._grower.built)
        return await self._help.aids(account)

    def ready(self, account: str) -> Aids | None:
        """The same where they were read before."""
        return self._help.ready(account) if self._help is not None else None


async def take_in(world: World, stop: asyncio.Event) -> None:
    """Serve HTTP until told to stop; then no new connections, and those under way end."""
    sign, parser, grower = _Sign(world), _Parser(world), _Grower(world)
    await sign.look()
    front = Front(
        engine=world.engine,
        client=world.client,
        queues=world.queues,
        live=world.live,
        clock=world.clock,
        secret_key=secret_key(world.settings),
        brand=lambda: sign.brand,
        staff=lambda: sign.staff,
        parse=parser.parse,
        ready=lambda: sign.thinking,
        release=lambda: sign.digest,
        model=sign.model,
        growing=grower.growing,
        goods=_Shop(world),
        help=_Assistant(world, grower),
        events_token=token.get_secret_value().encode() if (token := world.settings.events_token) else None,
        wecom={
            name: WeComCrypto(account.token.get_secret_value(), account.aes_key.get_secret_value(), account.corpid)
            for name, account in world.settings.wecom.items()
        },
        **world.doors(),
        apps={name: channel.client for name, channel in world.kf_channels().items()},
        public_url=world.settings.public_url,
        debounce=world.settings.debounce,
        trust_proxy=world.settings.trust_proxy,
    )
    runner = web.AppRunner(make_app(front), access_log=None, shutdown_timeout=_GRACE)
    await runner.setup()
    host, port = world.settings.address
    try:
        await web.TCPSite(runner, host, port, backlog=1024, reuse_port=True).start()
    except OSError as error:
        await runner.cleanup()
        raise SettingsError(f"{host}:{port} 不能监听（{error.strerror}），可能已被别的程序占用，请改 DAOGOU_LISTEN") from error
    watching = [asyncio.create_task(sign.watch()), asyncio.create_task(world.live.run())]
    log.info("role.ready", listen=world.settings.listen)
    try:
        while not await until(stop, 3600):
            pass
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await grower.close()
        await runner.cleanup()
