"""What we know of the shopper, forgetting it at once, and leaving them alone."""

import re
from dataclasses import replace

from bot.handlers import questions
from bot.handlers.base import Draft, Line, Route, Turn
from bot.model import Session
from bot.services import Services

_ERASE = re.compile(
    r"(?:删|清|抹|注销|忘)(?:掉|除|了|空)?.{0,8}(?:信息|资料|记录|数据|标签|我)|"
    r"(?:信息|资料|记录|数据|标签).{0,6}(?:删|清|抹)|忘了我|刪"
)
_MIRROR = re.compile(r"(?:记得|知道|了解|存了?|有)(?:我|关于我)?.{0,6}(?:什么|哪些|啥)|我的(?:标签|资料|画像)")
_KINDS = {"skin_type": "肤质", "concern": "关心", "audience": "情况", "channel_habit": "常在哪买", "age_stage": "宝宝阶段"}


def opt_out(turn: Turn, services: Services) -> Draft:
    """No more messages that were not asked for; confirmed in one sentence."""
    del services
    return Draft((Line("opt_out"),), reason="顾客退订", session=replace(turn.session, opted_out=True, pending=None))


def privacy(turn: Turn, services: Services) -> Draft:
    """Show what we hold, erase it, or answer from the base how data is handled."""
    text = turn.message.text
    if _ERASE.search(text):
        memory = Session(version=turn.session.version, episode=turn.session.episode + 1, opted_out=turn.session.opted_out)
        return Draft((Line("erased"),), reason="顾客要求删除个人信息", session=memory, erase=True)
    if _MIRROR.search(text):
        known = "；".join(f"{_KINDS.get(tag, tag)}：{'、'.join(values)}" for tag, values in turn.tags.items())
        if not known:
            return Draft((Line("what_i_know_nothing"),), reason="顾客问我们记得什么：没有")
        return Draft((Line("what_i_know", {"已知": known}),), reason="顾客问我们记得什么")
    return questions.question(turn, services)


OPT_OUT = Route(opt_out, {"opt_out": frozenset()})
PRIVACY = Route(
    privacy,
    {
        **questions.QUESTION.says,
        "erased": frozenset(),
        "what_i_know": frozenset({"已知"}),
        "what_i_know_nothing": frozenset(),
    },
)
