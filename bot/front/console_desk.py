"""The way from a request of the console to the desk of the words, and to its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import BadRequestError
from bot.front.context import FRONT, Front

if TYPE_CHECKING:
    from datetime import date

    from aiohttp import web

    from bot.editing.desk import Editing
    from bot.front.console_port import Grows


async def grows(front: Front) -> Grows:
    """The live base, built when somebody first asks; raises BadRequestError (503) where there is none."""
    if front.growing is None:
        raise BadRequestError("知识库还没有准备好，请稍后再试", status=503, code="unavailable")
    return await front.growing()


async def editing(request: web.Request) -> Editing:
    """The desk of the words; raises BadRequestError (503) where there is none."""
    return (await grows(request.app[FRONT])).editing


def today(request: web.Request) -> date:
    """The day in the brand's zone."""
    front = request.app[FRONT]
    return front.clock.now().astimezone(front.brand().zone).date()
