"""The whole routing on one page: the name of a route, its handler, and what it may say."""

from collections.abc import Mapping

from bot.handlers import comparing, facts, handover, privacy, products, questions, rating, stock, suitability, talk, urgent
from bot.handlers.base import Route, say, silent

ROUTES: Mapping[str, Route] = {
    # by the situation
    "welcome": talk.WELCOME,
    "welcome_contact": say("hello_new_friend"),
    "welcome_group": say("hello_group_member"),
    "media": talk.MEDIA,
    "person_speaks": handover.PERSON_SPEAKS,
    "waiting": handover.WAITING,
    "chosen_entry": questions.CHOSEN,
    "clarify": questions.CLARIFY,
    "product_named": facts.NAMED,
    "failure": handover.FAILURE,
    "urgent": urgent.URGENT,
    "rated": rating.RATED,
    "not_addressed": silent("群里没有叫到助手"),
    "merged": silent("和后面的话是一件事，一起回答"),
    "empty": silent("没有可以回答的内容"),
    # by the intent (INTENTS.md)
    "greet": talk.GREET,
    "goodbye": say("goodbye"),
    "thank": say("thank"),
    "affirm": talk.AFFIRM,
    "deny": say("deny"),
    "provide_info": products.PROVIDED,
    "chitchat": talk.CHITCHAT,
    "ask_bot_identity": talk.IDENTITY,
    "ask_human": handover.TO_PERSON,
    "recommend_product": products.RECOMMEND,
    "compare_products": comparing.COMPARE,
    "ask_product_info": facts.INFO,
    "ask_usage": facts.USAGE,
    "ask_suitability": suitability.SUITABILITY,
    "ask_size": facts.SIZE,
    "ask_authenticity": questions.QUESTION,
    "ask_price": facts.PRICE,
    "bargain": questions.QUESTION,
    "ask_promotion": questions.QUESTION,
    "get_coupon": questions.QUESTION,
    "ask_membership": questions.QUESTION,
    "ask_stock": stock.STOCK,
    "place_order": facts.ORDER,
    "change_order": questions.QUESTION,
    "cancel_order": questions.QUESTION,
    "ask_payment": questions.QUESTION,
    "ask_invoice": questions.QUESTION,
    "ask_shipping": questions.QUESTION,
    "track_order": questions.QUESTION,
    "urge_order": questions.QUESTION,
    "return_goods": questions.QUESTION,
    "exchange_goods": questions.QUESTION,
    "report_problem": questions.PROBLEM,
    "report_reaction": handover.REACTION,
    "ask_warranty": questions.QUESTION,
    "complain": handover.COMPLAINT,
    "praise": say("praise"),
    "ask_store": questions.QUESTION,
    "book_service": questions.QUESTION,
    "join_activity": questions.QUESTION,
    "ask_group": questions.QUESTION,
    "same_question": questions.CLARIFY,
    "opt_out": privacy.OPT_OUT,
    "opt_in": privacy.OPT_IN,
    "hush": privacy.HUSH,
    "name_again": privacy.NAME_AGAIN,
    "ask_privacy": privacy.PRIVACY,
    "spam": silent("广告，不回应"),
    "out_of_scope": questions.ELSEWHERE,
}

ALWAYS = frozenset({"称呼", "人设名", "自称", "品牌名", "营业时间", "时段问候"})
"""Facts that every script may use."""

BY_TIME: Mapping[str, frozenset[str]] = {
    "returned": frozenset(),
    "requeued": frozenset(),
    "requeued_after_hours": frozenset({"下次营业"}),
}
"""What no message brings about but the time that passes (``bot.keeper``)."""

IN_GROUPS: Mapping[str, frozenset[str]] = {
    "welcome_group": frozenset({"新人", "门店名", "导购名"}),
    "welcome_group_store": frozenset({"新人", "门店名", "导购名"}),
    "welcome_group_coupon": frozenset({"新人", "门店名", "导购名", "券名", "券说明", "有效期"}),
    "group_rules": frozenset({"群规"}),
    "room_private": frozenset(),
    "room_private_ask": frozenset(),
    "room_person": frozenset(),
    "room_person_here": frozenset(),
    "room_unsure": frozenset(),
    "room_hushed": frozenset(),
    "room_opted_out": frozenset(),
    "room_named_again": frozenset(),
    "opt_in": frozenset(),
}
"""What is said to a whole group (``bot.groups``)."""

_ORDER = frozenset({"标题", "合计", "成团", "截单时间", "还剩"})
IN_ORDERS: Mapping[str, frozenset[str]] = {
    "order_opened": _ORDER | {"菜单"},
    "order_confirmed": _ORDER | {"新记"},
    "order_asks": _ORDER | {"待确认"},
    "order_reminder": _ORDER | {"待确认"},
    "order_closed": _ORDER | {"清单"},
    "order_closed_more": _ORDER | {"清单"},
    "order_closed_empty": _ORDER,
    "order_late": _ORDER,
}
"""What is said of a group order (``bot.ordering``)."""

OFFERED: Mapping[str, frozenset[str]] = {
    **{
        script: frozenset[str]().union(*(route.says.get(script, frozenset()) for route in ROUTES.values()))
        for route in ROUTES.values()
        for script in route.says
    },
    **BY_TIME,
    **IN_GROUPS,
    **IN_ORDERS,
}
"""Script → facts that its handlers offer."""
