"""What Feishu's events do not say: who our bot is, how a room and its people are called, what a quoted message said.

Asked of the platform when an event needs it, with little patience, because the event must be answered within three seconds;
remembered for a while, the failure to learn it too.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from bot.channels import fields
from bot.channels.feishu import contents
from bot.channels.feishu.client import FeishuClient
from bot.channels.refusals import RefusedError
from bot.errors import DeliveryError

_BRIEF = 1.0
"""Seconds that all questions about one event may take together; they are asked side by side."""
_LONG, _SHORT = 3600.0, 60.0
"""Seconds for which an answer, and a failure, is remembered."""
_MOST = 20_000
_PAGES = 3
"""Pages of a hundred members that are read to learn a name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an event needs: ids as the platform writes them, empty where there is nothing to ask."""

    room: str = ""
    person: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of it; empty where it could not be learnt."""

    bot: str = ""
    """Our bot's ``open_id``."""
    room: str = ""
    called: str = ""
    quote: str = ""


class Directory:
    """One account's knowledge of rooms and people."""

    def __init__(self, client: FeishuClient, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds."""
        self._client = client
        self._clock = clock
        self._kept: dict[tuple[str, str], tuple[str, float]] = {}

    async def known(self, asked: Asked) -> Known:
        """All that an event needs, within a second; never raises for a platform that does not answer."""
        bot, room, called, quoted = await asyncio.gather(
            self._look("bot", "", self._bot),
            self._look("room", asked.room, lambda: self._room(asked.room)),
            self._look("person", asked.person, lambda: self._person(asked.room, asked.person)),
            self._look("message", asked.message, lambda: self._message(asked.message)),
        )
        return Known(bot, room, called, quoted)

    def learn(self, person: str, called: str) -> None:
        """A name that an event told."""
        if person and called:
            self._keep("person", person, called, _LONG)

    async def _look(self, kind: str, key: str, fetch: Callable[[], Awaitable[str]]) -> str:
        if not key and kind != "bot":
            return ""
        value, until = self._kept.get((kind, key), ("", -1.0))
        if until > self._clock():
            return value
        life = _LONG
        try:
            async with asyncio.timeout(_BRIEF):
                value = await fetch()
        except (RefusedError, DeliveryError, TimeoutError):
            life = _SHORT
        self._keep(kind, key, value, life if value else _SHORT)
        return value

    def _keep(self, kind: str, key: str, value: str, life: float) -> None:
        self._kept.pop((kind, key), None)
        self._kept[kind, key] = (value, self._clock() + life)
        while len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]

    async def _bot(self) -> str:
        return fields.ident(fields.mapping((await self._client.call("bot/v3/info")).get("bot")).get("open_id"))

    async def _room(self, room: str) -> str:
        told = await self._client.call(f"im/v1/chats/{quote(room, safe='')}")
        return fields.name(fields.mapping(told.get("data")).get("name"))

    async def _person(self, room: str, person: str) -> str:
        """From the members of the room, which also brings the others' names; else from the address book."""
        found = await self._member(room, person) if room else ""
        if found:
            return found
        path = f"contact/v3/users/{quote(person, safe='')}"
        told = await self._client.call(path, query={"user_id_type": "open_id"})
        return fields.name(fields.mapping(fields.mapping(told.get("data")).get("user")).get("name"))

    async def _member(self, room: str, person: str) -> str:
        found, page = "", ""
        for _ in range(_PAGES):
            query = {"member_id_type": "open_id", "page_size": "100"} | ({"page_token": page} if page else {})
            try:
                told = await self._client.call(f"im/v1/chats/{quote(room, safe='')}/members", query=query)
            except RefusedError:
                return found
            data = fields.mapping(told.get("data"))
            for one in fields.items(data.get("items")):
                member, called = fields.ident(one.get("member_id")), fields.name(one.get("name"))
                self.learn(member, called)
                found = called if member == person else found
            page = fields.words(data.get("page_token"))
            if found or not page or data.get("has_more") is not True:
                break
        return found

    async def _message(self, message: str) -> str:
        told = await self._client.call(f"im/v1/messages/{quote(message, safe='')}")
        for one in fields.items(fields.mapping(told.get("data")).get("items")):
            inside = fields.inner(fields.mapping(one.get("body")).get("content"))
            return contents.read(fields.words(one.get("msg_type")), inside, fields.items(one.get("mentions"))).text
        return ""
