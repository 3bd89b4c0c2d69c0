"""WeCom's aibot, simulated: sealed callbacks, streams that are asked for, ways back that work once (PROTOCOLS §3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from aiohttp import web

from bot.channels.wecom_crypto import WeComCrypto
from bot.sandbox.rooms import Heard, Refused, Room, asked

_STREAM, _BACK = 360.0, 3600.0
"""Seconds: how long a stream is asked for; how long a ``response_url`` works."""
_LONGEST = 20_480
SPENT = 40029


@dataclass(frozen=True, slots=True)
class AibotSetup:
    """One robot."""

    token: str = "sandboxAibotToken"  # noqa: S105  (of the simulated platform)
    aes_key: str = "sandboxAibotKey0123456789abcdefghijklmnopqr"
    name: str = "小助手"


@dataclass
class Stream:
    """What the people of a room see of an answer that grows."""

    id: str
    place: str
    message: Mapping[str, object]
    until: float
    content: str = ""
    finished: bool = False


class AibotRoom(Room):
    """The platform: mount ``app()`` at its root; post ``sealed(message)`` to the bot and hand the answer to ``answered``."""

    setup = AibotSetup()
    url = ""
    """Where the platform is reached, for the ways back."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.crypto = WeComCrypto(self.setup.token, self.setup.aes_key, "")
        self.streams: dict[str, Stream] = {}
        self._ways: dict[str, tuple[str, float]] = {}

    def app(self) -> web.Application:
        """The HTTP side."""
        app = web.Application()
        app.add_routes([web.post("/cgi-bin/aibot/response", self.route(self._back))])
        return app

    def say(self, who: str, text: str, group: str = "", *, quote: str = "") -> dict[str, object]:
        """A text to the robot; in a group it names the robot, as nothing else comes here."""
        told = self.message(who, "text", {"content": f"@{self.setup.name} {text}" if group else text}, group)
        return told | ({"quote": {"msgtype": "text", "text": {"content": quote}}} if quote else {})

    def message(self, who: str, kind: str, content: Mapping[str, object], group: str = "") -> dict[str, object]:
        """Any message with its way back."""
        code = self.ids.make("response", 24)
        self._ways[code] = (group or who, self.clock.now() + _BACK)
        told: dict[str, object] = {
            "msgid": self.ids.make("message", 24),
            "aibotid": "AIBOT",
            "chattype": "group" if group else "single",
            "from": {"userid": who},
            "response_url": f"{self.url}/cgi-bin/aibot/response?response_code={code}",
            "msgtype": kind,
            kind: dict(content),
        }
        return told | ({"chatid": group} if group else {})

    def refresh(self, stream: Stream) -> Mapping[str, object]:
        """The question how a stream stands."""
        kept = {key: stream.message[key] for key in ("msgid", "aibotid", "chattype", "chatid", "from") if key in stream.message}
        return {**kept, "msgtype": "stream", "stream": {"id": stream.id}}

    def asked_for(self) -> list[Stream]:
        """The streams that the platform still asks for."""
        return [one for one in self.streams.values() if not one.finished and self.clock.now() < one.until]

    def sealed(self, told: Mapping[str, object] | bytes) -> tuple[Mapping[str, str], bytes]:
        """Query and body of a callback."""
        timestamp, nonce = str(int(self.clock.now())), self.ids.make("nonce", 10)
        plain = told if isinstance(told, bytes) else orjson.dumps(told)
        ciphertext, signature = self.crypto.encrypt(plain, timestamp, nonce, self.ids.digest(self.ids.make("seal"), 16))
        return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}, orjson.dumps({"encrypt": ciphertext})

    def opened(self, body: bytes) -> Mapping[str, object]:
        """The answer inside its envelope; raises CryptoError, KeyError where it is none."""
        told = orjson.loads(body)
        inside = self.crypto.decrypt(told["msgsignature"], str(told["timestamp"]), told["nonce"], told["encrypt"])
        found: Mapping[str, object] = orjson.loads(inside)
        return found

    def answered(self, message: Mapping[str, object], body: bytes) -> Stream | None:
        """What an answer to a message or to a question shows; None where it holds no stream. A finished one stays as it is."""
        if not body:
            return None
        told = self.opened(body).get("stream")
        if not isinstance(told, dict):
            return None
        number, source = str(told["id"]), message.get("from")
        who = str(source.get("userid")) if isinstance(source, dict) else ""
        place = str(message.get("chatid") or who)
        stream = self.streams.setdefault(number, Stream(number, place, message, self.clock.now() + _STREAM))
        if not stream.finished and self.clock.now() < stream.until:
            stream.content = str(told["content"]).encode()[:_LONGEST].decode(errors="ignore")
            stream.finished = bool(told["finish"])
        return stream

    def seen(self, place: str) -> list[str]:
        """All that people of a room can read of the robot: what streams ended with, and what came back later."""
        streams = [one.content for one in self.streams.values() if one.place == place and one.content]
        return streams + [one.text for one in self.heard if one.place == place]

    async def _back(self, request: web.Request) -> web.Response:
        told = await asked(request)
        code = request.query.get("response_code", "")
        place, until = self._ways.get(code, ("", 0.0))
        if self.falls("freq"):
            raise Refused({"errcode": 45009, "errmsg": "api freq out of limit"})
        if self.falls("busy"):
            raise Refused({"errcode": -1, "errmsg": "system busy"})
        inside = told.get("markdown")
        words = inside.get("content") if isinstance(inside, dict) else None
        if told.get("msgtype") != "markdown" or not isinstance(words, str) or not words:
            raise Refused({"errcode": 40058, "errmsg": "invalid parameter"})
        if len(words.encode()) > _LONGEST:
            raise Refused({"errcode": 45002, "errmsg": "content size out of limit"})
        if not place or until <= self.clock.now():
            raise Refused({"errcode": SPENT, "errmsg": "invalid response_code"})
        del self._ways[code]
        self.heard.append(Heard(place, "markdown", words, (), {"content": words}))
        return web.json_response({"errcode": 0, "errmsg": "ok"})
