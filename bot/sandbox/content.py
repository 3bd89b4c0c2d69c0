"""What a message may hold: limits for what the API sends, ready contents for what shoppers send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.sandbox.body import Body, inner, is_object, many, real, text, whole
from bot.sandbox.errors import PlatformError

HasMedia = Callable[[str], object]
"""Raises PlatformError(40007) unless the media id is known."""

MOST_ITEMS: Final = 10


def checked(body: Body, has_media: HasMedia, allowed: frozenset[str] | None = None) -> tuple[str, Body]:
    """The type and content of a message to be sent; raises PlatformError for what the platform refuses."""
    msgtype = text(body, "msgtype")
    check = _CHECKS.get(msgtype)
    if check is None or (allowed is not None and msgtype not in allowed):
        raise PlatformError(40008, msgtype)
    content = inner(body, msgtype)
    check(content, has_media)
    return msgtype, content


def _text(content: Body, _: HasMedia) -> None:
    text(content, "content", most=2048)


def _media(content: Body, has_media: HasMedia) -> None:
    has_media(text(content, "media_id"))


def _link(content: Body, has_media: HasMedia) -> None:
    text(content, "title", most=128)
    text(content, "desc", needed=False, most=512)
    text(content, "url", most=2048)
    has_media(text(content, "thumb_media_id"))


def _miniprogram(content: Body, has_media: HasMedia) -> None:
    text(content, "appid")
    text(content, "title", needed=False, most=64)
    text(content, "pagepath")
    has_media(text(content, "thumb_media_id"))


def _location(content: Body, _: HasMedia) -> None:
    text(content, "name", needed=False)
    text(content, "address", needed=False)
    if not (-90 <= real(content, "latitude") <= 90 and -180 <= real(content, "longitude") <= 180):
        raise PlatformError(40058, "latitude, longitude")


def _ca_link(content: Body, _: HasMedia) -> None:
    text(content, "link_url")


def _menu(content: Body, _: HasMedia) -> None:
    head = text(content, "head_content", needed=False, most=1024)
    text(content, "tail_content", needed=False, most=1024)
    items = many(content, "list")
    if not head and not items:
        raise PlatformError(40058, "msgmenu")
    if len(items) > MOST_ITEMS:
        raise PlatformError(95008, str(len(items)))
    for item in items:
        _item(item)


def _item(item: object) -> None:
    kind = item.get("type") if is_object(item) else None
    check = _ITEMS.get(kind) if isinstance(kind, str) else None
    if check is None or not is_object(item) or not isinstance(kind, str):
        raise PlatformError(95009, str(kind))
    check(inner(item, kind))


def _click(item: Body) -> None:
    text(item, "id", needed=False, most=128)
    text(item, "content", most=128)


def _view(item: Body) -> None:
    text(item, "url", most=2048)
    text(item, "content", most=1024)


def _item_miniprogram(item: Body) -> None:
    text(item, "appid")
    text(item, "pagepath")
    text(item, "content", most=1024)


def _item_text(item: Body) -> None:
    text(item, "content", most=256)
    if whole(item, "no_newline", 0) not in {0, 1}:
        raise PlatformError(40058, "no_newline")


_CHECKS: Final[Mapping[str, Callable[[Body, HasMedia], None]]] = {
    "text": _text,
    "image": _media,
    "voice": _media,
    "video": _media,
    "file": _media,
    "link": _link,
    "miniprogram": _miniprogram,
    "msgmenu": _menu,
    "location": _location,
    "ca_link": _ca_link,
}

_ITEMS: Final[Mapping[str, Callable[[Body], None]]] = {
    "click": _click,
    "view": _view,
    "miniprogram": _item_miniprogram,
    "text": _item_text,
}

SAMPLES: Final[Mapping[str, Body]] = {
    "location": {
        "latitude": 31.2304,
        "longitude": 121.4737,
        "name": "人民广场",
        "address": "上海市黄浦区西藏中路",
    },
    "link": {
        "title": "这双鞋有现货吗",
        "desc": "朋友发我的链接",
        "url": "https://example.invalid/item/1001",
        "pic_url": "https://example.invalid/item/1001.png",
    },
    "business_card": {"userid": "xiaolin"},
    "miniprogram": {
        "title": "会员商城",
        "appid": "wxsandbox0000000000",
        "pagepath": "pages/goods?id=1001",
        "thumb_media_id": "",
    },
    "msgmenu": {
        "head_content": "转发的菜单",
        "list": [{"type": "click", "click": {"id": "1", "content": "查物流"}}],
        "tail_content": "",
    },
    "channels_shop_product": {
        "product_id": "10000001",
        "head_image": "https://example.invalid/p.png",
        "title": "轻跑鞋 42 码",
        "sales_price": "29900",
        "shop_nickname": "样板旗舰店",
        "shop_head_image": "https://example.invalid/s.png",
    },
    "channels_shop_order": {
        "order_id": "20260101000001",
        "product_titles": "轻跑鞋等2件",
        "price_wording": "¥358.00",
        "state": "待发货",
        "image_url": "https://example.invalid/o.png",
        "shop_nickname": "样板旗舰店",
    },
    "merged_msg": {
        "title": "群聊的聊天记录",
        "item": [
            {
                "send_time": 1767225600,
                "msgtype": "text",
                "sender_name": "闺蜜",
                "msg_content": '{"text":{"content":"这家的奶瓶好用"}}',
            }
        ],
    },
    "channels": {"sub_type": 1, "nickname": "样板旗舰店", "title": "新品上脚"},
    "meeting": {},
    "schedule": {},
    "note": {},
}
"""What a shopper sends when only the type is named; the last four are types whose inside is undocumented."""
