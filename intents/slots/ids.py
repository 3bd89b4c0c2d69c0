"""Long numbers that name something: a phone, an order, a parcel."""

import re
from collections.abc import Iterator

from intents.finding import Found

_PHONE = re.compile(
    r"(?<![\dA-Za-z])(?<!\d[ -])(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4}|1[3-9]\d{2} \d{3} \d{4})(?![\dA-Za-z])"
    r"(?![ -]\d)"
)
_LANDLINE = re.compile(r"(?<![\d-])(0\d{2,3}[- ]\d{3,4}[- ]?\d{4}|0[1-9]\d{9,10}|400[- ]?\d{3,4}[- ]?\d{3,4})(?![\d-])")
_NUMBER = re.compile(r"(?<![A-Za-z0-9])((?:[A-Za-z]{1,6}[- ]?)?\d(?:[ -]?\d){5,23})(?![A-Za-z0-9])")
_MIXED = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,6}[-_]?\d{2,}(?:[-_]?[A-Za-z0-9]+)*)(?![A-Za-z0-9])")
_CARRIER = re.compile(
    r"(?:SF|YT|ZT|ZTO|STO|JT|JD[A-Z]*|YD|EMS|DPK|DPL|KY|HT|BEST|JDVA|JDVB|JDX|EA|EB|EE|EV|LP|UC|FW|YZ)",
    re.IGNORECASE,
)
_PARCEL = re.compile(
    r"快递|物流|运单|包裹|顺丰|圆通|中通|韵达|申通|极兔|邮政|德邦|EMS|京东物流|菜鸟|派送|签收|回寄|寄回|退货单号|追踪"
    r"|tracking",
    re.IGNORECASE,
)
_ORDER = re.compile(r"订单|单子|下单|交易号|order", re.IGNORECASE)
_OTHER = re.compile(
    r"身份证|银行卡|卡号|账号|条码|条形码|批号|批次|备案|防伪|国妆|积分|[qQ]{2}|QQ群?|微信|群号|验证码|取件码|税号"
    r"|信用代码|邮编|密码|尾号|型号|货号|提货码|券码|会员号|http|www|[=/]"
)
_NEAR = 12
_LEAST = 8
"""Digits that a number needs where the word that tells its kind comes only later."""
_CHUNK = 6
"""Digits up to which blanks divide one number; longer runs are numbers of their own."""
_PARCEL_DIGITS = 12
_ORDER_DIGITS = 16


def ids(text: str) -> Iterator[Found]:
    """Phones first, then order and parcel numbers told apart by prefix, words nearby and length."""
    spans: list[tuple[int, int]] = []
    for pattern in (_PHONE, _LANDLINE):
        for found in pattern.finditer(text):
            before = text[max(0, found.start() - _NEAR) : found.start()]
            if pattern is _PHONE and re.search(r"(?:单号|订单号?|运单)(?:是|:|为| )*$", before):
                continue
            spans.append(found.span(1))
            yield Found("phone", re.sub(r"\D", "", found[1]), *found.span(1))
    for pattern in (_NUMBER, _MIXED):
        for found in pattern.finditer(text):
            start, end = found.span(1)
            if any(start < last and first < end for first, last in spans):
                continue
            if len(chunks := found[1].split(" ")) > 1 and all(len(chunk) > _CHUNK for chunk in chunks):
                end = start + len(chunks[0])
            name = _kind(text[start:end], text[max(0, start - _NEAR) : start], text[end : end + _NEAR])
            if name and (pattern is _NUMBER or _telling(name, text[start:end])):
                spans.append((start, end))
                yield Found(name, text[start:end].replace(" ", ""), start, end)


def _telling(name: str, number: str) -> bool:
    """Whether letters and digits in turn are a number and not a model: most of it is digits."""
    digits = sum(char.isdigit() for char in number)
    return digits >= (9 if name == "tracking_no" else 6)


def _kind(number: str, before: str, after: str) -> str | None:
    """Which number it is; None for one that says nothing (a date, a price)."""
    letters = re.match(r"[A-Za-z]*", number)
    prefix = letters[0] if letters else ""
    digits = sum(char.isdigit() for char in number)
    if prefix and _CARRIER.fullmatch(prefix) and digits >= 9:
        return "tracking_no"
    if re.search(rf"(?:{_OTHER.pattern})[^,。]{{0,4}}$", before) or re.match(r"[元块个积分]", after) or _dated(number):
        return None
    parcel, order = _last(_PARCEL, before), _last(_ORDER, before)
    if max(parcel, order) >= 0:
        return "tracking_no" if parcel > order else "order_id"
    parcel, order = _first(_PARCEL, after), _first(_ORDER, after)
    if digits < _LEAST:
        return None
    if parcel == order:
        return _by_length(before, digits)
    return "tracking_no" if parcel < order else "order_id"


def _dated(number: str) -> bool:
    """2026-03-11 and 20260311 are days."""
    return re.fullmatch(r"20\d\d[- ]?(?:0[1-9]|1[0-2])[- ]?(?:[0-2]\d|3[01])", number) is not None


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where a pattern was last seen; −1 for nowhere."""
    return max((found.start() for found in pattern.finditer(text)), default=-1)


def _first(pattern: re.Pattern[str], text: str) -> int:
    """Where a pattern is first seen; a large number for nowhere."""
    found = pattern.search(text)
    return found.start() if found else 1_000


def _by_length(before: str, digits: int) -> str | None:
    """Without a telling word: 单号 is a parcel's; marketplaces' order numbers have 16 digits and more."""
    if "单号" in before:
        return "tracking_no" if digits >= 8 else None
    if digits >= _ORDER_DIGITS:
        return "order_id"
    return "tracking_no" if _PARCEL_DIGITS <= digits < _ORDER_DIGITS else None
