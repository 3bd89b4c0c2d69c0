"""Short answers read against what was asked: 嗯, 200, 油皮."""

import re
from collections.abc import Sequence

from intents.model import Slot, Value
from intents.normalize import Normalized
from intents.slots.numerals import NUMBER, number

YES_NO = "yes_no"
"""What is expected after a question that wants yes or no."""
_PERSONAL = frozenset(("skin_type", "height_cm", "weight_kg", "age_months", "budget"))
_TAIL = r"[的呀啊哦喔呢吧嘛哈啦了诶哒滴~!.。, ]|亲|老板|客服|谢谢|\[[^\]]*\]"
_YES = re.compile(
    rf"(?:嗯+|恩+|昂|好+|行|可以|可|ok|okk|对+|是|要|有|没错|没问题|就这个|就要这个|要这个|就它|确定|确认|需要|中|成|得|yes|y|同意|当然|必须|来|安排|没毛病|愿意)(?:{_TAIL}|好|行|可以|对|是|要){{0,6}}",
    re.IGNORECASE,
)
_NO = re.compile(
    rf"(?:不+|不用|不要|不是|不行|不可以|没有|没|算|算了|不需要|no|n|不了|不对|先不|先不用|不必|不想|不愿意|不同意|暂时不|没必要|再看看|再说|下次)(?:{_TAIL}|谢谢|不用|算了|要|用){{0,6}}",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?|[吗么]|多少|哪|怎么|咋|什么|啥|几|能不能|有没有|推荐|还是|可以.*[吃用]")
_FILLER = re.compile(
    r"[\s,.!?。、;:~/+的了是有我在要和约呢吧啊哦嗯就属于这种那种一点个]|大概|左右|身高|体重|净重|年龄|预算|肤质|皮肤|今年|宝宝|一般|偏|本人|女生?|男生?|应该|差不多|价位|之间|吧|好像|你好|亲"
)
_BARE = re.compile(rf"(?:大概|差不多|就|我|有|是|要|约)?({NUMBER})(?:元|块|块钱|左右|吧|的|岁|斤|cm|多)?")
_AGE = re.compile(
    rf"(?:宝宝|宝贝|娃|孩子|他|她|刚|才|快|大概|差不多|现在|已经|满|有|就){{0,4}}({NUMBER})个?多?(半)?月"
    rf"(?:龄|大)?(?:半|多|左右|的|了|大|吧|呢|啊|哦|[~.。!]){{0,3}}"
)
_FREE = 10
"""Characters beside the value that an answer may have."""


def answer(text: str, slots: Sequence[Slot], expecting: str | None) -> str | None:
    """The intent of a normalised message as an answer to what was asked; None where it is none.

    ``expecting`` is `YES_NO` or the name of the slot asked for. Unasked, a message made of facts about
    the shopper alone gives facts too.
    """
    if expecting == YES_NO:
        if _YES.fullmatch(text):
            return "affirm"
        return "deny" if _NO.fullmatch(text) else None
    if not slots or _ASKS.search(text):
        return None
    names = {slot.name for slot in slots}
    left = _left(text, slots)
    if expecting in names and len(left) <= _FREE:
        return "provide_info"
    return "provide_info" if not left and names <= _PERSONAL else None


def bare(normalized: Normalized, expecting: str | None) -> Slot | None:
    """A bare figure as the value that was asked for: 200 after a question for the budget."""
    if expecting == "age_months" and (months := _months(normalized)):
        return months
    found = _BARE.fullmatch(normalized.text) if expecting else None
    value = number(found[1]) if found else None
    if found is None or value is None or expecting is None:
        return None
    made = _made(expecting, value, normalized.text)
    if made is None:
        return None
    start, end = normalized.origin(*found.span(1))
    return Slot(expecting, made, normalized.original[start:end], start, end)


def _months(normalized: Normalized) -> Slot | None:
    """六个月 after a question for the age is an age and no span of time."""
    found = _AGE.fullmatch(normalized.text)
    value = number(found[1]) if found else None
    if found is None or value is None or value > 48:
        return None
    exact = value + (0.5 if found[2] else 0)
    start, end = normalized.origin(*found.span(1))
    end = start + len(normalized.original[start:].rstrip("了的大多吧呢啊哦~。!！ "))
    return Slot("age_months", int(exact) if exact == int(exact) else exact, normalized.original[start:end], start, end)


def _made(expecting: str, value: float, text: str) -> Value | None:
    """The figure in the slot's unit; None for one that cannot be."""
    whole = int(value) if value == int(value) else value
    if expecting == "budget" and value >= 10:
        near = "左右" in text
        return {
            "min": round(value * 0.8, 2) if near else None,
            "max": round(value * 1.2, 2) if near else whole,
        }
    if expecting == "age_months" and value <= 110:
        return round(value * 12)
    if expecting == "height_cm":
        return next((tall for tall in (whole, whole * 100) if 45 <= tall <= 230), None)
    if expecting == "weight_kg" and 4 <= value <= 400:
        return value / 2 if value % 2 else int(value / 2)
    return {"n": whole, "unit": None} if expecting == "quantity" and value else None


def _left(text: str, slots: Sequence[Slot]) -> str:
    """What a message says beside its values."""
    rest = _FILLER.sub("", text)
    for slot in sorted(slots, key=lambda one: -len(one.text)):
        rest = rest.replace(_FILLER.sub("", slot.text), "", 1)
    return rest
