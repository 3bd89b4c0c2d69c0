"""What people in a shop call the intents of the house."""

from collections.abc import Mapping
from typing import Final

NAMES: Final[Mapping[str, str]] = {
    "greet": "打招呼",
    "goodbye": "道别",
    "thank": "道谢",
    "affirm": "说是、好的",
    "deny": "说不是、不要",
    "provide_info": "补充信息",
    "chitchat": "闲聊",
    "ask_bot_identity": "问你是谁",
    "ask_human": "要找人工",
    "recommend_product": "求推荐",
    "compare_products": "几样比一比",
    "ask_product_info": "问商品情况",
    "ask_usage": "问怎么用",
    "ask_suitability": "问适不适合",
    "ask_size": "问尺码、规格",
    "ask_authenticity": "问是不是正品",
    "ask_price": "问价格",
    "bargain": "讲价",
    "ask_promotion": "问活动",
    "get_coupon": "要优惠券",
    "ask_membership": "问会员积分",
    "ask_stock": "问有没有货",
    "place_order": "下单",
    "change_order": "改订单",
    "cancel_order": "取消订单",
    "ask_payment": "问付款",
    "ask_invoice": "问发票",
    "ask_shipping": "问发货运费",
    "track_order": "查物流",
    "urge_order": "催发货",
    "return_goods": "退货退款",
    "exchange_goods": "换货",
    "report_problem": "说商品有问题",
    "report_reaction": "用了不舒服",
    "ask_warranty": "问保修",
    "complain": "抱怨、投诉",
    "praise": "夸",
    "ask_store": "问门店",
    "book_service": "预约",
    "join_activity": "报名活动",
    "ask_group": "问群的事",
    "same_question": "也想知道",
    "opt_out": "别再打扰",
    "ask_privacy": "问隐私",
    "spam": "广告垃圾",
    "out_of_scope": "不归我们管的",
}
"""Intent → its name."""
WAYS: Final[Mapping[str, str]] = {
    "clarify": "没有听懂，请顾客换个说法",
    "handover": "请真人来接",
    "waiting": "在等真人，先陪着",
    "failure": "出了故障，请真人来接",
    "chosen_entry": "顾客点了一条问题",
    "welcome": "欢迎新顾客",
    "welcome_contact": "欢迎新加的顾客",
    "welcome_group": "欢迎新进群的顾客",
    "media": "看不了的图片、语音",
    "person_speaks": "真人在接待，助手不出声",
    "product_named": "说到了一件商品",
    "not_addressed": "群里没叫它，不出声",
    "merged": "和后面的话一起答",
    "empty": "没有可答的内容",
    "rated": "顾客打了分",
    "urgent": "情况急，先安抚再请人",
}
"""Ways a message goes that are no intents → what is done then."""
SLOTS: Final[Mapping[str, str]] = {
    "audience": "给谁用",
    "brand": "品牌",
    "category": "品类",
    "city": "城市",
    "color": "颜色",
    "concern": "想解决什么",
    "flavor": "口味",
    "material": "材质",
    "scent": "香味",
    "size": "尺码规格",
    "skin_type": "肤质",
    "store": "门店",
}
"""Kind of words → its name."""


def named(intent: str) -> str:
    """The name of an intent; one that the house does not know keeps its own."""
    return NAMES.get(intent, intent)
