"""What guides put right at the desk: the question as it was asked, what the bot said, and what it should have done instead.

A correction is ``open`` as long as the live content does not know better, ``kept`` once it does (from then on no release may
undo it), ``conflict`` while another one says otherwise of the same question, and ``dismissed`` when a person set it aside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import drafts
from bot.db.codec import storable
from bot.db.drafts import Draft
from bot.db.gaps import anonymous
from bot.db.scoped import leave, scoped
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.model import JsonMap

Kind = Literal["entry", "reply", "handover", "silent"]
State = Literal["open", "kept", "conflict", "dismissed"]
EARLIER: Final = 3
"""Messages of the shopper before the question that are kept, so that 那敏感肌呢 is understood."""
WITHIN: Final = timedelta(hours=6)
"""What was said longer before the question belongs to another talk."""
MOST: Final = 20_000
"""Corrections that are looked at: the latest."""
_LONGEST: Final = 300
"""Characters of one message."""
_COLUMNS = "id, conversation_id, message_id, question, wrong, kind, entry, reply, author, store, state, note, private, created_at"

_TALK = text(
    """
    select c.store, c.is_group, p.name from conversations c join customers p on p.id = c.customer_id where c.id = :conversation
    """
)
_SAID = text(
    """
    select m.id, m.author, m.text, m.at, m.sender, m.msgid from messages m
    where m.conversation_id = :conversation and m.id = :message and m.recalled_at is null
    """
)
_ASKED = text(
    """
    select m.id, m.text, m.at, m.sender from messages m
    where m.conversation_id = :conversation and m.author = 'shopper' and m.recalled_at is null
        and m.kind = 'text' and m.text <> ''
        and m.inbox_id = any(select cast(jsonb_array_elements_text(o.speech -> 'answers') as bigint) from outbox o
            where o.conversation_id = :conversation and o.msgid = :msgid)
    order by m.id desc limit 1
    """
)
_BEFORE = text(
    """
    select m.id, m.text, m.at, m.sender from messages m
    where m.conversation_id = :conversation and m.author = 'shopper' and m.recalled_at is null
        and m.kind = 'text' and m.text <> ''
        and m.id < :message and m.at > :since and (cast(:sender as text) is null or m.sender = :sender)
        and m.id > coalesce((select max(g.id) from messages g where g.conversation_id = :conversation and g.author = 'guide'
            and g.id < :message), 0)
    order by m.id desc limit :most
    """
)
_ADD = text(
    """
    insert into corrections (conversation_id, message_id, question, wrong, kind, entry, reply, author, store, private, created_at)
    values (:conversation, :message, :question, :wrong, :kind, :entry, :reply, :author, :store, :private, :now) returning id
    """
)
_SAME = text(
    """
    select id, kind, entry, reply, state from corrections
    where question = :question and id <> :id and not private and state in ('open', 'kept', 'conflict') order by id for update
    """
)
_STATE = text("update corrections set state = :state, note = :note, settled_at = :now where id = any(:ids)")
_ENTRY = text("update corrections set entry = :entry where id = :id")
_LIST = text(
    f"select {_COLUMNS} from corrections where state = any(:states) order by id desc limit :most"  # noqa: S608  (names of our own)
)
_DISMISS = text("update corrections set state = 'dismissed', note = :note, settled_at = :now where id = :id returning question")
_RIVALS = text("select id from corrections where question = :question and state = 'conflict' order by id for update")


@dataclass(frozen=True, slots=True)
class Better:
    """What the bot should have done at a message."""

    message: int
    """The bot's message that was wrong, or the shopper's at which it kept silent."""
    kind: Kind
    entry: str | None = None
    """The entry that should have answered."""
    reply: str = ""
    """The words that should have been said."""
    private: bool = False
    """It holds for this shopper only: kept, but neither played nor a guard."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a correction."""

    id: int
    state: State
    conflict: tuple[int, ...] = ()
    """Other corrections that say otherwise of the same question."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction, without personal data."""

    id: int
    said: tuple[str, ...]
    """What the shopper said, the question last."""
    wrong: str
    kind: Kind
    entry: str | None
    reply: str
    author: str
    store: str | None
    state: State
    note: str
    created_at: datetime
    conversation: str | None = None
    message: int | None = None
    private: bool = False

    @property
    def question(self) -> str:
        """What was answered wrongly."""
        return self.said[-1]


async def correct(engine: AsyncEngine, viewer: User, conversation: str, better: Better, now: datetime) -> Kept:
    """Keep what a guide puts right in a talk that they may see; words of theirs also become a draft entry.

    Raises:
        BadRequestError: there is no such talk or message for them (404), or it says too little.
    """
    if (better.kind == "entry" and not better.entry) or (better.kind == "reply" and not better.reply.strip()):
        raise BadRequestError("请选一条知识，或者写下应该怎么说")
    async with scoped(engine, viewer) as connection:
        row = await _written(connection, viewer, conversation, better, now)
        await leave(connection)
        if better.kind == "reply":
            await connection.execute(_ENTRY, {"id": row["id"], "entry": draft_id(int(str(row["id"])))})
        kept = await _weighed(connection, row, better, now)
        await audit(connection, now, viewer.actor, ("correction.add", str(kept.id)), kind=better.kind, conversation=conversation)
    if better.kind == "reply" and not better.private:
        await drafts.keep(engine, [_draft(kept, str(row["question"]), better)], viewer.actor, now)
    return kept


async def _written(
    connection: AsyncConnection, viewer: User, conversation: str, better: Better, now: datetime
) -> dict[str, object]:
    """The new row, out of what this viewer sees."""
    talk = (await connection.execute(_TALK, {"conversation": conversation})).one_or_none()
    said = (await connection.execute(_SAID, {"conversation": conversation, "message": better.message})).one_or_none()
    if talk is None or said is None or said.author not in {"bot", "shopper"}:
        raise BadRequestError("没有这条消息", status=404, code="not_found")
    steps = await _steps(connection, conversation, said)
    if not steps:
        raise BadRequestError("这条消息前面没有顾客的话，没有可以更正的问题", status=409, code="nothing_asked")
    masked = [" ".join(anonymous(step, talk.name).split())[:_LONGEST] for step in steps]
    values: dict[str, object] = {
        "conversation": conversation,
        "message": better.message,
        "question": storable("\n".join(masked)),
        "wrong": storable(anonymous(said.text, talk.name)) if said.author == "bot" else "",
        "kind": better.kind,
        "entry": better.entry if better.kind == "entry" else None,
        "reply": storable(anonymous(better.reply.strip(), talk.name)) if better.kind == "reply" else "",
        "author": viewer.actor,
        "store": talk.store,
        "private": better.private,
        "now": now,
    }
    return {**values, "id": (await connection.execute(_ADD, values)).scalar_one()}


async def _steps(connection: AsyncConnection, conversation: str, said: "Row[tuple[object, ...]]") -> list[str]:
    """What the shopper said up to the message that is meant, oldest first."""
    key: dict[str, object] = {"conversation": conversation}
    asked = said if said.author == "shopper" else None
    if said.author == "bot" and said.msgid is not None:
        asked = (await connection.execute(_ASKED, {**key, "msgid": said.msgid})).one_or_none()
    sender = None if asked is None else asked.sender
    upto = said.id if asked is None else asked.id
    bounds = {"message": upto, "since": said.at - WITHIN, "sender": sender, "most": EARLIER + (asked is None)}
    before = [str(row.text) for row in await connection.execute(_BEFORE, {**key, **bounds})]
    steps = [*reversed(before), *([] if asked is None else [str(asked.text)])]
    return [step for step in steps if step.strip()]


async def _weighed(connection: AsyncConnection, row: Mapping[str, object], better: Better, now: datetime) -> Kept:
    """Whether another correction of the same question says otherwise: then both wait for a person."""
    id_ = int(str(row["id"]))
    if better.private:
        return Kept(id_, "open")
    same = (await connection.execute(_SAME, {"question": row["question"], "id": id_})).all()
    mine = (better.kind, row["entry"], row["reply"])
    others = [one for one in same if (one.kind, None if one.kind == "reply" else one.entry, one.reply) != mine]
    if not others:
        return Kept(id_, "open")
    ids = tuple(one.id for one in others)
    waiting = [*(one.id for one in others if one.state != "kept"), id_]  # what guards already goes on guarding
    note = f"同一个问题有不同的更正：{'、'.join(map(str, (*ids, id_)))}"
    await connection.execute(_STATE, {"ids": waiting, "state": "conflict", "note": note, "now": now})
    return Kept(id_, "conflict", ids)


def draft_id(correction: int) -> str:
    """The draft entry that a correction in words becomes."""
    return f"fix-{correction}"


def _draft(kept: Kept, question: str, better: Better) -> Draft:
    asked = question.rsplit("\n", 1)[-1]
    entry: JsonMap = {
        "id": draft_id(kept.id),
        "questions": [asked],
        "answer": anonymous(better.reply.strip()),
        "source": "导购更正",
    }
    note = "答案是导购当时写的，发布前请改成对所有顾客都适用的话"
    return Draft("entry", draft_id(kept.id), entry, f"更正：{asked[:60]}", note)


async def corrections(engine: AsyncEngine, states: Sequence[State] = ("open", "kept")) -> Sequence[Correction]:
    """The corrections in these states, the oldest first; at most `MOST`, the latest."""
    async with engine.connect() as connection:
        rows = await connection.execute(_LIST, {"states": list(states), "most": MOST})
        return [_correction(row) for row in reversed(rows.all())]


async def settle(engine: AsyncEngine, passing: Iterable[int], failing: Iterable[int], now: datetime) -> None:
    """Keep what a release that just went live knows: those that pass guard from now on, those that fail are open again."""
    async with engine.begin() as connection:
        for state, ids, note in (("kept", sorted(passing), ""), ("open", sorted(failing), "发布时没有通过，仍然发布了")):
            if ids:
                await connection.execute(_STATE, {"ids": ids, "state": state, "note": note, "now": now})


async def dismiss(engine: AsyncEngine, id_: int, author: str, now: datetime, note: str = "") -> None:
    """Set a correction aside; one that is left alone of a conflict is open again.

    Raises:
        BadRequestError: there is none (404).
    """
    async with engine.begin() as connection:
        row = (await connection.execute(_DISMISS, {"id": id_, "note": storable(note), "now": now})).one_or_none()
        if row is None:
            raise BadRequestError("没有这条更正", status=404, code="not_found")
        left = list((await connection.execute(_RIVALS, {"question": row.question})).scalars())
        if len(left) == 1:
            await connection.execute(_STATE, {"ids": left, "state": "open", "note": "", "now": now})
        await audit(connection, now, author, ("correction.dismiss", str(id_)), note=note)


def _correction(row: "Row[tuple[object, ...]]") -> Correction:
    return Correction(
        id=row.id,
        said=tuple(row.question.split("\n")),
        wrong=row.wrong,
        kind=row.kind,
        entry=row.entry,
        reply=row.reply,
        author=row.author,
        store=row.store,
        state=row.state,
        note=row.note,
        created_at=row.created_at,
        conversation=row.conversation_id,
        message=row.message_id,
        private=row.private,
    )
