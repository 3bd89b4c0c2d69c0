"""A release to take away: its files as they are, or its things as one workbook."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from bot.db import releases
from bot.front import accounts, console_desk, console_releases, limits
from bot.front.console import WRITERS
from bot.front.context import FRONT, LIMITER

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, so that the same release makes the same bytes."""


async def archive(request: web.Request) -> web.Response:
    """``GET /console/releases/{release}/export.zip``: its files, byte for byte."""
    number, files = await _files(request)
    made = await asyncio.to_thread(zipped, files)
    return _download(made, "application/zip", f"daogou-{number}.zip")


async def sheets(request: web.Request) -> web.Response:
    """``GET /console/releases/{release}/export.xlsx``: its things as one workbook."""
    number, files = await _files(request)
    await console_desk.editing(request)
    from bot.content.workbook import workbook_of  # noqa: PLC0415  (the rooms, which are loaded by now)

    made = await asyncio.to_thread(workbook_of, files, None, number)
    return _download(made, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", f"daogou-{number}.xlsx")


async def _files(request: web.Request) -> tuple[int, Mapping[str, bytes]]:
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    number = int(request.match_info["release"])
    await console_releases.with_before(request, number)
    return number, await releases.load(request.app[FRONT].engine, number)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of files; the same files make the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for path in sorted(files):
            into.writestr(zipfile.ZipInfo(path, _EPOCH), files[path], zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _download(data: bytes, kind: str, name: str) -> web.Response:
    return web.Response(body=data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def routes() -> list[web.RouteDef]:
    """The files of a release."""
    one = r"/console/releases/{release:\d{1,18}}"
    return [web.get(one + "/export.zip", archive), web.get(one + "/export.xlsx", sheets)]
