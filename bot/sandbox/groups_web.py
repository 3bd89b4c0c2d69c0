"""A group in the web chat of a running ``daogou serve``: its people write through the documented API of ``/chat``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import aiohttp
import orjson

from bot.sandbox.body import Body, is_object, object_of
from bot.sandbox.groups_ledger import Reply
from bot.sandbox.groups_model import ASSISTANT, Event, renamed
from bot.sandbox.groups_player import PlaceError, StepRefusedError

HOUSE: Final = "http://127.0.0.1:8080"
"""Where ``daogou serve`` listens when nothing else is said."""
_TRIES: Final = 30
_PAGE: Final = 500
_KINDS: Final = {"sticker": "image"}
"""The web chat has no stickers of its own."""


@dataclass(slots=True)
class _Talk:
    """A conversation that is read on from where it was left."""

    path: str
    token: str
    after: str = "0"


@dataclass(slots=True)
class WebPlace:
    """One room; the room's own token vouches for its people's names, so that guides may be among them."""

    http: aiohttp.ClientSession
    url: str = HOUSE
    clock: Callable[[], float] = time.time
    platform: str = "web"
    assistant: str = ""
    """What the assistant is called there; known once the room is open."""
    scripted: str = ""
    """What the events call it."""
    _room: _Talk = field(default_factory=lambda: _Talk("", ""))
    _members: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Sender → (id of the member, token)."""
    _refs: dict[str, str] = field(default_factory=dict)
    """Event → id of its message that the 202 gave."""
    _messages: dict[str, str] = field(default_factory=dict)
    """That id → the id with which the message is read."""
    _latest: str = ""
    """The assistant's latest words."""
    _waiting: list[Reply] = field(default_factory=list)
    _private: dict[str, _Talk] = field(default_factory=dict)

    async def open(self, name: str, people: Sequence[tuple[str, str]]) -> None:
        """Make the room with these in it."""
        made = await self._ask("POST", "/api/chat", {"group": True, "name": name})
        self._room = _Talk(f"/api/chat/{made['conversation']}", str(made["token"]))
        for who, called in people:
            await self._join(who, called, "")
        listed = (await self._ask("GET", f"{self._room.path}/members", token=self._room.token)).get("members")
        for one in listed if isinstance(listed, list) else ():
            if is_object(one) and one.get("id") == ASSISTANT:
                self.assistant = str(one.get("name"))

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock()

    async def act(self, event: Event) -> bool:
        """Let a member do something."""
        if event.kind == "join":
            await self._join(event.sender, event.name, event.state)
        elif event.kind == "leave":
            await self._ask("POST", f"{self._room.path}/leave", {}, token=self._token(event))
        elif event.kind == "recall":
            message = await self._message(event.reply_to or "")
            await self._ask("POST", f"{self._room.path}/messages/{message}/recall", {}, token=self._token(event))
        else:
            await self._say(event)
        return True

    async def _say(self, event: Event) -> None:
        body: dict[str, object] = {"id": f"sandbox-{event.id}", "kind": _KINDS.get(event.kind, event.kind)}
        if event.kind == "text":
            body["text"] = renamed(event.text, self.scripted, self.assistant)
        if event.mentions:
            body["mentions"] = [self._members[one][0] if one in self._members else one for one in event.mentions]
        if event.at_bot:
            body["at_bot"] = True
        if event.reply_to is not None:
            quoted = await self._message(event.reply_to)
            body |= {"reply_to": quoted} if quoted else {}
        told = await self._ask("POST", f"{self._room.path}/messages", body, token=self._token(event))
        self._refs[event.id] = str(told["id"])

    async def _message(self, event: str) -> str:
        """The id with which an event's message is read; what is not read yet is read now. Empty: there is none."""
        if event == ASSISTANT:
            return self._latest
        ref = self._refs.get(event, "")
        if ref and ref not in self._messages:
            self._waiting += await self._read()
        return self._messages.get(ref, "")

    async def _join(self, who: str, name: str, state: str) -> None:
        if who in self._members:
            return
        body = {"name": name, "state": state}
        told = await self._ask("POST", f"{self._room.path}/members", body, token=self._room.token)
        self._members[who] = (str(told["member"]), str(told["token"]))

    def _token(self, event: Event) -> str:
        if event.sender not in self._members:
            raise StepRefusedError(f"{event.name} 不在群里")
        return self._members[event.sender][1]

    async def hear(self) -> Sequence[Reply]:
        """What the assistant has said in the room, and alone to those whom it named there."""
        heard = [*self._waiting, *await self._read()]
        self._waiting.clear()
        for who in sorted({who for reply in heard for who in reply.to} | self._private.keys()):
            heard += await self._alone(who)
        return heard

    async def _read(self) -> list[Reply]:
        by_member = {member: who for who, (member, _) in self._members.items()}
        found = []
        for one in await self._news(self._room):
            if one.get("ref"):
                self._messages[str(one["ref"])] = str(one["id"])
            if one.get("from") != "bot" or one.get("recalled"):
                continue
            self._latest = str(one["id"])
            named = one.get("mentions")
            to = tuple(by_member[who] for who in (named if isinstance(named, list) else ()) if who in by_member)
            found.append(Reply(self._latest, _words(one), _moment(one), to))
        return found

    async def _alone(self, who: str) -> list[Reply]:
        """What the assistant wrote to a member alone."""
        if who not in self._private:
            told = await self._ask("GET", f"{self._room.path}/private", token=self._members[who][1], missing=True)
            if not told:
                return []
            self._private[who] = _Talk(f"/api/chat/{told['conversation']}", str(told["token"]))
        news = await self._news(self._private[who])
        return [Reply(str(x["id"]), _words(x), _moment(x), (who,), private=True) for x in news if x.get("from") == "bot"]

    async def _news(self, talk: _Talk) -> Sequence[Body]:
        path = f"{talk.path}/messages?after={talk.after}&limit={_PAGE}"
        told = (await self._ask("GET", path, token=talk.token)).get("messages")
        found = [one for one in told if is_object(one)] if isinstance(told, list) else []
        if found:
            talk.after = str(found[-1]["id"])
        return found

    async def _ask(
        self, method: str, path: str, body: Mapping[str, object] | None = None, *, token: str = "", missing: bool = False
    ) -> Body:
        """One call; too many are asked again later, as the answer says. ``missing``: 404 is an empty answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for _ in range(_TRIES):
            try:
                async with self.http.request(method, self.url.rstrip("/") + path, json=body, headers=headers) as answer:
                    raw, status, wait = await answer.read(), answer.status, answer.headers.get("Retry-After", "1")
            except (aiohttp.ClientError, TimeoutError) as error:
                raise PlaceError(f"连不上 {self.url}，先把 daogou serve 开起来") from error
            if status == 429:
                await asyncio.sleep(float(wait) if wait.isdigit() else 1.0)
            elif status == 404 and missing:
                return {}
            elif status >= 400:
                raise StepRefusedError(f"网页群没收下：{_refusal(raw, status)}")
            else:
                return _object(raw)
        raise PlaceError("网页群一直说太频繁，演不下去了")


def _object(raw: bytes) -> Body:
    try:
        found: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise PlaceError("那边答的不是 JSON，地址是 daogou serve 的吗") from None
    return found if is_object(found) else {}


def _refusal(raw: bytes, status: int) -> str:
    error = object_of(raw).get("error")
    return str(error.get("message", status)) if is_object(error) else str(status)


def _words(bubble: Body) -> str:
    """The text with the titles of its cards."""
    items = bubble.get("items")
    titles = [str(one.get("title", "")) for one in items if is_object(one)] if isinstance(items, list) else []
    return "\n".join(part for part in (str(bubble.get("text", "")), *titles) if part)


def _moment(bubble: Body) -> float:
    return datetime.fromisoformat(str(bubble["at"])).timestamp()
