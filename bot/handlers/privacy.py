"""What we know of the shopper, forgetting it at once, and leaving them alone."""

import re
from dataclasses import replace
from typing import Literal

from bot.handlers import mirror, questions
from bot.handlers.base import Draft, Line, Route, Turn
from bot.model import Evidence, Option, Pending, Session
from bot.services import Services

MIRROR, ERASE = "mirror", "erase"
"""Names of what the session waits for after the mirror was shown, and after we asked whether to forget."""
MEMORY, NOTHING = "memory", "不记"
Wish = Literal["mirror", "erase", "never", "again", "unsure", "keep"]

_OTHER = re.compile(
    r"订单|购物车|地址|评[价论]|快递|发票|收藏|优惠券|积分|好友|群|商品|链接|照片|图片|这[条个句]|那[条个句]|上一[条个句]"
)
"""Things that may be deleted without forgetting anybody."""
_DELETES = r"(?:删|刪|清|抹|销毁|忘)(?:掉|除|空|了|去|光|干净)?"
_MINE = r"(?:我的|关于我的?|我在你们?[这那]里?的?|我所有的?|我全部的?|我)(?:所有|全部|个人|这些|那些)?(?:的)?"
_DATA = r"(?:信息|資料|资料|数据|標籤|标签|画像|档案|个人|隐私|东西|情况|肤质|喜好|记忆)"
_SURE = re.compile(
    rf"{_DELETES}[^,，。]{{0,4}}{_MINE}[^,，。]{{0,4}}{_DATA}|{_MINE}[^,，。]{{0,4}}{_DATA}[^,，。]{{0,6}}{_DELETES}|"
    rf"{_DELETES}[^,，。]{{0,6}}(?:个人信息|个人资料|(?:记|存|留)(?:住|着|下)?(?:的)?(?:关于)?我)|"
    rf"(?:记|存|留)(?:住|着|下)?的?(?:关于我|我的)[^,，。]{{0,8}}{_DELETES}|"
    rf"(?:把)?你们?(?:记|存|留|知道)(?:住|着|下)?(?:的|我的)[^,，。]{{0,8}}{_DELETES}|被遗忘权"
)
_FORGET = re.compile(r"忘(?:了|掉|记)我(?!的?(?:密码|账号|地址|订单|手机|说|问|刚|买|要|在|没|是|有|还))|把我(?:给)?忘(?:了|掉)")
_NEVER = re.compile(
    r"(?:别|不要|不许|不准|勿|不用|停止)(?:再|老|继续)?(?:记|存|收集|保存|记录|记住|留)(?:住|着|下|录|得)?(?:我|关于我|任何关于我)(?!的?(?:订单|地址|备注))|"
    r"不(?:想|愿意?|希望)(?:让|被)?你?们?(?:再)?(?:记|存|收集)(?:住|着|下|录|得)?(?:我|这些|那么多|任何)"
)
_AGAIN = re.compile(
    r"(?:重新|恢复|继续)记(?:住|着|下|录)?(?:我|吧|了|$)|(?:可以|能|允许你?)(?:重新|再)?记(?:住|着|下)?我(?:了|吧|$)"
)
_UNSURE = re.compile(
    rf"(?:注销|{_DELETES})[^,，。]{{0,8}}(?:记录|账[号户]|帐[号户]|会员|手机号?|电话)|(?:记录|账[号户]|帐[号户]|会员)[^,，。]{{0,6}}(?:注销|{_DELETES})"
)
_ANY = re.compile(rf"{_DELETES}|别(?:再)?记|不要(?:再)?记")
_KNOWN = re.compile(
    r"(?:记得|知道|了解|存了?|有|记了)(?:我|关于我)?.{0,6}(?:什么|哪些|啥|多少)|我的(?:标签|资料|画像)(?!.{0,4}(?:泄|谁))|记得我(?:吗|不|是)"
)
_YES = re.compile(r"^(?:是的?|对的?|嗯+|好的?|行|可以|要|确[认定]|没错|ok|OK)[呀啊吧的了,，。!！~ ]*")
_NO = re.compile(r"不[用是要删]|先不|别删|算了|留着|没有")
_DELETE_ALL = Option("say:把我的信息都删了", "都删掉")


def wish(text: str, waiting: str | None = None) -> Wish | None:
    """What a message wants done with what we know; None where it wants nothing of the kind.

    ``waiting``: ``MIRROR`` where we have just shown it (都删掉吧 is plain then), ``ERASE`` where we have just asked.
    """
    other = _OTHER.search(text) is not None
    if _AGAIN.search(text) or _NEVER.search(text):
        return "again" if _AGAIN.search(text) else "never"
    if _FORGET.search(text) or (_SURE.search(text) and not other):
        return "erase"
    if waiting is not None and not other and (answer := _answer(text, waiting)) is not None:
        return answer
    if _UNSURE.search(text) and not other:
        return "unsure"
    return "mirror" if _KNOWN.search(text) else None


def _answer(text: str, waiting: str) -> Wish | None:
    """What a short word means after the mirror, or after our question; None where it answers neither."""
    if waiting == ERASE and _NO.search(text):
        return "keep"
    if _ANY.search(text):
        return "never" if "记" in text and not re.search(r"[删刪清]|记录", text) else "erase"
    return "erase" if waiting == ERASE and _YES.fullmatch(text) else None


def concerned(text: str, session: Session) -> bool:
    """Whether a message is plainly about being remembered, whatever a classifier thinks: 忘了我, and 都删掉吧 where we asked."""
    return wish(text, _waiting(session)) in {"erase", "never", "again", "keep"}


def opt_out(turn: Turn, services: Services) -> Draft:
    """No more messages that were not asked for; confirmed in one sentence."""
    del services
    session = replace(turn.session, opted_out=True, pending=None)
    return Draft((Line("opt_out"),), reason="顾客退订", session=session, peace=("out",))


def opt_in(turn: Turn, services: Services) -> Draft:
    """Messages are welcome again, or were never unwelcome (我没说不要发)."""
    del services
    session = replace(turn.session, opted_out=False, pending=None)
    return Draft((Line("opt_in"),), reason="顾客要恢复推送", session=session, peace=("back",))


def hush(turn: Turn, services: Services) -> Draft:
    """Not to be named by @ in groups; said in a talk of two it holds in all of them."""
    del services
    return Draft((Line("room_hushed"),), reason="顾客不想被 @，以后不再点名", peace=("hush",), session=turn.session)


def name_again(turn: Turn, services: Services) -> Draft:
    """May be named by @ again."""
    del services
    return Draft((Line("room_named_again"),), reason="顾客说可以 @ 了", peace=("named",), session=turn.session)


def privacy(turn: Turn, services: Services) -> Draft:
    """Show what we hold, erase it, or answer from the base how data is handled."""
    wanted = wish(turn.recognition.text or turn.message.text, _waiting(turn.session))
    session = replace(turn.session, pending=None)
    if wanted in {"erase", "never"}:
        return _erased(turn, never=wanted == "never")
    if wanted == "unsure":
        options = (_DELETE_ALL, Option("say:先不用删", "先不删"))
        session = replace(session, pending=Pending(ERASE, options))
        return Draft((Line("erase_sure", options=options),), reason="要删什么没说清，问一次", session=session)
    if wanted == "keep":
        return Draft((Line("erase_not"),), reason="顾客说先不删", session=session)
    if wanted == "again":
        back = Evidence(MEMORY, NOTHING, 1.0, turn.message.sent_at, f"inbox:{turn.message.id}", retracted=True)
        return Draft((Line("noted"),), reason="顾客说可以记了", session=session, evidence=(back,))
    return _shown(turn, services, session) if wanted == "mirror" else questions.question(turn, services)


def _erased(turn: Turn, *, never: bool) -> Draft:
    told = Evidence(MEMORY, NOTHING, 1.0, turn.message.sent_at, f"inbox:{turn.message.id}")
    line = Line("erased_for_good" if never else "erased")
    return Draft(
        (line,), reason="顾客要求删除个人信息", session=turn.session.afresh(), erase=True, evidence=(told,) if never else ()
    )


def _shown(turn: Turn, services: Services, session: Session) -> Draft:
    """Everything we hold, with its source; what is a person's own is not told before a group."""
    if turn.conversation.group:
        return Draft((Line("what_i_know_private"),), reason="顾客在群里问我们记得什么：请私聊", session=session)
    lines = mirror.lines(turn, services)
    if not lines:
        return Draft((Line("what_i_know_nothing"),), reason="顾客问我们记得什么：没有", session=session)
    session = replace(session, pending=Pending(MIRROR, (_DELETE_ALL,)))
    told = Line("what_i_know", {"已知": "\n".join(f"· {line}" for line in lines)}, options=(_DELETE_ALL,))
    return Draft((told,), reason="顾客问我们记得什么", session=session)


def _waiting(session: Session) -> str | None:
    slot = session.pending.slot if session.pending is not None else None
    return slot if slot in {MIRROR, ERASE} else None


OPT_OUT = Route(opt_out, {"opt_out": frozenset()})
OPT_IN = Route(opt_in, {"opt_in": frozenset()})
HUSH = Route(hush, {"room_hushed": frozenset()})
NAME_AGAIN = Route(name_again, {"room_named_again": frozenset()})
PRIVACY = Route(
    privacy,
    {
        **questions.QUESTION.says,
        "erased": frozenset(),
        "erased_for_good": frozenset(),
        "erase_sure": frozenset(),
        "erase_not": frozenset(),
        "noted": frozenset(),
        "what_i_know": frozenset({"已知"}),
        "what_i_know_nothing": frozenset(),
        "what_i_know_private": frozenset(),
    },
)
