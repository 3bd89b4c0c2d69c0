"""Lists and mappings in one cell: 、 between the parts of a list, ``名字：值；名字：值`` for a mapping."""

import re
from collections.abc import Mapping, Sequence

from bot.content.items import Json
from bot.content.workbook_forms import JSON, NO, YES, Form, even, like, scalar

_WORDS = re.compile(r"[、，,；;\n]")
_PAIRS = re.compile(r"[；;\n]")
_LINES = re.compile(r"\n")
_COLON = re.compile(r"[：:]")


def _pieces(text: str, pattern: re.Pattern[str]) -> list[str]:
    return [told for one in pattern.split(text) if (told := even(one))]


def _words(text: str, was: Json, *, single: bool = False) -> Json:
    parts = _pieces(text, _WORDS)
    if isinstance(was, str) and (even(text) == was or len(parts) == 1):
        return even(text)
    known = {scalar(one): one for one in was if isinstance(one, str | int | float)} if isinstance(was, list | tuple) else {}
    found: list[Json] = [known.get(one, one) for one in parts]
    return found[0] if single and was is None and len(found) == 1 else found


def _words_shown(value: Json) -> str:
    return "、".join(map(scalar, value)) if isinstance(value, list | tuple) else scalar(value)


def _lines(text: str, was: Json) -> Json:
    known = {scalar(one): one for one in was if isinstance(one, str | int | float)} if isinstance(was, list | tuple) else {}
    return [known.get(told, told) for one in text.replace("\r\n", "\n").split("\n") if (told := one.strip(" \t\u3000\r\n"))]


def _lines_shown(value: Json) -> str:
    if not isinstance(value, list | tuple):
        raise TypeError
    return "\n".join(map(scalar, value))


def _even_words(text: str) -> str:
    return even(text) if JSON.match(text) else "、".join(_pieces(text, _WORDS))


def _even_lines(text: str) -> str:
    return even(text) if JSON.match(text) else "\n".join(filter(None, map(str.strip, text.splitlines())))


# --- mappings ---


def _piece(text: str, was: Json, fresh: str) -> Json:
    """The value behind a name: as the one before, or as this mapping's values usually are."""
    if isinstance(was, list | tuple):
        return _words(text, was)
    if was is not None:
        return like(text, was)
    if fresh in {"words", "list"}:
        return _words(text, None, single=fresh == "words")
    if fresh == "count":
        return like(text, 0)
    return text == YES if fresh == "link" and text in {YES, NO} else text


def mapping(fresh: str = "text", names: Mapping[str, str] | None = None, *, lines: bool = False) -> Form:
    """``名字：值；名字：值``, or one pair to a line.

    ``fresh``: what a value is that was not there before (text, count, link, list; words: a list only of several);
    ``names``: key → what ops call it.
    """
    names = names or {}
    keys = {told: key for key, told in names.items()}

    def show(value: Json) -> str:
        if not isinstance(value, Mapping):
            return scalar(value)
        pairs = (f"{names.get(name, name)}：{_words_shown(one)}" for name, one in value.items())
        return ("\n" if lines else "；").join(pairs)

    def read(text: str, was: Json) -> Json:
        if not _COLON.search(text) and (fresh == "count" or (was is not None and not isinstance(was, Mapping))):
            return _single(even(text), was, fresh)
        before = was if isinstance(was, Mapping) else {}
        return _mapped(_pieces(text, _LINES if lines else _PAIRS), before, keys, fresh)

    return Form(show, read)


def _single(text: str, was: Json, fresh: str) -> Json:
    """One value where a mapping might stand: one number for all stores."""
    value = like(text, was if isinstance(was, int | float | str) else 0)
    if fresh == "count" and isinstance(value, str) and value != was:
        raise ValueError(f"“{text[:30]}”要写成一个数，或者“名字：数；名字：数”")
    return value


def _mapped(pairs: Sequence[str], was: Mapping[str, Json], keys: Mapping[str, str], fresh: str) -> Mapping[str, Json]:
    found: dict[str, Json] = {}
    for pair in pairs:
        colon = _COLON.search(pair)
        name = even(pair[: colon.start()]) if colon else ""
        if colon is None or not name or not even(pair[colon.end() :]):
            raise ValueError(f"“{pair[:30]}”要写成“名字：值”，几对之间用“；”隔开")
        key = keys.get(name, name)
        if key in found:
            raise ValueError(f"“{name}”写了两遍")
        found[key] = _piece(even(pair[colon.end() :]), was.get(key), fresh)
    return found


def records(names: Mapping[str, str]) -> Form:
    """A list of mappings, one to a line, each ``名字：值；名字：值``."""
    one = mapping("text", names)

    def show(value: Json) -> str:
        if not isinstance(value, list | tuple) or not all(isinstance(told, Mapping) and told for told in value):
            raise TypeError
        return "\n".join(one.show(told) for told in value)

    def read(text: str, was: Json) -> Json:
        before = list(was) if isinstance(was, list | tuple) else []
        told = _pieces(text, _LINES)
        return [one.read(line, before[n] if n < len(before) else {}) for n, line in enumerate(told)]

    return Form(show, read)


def _anything(text: str, was: Json) -> Json:
    """By what was there: a list, a mapping, a list of mappings, or one value."""
    if isinstance(was, list | tuple):
        return (RECORDS if was and isinstance(was[0], Mapping) else WORDS).read(text, was)
    if isinstance(was, Mapping):
        return MAPPING.read(text, was)
    if was is None and even(text) in {YES, NO}:
        return even(text) == YES
    return was if text == was else like(even(text), was)


def _anything_shown(value: Json) -> str:
    if isinstance(value, Mapping):
        return MAPPING.show(value)
    if isinstance(value, list | tuple):
        return (RECORDS if value and isinstance(value[0], Mapping) else WORDS).show(value)
    return scalar(value)


WORDS = Form(_words_shown, _words, _even_words)
LINES = Form(_lines_shown, _lines, _even_lines)
MAPPING = mapping()
RECORDS = records({})
ANYTHING = Form(_anything_shown, _anything)


def _shown_or_not(text: str, was: Json) -> Json:
    """Yes, no, one word or several."""
    told = even(text)
    if told in {YES, NO} and not isinstance(was, str):
        return told == YES
    return _words(told, None if isinstance(was, bool) else was, single=True)


TRUTH_OR_WORDS = Form(_words_shown, _shown_or_not)
