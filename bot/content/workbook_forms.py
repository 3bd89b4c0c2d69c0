"""What stands in a cell and what it means: every form shows a value as text that ops can edit, and reads such text back.

What a form cannot show so that it reads back as it was, stands as ``JSON：…``: nothing is lost, whatever the value is.
The grammar: lists are divided by 、 (or one to a line), mappings are ``名字：值；名字：值``, lists of mappings one to a line.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

from bot.content.items import Json

YES, NO = "是", "否"
NOTHING = "（无）"
"""An explicit null."""
_YES = frozenset({"是", "true", "yes", "y", "√", "✓", "✔", "1", "对", "有"})
_NO = frozenset({"否", "false", "no", "n", "×", "✗", "0", "不", "没有", "无"})
JSON = re.compile(r"\s*JSON\s*[：:]", re.IGNORECASE)
_DIGITS = 15
"""Digits that Excel keeps of a number."""

Shown = Callable[[Json], str]
Read = Callable[[str, Json], Json]
Native = Literal["text", "number", "date"]


def even(text: str) -> str:
    """Texts that say the same: Excel and its kin change ends of lines and drop blanks at the ends."""
    return text.replace("\r\n", "\n").strip()


@dataclass(frozen=True, slots=True)
class Form:
    """How one column is written and read."""

    show: Shown
    """A value as text; raises ValueError or TypeError where it has no such form."""
    read: Read
    """Text (not blank) as a value; the value that was there before settles its type. Raises ValueError with the reason."""
    even: Callable[[str], str] = even
    """What two texts must share to say the same."""
    native: Native = "text"
    """How Excel keeps it where it can."""
    choices: tuple[str, ...] = ()
    """What may be chosen from a list."""
    nothing: str = ""
    """How an explicit null is written, where that means something."""

    def shown(self, value: Json) -> str:
        """The text of a value; empty for what says nothing."""
        if value is None or value in ("", [], {}):
            return self.nothing if value is None else ""
        try:
            text = self.show(value)
            if text and text != self.nothing and not JSON.match(text) and same(self.read(text, value), value):
                return text
        except (ValueError, TypeError, ArithmeticError):
            pass
        return f"JSON：{json.dumps(value, ensure_ascii=False)}"

    def value(self, text: str, was: Json = None) -> Json:
        """What a text says; raises ValueError with the reason in Chinese."""
        found = JSON.match(text)
        if self.nothing and even(text) == self.nothing:
            return None
        if found is None:
            return self.read(text, was)
        try:
            value: Json = json.loads(text[found.end() :], parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise ValueError("“JSON：”后面不是完整的 JSON") from error
        return value


def _no_constant(name: str) -> Json:
    raise ValueError(name)


def same(one: object, other: object) -> bool:
    """Equal, types and the order of names included: ``1`` is not ``true`` and not ``"1"``."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(told, other[name]) for name, told in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


# --- scalars ---


def scalar(value: Json) -> str:
    """One value that is neither list nor mapping, as text; raises TypeError for others."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, str | int | float):
        return str(value)
    raise TypeError


def like(text: str, was: Json) -> Json:
    """Text as the kind of value that was there: a yes, a number, else a text."""
    if isinstance(was, bool) and text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    if isinstance(was, int | float) and not isinstance(was, bool):
        try:
            number = float(text)
        except ValueError:
            return text
        if str(was) == text:
            return was
        return int(number) if number.is_integer() and isinstance(was, int) and "." not in text else number
    return text


def _text(text: str, was: Json) -> Json:
    return was if text == was else like(even(text), was if not isinstance(was, bool) else None)


def _truth(text: str, _: Json) -> Json:
    told = even(text).casefold()
    if told not in _YES | _NO:
        raise ValueError(f"只能填“{YES}”或“{NO}”，现在是“{text[:30]}”")
    return told in _YES


def _truth_shown(value: Json) -> str:
    if not isinstance(value, bool):
        raise TypeError
    return scalar(value)


def _number(text: str, was: Json) -> Json:
    told = _plain_number(text)
    if isinstance(was, str):
        return text if text == was else told
    try:
        number = Decimal(told)
    except InvalidOperation:
        raise ValueError(f"要填数字，现在是“{text[:30]}”") from None
    if not number.is_finite():
        raise ValueError(f"要填数字，现在是“{text[:30]}”")
    if isinstance(was, float) and float(number) == was:
        return was
    return int(number) if number == number.to_integral_value() and abs(number) < 10**15 else float(number)


def _price(text: str, was: Json) -> Json:
    """Money stays a text of digits where it was one, as in a table (79.90), and becomes one where nothing was."""
    told = _plain_number(text)
    return _number(text, was) if isinstance(was, int | float) else (text if text == was else told)


def _plain_number(text: str) -> str:
    return even(text).translate(str.maketrans("０１２３４５６７８９．－", "0123456789.-")).replace(",", "").replace("，", "")


def even_number(text: str) -> str:
    """A number in its shortest form; other texts as they are."""
    try:
        number = Decimal(_plain_number(text))
    except InvalidOperation:
        return even(text)
    return str(number.normalize() + 0) if number.is_finite() else even(text)


def fits(text: str) -> bool:
    """Whether Excel keeps a text of digits exactly when it is a number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return bool(number.is_finite()) and len(number.as_tuple().digits) <= _DIGITS and Decimal(f"{float(text):.15g}") == number


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")


def _day(text: str, was: Json) -> Json:
    if text == was:
        return text
    found = _DAY.fullmatch(even(text))
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        pass
    raise ValueError(f"日期要写成 2026-01-31 这样，现在是“{text[:30]}”")


def _even_day(text: str) -> str:
    try:
        return str(_day(text, None))
    except ValueError:
        return even(text)


def _clock(text: str, was: Json) -> Json:
    """10:00, also where Excel made a time of it; 600 where YAML read it as a number and nothing changed."""
    told = even(text).replace("：", ":")
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", told)
    return was if str(was) == text else f"{int(found[1]):02d}:{found[2]}" if found else told


def _moment(text: str, was: Json) -> Json:
    told = even(text)
    if text == was:
        return text
    try:
        datetime.fromisoformat(told)
    except ValueError:
        raise ValueError(f"时间要写成 2026-11-24T23:30:00+08:00 这样，现在是“{text[:30]}”") from None
    return told


def labelled(labels: Mapping[str, str]) -> Form:
    """One of several values, each with what ops call it: value → label; other words stay as they are."""
    values = {label: value for value, label in labels.items()}

    def show(value: Json) -> str:
        return labels.get(scalar(value), scalar(value))

    def read(text: str, was: Json) -> Json:
        told = even(text)
        return values.get(told, like(told, was))

    return Form(show, read, choices=tuple(labels.values()))


TEXT = Form(scalar, _text)
NULLABLE = Form(scalar, _text, nothing=NOTHING)
TRUTH = Form(_truth_shown, _truth, choices=(YES, NO))
NUMBER = Form(scalar, _number, even_number, native="number")
PRICE = Form(scalar, _price, even_number, native="number")
DAY = Form(scalar, _day, _even_day, native="date")
CLOCK = Form(scalar, _clock)
MOMENT = Form(scalar, _moment)
