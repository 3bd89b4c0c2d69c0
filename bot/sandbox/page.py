"""The pages at `/` and `/groups`: plain files, no build step, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import web

WEB: Final = Path(__file__).parents[1] / "web"
INDEX: Final = WEB / "templates" / "sandbox" / "index.html"
GROUPS: Final = WEB / "templates" / "sandbox" / "groups.html"
STATIC: Final = WEB / "static" / "sandbox"

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def routes() -> list[web.AbstractRouteDef]:
    """The pages and their files."""
    return [web.get("/", _index), web.get("/groups", _groups), web.static("/sandbox/static", STATIC)]


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(INDEX, headers=_HEADERS)


async def _groups(_: web.Request) -> web.FileResponse:
    return web.FileResponse(GROUPS, headers=_HEADERS)
