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

OFFERED: Mapping[str, frozenset[str]] = {
    **{
        script: frozenset[str]().union(*(route.says.get(script, frozenset()) for route in ROUTES.values()))
        for route in ROUTES.values()
        for script in route.says
    },
    **BY_TIME,
}
"""Script → facts that its handlers offer."""
