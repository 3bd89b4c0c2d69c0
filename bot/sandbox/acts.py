"""What shoppers do in WeChat: enter, write, tap, send things, take a message back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.body import Body, is_object
from bot.sandbox.content import SAMPLES
from bot.sandbox.errors import ActRefusedError
from bot.sandbox.media import LARGEST
from bot.sandbox.model import RECALL_WITHIN, WELCOME_LIFE, WINDOW, Account, Conversation, Shopper, State
from bot.sandbox.world import Code, World

_WELCOME = frozenset({"text", "msgmenu"})
_AVATAR = "https://example.invalid/avatar.png"


@dataclass(frozen=True, slots=True)
class Entrance:
    """How a shopper came in."""

    scene: str = ""
    scene_param: str = ""
    channels: Mapping[str, object] | None = None
    """`wechat_channels` (视频号): nickname, scene 1 to 5, shop_nickname."""


def arrive(world: World, nickname: str, gender: int = 0, *, refuses: bool = False) -> Shopper:
    """A new WeChat user; `gender` 0 unknown, 1 male, 2 female."""
    if gender not in {0, 1, 2}:
        raise ActRefusedError("性别只能是 0、1、2")
    shopper = Shopper("wm" + world.ids.make("shopper", 30), nickname or "微信用户", gender, refuses)
    world.shoppers[shopper.external_userid] = shopper
    detail = {"act": "arrive", "who": shopper.external_userid, "nickname": shopper.nickname}
    world.ledger.write("shopper", world.now(), detail, "arrive")
    return shopper


def enter(world: World, account: Account, conversation: Conversation, entrance: Entrance) -> str:
    """Open the conversation: an `enter_session` event; the welcome code in it, or an empty string.

    The code is given if no welcome was sent and the customer wrote nothing in the last 48 hours, and the
    account has no native welcome.
    """
    now = world.now()
    fields: dict[str, object] = {
        "external_userid": conversation.external_userid,
        "scene": entrance.scene,
    }
    if entrance.scene_param:
        fields["scene_param"] = entrance.scene_param
    quiet = now - max(conversation.welcomed_at, conversation.wrote_at) > WINDOW
    code = ""
    if quiet and account.native_welcome:
        conversation.welcomed_at = now
        native: Body = {"content": f"您好，这里是{account.name}。"}
        world.show(conversation, "notice", world.ids.make("notice"), ("text", native))
    elif quiet:
        code = world.give_code("welcome_code", Code(conversation, now + WELCOME_LIFE, None, _WELCOME))
        fields["welcome_code"] = code
    if entrance.channels is not None:
        fields["wechat_channels"] = dict(entrance.channels)
    conversation.entered_at = now
    conversation.scene, conversation.scene_param = entrance.scene, entrance.scene_param
    world.ledger.write("shopper", now, {"act": "enter", "who": conversation.external_userid}, "enter")
    world.event(account.open_kfid, "enter_session", fields)
    return code


def send(world: World, conversation: Conversation, msgtype: str, content: Body) -> str:
    """Any message of a shopper; its msgid. An empty content, or a medium without id, becomes a sample."""
    now = world.now()
    if msgtype in {"", "event"}:
        raise ActRefusedError("缺少消息类型")
    filled = _filled(world, msgtype, content)
    if conversation.state_at(now) is State.ENDED:
        conversation.move(State.NEW)
    conversation.wrote_at = now
    conversation.sent = 0
    msgid = world.ids.make("item")
    world.show(conversation, "shopper", msgid, (msgtype, filled))
    who = conversation.external_userid
    detail = {"act": "send", "who": who, "open_kfid": conversation.open_kfid, "msgid": msgid}
    world.ledger.write("shopper", now, {**detail, "msgtype": msgtype, "content": filled}, "send")
    item = {
        "msgid": msgid,
        "open_kfid": conversation.open_kfid,
        "external_userid": who,
        "send_time": int(now),
        "origin": 3,
        "msgtype": msgtype,
        msgtype: filled,
    }
    world.publish(conversation.open_kfid, item)
    return msgid


def tap(world: World, conversation: Conversation, msgid: str, item_id: str) -> str:
    """Tap a click item of a menu that was received: a text with `menu_id`."""
    bubble = conversation.bubble(msgid)
    items = bubble.content.get("list") if bubble is not None and bubble.msgtype == "msgmenu" else None
    for item in items if isinstance(items, list) else ():
        click = item.get("click") if is_object(item) else None
        if is_object(click) and click.get("id", "") == item_id:
            return send(world, conversation, "text", {"content": click["content"], "menu_id": item_id})
    raise ActRefusedError("菜单里没有这一项")


def recall(world: World, conversation: Conversation, msgid: str, by: str = "shopper") -> None:
    """Take a message back within two minutes; `by` is shopper or servicer. The stream keeps the message."""
    bubble = conversation.bubble(msgid)
    if bubble is None or bubble.by != by or bubble.recalled:
        raise ActRefusedError("没有这条能撤回的消息")
    if world.now() - bubble.at > RECALL_WITHIN:
        raise ActRefusedError("超过两分钟，不能撤回")
    bubble.recalled = True
    for watch in world.watchers:
        watch(conversation, bubble)
    event_type = "user_recall_msg" if by == "shopper" else "servicer_recall_msg"
    fields = {"external_userid": conversation.external_userid, "recall_msgid": msgid}
    world.event(conversation.open_kfid, event_type, fields)


def profile(shopper: Shopper) -> dict[str, object]:
    """A shopper as `customer/batchget` and the page show them."""
    return {
        "external_userid": shopper.external_userid,
        "nickname": shopper.nickname,
        "avatar": _AVATAR,
        "gender": shopper.gender,
    }


def _filled(world: World, msgtype: str, content: Body) -> Body:
    """The content as it will travel: samples where nothing was given; refuses an empty text."""
    if msgtype == "text":
        words = content.get("content")
        if not isinstance(words, str) or not words.strip():
            raise ActRefusedError("要写点内容才能发")
        return content
    if msgtype in LARGEST:
        given = content.get("media_id") or world.media.sample(msgtype, world.now()).media_id
        return {**content, "media_id": given}
    sample = SAMPLES.get(msgtype, {})
    if msgtype == "miniprogram" and not content:
        return {**sample, "thumb_media_id": world.media.sample("image", world.now()).media_id}
    return content or sample
