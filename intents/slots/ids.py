"""Long numbers that name something: a phone, an order, a parcel."""

import re
from collections.abc import Iterator

from intents.finding import Found

_PHONE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-\d{7,8}|400-?\d{3}-?\d{4})(?!\d)")
_NUMBER = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{0,6}-?\d(?:[ -]?\d){5,23})(?![A-Za-z0-9])")
_CARRIER = re.compile(r"(?:SF|YT|ZT|STO|JT|JD[VXA-Z]*|YD|EMS|DPK|KY|HT|BEST)", re.IGNORECASE)
_PARCEL = re.compile(r"快递|物流|运单|包裹|顺丰|圆通|中通|韵达|申通|极兔|邮政|德邦|EMS", re.IGNORECASE)
_ORDER = re.compile(r"订单|单子|下单")
_NEAR = 12


def ids(text: str) -> Iterator[Found]:
    """Phones first, then order and parcel numbers told apart by prefix, words nearby and length."""
    spans: list[tuple[int, int]] = []
    for pattern in (_PHONE, _LANDLINE):
        for found in pattern.finditer(text):
            spans.append(found.span(1))
            yield Found("phone", re.sub(r"\D", "", found[1]), *found.span(1))
    for found in _NUMBER.finditer(text):
        start, end = found.span(1)
        if any(start < last and first < end for first, last in spans):
            continue
        if name := _kind(found[1], text[max(0, start - _NEAR) : start], text[end : end + _NEAR]):
            yield Found(name, found[1].replace(" ", ""), start, end)


def _kind(number: str, before: str, after: str) -> str | None:
    """Which number it is; None for one that says nothing (a date, a price)."""
    letters = re.match(r"[A-Za-z]*", number)
    prefix = letters[0] if letters else ""
    digits = sum(char.isdigit() for char in number)
    if prefix and _CARRIER.fullmatch(prefix) and digits >= 9:
        return "tracking_no"
    parcel, order = _last(_PARCEL, before), _last(_ORDER, before)
    if max(parcel, order) < 0:
        parcel, order = -_last(_PARCEL, after[::1]), -_last(_ORDER, after)
        if parcel == order:
            return _by_length(before, digits)
        return "tracking_no" if parcel < order and parcel <= 0 and _PARCEL.search(after) else "order_id"
    return "tracking_no" if parcel > order else "order_id"


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where a pattern was last seen; −1 for nowhere."""
    return max((found.start() for found in pattern.finditer(text)), default=-1)


def _by_length(before: str, digits: int) -> str | None:
    """Without a telling word: 单号 is a parcel's; marketplaces' order numbers have 16 digits and more."""
    if "单号" in before or "尾号" in before:
        return "tracking_no" if "单号" in before and digits >= 8 else None
    if digits >= 16:
        return "order_id"
    return "tracking_no" if 12 <= digits <= 15 else None
