"""What followed what we said, as far as somebody may see it: effects of scripts, wordings, arms and entries, and verdicts.

Under ``bot.db.scoped`` PostgreSQL itself says which talks and which people a viewer sees. It would ask that again for each of a
million messages, so it is asked once, for the talks; the facts of exactly these are then read as the owner of the tables, in
the same transaction, which is the viewer's again afterwards.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import effects_load
from bot.db.effects_load import Wanted
from bot.db.effects_rows import moment
from bot.db.scoped import leave
from bot.effect.counting import Counted, Span
from bot.effect.crediting import Facts
from bot.effect.sources import labels
from bot.effect.trials import Trial, Verdict, compared, judged
from bot.effect.values import KINDS, LONGEST, By, Effect
from bot.model import JsonMap

_LOOK = text("select current_setting('role') <> 'none' and current_setting('daogou.all', true) is distinct from 'on'")
# Connections of pages avoid reading whole tables (``bot.db.engine``); a month of talks is read fastest just so, by all hands.
_FREELY = text(
    """
    select set_config('enable_seqscan', 'on', true), set_config('work_mem', '64MB', true),
        set_config('parallel_setup_cost', '0', true), set_config('parallel_tuple_cost', '0', true)
    """
)
_SEEN = text("select id from conversations")
_WHO = text(
    """
    select customer_id from events where at >= :since and at < :until and kind in ('buy', 'click')
    union select id from customers where opted_out_at >= :since and opted_out_at < :until
    """
)
# the condition of ix_messages_arm, word for word
_TRIED = text(
    """
    select distinct conversation_id from messages where at >= :since and at < :until
        and (trace #> '{script,arm}' is not null or jsonb_exists(trace, 'joined'))
        and (trace #>> '{script,id}' = :script or jsonb_exists(trace, 'joined'))
    """
)


async def effects(
    connection: AsyncConnection, since: datetime, until: datetime, by: By = "script", *, now: datetime
) -> list[Effect]:
    """The effects of what was said from ``since`` to before ``until``, as known at ``now``; those said most first.

    ``connection``: a transaction, the owner's or a viewer's of ``bot.db.scoped``.
    """
    return (await all_effects(connection, since, until, (by,), now=now))[by]


async def all_effects(
    connection: AsyncConnection, since: datetime, until: datetime, kinds: Sequence[By] = KINDS, *, now: datetime
) -> Mapping[By, list[Effect]]:
    """``effects`` for several ways of counting, for the price of one reading."""
    facts, traces = await _facts(connection, since, min(now, until + LONGEST) + timedelta(microseconds=1))
    span = Span(moment(since), moment(until), moment(now))
    return await asyncio.to_thread(_told, facts, traces, span, kinds)


async def verdicts(connection: AsyncConnection, trials: Sequence[Trial], *, now: datetime) -> tuple[Verdict, ...]:
    """What can be said of experiments, each over all of its days, in their order."""
    return tuple([await _verdict(connection, trial, now) for trial in trials])


async def _verdict(connection: AsyncConnection, trial: Trial, now: datetime) -> Verdict:
    until = now if trial.until is None else min(now, trial.until)
    end = min(now, until + LONGEST) + timedelta(microseconds=1)
    facts, traces = await _facts(connection, trial.since, end, script=trial.script)
    span = Span(moment(trial.since), moment(until), moment(now))
    return await asyncio.to_thread(_judged, facts, traces, span, trial)


def _told(facts: Facts, traces: Mapping[int, JsonMap], span: Span, kinds: Sequence[By]) -> Mapping[By, list[Effect]]:
    counted = Counted(facts, span)
    return {by: counted.effects(by, {code: labels(trace, by) for code, trace in traces.items()}) for by in kinds}


def _judged(facts: Facts, traces: Mapping[int, JsonMap], span: Span, trial: Trial) -> Verdict:
    counted = Counted(facts, span)
    return judged(trial, compared(counted, {code: labels(trace, "arm") for code, trace in traces.items()}, trial, span))


async def _facts(
    connection: AsyncConnection, since: datetime, until: datetime, script: str | None = None
) -> tuple[Facts, Mapping[int, JsonMap]]:
    span = {"since": since, "until": until}
    talks = people = None
    if (await connection.execute(_LOOK)).scalar_one():
        talks = list((await connection.execute(_SEEN)).scalars())
        people = list((await connection.execute(_WHO, span)).scalars())
    async with _as_owner(connection):
        if script is not None:
            tried = set((await connection.execute(_TRIED, {**span, "script": script})).scalars())
            talks = sorted(tried if talks is None else tried.intersection(talks))
        facts = await effects_load.load(connection, Wanted(since, until, talks, people))
        return facts, await effects_load.traces(connection, facts.lines)


@asynccontextmanager
async def _as_owner(connection: AsyncConnection) -> AsyncIterator[None]:
    """Read on as the owner of the tables; the savepoint that is undone in the end gives the viewer and all settings back."""
    nested = await connection.begin_nested()
    try:
        await leave(connection)
        await connection.execute(_FREELY)
        yield
    finally:
        await nested.rollback()
