"""A budget: what may be spent, as ``{"min": x, "max": y}`` in yuan, an open end null."""

import re
from collections.abc import Callable, Iterator

from intents.finding import Found
from intents.slots.numerals import number, step
from intents.slots.spans import AROUND, FOREIGN, LEAST, YUAN, N, record, scaled, spent

_UNDER = r"(?:以内|之内|以下|之下|以里|封顶|往下|为上限|打住|顶天|到顶|内(?![容衣裤部胆]))"
_OVER = r"(?:以上|之上|往上|朝上|起步|起(?![来泡订送拼批皮球码发卖])|打底|开外)"
_NEAR = r"(?:左右|上下|的样子)"
_BEFORE = r"(?<![\d.A-Za-z第满减高重])(?<!\d:)"
_FREE = r"(?![\d.%a-zA-Z斤岁个月天日号码克寸年件箱盒瓶片颗粒公厘点周次包支折楼段层倍米度位人张袋条份分字词兆瓦])"
_RANGE = re.compile(
    rf"{_BEFORE}(?P<low>{N}){YUAN}? ?(?:-|~|到|至|—|–|_){{1,2}} ?(?P<high>{N})(?P<yuan>{YUAN})?(?:{_FREE})"
    r"(?P<tail>之间|这个区间|区间|左右|上下|以内)?"
)
_TWO = re.compile(
    r"(?<![零一二两三四五六七八九十百千万\d])(?P<a>[一二两三四五六七八])(?P<b>[二两三四五六七八九])(?P<unit>[十百千万])"
    rf"(?P<yuan>{YUAN})?(?![\d零一二两三四五六七八九])(?:{_FREE})(?P<tail>左右|上下|以内|之间)?"
)
_LAST_TWO = re.compile(
    rf"(?P<head>[一二两三四五六七八九][百千])(?P<a>[一二三四五六七八])(?P<b>[二三四五六七八九])(?P<yuan>{YUAN})?"
    rf"(?![\d十百千万])(?:{_FREE})"
)
_ROUGH = re.compile(rf"(?P<n>百十?来|百把|千把|万把)(?P<yuan>{YUAN})")
_SOME = re.compile(rf"(?<![好十这那])(?P<few>小几|几|大几)(?P<unit>[十百千])(?P<yuan>{YUAN})(?P<tail>以内|以下|左右)?")
_PLACES = re.compile(r"(?P<n>[两三四二])位数(?P<under>以内|以下|内)?(?!密|字|的?密码|的?号)")
_MORE = re.compile(
    rf"{_BEFORE}(?P<n>{N})(?:多(?P<yuan>{YUAN})|多(?=的|$|[, !?。以吧])|(?P<yuan2>{YUAN})多)(?![个件只])(?!钱?(?:买的"
    r"|入的|拍的|到手|的话费|打水漂|不是|白))"
)
_OUT = re.compile(rf"{_BEFORE}(?P<n>{N}){YUAN}?(?:刚)?出头")
_ODD = re.compile(rf"{_BEFORE}(?P<n>{N})来{YUAN}")
_AFTER = re.compile(
    rf"{_BEFORE}(?P<n>{N})(?P<yuan>{YUAN})?(?:钱|的)?(?:(?P<under>{_UNDER})|(?P<over>{_OVER})|(?P<near>{_NEAR})"
    r"|(?P<level>(?:的)?(?:价位|预算|档)))"
)
_NOT_TO = re.compile(rf"{_BEFORE}(?:(?P<n>{N})(?P<yuan>{YUAN})?不到|不到(?P<m>{N})(?P<yuan2>{YUAN})?)")
_AT_MOST = re.compile(
    r"(?:(?:不要?|别|不能|不可以?|不准|最好别|最好不要?|尽量别|尽量不要?|千万别)(?:超过?|高于|多于|大于|贵过|过)"
    r"|(?<!最)低于|少于|小于|最多|顶多|至多|最贵|顶天|撑死|(?P<loose>上限|封顶|控制在|最高))"
    rf"(?:就|也就|是|在|到|只?能?花|只?能?出|给|也|只|了)?(?P<n>{N})(?P<yuan>{YUAN})?(?P<tail>以内|之内|以下|内|左右)?"
)
_AT_LEAST = re.compile(
    rf"(?:不低于|不少于|高于|超过|最少|至少|起码|大于)(?:是|要|得|也得|也要)?(?P<n>{N})(?:(?P<yuan>{YUAN})|(?=的|吧|$"
    r"|以上))(?:以上)?"
)
_TOO_MUCH = re.compile(
    rf"(?:超过|高于|大于)(?P<n>{N})(?P<yuan>{YUAN})?(?=的?(?:就|都|我)?(?:不要|不考虑|不买|免谈|算了|太贵|买不起|不行"
    r"|别|接受不了))"
)
_BUDGET = re.compile(
    r"(?:(?P<sure>预算|心理价位?|人均|每人|价位|只(?:想|能)花|就(?:想|能)花|打算花|准备花|想花|愿意花|手[里上头])|"
    r"(?P<price>价格|价钱))"
    r"(?:大概|大约|大致|差不多|一共|总共|加起来|只有|也就|就|是|在|有限|有点紧|不多|不高|紧张|有|约|给到?|放宽到?"
    r"|提到|加到|可以到|能到|到|控制在"
    r"|每人|人均|一个人|我|呢|的话|了|,|:| ){0,4}"
    rf"(?P<n>{N})(?P<yuan>{YUAN}|米)?(?P<tail>左右|上下|以内|之内|以下|内|多|出头|以上|起)?"
)
_ROUND = re.compile(
    r"(?<![零一二两三四五六七八九十百千万几\d])(?P<n>[百千])(?:元|块)?(?:(?P<under>以内|以下|内(?!容))|(?P<near>左右"
    r"|上下)|(?P<level>价位|预算|档|级别))"
)
_BODY = re.compile(r"(?:身高|体重|净身高|高|重|胖|瘦|腰围|胸围|体重是)[是有约大概]{0,3}$")
_OFFER = re.compile(r"(?:就|才|可以?|能|都)?(?:免|包邮|送|减|打折|可用|用券|参加)")
_TELLING = re.compile(r"(?:预算|价位?|价格|块|元|人均)[^,。]{0,4}$")
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_Bounds = tuple[float | None, float | None] | None
_WORN = re.compile(r"身高|体重|斤|kg|公斤|穿|码")


def budget(text: str) -> Iterator[Found]:
    """All budgets of a sentence, the more telling forms first; the caller drops what overlaps."""
    yield from _ranges(text)
    yield from _vague(text)
    for pattern in (_NOT_TO, _BUDGET, _AT_MOST, _TOO_MUCH, _AFTER, _AT_LEAST, _ROUND):
        for found in pattern.finditer(text):
            yield from _limit(text, pattern, found)


def _ranges(text: str) -> Iterator[Found]:
    """200-300, 两到三百, 三五百, 一百二三."""
    for found in _RANGE.finditer(text):
        yield from _range(text, found)
    for found in _TWO.finditer(text):
        low, high = number(found["a"] + found["unit"]), number(found["b"] + found["unit"])
        told = found["yuan"] or found["tail"] or re.search(r"(?:预算|价)[^,。]{0,4}$", text[: found.start()])
        if low and high and low < high and (found["unit"] != "十" or told) and not spent(text, found.start()):
            yield _found(None if found["tail"] == "以内" else low, high, found)
    for found in _LAST_TWO.finditer(text):
        low, high = number(found["head"] + found["a"]), number(found["head"] + found["b"])
        if low and high and low < high and not spent(text, found.start()) and not _body(text, found):
            yield _found(low, high, found)


def _vague(text: str) -> Iterator[Found]:
    """三百来块, 千把块, 几百块, 三位数, 两百多, 两百出头."""
    for pattern, bounds in _VAGUE:
        for found in pattern.finditer(text):
            if not spent(text, found.start()) and (meant := bounds(found)):
                yield _found(*meant, found)
    for found in _MORE.finditer(text):
        value = scaled(found["n"])
        if value and value >= LEAST and step(value) >= 10 and not _body(text, found) and not spent(text, found.start()):
            yield _found(value, value + step(value), found)


def _odd(found: re.Match[str]) -> _Bounds:
    """三百来块: about three hundred."""
    value = scaled(found["n"])
    return (value * (1 - AROUND), value * (1 + AROUND)) if value and value >= LEAST else None


def _rough(found: re.Match[str]) -> _Bounds:
    """千把块: about a thousand."""
    value = _UNITS[found["n"][0]]
    return value * (1 - AROUND), value * (1 + AROUND)


def _some(found: re.Match[str]) -> _Bounds:
    """几百块: some hundreds, of which 小几百 are the lower half."""
    unit = _UNITS[found["unit"]]
    return None if found["tail"] in ("以内", "以下") else unit, unit * (5 if found["few"] == "小几" else 10)


def _places(found: re.Match[str]) -> _Bounds:
    """三位数: 100 to 999."""
    places = {"两": 2, "二": 2, "三": 3, "四": 4}[found["n"]]
    return None if found["under"] else 10 ** (places - 1), 10**places - 1


def _out(found: re.Match[str]) -> _Bounds:
    """两百出头: a little more."""
    value = scaled(found["n"])
    if not value or value < LEAST or FOREIGN.match(found.string, found.end("n")):
        return None
    return value, value * (1 + AROUND)


_VAGUE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Bounds]], ...] = (
    (_ODD, _odd),
    (_ROUGH, _rough),
    (_SOME, _some),
    (_PLACES, _places),
    (_OUT, _out),
)


def _limit(text: str, pattern: re.Pattern[str], found: re.Match[str]) -> Iterator[Found]:
    """A bound on one side, or a figure with its margin, where it is money."""
    groups = found.groupdict()
    group = "n" if found["n"] else "m"
    value = scaled(found[group])
    if value is None or not _money(text, found, group, groups.get("yuan") or groups.get("yuan2")):
        return
    if groups.get("price") and not groups.get("tail") and re.search(r"[吗?变涨降从]|多少|怎么", text[found.start() :]):
        return
    if pattern is _AFTER and (spent(text, found.start()) or _promotion(text, found)):
        return
    yield _bounded(pattern, found, value)


def _promotion(text: str, found: re.Match[str]) -> bool:
    """500以上包邮 is a shop's rule."""
    return found["over"] is not None and _OFFER.match(text, found.end()) is not None


def _bounded(pattern: re.Pattern[str], found: re.Match[str], value: float) -> Found:
    """The budget that one match of a limit stands for."""
    groups = found.groupdict()
    tail = groups.get("tail")
    low: float | None = None
    high: float | None = value
    if groups.get("near") or groups.get("level") or tail in ("左右", "上下"):
        low, high = value * (1 - AROUND), value * (1 + AROUND)
    elif tail == "多":
        low, high = value, value + step(value)
    elif tail == "出头":
        low, high = value, value * (1 + AROUND)
    elif groups.get("over") or pattern is _AT_LEAST or tail in ("以上", "起"):
        low, high = value, None
    start = found.start("n") if pattern is _BUDGET or (groups.get("loose") and tail) else found.start()
    end = found.start("level") if groups.get("level") else found.end()
    return Found("budget", record(low, high), start, end)


def _range(text: str, found: re.Match[str]) -> Iterator[Found]:
    """两到三百, 200-300: the lower figure borrows the unit of the higher."""
    low, high = scaled(found["low"]), scaled(found["high"])
    if low is None or high is None:
        return
    unit = step(high)
    if low < 10 <= high and unit >= 10 and low * unit < high:
        low *= unit
    telling = found["yuan"] or found["tail"] or "¥" in found[0] or _TELLING.search(text[: found.start()])
    plain = step(low) >= 10 and step(high) >= 10 and high >= 50
    if not low < high or high < 20 or not (telling or plain) or _body(text, found) or spent(text, found.start()):
        return
    yield _found(low, high, found)


def _money(text: str, found: re.Match[str], group: str, yuan: str | None) -> bool:
    """Whether the figure is money: a unit says so, or nothing says otherwise."""
    value = scaled(found[group]) or 0
    if yuan == "米" or (yuan and yuan[0] == "米"):
        return value >= LEAST and not re.search(r"距|离|远|附近|走|高|长", text)
    if yuan:
        return True
    if value < LEAST or FOREIGN.match(text, found.end(group)) or _body(text, found):
        return False
    return not (140 <= value <= 200 and found.groupdict().get("near") and _WORN.search(text))


def _body(text: str, found: re.Match[str]) -> bool:
    """身高165左右 is a height."""
    return _BODY.search(text[: found.start()]) is not None


def _found(low: float | None, high: float | None, found: re.Match[str]) -> Found:
    return Found("budget", record(low, high), *found.span())
