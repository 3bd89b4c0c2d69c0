"""Before something is chosen for her: what bears on safety and must be over by nature is asked again, once, never assumed.

The question is put so that it hurts nobody: not 生了吗, but what is to be kept in mind today.
"""

import re
from dataclasses import replace

from bot.handlers.base import Draft, Line, Turn
from bot.handlers.mirror import hints
from bot.model import Option, Pending, Session
from bot.services import Services
from recommender import outlived

SLOT = "safety"
"""What the session waits for after the question."""
OPTIONS = (
    Option("slot:audience:孕妇", "孕期"),
    Option("slot:audience:备孕", "备孕"),
    Option("slot:audience:哺乳期", "哺乳期"),
    Option("say:我没怀孕也没在备孕、没在喂奶", "都没有"),
)
_NONE = re.compile(r"(?:现在)?(?:都|全|已经|一个)?(?:没有?|不是|不在|无|不用)(?:了|的|啦|呀|哦)?[。.!！~ ]*")


def ask_again(turn: Turn, services: Services, session: Session) -> Draft | None:
    """The question back, where one is due; None where nothing is to be asked, or it was asked just now."""
    if waits(turn.session) or turn.session.wish.get("for") in {"other", "child"}:
        return None
    over = outlived(hints(turn.conversation.customer.evidence), services.recommender.kinds, turn.now)
    if not over:
        return None
    after = replace(session, pending=Pending(SLOT, OPTIONS))
    return Draft((Line("ask_safety", options=OPTIONS),), reason=f"{'、'.join(over)}说过很久了，先问一句", session=after)


def waits(session: Session) -> bool:
    """Whether the question was put just now."""
    return session.pending is not None and session.pending.slot == SLOT


def answered(text: str, session: Session) -> bool:
    """Whether a message answers the question."""
    plain = text.strip() in {option.label for option in OPTIONS} or re.search("孕|哺乳|喂奶|生完", text) is not None
    return waits(session) and (plain or none(text, session))


def none(text: str, session: Session) -> bool:
    """Whether the answer is that there is nothing to keep in mind."""
    return waits(session) and _NONE.fullmatch(text.strip()) is not None
