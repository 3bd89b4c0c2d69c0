"""DingTalk, simulated: messages to the robot with their signature, sealed events, sending in all its ways (PROTOCOLS §5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from bot.channels.dingtalk.callback import robot_signature
from bot.channels.wecom_crypto import WeComCrypto
from bot.sandbox.rooms import Heard, Passes, Refused, Room, asked

_SESSION = 5400.0
"""Seconds that a session's webhook lives."""
_KINDS = frozenset({"sampleText", "sampleMarkdown"})


@dataclass(frozen=True, slots=True)
class DingTalkSetup:
    """One application with a robot."""

    app_key: str = "dingsandbox"
    app_secret: str = "sandbox-dingtalk-secret"  # noqa: S105  (of the simulated platform)
    token: str = "sandboxtoken"  # noqa: S105
    aes_key: str = "sandboxDingtalkKey0123456789abcdefghijklmno"
    bot: str = "$:LWCP_v1:$sandbox-bot"


@dataclass
class Group:
    """A group; ``members`` are names by ``staffId``."""

    id: str
    title: str
    members: dict[str, str] = field(default_factory=dict)
    with_bot: bool = True


class DingTalkRoom(Room):
    """The platform: mount ``app()`` at its root and post what ``say`` and ``come`` give as ``posted`` and ``sealed``."""

    setup = DingTalkSetup()
    url = ""
    """Where the platform is reached, for the webhooks of sessions."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.passes = Passes(self)
        self.groups: dict[str, Group] = {}
        self.people: dict[str, str] = {}
        self.crypto = WeComCrypto(self.setup.token, self.setup.aes_key, self.setup.app_key)
        self._sessions: dict[str, tuple[str, float]] = {}

    def app(self) -> web.Application:
        """The HTTP side."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/v1.0/oauth2/accessToken", self.route(self._pass)),
                web.post("/v1.0/robot/groupMessages/send", self.route(self._to_group)),
                web.post("/v1.0/robot/oToMessages/batchSend", self.route(self._to_people)),
                web.post("/robot/sendBySession", self.route(self._back)),
                web.post("/topapi/v2/user/get", self.route(self._user)),
            ]
        )
        return app

    def group(self, title: str, *people: str) -> Group:
        """A new group with these people, by their names."""
        group = Group("cid" + self.ids.make("group", 20) + "==", title, {self.person(one): one for one in people})
        self.groups[group.id] = group
        return group

    def person(self, name: str) -> str:
        """The ``staffId`` of somebody; the same for the same name."""
        known = next((one for one, called in self.people.items() if called == name), "")
        if not known:
            known = "staff" + self.ids.make("person", 12)
            self.people[known] = name
        return known

    def say(self, who: str, text: str, group: Group | None = None, *, outside: bool = False) -> dict[str, object]:
        """A text to the robot: in a group with the @ taken out. ``outside``: by somebody of another enterprise."""
        staff = self.person(who)
        session = self.ids.make("session", 32)
        place, end = group.id if group else staff, self.clock.now() + _SESSION
        self._sessions[session] = (place, end)
        told: dict[str, object] = {
            "msgtype": "text",
            "text": {"content": f" {text}" if group else text},
            "msgId": "msg" + self.ids.make("message", 20) + "==",
            "createAt": int(self.clock.now() * 1000),
            "conversationType": "2" if group else "1",
            "conversationId": group.id if group else "cid1" + staff,
            "senderId": "$:LWCP_v1:$" + staff,
            "senderNick": who,
            "chatbotUserId": self.setup.bot,
            "robotCode": self.setup.app_key,
            "sessionWebhook": f"{self.url}/robot/sendBySession?session={session}",
            "sessionWebhookExpiredTime": int(end * 1000),
        }
        if not outside:
            told["senderStaffId"] = staff
        if group:
            told |= {"conversationTitle": group.title, "atUsers": [{"dingtalkId": self.setup.bot}], "isInAtList": True}
        return told

    def posted(self, told: Mapping[str, object]) -> tuple[Mapping[str, str], bytes]:
        """Headers and body of a message to the robot."""
        timestamp = str(int(self.clock.now() * 1000))
        sign = robot_signature(timestamp, self.setup.app_secret)
        return {"timestamp": timestamp, "sign": sign, "Content-Type": "application/json"}, orjson.dumps(told)

    def come(self, group: Group, *people: str) -> Mapping[str, object]:
        """The event of people who join."""
        joined = [self.person(one) for one in people]
        group.members |= {self.person(one): one for one in people}
        return self.event("chat_add_member", OpenConversationId=group.id, Title=group.title, UserId=joined)

    def event(self, kind: str, **inside: object) -> Mapping[str, object]:
        """An event of any kind."""
        return {"EventType": kind, "TimeStamp": str(int(self.clock.now() * 1000)), "CorpId": "dingcorp", **inside}

    def sealed(self, event: Mapping[str, object]) -> tuple[Mapping[str, str], bytes]:
        """Query and body of an event."""
        timestamp, nonce = str(int(self.clock.now() * 1000)), self.ids.make("nonce", 8)
        chance = self.ids.digest(self.ids.make("seal"), 16)
        ciphertext, signature = self.crypto.encrypt(orjson.dumps(event), timestamp, nonce, chance)
        query = {"signature": signature, "msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
        return query, orjson.dumps({"encrypt": ciphertext})

    def thanked(self, body: bytes) -> bool:
        """Whether an event was answered with the sealed ``success``."""
        told = orjson.loads(body)
        inside = self.crypto.decrypt(told["msg_signature"], told["timeStamp"], told["nonce"], told["encrypt"])
        return inside == b"success"

    async def _pass(self, request: web.Request) -> web.Response:
        told = await asked(request)
        if (told.get("appKey"), told.get("appSecret")) != (self.setup.app_key, self.setup.app_secret):
            raise _refused("invalidClientIdOrSecret", "无效的clientId或者clientSecret")
        token, life = self.passes.give()
        return web.json_response({"accessToken": token, "expireIn": int(life)})

    async def _checked(self, request: web.Request) -> Mapping[str, object]:
        if not self.passes.used(request.headers.get("x-acs-dingtalk-access-token", "")):
            raise _refused("InvalidAuthentication", "不合法的access_token", 401)
        if self.falls("freq") or not self.within("robot", 20, 1):
            raise _refused("Throttling.QpsLimit", "请求太频繁", 403)
        if self.falls("busy"):
            raise _refused("ServiceUnavailable", "busy", 503)
        told = await asked(request)
        if told.get("robotCode") != self.setup.app_key:
            raise _refused("invalidParameter.robotCode.notExsit", "机器人不存在")
        if told.get("msgKey") not in _KINDS:
            raise _refused("invalidParameter.msgKey.invalid", "msgKey无效")
        return told

    def _parameter(self, told: Mapping[str, object]) -> Mapping[str, object]:
        raw = told.get("msgParam")
        try:
            found: object = orjson.loads(raw) if isinstance(raw, str) and len(raw.encode()) <= 15_000 else None
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict) or not (found.get("content") or found.get("text")):
            raise _refused("invalidParameter.msgParam.invalid", "msgParam无效")
        return found

    async def _to_group(self, request: web.Request) -> web.Response:
        told = await self._checked(request)
        group, inside = self.groups.get(str(told.get("openConversationId"))), self._parameter(told)
        if group is None or not group.with_bot:
            raise _refused("resource.not.found", "机器人不在群里")
        self.heard.append(Heard(group.id, str(told["msgKey"]), _words(inside), (), inside))
        return web.json_response({"processQueryKey": self.ids.make("query", 24)})

    async def _to_people(self, request: web.Request) -> web.Response:
        told = await self._checked(request)
        inside, people = self._parameter(told), told.get("userIds")
        given = [str(one) for one in people] if isinstance(people, list) else []
        wrong = [one for one in given if one not in self.people]
        slow = [one for one in given if one in self.people and not self.within(f"to {one}", 20, 60)]
        for one in given:
            if one not in wrong and one not in slow:
                self.heard.append(Heard(one, str(told["msgKey"]), _words(inside), (), inside))
        answer = {"processQueryKey": self.ids.make("query", 24), "invalidStaffIdList": wrong, "flowControlledStaffIdList": slow}
        return web.json_response(answer)

    async def _back(self, request: web.Request) -> web.Response:
        told = await asked(request)
        place, end = self._sessions.get(request.query.get("session", ""), ("", 0.0))
        if not place or end <= self.clock.now():
            raise Refused({"errcode": 300001, "errmsg": "session is not exist"})
        if self.falls("freq") or not self.within(f"session {place}", 20, 60):
            raise Refused({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
        inside = told.get(str(told.get("msgtype")))
        if told.get("msgtype") not in {"text", "markdown"} or not isinstance(inside, dict):
            raise Refused({"errcode": 40035, "errmsg": "缺少参数 json"})
        named = told.get("at")
        ids = [str(one) for one in named.get("atUserIds", [])] if isinstance(named, dict) else []
        words = _words(inside)
        for one in ids:
            words = words.replace(f"@{one}", f"@{self.people.get(one, one)}")
        self.heard.append(Heard(place, str(told["msgtype"]), words, tuple(one for one in ids if one in self.people), inside))
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _user(self, request: web.Request) -> web.Response:
        if not self.passes.used(request.query.get("access_token", "")):
            raise Refused({"errcode": 40014, "errmsg": "不合法的access_token"})
        person = str((await asked(request)).get("userid"))
        if person not in self.people:
            raise Refused({"errcode": 60121, "errmsg": "找不到该用户"})
        return web.json_response({"errcode": 0, "result": {"userid": person, "name": self.people[person]}})


def _words(inside: Mapping[str, object]) -> str:
    return str(inside.get("content") or inside.get("text") or "")


def _refused(code: str, words: str, status: int = 400) -> Refused:
    return Refused({"code": code, "message": words, "requestid": "sandbox"}, status)
