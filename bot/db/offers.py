"""Suggestions that wait for a guide's tap, in channels where no program may send.

The courier turns what the bot would say there into *offered*. ``taken`` is the tap: under the lock of the conversation it asks
the fence once more, makes the words the guide's own and gives them back to the courier, whose record of them is what the
transcript shows. The page sends them in the platform's own client after that, never before: what the fence holds is not said.

A tap on a suggestion as it stands is the guide speaking in that moment, and the suggestions go on coming. Words of the guide's
own take the talk (``bot.ownership.claimed``), as everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import ownership
from bot.db.codec import speech_to_json
from bot.db.floors import Floors
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.ids import msgid
from bot.model import JsonMap, Speech
from bot.ownership import Floor

# the fence (``ownership.may_leave``) as a question to the table: what it holds is not shown
_OPEN = """
    o.state = 'offered' and (o.author <> 'bot' or (c.epoch = o.epoch and c.owner <> 'human'
        and (c.owner <> 'waiting' or not coalesce(cast(o.speech ->> 'pushed' as boolean), false))))
"""
_OFFERS = text(
    f"""
    select o.id, o.author, o.speech, o.deadline, o.created_at from outbox o join conversations c on c.id = o.conversation_id
    where o.conversation_id = :id and {_OPEN} and (cast(:now as timestamptz) is null or o.deadline > :now) order by o.id
    """  # noqa: S608  (a piece of our own)
)
_ONE = text(
    """
    select id, msgid, author, sender, epoch, speech, state, deadline from outbox
    where id = :offer and conversation_id = :id
    """
)
_TAP = text(
    """
    update outbox set state = 'pending', author = 'guide', sender = :actor, epoch = :epoch, deadline = null, due_at = null,
        reason = null, attempts = 0, uncertain = false, speech = speech || jsonb_build_object('tapped', cast(:actor as text))
            || case when :own then jsonb_build_object('text', cast(:words as text), 'trace',
                coalesce(speech -> 'trace', '{}') || jsonb_build_object('offered', speech ->> 'text')) else '{}' end
    where id = :offer and conversation_id = :id and state = 'offered' returning id
    """
)
_SPOKEN = text(
    """
    insert into outbox (msgid, conversation_id, author, sender, epoch, speech, created_at)
    values (:msgid, :id, 'guide', :actor, :epoch, cast(:speech as jsonb), :now) on conflict (msgid) do nothing
    """
)
_NUMBER = text("select id from outbox where msgid = :msgid")
_HEARD = text("update conversations set human_at = :now where id = :id")
_COVERED = text("select coalesce(max(id), 0) from inbox where conversation_id = :id")
_STEPPED_IN = text(
    """
    insert into handovers (conversation_id, reason, kind, store, guide, state, created_at, claimed_at)
    select c.id, '导购自己开口了', 'taken', c.store, :actor, 'claimed', :now, :now from conversations c
    where c.id = :id on conflict (conversation_id) where state <> 'closed' do nothing
    """
)
_UNSAID = """
    unsaid as (
        update inbox i set outcome = 'silent', reason = g.reason from gone g
        where i.id in (select cast(jsonb_array_elements_text(coalesce(g.speech -> 'answers', '[]')) as bigint))
            and i.outcome = 'answered'
    )
"""
_DISMISS = text(
    f"""
    with gone as (
        update outbox set state = 'dropped', reason = '导购没有用这条建议'
        where id = :offer and conversation_id = :id and state = 'offered' returning id, speech, reason
    ), {_UNSAID} select id from gone
    """  # noqa: S608
)
_EXPIRE = text(
    f"""
    with gone as (
        update outbox o set reason = case when o.deadline <= :now then '建议没人点，过期了' else '导购已经接手，建议不再有效' end,
            state = 'dropped'
        from conversations c where c.id = o.conversation_id and o.state = 'offered' and (o.deadline <= :now or not ({_OPEN}))
        returning o.conversation_id, o.speech, o.reason
    ), {_UNSAID} select distinct conversation_id from gone
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One suggestion that a guide may send with a tap."""

    id: int
    text: str
    cards: tuple[JsonMap, ...]
    expires_at: datetime | None
    at: datetime
    trace: JsonMap
    """Why we would say it."""
    own: bool = False
    """The words of a guide that still wait for their tap."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """What became of a tap."""

    outcome: Literal["sent", "again"]
    """``again``: this guide had tapped on it before; it is not to be sent a second time."""
    floor: Floor
    msgid: str
    text: str
    """The words to send."""
    offer: int
    """Id of it, by which ``POST /api/wecom/{account}/unsent`` names it."""


async def offers(connection: AsyncConnection, conversation: str, now: datetime | None = None) -> Sequence[Offer]:
    """What waits for a tap and may still be said, oldest first; without ``now`` also what is past its time."""
    rows = await connection.execute(_OFFERS, {"id": conversation, "now": now})
    return [
        Offer(
            id=row.id,
            text=row.speech.get("text", ""),
            cards=tuple(row.speech.get("cards", ())),
            expires_at=row.deadline,
            at=row.created_at,
            trace=row.speech.get("trace", {}),
            own=row.author == "guide",
        )
        for row in rows
    ]


async def taken(
    connection: AsyncConnection, viewer: User, conversation: str, offer: int, words: str | None, now: datetime
) -> Tapped:
    """The guide's tap; ``words`` where they changed them (None, or the same: as it was offered). Then wake the queue ``send``.

    Raises:
        BadRequestError: 404 there is none; 409 too late, overtaken by a person, or somebody else sent it.
    """
    floors = await _locked(connection, conversation)
    row = (await connection.execute(_ONE, {"id": conversation, "offer": offer})).one_or_none()
    if row is None:
        raise BadRequestError("没有这条建议", status=404, code="not_found")
    told = (words or "").strip()
    own = bool(told) and told != row.speech.get("text")
    if _again(row, viewer):
        return Tapped("again", floors[conversation], row.msgid, row.speech.get("text", ""), offer)
    _check(row, floors[conversation], now, own=own)
    floor = await _speak(connection, floors, viewer, (conversation, now), own=own or row.author == "guide")
    values = {"actor": viewer.actor, "epoch": floor.epoch, "own": own, "words": told, "offer": offer, "id": conversation}
    if (await connection.execute(_TAP, values)).one_or_none() is None:
        raise BadRequestError("这条建议刚刚过期了", status=409, code="gone")
    await audit(connection, now, viewer.name, ("offer.taken", conversation), offer=offer, changed=own)
    return Tapped("sent", floor, row.msgid, told if own else row.speech.get("text", ""), offer)


async def spoken(connection: AsyncConnection, viewer: User, conversation: str, said: tuple[str, str], now: datetime) -> Tapped:
    """Words of the guide's own that go out by their hand in the platform's client (``said``: the page's id of them, the words).

    They take the talk, and a repeat of the same id is one message.

    Raises:
        BadRequestError: 404 no such talk; 409 somebody else holds it.
    """
    token, words = said
    floors = await _locked(connection, conversation)
    floor = await _speak(connection, floors, viewer, (conversation, now), own=True)
    own = msgid("desk", conversation, viewer.actor, token)
    speech = speech_to_json(Speech(words, tapped=viewer.actor))
    values = {"msgid": own, "id": conversation, "actor": viewer.actor, "epoch": floor.epoch, "speech": speech, "now": now}
    made = (await connection.execute(_SPOKEN, values)).rowcount
    offer = int((await connection.execute(_NUMBER, {"msgid": own})).scalar_one())
    return Tapped("sent" if made else "again", floor, own, words, offer)


async def dismiss(connection: AsyncConnection, viewer: User, conversation: str, offer: int, now: datetime) -> bool:
    """The guide does not want it; False where it was gone already."""
    gone = (await connection.execute(_DISMISS, {"id": conversation, "offer": offer})).one_or_none()
    if gone is not None:
        await audit(connection, now, viewer.name, ("offer.dismissed", conversation), offer=offer)
    return gone is not None


async def expire(connection: AsyncConnection, now: datetime) -> tuple[str, ...]:
    """Drop what nobody tapped on in time and what a person's word has overtaken; the talks that show something else now."""
    return tuple(row.conversation_id for row in await connection.execute(_EXPIRE, {"now": now}))


async def _locked(connection: AsyncConnection, conversation: str) -> Floors:
    floors = await Floors.locked(connection, [conversation])
    if conversation not in floors:
        raise BadRequestError("没有这段对话", status=404, code="not_found")
    return floors


def _again(row: "Row[tuple[object, ...]]", viewer: User) -> bool:
    """Whether this guide has sent it before; a repeated call is not a second message."""
    return row.state in {"pending", "sending", "sent"} and row.speech.get("tapped") == viewer.actor


def _check(row: "Row[tuple[object, ...]]", floor: Floor, now: datetime, *, own: bool) -> None:
    if row.state != "offered":
        words = "同事已经发过这条了" if row.speech.get("tapped") else "这条建议已经不在了"
        raise BadRequestError(words, status=409, code="gone")
    if row.deadline is not None and now >= row.deadline:
        raise BadRequestError("这条建议过时了，请再看一眼现在的情况", status=409, code="late")
    if not own and not ownership.may_leave(row.author, row.epoch, floor, pushed=bool(row.speech.get("pushed"))):
        raise BadRequestError("这条建议是有人接手之前准备的，不能再发了", status=409, code="overtaken")


async def _speak(connection: AsyncConnection, floors: Floors, viewer: User, at: tuple[str, datetime], *, own: bool) -> Floor:
    """The guide speaks now: with words of their own they take the talk, with a suggestion it stays where it is."""
    conversation, now = at
    before = floors[conversation]
    if own and before.owner == "human" and before.guide != viewer.actor:
        raise BadRequestError("这位顾客由同事接待着", status=409, code="held")
    if own:
        covered = (await connection.execute(_COVERED, {"id": conversation})).scalar_one()
        floors.change(conversation, lambda floor: ownership.claimed(floor, viewer.actor, now), covered)
        await floors.store(connection, now)
        if floors[conversation] != before:
            await connection.execute(_STEPPED_IN, {"id": conversation, "actor": viewer.actor, "now": now})
    await connection.execute(_HEARD, {"id": conversation, "now": now})
    return floors[conversation]
