"""One callback of an aibot as an arrival (PROTOCOLS §3.9). In groups only what names the robot comes here at all."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.channels import fields
from bot.channels.aibot.moments import STREAMED
from bot.ids import conversation_id
from bot.model import Arrival

CHANNEL = "wecom_aibot"
_EVENTS: Mapping[str, str] = {
    "enter_chat": "有人打开了和机器人的对话，等他开口",
    "feedback_event": "有人给回答点了评价，已存下",
    "template_card_event": "点的不是我们的按钮，已存下",
}
_SPACES = r"[\s\u2005\u2006\u00a0]"


def arrival(told: Mapping[str, object], account: str, name: str, now: datetime) -> Arrival | None:
    """The arrival for a callback; None where it has not even an id. ``name``: what the robot is called, if that is known."""
    unique = fields.ident(told.get("msgid"))
    if not unique:
        return None
    kind, group = fields.ident(told.get("msgtype")), told.get("chattype") != "single"
    sender = fields.ident(fields.mapping(told.get("from")).get("userid"))
    external = fields.ident(told.get("chatid")) if group else sender
    base = Arrival(
        channel=CHANNEL,
        account=account,
        platform_id=unique,
        conversation=conversation_id(CHANNEL, account, "", external) if external else None,
        kind=kind or "unknown",
        text="",
        payload={"raw": {key: value for key, value in told.items() if key != "response_url"}},
        sent_at=_moment(told.get("create_time"), now),
        external=external,
        sender=sender or None,
        role="event",
        room="" if group and external else None,
    )
    if kind == "event":
        return _event(base, fields.mapping(told.get("event")))
    if not external or not sender:
        return replace(base, conversation=None, settled=("silent", "企业微信没有给出是谁在哪里说的"))
    return _message(base, told, name)


def _event(base: Arrival, inside: Mapping[str, object]) -> Arrival:
    """Events share the id of the message that they concern, so their name and what was tapped belong to theirs."""
    kind = fields.ident(inside.get("eventtype")) or "unknown_event"
    key = fields.ident(fields.mapping(inside.get(kind)).get("task_id"))
    unique = f"{kind}:{key}:{base.platform_id}"[: 2 * fields.LONGEST_ID]
    reason = _EVENTS.get(kind, f"没见过的事件 {kind}，已存下")
    return replace(base, platform_id=unique, kind=kind, settled=("silent", reason))


def _message(base: Arrival, told: Mapping[str, object], name: str) -> Arrival:
    words, kind = _read(base.kind, told)
    quoted = fields.mapping(told.get("quote"))
    payload = {
        "at_bot": True,
        "quote": _read(fields.ident(quoted.get("msgtype")), quoted)[0],
        "response_url": fields.words(told.get("response_url")),
        **base.payload,
    }
    message = replace(base, kind=kind, text=_unaddressed(words, name), payload=payload, called=base.sender or "", role="shopper")
    if kind not in STREAMED:
        return replace(message, role="event", settled=("silent", f"没见过的消息类型 {kind}，已存下"))
    return message


def _read(kind: str, told: Mapping[str, object]) -> tuple[str, str]:
    """Words and kind: a voice is what was heard in it, a mixed message the words beside its pictures."""
    if kind == "mixed":
        pieces = fields.items(fields.mapping(told.get("mixed")).get("msg_item"))
        words = "".join(fields.words(fields.mapping(one.get("text")).get("content")) for one in pieces)
        return words, "text" if words.strip() else "image"
    words = fields.words(fields.mapping(told.get(kind)).get("content"))
    if kind == "voice":
        return words, "text" if words.strip() else "voice"
    return (words, "text") if kind == "text" else ("", kind or "unknown")


def _unaddressed(words: str, name: str) -> str:
    """The words without the robot's own name by @, wherever it stands; others' names stay."""
    if not name:
        return words.strip()
    return re.sub(rf"{_SPACES}*[@＠]{re.escape(name)}({_SPACES}+|$)", " ", words).strip()


def _moment(told: object, now: datetime) -> datetime:
    """Seconds since the epoch, which only events bring."""
    return fields.moment(told * 1000, now) if isinstance(told, int) and 0 < told < 1 << 40 else now
