"""Ages, always in months: 三岁半 → 42, 刚满百天 → 3, 25岁 → 300."""

import re
from collections.abc import Iterator

from intents.finding import Found
from intents.slots.numerals import HAN, NUMBER, number

_CHILD = (
    r"宝宝|宝贝|宝(?=[,\d一-十]|$)|娃|孩子|儿子|女儿|闺女|小孩|婴儿|小朋友|baby|bb|BB|孙子|孙女|外甥|侄|老大(?!爷)|老二"
    r"|小家伙|二宝|大宝|我家|家里|小子|囡|崽|小宝|小公主|小妞|千金"
)
_YEARS = re.compile(
    rf"(?<![第\d~-])(?<![到至几])({NUMBER})(?P<rough>多|来)?(?:个)?(?:周岁|岁)(?P<half>半)?(?:零?({NUMBER})个?多?月)?"
    rf"(?:多(?!少))?(?P<late>半)?(?!以[上下内]|及以|[^,。]{{0,2}}(?:档|码表))"
)
_BOTH = re.compile(r"[一二三四五六七八九]{2}|十[一二三四五六七八九]{2}")
_SPAN = re.compile(r"(?:岁|个?月)?(?:-|~|到|至)(?=[\d一二三四五六七八九十两]{1,3}(?:周?岁|个?月))")
_HALF = re.compile(r"(?<![一二两三四五六七八九十\d多])半(?:周)?岁(?:多|大)?")
_YEAR = re.compile(r"(?<![一二两三四五六七八九十百半\d])周岁(?=宝|娃|的|生日|了|,|$)")
_DAYS = re.compile(
    r"(?:刚满?|满|过了?)?(?<![一二三四五六七八九两几])百天(?![照宴酒礼]|无理由)|(?:刚出?生|出生|生下来|满)?"
    rf"({NUMBER})天(?:大)?(?=的?(?:{_CHILD}))|(?<=满)({NUMBER})天(?![可包无内退])"
    rf"|(?:{_CHILD})(?:才|刚|现在|出生|已经|满|大概){{0,2}}({NUMBER})天(?=大|了|,|$)"
)
_FULL_MONTH = re.compile(r"(?:刚|快|才)?(?:出?满月)(?=的|了|就|能|可以|宝|娃|,|$|吗)")
_MONTHS = re.compile(
    rf"(?<![-~\d])(?<![到至几])({NUMBER})(个)?(多)?(半)?(?:月龄|月大|月(?!底|初|中|末|份|子|饼|经"
    r"|[一二三四五六七八九十\d]))(半)?(?:多(?!少))?"
)
_NOT_AGE = re.compile(
    r"(?:怀孕|怀|孕期?|孕|保质期?|保修|质保|用了?|买了?|分期?|免息|会员|过期|坚持|吃了|喝了|穿了|到期|有效|续|近|过去"
    r"|最近|等了?|开封|积分|前|每|这|那|上|下|第|还有|再|未来|开了|存|放|最少|至少|一共|已经|管|够|能用|可以用"
    r"|喂了)[^,。!?]{0,3}$"
)
_THIS_YEAR = re.compile(
    r"(?:今年|年龄|年纪)(?:是|有|都|才|刚|快|已经|:|,){0,2}(?P<n>\d{1,2}|[二三四五六七八九]?十[一二三四五六七八九]?)"
    r"(?P<rough>多|几)?(?![\d.年月斤块元号%个次])(?!周?岁)"
)
_ELDER = re.compile(
    r"(?:妈|爸|婆|公|爷|奶|姥|姨|叔|母亲|父亲|老人|我(?=[三四五六七八九]十))(?:今年|都|已经|快|也|有|是){0,3}"
    r"(?P<n>[3-9]\d|[三四五六七八九]十[一二三四五六七八九]?)(?P<rough>多|来)?(?=了|,|的人|$)"
)
_ANY_CHILD = re.compile(rf"{_CHILD}|奶|辅食|尿|月龄")
_AFTER = re.compile(rf"[,的大了 ]{{0,2}}(?:{_CHILD}|能[吃喝用]|可以[吃喝用穿]|吃[什多几]|喝[几什多]|穿多大)")
_BEFORE = re.compile(rf"(?:{_CHILD}|刚|才|满|大概|现在|今年|快|差不多)[^,。!?]{{0,5}}$")


def ages(text: str) -> Iterator[Found]:
    """All ages of a sentence."""
    if "岁" in text:
        yield from _years(text)
    if "天" in text or "月" in text:
        yield from _days(text)
        yield from _months(text)
    for pattern in (_THIS_YEAR, _ELDER):
        for found in pattern.finditer(text):
            value = number(found["n"])
            if value and value <= 110 and found["rough"] != "几":
                end = found.end("rough" if found["rough"] else "n")
                yield Found("age_months", round(value * 12), found.start("n"), end)


def _years(text: str) -> Iterator[Found]:
    """三岁半, 一岁三个月, 四十多岁; a span of ages (1-3岁, 三四岁) is none."""
    for found in _YEARS.finditer(text):
        value = number(found[1])
        if (
            value is None
            or value > (99 if found["rough"] else 110)
            or _BOTH.fullmatch(found[1])
            or _SPAN.match(text, found.end(1))
        ):
            continue
        months = value * 12 + (6 if found["half"] or found["late"] else 0) + (number(found[4]) or 0 if found[4] else 0)
        yield Found("age_months", round(months), *found.span())
    for pattern, months in ((_HALF, 6), (_YEAR, 12)):
        for found in pattern.finditer(text):
            yield Found("age_months", months, *found.span())


def _days(text: str) -> Iterator[Found]:
    """百天, 四十天的宝宝, 满月."""
    for found in _FULL_MONTH.finditer(text):
        yield Found("age_months", 1, *found.span())
    for found in _DAYS.finditer(text):
        group = next((number_ for number_ in (1, 2, 3) if found[number_]), 0)
        days = number(found[group]) if group else 100
        if days and days >= 30:
            start = found.start(3) if group == 3 else found.start()
            yield Found("age_months", int(days // 30), start, found.end())


def _months(text: str) -> Iterator[Found]:
    """六个月, where a child is spoken of and not a time of use."""
    for found in _MONTHS.finditer(text):
        value = number(found[1])
        sure = found[0].rstrip("半多").endswith(("月龄", "月大"))
        if value is None or value > 48 or not (found[2] or sure) or _BOTH.fullmatch(found[1]) or _SPAN.match(text, found.end(1)):
            continue
        before, after = text[: found.start()], text[found.end() :]
        if re.search(rf"岁(?:零|又|{HAN})?$", before) or re.match(r"(?:之?[前后内]|以[内后上下]|及以|没)", after):
            continue
        if not sure:
            if _NOT_AGE.search(before) and not re.search(rf"(?:{_CHILD})[^,。]{{0,4}}$", before):
                continue
            if not (_AFTER.match(after) or (_BEFORE.search(before) and _ANY_CHILD.search(text))):
                continue
        end = found.end() + (1 if not sure and after.startswith("大") else 0)
        months = value + (0.5 if found[4] or found[5] else 0)
        yield Found("age_months", _whole(months), found.start(), end)


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value
