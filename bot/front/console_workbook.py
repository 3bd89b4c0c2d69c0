"""导入导出: everything as one Excel workbook; one that comes back is looked at whole and becomes drafts, or nothing does."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.db import drafts, releases
from bot.db.drafts import Draft
from bot.db.users import User
from bot.errors import BadRequestError, ContentError
from bot.front import accounts, console_desk, console_drafts, console_pages, console_shell, limits
from bot.front.console import WRITERS
from bot.front.context import FRONT, LIMITER

if TYPE_CHECKING:
    from bot.content.items import Edit
    from bot.editing.desk import Editing

MOST_BYTES: Final = 24 << 20
MOST_EDITS: Final = 500
"""Drafts that one workbook may become: as many as are listed at once."""
_SHOWN: Final = 300
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SMALL: Final = 64


async def page(request: web.Request) -> web.Response:
    """``GET /console/workbook``."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    live = await desk.live()
    counts: dict[str, int] = {}
    for key in live.found:
        counts[key.kind] = counts.get(key.kind, 0) + 1
    told = {"kinds": console_drafts.names(), "counts": counts, "release": live.release, "most": MOST_BYTES >> 20}
    return console_shell.page(request, "console_workbook.html", who, told)


async def download(request: web.Request) -> web.Response:
    """``GET /console/workbook/download?kind=``: all of what is live, or some kinds of it."""
    from bot.content.workbook import workbook_of  # noqa: PLC0415  (Excel, which only this page needs)

    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    live, names = await (await console_desk.editing(request)).live(), console_drafts.names()
    kinds = [one for one in request.query.getall("kind", []) if one in names]
    if len(kinds) != len(request.query.getall("kind", [])):
        raise BadRequestError("没有这一类内容")
    body = await asyncio.to_thread(workbook_of, live.files, kinds or None, live.release)  # type: ignore[arg-type]
    title = "、".join(names[one] for one in kinds) or "全部内容"
    version = f" 第{live.release}版" if live.release is not None else ""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{title}{version}.xlsx')}"}
    return web.Response(body=body, content_type=_EXCEL, headers=headers)


async def look(request: web.Request) -> web.Response:
    """``POST /console/workbook/look`` (the file): what it would change, or every fault with sheet, row and column."""
    who = await accounts.user(request, *WRITERS)
    desk = await console_desk.editing(request)
    data, name, _ = await _sent(request)
    return await _looked(request, who, desk, (data, name))


async def _looked(request: web.Request, who: User, desk: Editing, file: tuple[bytes, str], wrong: str = "") -> web.Response:
    told: dict[str, object] = {"file": file[1], "kinds": console_drafts.names(), "wrong": wrong, "faults": (), "changes": ()}
    try:
        edits = await _edits(request, desk, file)
    except ContentError as error:
        told["faults"] = [(_sheet(one.file), one.line, one.key, one.reason) for one in error.problems]
        return console_shell.page(request, "console_workbook_look.html", who, told, 422)
    made = [_draft(base, edit, file[1]) for edit, base in await _based(desk, edits[:_SHOWN])]
    changes = await desk.changes(made, console_desk.today(request))
    held, foreign = await _held(request, who, desk, edits)
    told |= {
        "changes": changes,
        "total": len(edits),
        "counts": _counts(edits),
        "held": held,
        "foreign": foreign,
        "seen": _seen(file[0], (await desk.live()).digest),
        "too_many": len(edits) > MOST_EDITS,
        "most": MOST_EDITS,
        **console_drafts.words(),
    }
    return console_shell.page(request, "console_workbook_look.html", who, told)


def _seen(data: bytes, digest: str) -> str:
    """What somebody looked at: this file on this live content."""
    return hashlib.blake2b(data + digest.encode(), digest_size=12).hexdigest()


def _sheet(place: str) -> str:
    return place.rpartition("›")[2].strip()


def _counts(edits: Sequence[Edit]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for one in edits:
        found[one.key.kind] = found.get(one.key.kind, 0) + 1
    return found


async def _edits(request: web.Request, desk: Editing, file: tuple[bytes, str]) -> Sequence[Edit]:
    """What the workbook changes; raises ContentError with every fault."""
    from bot.content.workbook import edits_of, origin_of  # noqa: PLC0415  (Excel, which only this page needs)

    data, name = file
    live, engine = await desk.live(), request.app[FRONT].engine
    origin = await asyncio.to_thread(origin_of, data, name)
    base: Mapping[str, bytes] | None = None
    if origin.release is not None and origin.release != live.release:
        try:
            base = await releases.load(engine, origin.release)
        except ContentError:
            base = None
    return await asyncio.to_thread(edits_of, data, live.files, base, name)


async def _based(desk: Editing, edits: Sequence[Edit]) -> Sequence[tuple[Edit, str]]:
    from bot.content.items import fingerprint  # noqa: PLC0415  (the rooms, which are loaded by now)

    live = await desk.live()
    return [(one, fingerprint(item.value if (item := live.found.get(one.key)) else None)) for one in edits]


def _draft(base: str, edit: Edit, name: str) -> Draft:
    return Draft(edit.key.kind, edit.key.id, edit.value, f"Excel：{name}", "从 Excel 导入", base)


async def _held(request: web.Request, who: User, desk: Editing, edits: Sequence[Edit]) -> tuple[list[Draft], list[Edit]]:
    """Open drafts of others over the same things, whose words stay; and what is not this person's to write."""
    engine = request.app[FRONT].engine
    held: list[Draft] = []
    foreign: list[Edit] = []
    live = await desk.live()
    for one in edits[:MOST_EDITS]:
        item = live.found.get(one.key)
        both = [value for value in (one.value, None if item is None else item.value) if value is not None]
        if not all([await desk.may_write(who, one.key.kind, value) for value in both]):
            foreign.append(one)
            continue
        found = await drafts.open_draft(engine, one.key.kind, one.key.id)
        if found is not None and found.last_author != who.name and found.value != one.value:
            held.append(found)
    return held, foreign


async def take(request: web.Request) -> web.Response:
    """``POST /console/workbook`` (the file, and what was looked at): all of it as drafts."""
    who = await accounts.user(request, *WRITERS)
    desk = await console_desk.editing(request)
    data, name, more = await _sent(request)
    file = data, name
    if more.get("seen") != _seen(data, (await desk.live()).digest):
        return await _looked(request, who, desk, file, "文件或者线上的内容变了，请按现在的再看一遍")
    try:
        edits = await _edits(request, desk, file)
    except ContentError:
        return await _looked(request, who, desk, file)
    if len(edits) > MOST_EDITS:
        raise BadRequestError(f"一次最多变成 {MOST_EDITS} 条草稿，请分几次改", status=409, code="too_many")
    held, foreign = await _held(request, who, desk, edits)
    if foreign:
        raise BadRequestError("里面有不归您管的内容，请总部的同事来导入", status=403, code="scope")
    theirs = {(one.kind, one.item) for one in held}
    wanted = [_draft(base, one, name) for one, base in await _based(desk, edits) if (one.key.kind, one.key.id) not in theirs]
    kept = await drafts.keep(request.app[FRONT].engine, wanted, who.name, request.app[FRONT].clock.now())
    told = {"kept": kept, "held": held, "kinds": console_drafts.names()}
    return console_shell.page(request, "console_workbook_done.html", who, told)


async def _sent(request: web.Request) -> tuple[bytes, str, dict[str, str]]:
    """The file, its name and the small fields beside it; read piece by piece, refused as soon as it is too large."""
    if not request.content_type.startswith("multipart/"):
        raise BadRequestError("先选一个 Excel 文件")
    data, name, more = b"", "", dict[str, str]()
    reader = await request.multipart()
    async for part in reader:
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename:
            data, name = await _piece(part, MOST_BYTES), part.filename.replace("\\", "/").rpartition("/")[2][:100]
        elif part.name:
            more[part.name] = (await _piece(part, _SMALL)).decode("utf-8", "replace")
    if not data:
        raise BadRequestError("先选一个 Excel 文件")
    return data, name, more


async def _piece(part: BodyPartReader, most: int) -> bytes:
    found = bytearray()
    while piece := await part.read_chunk(64 << 10):
        found += piece
        if len(found) > most:
            raise BadRequestError("文件太大了，最多 24 MB", status=413, code="too_large")
    return bytes(found)


def routes() -> list[web.RouteDef]:
    """The page, the file out, the file in."""
    return [
        web.get("/console/workbook", page),
        web.get("/console/workbook/download", download),
        web.post("/console/workbook/look", look),
        web.post("/console/workbook", take),
    ]
