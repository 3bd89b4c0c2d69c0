"""One item of kf/sync_msg as an arrival: every message type and event; what we do not know is kept whole and told apart."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import orjson

from bot.channels import fields
from bot.channels.wecom.codes import FAIL_TYPES
from bot.commands import from_platform
from bot.ids import conversation_id
from bot.model import Arrival

CHANNEL = "wecom_kf"
_SHOPPER, _EVENT, _SERVICER = 3, 4, 5

_READABLE: Mapping[str, tuple[str, ...]] = {
    "text": ("content",),
    "location": ("name", "address"),
    "link": ("title", "desc"),
    "miniprogram": ("title",),
    "msgmenu": ("head_content",),
    "channels_shop_product": ("title",),
    "channels_shop_order": ("product_titles", "state"),
    "merged_msg": ("title",),
}
"""Which fields of a type a person could read aloud; media and unknown types have none."""


def arrival(item: Mapping[str, object], account: str, open_kfid: str) -> Arrival | None:
    """The arrival for an item; None where it has not even an id.

    Items come from outside: any field may be missing or of another kind, and nothing here may fail for that.
    """
    msgid = item.get("msgid")
    if not isinstance(msgid, str) or not msgid:
        return None
    kind = fields.words(item.get("msgtype")) or "unknown"
    inside = fields.mapping(item.get(kind))
    where = inside if kind == "event" else item
    peer = fields.words(where.get("open_kfid")) or open_kfid
    external = fields.words(where.get("external_userid"))
    base = Arrival(
        channel=CHANNEL,
        account=account,
        platform_id=msgid[:128],
        conversation=conversation_id(CHANNEL, account, peer, external) if external else None,
        kind=kind,
        text="",
        payload=dict(item),
        sent_at=_moment(item.get("send_time")),
        peer=peer,
        external=external,
    )
    if kind == "event":
        return _event(base, inside)
    return _message(base, item, inside)


def _message(base: Arrival, item: Mapping[str, object], inside: Mapping[str, object]) -> Arrival:
    words = [fields.words(inside.get(name)) for name in _READABLE.get(base.kind, ())]
    spoken = replace(base, text=" ".join(word for word in words if word))
    if base.conversation is None:
        return replace(spoken, role="event", settled=("silent", "平台没有给出顾客是谁"))
    if item.get("origin") == _SERVICER:
        return _servicer(spoken, fields.words(item.get("servicer_userid")) or "servicer")
    if item.get("origin") not in (_SHOPPER, None):
        return replace(spoken, role="event", settled=("silent", "平台自己的消息"))
    return spoken


def _servicer(spoken: Arrival, servicer: str) -> Arrival:
    """A person's words in the platform's own client take the talk, unless they are a command to let go of it."""
    told = replace(spoken, role="guide", sender=servicer)
    command = from_platform(spoken.text) if spoken.kind == "text" else None
    if command is not None:
        words = "交回给机器人" if command.deed == "hand_back" else "结束了会话"
        return replace(told, settled=("handed_over", f"接待人员在企业微信里用指令{words}"), hands_back=True)
    return replace(told, settled=("handed_over", "接待人员在企业微信里说的话"), takes_over=servicer)


def _event(base: Arrival, inside: Mapping[str, object]) -> Arrival:
    name = fields.words(inside.get("event_type")) or "unknown_event"
    event = replace(base, kind=name, role="event")
    build = _EVENTS.get(name)
    if build is None:
        return replace(event, settled=("silent", f"没见过的事件 {name}，已存下"))
    return build(event, inside)


def _enter_session(event: Arrival, inside: Mapping[str, object]) -> Arrival:
    if event.conversation is None or not fields.words(inside.get("welcome_code")):
        return replace(event, settled=("silent", "没有欢迎语 code：48 小时内欢迎过，或顾客已经开口"))
    return event


def _send_fail(event: Arrival, inside: Mapping[str, object]) -> Arrival:
    fail = inside.get("fail_type")
    reason = f"平台没有送达：{FAIL_TYPES.get(fail, '未知原因') if isinstance(fail, int) else '未知原因'}"
    return replace(event, fails=(fields.words(inside.get("fail_msgid")), reason), settled=("silent", reason))


def _session_change(event: Arrival, inside: Mapping[str, object]) -> Arrival:
    change = inside.get("change_type")
    servicer = fields.words(inside.get("new_servicer_userid")) or "servicer"
    if event.conversation is not None and change in (1, 2, 4):
        return replace(event, takes_over=servicer, settled=("handed_over", "接待人员在企业微信里接起了会话"))
    if event.conversation is not None and change == 3:
        return replace(event, hands_back=True, settled=("silent", "接待人员结束了会话"))
    return replace(event, settled=("silent", "会话状态变更，已存下"))


def _recall(event: Arrival, inside: Mapping[str, object]) -> Arrival:
    return replace(event, recalls=fields.words(inside.get("recall_msgid")), settled=("silent", "撤回了一条消息"))


def _noted(words: str) -> Callable[[Arrival, Mapping[str, object]], Arrival]:
    return lambda event, _inside: replace(event, settled=("silent", words))


def _reject_switch(event: Arrival, inside: Mapping[str, object]) -> Arrival:
    if event.conversation is not None and inside.get("reject_switch") == 1:
        servicer = fields.words(inside.get("servicer_userid")) or "servicer"
        return replace(event, takes_over=servicer, settled=("silent", "接待人员拒收了这位顾客的消息，机器人不再开口"))
    return replace(event, hands_back=event.conversation is not None, settled=("silent", "接待人员恢复接收消息"))


_EVENTS: Mapping[str, Callable[[Arrival, Mapping[str, object]], Arrival]] = {
    "enter_session": _enter_session,
    "msg_send_fail": _send_fail,
    "servicer_status_change": _noted("接待人员状态变更，已存下"),
    "session_status_change": _session_change,
    "user_recall_msg": _recall,
    "servicer_recall_msg": _recall,
    "reject_customer_msg_switch_change": _reject_switch,
}


def _moment(value: object) -> datetime:
    """Seconds since the epoch as the platform sends them; 1970 where they cannot be read (then our own clock is used)."""
    try:
        return datetime.fromtimestamp(int(value) if isinstance(value, int | float | str) else 0, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def items(answer: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    """The items of an answer of kf/sync_msg that are objects at all."""
    found = answer.get("msg_list")
    if not isinstance(found, list):
        return ()
    return tuple(one for one in found if isinstance(one, dict) and _holdable(one))


def _holdable(item: Mapping[str, object]) -> bool:
    """Whether the inbox can hold it: below a mebibyte, and not deeper than JSON is written."""
    try:
        return len(orjson.dumps(item)) < 1 << 20
    except TypeError:
        return False
