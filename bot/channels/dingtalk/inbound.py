"""What DingTalk tells us as arrivals: messages to the robot, and who came to or left a group (PROTOCOLS §5.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from bot.attending import MEMBER_JOINED, MEMBER_LEFT
from bot.channels import fields
from bot.channels.dingtalk.channel import CHANNEL, GROUP
from bot.ids import conversation_id
from bot.model import Arrival

_KINDS: Mapping[str, str] = {"picture": "image", "audio": "voice", "video": "video", "file": "file"}
_LEFT = frozenset({"chat_remove_member", "chat_quit"})
_CHANGED: Mapping[str, str] = {
    "chat_update_title": "群改了名字",
    "chat_update_owner": "群换了群主",
    "chat_disband": "群解散了",
    "im_cool_app_install": "机器人被加进了群",
    "im_cool_app_uninstall": "机器人被移出了群",
}


def message(told: Mapping[str, object], account: str, now: datetime) -> Arrival | None:
    """A message to the robot; None where it has not even an id."""
    unique = fields.ident(told.get("msgId"))
    if not unique:
        return None
    group = told.get("conversationType") != "1"
    sender = fields.ident(told.get("senderStaffId")) or fields.ident(told.get("senderId"))
    external = fields.ident(told.get("conversationId")) if group else sender
    kind = fields.ident(told.get("msgtype"))
    words, read = _read(kind, told)
    base = Arrival(
        channel=CHANNEL,
        account=account,
        platform_id=unique,
        conversation=None,
        kind=read,
        text=words,
        payload=_payload(told, group=group),
        sent_at=fields.moment(told.get("createAt"), now),
        sender=sender or None,
        role="event",
        called=fields.name(told.get("senderNick")),
    )
    if not external or not sender:
        return replace(base, settled=("silent", "钉钉没有给出是谁在哪里说的"))
    placed = _placed(base, external, fields.name(told.get("conversationTitle")) if group else None)
    if told.get("senderId") is not None and told.get("senderId") == told.get("chatbotUserId"):
        return replace(placed, settled=("silent", "是机器人自己发的，不回答"))
    return replace(placed, role="shopper")


def _payload(told: Mapping[str, object], *, group: bool) -> dict[str, object]:
    text = fields.mapping(told.get("text"))
    quoted = fields.mapping(text.get("repliedMsg"))
    others = [
        {"id": fields.ident(one.get("staffId")) or fields.ident(one.get("dingtalkId")), "name": ""}
        for one in fields.items(told.get("atUsers"))
        if one.get("dingtalkId") != told.get("chatbotUserId")
    ]
    secret = {"sessionWebhook", "sessionWebhookExpiredTime"}
    return {
        "at_bot": not group or told.get("isInAtList") is True,
        "mentions": others,
        "reply_to": fields.ident(told.get("originalMsgId")) or fields.ident(quoted.get("msgId")),
        "quote": _quoted(quoted),
        "webhook": fields.words(told.get("sessionWebhook")),
        "webhook_until": told.get("sessionWebhookExpiredTime"),
        "raw": {key: value for key, value in told.items() if key not in secret},
    }


def _quoted(quoted: Mapping[str, object]) -> str:
    inside = quoted.get("content")
    return fields.words(fields.mapping(inside).get("text")) or fields.words(inside)


def _read(kind: str, told: Mapping[str, object]) -> tuple[str, str]:
    """Words and kind; the space that the removed @ left at the head goes too."""
    inside = fields.mapping(told.get("content"))
    if kind == "text":
        return fields.words(fields.mapping(told.get("text")).get("content")).strip(), "text"
    if kind == "richText":
        pieces = fields.items(inside.get("richText"))
        words = "".join(fields.words(one.get("text")) for one in pieces).strip()
        return words, "text" if words or not pieces else "image"
    if kind == "audio":
        heard = fields.words(inside.get("recognition")).strip()
        return heard, "text" if heard else "voice"
    return fields.words(inside.get("fileName")), _KINDS.get(kind, kind or "unknown")


def event(told: Mapping[str, object], inside: bytes, account: str, now: datetime, names: Mapping[str, str]) -> Arrival:
    """An event of the application; events have no id, so the same decrypted bytes are the same event.

    ``names``: what the people in it are called, by their ids, as far as it is known.
    """
    kind = fields.ident(told.get("EventType")) or "unknown"
    base = Arrival(
        channel=CHANNEL,
        account=account,
        platform_id="h" + blake2b(inside, digest_size=16).hexdigest(),
        conversation=None,
        kind=kind,
        text="",
        payload={"members": [{"id": one, "name": names.get(one, "")} for one in people(told)], "raw": told},
        sent_at=fields.moment(told.get("TimeStamp"), now),
        role="event",
    )
    room = fields.ident(told.get("OpenConversationId"))
    known = kind == "chat_add_member" or kind in _LEFT or kind in _CHANGED
    if not known:
        return replace(base, settled=("silent", f"没见过的钉钉事件 {kind}，已存下"))
    if not room:
        return replace(base, settled=("silent", "钉钉没有给出群的 openConversationId，已存下"))
    placed = _placed(base, room, fields.name(told.get("Title")))
    if kind == "chat_add_member":
        return replace(placed, kind=MEMBER_JOINED, settled=None if people(told) else ("silent", "没有说是谁进群"))
    if kind in _LEFT:
        return replace(placed, kind=MEMBER_LEFT, settled=("silent", "有人离开了群"))
    return replace(placed, kind="group_changed", settled=("silent", _CHANGED[kind]))


def people(told: Mapping[str, object]) -> Sequence[str]:
    """Ids of those whom an event is about: a list, or one of them as a text."""
    listed = told.get("UserId")
    found = listed if isinstance(listed, list) else [listed]
    return [one for one in map(fields.ident, found) if one]


def _placed(base: Arrival, external: str, room: str | None) -> Arrival:
    peer = GROUP if room is not None else ""
    where = conversation_id(CHANNEL, base.account, peer, external)
    return replace(base, conversation=where, peer=peer, external=external, room=room)
