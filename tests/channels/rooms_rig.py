"""The simulated rooms on loopback, with one clock for both sides, and words to send into them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.model import ConversationId, Outgoing, Speech
from bot.sandbox.rooms import Room
from bot.sandbox.rooms_aibot import AibotRoom
from bot.sandbox.rooms_dingtalk import DingTalkRoom
from bot.sandbox.rooms_feishu import FeishuRoom
from bot.settings import Settings


class RoomClock:
    """The platform's time is ours."""

    def __init__(self, ours: Any) -> None:
        self._ours = ours

    def now(self) -> float:
        return float(self._ours.now().timestamp())

    def call_later(self, seconds: float, act: Callable[[], None]) -> None:
        raise AssertionError("nothing is done later here")


@asynccontextmanager
async def served(room: Room) -> AsyncIterator[str]:
    """The room's address."""
    runner = web.AppRunner(room.app(), access_log=None, shutdown_timeout=0.01)  # type: ignore[attr-defined]
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    if isinstance(room, DingTalkRoom | AibotRoom):
        room.url = url
    try:
        yield url
    finally:
        await runner.cleanup()


def settings_of(url: str, room: Room) -> Settings:
    """The settings that a bot in this room needs, as ops would write them."""
    setup = room.setup  # type: ignore[attr-defined]
    if isinstance(room, FeishuRoom):
        told = {"APP_ID": setup.app_id, "APP_SECRET": setup.app_secret, "ENCRYPT_KEY": setup.encrypt_key}
        told |= {"VERIFICATION_TOKEN": setup.verification_token, "API_BASE": url}
        kind = "FEISHU"
    elif isinstance(room, DingTalkRoom):
        told = {"APP_KEY": setup.app_key, "APP_SECRET": setup.app_secret, "TOKEN": setup.token, "AES_KEY": setup.aes_key}
        told |= {"API_BASE": url, "OAPI_BASE": url}
        kind = "DINGTALK"
    else:
        told = {"TOKEN": setup.token, "AES_KEY": setup.aes_key, "NAME": setup.name, "API_BASE": url}
        kind = "AIBOT"
    return Settings.from_environment({f"DAOGOU_{kind}__demo__{name}": value for name, value in told.items()})


def outgoing(speech: Speech | str, external: str, *, channel: str, peer: str = "", msgid: str = "M1", **more: Any) -> Outgoing:
    """A message as the courier hands it over."""
    said = Speech(speech) if isinstance(speech, str) else speech
    return Outgoing(1, msgid, ConversationId("v1"), channel, "demo", peer, external, "bot", 0, said, **more)


def when(moment: datetime) -> str:
    """Milliseconds, as platforms write them."""
    return str(int(moment.timestamp() * 1000))
