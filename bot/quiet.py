"""What people say who want to be left in peace, or no longer: 退订, 别@我, 恢复推送, 可以@我了. Pure.

A wish stands in a clause of its own that says nothing else; so 小王你别@我, 别@所有人了, 别发货 and 退订金 are none, and neither
is what somebody only quotes. What is denied (我没说不要发) is the way back.
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.model import Peace
from intents import normalize
from intents.groups.mentions import unquoted
from intents.safety import safety

_ASIDE = (
    r"(?:(?:那就?|就|也|都|还是|以后|今后|往后|之后|从现在(?:开始|起)|从今天(?:开始|起)|现在|请(?:你们?|您)?|麻烦(?:你们?|您)?|拜托(?:你们?|您)?|"
    r"求求?(?:你们?|您)?|能不能|能否|可不可以|可以|能|真的|你们?|您|你家|你们家|咱们?|大家|我说|说了|都说了|帮我|帮忙|我要|我想要?|我申请|"
    r"我?希望(?:你们?|您)?|(?:在)?群里面?|没事|有事没事|有活动|活动时?|一律|千万|真的|好了|我|先|要|想)\s*)*"
)
_END = (
    r"(?:了|啦|咯|喽|啊|呀|吧|哈|呗|哦|噢|喔|嘛|吗|么|呢|的|哒|行吗|行不行|好吗|好不好|好么|可以吗|谢谢|谢了|感谢|拜托|也行|就行|就好|一下|来@去|\s|"
    r"[!~。.？?^])*"
)
_NOT = r"(?:别|不要|不用|不必|不许|不准|不需要|无需|莫|请勿|勿|少|停止|禁止|甭)"
_MORE = r"(?:再|老是?|总是?|一直|天天|每天|继续|动不动就?|随便|乱)*"
_CALL = r"(?:@|艾特|圈|cue|点名叫?|点名|at)"
ME = r"(?:到)?(?:我|俺|偶|人家|本人)"
"""Whoever says it."""
_ABOUT = r"(?:活动|广告|消息|信息|短信|推送|推广|推销|优惠券?|促销|通知|提醒|营销|链接|内容|东西|券)"
_WHICH = r"(?:这些|这种|这类|任何|什么|那么多|这么多|那些|你们?(?:家)?的?|新的?|乱七八糟的?)*"
_TO_ME = r"(?:给我|跟我|向我|往我这(?:里|儿)?|对我)"

_HUSH = (
    rf"{_NOT}{_MORE}{_CALL}{ME}(?:的?名字?)?",
    rf"{_NOT}{_MORE}[点念]{ME}的?名字?",
    rf"(?:不想|不喜欢|不希望|不愿意?|讨厌|受不了){_MORE}(?:你们?)?被?(?:人|你们?|机器人|助手)?{_MORE}{_CALL}(?:{ME})?",
)
_OUT_SURELY = (
    rf"(?:怎么|怎样|如何|在哪(?:里|儿)?|哪里)?(?:才能|可以)?退订(?:掉)?{_WHICH}{_ABOUT}*(?:怎么(?:弄|操作|退)|在哪(?:里|儿)?)?",
    r"(?:回复?)?td",
    rf"(?:怎么|如何)?(?:取消|关闭|关掉|停止|停掉|屏蔽|拒收|不再接收)(?:{_WHICH}{_ABOUT}+|订阅)",
    rf"(?:把)?{_WHICH}推送(?:都|全)?(?:关了|关掉|停了|停掉|取消)",
    rf"{_NOT}{_MORE}{_TO_ME}?{_MORE}(?:推送|群发|推){_WHICH}{_ABOUT}*",
    rf"{_NOT}{_MORE}{_TO_ME}{_MORE}发送?{_WHICH}{_ABOUT}+",
)
_OUT = (
    *_OUT_SURELY,
    rf"{_NOT}{_MORE}{_TO_ME}{_MORE}发送?(?:过来)?",
    rf"{_NOT}再{_MORE}发送?(?:过来)?",
    rf"{_NOT}{_MORE}发送?{_WHICH}{_ABOUT}+{_TO_ME}?",
    rf"{_NOT}{_MORE}(?:来)?(?:打扰|骚扰|轰炸|打搅){ME}?",
    rf"{_NOT}{_MORE}(?:主动)?(?:联系|私信|私聊){ME}",
    rf"(?:不想|不愿意?|不希望|拒绝|不需要|不要){_MORE}(?:收到|接收|接到|看到|收){_WHICH}{_ABOUT}+",
    rf"{_WHICH}{_ABOUT}+(?:都|就)?{_NOT}{_MORE}{_TO_ME}?{_MORE}(?:推送?|发送?)(?:{_TO_ME})?",
)
_WHOLE_OUT = r"(?:回复?)?(?:t|n)"
_AGAIN = r"(?:恢复|重新|继续|再次|打开|开启|又|照常|照样|还)"
_SEND = rf"(?:{_TO_ME})?(?:推送|发送|推|发|通知|提醒){_TO_ME}?{_WHICH}{_ABOUT}*{_TO_ME}?"
_BACK = (
    rf"{_AGAIN}+(?:{_WHICH}{_ABOUT}+|订阅{_WHICH}{_ABOUT}*|(?:接收|接受|收){_WHICH}{_ABOUT}*)",
    rf"(?:帮我)?订阅(?:回来|{_WHICH}{_ABOUT}+)?",
    rf"(?:可以|能|{_AGAIN})+{_SEND}",
    rf"{_ABOUT}+(?:可以|还是|照常|照样|{_AGAIN}|接着)+{_SEND}",
    r"(?:取消|撤销|撤回|不是要?|不|别)退订",
    rf"(?:没有?|没让你们?)(?:说过?|讲过?|要)?(?:要)?(?:退订|取消订阅|{_NOT}{_MORE}{_TO_ME}?(?:推送|推|发|收){_WHICH}{_ABOUT}*)",
    rf"(?:不是|没有?)(?:说|让你们?)?{_NOT}(?:{_TO_ME})?(?:推送|推|发|收){_WHICH}{_ABOUT}*",
    rf"(?:不是|没有?)不让你们?(?:{_TO_ME})?(?:推送|推|发){_WHICH}{_ABOUT}*",
)
_NAMED = (
    rf"(?:可以|能|恢复|重新|继续|允许|随便|尽管|欢迎|照样|又|再|接着)+(?:你们?|随时|随便|尽管|继续|再)*{_CALL}{ME}",
    rf"(?:没有?|不是)(?:说|让|要)?(?:过|你们?)?(?:{_NOT}|不让|不准|不能|不可以)(?:你们?)?{_CALL}{ME}",
    r"取消(?:免@|免打扰)",
)


def _any(of: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_ASIDE}(?:{'|'.join(of)}){_END}")


_CLAUSES = re.compile(r"[,;:、，；：…\n]+|[。.!！?？~～]+(?=.)|(?<![a-z])\s+(?=[^a-z@])")
_ORDER: tuple[tuple[Peace, re.Pattern[str]], ...] = (
    ("named", _any(_NAMED[1:2])),
    ("hush", _any(_HUSH)),
    ("back", _any(_BACK[4:])),
    ("out", _any(_OUT)),
    ("named", _any(_NAMED)),
    ("back", _any(_BACK)),
)
_SURELY = _any(_OUT_SURELY)
_FILLER = re.compile(
    r"(?:你好|您好|哈喽|嗨|喂|哎呀?|唉|那个|麻烦(?:了|你了)?|拜托(?:了)?|谢谢|谢了|多谢|求求了|真的|烦死了?|好烦|太?烦了?|太?吵了?|吵死了?|(?:我|最近|今天|现在|刚刚?|这[几两]天).{0,8}|不好意思|抱歉|好了|行了|够了|停|打住)"
    rf"{_END}"
)
_SHORT = 5
"""Characters of a clause that may be nothing but somebody's name: 小王，你别@我."""


@dataclass(frozen=True, slots=True)
class Told:
    """A wish that was said."""

    wish: Peace
    plain: bool
    """Nobody else is called in the message, so that it may be meant for the assistant although it is not named."""
    surely: bool
    """Nobody but the assistant can be meant: 退订, 别给我推送了."""


def told(text: str) -> Told | None:
    """What a message wants; None where it wants nothing of the kind. Mentions of the assistant must be taken off before."""
    clauses = _clauses(text)
    for place, clause in enumerate(clauses):
        for wish, says in _ORDER:
            if says.fullmatch(clause):
                others = [one for one in clauses[:place] if len(one) <= _SHORT and not _FILLER.fullmatch(one)]
                surely = wish == "out" and _SURELY.fullmatch(clause) is not None
                return Told(wish, not others and "@" not in "".join(clauses).replace(clause, ""), surely)
    if len(clauses) == 1 and re.fullmatch(_WHOLE_OUT + r"[.。!]*", clauses[0]):
        return Told("out", plain=False, surely=False)
    return None


def not_said(text: str) -> bool:
    """Whether what looks like 退订 is only somebody's quoted word (他老说“别@我”), or means everybody (别@所有人了)."""
    own = unquoted(text)
    if re.search(r"[@＠]\s*(?:所有人|全体|大家|all)", own):
        return True
    return own != text and safety(normalize(own).text) != "opt_out"


def _clauses(text: str) -> list[str]:
    """The clauses of a message in small letters and plain widths, other people's words left out."""
    plain = unicodedata.normalize("NFKC", unquoted(text)).casefold()
    plain = re.sub(r"\s*@\s*(?=[我俺偶])", "@", plain)
    return [one for part in _CLAUSES.split(plain) if (one := part.strip(" .。!！?？~～\u200b\ufeff"))]
