"""What time brings to campaigns: confirmations, questions, the reminder, the end; each campaign in a transaction of its own.

A campaign is read on and judged under the lock of its talk and of its row; what was said is noted with the line in the outbox, so
that of two keepers one finds nothing left to say.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import ownership
from bot.db import campaigns, campaigns_say, keeping
from bot.db.campaigns_rows import Campaign, Glance
from bot.groups.manners import settings_of
from bot.ordering.following import away, brought_up
from bot.ordering.menu import terms_of
from bot.ordering.speaking import Voice
from bot.ordering.standing import Ledgers, members_of
from bot.ordering.telling import Sheet
from bot.ordering.timing import Due, Pace, due, worth_a_look
from bot.ownership import Floor
from bot.services import Services

log = structlog.get_logger(__name__)


async def keep(engine: AsyncEngine, ledgers: Ledgers, services_of: Callable[[str], Services], now: datetime) -> frozenset[str]:
    """One round over all campaigns; the talks in which there is something to send now."""
    async with engine.connect() as connection:
        found = await campaigns.glances(connection, now)
    speaking = set()
    for glance in found:
        services = services_of(glance.account)
        if not worth_a_look(glance, _pace(glance, services), now):
            continue
        try:
            if await _round(engine, ledgers, glance, services, now):
                speaking.add(glance.conversation)
        except Exception as error:
            ledgers.forget(glance.id)
            if away(error):
                raise
            log.exception("orders.stumbled", conversation=glance.conversation)
    return frozenset(speaking)


def _pace(campaign: Campaign | Glance, services: Services) -> Pace:
    """As the guide set it for the campaign, ops for the group, or the brand for all."""
    settings = settings_of(services.brand, campaign.settings)
    every = terms_of(campaign.terms).confirm_every or settings.confirm_every
    return Pace(timedelta(minutes=every), timedelta(minutes=settings.remind_before))


async def _round(engine: AsyncEngine, ledgers: Ledgers, glance: Glance, services: Services, now: datetime) -> bool:
    """One campaign; whether anything was said."""
    async with engine.begin() as connection:
        if not await keeping.alone(connection, glance.conversation):
            return False
        campaign = await campaigns.locked(connection, glance.id)
        if campaign is not None and await brought_up(connection, ledgers, campaign, now):
            campaign = await campaigns.locked(connection, glance.id)
        if campaign is None or campaign.state == "cancelled":
            return False
        return await _act(connection, campaign, services, now)


async def _act(connection: AsyncConnection, campaign: Campaign, services: Services, now: datetime) -> bool:
    """Do what is due; while a person has the talk it stays due, but the end comes in its time."""
    sheet = Sheet(campaign, await campaigns.lines(connection, campaign.id))
    found = due(campaign, sheet.lines, await campaigns.doubts(connection, campaign.id), _pace(campaign, services), now)
    if found.close:
        await campaigns_say.close(connection, campaign.id, now)
    floor = Floor(campaign.owner, campaign.epoch, group=True)
    if not ownership.may_leave("bot", campaign.epoch, floor):
        return False
    if not ownership.may_push(floor):
        found = Due(confirm=found.confirm, ask=() if found.remind else found.ask)
    voice = Voice(sheet, await members_of(connection, campaign.conversation), services, now)
    lines = [*voice.asked_for(found), *voice.pushed(found)]
    for seed, speech in lines:
        await campaigns_say.say(connection, campaign, seed, speech, now)
    await _noted(connection, sheet, found, now)
    return bool(lines)


async def _noted(connection: AsyncConnection, sheet: Sheet, found: Due, now: datetime) -> None:
    """That it was said, in the transaction that says it."""
    campaign = sheet.campaign
    told = sheet.lines if found.list_all else found.confirm
    if found.list_all or found.confirm:
        await campaigns_say.confirmed(connection, campaign.id, told, max(now, campaign.closed_at or now))
    if found.ask:
        await campaigns_say.asked(connection, [one.id for one in found.ask], now)
    if found.remind:
        await campaigns_say.reminded(connection, campaign.id, now)
    kept: dict[str, object] = {"announce": False} if found.announce else {}
    if found.late:
        kept["late"] = {**campaign.late, **dict.fromkeys(found.late, True)}
    if kept:
        await campaigns_say.keep(connection, campaign.id, kept)
