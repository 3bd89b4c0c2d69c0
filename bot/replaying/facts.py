"""Whether two wordings promise the same: numbers with their units, what is denied, which way round. Pure.

No understanding of language: what is written as a number, a negation or one of a pair of opposites is compared clause by
clause, after the ways of writing the same were made one. A rewording that keeps them is the same promise.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from difflib import SequenceMatcher
from typing import Final

_DIGITS: Final = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS = (
    "个工作日|工作日|个月|小时|分钟|毫升|公斤|千克|厘米|毫米|公里|积分|[天日号月年周岁点秒元块角分折%倍件个份片瓶支盒包袋款次位名斤克米级期楼层]|"
    "ml|mg|kg|km|cm|mm|g|l|h"
)
_WRITTEN = re.compile(
    rf"(?P<n>\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千万]+(?=\s*(?:{_UNITS})))\s*(?P<unit>{_UNITS})?", re.IGNORECASE
)
_SAME_UNIT: Final = {
    "日": "天",
    "块": "元",
    "个工作日": "工作日",
    "公斤": "kg",
    "千克": "kg",
    "克": "g",
    "毫升": "ml",
    "小时": "h",
}
_VAGUE = re.compile(
    r"一[下些起样直定般共旦边会切向律致同并步种方]|[第唯统专单万]一|一点(?:[点儿也都]|$)|有一[个款点]|这一|那一|哪一|一家|万一|"
    r"(?<![\d第])[一两三][个款位](?![月小工])|(?:最近|上|下|这|那|每|头)一?[次回]|十分|千万|百分百|双十一|双十二|三八|六一|五一|十一假"
)
"""Number signs that count nothing, or nothing that is promised."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_NOT_NOT = re.compile(
    r"不好意思|不错|不过|不仅|不但|不管|不论|不断|不如|不妨|不客气|不用谢|不用客气|没关系|没事|没问题|差不多|对不起|了不起|只不过|要不|"
    r"无论|无理由|无线|无忧|无痕|无香|特别|个别|区别|类别|级别|性别|分别|别人|别的|别名|非常|未来|莫非|除非|"
    r"好不好|行不行|能不能|会不会|要不要|是不是|可不可以|对不对|有没有|用没用|在不在|买不买|想不想|不知道?您|不知您|不同|不少|"
    r"没见(?=您|你|面|着)|没来(?=了|啦)|没联系|没聊|"
    r"不久|不止|不只|不光|不单|忍不住|说不定|不禁|不由|随时不打烊|不打烊|不胜|不愧|不乏"
)
_NOT = re.compile(r"[不没无未勿别莫禁非]|拒绝|谢绝|除外|停止|取消|暂停")
_CLAUSES = re.compile(r"[，。！？；,.!?;、\n~～…]+(?!\d)")
_OPPOSITES: Final = (
    ("免费", "收费"), ("免费", "自费"), ("包邮", "到付"), ("支持", "拒绝"), ("允许", "禁止"), ("可以", "禁止"),
    ("之前", "之后"), ("签收前", "签收后"), ("拆封前", "拆封后"), ("饭前", "饭后"), ("以上", "以下"), ("以内", "以外"),
    ("最多", "最少"), ("至少", "至多"), ("先", "后"), ("早", "晚"), ("增加", "减少"), ("加", "减"), ("开", "关"),
    ("有", "无"), ("必须", "无需"), ("自动", "手动"), ("商家承担", "顾客承担"), ("我们出", "您出"), ("我们承担", "您承担"),
    ("卖家", "买家"), ("热水", "冷水"), ("含", "不含"), ("线上", "线下"), ("新客", "老客"), ("工作日", "周末"),
    ("左", "右"), ("上午", "下午"),
)  # fmt: skip
_ANEW: Final = 0.35
"""What is less alike was written anew: its clauses stand for nothing in the other."""
_DAY = re.compile(r"(?:(?P<y>20\d\d)[年./-])?(?<!\d)(?P<m>\d{1,2})[月./-](?P<d>\d{1,2})(?!\d)[日号]?")
_UNTIL = re.compile(r"(?:截止|截至|有效期|到期|结束于|到|至|[~-])[^0-9，。；]{0,3}$")
_ENDS = re.compile(r"^[^0-9，。；]{0,3}(?:前|止|截止|结束|到期|之前)")


def turned(before: str, after: str) -> str:
    """What was changed, in words; empty where both promise the same."""
    if numbers(before) != numbers(after):
        gone, come = numbers(before) - numbers(after), numbers(after) - numbers(before)
        return f"数字：{_listed(gone)} → {_listed(come)}"
    if SequenceMatcher(None, before, after, autojunk=False).ratio() < _ANEW:
        return ""
    for one, other in _replaced(_clauses(before), _clauses(after)):
        if denials(one) != denials(other):
            return f"否定：“{one}” → “{other}”"
        for left, right in _OPPOSITES:
            if _swapped(one, other, left, right) or _swapped(one, other, right, left):
                return f"“{left}”和“{right}”换了：“{one}” → “{other}”"
    return ""


def numbers(text: str) -> Counter[str]:
    """All numbers of a text with their units, each in one way of writing."""
    plain = _VAGUE.sub(" ", _THOUSANDS.sub("", _plain(text)))
    return Counter(f"{_value(found['n'])}{_unit(found['unit'])}" for found in _WRITTEN.finditer(plain))


def denials(text: str) -> int:
    """How often a text says no; words that only look like it do not count."""
    return len(_NOT.findall(_NOT_NOT.sub("", _plain(text))))


def past_days(text: str, today: date) -> frozenset[date]:
    """Days that a text names as the end of something and that are over."""
    found: set[date] = set()
    plain = _plain(text)
    for one in _DAY.finditer(plain):
        if not (_UNTIL.search(plain[: one.start()]) or _ENDS.match(plain[one.end() :])):
            continue
        with suppress(ValueError):
            found.add(date(int(one["y"] or today.year), int(one["m"]), int(one["d"])))
    return frozenset(one for one in found if one < today)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _value(written: str) -> str:
    """A number as digits: 七 and 7 and 7.0 are one."""
    if written[0].isdigit():
        return f"{float(written):g}" if len(written) < 12 else written
    if set(written) <= set(_DIGITS):
        return str(int("".join(str(_DIGITS[sign]) for sign in written)))
    total, part, here = 0, 0, 0
    for sign in written:
        if sign in _DIGITS:
            here = _DIGITS[sign]
        elif sign == "万":
            total, part, here = (total + part + here) * 10_000, 0, 0
        else:
            part += (here or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            here = 0
    return str(total + part + here)


def _unit(written: str | None) -> str:
    return _SAME_UNIT.get(written.lower(), written.lower()) if written else ""


def _listed(found: Counter[str]) -> str:
    return "、".join(sorted(found.elements())) or "没有"


def _clauses(text: str) -> list[str]:
    return [part for one in _CLAUSES.split(_plain(text)) if (part := "".join(one.split()))]


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Stretches of clauses that stand in each other's place, what was put in or taken out included."""
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if j - i == m - k:
            yield from zip(before[i:j], after[k:m], strict=True)
        else:
            yield "，".join(before[i:j]), "，".join(after[k:m])


def _swapped(one: str, other: str, left: str, right: str) -> bool:
    """Whether a clause says the one of two opposites and what took its place the other, in otherwise nearly the same words."""
    if left in one and right in other and left not in other and right not in one:
        rest = SequenceMatcher(None, one.replace(left, ""), other.replace(right, ""), autojunk=False).ratio()
        return rest >= 0.75
    return False
