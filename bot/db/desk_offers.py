"""What waits for a guide's tap, as the desk asks for it: who may is decided under the viewer's role, then ``offers`` acts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import offers
from bot.db.desk import allowed
from bot.db.offers import Offer, Tapped
from bot.db.reception import acting
from bot.db.scoped import scoped
from bot.db.users import User


async def waiting(engine: AsyncEngine, viewer: User, conversation: str, now: datetime) -> Sequence[Offer]:
    """What may still be sent with a tap in a talk; raises BadRequestError (404) where the viewer may not see it."""
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        return await offers.offers(connection, conversation, now)


async def taken(engine: AsyncEngine, viewer: User, conversation: str, what: tuple[int, str | None], now: datetime) -> Tapped:
    """The tap on an offer (``what``: its id, other words if the guide changed them); raises BadRequestError (404, 409)."""
    async with acting(engine, viewer, conversation) as talk:
        return await offers.taken(talk.connection, viewer, conversation, what[0], what[1], now)


async def spoken(engine: AsyncEngine, viewer: User, conversation: str, said: tuple[str, str], now: datetime) -> Tapped:
    """Words of the guide's own where only their hand may send; raises BadRequestError (404, 409)."""
    async with acting(engine, viewer, conversation) as talk:
        return await offers.spoken(talk.connection, viewer, conversation, said, now)


async def dismiss(engine: AsyncEngine, viewer: User, conversation: str, offer: int, now: datetime) -> bool:
    """The guide does not want an offer; False where it was gone."""
    async with acting(engine, viewer, conversation) as talk:
        return await offers.dismiss(talk.connection, viewer, conversation, offer, now)
