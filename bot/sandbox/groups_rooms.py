"""The simulated DingTalk, Feishu and aibot beside the simulated WeChat: where they are, what ``daogou serve`` must know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from bot.sandbox.clock import Clock
from bot.sandbox.groups_platforms import ACCOUNT
from bot.sandbox.rooms_aibot import AibotRoom
from bot.sandbox.rooms_dingtalk import DingTalkRoom
from bot.sandbox.rooms_feishu import FeishuRoom

PLATFORMS: Final[Mapping[str, str]] = {"web": "网页群", "feishu": "飞书", "dingtalk": "钉钉", "aibot": "企微智能机器人"}
"""Where a group can be played, with the names that people know."""
Rooms = Mapping[str, FeishuRoom | DingTalkRoom | AibotRoom]
_BELOW: Final = "/rooms"


def rooms_of(clock: Clock, seed: int) -> Rooms:
    """One of each."""
    return {
        "feishu": FeishuRoom(clock, seed=seed),
        "dingtalk": DingTalkRoom(clock, seed=seed),
        "aibot": AibotRoom(clock, seed=seed),
    }


def mount(app: web.Application, rooms: Rooms) -> None:
    """Below ``/rooms/{platform}`` of the sandbox."""
    for name, room in rooms.items():
        app.add_subapp(f"{_BELOW}/{name}", room.app())


def reached(rooms: Rooms, url: str) -> None:
    """Tell those that give out addresses where they are."""
    for name, room in rooms.items():
        if isinstance(room, DingTalkRoom | AibotRoom):
            room.url = f"{url}{_BELOW}/{name}"


def environment(rooms: Rooms, platform: str, url: str) -> Sequence[str]:
    """The lines that ``daogou serve`` needs for one of them; none for the web chat."""
    room, base = rooms.get(platform), f"{url}{_BELOW}/{platform}"
    if isinstance(room, FeishuRoom):
        setup = room.setup
        told = {"APP_ID": setup.app_id, "APP_SECRET": setup.app_secret, "ENCRYPT_KEY": setup.encrypt_key}
        told |= {"VERIFICATION_TOKEN": setup.verification_token, "API_BASE": base}
    elif isinstance(room, DingTalkRoom):
        ding = room.setup
        told = {"APP_KEY": ding.app_key, "APP_SECRET": ding.app_secret, "TOKEN": ding.token, "AES_KEY": ding.aes_key}
        told |= {"API_BASE": base, "OAPI_BASE": base}
    elif isinstance(room, AibotRoom):
        told = {"TOKEN": room.setup.token, "AES_KEY": room.setup.aes_key, "NAME": room.setup.name, "API_BASE": base}
    else:
        return []
    return [f"DAOGOU_{platform.upper()}__{ACCOUNT}__{name}={value}" for name, value in told.items()]
