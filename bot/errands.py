"""Several errands in one message (包邮吗 几天到 发什么快递): its parts, each a question with what belongs to it. Pure."""

import re
from dataclasses import replace

from bot.handlers.base import Draft, Turn
from intents import Recognizer
from intents.clauses import clauses

MOST = 3
"""Errands of one message that are answered."""
_LEAST = 0.5
"""A clause below it is no errand of its own: it belongs to its neighbour."""
_QUESTIONS = frozenset(
    {
        "ask_product_info", "ask_usage", "ask_suitability", "ask_size", "ask_authenticity", "ask_price", "ask_promotion",
        "get_coupon", "ask_membership", "ask_stock", "ask_payment", "ask_invoice", "ask_shipping", "track_order",
        "return_goods", "exchange_goods", "ask_warranty", "ask_store", "book_service", "join_activity", "ask_group", "bargain",
        "recommend_product",
    }
)  # fmt: skip
"""Errands that stand side by side; a body's reaction, a threat or the wish for a person fills a message alone."""
_ASKS = re.compile(
    r"[?吗么嘛]|多少|几[天点号个]|什么|怎么|咋|哪|啥|多久|能不能|有没有|是不是|可不可以|行不|"
    r"[能可]?以?[退用吃寄换开]不|推荐|不$"
)
_UNSURE = frozenset(
    {"answer_choice", "no_answer", "clarify", "out_of_scope", "which_product", "fact_unknown", "contains_unknown"}
)


def parts(turn: Turn, recognizer: Recognizer) -> tuple[Turn, ...]:
    """A turn for each errand, in the order said; empty where the message has one."""
    recognition = turn.recognition
    said = clauses(recognition.normalized)
    if len(said) < 2 or recognition.safety is not None or recognition.intent not in _QUESTIONS:
        return ()
    if sum(_ASKS.search(clause) is not None for clause in said) < 2:  # else each would be read only to find out the same
        return ()
    found = recognizer.recognize_many(said, turn.message.sent_at)
    groups: list[list[str]] = [[]]
    errands = 0
    for clause, verdict in zip(said, found, strict=True):
        asks = verdict.intent in _QUESTIONS and verdict.confidence >= _LEAST and _ASKS.search(clause) is not None
        if verdict.intent not in _QUESTIONS and verdict.confidence >= _LEAST and _ASKS.search(clause) is not None:
            return ()
        groups[-1].append(clause)
        if asks:
            errands += 1
            groups.append([])
    tail = groups.pop()
    if errands < 2:
        return ()
    groups[-1].extend(tail)
    texts = [",".join(group) for group in groups][:MOST]
    verdicts = recognizer.recognize_many(texts, turn.message.sent_at)
    return tuple(
        replace(turn, message=replace(turn.message, text=text), recognition=verdict, option=None)
        for text, verdict in zip(texts, verdicts, strict=True)
    )


def surely(draft: Draft) -> bool:
    """Whether a draft answers; a question back or a shrug does not."""
    return bool(draft.lines) and not any(line.script in _UNSURE or line.script.startswith("ask_") for line in draft.lines)


def together(whole: Draft, drafts: tuple[Draft, ...]) -> Draft:
    """All errands in one draft; the whole message's own where it is as good.

    Of parts that nobody could answer only one is said, last, with its way to a person.
    """
    sure = tuple(draft for draft in drafts if surely(draft))
    told = {str(line) for draft in sure for line in draft.lines}
    if not sure or (len(told) < 2 and surely(whole)) or any(draft.handover for draft in drafts):
        return whole
    unsure = tuple(draft for draft in drafts if not surely(draft))[:1]
    shown = _distinct((*sure, *unsure))
    last = drafts[-1]
    return replace(
        shown[0],
        lines=tuple(line for draft in shown for line in draft.lines),
        reason="；".join(draft.reason for draft in shown),
        session=last.session,
        peace=tuple(one for draft in shown for one in draft.peace),
        trace={**shown[0].trace, "errands": [dict(draft.trace) for draft in shown]},
    )


def _distinct(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """Two parts with the same answer are answered once."""
    return tuple({str(draft.lines): draft for draft in reversed(drafts)}.values())[::-1]
