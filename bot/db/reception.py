"""What guides do at the desk: take a conversation, speak in it, give it back; each deed in one transaction with its audit."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import ownership
from bot.db.codec import speech_to_json
from bot.db.desk import allowed
from bot.db.floors import Floors
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.ids import msgid
from bot.model import Speech
from bot.ownership import Floor

_TAKEN = text(
    """
    insert into handovers (conversation_id, reason, store, guide, state, created_at, claimed_at)
    select c.id, '导购主动接手', p.store, :actor, 'claimed', :now, :now
    from conversations c join customers p on p.id = c.customer_id
    where c.id = :id on conflict (conversation_id) where state <> 'closed' do nothing
    """
)
_SPEAK = text(
    """
    insert into outbox (msgid, conversation_id, author, sender, epoch, speech, created_at)
    values (:msgid, :id, 'guide', :actor, :epoch, cast(:speech as jsonb), :now) on conflict (msgid) do nothing
    """
)
_COVERED = text("select coalesce(max(id), 0) from inbox where conversation_id = :id")


class HeldError(BadRequestError):
    """Somebody else holds the conversation (409); ``holder`` is who, None where nobody does."""

    def __init__(self, why: str, holder: str | None) -> None:
        super().__init__(why, status=409, code="held")
        self.holder = holder


async def claim(engine: AsyncEngine, viewer: User, conversation: str, now: datetime) -> Floor:
    """Take the conversation: of two at the same moment one gets it.

    The epoch rises with it, so what the bot had ready does not leave any more; what is leaving at this very moment is waited
    for by the caller (``bot.db.outgoing.quiet``).

    Raises:
        HeldError: another person holds it.
    """
    async with engine.begin() as connection:
        floors = await Floors.locked(connection, [conversation])
        await allowed(connection, viewer, conversation)
        before = floors[conversation]
        if before.owner == "human" and before.guide != viewer.actor:
            raise HeldError("已经有同事接待了", before.guide)
        after = floors.change(conversation, lambda floor: ownership.claimed(floor, viewer.actor, now))
        await floors.store(connection, now)
        if after != before:
            await connection.execute(_TAKEN, {"id": conversation, "actor": viewer.actor, "now": now})
            await audit(connection, now, viewer.name, ("claim", conversation), owner=before.owner, epoch=after.epoch)
        return after


async def reply(engine: AsyncEngine, viewer: User, conversation: str, said: tuple[str, str], now: datetime) -> None:
    """Say something (``said``: the client's id of it, the words); a repeat with the same id is sent once.

    Raises:
        HeldError: the viewer does not hold the conversation.
    """
    token, words = said
    async with engine.begin() as connection:
        floors = await Floors.locked(connection, [conversation])
        await allowed(connection, viewer, conversation)
        floor = _own(floors[conversation], viewer)
        covered = (await connection.execute(_COVERED, {"id": conversation})).scalar_one()
        await connection.execute(
            _SPEAK,
            {
                "msgid": msgid("desk", conversation, viewer.actor, token),
                "id": conversation,
                "actor": viewer.actor,
                "epoch": floor.epoch,
                "speech": speech_to_json(Speech(words)),
                "now": now,
            },
        )
        floors.change(conversation, lambda same: same, covered)
        await floors.store(connection, now)


async def hand_back(engine: AsyncEngine, viewer: User, conversation: str, now: datetime) -> Floor:
    """Give the conversation back to the bot.

    Raises:
        HeldError: neither the viewer's own nor a lead's business.
    """
    return await _give_up(engine, viewer, conversation, ("hand_back", now, ownership.handed_back))


async def close(engine: AsyncEngine, viewer: User, conversation: str, now: datetime) -> Floor:
    """End the talk; the shopper's next message starts a new one.

    Raises:
        HeldError: neither the viewer's own nor a lead's business.
    """
    return await _give_up(engine, viewer, conversation, ("close", now, ownership.closed))


async def _give_up(
    engine: AsyncEngine, viewer: User, conversation: str, step: tuple[str, datetime, Callable[[Floor, datetime], Floor]]
) -> Floor:
    deed, now, change = step
    async with engine.begin() as connection:
        floors = await Floors.locked(connection, [conversation])
        await allowed(connection, viewer, conversation)
        before = floors[conversation]
        if before.owner == "human" and viewer.role not in {"lead", "admin"}:
            _own(before, viewer)
        after = floors.change(conversation, lambda floor: change(floor, now))
        await floors.store(connection, now)
        if after != before:
            await audit(
                connection, now, viewer.name, (deed, conversation), owner=before.owner, guide=before.guide, epoch=after.epoch
            )
        return after


def _own(floor: Floor, viewer: User) -> Floor:
    if floor.owner != "human":
        raise HeldError("要先接待，才能说话", None)
    if floor.guide != viewer.actor:
        raise HeldError("这位顾客由同事接待着", floor.guide)
    return floor
