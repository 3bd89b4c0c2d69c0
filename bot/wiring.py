"""The composition root: the only file that knows every concrete class, and what a process of each role is made of."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypedDict

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.clock import SystemClock
from bot.channels.aibot.callback import AibotDoor
from bot.channels.aibot.channel import AibotChannel
from bot.channels.dingtalk.callback import DingTalkDoor
from bot.channels.dingtalk.channel import DingTalkChannel
from bot.channels.dingtalk.client import DingTalkClient
from bot.channels.feishu.callback import FeishuDoor
from bot.channels.feishu.channel import FeishuChannel
from bot.channels.feishu.client import FeishuClient
from bot.channels.feishu.people import Directory
from bot.channels.links import Tracked
from bot.channels.web import WebChannel
from bot.channels.wecom.channel import KfChannel
from bot.channels.wecom.staff import Robot
from bot.channels.wecom.through import ContactChannel, GroupChannel
from bot.db import engine as database
from bot.db import return_path, wecom_groups
from bot.errors import SettingsError
from bot.herald import PER_MINUTE, Ways
from bot.motion import connection as motion
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.motion.pace import Pace
from bot.ports import Channel, Clock
from bot.settings import Settings, secret_key

QUEUES = ("turn", "send", "pull")
_POOLS = {"web": 8, "worker": 6, "courier": 8}


class Doors(TypedDict):
    """Ways in by platform and account, as the front door takes them."""

    dingtalk: Mapping[str, DingTalkDoor]
    feishu: Mapping[str, FeishuDoor]
    aibot: Mapping[str, AibotDoor]


@dataclass(frozen=True, slots=True)
class World:
    """Everything a role touches, open; closed in reverse when the process ends."""

    settings: Settings
    engine: AsyncEngine
    client: motion.Client
    queues: Mapping[str, DueQueue]
    live: Live
    http: aiohttp.ClientSession
    clock: Clock = field(default_factory=SystemClock)

    def kf_channels(self) -> Mapping[str, KfChannel]:
        """One for each configured WeCom account."""
        return {name: KfChannel(account, self.http) for name, account in self.settings.wecom.items()}

    def channels(self) -> Mapping[tuple[str, str], Channel]:
        """Every way out, by channel and account; links lead over our own door where shoppers can reach it."""
        public = self.settings.public_url
        ways: dict[tuple[str, str], Channel] = {("web", ""): WebChannel()}
        patience = self.settings.offer_life
        gone = partial(wecom_groups.dismissed, self.engine)
        outside: list[tuple[str, Channel]] = list(self._rooms())
        for name, kf in self.kf_channels().items():
            outside += [(name, kf), (name, ContactChannel(patience)), (name, GroupChannel(patience, gone))]
        for name, channel in outside:
            ways[channel.name, name] = Tracked(channel, public, secret_key(self.settings)) if public else channel
        return ways

    def _rooms(self) -> Iterator[tuple[str, Channel]]:
        """The rooms beside WeCom's own, each with its account's name."""
        told, heard = self.settings, partial(return_path.heard, self.engine)
        yield from ((name, FeishuChannel(one, self.http, self.clock)) for name, one in told.feishu.items())
        yield from ((name, DingTalkChannel(one, self.http, self.clock, heard)) for name, one in told.dingtalk.items())
        yield from ((name, AibotChannel(one, self.http, self.clock, heard)) for name, one in told.aibot.items())

    def doors(self) -> Doors:
        """The ways in of the same rooms."""
        return {
            "dingtalk": {n: DingTalkDoor.of(one, DingTalkClient(one, self.http)) for n, one in self.settings.dingtalk.items()},
            "feishu": {n: FeishuDoor(one, Directory(FeishuClient(one, self.http))) for n, one in self.settings.feishu.items()},
            "aibot": {n: AibotDoor.of(one) for n, one in self.settings.aibot.items()},
        }

    def staff_ways(self) -> Ways:
        """Every way to the staff's phones."""
        webhook = self.settings.staff_webhook
        return Ways(
            apps={name: channel.client for name, channel in self.kf_channels().items()},
            robot=Robot(webhook, self.http) if webhook else None,
            pace=Pace(self.client, "staff-robot", PER_MINUTE, 60),
            public_url=self.settings.public_url,
        )


def addresses(settings: Settings) -> tuple[str, str]:
    """Database and Redis of this process.

    Raises:
        SettingsError: one is missing; the caller should have started embedded servers first.
    """
    if settings.database_url is None or settings.redis_url is None:
        raise SettingsError("缺少 DAOGOU_DATABASE_URL 或 DAOGOU_REDIS_URL")
    return settings.database_url.get_secret_value(), settings.redis_url.get_secret_value()


@asynccontextmanager
async def opened(settings: Settings, role: str) -> AsyncIterator[World]:
    """A world for one role; what is opened is closed in reverse, whatever happens between."""
    database_url, redis_url = addresses(settings)
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(database.connected(database_url, pool=_POOLS.get(role, 4)))
        client = await stack.enter_async_context(motion.connected(redis_url))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200, keepalive_timeout=30), trust_env=False)
        )
        yield World(
            settings=settings,
            engine=engine,
            client=client,
            queues={name: DueQueue(client, name) for name in QUEUES},
            live=Live(client),
            http=http,
        )
