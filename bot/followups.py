"""Messages that are a step of a search already begun: 便宜点的有没有, 还有别的吗, 随便, a bare 豆沙色. Pure.

What a message wants of the list, of the product under discussion or of the wish is asked in this order; each is a small
question of its own. Questions that leave something out are made whole before this (``bot.ellipsis``).
"""

import re

from bot.model import Session
from intents import Recognition, Slot

_MORE = re.compile(
    r"还有(?:没有)?(?:别的|其他|其它|更多)?(?:款|的)?(?:推荐)?[吗么嘛没]?[?。!~]*$|还有没有|"
    r"换一?[个批款下组]|别的(?:款|呢|吗|推荐|有没)|其他的?(?:款|呢|吗|推荐)|"
    r"(?:都|全)不(?:太)?(?:喜欢|想要|要|行|好|合适|满意)|不喜欢这|再(?:推荐|看看|来)(?:几|一|点|别)|有没有别的"
)
_CHEAPER = re.compile(
    r"(?<!最)便宜(?:点|一点|些|一些)?儿?的(?!多少|怎么|含|能|[那这])|(?:更|再|还|有没有|有)(?:更|再)?便宜(?:点|一点|些)?的?(?:[吗么没?]|$)|平价(?:点|一点|些)?的|"
    r"(?:太|有点|有些)贵了?.{0,4}(?:换|别的|其他|便宜的)|^(?:太|有点|有些|好)贵[了啊呀吧]*[。!~]*$"
)
_DEARER = re.compile(r"(?:贵|好|高端|高档)(?:点|一点|些|一些)儿?的|再好(?:点|一点)|高端(?:点)?的|高档(?:点)?的")
_ANY = re.compile(
    r"(?:我?都(?:行|可以|好|成)|随便|随意|无所谓|不(?:知道|清楚|懂|确定|限)|没(?:有)?(?:要求|想好|预算)|"
    r"(?:你|您)?看着(?:办|推荐)|(?:你|您)(?:推荐|定|说)|你帮我选)(?:吧|呀|啊|了|哦|呢|的|就行|就好)*[,。!~ ]*"
)
_VARIANT = re.compile(
    r"(?:[大小][瓶包支罐盒]|大号|小号|大容量|小容量|大一点|小一点|(?:别的|其他|其它|更大|更小|几种|哪些|哪几种)的?"
    r"(?:规格|容量|颜色|色号|色|味道|香味|香型|款式|尺码|码|尺寸)).{0,3}(?:[吗么嘛没?]|有没有|$)|"
    r"(?:只有|就)(?:这|一)(?:个|种)(?:颜色|色号|规格|味道|尺码)"
)
_TAKES = re.compile(r"就|要|买|来|拿|链接|下单|拍")
_NTH = re.compile(r"第\s*[一二两三四1-4]|最后一?[个款]")
_EXTREME = re.compile(r"最(?:便宜|贵)的?(?:是|多少|哪|那)")
_DISEASE = re.compile(r"湿疹|皮炎|荨麻疹|痤疮|玫瑰痤|尿布疹|红屁股.{0,4}[烂破]|激素脸|皮肤病|真菌|银屑|白癜风|流产|化疗")
_HAVE = re.compile(r"有没有|有.{0,10}的[吗么没]|的有[吗么没]|的有没有|的吗?$")
_ASKS = re.compile(r"[吗么?]|怎么|多少|什么时候|几|哪")
_BODY = re.compile(r"[痒痛疼肿疹刺烫辣泡烂吐拉红]|不舒服|不适|难受|过敏了")
_FILLER = re.compile(
    r"有没有|有吗|没有|想要|推荐|看看|适合|就是|还是|最好|不要|不想要|一点|一些|谢谢|"
    r"[的了呢吧啊呀嘛哦哈啦~!。,.? 有想要就我你是那给来换别也都和跟再加用买款个瓶支种偏带选个类型系列]|\[[^\]]*\]"
    r"|[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]"
)

_ABOUT = frozenset(
    {"category", "brand", "concern", "skin_type", "audience", "color", "scent", "flavor", "budget", "age_months", "age_stage"}
)
"""Slots that say what is looked for."""
_THING = frozenset({"category", "concern", "color", "scent"})
"""Those of them that are a wish even where nothing was looked for yet."""
_COUNTED = frozenset({"quantity"})
_NO_WISH = frozenset({"entry", "mirror", "erase", "safety", "yes_no"})
"""What may be waited for that is no question about the wish."""


def carried_on(recognition: Recognition, session: Session) -> str | None:
    """The route of a message that only makes sense as the next step of a search; None for any other."""
    text = recognition.normalized or recognition.text
    return (
        _left_to_us(text, session)
        or _of_the_list(text, session)
        or _of_the_product(text, session)
        or _of_the_wish(text, recognition, session)
    )


def wants_cheaper(text: str) -> bool:
    """有便宜点的吗 asks for other products; 便宜点呗 haggles."""
    return _CHEAPER.search(text) is not None


def wants_dearer(text: str) -> bool:
    """贵一点的, 再好一点的."""
    return _DEARER.search(text) is not None


def wants_more(text: str) -> bool:
    """还有别的吗, 换一批, 都不喜欢."""
    return _MORE.search(text) is not None


def wants_any(text: str) -> bool:
    """随便, 都行, 不知道: the question that we put is left to us."""
    return _ANY.fullmatch(text.strip()) is not None


def of_variants(text: str) -> bool:
    """有大瓶的吗, 还有别的颜色吗: in what other forms a product comes."""
    return _VARIANT.search(text) is not None


def of_an_illness(recognition: Recognition) -> bool:
    """Whether an illness is spoken of: nothing is recommended for it, the base knows who is to be asked."""
    return _DISEASE.search(recognition.normalized) is not None


def names_a_wish(recognition: Recognition) -> bool:
    """Whether an unsure verdict at least says what is looked for, and no body that reacts."""
    said = [slot for slot in recognition.slots if _wished(slot)]
    return bool(said) and _BODY.search(recognition.normalized) is None and not _ASKS.search(recognition.normalized)


def _left_to_us(text: str, session: Session) -> str | None:
    """随便 in answer to a question about the wish: the shopper wants to see something."""
    waits = session.pending is not None and session.pending.slot not in _NO_WISH
    return "recommend_product" if waits and wants_any(text) else None


def _of_the_list(text: str, session: Session) -> str | None:
    """What a message wants of the products just shown."""
    if not (session.wish.get("offered") or session.shown) or of_variants(text):
        return None
    if _MORE.search(text) or wants_cheaper(text) or wants_dearer(text):
        return "recommend_product"
    if _EXTREME.search(text):
        return "ask_price"
    if not (at := _NTH.search(text)) or _ASKS.search(text):
        return None
    if _TAKES.search(text):
        return "place_order"
    return "product_named" if not re.sub(r"[的了那这呢吧啊呀个款瓶支种看一下给,。!~ ]", "", text.replace(at[0], "", 1)) else None


def _of_the_product(text: str, session: Session) -> str | None:
    """In what other forms the product under discussion comes."""
    return "ask_product_info" if session.wish.get("focus") and of_variants(text) else None


def _of_the_wish(text: str, recognition: Recognition, session: Session) -> str | None:
    """What bare values and 有没有 add to what is looked for."""
    slots = [slot for slot in recognition.slots if slot.name not in _COUNTED]
    if any(slot.name == "product" for slot in slots) and _bare(text, recognition):
        return "product_named"
    wanted = any(slot.name in _THING and not slot.negated for slot in slots)
    if not slots or not all(map(_wished, slots)) or not (_shopping(session) or wanted):
        return None
    if _bare(text, recognition) and not session.wish.get("said"):
        return "recommend_product" if wanted else "provide_info"
    if recognition.intent in {"ask_product_info", "ask_stock", "bargain"} and _HAVE.search(text):
        return "recommend_product"
    return None


def _shopping(session: Session) -> bool:
    """Whether something is being looked for: a wish was said or products were shown."""
    return bool(session.wish.get("slots") or session.wish.get("offered") or session.shown)


def _wished(slot: Slot) -> bool:
    return slot.name in _ABOUT or (slot.name == "material" and slot.negated)


def _bare(text: str, recognition: Recognition) -> bool:
    """Nothing but values and small words."""
    rest = text
    for slot in sorted(recognition.slots, key=lambda one: -len(one.text)):
        rest = rest.replace(slot.text, "", 1)
    left = _FILLER.sub("", rest)
    return len(left) <= 1 and left not in {"吗", "么", "几", "哪"}
