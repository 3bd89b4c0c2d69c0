"""One event of Feishu as an arrival: messages of both kinds of talk, taps on cards, comings and goings.

Source: PROTOCOLS §5.1 and Feishu's event reference. The header, which holds the verification token, is not kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.attending import MEMBER_JOINED, MEMBER_LEFT
from bot.channels import fields
from bot.channels.feishu import contents
from bot.channels.feishu.people import Asked, Known
from bot.ids import conversation_id
from bot.model import Arrival

CHANNEL = "feishu"
MESSAGE, TAP = "im.message.receive_v1", "card.action.trigger"
_RECALLED = "im.message.recalled_v1"


@dataclass(frozen=True, slots=True)
class Event:
    """An event whose sender is known to be the platform."""

    id: str
    kind: str
    inside: Mapping[str, object]
    at: object
    """Milliseconds, as the platform wrote them."""


def event(told: Mapping[str, object]) -> Event:
    """Of either version: 2.0 has a header, the first one a ``uuid`` and a type inside."""
    header, inside = fields.mapping(told.get("header")), fields.mapping(told.get("event"))
    if header:
        unique, kind = fields.ident(header.get("event_id")), fields.ident(header.get("event_type"))
        return Event(unique, kind, inside, header.get("create_time"))
    return Event(fields.ident(told.get("uuid")), fields.ident(inside.get("type")), inside, None)


def asks(one: Event) -> Asked:
    """What must be asked of the platform to understand the event."""
    if one.kind == MESSAGE:
        message = fields.mapping(one.inside.get("message"))
        room = fields.ident(message.get("chat_id")) if message.get("chat_type") != "p2p" else ""
        return Asked(room, _sender(one), fields.ident(message.get("parent_id")))
    if one.kind == TAP:
        return Asked(_tapped_room(one), fields.ident(fields.mapping(one.inside.get("operator")).get("open_id")))
    if not one.kind.startswith("im.chat.") or fields.words(one.inside.get("name")):
        return Asked()
    return Asked(fields.ident(one.inside.get("chat_id")))


def arrival(one: Event, account: str, known: Known, now: datetime) -> Arrival:
    """The arrival for an event; whatever is missing in it, it becomes one."""
    base = Arrival(
        channel=CHANNEL,
        account=account,
        platform_id=one.id,
        conversation=None,
        kind=one.kind or "unknown",
        text="",
        payload={"raw": one.inside},
        sent_at=fields.moment(one.at, now),
        role="event",
    )
    build = _EVENTS.get(one.kind)
    if build is None:
        return replace(base, settled=("silent", f"没见过的飞书事件 {base.kind}，已存下"))
    return build(base, one, known)


def _message(base: Arrival, one: Event, known: Known) -> Arrival:
    message, sender = fields.mapping(one.inside.get("message")), _sender(one)
    unique = fields.ident(message.get("message_id"))
    base = replace(base, platform_id=unique or base.platform_id, sender=sender or None)
    group = message.get("chat_type") != "p2p"
    external = fields.ident(message.get("chat_id")) if group else sender
    if not external or not sender:
        return replace(base, settled=("silent", "飞书没有给出是谁在哪里说的"))
    told = fields.items(message.get("mentions"))
    read = contents.read(fields.words(message.get("message_type")), fields.inner(message.get("content")), told)
    named = [{"id": _open_id(each.get("id")), "name": fields.name(each.get("name"))} for each in told]
    spoken = replace(
        _placed(base, external, known.room if group else None),
        kind=read.kind,
        text=read.text,
        payload={
            "at_bot": not group or (bool(known.bot) and any(each["id"] == known.bot for each in named)),
            "at_all": read.everybody,
            "mentions": named,
            "reply_to": fields.ident(message.get("parent_id")),
            "quote": known.quote,
            "raw": one.inside,
        },
        sent_at=fields.moment(message.get("create_time"), base.sent_at),
        called=known.called,
    )
    if fields.mapping(one.inside.get("sender")).get("sender_type") != "user" or sender == known.bot:
        return replace(spoken, settled=("silent", "是机器人或应用自己发的，不回答"))
    return replace(spoken, role="shopper")


def _tap(base: Arrival, one: Event, known: Known) -> Arrival:
    """A button of one of our cards: what stands on it is what its tapper says to us."""
    sender = fields.ident(fields.mapping(one.inside.get("operator")).get("open_id"))
    value = fields.mapping(fields.mapping(one.inside.get("action")).get("value"))
    option, label = fields.ident(value.get("option")), fields.words(value.get("label"))
    room = _tapped_room(one)
    if not sender or not label:
        return replace(base, settled=("silent", "点的不是我们的按钮"))
    placed = _placed(base, room or sender, known.room if room else None)
    payload = {"at_bot": True, "option": option, "raw": fields.mapping(one.inside.get("context"))}
    return replace(placed, kind="text", text=label, payload=payload, sender=sender, called=known.called, role="shopper")


def _tapped_room(one: Event) -> str:
    """The group in which a card was tapped; empty in a talk of two. The event does not say which it is, our button does."""
    value = fields.mapping(fields.mapping(one.inside.get("action")).get("value"))
    place = fields.ident(value.get("place"))
    return place if place.startswith("oc_") else ""


def _joined(base: Arrival, one: Event, known: Known) -> Arrival:
    moved = _moved(base, one, known)
    if moved.conversation is None:
        return moved
    return replace(moved, kind=MEMBER_JOINED, settled=None if moved.payload["members"] else ("silent", "没有说是谁进群"))


def _left(base: Arrival, one: Event, known: Known) -> Arrival:
    moved = _moved(base, one, known)
    return moved if moved.conversation is None else replace(moved, kind=MEMBER_LEFT, settled=("silent", "有人离开了群"))


def _changed(words: str) -> Callable[[Arrival, Event, Known], Arrival]:
    def build(base: Arrival, one: Event, known: Known) -> Arrival:
        moved = _moved(base, one, known)
        return moved if moved.conversation is None else replace(moved, kind="group_changed", settled=("silent", words))

    return build


def _moved(base: Arrival, one: Event, known: Known) -> Arrival:
    room = fields.ident(one.inside.get("chat_id"))
    people = [
        {"id": _open_id(each.get("user_id")), "name": fields.name(each.get("name"))}
        for each in fields.items(one.inside.get("users"))
    ]
    told = replace(base, payload={"members": [each for each in people if each["id"]], "raw": one.inside})
    if not room:
        return replace(told, settled=("silent", "飞书没有给出是哪个群"))
    return _placed(told, room, fields.name(one.inside.get("name")) or known.room)


def _recalled(base: Arrival, one: Event, known: Known) -> Arrival:
    del known
    taken_back = fields.ident(one.inside.get("message_id"))
    return replace(base, recalls=taken_back or None, settled=("silent", "撤回了一条消息"))


def _placed(base: Arrival, external: str, room: str | None) -> Arrival:
    where = conversation_id(CHANNEL, base.account, "", external)
    return replace(base, conversation=where, external=external, room=room)


def _sender(one: Event) -> str:
    return _open_id(fields.mapping(one.inside.get("sender")).get("sender_id"))


def _open_id(told: object) -> str:
    return fields.ident(fields.mapping(told).get("open_id"))


_EVENTS: Mapping[str, Callable[[Arrival, Event, Known], Arrival]] = {
    MESSAGE: _message,
    TAP: _tap,
    _RECALLED: _recalled,
    "im.chat.member.user.added_v1": _joined,
    "im.chat.member.user.deleted_v1": _left,
    "im.chat.member.user.withdrawn_v1": _left,
    "im.chat.member.bot.added_v1": _changed("机器人被拉进了群"),
    "im.chat.member.bot.deleted_v1": _changed("机器人被移出了群"),
    "im.chat.updated_v1": _changed("群的资料有改动"),
    "im.chat.disbanded_v1": _changed("群解散了"),
}
