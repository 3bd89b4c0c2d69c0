"""Read the fields of an API call's body; what is missing or of the wrong kind is 40058."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

import orjson

from bot.sandbox.errors import PlatformError

Body = Mapping[str, object]


def is_object(value: object) -> TypeGuard[Body]:
    """Whether a JSON value is an object."""
    return isinstance(value, Mapping)


def object_of(raw: bytes) -> Body:
    """The JSON object of a body, or an empty one: then the call misses its fields and says so."""
    try:
        found: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return found if is_object(found) else {}


def text(body: Body, key: str, *, needed: bool = True, most: int | None = None) -> str:
    """A string; 40058 if it is missing though needed, 45002 above `most` bytes of UTF-8."""
    value = body.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value):
        raise PlatformError(40058, key)
    if most is not None and len(value.encode("utf-8", "surrogatepass")) > most:
        raise PlatformError(45002, key)
    return value


def whole(body: Body, key: str, default: int | None = None) -> int:
    """A whole number; 40058 if it is none, or missing without a default."""
    value = body.get(key, default)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PlatformError(40058, key)
    return value


def real(body: Body, key: str) -> float:
    """A number; 40058 if it is none."""
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PlatformError(40058, key)
    return float(value)


def inner(body: Body, key: str) -> Body:
    """An object; 40058 if it is none."""
    value = body.get(key)
    if not is_object(value):
        raise PlatformError(40058, key)
    return value


def many(body: Body, key: str) -> Sequence[object]:
    """A list, empty if it is missing; 40058 if it is something else."""
    value = body.get(key, [])
    if not isinstance(value, list):
        raise PlatformError(40058, key)
    return value
