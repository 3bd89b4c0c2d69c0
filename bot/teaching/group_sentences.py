"""Sentences of the intents' training set as remarks that nobody has answered yet: words for what the logs are too few to tell.

Each is taught alone, without what the recognizer makes of it (it knows them by heart), for the sorts that its intent leaves open.
"""

from collections.abc import Iterable, Mapping

from intents.groups.cues import cues
from intents.groups.hearing import View

_ALLOWED: Mapping[str, frozenset[str]] = {
    intent: frozenset(sorts.split("/"))
    for sorts, intents in (
        ("handover", "complain report_reaction ask_human"),
        ("private/handover", "report_problem"),
        ("private/ask", "track_order urge_order ask_membership return_goods exchange_goods cancel_order change_order"),
        (
            "ask",
            "recommend_product compare_products ask_product_info ask_usage ask_suitability ask_size ask_authenticity ask_price "
            "ask_promotion get_coupon ask_stock ask_payment ask_invoice ask_shipping ask_warranty ask_store join_activity ask_group",
        ),
        ("talk", "greet goodbye thank affirm deny chitchat praise out_of_scope spam"),
        ("order/talk", "place_order"),
    )
    for intent in intents.split()
}
_OWN = frozenset(("own_thing", "check", "phone", "long_number"))


def sentence_views(sentences: Iterable[tuple[str, str]]) -> list[tuple[View, frozenset[str]]]:
    """(text, intent) as remarks, with the sorts that are right; intents that leave everything open are passed over."""
    found = []
    for number, (text, intent) in enumerate(sentences):
        allowed = _ALLOWED.get(intent)
        if allowed is None:
            continue
        view = View(f"sentence-{number}", "", 0.0, text, cues(text))
        if allowed == {"private", "ask"} and view.cues & _OWN:
            allowed = frozenset(("private",))
        if allowed == {"ask"} and view.cues & {"i_have", "illness", "own_thing"}:
            allowed = frozenset(("ask", "private"))
        found.append((view, allowed))
    return found
