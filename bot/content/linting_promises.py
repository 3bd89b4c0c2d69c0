"""Promises of date, price and stock: each is held against the calendar, the catalogue and the window in which it is said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import Mark, Piece, Severity, pieces, told
from bot.content.linting_reading import plain

_N: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DATE: Final = re.compile(
    rf"(?:(?P<year>20\d\d)\s*[年./-]\s*)?(?P<month>{_N})\s*(?:月|[./-](?=\d))\s*(?P<day>{_N})(?:\s*[日号]|(?![\d元折件点:%倍个]))"
)
_NAMED: Final[Mapping[str, tuple[int, int]]] = {
    "双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12), "618": (6, 20), "六一八": (6, 20),
    "圣诞": (12, 27), "三八": (3, 8), "女神节": (3, 8), "妇女节": (3, 8), "五一": (5, 5), "国庆": (10, 8), "元旦": (1, 3),
    "平安夜": (12, 24), "万圣": (10, 31), "七夕": (8, 31), "520": (5, 21),
}  # fmt: skip
_BEFORE: Final = re.compile(r"(?:到|至|截止到?|截至|止于|持续到|延续到|最晚|赶在|-|—|~|～)\s*$")
_AFTER: Final = re.compile(
    r"^\s*(?:晚上?|凌晨|零点|24\s*点|\d{1,2}\s*点|\d{1,2}:\d\d)*\s*(?:前|之前|以前|为止|止|截止|结束|收官|到期|过期|失效|内有效|之内)"
)
_LASTING: Final = re.compile(
    r"每年|年年|第二年|次年|当年|明年|去年|上一?年|往年|每到|每个?月|常年|生产日期|保质期|批次|备案|创立|成立|起取消|自.{0,4}年起"
)
_CALLS: Final = re.compile(
    r"(?:正在|火热|限时)?(?:进行中|进行时)|来啦|来了|开始啦|开抢|马上(?:开始|结束)|倒计时|最后[一二三两\d]?天|今晚|今天|返场|预热|预售|全场|每满|正在"
)
_OVER_SURELY: Final = 120
"""Days after a day without a year up to which it is surely the past one; up to twice as many a person should look."""
_PRICE: Final = re.compile(
    r"[¥￥]\s*(\d+(?:\.\d{1,2})?)|(?<![\d.])(\d+(?:\.\d{1,2})?)\s*(?:元|块钱?|RMB)(?!以上|以内|起|券|左右|优惠|红包|运费|积分|的券|硬币|店)",
    re.IGNORECASE,
)
_NO_PRICE: Final = re.compile(
    r"(?:满|减|送|抵|券|省|返|差|立减|优惠|补贴|运费|邮费|邮|门槛|每|不足|超过|低于|退|押金|定金|红包|付|消费|实付|充值|工本费|服务费|一元|预算|加|积分)[^，。；！？\d]{0,5}$"
)
_SPECIAL: Final = re.compile(
    r"(?:到手价?|仅售|现价|特价|秒杀价?|活动价|促销价|券后价?|只要|只需|低至|直降到?|原价|售价|惊爆价|内购价|团购价|一口价|卖)\s*[:：是为]?\s*[¥￥]?\s*(\d+(?:\.\d{1,2})?)\s*(?:元|块)?(?!\s*(?:天|件|小时|分|步|滴|次|位|家|个|样|款|积分|分钟|点|折|%))"
)
_THERE: Final = re.compile(r"(?:现货|现在有货|有现货|有货|库存充足|货源充足|货很足|随时有货|都有货|不缺货|当天就?能?拿)")
_GONE: Final = re.compile(r"(?:没有?货|缺货|断货|售罄|卖完|卖光|下架|停售|不卖了|停产|无货|补货中)")
_LEFT: Final = re.compile(
    r"(?:只剩|仅剩|还剩|最后|剩余|库存)\s*([\d一二三四五六七八九十两]+)\s*(?:件|瓶|支|盒|套|份|个|组)|限量\s*(\d+)\s*(?:件|瓶|支|盒|套|份|个)"
)
_SIZE: Final = re.compile(r"\s*\d+(?:\.\d+)?\s*(?:g|ml|kg|l|片|支|粒|枚|只|个|张|颗|色|cm|mm)?(?:[×x*]\d+\w*)?.*$", re.IGNORECASE)
_ENDS: Final = re.compile(r"[。！？!?；;\n]")
_SHORTEST_NAME: Final = 5
"""Signs from which on a product's name, without brand and size, can be nothing else."""


@dataclass(frozen=True, slots=True)
class Good:
    """A product as texts name it."""

    sku: str
    price: float
    pieces: int
    active: bool
    stores: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Goods:
    """The catalogue by the names that texts use."""

    by_name: Mapping[str, Sequence[Good]]
    starts: Mapping[str, Sequence[str]]
    """First two signs → names, the longest first: a text is looked through once."""

    @classmethod
    def of(cls, products: Sequence[Item]) -> "Goods":
        """The names of these products: whole, without size, without brand."""
        names: dict[str, list[Good]] = {}
        for item in products:
            good = _good(item)
            for name in _names(item):
                names.setdefault(name, []).append(good)
        starts: dict[str, list[str]] = {}
        for name in sorted(names, key=len, reverse=True):
            starts.setdefault(name[:2], []).append(name)
        return cls(names, starts)

    def named(self, text: str) -> Iterator[tuple[int, str]]:
        """(place, name) of the products that a text names, the longest name at each place."""
        at = 0
        while at < len(text) - 1:
            name = next((one for one in self.starts.get(text[at : at + 2], ()) if text.startswith(one, at)), None)
            if name:
                yield at, name
            at += len(name) if name else 1


def _good(item: Item) -> Good:
    value = item.value
    try:
        price = float(str(value.get("price", "") or 0).strip("¥￥元 ").replace(",", ""))
    except ValueError:
        price = 0.0
    stock = value.get("stock")
    stores = {name: int(n) for name, n in stock.items() if isinstance(n, int)} if isinstance(stock, Mapping) else {}
    total = sum(stores.values()) if isinstance(stock, Mapping) else int(str(stock or 0)) if str(stock or 0).isdigit() else 0
    return Good(item.key.id, price, total, told(value, "status") in {"", "active"}, stores)


def _names(item: Item) -> Iterator[str]:
    whole = plain(told(item.value, "name")).strip()
    bare = _SIZE.sub("", whole).strip() or whole
    brands = sorted({told(item.value, "brand"), told(item.value, "brand").partition("·")[0]}, key=len, reverse=True)
    short = next((bare.removeprefix(one).strip() for one in brands if one and bare.startswith(one)), bare)
    yield from dict.fromkeys(one for one in (whole, bare, short) if len(one) >= _SHORTEST_NAME or (one == whole and len(one) > 2))


def marks(item: Item, goods: Goods, today: date) -> Iterator[Mark]:
    """What is wrong with the promises of an item."""
    yield from _windows(item, today)
    for piece in pieces(item):
        if not piece.said or (piece.ends and piece.ends < today):
            continue
        yield from _days(piece, today)
        if item.key.kind in {"script", "entry", "post", "macro"}:
            yield from _goods(piece, goods)
            yield from _specials(piece, goods)


def _windows(item: Item, today: date) -> Iterator[Mark]:
    """Texts whose last day is over: one finding a wording of a script, one for any other item."""
    if item.key.kind == "rule":
        return
    wordings = {piece.path[:2] if item.key.kind == "script" else (): piece for piece in reversed(pieces(item))}
    for piece in reversed(wordings.values()):
        if piece.ends and piece.ends < today:
            why = f"{piece.ends} 就结束了，现在谁也听不到"
            yield Mark("window.over", "warn", piece.path, piece.ends.isoformat(), why, "改日期，或者删掉")


def deadlines(text: str, today: date) -> Iterator[tuple[date, bool, tuple[int, int]]]:
    """(day, whether its year is told, place) of every day that a text names as the last one."""
    for found in _DATE.finditer(text):
        sentence = _around(text, found.start())
        before, after = text[: found.start()], text[found.end() :]
        if _LASTING.search(sentence) or not (_BEFORE.search(before) or _AFTER.match(after)):
            continue
        if (known := _day(found, today)) is not None:
            yield known, found["year"] is not None, found.span()


def _around(text: str, at: int) -> str:
    start = max((one.end() for one in _ENDS.finditer(text, 0, at)), default=0)
    end = _ENDS.search(text, at)
    return text[start : end.start() if end else len(text)]


def _day(found: re.Match[str], today: date) -> date | None:
    month, day = _count(found["month"]), _count(found["day"])
    try:
        if found["year"]:
            return date(int(found["year"]), month, day)
        near = [date(today.year + n, month, day) for n in (-1, 0, 1)]
    except ValueError:
        return None
    past = max((one for one in near if one <= today), default=near[0])
    # without a year it is the last one for some months, then the coming one
    return past if (today - past).days <= 2 * _OVER_SURELY else min(one for one in near if one > today)


def _count(digits: str) -> int:
    if digits.isdigit():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    values = {sign: n for n, sign in enumerate("零一二三四五六七八九")}
    return (values.get(tens, 1) * 10 if ten else 0) + values.get(ones, 0)


def _days(piece: Piece, today: date) -> Iterator[Mark]:
    text = plain(piece.text)
    for last, yeared, span in deadlines(text, today):
        words = piece.text[slice(*span)]
        gone = (today - last).days
        if gone > 0:
            severity: Severity = "block" if yeared or gone <= _OVER_SURELY else "warn"
            yield Mark(
                "promise.over",
                severity,
                piece.path,
                words,
                f"“{words}”已经过去 {gone} 天了，还在对顾客说",
                "改成新的日子，或者让它到期停用",
                *span,
            )
        elif piece.ends is None:
            why = f"过了“{words}”还会接着说：没有写到哪天为止"
            yield Mark("promise.open", "warn", piece.path, words, why, f"加上 {_until(piece)}: {last}", *span)
        elif piece.ends > last + timedelta(days=1):
            why = f"话里说到“{words}”，窗口却开到 {piece.ends}，多出来的日子会说过期的话"
            yield Mark("promise.late", "warn", piece.path, words, why, f"{_until(piece)} 改成 {last}", *span)
    yield from _campaigns(piece, text, today)


def _campaigns(piece: Piece, text: str, today: date) -> Iterator[Mark]:
    """Campaigns by name that are over this year and still called out."""
    for name, (month, day) in _NAMED.items():
        at = text.find(name)
        if at < 0 or piece.ends is not None:
            continue
        gone = (today - date(today.year, month, day)).days
        around = _around(text, at)
        if (
            0 < gone <= _OVER_SURELY
            and _CALLS.search(around)
            and not _LASTING.search(around)
            and not re.search("没赶上|已经结束|结束了|过了|错过", around)
        ):
            yield Mark(
                "promise.over",
                "warn",
                piece.path,
                name,
                f"{name}已经过去 {gone} 天了，还在对顾客说",
                "换成眼下的活动，或者删掉",
                at,
                at + len(name),
            )


def _until(piece: Piece) -> str:
    return "valid_until" if piece.path and piece.path[0] in {"answer", "short", "coupon"} else "until"


def _goods(piece: Piece, goods: Goods) -> Iterator[Mark]:
    """Prices and stock said of products by name."""
    text = plain(piece.text)
    found = list(goods.named(text))
    for n, (at, name) in enumerate(found):
        end = _ENDS.search(text, at)
        stop = min(end.start() if end else len(text), found[n + 1][0] if n + 1 < len(found) else len(text))
        about, known = text[at + len(name) : stop], goods.by_name[name]
        yield from _priced(piece, (at + len(name), about, name), known)
        yield from _stocked(piece, (at + len(name), about, name), known)


_About = tuple[int, str, str]
"""Where the words about a product begin, the words, its name."""


def _priced(piece: Piece, about: _About, known: Sequence[Good]) -> Iterator[Mark]:
    start, words, name = about
    for found in _PRICE.finditer(words):
        said = float(found[1] or found[2])
        if _NO_PRICE.search(words[: found.start()]) or any(abs(one.price - said) < 0.005 for one in known):
            continue
        span = start + found.start(), start + found.end()
        real = "、".join(sorted({f"{one.price:g}" for one in known}))
        if piece.ends is None:
            why = f"商品表里“{name}”是 {real} 元，这里说 {said:g} 元，也没有写活动到哪天"
            yield Mark("promise.price", "block", piece.path, found[0].strip(), why, "改成商品表的价；活动价要写 until", *span)


def _stocked(piece: Piece, about: _About, known: Sequence[Good]) -> Iterator[Mark]:
    start, words, name = about
    there, gone = _THERE.search(words), _GONE.search(words)
    if there and not gone and not any(one.pieces > 0 and one.active for one in known):
        span = start + there.start(), start + there.end()
        yield Mark(
            "promise.stock",
            "block",
            piece.path,
            there[0],
            f"“{name}”现在没有货，或者不在售了",
            "去掉“有货”，让程序按库存回答",
            *span,
        )
    if gone and any(one.pieces > 0 and one.active for one in known) and piece.ends is None:
        span = start + gone.start(), start + gone.end()
        yield Mark("promise.stock", "warn", piece.path, gone[0], f"商品表里“{name}”还有货", "去掉这句，让程序按库存回答", *span)


def _specials(piece: Piece, goods: Goods) -> Iterator[Mark]:
    """Prices and numbers of pieces that no placeholder and no window stands behind."""
    text = plain(piece.text)
    if found := _LEFT.search(text):
        why = "剩几件会变，写死了就是假的"
        yield Mark("promise.stock", "warn", piece.path, found[0], why, "去掉数字，或者让程序按库存回答", *found.span())
    if piece.ends is not None:
        return
    for found in _SPECIAL.finditer(text):
        if _NO_PRICE.search(text[: found.start()]) or any(True for _ in goods.named(_around(text, found.start()))):
            continue
        if not re.search(r"元|块|价|¥|￥|售|卖", found[0]):
            continue
        why = "价格写死了，商品表改价它不会跟着变"
        yield Mark("promise.price", "warn", piece.path, found[0], why, "用变量 {价格}；活动价要写 until", *found.span())
