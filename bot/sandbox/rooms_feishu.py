"""Feishu, simulated: groups and talks of two, signed and sealed events, the messages API with its limits (PROTOCOLS §5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import orjson
from aiohttp import web

from bot.channels.feishu import crypto
from bot.sandbox.rooms import Heard, Passes, Refused, Room, asked

_AT = re.compile(r'<at (?:user_id="([^"]*)"|id=([\w-]+))>([^<]*)</at>')
_HOUR = 3600.0
_LONGEST = 150_000


@dataclass(frozen=True, slots=True)
class FeishuSetup:
    """One application with a bot."""

    app_id: str = "cli_sandbox"
    app_secret: str = "sandbox-feishu-secret"  # noqa: S105  (of the simulated platform)
    verification_token: str = "sandbox-feishu-token"  # noqa: S105
    encrypt_key: str = "sandbox-feishu-key"
    bot: str = "ou_bot0000000000000000000000000000"
    bot_name: str = "小助手"


@dataclass
class Chat:
    """A group."""

    id: str
    name: str
    members: dict[str, str] = field(default_factory=dict)
    """Names by ``open_id``."""
    with_bot: bool = True
    muted: bool = False


class FeishuRoom(Room):
    """The platform: mount ``app()`` at its root, post what ``say``, ``come`` and the others give as ``posted``."""

    setup = FeishuSetup()

    def prepared(self, setup: FeishuSetup) -> FeishuRoom:
        """With an application of its own."""
        self.setup = setup
        return self

    def __post_init__(self) -> None:
        super().__post_init__()
        self.passes = Passes(self)
        self.chats: dict[str, Chat] = {}
        self.people: dict[str, str] = {}
        self.stopped: set[str] = set()
        """People who take no messages of the bot."""
        self._messages: dict[str, Mapping[str, object]] = {}
        self._uuids: dict[str, tuple[str, float]] = {}

    def app(self) -> web.Application:
        """The HTTP side."""
        app = web.Application()
        api = "/open-apis"
        app.add_routes(
            [
                web.post(f"{api}/auth/v3/tenant_access_token/internal", self.route(self._pass)),
                web.get(f"{api}/bot/v3/info", self.route(self._info)),
                web.post(f"{api}/im/v1/messages", self.route(self._send)),
                web.get(f"{api}/im/v1/messages/{{id}}", self.route(self._message)),
                web.get(f"{api}/im/v1/chats/{{id}}", self.route(self._chat)),
                web.get(f"{api}/im/v1/chats/{{id}}/members", self.route(self._members)),
                web.get(f"{api}/contact/v3/users/{{id}}", self.route(self._user)),
            ]
        )
        return app

    def group(self, name: str, *people: str) -> Chat:
        """A new group with these people, by their names."""
        chat = Chat("oc_" + self.ids.make("chat", 32), name)
        chat.members = {self.person(one): one for one in people}
        self.chats[chat.id] = chat
        return chat

    def person(self, name: str) -> str:
        """The ``open_id`` of somebody; the same for the same name."""
        known = next((one for one, called in self.people.items() if called == name), "")
        if not known:
            known = "ou_" + self.ids.make("person", 32)
            self.people[known] = name
        return known

    def say(self, who: str, text: str, chat: Chat | None = None, *, reply_to: str = "") -> Mapping[str, object]:
        """The event of a text; 「@名」 becomes a mention, 「@所有人」 one of all. Without a chat it is said to the bot alone."""
        named = {**(chat.members if chat else {}), self.setup.bot: self.setup.bot_name}
        mentions: list[Mapping[str, object]] = []
        words = text.replace("@所有人", "@_all")
        for person, name in sorted(named.items(), key=lambda one: -len(one[1])):
            if f"@{name}" in words:
                key = f"@_user_{len(mentions) + 1}"
                words = words.replace(f"@{name}", key)
                mentions.append({"key": key, "id": {"open_id": person, "user_id": "", "union_id": ""}, "name": name})
        return self.message(who, "text", {"text": words}, chat, mentions=mentions, reply_to=reply_to)

    def message(
        self,
        who: str,
        kind: str,
        content: Mapping[str, object],
        chat: Chat | None = None,
        *,
        mentions: Sequence[Mapping[str, object]] = (),
        reply_to: str = "",
    ) -> Mapping[str, object]:
        """The event of any message."""
        unique, sender = "om_" + self.ids.make("message", 32), self.person(who)
        told = {
            "message_id": unique,
            "root_id": reply_to,
            "parent_id": reply_to,
            "create_time": str(int(self.clock.now() * 1000)),
            "chat_id": chat.id if chat else "oc_p2p" + sender[3:20],
            "chat_type": "group" if chat else "p2p",
            "message_type": kind,
            "content": orjson.dumps(content).decode(),
            "mentions": list(mentions),
        }
        self._messages[unique] = {"msg_type": kind, "body": {"content": told["content"]}, "mentions": list(mentions)}
        author = {"sender_id": {"open_id": sender}, "sender_type": "user", "tenant_key": "tk"}
        return self.event("im.message.receive_v1", {"sender": author, "message": told})

    def come(self, chat: Chat, *people: str) -> Mapping[str, object]:
        """The event of people who join."""
        joined = [{"name": one, "user_id": {"open_id": self.person(one)}} for one in people]
        chat.members |= {self.person(one): one for one in people}
        return self.event("im.chat.member.user.added_v1", {"chat_id": chat.id, "name": chat.name, "users": joined})

    def tap(self, who: str, value: Mapping[str, object], chat: Chat | None = None) -> Mapping[str, object]:
        """The event of a tap on a card's button that holds ``value``."""
        context = {"open_message_id": "om_card", "open_chat_id": chat.id if chat else "oc_p2p"}
        action = {"value": dict(value), "tag": "button"}
        return self.event(
            "card.action.trigger", {"operator": {"open_id": self.person(who)}, "action": action, "context": context}
        )

    def event(self, kind: str, inside: Mapping[str, object]) -> Mapping[str, object]:
        """An event of any kind, of the second version."""
        header = {
            "event_id": self.ids.make("event", 32),
            "event_type": kind,
            "create_time": str(int(self.clock.now() * 1000)),
            "token": self.setup.verification_token,
            "app_id": self.setup.app_id,
            "tenant_key": "tk",
        }
        return {"schema": "2.0", "header": header, "event": dict(inside)}

    def posted(self, event: Mapping[str, object]) -> tuple[Mapping[str, str], bytes]:
        """Headers and body with which the platform posts an event: sealed and signed where there is an encrypt key."""
        body, key = orjson.dumps(event), self.setup.encrypt_key
        if not key:
            return {"Content-Type": "application/json"}, body
        chance = self.ids.digest(self.ids.make("iv"), 16)
        body = orjson.dumps({"encrypt": crypto.sealed(key, body, chance)})
        timestamp, nonce = str(int(self.clock.now())), self.ids.make("nonce", 16)
        signature = crypto.signature(timestamp, nonce, key, body)
        names = {"X-Lark-Signature": signature, "X-Lark-Request-Timestamp": timestamp, "X-Lark-Request-Nonce": nonce}
        return {"Content-Type": "application/json", **names}, body

    async def _pass(self, request: web.Request) -> web.Response:
        told = await asked(request)
        if told.get("app_id") != self.setup.app_id:
            raise _refused(10003, "invalid param")
        if told.get("app_secret") != self.setup.app_secret:
            raise _refused(10014, "app secret invalid")
        token, life = self.passes.give()
        return web.json_response({"code": 0, "msg": "ok", "tenant_access_token": token, "expire": int(life)})

    def _check(self, request: web.Request) -> None:
        if not self.passes.used(request.headers.get("Authorization", "").removeprefix("Bearer ")):
            raise _refused(99991663, "Invalid access token for authorization.")
        if self.falls("freq") or not self.within("app", 50, 1) or not self.within("app/min", 1000, 60):
            raise _refused(99991400, "request trigger frequency limit", 429)
        if self.falls("busy"):
            raise _refused(1500, "internal error")

    async def _info(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response({"code": 0, "msg": "ok", "bot": {"open_id": self.setup.bot, "app_name": self.setup.bot_name}})

    async def _send(self, request: web.Request) -> web.Response:
        self._check(request)
        told = await asked(request)
        place, uuid = str(told.get("receive_id", "")), str(told.get("uuid", ""))
        if len(uuid) > 50:
            raise _refused(230001, "uuid too long")
        known, until = self._uuids.get(uuid, ("", 0.0))
        if uuid and until > self.clock.now():
            return web.json_response({"code": 0, "msg": "success", "data": {"message_id": known}})
        self._allowed(request.query.get("receive_id_type", ""), place)
        heard = self._heard(place, str(told.get("msg_type")), told.get("content"))
        unique = "om_" + self.ids.make("message", 32)
        self._uuids[uuid] = (unique, self.clock.now() + _HOUR)
        self.heard.append(replace(heard, id=unique))
        self._messages[unique] = {"msg_type": heard.kind, "body": {"content": told["content"]}, "mentions": []}
        return web.json_response({"code": 0, "msg": "success", "data": {"message_id": unique}})

    def _allowed(self, kind: str, place: str) -> None:
        chat = self.chats.get(place)
        if kind not in {"open_id", "chat_id"} or (kind == "open_id") != place.startswith("ou_"):
            raise _refused(230001, "invalid receive_id")
        if kind == "chat_id" and (chat is None or not chat.with_bot):
            raise _refused(230002, "Bot/User can NOT be out of the chat.")
        if chat is not None and chat.muted:
            raise _refused(230018, "These operations are NOT allowed at current group settings.")
        if kind == "open_id" and place not in self.people:
            raise _refused(230013, "Bot has NO availability to this user.")
        if place in self.stopped:
            raise _refused(230053, "The user has stopped the bot from sending messages.")
        if not self.within(f"to {place}", 5, 1):
            raise _refused(230020, "This operation triggers the frequency limit.")

    def _heard(self, place: str, kind: str, content: object) -> Heard:
        try:
            inside: object = orjson.loads(content) if isinstance(content, str) and len(content.encode()) <= _LONGEST else None
        except orjson.JSONDecodeError:
            inside = None
        if not isinstance(inside, dict) or kind not in {"text", "post", "interactive"}:
            raise _refused(230001, "invalid content")
        raw = str(inside.get("text", "")) if kind == "text" else "\n".join(_texts(inside))
        mentions = tuple(one or other for one, other, _ in _AT.findall(raw))
        words = _AT.sub(lambda found: "@" + (found[3] or self.people.get(found[1] or found[2], "")), raw)
        return Heard(place, kind, words, mentions, inside)

    async def _message(self, request: web.Request) -> web.Response:
        self._check(request)
        found = self._messages.get(request.match_info["id"])
        if found is None:
            raise _refused(230110, "The message has been deleted.")
        return web.json_response({"code": 0, "data": {"items": [dict(found)]}})

    async def _chat(self, request: web.Request) -> web.Response:
        self._check(request)
        chat = self.chats.get(request.match_info["id"])
        if chat is None:
            raise _refused(230002, "Bot/User can NOT be out of the chat.")
        return web.json_response({"code": 0, "data": {"name": chat.name, "chat_mode": "group"}})

    async def _members(self, request: web.Request) -> web.Response:
        self._check(request)
        chat = self.chats.get(request.match_info["id"])
        if chat is None:
            raise _refused(230002, "Bot/User can NOT be out of the chat.")
        size, start = int(request.query.get("page_size", "20")), int(request.query.get("page_token", "0"))
        listed = list(chat.members.items())[start : start + size]
        more = start + size < len(chat.members)
        items = [{"member_id": one, "member_id_type": "open_id", "name": name} for one, name in listed]
        return web.json_response({"code": 0, "data": {"items": items, "has_more": more, "page_token": str(start + size)}})

    async def _user(self, request: web.Request) -> web.Response:
        self._check(request)
        name = self.people.get(request.match_info["id"])
        if name is None:
            raise _refused(99992351, "not a valid open_id")
        return web.json_response({"code": 0, "data": {"user": {"name": name, "open_id": request.match_info["id"]}}})


def _refused(code: int, words: str, status: int = 400) -> Refused:
    return Refused({"code": code, "msg": words}, status)


def _texts(inside: object) -> list[str]:
    """Every text of a card, in its order."""
    if isinstance(inside, list):
        return [word for one in inside for word in _texts(one)]
    if isinstance(inside, dict):
        own = [inside["content"]] if isinstance(inside.get("content"), str) else []
        return own + [word for one in inside.values() for word in _texts(one)]
    return []
