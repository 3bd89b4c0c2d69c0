"""What a group wrote, laid into the rows of its campaign: in one transaction, under the lock of the campaign."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import campaigns
from bot.db.campaigns_rows import Campaign, Doubt, OrderLine
from bot.db.engine import CONNECTION_FAULTS
from bot.ordering.menu import goods_of
from bot.ordering.people import NAMED
from bot.ordering.standing import Ledgers, Standing
from bot.ordering.stock import granted
from intents.orders import Ledger

log = structlog.get_logger(__name__)


async def follow(engine: AsyncEngine, ledgers: Ledgers, conversations: Iterable[str], now: datetime) -> None:
    """Read on the campaigns of these talks; says nothing, and costs one query where none of them has one.

    One campaign that cannot be read keeps no other from it: it is logged, and the keeper tries again.
    """
    async with engine.connect() as connection:
        found = await campaigns.of_talks(connection, conversations, now)
    for campaign in found:
        try:
            await catch_up(engine, ledgers, campaign, now)
        except Exception as error:
            if away(error):
                raise
            log.exception("orders.stumbled", campaign=campaign)


async def catch_up(engine: AsyncEngine, ledgers: Ledgers, campaign: int, now: datetime) -> None:
    """Read one campaign up to what stands in its talk."""
    try:
        async with engine.begin() as connection:
            found = await campaigns.locked(connection, campaign)
            if found is not None:
                await brought_up(connection, ledgers, found, now)
    except BaseException:
        ledgers.forget(campaign)
        raise


async def brought_up(connection: AsyncConnection, ledgers: Ledgers, campaign: Campaign, now: datetime) -> bool:
    """The same in the transaction that has locked it; whether there was anything to read, so that the row is another now."""
    marks = await campaigns.marks(connection, campaign.id)
    if marks == campaign.followed:
        return False
    standing = await ledgers.read_on(connection, campaign, marks)
    changed = await _kept(connection, campaign, standing, now)
    kept = {
        "followed": {"message": marks.message, "edit": marks.edit, "recalled": marks.recalled},
        "called": dict(standing.people.called),
        "late": {**dict.fromkeys(standing.late, False), **campaign.late},
    }
    await campaigns.followed(connection, campaign.id, standing.inbox, kept, changed=changed)
    return True


def away(error: Exception) -> bool:
    """Whether the database is away, rather than one row to blame."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return isinstance(error, CONNECTION_FAULTS)


async def _kept(connection: AsyncConnection, campaign: Campaign, standing: Standing, now: datetime) -> bool:
    ledger, who = standing.ledger(), standing.people.who()
    before = {(one.sender, one.sku): one for one in await campaigns.lines(connection, campaign.id)}
    after = _lines(ledger, campaign, standing, who)
    told_away = [_emptied(one) for key, one in before.items() if key not in after and (one.confirmed or 0) > 0]
    after |= {(one.sender, one.sku): one for one in told_away}
    changed = [one for key, one in after.items() if not _same(one, before.get(key))]
    gone = [key for key in before if key not in after]
    await campaigns.put_lines(connection, campaign.id, changed, now)
    await campaigns.drop_lines(connection, campaign.id, gone)
    asked = await _asked(connection, campaign, _doubts(ledger, standing, who), now)
    return bool(changed or gone or asked)


def _lines(ledger: Ledger, campaign: Campaign, standing: Standing, who: Mapping[str, str]) -> dict[tuple[str, str], OrderLine]:
    share = granted(ledger.lines, goods_of(campaign.menu), standing.order)
    found = {}
    for place, line in enumerate(ledger.lines):
        sender, got = who.get(line.sender, NAMED + line.sender), share[line.sender, line.sku]
        found[sender, line.sku] = OrderLine(
            sender=sender,
            sku=line.sku,
            name=standing.people.name(sender),
            n=line.n,
            unit=line.unit,
            note=line.note,
            sources=line.sources,
            state="taken" if got == line.n else "short",
            granted=got,
            place=place,
        )
    return found


def _emptied(one: OrderLine) -> OrderLine:
    """A line that the group was told of and that is no more: it stands until that is told too."""
    return replace(one, n=one.n * 0, granted=one.granted * 0, state="gone")


def _same(one: OrderLine, before: OrderLine | None) -> bool:
    return before is not None and one == replace(before, confirmed=one.confirmed, updated_at=one.updated_at)


def _doubts(ledger: Ledger, standing: Standing, who: Mapping[str, str]) -> Sequence[Doubt]:
    found = []
    for one in ledger.unresolved:
        sender = who.get(one.sender, NAMED + one.sender)
        question = one.question.removeprefix(f"{one.sender}，")
        found.append(Doubt(sender, standing.people.name(sender), one.message, one.text, question))
    return found


async def _asked(connection: AsyncConnection, campaign: Campaign, found: Sequence[Doubt], now: datetime) -> bool:
    """Keep what is unclear, forget what is so no more; what is left of a message that was asked about counts as asked."""
    before = await campaigns.doubts(connection, campaign.id)
    known = {(one.message, one.text) for one in before}
    asked = {one.message: one.asked_at for one in before if one.asked_at is not None}
    still = {(one.message, one.text) for one in found}
    fresh = [replace(one, asked_at=asked.get(one.message)) for one in found if (one.message, one.text) not in known]
    gone = [one.id for one in before if (one.message, one.text) not in still and one.settled_at is None]
    await campaigns.put_doubts(connection, campaign.id, fresh, now)
    await campaigns.drop_doubts(connection, gone)
    return bool(fresh or gone)
