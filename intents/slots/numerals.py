"""Numbers as people write them: 200, 2k, 一千二, 两百五, 三万五."""

import re

DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_SUFFIX = {"k": 1000, "w": 10_000, "十": 10, "百": 100, "千": 1000, "万": 10_000}
HAN = "[零〇一二两三四五六七八九十百千万]"
NUMBER = rf"(?:(?<![\d.])\d{{1,7}}(?:\.\d{{1,2}})?(?:[百千万]\d?|[kKwW](?![a-zA-Z]))?|{HAN}{{1,9}})"
"""A number in digits or characters (not a run inside a longer number)."""
_MIXED = re.compile(r"(\d+(?:\.\d+)?)([kw十百千万])(\d?)")


def number(text: str) -> float | None:
    """The value of a written number, or None where it is none (一一, 百千)."""
    text = text.lower()
    if found := _MIXED.fullmatch(text):
        unit = _SUFFIX[found[2]]
        return float(found[1]) * unit + (int(found[3]) * unit / 10 if found[3] else 0)
    try:
        return float(text)
    except ValueError:
        return _spoken(text)


def _spoken(text: str) -> float | None:
    """Characters as a number: positions (一六五) or units (一百六十五, 一千二)."""
    if not text or any(char not in DIGITS and char not in _UNITS for char in text):
        return None
    if all(char in DIGITS for char in text):
        return float("".join(str(DIGITS[char]) for char in text)) if len(text) <= 4 else None
    total = section = 0
    digit: int | None = None
    last = 0
    zero = False
    for char in text:
        if char in DIGITS:
            if digit:
                return None
            digit, zero = DIGITS[char], zero or char in "零〇"
            continue
        unit = _UNITS[char]
        if unit == 10_000:
            total, section = (total + section + (digit or 0)) * unit, 0
        else:
            section += (1 if digit is None else digit) * unit
        digit, last, zero = None, unit, False
    tail = digit or 0
    return float(total + section + (tail * last // 10 if tail and last >= 100 and not zero else tail))


def step(value: float) -> float:
    """The unit of the last digit that counts: 200 → 100, 150 → 10, 1500 → 100."""
    unit = 1.0
    while value >= unit * 10 and value % (unit * 10) == 0:
        unit *= 10
    return unit
