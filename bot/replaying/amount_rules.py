"""How amounts are written: one rule a family, 48小时 and 两天, 晚上8点 and 20:00, 打八折 and 8折 in the same unit. Pure.

The rules are used one after the other, the longest ways of writing first; what one has taken the next do not see.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from bot.replaying.numerals import NUMBER, SPAN, digits, values

Bound = Literal["", "up", "down"]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts."""

    family: str
    """What is counted: time, money, share, clock, …; ``bare`` where the text does not say."""
    value: str
    """In the family's one unit: hours, yuan, percent, minutes of the day."""
    written: str = ""
    """The plain number, for what is told and for a bare number that means the same."""
    weak: bool = False
    bound: Bound = ""
    told: str = ""
    """As the text says it, for whoever reads a report."""

    @property
    def key(self) -> tuple[str, str]:
        """What makes two of them the same."""
        return self.family, self.value


_HOURS: Final = {
    "秒": 1 / 3600, "分钟": 1 / 60, "分": 1 / 60, "刻钟": 0.25, "小时": 1, "钟头": 1, "h": 1, "天": 24, "日": 24, "晚": 24,
    "周": 168, "星期": 168, "礼拜": 168, "月": 720, "季度": 2160, "季": 2160, "年": 8640, "岁": 8640, "周岁": 8640,
}  # fmt: skip
"""A month is 30 days and a year twelve months; 365天 is set right apart."""
_UNIT = "分钟|刻钟|小时|钟头|h(?![a-z])|天|日(?!元)|晚|周岁?|星期|礼拜|月|季度|季|年|岁|秒"
_SIZES: Final = {
    "ml": ("ml", 1.0), "毫升": ("ml", 1.0), "l": ("ml", 1000.0), "升": ("ml", 1000.0), "g": ("g", 1.0), "克": ("g", 1.0),
    "mg": ("g", 0.001), "kg": ("g", 1000.0), "公斤": ("g", 1000.0), "千克": ("g", 1000.0), "斤": ("g", 500.0),
    "km": ("m", 1000.0), "公里": ("m", 1000.0), "千米": ("m", 1000.0), "米": ("m", 1.0), "厘米": ("m", 0.01),
    "cm": ("m", 0.01), "毫米": ("m", 0.001), "mm": ("m", 0.001), "度": ("度", 1.0),
}  # fmt: skip
_PM: Final = frozenset({"下午", "午后", "傍晚", "晚上", "晚间", "晚", "夜里", "半夜", "当晚"})
_WEEK: Final = "一二三四五六日"
_RANGE = rf"(?:(?P<lo>{NUMBER}){SPAN})?(?P<n>{NUMBER})\s*"
_HAPPENS = re.compile(r"到|发|补|送|退|有货|上架|开[始抢]|恢复|截")
Found = Callable[[re.Match[str]], Iterator[Amount]]


def _plain(value: float) -> str:
    return f"{round(value, 4):g}" if value < 1_000_000 else f"{value:.0f}"


def _ends(found: re.Match[str]) -> Iterator[float]:
    """Both ends of a range, or the one number."""
    for side in ("lo", "n"):
        if written := found[side]:
            yield from values(written)


def _scaled(family: str, scale: float = 1.0, weak: bool = False) -> Found:
    """Amounts of a family, each times ``scale``."""

    def told(found: re.Match[str]) -> Iterator[Amount]:
        for value in _ends(found):
            yield Amount(family, _plain(value * scale), _plain(value), weak)

    return told


def _fixed(family: str, value: str, weak: bool = False) -> Found:
    """Always the same amount."""
    return lambda _: iter((Amount(family, value, value, weak),))


def _named(family: str) -> Found:
    """A name with numbers in it, such as SPF50 or a number in a street."""
    return lambda found: iter((Amount(family, found[0].strip(), found[0].strip(), True),))


def _time(found: re.Match[str]) -> Iterator[Amount]:
    unit, half = found["u"], 0.5 if found["half"] or found["after"] else 0.0
    numbers = tuple(_ends(found)) if found["n"] else (0.0,)
    for value in numbers:
        hours = 8640.0 if (unit, value) == ("天", 365.0) else (value + half) * _HOURS[unit]
        yield Amount("time", _plain(hours), _plain(value + half))


def _size(found: re.Match[str]) -> Iterator[Amount]:
    family, scale = _SIZES[found["u"]]
    return _scaled(family, scale)(found)


def _soon(found: re.Match[str]) -> Iterator[Amount]:
    """A day that is near; it promises something only where something happens on it."""
    rest = re.split(r"[，。；！？,;!?\n]", found.string[found.end() :], maxsplit=1)[0]
    name = found[0].replace("日", "天")
    yield Amount("relative", name, name, weak=not _HAPPENS.search(rest))


def _every(found: re.Match[str]) -> Iterator[Amount]:
    yield Amount("time", _plain(_HOURS[found["u"]]), "1", weak=True)


def _date(found: re.Match[str]) -> Iterator[Amount]:
    month = _plain(values(found["m"])[0])
    if found["y"]:
        yield Amount("year", found["y"], found["y"], weak=True)
    for written in re.findall(NUMBER, found["d"]):
        yield Amount("date", f"{month}.{_plain(values(written)[0])}", f"{month}.{_plain(values(written)[0])}")


def _money(found: re.Match[str]) -> Iterator[Amount]:
    more = values(found["more"])[0] / 10 if found["more"] else 0.0
    for value in _ends(found):
        yield Amount("money", _plain(value + more), _plain(value + more))


def _off(found: re.Match[str]) -> Iterator[Amount]:
    value = digits(found["n"])
    value = value * 10 if value < 10 else value
    yield Amount("cut", _plain(value), found["n"])


def _weekday(found: re.Match[str]) -> Iterator[Amount]:
    day, last = (found[side] and found[side].replace("天", "日").replace("末", "日") for side in ("day", "last"))
    span = {("一", "五"): "平日", ("一", "日"): "天天", ("六", "日"): "周末"}.get((day, last or ""))
    if span == "天天":
        yield Amount("time", "24", "1", weak=True)
    elif span or not last:
        yield Amount("weekday", span or day, found[0])
    else:
        yield from (Amount("weekday", one, found[0]) for one in _WEEK[_WEEK.index(day) : _WEEK.index(last) + 1])


class Clocks:
    """Hours of the day; one without its part of the day belongs to that of the one before it."""

    def __init__(self) -> None:
        self._last = -1.0
        self._part = ""

    def __call__(self, found: re.Match[str]) -> Iterator[Amount]:
        """The one or two hours that were found."""
        self._part = found["part"] or self._part
        if found["lo"]:
            yield self._hour(values(found["lo"])[0], 0.0)
        hour = found["h"] or found["n"]
        past = {"半": 30.0, "一刻": 15.0, "三刻": 45.0}.get(found["past"] or "", 0.0)
        if minutes := found["mi"] or found["minutes"]:
            past = values(minutes)[0]
        yield self._hour(values(hour)[0], past)

    def _hour(self, hour: float, past: float) -> Amount:
        if hour < 12 and (self._part in _PM or (self._part and hour * 60 + past < self._last)):
            hour += 12
        elif hour == 12 and self._part in _PM - {"下午", "午后"}:
            hour = 24
        self._last = hour * 60 + past
        return Amount("clock", _plain(self._last), f"{hour:g}点{past:g}" if past else f"{hour:g}点")


_PART = "凌晨|清晨|早上|早晨|上午|早|中午|午后|下午|傍晚|当晚|晚上|晚间|晚|半夜|夜里"
_CLOCK = re.compile(
    rf"(?P<part>{_PART})?\s*(?:(?<![\d:])(?P<h>\d{{1,2}}):(?P<mi>\d\d)(?!\d)|(?:(?<![\d.])(?P<lo>\d{{1,2}}){SPAN})?"
    rf"(?<![\d.])(?P<n>\d{{1,2}}|(?<![有这那几])[二两三四五六七八九]|(?(part)一|(?!))|十[一二]?|二十[一二三四]?)"
    rf"(?:点钟?|时(?!候|间|段|常))(?:(?P<past>半|整|一刻|三刻)|(?P<minutes>\d\d|[二三四五]?十[一-九]?)分?(?!钟))?)"
)
Rule = tuple[str, str, Found]
"""Signs of which a text needs one for the pattern to find anything (none: a number is enough), the pattern, what it tells."""
_FIRST: Final[tuple[Rule, ...]] = (
    ("", r"(?<![\d.])(?:0\d{2,3}-\d{3,4}-?\d{3,4}|[48]00-?\d{3,4}-?\d{3,4}|1[3-9]\d{9})(?!\d)", _named("phone")),
    (
        "月",
        rf"(?:(?P<y>20\d\d)年?[./-]?)?(?<!\d)(?P<m>\d{{1,2}}|十?[一二三四五六七八九]|十)月(?P<d>{NUMBER}(?:[、和及到至~-]{NUMBER})*)[日号]",
        _date,
    ),
    ("", r"(?<!\d)(?P<y>20\d\d)[./-](?P<m>\d{1,2})[./-](?P<d>\d{1,2})(?!\d)", _date),
    ("/", r"(?<![\d/])(?P<y>)?(?P<m>1[0-2]|0?[1-9])/(?P<d>[12]\d|3[01]|0?[1-9])(?![\d/])", _date),
    ("年", r"(?<!\d)(?P<lo>)?(?P<n>20\d\d)年(?:版|度)?", _scaled("year")),
    ("号", r"(?<=[路街道巷弄])\d+号", _named("address")),
    ("abcdefghijklmnopqrstuvwxyz", r"[a-z]+[-+]?\d+(?:-\d+)*[a-z+]*|(?<![\d.])\d{1,2}m(?![a-z])", _named("model")),
    (
        "周期拜",
        r"(?:每个?|逢|(?<![一二两三四五六\d]))(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?!\S{0,3}[次回遍])(?![个件瓶盒份片张岁])(?:(?:到|至|[-~])(?:周|星期|礼拜)?(?P<last>[一二三四五六日天末]))?",
        _weekday,
    ),
)
_THEN: Final[tuple[Rule, ...]] = (
    ("百", rf"(?P<lo>)?百分之(?P<n>{NUMBER})", _scaled("share")),
    ("%", rf"{_RANGE}%(?!\s*off)", _scaled("share")),
    ("成", rf"(?P<lo>)?(?P<n>{NUMBER})成(?![团为分功本品人交立员年熟])", _scaled("share", 10)),
    ("折", rf"(?P<lo>)?(?P<n>{NUMBER})折(?![现扣返叠后腾中])", _off),
    ("半对", r"半价|对折", _fixed("cut", "50")),
    ("作", rf"{_RANGE}个?工作日", _scaled("workday")),
    ("周双", r"周末|双休日", _fixed("weekday", "周末")),
    ("平作", r"平日|工作日", _fixed("weekday", "平日")),
    ("月", rf"(?:每个?|当|本|下个?)月的?(?P<lo>)?(?P<n>{NUMBER})[号日]", _scaled("day")),
    ("第次隔翌转", r"第二天|次日|隔一?天|隔日|翌日|转天", _fixed("relative", "次日", weak=True)),
    ("第次下", r"第二年|次年|下一年", _fixed("relative", "次年", weak=True)),
    ("第次下", r"第二个月|次月|下个月", _fixed("relative", "次月", weak=True)),
    ("当", r"当[天日晚](?!地)", _fixed("relative", "当天", weak=True)),
    ("当", r"当[月年季]", _named("relative")),
    ("明后今大", r"大后天|后天|明[天早晚日]|今晚", _soon),
    ("底末初", r"[月年季][底末初]", _named("relative")),
    ("第", rf"第(?P<lo>)?(?P<n>{NUMBER})(?=[次个件步天批层遍份瓶单页条杯场种款周位名期])", _scaled("ordinal", weak=True)),
    ("第", rf"第(?P<lo>)?(?P<n>{NUMBER})", _scaled("rank")),
    ("天日", r"天天|(?<![\d日])日日", _fixed("time", "24", weak=True)),
    ("每", r"每一?个?(?P<u>小时|钟头|天|日|晚|周|星期|礼拜|月|季度|季|年)", _every),
    ("半", rf"(?:{_RANGE})?个?(?P<half>半)个?(?P<u>{_UNIT})(?P<after>)?", _time),
    ("钟时头h天日晚周期拜月季年岁秒", rf"{_RANGE}个?(?P<half>)?(?P<u>{_UNIT})(?P<after>半)?", _time),
    ("¥", rf"¥\s*{_RANGE}(?:元|块钱?)?(?P<more>)?", _money),
    (
        "元圆块r",
        rf"{_RANGE}(?:元|圆|rmb|块(?:(?P<more>[\d一二三四五六七八九])(?=毛|角|$|[，。；、！包的])(?:毛|角)?|钱)?)",
        _money,
    ),
    ("分", rf"{_RANGE}(?:个?积分|分(?![钟之开别享类摊期]))", _scaled("points")),
    ("倍", rf"{_RANGE}倍", _scaled("fold")),
    ("倍", r"双倍|翻倍", _fixed("fold", "2")),
    ("次回遍趟", rf"{_RANGE}[次回遍趟]", _scaled("times")),
    (
        "lg升克斤米度m里",
        rf"{_RANGE}(?P<u>ml|毫升|mg|kg|公斤|千克|km|公里|千米|厘米|cm|毫米|mm|[升克斤米度]|[gl](?![a-z]))",
        _size,
    ),
    ("号日", rf"{_RANGE}[号日](?![店仓线楼色])", _scaled("day")),
    ("层楼f", rf"{_RANGE}(?:[层楼]|f(?![a-z]))", _scaled("floor", weak=True)),
    ("位", r"(?P<lo>)?(?P<n>[一两三123])位", _scaled("people", weak=True)),
    ("个款", r"(?P<lo>)?(?P<n>(?<!\d)[一两三123])[个款](?![人字月]|小时|工作)", _scaled("count", weak=True)),
    ("人位名", rf"{_RANGE}(?:个人|[位名人])", _scaled("people")),
    ("字", rf"{_RANGE}个?字", _scaled("letters")),
    (
        "市面骤线家间座样项种类步点处",
        rf"{_RANGE}(?:个?(?:城市|方面|步骤)|条线|[家间座样项种类步点处])",
        _scaled("kinds", weak=True),
    ),
    ("", rf"{_RANGE}[个件份支瓶盒包袋款张片场滴单笔套双对只枚颗粒句台级期色仓枝泵下勺箱条杯组头]", _scaled("count")),
    ("选", r"[二三四五两\d]选(?P<lo>)?(?P<n>[一1])", _scaled("count")),
    ("0123456789", rf"(?:(?P<lo>\d+(?:\.\d+)?){SPAN})?(?P<n>\d+(?:\.\d+)?)", _scaled("bare")),
    (
        "十百千万",
        r"(?P<lo>)?(?P<n>[一二两三四五六七八九零]*[十百千][零一二两三四五六七八九十百千万]+|[一二两三四五六七八九]+[十百千万])",
        _scaled("bare"),
    ),
    ("满减买送赠抵返", r"(?<=[满减买送赠抵返])(?P<lo>)?(?P<n>[一二两三四五六七八九十])(?![一-龥]?[一二三]?点)", _scaled("bare")),
)


def _ready(rules: tuple[Rule, ...]) -> tuple[tuple[frozenset[str], re.Pattern[str], Found], ...]:
    return tuple((frozenset(needs), re.compile(pattern), told) for needs, pattern, told in rules)


RULES: Final = (*_ready(_FIRST), (frozenset("点时:"), _CLOCK, None), *_ready(_THEN))
"""(signs of which a text needs one, what to look for, what it tells); None: the hours of the day, which remember the last."""
