"""`kf/sync_msg`: what is new, by cursor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson

from bot.sandbox.body import Body, text, whole
from bot.sandbox.errors import PlatformError
from bot.sandbox.stream import Page
from bot.sandbox.world import World

MOST: Final = 1000
LONGEST_CURSOR: Final = 64
LONGEST_TOKEN: Final = 128
EMPTY_IN_A_ROW: Final = 3
"""A fault rate of 1 must not keep a puller busy for ever."""


def sync_msg(world: World, body: Body) -> Mapping[str, object]:
    """`kf/sync_msg`: 40058 for a bad cursor or limit, 95007 for a bad token, 45009 without one too often."""
    cursor = text(body, "cursor", needed=False)
    token = text(body, "token", needed=False)
    open_kfid = world.account_of(body).open_kfid if body.get("open_kfid") else ""
    limit = whole(body, "limit", MOST) or MOST
    voice = whole(body, "voice_format", 0)
    if len(cursor.encode()) > LONGEST_CURSOR or not 0 < limit <= MOST or voice not in {0, 1}:
        raise PlatformError(40058, "cursor, limit or voice_format")
    _allow(world, token, open_kfid)
    page = _page(world, open_kfid, cursor, limit)
    return {
        "next_cursor": page.cursor,
        "has_more": int(page.has_more),
        "msg_list": [orjson.Fragment(item) for item in page.items],
    }


def _allow(world: World, token: str, open_kfid: str) -> None:
    now = world.now()
    if not token:
        world.meter.count(f"tokenless:{open_kfid}", world.setup.rules.tokenless_per_minute, now)
        return
    if len(token) > LONGEST_TOKEN:
        raise PlatformError(40058, "token")
    world.news.check(token, open_kfid, now)


def _page(world: World, open_kfid: str, cursor: str, limit: int) -> Page:
    faults, dice = world.faults, world.dice
    if world.empty_pages < EMPTY_IN_A_ROW and dice.falls("empty_page", faults.empty_page):
        world.empty_pages += 1
        return world.stream.empty(cursor)
    world.empty_pages = 0
    if dice.falls("short_page", faults.short_page):
        limit = 1 + int(dice.draw("short_page_size") * min(limit, 10))
    return world.stream.page(open_kfid, cursor, limit, world.now())
