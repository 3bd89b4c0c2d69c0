"""Ages, always in months: 三岁半 → 42, 刚满百天 → 3, 25岁 → 300."""

import re
from collections.abc import Iterator

from intents.finding import Found
from intents.slots.numerals import NUMBER, number

_CHILD = (
    r"宝宝|宝贝|宝(?=[,\d一-十]|$)|娃|孩子|儿子|女儿|闺女|小孩|婴儿|小朋友|baby|bb|BB|孙子|孙女|外甥|侄"
    r"|老大|老二|小家伙|二宝|大宝|我家|家里|小子"
)
_YEARS = re.compile(rf"({NUMBER})(?:周岁|岁)(半)?(?:零?({NUMBER})个?(?:多)?月)?(?:多)?(半)?")
_HALF = re.compile(r"半岁(?:多|大)?")
_YEAR = re.compile(r"(?<![一二两三四五六七八九十百半\d])周岁(?=宝|娃|的|生日|了|,|$)")
_DAYS = re.compile(rf"(?:刚满?|满|过了?)?百天|({NUMBER})天(?:大)?(?=的?(?:{_CHILD}))|(?<=满)({NUMBER})天")
_FULL_MONTH = re.compile(r"(?:刚|快|才)?(?:出?满月)(?=的|了|宝|娃|,|$)")
_MONTHS = re.compile(rf"({NUMBER})(个)?(多)?(半)?(?:月龄|月大|月)(半)?(?:多)?")
_NOT_AGE = re.compile(
    r"(?:怀孕|孕期?|孕|保质期?|保修|用了?|买了?|分期?|会员|过期|坚持|吃了|喝了|穿了|到期|有效|续|近|过去|最近|等了?|开封|积分|前|每|这|那|上|下|第|还有|再|未来|开了|存|放)[^,。!?]{0,3}$"
)
_THIS_YEAR = re.compile(r"(?:今年|年龄|年纪)(?:是|有|都|才|刚|快|:|,){0,2}(\d{1,2})(?![\d.年月斤块元号%])(?!岁)")
_AFTER = re.compile(rf"[,的大了 ]{{0,2}}(?:{_CHILD}|能[吃喝用]|可以[吃喝用]|吃|喝|用|穿)")
_BEFORE = re.compile(rf"(?:{_CHILD}|刚|才|满|大概|现在|今年|快|差不多)[^,。!?]{{0,5}}$")


def ages(text: str) -> Iterator[Found]:
    """All ages of a sentence."""
    for found in _YEARS.finditer(text):
        value = number(found[1])
        if value is None or value > 110 or re.search(r"第$", text[: found.start()]):
            continue
        months = value * 12 + (6 if found[2] or found[4] else 0) + (number(found[3]) or 0 if found[3] else 0)
        yield Found("age_months", round(months), *found.span())
    for pattern, months in ((_HALF, 6), (_FULL_MONTH, 1), (_YEAR, 12)):
        for found in pattern.finditer(text):
            yield Found("age_months", months, *found.span())
    for found in _DAYS.finditer(text):
        days = number(found[1] or found[2]) if found[1] or found[2] else 100
        if days:
            yield Found("age_months", int(days // 30), *found.span())
    for found in _THIS_YEAR.finditer(text):
        yield Found("age_months", int(found[1]) * 12, *found.span(1))
    yield from _months(text)


def _months(text: str) -> Iterator[Found]:
    """六个月, where a child is spoken of and not a time of use."""
    for found in _MONTHS.finditer(text):
        value = number(found[1])
        sure = found[0].rstrip("半多").endswith(("月龄", "月大"))
        if value is None or value > 48 or not (found[2] or sure):
            continue
        before, after = text[: found.start()], text[found.end() :]
        if not sure:
            if _NOT_AGE.search(before) and not re.search(rf"(?:{_CHILD})[^,。]{{0,4}}$", before):
                continue
            if not (_AFTER.match(after) or _BEFORE.search(before)):
                continue
        end = found.end() + (1 if not sure and after.startswith("大") else 0)
        months = value + (0.5 if found[4] or found[5] else 0)
        yield Found("age_months", _whole(months), found.start(), end)


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value
