"""Greetings, thanks, small talk, who we are, and what comes in that is no text."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.handlers import facts, products
from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.model import Option
from bot.services import Services


def greet(turn: Turn, services: Services) -> Draft:
    """The first greeting introduces us; a second one only says that we are here."""
    del services
    script = "greet_again" if turn.session.greeted else "greet"
    return Draft((Line(script),), reason="打招呼", session=replace(turn.session, greeted=True))


def welcome(turn: Turn, services: Services) -> Draft:
    """The platform's welcome, by its one-time code: says that a bot answers, and offers the usual errands."""
    del services
    options = (
        Option("say:帮我推荐一款", "帮我挑产品"),
        Option("say:现在有什么活动", "最近的活动"),
        Option("say:怎么退换货", "退换货"),
        HUMAN,
    )
    return Draft((Line("welcome", options=options),), reason="进入会话，发欢迎语", session=replace(turn.session, greeted=True))


def affirm(turn: Turn, services: Services) -> Draft:
    """Yes: to what was asked or shown last, else only a friendly word."""
    pending = turn.session.pending
    if pending is not None and pending.slot == "budget_wider":
        return products.wider(turn, services)
    if turn.session.shown and any(word in turn.message.text for word in _TAKES):
        return facts.order(turn, services)
    return Draft((Line("affirm"),), reason="顾客应了一声", session=replace(turn.session, pending=None))


_SAD = re.compile(
    r"难过|伤心|分手|失恋|离婚|[想在]哭|哭了|委屈|崩溃|emo|压力|失眠|睡不着|心情不好|不开心|"
    r"郁闷|累死|好累|太累|累了|加班|被骂|失业|裁员|去世|生病|住院|孤单|难受",
    re.IGNORECASE,
)
"""Words after which a cheerful line would hurt."""


def chitchat(turn: Turn, services: Services) -> Draft:
    """Small talk; somebody who is sad gets no joke."""
    del services
    script = "comfort" if _SAD.search(turn.message.text) else "chitchat"
    return Draft((Line(script),), reason=f"按话术 {script} 回应")


def identity(turn: Turn, services: Services) -> Draft:
    """Are you a robot: yes, said plainly (标识办法 2025), with the way to a person."""
    del turn, services
    return Draft((Line("bot_identity", options=(HUMAN,)),), reason="说明自己是智能助手")


_TAKES = ("要", "买", "拿", "下单", "就它", "这个", "这款", "第一", "第二", "第三")
"""Words by which a yes after a recommendation means: that one."""
_MEDIA: Mapping[str, str] = {
    "image": "received_image",
    "voice": "received_voice",
    "video": "received_video",
    "file": "received_file",
    "link": "received_link",
    "miniprogram": "received_link",
    "channels": "received_link",
    "business_card": "received_card",
    "merged_msg": "received_records",
    "note": "received_records",
    "channels_shop_order": "received_order",
    "meeting": "received_unknown",
    "schedule": "received_unknown",
}


def media(turn: Turn, services: Services) -> Draft:
    """What is no text is kept and answered sensibly: we say what we can do with it, never that we saw what we did not."""
    kind = turn.message.kind
    if kind == "location":
        return _location(turn, services)
    if kind == "channels_shop_product" and turn.message.text:
        return Draft(
            (Line("received_product", {"商品名": turn.message.text}, options=(HUMAN,)),),
            reason="收到商品卡片",
            trace={"kind": kind},
        )
    script = _MEDIA.get(kind, "received_unknown")
    return Draft((Line(script, options=(HUMAN,)),), reason=f"收到{kind}，请顾客用文字说", trace={"kind": kind})


def _location(turn: Turn, services: Services) -> Draft:
    """A place: the stores of that city, if we have any there."""
    stores = [store for store in services.staff.stores.values() if store.city and store.city in turn.message.text]
    if not stores:
        stores = list(services.staff.stores.values())
        script = "received_location_far"
    else:
        script = "received_location"
    listed = "\n".join(f"{store.name}：{store.address}" for store in stores[:4])
    if not listed:
        return Draft((Line("received_unknown", options=(HUMAN,)),), reason="收到位置，没有门店资料")
    return Draft((Line(script, {"门店列表": listed}, options=(HUMAN,)),), reason="收到位置，报附近门店")


AFFIRM = Route(affirm, {**facts.ORDER.says, **products.RECOMMEND.says, "affirm": frozenset()})
CHITCHAT = Route(chitchat, {"chitchat": frozenset(), "comfort": frozenset()})
GREET = Route(greet, {"greet": frozenset(), "greet_again": frozenset()})
WELCOME = Route(welcome, {"welcome": frozenset()})
IDENTITY = Route(identity, {"bot_identity": frozenset()})
MEDIA = Route(
    media,
    {
        **{script: frozenset() for script in _MEDIA.values()},
        "received_product": frozenset({"商品名"}),
        "received_location": frozenset({"门店列表"}),
        "received_location_far": frozenset({"门店列表"}),
    },
)
