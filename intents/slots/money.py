"""A budget: what may be spent, as ``{"min": x, "max": y}`` in yuan, an open end null."""

import re
from collections.abc import Iterator

from intents.finding import Found
from intents.slots.numerals import HAN, NUMBER, number, step

_YUAN = r"(?:元|块钱|块|rmb|RMB|大洋|米(?![0-9一二三四五六七八九]))"
_N = rf"[¥¥$]?{NUMBER}"
_AROUND, _LITTLE_MORE = 0.2, 0.2
_LEAST = 10
"""A bare number below it is no budget (3以内)."""
_UNDER = r"(?:以内|之内|以下|之下|封顶|往下|为上限)"
_OVER = r"(?:以上|之上|往上|起步|起(?![来泡订送拼批皮球])|打底)"
_NEAR = r"(?:左右|上下)"
_BEFORE = r"(?<![\d.A-Za-z第满减第高重])"
_RANGE = re.compile(
    rf"{_BEFORE}(?P<low>{_N}){_YUAN}?(?:-|~|到|至|—|–){{1,2}}(?P<high>{_N})(?P<yuan>{_YUAN})?(?P<tail>之间|以内|左右|的预算)?"
    rf"(?![\d.%a-zA-Z斤岁个月天号码克寸年件箱盒瓶片颗粒ml公厘米点周次包支折楼])"
)
_TWO = re.compile(
    rf"(?P<a>[一二两三四五六七八])(?P<b>[二两三四五六七八九])(?P<unit>[十百千万])(?P<yuan>{_YUAN})?(?![\d斤岁个月天号多年件箱盒瓶片颗人])"
)
_MORE = re.compile(rf"{_BEFORE}(?P<n>{_N})(?:多(?P<yuan>{_YUAN}|的|$|[, !?。以])|(?P<yuan2>{_YUAN})多)")
_OUT = re.compile(rf"{_BEFORE}(?P<n>{_N}){_YUAN}?出头")
_ODD = re.compile(rf"{_BEFORE}(?P<n>{_N})来{_YUAN}")
_AFTER = re.compile(
    rf"{_BEFORE}(?P<n>{_N})(?P<yuan>{_YUAN})?(?:的)?(?:(?P<under>{_UNDER})|(?P<over>{_OVER})|(?P<near>{_NEAR})|(?P<inside>内(?![容衣裤部]))|(?P<level>(?:的)?价位|(?:的)?预算))"
)
_NOT_TO = re.compile(rf"{_BEFORE}(?:(?P<n>{_N})(?P<yuan>{_YUAN})?不到|不到(?P<m>{_N})(?P<yuan2>{_YUAN})?)")
_AT_MOST = re.compile(
    rf"(?:(?:不要?|别|不能|最好别|最好不)(?:超过?|高于|多于)|低于|少于|小于|最多|顶多|至多|上限|封顶|控制在|最高)(?:是|在|到|能?花|出|给)?(?P<n>{_N})(?P<yuan>{_YUAN})?(?:以内|之内|以下)?"
)
_AT_LEAST = re.compile(rf"(?:不低于|不少于|高于|超过|最少|至少|起码|大于)(?:是|要)?(?P<n>{_N})(?P<yuan>{_YUAN})")
_BUDGET = re.compile(
    rf"(?:预算|价位|价格|心理价位?|只(?:想|能)花|就(?:想|能)花)"
    rf"(?:大概|大约|差不多|只有|就|是|在|有|,|:|:| ){{0,3}}(?P<n>{_N})(?P<yuan>{_YUAN})?(?P<tail>左右|上下|以内|多|出头)?"
)
_ROUND = re.compile(rf"(?<!{HAN})(?P<n>[百千])[元块]?(?P<under>以内|以下|内)")
_FOREIGN = re.compile(
    r"\s*(?:斤|岁|个|月|天|号|码|kg|KG|cm|CM|克|g(?![a-z])|寸|年|件|箱|盒|瓶|片|颗|粒|ml|ML|公分|厘米|点|周|次|包|支|折|楼|人|分|小时|%|度|星|条|袋|份|双|套)"
)
_BODY = re.compile(r"(?:身高|体重|净身高|高|重|胖|瘦|腰围|胸围|体重是)[是有约大概]{0,3}$")


def budget(text: str) -> Iterator[Found]:
    """All budgets of a sentence, the more telling forms first; the caller drops what overlaps."""
    for found in _RANGE.finditer(text):
        yield from _range(text, found)
    for found in _TWO.finditer(text):
        low, high = number(found["a"] + found["unit"]), number(found["b"] + found["unit"])
        if low and high and low < high and (found["unit"] != "十" or found["yuan"]):
            yield _budget(low, high, found)
    for pattern, more in ((_OUT, _LITTLE_MORE), (_ODD, 0.0)):
        for found in pattern.finditer(text):
            if (value := _value(found["n"])) and value >= _LEAST:
                yield (
                    _budget(value * (1 - _AROUND), value * (1 + _AROUND), found)
                    if not more
                    else _budget(value, value * (1 + more), found)
                )
    yield from _limits(text)
    for found in _MORE.finditer(text):
        value = _value(found["n"])
        if value and value >= _LEAST and step(value) >= 10 and not _body(text, found):
            end = (
                found.end("yuan")
                if found["yuan"] and re.fullmatch(_YUAN, found["yuan"])
                else found.start("yuan")
                if found["yuan"] is not None
                else found.end()
            )
            yield Found("budget", _record(value, value + step(value)), found.start(), end)


def _limits(text: str) -> Iterator[Found]:
    """A bound on one side, or a figure with its margin."""
    for found in _NOT_TO.finditer(text):
        if (value := _value(found["n"] or found["m"])) and _money(text, found, value, found["yuan"] or found["yuan2"]):
            yield _budget(None, value, found)
    for pattern in (_BUDGET, _AT_MOST, _AFTER, _AT_LEAST, _ROUND):
        for found in pattern.finditer(text):
            groups = found.groupdict()
            value = _value(found["n"])
            if value is None or not _money(text, found, value, groups.get("yuan")):
                continue
            yield _bounded(pattern, found, value)


def _bounded(pattern: re.Pattern[str], found: re.Match[str], value: float) -> Found:
    """The budget that one match of a limit stands for."""
    groups = found.groupdict()
    tail = groups.get("tail")
    start = found.start("n") if pattern is _BUDGET else found.start()
    low: float | None = None
    high: float | None = value
    if groups.get("near") or groups.get("level") or tail in ("左右", "上下"):
        low, high = value * (1 - _AROUND), value * (1 + _AROUND)
    elif tail == "多":
        low, high = value, value + step(value)
    elif tail == "出头":
        low, high = value, value * (1 + _LITTLE_MORE)
    elif groups.get("over") or pattern is _AT_LEAST:
        low, high = value, None
    end = found.start("level") if groups.get("level") else found.end()
    return Found("budget", _record(low, high), start, end)


def _range(text: str, found: re.Match[str]) -> Iterator[Found]:
    """两到三百, 200-300: the lower figure borrows the unit of the higher."""
    low, high = _value(found["low"]), _value(found["high"])
    if low is None or high is None:
        return
    unit = step(high)
    if low < 10 <= high and unit >= 10 and low * unit < high and not found["low"].strip("¥").isdigit():
        low *= unit
    telling = (
        found["yuan"]
        or found["tail"]
        or "¥" in found[0]
        or re.search(r"(预算|价位|价格|块|元)[^,。]{0,4}$", text[: found.start()])
    )
    if (
        low < high
        and high >= 20
        and (telling or (step(low) >= 10 and step(high) >= 10 and high >= 50))
        and not _body(text, found)
    ):
        end = (
            found.end("tail")
            if found["tail"] and found["tail"] != "的预算"
            else found.end("yuan")
            if found["yuan"]
            else found.end("high")
        )
        yield Found("budget", _record(low, high), found.start(), end)


def _value(text: str | None) -> float | None:
    """The figure behind an optional currency sign."""
    return number(text.lstrip("¥$")) if text else None


def _money(text: str, found: re.Match[str], value: float, yuan: str | None) -> bool:
    """Whether the figure is money: a unit says so, or nothing says otherwise."""
    if yuan:
        return True
    group = "n" if found["n"] else "m"
    follows = text[found.end(group) :]
    return value >= _LEAST and not _FOREIGN.match(follows) and not _body(text, found)


def _body(text: str, found: re.Match[str]) -> bool:
    """身高165左右 is a height."""
    return _BODY.search(text[: found.start()]) is not None


def _budget(low: float | None, high: float | None, found: re.Match[str]) -> Found:
    return Found("budget", _record(low, high), *found.span())


def _record(low: float | None, high: float | None) -> dict[str, float | str | None]:
    """Whole yuan where the figures are whole."""
    return {"min": _whole(low), "max": _whole(high)}


def _whole(value: float | None) -> float | None:
    if value is None:
        return None
    value = round(value, 2)
    return int(value) if value == int(value) else value
