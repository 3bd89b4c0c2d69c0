"""The facts of a span: messages of ours that reached somebody, and what shoppers did after them.

What was told stands in ``messages``, which gets its row in the very step that marks the outbox ``sent`` (``bot.db.outgoing``),
and knows besides what the platform reported as failed afterwards. Everything is bounded by the days in question (indexes
``ix_messages_told``, ``ix_inbox_mood``, ``ix_handovers_created_at``, ``ix_events_at``, ``ix_customers_opted_out_at``), and what
there is a million of is read out of its index alone (``bot.db.derived``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.effects_rows import Columns, copied
from bot.effect.crediting import Deeds, Facts, Lines, Marks
from bot.effect.purchases import Trade, returned
from bot.effect.values import WINDOWS, Measure
from bot.model import JsonMap

_PERSON = "hashtextextended(coalesce(p.unionid, p.id), 0)"
_TALK = "hashtextextended(c.id, 0)"
_TALKS = "conversations c join customers p on p.id = c.customer_id"
_SEEN_TALKS = "unnest($3::text[]) as seen(id) join conversations c on c.id = seen.id join customers p on p.id = c.customer_id"
_PEOPLE = "customers p"
_SEEN_PEOPLE = "unnest($3::text[]) as seen(id) join customers p on p.id = seen.id"
_IN_SPAN = "m.at >= $1 and m.at < $2 and m.failure is null and m.recalled_at is null"

# shoppers' words come along in the one reading of all that was said: 2 is theirs
_SAID = f"""
    select m.id, {_PERSON}, {_TALK}, m.at, coalesce(m.breath, m.id), m.code,
        case when m.author = 'shopper' then 2 else c.is_group::int end::bigint
    from {{talks}} join messages m on m.conversation_id = c.id
    where {_IN_SPAN} and (m.author in ('bot', 'guide') or m.author = 'shopper' and not c.is_group)
"""  # noqa: S608  (pieces of our own)
_MOODS = f"""
    select {_TALK}, i.received_at, i.mood::bigint
    from {{talks}} join inbox i on i.conversation_id = c.id
    where not c.is_group and i.received_at >= $1 and i.received_at < $2 and i.mood is not null
"""  # noqa: S608  (pieces of our own)
_WISHES = f"""
    select {_TALK}, h.created_at, (h.kind = 'anger')::int::bigint
    from {{talks}} join handovers h on h.conversation_id = c.id
    where not c.is_group and h.created_at >= $1 and h.created_at < $2 and h.kind not in ('taken', 'failure')
"""  # noqa: S608  (pieces of our own)
_OUTS = f"select {_PERSON}, p.opted_out_at from {{people}} where p.opted_out_at >= $1 and p.opted_out_at < $2"  # noqa: S608
_EVENTS = f"""
    select e.id, {_PERSON}, e.at, case when e.kind = 'buy' then 2 when e.source in ('go', 'chat') then 1 else 0 end::bigint
    from {{people}} join events e on e.customer_id = p.id
    where e.at >= $1 and e.at < $2 and e.kind in ('buy', 'click')
"""  # noqa: S608  (pieces of our own)
# from each click to what was shown in the talks of that person, and not the other way: few click, and much is shown
_SHOWN = f"""
    with clicks as materialized (
        select e.id, e.at, e.sku, c.id as talk
        from {{people}} join events e on e.customer_id = p.id and e.kind = 'click' and e.at >= $1 and e.at < $2
            join customers k on coalesce(k.unionid, k.id) = coalesce(p.unionid, p.id)
            join conversations c on c.customer_id = k.id and not c.is_group
    )
    select distinct on (clicks.id) clicks.id, shown.id, clicks.at
    from clicks cross join lateral (
        select m.id, m.at from messages m
        where m.conversation_id = clicks.talk and {_IN_SPAN} and m.author = 'bot' and jsonb_typeof(m.body -> 'cards') = 'array'
            and m.at < clicks.at and m.at >= clicks.at - interval '{WINDOWS["click"].total_seconds()} seconds'
            and exists (
                select from jsonb_array_elements(case jsonb_typeof(m.body -> 'cards') when 'array' then m.body -> 'cards' end)
                where value ->> 'sku' = clicks.sku
            )
        order by m.at desc, m.id desc limit 1
    ) as shown
    order by clicks.id, shown.at desc, shown.id desc
"""  # noqa: S608  (pieces of our own)
_TRADES = text(
    """
    with gone as (
        select distinct coalesce(p.unionid, p.id) as person, e.sku from events e join customers p on p.id = e.customer_id
        where e.kind = 'return' and e.at >= :since
    )
    select e.id, g.person, e.sku, e.kind from gone g join customers p on coalesce(p.unionid, p.id) = g.person
        join events e on e.customer_id = p.id and e.sku = g.sku and e.kind in ('buy', 'return')
    order by e.at, e.id
    """
)
_TRACES = text("select id, trace from messages where id = any(cast(:ids as bigint[])) and trace is not null")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which facts are read."""

    since: datetime
    until: datetime
    """Deeds up to here, and messages, for a later message ends what an earlier one is credited with."""
    talks: Sequence[str] | None = None
    """These conversations alone; None: all."""
    people: Sequence[str] | None = None
    """What these customers did; None: all."""


async def load(connection: AsyncConnection, wanted: Wanted) -> Facts:
    """Everything, read as the connection's role may; for a million messages as the owner of the tables, or it takes long."""
    said = await _copied(connection, _SAID, wanted, ("id", "person", "talk", "at", "breath", "code", "kind"))
    moods = await _copied(connection, _MOODS, wanted, ("whose", "at", "mood"))
    wishes = await _copied(connection, _WISHES, wanted, ("whose", "at", "angry"))
    outs = await _copied(connection, _OUTS, wanted, ("whose", "at"))
    events = await _copied(connection, _EVENTS, wanted, ("id", "whose", "at", "kind"))
    shown = await _copied(connection, _SHOWN, wanted, ("id", "whose", "at"))
    back = returned([Trade(*row) for row in await connection.execute(_TRADES, {"since": wanted.since})])
    bought = (events["kind"] == 2) & ~np.isin(events["id"], np.array(sorted(back), np.int64))
    clicks = events["kind"] < 2
    loose = (events["kind"] == 1) & ~np.isin(events["id"], shown["id"])
    written: dict[Measure, Deeds] = {
        "answer": _answers(said[said["kind"] == 2]),
        "good": _deeds(moods, moods["mood"] == 1),
        "complaint": _together(_deeds(moods, moods["mood"] == 2), _deeds(wishes, wishes["angry"] == 1)),
        "handover": _deeds(wishes),
        "optout": _deeds(moods, moods["mood"] == 3),
    }
    done: dict[Measure, Deeds] = {"buy": _deeds(events, bought), "click": _deeds(events, loose), "optout": _deeds(outs)}
    return Facts(_lines(said[said["kind"] < 2]), written, done, _deeds(shown), _deeds(events, clicks))


async def traces(connection: AsyncConnection, lines: Lines) -> Mapping[int, JsonMap]:
    """By code, what a message of that code was made of: the trace of any one of them."""
    codes, first = np.unique(lines.code, return_index=True)
    ids = {int(lines.id[place]): int(code) for code, place in zip(codes, first, strict=True) if code}
    rows = await connection.execute(_TRACES, {"ids": list(ids)})
    return {ids[row.id]: row.trace for row in rows}


async def _copied(connection: AsyncConnection, query: str, wanted: Wanted, names: Sequence[str]) -> Columns:
    talks = "{talks}" in query
    seen = wanted.talks if talks else wanted.people
    sources = (_TALKS, _PEOPLE) if seen is None else (_SEEN_TALKS, _SEEN_PEOPLE)
    arguments = (wanted.since, wanted.until, *(() if seen is None else (list(seen),)))
    return await copied(connection, query.format(talks=sources[0], people=sources[1]), arguments, names)


def _lines(ours: Columns) -> Lines:
    parts = {name: np.ascontiguousarray(ours[name]) for name in ("id", "person", "talk", "at", "breath", "code")}
    return Lines(**parts, group=ours["kind"] == 1)


def _answers(theirs: Columns) -> Deeds:
    return Deeds(np.ascontiguousarray(theirs["talk"]), np.ascontiguousarray(theirs["at"]))


def _deeds(rows: Columns, only: "Marks | None" = None) -> Deeds:
    found = rows if only is None else rows[only]
    return Deeds(np.ascontiguousarray(found["whose"]), np.ascontiguousarray(found["at"]))


def _together(one: Deeds, other: Deeds) -> Deeds:
    return Deeds(np.concatenate([one.whose, other.whose]), np.concatenate([one.at, other.at]))
