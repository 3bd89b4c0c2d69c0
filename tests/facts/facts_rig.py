"""Builders with dull defaults for arrivals and turns, and short words for what is done with them on a real database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import ownership
from bot.db import outgoing, turns
from bot.db.accept import Accepted, Acceptor
from bot.db.floors import Floors
from bot.db.outgoing import Sent, Taken
from bot.db.turns import Done, Kept, Settled, Waiting
from bot.ids import conversation_id
from bot.model import Arrival, ConversationId, Outgoing, Speech

NOON = datetime(2026, 5, 20, 14, 0, tzinfo=UTC)
KF = "wkTest"


def conversation(external: str = "wm1") -> ConversationId:
    return conversation_id("wecom_kf", "demo", KF, external)


def an_arrival(platform_id: str, words: str = "在吗", external: str = "wm1", **more: Any) -> Arrival:
    """A text of a shopper, sent at noon."""
    base = Arrival(
        channel="wecom_kf",
        account="demo",
        platform_id=platform_id,
        conversation=conversation(external),
        kind="text",
        text=words,
        payload={"text": {"content": words}},
        sent_at=NOON,
        peer=KF,
        external=external,
    )
    return replace(base, **more)


def an_event(platform_id: str, external: str = "wm1", **more: Any) -> Arrival:
    """An event that needs no turn."""
    fields = {"kind": "event", "role": "event", "settled": ("silent", "事件"), **more}
    return an_arrival(platform_id, "", external, **fields)


async def accept(engine: AsyncEngine, *arrivals: Arrival, at: datetime = NOON, acceptor: Acceptor | None = None) -> Accepted:
    async with engine.begin() as connection:
        return await (acceptor or Acceptor()).accept(connection, arrivals, at)


async def waiting(engine: AsyncEngine, external: str = "wm1") -> Waiting:
    (found,) = await turns.load(engine, [conversation(external)])
    return found


def done(one: Waiting, *speeches: Speech | str, outcome: str = "answered", **more: Any) -> Done:
    """A turn that answers everything that waits with these words."""
    said = tuple(Speech(s) if isinstance(s, str) else s for s in speeches)
    answers = tuple(message.id for message in one.messages)
    return Done(
        before=one.conversation,
        seed="/".join(message.platform_id for message in one.messages[:1]),
        session=one.session,
        settled=tuple(Settled(message.id, outcome, "测试", {"intent": "greet"}) for message in one.messages),  # type: ignore[arg-type]
        speeches=tuple(replace(speech, answers=answers) for speech in said),
        **more,
    )


async def answered(engine: AsyncEngine, *speeches: Speech | str, external: str = "wm1", **more: Any) -> Kept:
    """Load what waits, and commit these words as its answer."""
    return await turns.commit(engine, [done(await waiting(engine, external), *speeches, **more)], NOON)


async def take(engine: AsyncEngine, external: str = "wm1", at: datetime = NOON) -> Taken | None:
    taken = await outgoing.take(engine, [conversation(external)], at)
    return taken[0] if taken else None


async def finish(engine: AsyncEngine, message: Outgoing, state: str = "sent", at: datetime = NOON, **more: Any) -> None:
    await outgoing.finish(engine, [Sent(message, state, **more)], at)  # type: ignore[arg-type]


async def claim(engine: AsyncEngine, guide: str = "wangjie", external: str = "wm1", at: datetime = NOON) -> None:
    await _floor(engine, external, at, lambda floor: ownership.claimed(floor, guide, at))


async def hand_back(engine: AsyncEngine, external: str = "wm1", at: datetime = NOON) -> None:
    await _floor(engine, external, at, lambda floor: ownership.handed_back(floor, at))


async def close(engine: AsyncEngine, external: str = "wm1", at: datetime = NOON) -> None:
    await _floor(engine, external, at, lambda floor: ownership.closed(floor, at))


async def _floor(engine: AsyncEngine, external: str, at: datetime, step: Any) -> None:
    async with engine.begin() as connection:
        floors = await Floors.locked(connection, [conversation(external)])
        floors.change(conversation(external), step)
        await floors.store(connection, at)


async def rows(engine: AsyncEngine, query: str, **values: object) -> Sequence[Mapping[str, Any]]:
    async with engine.connect() as connection:
        return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]


async def inbox(engine: AsyncEngine) -> Sequence[Mapping[str, Any]]:
    return await rows(engine, "select * from inbox order by id")


async def outbox(engine: AsyncEngine) -> Sequence[Mapping[str, Any]]:
    return await rows(engine, "select *, speech ->> 'text' as words from outbox order by id")


async def told(engine: AsyncEngine) -> list[tuple[str, str]]:
    """(author, words) of what the talk shows, in its order."""
    return [(row["author"], row["text"]) for row in await rows(engine, "select author, text from messages order by id")]


async def floor(engine: AsyncEngine, external: str = "wm1") -> Mapping[str, Any]:
    found = await rows(engine, "select * from conversations where id = :id", id=conversation(external))
    return found[0]
