"""`kf/send_msg` and `kf/send_msg_on_event`: who may be written to, how often, and once only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.sandbox.body import Body, text
from bot.sandbox.content import checked
from bot.sandbox.errors import PlatformError
from bot.sandbox.model import NEVER, QUOTA, WINDOW, Conversation, State
from bot.sandbox.world import Code, World

REFUSED_BY_USER: Final = 10
"""`fail_type` of a shopper who does not take messages."""

_MSGID = re.compile(r"[0-9A-Za-z_-]{1,32}", re.ASCII)


def send_msg(world: World, body: Body) -> Mapping[str, object]:
    """`kf/send_msg`: five per customer message, within 48 hours, in states 0 and 1.

    A used msgid is looked for before state and quota, so that a retry learns the truth about the first
    try. The documents give that case no number: the sandbox says 40058 and names the msgid, or, by
    `Rules.repeat_msgid`, answers ok; it is never delivered twice.
    """
    conversation = world.conversation_of(body, "touser")
    msgid = _msgid(body)
    if _repeated(world, conversation, msgid):
        return {"msgid": msgid}
    message = checked(body, lambda media_id: world.media.get(media_id, world.now()))
    may_send(conversation, world.now())
    conversation.sent += 1
    return {"msgid": _accept(world, conversation, msgid, message, "send_msg")}


def send_msg_on_event(world: World, body: Body) -> Mapping[str, object]:
    """`kf/send_msg_on_event`: one message per code, outside the quota, while code and state last.

    A code that is unknown, used or too old is 40058 (the documents name no number); the wrong state is 95018.
    """
    name = text(body, "code")
    code = world.codes.get(name)
    if code is None or code.until < world.now():
        raise PlatformError(40058, "code is unknown, used or expired")
    msgid = _msgid(body)
    if _repeated(world, code.conversation, msgid):
        return {"msgid": msgid}
    message = checked(body, lambda media_id: world.media.get(media_id, world.now()), code.types)
    if code.version is not None and _moved_on(code, world.now()):
        raise PlatformError(95018, "the session has left the state of this code")
    del world.codes[name]
    if code.version is None:
        code.conversation.welcomed_at = world.now()
    return {"msgid": _accept(world, code.conversation, msgid, message, "send_msg_on_event")}


def _moved_on(code: Code, now: float) -> bool:
    """Whether the session left the state in which the code was given, by a move or by 48 hours."""
    conversation = code.conversation
    return code.version != conversation.version or conversation.state_at(now) is not conversation.state


def may_send(conversation: Conversation, now: float) -> None:
    """Raises PlatformError 95002, 95013, 95018 or 95001 unless `send_msg` is allowed now."""
    if conversation.wrote_at == NEVER:
        raise PlatformError(95018, "the customer has not written yet")
    if now - conversation.wrote_at > WINDOW:
        raise PlatformError(95002)
    if conversation.state is State.ENDED:
        raise PlatformError(95013)
    if conversation.state in {State.POOL, State.HUMAN}:
        raise PlatformError(95018, f"state {int(conversation.state)}")
    if conversation.sent >= QUOTA:
        raise PlatformError(95001)


def _msgid(body: Body) -> str:
    """The caller's own msgid, or empty."""
    msgid = text(body, "msgid", needed=False)
    if msgid and not _MSGID.fullmatch(msgid):
        raise PlatformError(40058, "msgid")
    return msgid


def _repeated(world: World, conversation: Conversation, msgid: str) -> bool:
    """Whether the msgid was used and that is to be answered with ok; raises PlatformError(40058) if not."""
    if not msgid or msgid not in world.msgids[conversation.open_kfid]:
        return False
    detail = {"open_kfid": conversation.open_kfid, "to": conversation.external_userid, "msgid": msgid}
    world.ledger.write("duplicate", world.now(), detail)
    if world.setup.rules.repeat_msgid == "ok":
        return True
    raise PlatformError(40058, f"msgid {msgid} was used before")


def _accept(world: World, conversation: Conversation, msgid: str, message: tuple[str, Body], via: str) -> str:
    """Take the message and deliver it, or let it fail afterwards."""
    msgid = msgid or world.ids.make("out")
    world.msgids[conversation.open_kfid].add(msgid)
    fail_type = _fails(world, conversation)
    if fail_type is None:
        _deliver(world, conversation, msgid, message, via)
        return msgid
    who = conversation.external_userid
    world.ledger.write("undelivered", world.now(), {"to": who, "msgid": msgid, "fail_type": fail_type})
    fields = {"external_userid": who, "fail_msgid": msgid, "fail_type": fail_type}
    world.event(conversation.open_kfid, "msg_send_fail", fields)
    return msgid


def _fails(world: World, conversation: Conversation) -> int | None:
    if world.shoppers[conversation.external_userid].refuses:
        return REFUSED_BY_USER
    falls = world.dice.falls("send_fail", world.faults.send_fail)
    return world.faults.send_fail_type if falls else None


def _deliver(world: World, conversation: Conversation, msgid: str, message: tuple[str, Body], via: str) -> None:
    now = world.now()
    bubble = world.show(conversation, "bot", msgid, message)
    world.ledger.write(
        "delivery",
        now,
        {
            "open_kfid": conversation.open_kfid,
            "to": conversation.external_userid,
            "order": bubble.order,
            "msgid": msgid,
            "msgtype": bubble.msgtype,
            "content": bubble.content,
            "state": int(conversation.state_at(now)),
            "quota": conversation.quota_at(now),
            "via": via,
        },
        bubble.msgtype,
    )
