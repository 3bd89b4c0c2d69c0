"""Questions that leave out what was said before (那换货呢, 几点关门): made whole from the last question, or left alone. Pure.

``CARRIED`` is the whole of what may pass from one question to the next. A short message that holds one of these values and
nothing else takes the place of the value of the same kind in the last question, or stands before it where that question can
be asked of such a value. Whatever is not in the table is a topic of its own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.model import Session
from intents import Recognizer, Slot

LONGEST = 60
"""Characters of a question that are kept, so that a short one can be read against it."""
_SHORT = 12
"""A message longer than this says itself what it is about."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value that may be carried over."""

    slots: frozenset[str] = frozenset()
    words: str = ""
    """Pattern of values that are no slots."""
    before: frozenset[str] = frozenset()
    """Intents whose questions may be asked of such a value, although they named none: 包邮吗 of 新疆."""
    alone: str = ""
    """What such a value asks of the product under discussion, where it does not fit the last question."""
    over: frozenset[str] = frozenset()
    """Other slots whose value it takes the place of: a city that of a shop."""
    into: str = ""
    """Pattern of questions into which the value of the last one is carried when they name none: 几点关门 of 徐汇店."""


_REGIONS = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|"
    "青海|台湾|内蒙古?|广西|西藏|宁夏|新疆|香港|澳门|港澳台|江浙沪|偏远地区|国外|海外|乡镇|农村"
)
_GOODS = frozenset({"ask_price", "ask_stock", "ask_product_info", "ask_usage", "ask_suitability"})
_SHOP = frozenset({"ask_store", "ask_stock", "book_service"})
CARRIED: tuple[Kind, ...] = (
    Kind(frozenset({"audience", "skin_type"}), before=frozenset({"ask_suitability", "ask_usage"}), alone="{}能用吗"),
    Kind(
        frozenset({"store"}),
        before=_SHOP,
        over=frozenset({"city"}),
        alone="{}有货吗",
        into=r"几点|营业|开门|关门|打烊|停车|车位|地址|怎么走|怎么去|电话|地铁",
    ),
    Kind(
        frozenset({"city"}),
        _REGIONS,
        before=frozenset({"ask_shipping", "ask_stock", "ask_store"}),
        over=frozenset({"store"}),
        alone="{}有货吗",
        into=r"几天|多久.{0,2}到|什么时候.{0,2}到|多长时间.{0,2}到|包邮|运费|邮费",
    ),
    Kind(words=r"第[一二两三四五1-5](?:个|款|瓶|支|种)?|最后一?(?:个|款)|(?:最)?(?:便宜|贵)的(?:那个|那款)?", before=_GOODS),
    Kind(frozenset({"product", "category"}), before=_GOODS),
    Kind(frozenset({"material"}), alone="含{}吗"),
    Kind(frozenset({"color", "size", "scent", "flavor"}), before=frozenset({"ask_stock"}), alone="有{}的吗"),
    Kind(words=r"换货|退货|退款|换(?=[个吗呢]|$)|退(?=[吗呢]|$)"),
    Kind(
        words=r"普通会员|普卡|银卡|金卡|黑金|黑卡|铂金",
        before=frozenset({"ask_membership", "return_goods", "ask_shipping", "ask_promotion", "get_coupon", "book_service"}),
    ),
    Kind(
        words=r"天猫|京东|淘宝|抖音|小程序|直播间|门店|实体店|专柜|店里|线上|线下|网上",
        before=frozenset({"get_coupon", "ask_promotion", "ask_price", "ask_invoice", "return_goods", "ask_membership"}),
    ),
    Kind(
        words=r"周[一二三四五六日末天]|星期[一二三四五六日天]|工作日|平时|平日|节假日|法定假日|元旦|春节|过年|清明|五一|端午|中秋|国庆|十一|"
        r"早上|上午|中午|下午|晚上|夜里|白天|夏天|冬天",
        before=frozenset({"ask_store", "ask_shipping", "book_service", "ask_usage"}),
    ),
    Kind(
        words=r"(?:没有?|未)(?:拆封|拆|开封|用过)的?|(?:已经)?(?:拆封|拆开|开封|开过封|用过)了?的?",
        before=frozenset({"return_goods", "exchange_goods", "ask_product_info"}),
    ),
    Kind(words=r"花呗|白条|信用卡|储蓄卡|银行卡|支付宝|微信支付|微信|云闪付|数字人民币|礼品卡|积分"),
    Kind(words=r"顺丰|中通|韵达|圆通|申通|邮政|EMS|京东快递|极兔"),
    Kind(words=r"专票|增值税专用发票|普票|电子发票|纸质发票|个人|公司|单位", before=frozenset({"ask_invoice"})),
)
"""What may be carried from one question into the next."""

_FACTS = {
    r"价格|价钱": "多少钱",
    r"成分|配料": "成分有哪些",
    r"保质期|有效期": "保质期多久",
    r"规格|容量|净含量": "规格是多大",
    r"产地": "产地是哪里",
    r"质地|肤感": "质地怎么样",
    r"功效|作用|效果": "有什么功效",
    r"色号|颜色": "有哪些颜色",
    r"香味|味道|气味": "什么香味",
    r"用法|用量|使用方法": "怎么用",
    r"库存|现货|货": "有货吗",
    r"尺码|尺寸": "尺码怎么选",
}
"""Pattern of a fact named bare (成分呢) → how one asks for it of the product under discussion."""

_LEAD = r"(?:(?:谢谢|好的?|嗯|哦|喔|行|那么?|如果|要是|换成|改成|和|跟|还有|这个?|是|对于|我)[, ]*)*"
"""Small words before it; no two of them begin alike or make up a third, so that reading stays linear."""
_LEFT_OUT = re.compile(rf"^{_LEAD}(?P<about>.{{1,{_SHORT}}}?)的?(?:的?话)?呢[?!。~]*$")
_MAY = re.compile(
    rf"^{_LEAD}(?P<about>.{{1,{_SHORT}}}?)(?:也|都)?(?:可不可以|可以|行不行|行|支持)(?:用)?(?:吗|么|嘛|不)?[?!。~]*$"
)
_LEFT_OUT_WITHIN = 40
"""Characters within which something is left out; a longer message says what it means."""
_FILLER = re.compile(r"[的了呢吧啊呀,。?!~ ]|会员|用户|这边|那边|那里|一?[个款家]$")
_ANYWHERE = re.compile(r"你们|你家|哪|几家|所有|全部|每家|都")
TOPICS = frozenset(
    {
        "ask_suitability", "ask_usage", "ask_product_info", "ask_size", "ask_price", "ask_stock", "ask_shipping", "ask_store",
        "ask_promotion", "get_coupon", "ask_membership", "ask_payment", "ask_invoice", "ask_authenticity", "ask_warranty",
        "return_goods", "exchange_goods", "change_order", "cancel_order", "track_order", "book_service", "join_activity",
        "ask_group", "chosen_entry",
    }
)  # fmt: skip
"""Routes whose question the next message may go on with."""
_BY_THE_WAY = frozenset(
    {"greet", "thank", "affirm", "chitchat", "praise", "merged", "media", "not_addressed", "empty", "clarify"}
)
"""Routes that do not end a topic."""


def about(text: str) -> str | None:
    """What 那敏感肌呢 or 那新疆可以吗 names; None for a message that leaves nothing out."""
    plain = text.strip()
    if len(plain) > _LEFT_OUT_WITHIN:
        return None
    found = _LEFT_OUT.match(plain) or _MAY.match(plain)
    return found["about"] if found is not None else None


def completed(text: str, session: Session, recognizer: Recognizer) -> str | None:
    """The whole question that a short message stands for; None where nothing is left out or nothing fits."""
    said = session.wish.get("said")
    last = said if isinstance(said, str) else ""
    plain = text.strip()
    if (named := about(plain)) is not None:
        return _asked_of(named, last, session, recognizer) or _fact(named, session)
    return _carried_into(plain, last, recognizer) if last and len(plain) <= _SHORT else None


def remembering(session: Session, route: str, text: str) -> Session:
    """The memory with the question of this message as the one that the next may go on with."""
    if route in _BY_THE_WAY:
        return session
    wish = {key: value for key, value in session.wish.items() if key != "said"}
    if route in TOPICS and text and len(text) <= LONGEST:
        wish["said"] = text
    return session if wish == session.wish else replace(session, wish=wish)


_Found = tuple[Kind, str]
"""A value with its kind."""


def _asked_of(named: str, last: str, session: Session, recognizer: Recognizer) -> str | None:
    """The last question asked of another value; for a value that it cannot be asked of, what it asks of a product."""
    values = tuple(_values(named, recognizer.recognize(named).slots))
    if not values or _FILLER.sub("", _without(named, values)):
        return None
    before = recognizer.recognize(last) if last else None
    question: str | None = last or None
    for kind, value in values:
        question = question and _exchanged(question, kind, value, before.slots if before else (), before.intent if before else "")
    if question is not None or not session.wish.get("focus"):
        return question
    kind, value = values[0]
    return kind.alone.format(value) if kind.alone and len(values) == 1 else None


def _exchanged(question: str, kind: Kind, value: str, slots: Sequence[Slot], intent: str) -> str | None:
    """A question with its value of this kind exchanged, else with the value before it, else None."""
    near = (kind, Kind(kind.over))
    old = next((told for _, told in _values(question, slots, near) if told in question), None)
    if old is not None:
        return question.replace(old, value, 1)
    return f"{value}{question}" if intent in kind.before else None


def _carried_into(text: str, last: str, recognizer: Recognizer) -> str | None:
    """几点关门 after a question on one shop is asked of that shop, unless it names one or asks of all."""
    for kind in CARRIED:
        if not kind.into or not re.search(kind.into, text) or _ANYWHERE.search(text):
            continue
        if any(_values(text, recognizer.recognize(text).slots, (kind,))):
            return None
        kept = next(iter(_values(last, recognizer.recognize(last).slots, (kind,))), None)
        if kept is not None:
            return f"{kept[1]}{text}"
    return None


def _fact(named: str, session: Session) -> str | None:
    """成分呢 of the product under discussion."""
    if not session.wish.get("focus"):
        return None
    return next((asked for words, asked in _FACTS.items() if re.fullmatch(rf"(?:它的?)?(?:{words})", named)), None)


def _values(text: str, slots: Iterable[Slot], kinds: Sequence[Kind] = CARRIED) -> Iterator[_Found]:
    """The values that may be carried, each once, the words as written."""
    told = [slot for slot in slots if slot.text and not slot.negated]
    for kind in kinds:
        by_slot = [slot.text for slot in told if slot.name in kind.slots]
        by_word = [found[0] for found in re.finditer(kind.words, text)] if kind.words else []
        for value in dict.fromkeys((*by_slot, *(word for word in by_word if not any(word in one for one in by_slot)))):
            yield kind, value


def _without(text: str, values: Sequence[_Found]) -> str:
    """What is left of a text when its values are taken out, the longest first."""
    for _, value in sorted(values, key=lambda one: -len(one[1])):
        text = text.replace(value, "", 1)
    return text
