"""Errors become answers here and nowhere else; and every answer leaves with the same security headers."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

import aiohttp_jinja2
import structlog
from aiohttp import ClientPayloadError, web
from redis.exceptions import RedisError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot import metrics
from bot.errors import BadRequestError
from bot.front.limits import TooManyError

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_OURS = (IntegrityError, DataError, ProgrammingError)
"""What the database says about a bug of ours; waiting does not help."""
_AWAY = (DBAPIError, PoolTimeoutError, RedisError, ConnectionError, OSError, TimeoutError)
"""A database or Redis that is away for a moment: the caller should come again."""
_MACHINES = ("/api/", "/hooks/", "/webhooks/", "/model", "/status", "/version", "/healthz", "/readyz", "/metrics")
"""Paths whose callers read JSON; everything else is looked at by people."""
_WORDS = {
    400: "这个请求不完整或者格式不对。",
    401: "请先登录。",
    403: "你没有权限看这一页。",
    404: "没有找到这一页。",
    405: "这里不接受这样的请求。",
    413: "内容太大了。",
    415: "请用 JSON 格式提交。",
    429: "太频繁了，请稍等一会儿再试。",
    500: "我们这边出了点问题，已经记下来了。",
    503: "系统正忙，请稍后再试。",
}


def policy(scripts: Sequence[str] = ()) -> str:
    """Nothing inline, nothing from elsewhere but pictures of products and the hosts of ``scripts``; nobody may frame us."""
    hosts = " ".join(("'self'", *scripts))
    return (
        f"default-src 'none'; script-src {hosts}; style-src 'self'; img-src 'self' https: data:; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


_POLICY = policy()


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The one place that catches everything at the door."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return _translated(request, error)
    except Exception as error:  # noqa: BLE001  (the only place that may catch everything: words outside, the traceback in the log)
        return _answered(request, error)


def _answered(request: web.Request, error: Exception) -> web.Response:
    if isinstance(error, BadRequestError):
        metrics.REFUSED.labels(door=_door(request), code=error.code).inc()
        wait = error.wait if isinstance(error, TooManyError) else None
        return _said(request, error.status, error.code, str(error), wait)
    if isinstance(error, ClientPayloadError | web.RequestPayloadError):
        return _said(request, 400, "bad_request", "请求体没有传完整", None)
    if isinstance(error, _AWAY) and not isinstance(error, _OURS):
        metrics.FAULTS.labels(where="front").inc()
        log.warning("front.away", path=request.path, why=type(error).__name__)
        return _said(request, 503, "unavailable", _WORDS[503], 2)
    case = secrets.token_hex(4)
    log.error("front.failed", method=request.method, path=request.path, case=case, exc_info=error)
    return _said(request, 500, "internal", f"{_WORDS[500]}（编号 {case}）", None)


def _translated(request: web.Request, error: web.HTTPException) -> web.Response:
    code = HTTPStatus(error.status).phrase.lower().replace(" ", "_") if error.status in _WORDS else "refused"
    answer = _said(request, error.status, code, _WORDS.get(error.status, "请求没有被接受。"), None)
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer


def _said(request: web.Request, status: int, code: str, words: str, wait: int | None) -> web.Response:
    """JSON for machines, a page for people."""
    if request.path.startswith(_MACHINES) or "HX-Request" in request.headers:
        answer = web.json_response({"error": {"code": code, "message": words}}, status=status)
    else:
        shown = {"status": status, "words": words}
        answer = aiohttp_jinja2.render_template("error.html", request, shown, status=status)
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _door(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


async def secure(request: web.Request, response: web.StreamResponse) -> None:
    """Headers that every answer carries."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
