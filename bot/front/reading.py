"""Bodies of calls: read with a limit, as JSON that cannot blow up, into a shape with its faults in words."""

from typing import TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.errors import BadRequestError

MOST_JSON = 64 << 10
"""Bytes of a JSON body."""
_DEEPEST = 16
_LARGEST = 2**63
_PIECE = 16 << 10

Shape = TypeVar("Shape", bound=BaseModel)


async def body(request: web.Request, most: int) -> bytes:
    """The whole body, unpacked; refused as soon as it is known to be too large."""
    if (request.content_length or 0) > most:
        raise BadRequestError("内容太大了", status=413, code="too_large")
    found = bytearray()
    async for piece in request.content.iter_chunked(_PIECE):
        found += piece
        if len(found) > most:
            raise BadRequestError("内容太大了", status=413, code="too_large")
    return bytes(found)


async def json_body(request: web.Request, *, any_type: bool = False, most: int = MOST_JSON) -> dict[str, object]:
    """A JSON object; an empty body is an empty object.

    Raises:
        BadRequestError: another content type (415), too large (413), no JSON object, too deep or with absurd numbers (400).
    """
    data = await body(request, most)
    if not data.strip():
        return {}
    if not any_type and "Content-Type" in request.headers and request.content_type != "application/json":
        raise BadRequestError("请用 JSON 格式提交（Content-Type: application/json）", status=415, code="unsupported_media_type")
    try:
        found: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequestError("请求体不是合法的 JSON", code="bad_json") from error
    if not isinstance(found, dict):
        raise BadRequestError("请求体应是一个 JSON 对象", code="bad_json")
    sane(found)
    return found


def sane(value: object) -> None:
    """Refuse what is nested deeper or counted higher than anything we mean."""
    level = [value]
    for _ in range(_DEEPEST):
        below: list[object] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
            elif isinstance(one, int | float) and not abs(one) < _LARGEST:  # neither infinity nor NaN is smaller
                raise BadRequestError("数字太大了", code="bad_json")
        if not below:
            return
        level = below
    raise BadRequestError("JSON 嵌套太深了", code="bad_json")


async def shaped(request: web.Request, shape: type[Shape]) -> Shape:
    """The body as the shape that this call asks for.

    Raises:
        BadRequestError: with every fault in words.
    """
    found = await json_body(request)
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        raise BadRequestError("；".join(faults(error)), code="bad_request") from None


def faults(error: ValidationError) -> list[str]:
    """What is wrong, in words, without repeating what was sent."""
    return [_words(dict(fault)) for fault in error.errors(include_url=False, include_input=False)]


def _words(fault: dict[str, object]) -> str:
    place = fault["loc"]
    name = ".".join(str(part) for part in place) if isinstance(place, tuple) else ""
    context = fault.get("ctx")
    limits = context if isinstance(context, dict) else {}
    match fault["type"]:
        case "missing":
            return f"缺少 {name}"
        case "string_too_short":
            return f"{name} 不能少于 {limits.get('min_length')} 个字"
        case "string_too_long":
            return f"{name} 不能多于 {limits.get('max_length')} 个字"
        case "string_type":
            return f"{name} 应是文字"
        case _:
            return f"{name} 的值不合要求"


def number(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    """A whole number from the query, held within its bounds; the default where it is absent or empty.

    Raises:
        BadRequestError: it is no number.
    """
    told = request.query.get(name, "")
    if not told:
        return default
    if not (told.isascii() and told.isdigit() and len(told) <= 18):
        raise BadRequestError(f"{name} 应是一个数字")
    return min(max(int(told), least), most)
