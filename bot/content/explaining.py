"""What pydantic found wrong, in the words of whoever edits the file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

KeyPath = tuple[str | int, ...]

_PATTERNS = {
    r"^https?://\S+$": "网址要以 http:// 或 https:// 开头，中间没有空格",
    r"^[a-z0-9_\-]+$": "只能用小写字母、数字、短横和下划线",
}
_NEAR = 0.5
"""From this likeness on a known name is suggested."""
_SHOWN = 30


def explained(error: ValidationError, model: type[BaseModel] | None, value: object) -> Iterator[tuple[KeyPath, str]]:
    """(where, why) of every fault; ``model`` and ``value`` are what was validated, to name what exists and to find the place."""
    for fault in error.errors(include_url=False):
        path = followed(fault["loc"], value, missing=fault["type"] == "missing")
        yield path, reason(fault, model)


def followed(loc: Sequence[str | int], value: object, *, missing: bool = False) -> KeyPath:
    """The parts of pydantic's location that stand in the value: names of union branches and of models are left out."""
    path: list[str | int] = []
    for at, part in enumerate(loc):
        inside = _inside(value, part)
        if inside:
            value = inside[0]
        elif not (missing and at == len(loc) - 1):
            continue
        path.append(part)
    return tuple(path)


def _inside(value: object, part: str | int) -> tuple[object] | None:
    """What stands at a key or place, in a tuple of its own; None where nothing does."""
    if isinstance(value, Mapping):
        return (value[part],) if part in value else None
    if isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
        return (value[part],)
    return None


def reason(fault: ErrorDetails, model: type[BaseModel] | None) -> str:
    """One fault in Chinese."""
    kind, found, more = fault["type"], fault["input"], fault.get("ctx", {})
    if kind in _PARTICULAR:
        return _PARTICULAR[kind](fault, model)
    if kind.startswith(("date", "time")):
        return _date(kind, found)
    facts = {**more, "found": named(found), "shown": shown(found), "quote": _quote(found)}
    return _SIMPLE.get(kind, "不能用 {shown}（" + fault["msg"].replace("{", "(").replace("}", ")") + "）").format_map(facts)


_Particular = Callable[[ErrorDetails, type[BaseModel] | None], str]
_PARTICULAR: Mapping[str, _Particular] = {
    "extra_forbidden": lambda fault, model: _unknown(str(fault["loc"][-1]), known_names(model, fault["loc"]) if model else ()),
    "literal_error": lambda fault, _: _not_one_of(str(fault["input"]), _choices(str(fault.get("ctx", {}).get("expected", "")))),
    "string_pattern_mismatch": lambda fault, _: _PATTERNS.get(
        str(fault.get("ctx", {}).get("pattern", "")), f"写法不对：{shown(fault['input'])}"
    ),
    "string_too_short": lambda fault, _: (
        "不能是空的" if fault.get("ctx", {}).get("min_length") == 1 else f"至少 {fault.get('ctx', {}).get('min_length')} 个字"
    ),
    "value_error": lambda fault, _: fault["msg"].partition(", ")[2] or fault["msg"],
}
_AS_LIST = "要写成列表，例如 [一, 二]，现在是{found}"
_AS_KEYS = "要写成“名字: 内容”，现在是{found}"
_SIMPLE: Mapping[str, str] = {
    "missing": "必须写，现在没有",
    "string_type": "要写文字，现在是{found}{quote}",
    "string_too_long": "太长了，最多 {max_length} 个字",
    "string_unicode": "里面有不能用的字符",
    "int_type": "要写整数，现在是{found}",
    "int_parsing": "要写整数，现在是{found}",
    "int_from_float": "要写整数，现在是{found}",
    "int_parsing_size": "数字太大了",
    "float_type": "要写数字，现在是{found}",
    "float_parsing": "要写数字，现在是{found}",
    "finite_number": "要写一个确定的数字",
    "decimal_type": "要写数字，现在是{found}",
    "decimal_parsing": "要写数字，现在是{found}",
    "bool_type": "只能写 true 或 false，现在是{found}",
    "bool_parsing": "只能写 true 或 false，现在是{found}",
    "tuple_type": _AS_LIST,
    "list_type": _AS_LIST,
    "dict_type": _AS_KEYS,
    "mapping_type": _AS_KEYS,
    "model_type": _AS_KEYS,
    "model_attributes_type": _AS_KEYS,
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "greater_than": "要大于 {gt}，现在是 {shown}",
    "greater_than_equal": "不能小于 {ge}，现在是 {shown}",
    "less_than": "要小于 {lt}，现在是 {shown}",
    "less_than_equal": "不能大于 {le}，现在是 {shown}",
}

_KINDS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((bool,), " {}（是/否）"),
    ((int, float), "数字 {}"),
    ((date,), "日期 {}"),
    ((Mapping,), "一组“名字: 内容”"),
    ((list, tuple), "一个列表"),
    ((str,), "“{}”"),
)


def named(found: object) -> str:
    """What kind of thing stands there, and the thing itself."""
    if found is None or (isinstance(found, str) and not found.strip()):
        return "空的"
    form = next((form for types, form in _KINDS if isinstance(found, types)), " {}")
    return form.format(str(found).lower() if isinstance(found, bool) else shown(found))


def shown(found: object) -> str:
    """A value, short."""
    text = str(found)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _quote(found: object) -> str:
    return "，请加引号" if isinstance(found, bool | int | float | date) else ""


def _date(kind: str, found: object) -> str:
    if kind.startswith("date_from_datetime_inexact") or not kind.startswith(("datetime", "time")):
        return f"日期要写成 2026-01-31 这样，现在是{named(found)}"
    return f"时间要写成 2026-01-31T15:00:00+08:00 这样，现在是{named(found)}"


def _choices(expected: str) -> list[str]:
    """Pydantic says ``'a', 'b' or 'c'``."""
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",") if part.strip()]


def _not_one_of(found: str, choices: Sequence[str]) -> str:
    return f"不能是“{shown(found)}”，只能是 {'、'.join(choices)}{_maybe(found, choices)}"


def _unknown(name: str, known: Sequence[str]) -> str:
    if not known:
        return f"没有“{name}”这一项"
    return f"没有“{name}”这一项{_maybe(name, known)}；可以写的有：{'、'.join(known)}"


def _maybe(name: str, known: Sequence[str]) -> str:
    close = nearest(name, known)
    return f"，是不是想写“{close}”？" if close else ""


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that is likely meant; None where none is near."""
    found = process.extractOne(name, known, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_NEAR)
    return str(found[0]) if found else None


def known_names(model: type[BaseModel], loc: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that may stand where ``loc`` ends."""
    here: type[BaseModel] | None = model
    for part in loc[:-1]:
        if here is None:
            return ()
        if "root" in here.model_fields:
            here = _model_in(here.model_fields["root"].annotation)
            continue
        field = next((f for name, f in here.model_fields.items() if part in {f.alias or name, name}), None)
        if field is not None:
            here = _model_in(field.annotation)
    if here is None or "root" in here.model_fields:
        return ()
    return tuple(field.alias or name for name, field in here.model_fields.items())


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model inside ``tuple[X, ...]``, ``Mapping[str, X]``, ``X | None``."""
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
