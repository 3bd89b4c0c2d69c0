"""From what somebody signs in, in words that they know again: 手机 · 微信 · 10.0.0.7."""

from typing import Final

from aiohttp import web

from bot.front.context import caller

_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "鸿蒙手机"),
    ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"),
    ("Mac OS X", "苹果电脑"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux 电脑"),
)
_BROWSERS: Final = (
    ("wxwork", "企业微信"),
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Lark", "飞书"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("OPR", "Opera"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What a User-Agent holds → what people call it; the first that fits counts, for the later ones stand in it as well."""


def place(request: web.Request) -> str:
    """Device, browser and address."""
    agent = request.headers.get("User-Agent", "")
    told = (next((words for part, words in known if part in agent), "") for known in (_SYSTEMS, _BROWSERS))
    return " · ".join(filter(None, (*told, caller(request))))
