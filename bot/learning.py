"""What a message says about the shopper that is worth remembering; each with its evidence. What is about others is not."""

import re

from bot.handlers.base import Turn
from bot.model import Evidence
from bot.services import Services

_OTHERS = re.compile(
    r"妈|爸|父亲|母亲|婆婆|公公|岳|爷爷|奶奶|姥|外公|外婆|老公|老婆|媳妇|先生|太太|对象|女朋友|男朋友|女友|男友|闺蜜|朋友|同事|同学|"
    r"姐|妹|哥|弟|儿子|女儿|孩子|宝宝|娃|送人|送给|帮.{0,4}买|给(?!我)[^我]{1,4}(?:买|用|挑|选)|别人|人家"
)
"""Somebody else is meant: 给我妈买 says nothing of the shopper's own skin."""
_KEPT = {"skin_type": 0.9, "concern": 0.6}
"""Slots that become tags, and how sure a plain statement makes us."""
_SAFE_AUDIENCE = re.compile(r"孕妇|备孕|哺乳期|.*过敏$")
"""Of the slot audience only what bears on the shopper's own safety: 婴儿 or 男士 is for whom they shop today."""
_ASKING = frozenset({"ask_suitability", "ask_product_info"})
"""敏感肌能用吗 may be asked for anybody: it makes us half as sure."""


def learnt(turn: Turn, services: Services) -> tuple[Evidence, ...]:
    """The evidence of this message; nothing in a group, nothing about other people, nothing that no tag is declared for."""
    if turn.conversation.group or _OTHERS.search(turn.message.text):
        return ()
    factor = 0.5 if turn.recognition.intent in _ASKING else 1.0
    found = []
    for slot in turn.recognition.slots:
        value = slot.value
        sure = _KEPT.get(slot.name)
        if slot.name == "audience" and isinstance(value, str) and _SAFE_AUDIENCE.fullmatch(value):
            sure = 0.9
        if sure is None or not isinstance(value, str) or slot.name not in services.recommender.kinds:
            continue
        if slot.negated and slot.name != "skin_type":
            continue
        found.append(
            Evidence(slot.name, value, sure * factor, turn.message.sent_at, f"inbox:{turn.message.id}", retracted=slot.negated)
        )
    return tuple(found)
