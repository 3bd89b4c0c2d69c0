"""Feast and sale days by their names: 中秋, 除夕, 母亲节, 618."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from intents.slots.lunar import eve, solar

_Of = Callable[[int], date | None]


def _fixed(month: int, day: int) -> _Of:
    return lambda year: date(year, month, day)


def _lunar(month: int, day: int) -> _Of:
    return lambda year: solar(year, month, day)


def _weekday(month: int, weekday: int, number: int, later: int = 0) -> _Of:
    """The ``number``-th given weekday (Monday is 0) of a month, and so many days later."""

    def of(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta((weekday - first.weekday()) % 7 + 7 * (number - 1) + later)

    return of


def _term(month: int, constant: float) -> _Of:
    """A solar term of this century by the usual formula: [0.2422 Y + C] − [Y / 4], Y the year's last two digits."""
    return lambda year: date(year, month, int(year % 100 * 0.2422 + constant) - year % 100 // 4)


_SOON = (
    r"(?=前|后|之|当天|那天|当日|期间|放假|假期|有|能|可以|送|要|会|还|到|的?时候|的?活动|的?大促|礼|,|。|!|\?|~|$"
    r"|[ ]|快|就|买|发|降|便宜|价|打折|限定|专场)"
)
_DAYS: tuple[tuple[str, _Of], ...] = (
    (r"元旦(?:节)?", _fixed(1, 1)),
    (r"(?<!白色)(?<!黑色)情人节", _fixed(2, 14)),
    (
        (
            r"妇女节|三八(?:妇女|女神|女王)?节|(?<!\d)3\.?8(?:妇女|女神|女王)?节|女神节|女王节|三八(?=大促|活动)|"
            r"(?<!\d)38(?=大促|活动)"
        ),
        _fixed(3, 8),
    ),
    (r"愚人节", _fixed(4, 1)),
    (r"清明(?:节)?(?!上河|茶|前茶)", _term(4, 4.81)),
    (r"(?<![一二三四五六七八九十百千\d])五一(?![一二三四五六七八九十百千万块元米斤号路])(?:劳动节|节)?|劳动节", _fixed(5, 1)),
    (r"母亲节", _weekday(5, 6, 2)),
    (rf"(?<![\d.])(?:520|五二零)(?:表白日|情人节|{_SOON})", _fixed(5, 20)),
    (r"(?<![一二三四五六七八九十百千\d])六一(?![一二三四五六七八九十百千万块元米斤号八])(?:儿童节|节)?|儿童节", _fixed(6, 1)),
    (r"(?<![\d.])618(?![\d元块号色:]|[a-zA-Z]|ml)|六一八", _fixed(6, 18)),
    (r"父亲节", _weekday(6, 6, 3)),
    (r"教师节", _fixed(9, 10)),
    (r"国庆(?:节)?(?!路|街)", _fixed(10, 1)),
    (
        (
            r"(?<![双一二三四五六七八九十百千第月])十一(?=黄金周|假期|长假|放假|小长假|国庆|出[去门行]|期间|之前|之后"
            r"|[前后](?!天))"
        ),
        _fixed(10, 1),
    ),
    (r"万圣节?", _fixed(10, 31)),
    (r"双(?:十一|11|1l)|光棍节", _fixed(11, 11)),
    (r"感恩节", _weekday(11, 3, 4)),
    (r"黑五|黑色星期五", _weekday(11, 3, 4, 1)),
    (r"双(?:十二|12)", _fixed(12, 12)),
    (r"冬至", _term(12, 21.94)),
    (r"平安夜", _fixed(12, 24)),
    (r"圣诞(?:节)?(?!老人|树|帽|袜)", _fixed(12, 25)),
    (r"大年三十|年三十|除夕(?:夜)?", eve),
    (r"春节|大年初一|(?<![好几大])过年(?![前后][几两]?天?[的了]?$)", _lunar(1, 1)),
    (rf"元宵节|元宵{_SOON}(?!的?礼|买)", _lunar(1, 15)),
    (r"端午(?:节)?", _lunar(5, 5)),
    (r"七夕(?:节)?", _lunar(7, 7)),
    (r"中元节", _lunar(7, 15)),
    (r"中秋(?:节)?", _lunar(8, 15)),
    (r"重阳(?:节)?", _lunar(9, 9)),
    (r"腊八(?:节)?(?!粥|蒜)", _lunar(12, 8)),
    (r"(?<![大中])小年(?!轻|纪|糕|龄)(?:夜)?", _lunar(12, 23)),
)
_HINT = re.compile(r"[节庆旦明一三二八午夕秋阳诞夜五至年宵圣1]|[568]")
_ALL = re.compile("|".join(f"(?P<d{number}>{pattern})" for number, (pattern, _) in enumerate(_DAYS)))
_WISH = re.compile(r"(?:快乐|安康|吉祥|大吉|好[呀啊哦~!,]|好$)")
_NEIGHBOUR = re.compile(r"的?(?:(?P<before>前|头)(?P<few>[一两二三123])[天晚]|(?P<after>后|第)(?P<many>[一两二三123])天)(?!内)")
_FEW = {"一": 1, "1": 1, "两": 2, "二": 2, "2": 2, "三": 3, "3": 3}
_YEAR = re.compile(r"(?P<which>前|去|今|明|后|来)年(?:的)?$|(?P<full>20\d{2})年?的?$")
_SHIFT = {"前": -2, "去": -1, "今": 0, "明": 1, "来": 1, "后": 2}


def festivals(text: str) -> Iterator[tuple[Callable[[int], date | None], int | str | None, int, int]]:
    """All named days of a sentence: (its day in a given year, which year was said, start, end).

    The year is a number of years from now (去年 → −1), a written one ("2025") or None where nothing was said.
    """
    if not _HINT.search(text):
        return
    for found in _ALL.finditer(text):
        if _WISH.match(text[found.end() :]):
            continue
        named = _DAYS[int((found.lastgroup or "d0")[1:])][1]
        shift, end = _shifted(text, found.end())
        year, start = _said(text, found.start())
        yield _moved(named, shift), year, start, end


def _shifted(text: str, end: int) -> tuple[int, int]:
    """元旦前一天: how many days from the feast, and where the words end."""
    found = _NEIGHBOUR.match(text, end)
    if not found:
        return 0, end
    if found["before"]:
        return -_FEW[found["few"]], found.end()
    return _FEW[found["many"]] - (1 if found["after"] == "第" else 0), found.end()


def _said(text: str, start: int) -> tuple[int | str | None, int]:
    """去年双十一: which year was said in front, and where the words begin."""
    found = _YEAR.search(text, max(0, start - 6), start)
    if not found:
        return None, start
    return (_SHIFT[found["which"]] if found["which"] else found["full"]), found.start()


def _moved(named: _Of, shift: int) -> _Of:
    """The day so many days later."""
    if not shift:
        return named

    def of(year: int) -> date | None:
        day = named(year)
        return day + timedelta(shift) if day else None

    return of
