"""Numbers as people write them in a shop: 7, 七, 两三, 一百二, 十五六. Pure."""

import re
from typing import Final

NUMBER: Final = r"(?:\d{1,12}(?:\.\d{1,6})?|[零〇一二两俩三四五六七八九十百千万]{1,12})"
"""One number, as a pattern without groups; two neighbours such as 两三 count as one and are told apart by ``values``."""
SPAN: Final = r"\s*(?:[-~–—]|到|至)\s*"
"""What stands between the ends of a range."""
_DIGITS: Final = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_MOST: Final = 12
"""Signs of the longest number in words that anybody means."""
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_NEIGHBOURS = re.compile(r"(?P<head>.*十)?(?P<one>[一二两三四五六七八九])(?P<other>[一二两三四五六七八九])(?P<tail>[十百千万]?)$")
_COLLOQUIAL = re.compile(r"(?P<head>.*(?P<place>[百千万]))(?P<last>[一二三四五六七八九])$")


def values(written: str) -> tuple[float, ...]:
    """What a number may mean: one value, or the two of 两三 and 十五六."""
    if written[0].isdigit():
        return (float(written),)
    written = written[:_MOST]
    if found := _NEIGHBOURS.fullmatch(written):
        head, tail = found["head"] or "", found["tail"]
        return tuple(float(_whole(head + found[side] + tail)) for side in ("one", "other"))
    return (float(_whole(written)),)


def digits(written: str) -> float:
    """A number read sign by sign where it has no tens: 九五 is 95; 九 and 九十 as always."""
    if written[0].isdigit() or not set(written) <= set(_DIGITS):
        return values(written)[0]
    return float("".join(str(_DIGITS[sign]) for sign in written[:_MOST]))


def _whole(written: str) -> int:
    if set(written) <= set(_DIGITS):
        return int("".join(str(_DIGITS[sign]) for sign in written))
    if found := _COLLOQUIAL.fullmatch(written):
        step = {"百": 10, "千": 100, "万": 1000}[found["place"]]
        return _whole(found["head"]) + _DIGITS[found["last"]] * step
    total, part, here = 0, 0, 0
    for sign in written:
        if sign in _DIGITS:
            here = _DIGITS[sign]
        elif sign == "万":
            total, part, here = (total + part + here) * 10_000, 0, 0
        else:
            part, here = part + (here or 1) * _TENS[sign], 0
    return total + part + here
