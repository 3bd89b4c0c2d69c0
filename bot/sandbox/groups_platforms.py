"""Groups on the simulated DingTalk, Feishu and aibot: signed and sealed to the bot's hooks, its replies read back from there.

DingTalk and aibot show their robots only what names them; everything else is said in the group and never reaches the bot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import aiohttp

from bot.sandbox.groups_ledger import Reply
from bot.sandbox.groups_model import ASSISTANT, Event, renamed
from bot.sandbox.groups_player import PlaceError, StepRefusedError
from bot.sandbox.rooms import Room
from bot.sandbox.rooms_aibot import AibotRoom, Stream
from bot.sandbox.rooms_dingtalk import DingTalkRoom, Group
from bot.sandbox.rooms_feishu import Chat, FeishuRoom

T = TypeVar("T")
R = TypeVar("R", bound=Room)
ACCOUNT = "demo"
"""The account of ours to which all of them belong."""


@dataclass(slots=True)
class Hook:
    """The way to the bot: what a platform posts, and whether it was thanked for."""

    http: aiohttp.ClientSession
    url: str

    async def post(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bytes:
        """The answer; raises StepRefusedError, and PlaceError where nobody is there."""
        try:
            async with self.http.post(self.url, params=query, data=body, headers=headers) as answer:
                raw, status = await answer.read(), answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PlaceError(f"连不上 {self.url}，先把 daogou serve 开起来") from error
        if status == 404:
            raise PlaceError("daogou serve 没有设这个账号：把沙盘给出的环境变量设好再启动")
        if status != 200:
            raise StepRefusedError(f"回调没收下（{status}）")
        return raw


@dataclass(slots=True)
class _Group(Generic[R]):
    """What all three have in common: the way there, ids of messages, and what was heard so far."""

    hook: Hook
    scripted: str = ""
    """What the events call the assistant."""
    room: R = field(kw_only=True)
    _senders: dict[str, str] = field(default_factory=dict)
    """Name → sender, of everybody who is or was there."""
    _messages: dict[str, str] = field(default_factory=dict)
    """Event → id of its message."""
    _words: dict[str, str] = field(default_factory=dict)
    """Event → its words."""
    _latest: tuple[str, str] = ("", "")
    """Id and words of the assistant's latest message."""
    _heard: int = 0

    def now(self) -> float:
        """Seconds since 1970."""
        return self.room.clock.now()

    def _renamed(self, event: Event, name: str) -> str:
        """The words with the assistant called as it is called here."""
        return renamed(event.text, self.scripted, name)

    def _unnamed(self, event: Event) -> str:
        """The words without the real @ of the assistant."""
        if not self.scripted:
            return event.text
        return event.text.replace(f"@{self.scripted}", "", 1).replace(f"＠{self.scripted}", "", 1).strip()

    def _said(self, event: Event, message: str) -> None:
        """Keep what a later event may quote: the id of the message, and its words."""
        self._messages[event.id], self._words[event.id] = message, event.text

    def _quoted(self, event: Event) -> tuple[str, str]:
        """Id and words of the message that is quoted."""
        if event.reply_to == ASSISTANT:
            return self._latest
        return self._messages.get(event.reply_to or "", ""), self._words.get(event.reply_to or "", "")

    def _news(self, here: str, people: Mapping[str, str]) -> list[Reply]:
        """What was heard in this group, and by its people alone; ``people``: id → name."""
        room, senders, found = self.room, self._senders, []
        for number, one in enumerate(room.heard[self._heard :], self._heard):
            alone = senders.get(people.get(one.place, ""))
            if one.place != here and alone is None:
                continue
            named = tuple(senders[people[who]] for who in one.mentions if people.get(who) in senders)
            to = (alone,) if alone else named
            found.append(Reply(one.id or f"h{number}", one.text, room.clock.now(), to, private=alone is not None))
            self._latest = self._latest if alone else (one.id, one.text)
        self._heard = len(room.heard)
        return found


@dataclass(slots=True)
class FeishuPlace(_Group[FeishuRoom]):
    """A Feishu group whose bot may read everything that is said in it."""

    platform: str = "feishu"
    _chat: Chat | None = None

    async def open(self, name: str, people: Sequence[tuple[str, str]]) -> None:
        """Make the group."""
        self._chat = self.room.group(name, *(called for _, called in people))
        self._senders = {called: who for who, called in people}

    async def act(self, event: Event) -> bool:
        """Let a member do something."""
        told = self._told(event, self._group())
        headers, body = self.room.posted(told)
        await self.hook.post({}, headers, body)
        return True

    def _group(self) -> Chat:
        if self._chat is None:
            raise PlaceError("群还没建好")
        return self._chat

    def _told(self, event: Event, chat: Chat) -> Mapping[str, object]:
        """The event as the platform posts it."""
        self._senders.setdefault(event.name, event.sender)
        if event.kind == "join":
            return self.room.come(chat, event.name)
        if event.kind == "leave":
            person = self.room.person(event.name)
            chat.members.pop(person, None)
            users = [{"name": event.name, "user_id": {"open_id": person}}]
            return self.room.event("im.chat.member.user.deleted_v1", {"chat_id": chat.id, "name": chat.name, "users": users})
        if event.kind == "recall":
            gone = {"message_id": self._quoted(event)[0], "chat_id": chat.id, "recall_type": "message_owner"}
            return self.room.event("im.message.recalled_v1", gone)
        if event.kind == "text":
            words = self._renamed(event, self.room.setup.bot_name)
            told = self.room.say(event.name, words, chat, reply_to=self._quoted(event)[0])
        else:
            content = {"image_key": "img_sandbox"} if event.kind == "image" else {"file_key": "file_sandbox"}
            told = self.room.message(event.name, event.kind, content, chat)
        self._said(event, _message_id(told))
        return told

    async def hear(self) -> Sequence[Reply]:
        """What the assistant has said since the last time."""
        return self._news(self._group().id, self.room.people)


@dataclass(slots=True)
class DingTalkPlace(_Group[DingTalkRoom]):
    """A DingTalk group: its robot is told what names it, and who joins or leaves."""

    platform: str = "dingtalk"
    _here: Group | None = None

    async def open(self, name: str, people: Sequence[tuple[str, str]]) -> None:
        """Make the group."""
        self._here = self.room.group(name, *(called for _, called in people))
        self._senders = {called: who for who, called in people}

    async def act(self, event: Event) -> bool:
        """Let a member do something."""
        if self._here is None:
            raise PlaceError("群还没建好")
        self._senders.setdefault(event.name, event.sender)
        if event.kind in {"join", "leave"}:
            query, body = self.room.sealed(self._moved(event, self._here))
            await self.hook.post(query, {"Content-Type": "application/json"}, body)
            return True
        if event.kind != "text" or not event.at_bot:
            return False
        told = self.room.say(event.name, self._unnamed(event), self._here)
        told |= {"originalMsgId": self._quoted(event)[0]} if event.reply_to else {}
        self._said(event, str(told["msgId"]))
        headers, body = self.room.posted(told)
        await self.hook.post({}, headers, body)
        return True

    def _moved(self, event: Event, group: Group) -> Mapping[str, object]:
        if event.kind == "join":
            return self.room.come(group, event.name)
        person = self.room.person(event.name)
        group.members.pop(person, None)
        return self.room.event("chat_quit", OpenConversationId=group.id, Title=group.title, UserId=[person])

    async def hear(self) -> Sequence[Reply]:
        """What the assistant has said since the last time."""
        return self._news(self._here.id if self._here else "", self.room.people)


@dataclass(slots=True)
class AibotPlace(_Group[AibotRoom]):
    """A WeCom group with an intelligent robot: it is told what names it, and its growing answers are asked for."""

    platform: str = "aibot"
    _id: str = ""
    _told: dict[str, str] = field(default_factory=dict)
    """Stream → what of it was heard already."""

    async def open(self, name: str, people: Sequence[tuple[str, str]]) -> None:
        """Make the group; its name is not told to robots."""
        del name
        self._id = "wrSandbox" + self.room.ids.make("chat", 20)
        self._senders = {called: who for who, called in people}

    async def act(self, event: Event) -> bool:
        """Let a member do something."""
        self._senders.setdefault(event.name, event.sender)
        if event.kind != "text" or not event.at_bot:
            return False
        told = self.room.say(event.name, self._unnamed(event), self._id, quote=self._quoted(event)[1])
        self._said(event, str(told["msgid"]))
        await self._post(told, told)
        return True

    async def _post(self, told: Mapping[str, object], message: Mapping[str, object]) -> None:
        query, body = self.room.sealed(told)
        self.room.answered(message, await self.hook.post(query, {"Content-Type": "application/json"}, body))

    async def hear(self) -> Sequence[Reply]:
        """Ask how the open answers stand, and give what was finished since the last time."""
        for stream in self.room.asked_for():
            if stream.place == self._id:
                await self._post(self.room.refresh(stream), stream.message)
        found = self._news(self._id, {name: name for name in self._senders})
        for stream in self.room.streams.values():
            if stream.place == self._id and stream.finished and stream.content and stream.id not in self._told:
                self._told[stream.id] = stream.content
                self._latest = (stream.id, stream.content)
                found.append(Reply(stream.id, stream.content, self.room.clock.now(), self._asker(stream)))
        return found

    def _asker(self, stream: Stream) -> tuple[str, ...]:
        source = stream.message.get("from")
        name = str(source.get("userid")) if isinstance(source, dict) else ""
        return (self._senders[name],) if name in self._senders else ()


PLACES: Mapping[str, Callable[[Hook, Room, str], FeishuPlace | DingTalkPlace | AibotPlace]] = {
    "feishu": lambda hook, room, name: FeishuPlace(hook, name, room=_is(FeishuRoom, room)),
    "dingtalk": lambda hook, room, name: DingTalkPlace(hook, name, room=_is(DingTalkRoom, room)),
    "aibot": lambda hook, room, name: AibotPlace(hook, name, room=_is(AibotRoom, room)),
}
"""Platform → a group there; the last argument is what the events call the assistant."""


def _is(kind: type[T], room: object) -> T:
    assert isinstance(room, kind)
    return room


def _message_id(told: Mapping[str, object]) -> str:
    inside = told.get("event")
    message = inside.get("message") if isinstance(inside, dict) else None
    return str(message.get("message_id", "")) if isinstance(message, dict) else ""
