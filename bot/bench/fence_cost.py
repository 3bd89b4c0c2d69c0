"""``python -m bot.bench fence --cost``: what the fence adds to the step that lets a message out, and how long a claim waits.

The step with the fence (lock the conversations, compare, mark) and a bare ``update … returning`` take turns on one embedded
PostgreSQL and the same rows: as a courier does it, sixteen conversations in one transaction, and as sixteen couriers would,
each conversation on a connection of its own at its own pace.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters import embedded
from bot.bench.arena import commit, machine
from bot.bench.figures_of import Waits, ms
from bot.db import engine as database
from bot.db import outgoing, reception, sweeps
from bot.db.codec import speech_from_json
from bot.db.migrate import migrate
from bot.db.outgoing import LEASE, Sent
from bot.db.users import User
from bot.model import Outgoing

_SIDE_BY_SIDE = 16
_WAITING = 3
"""Messages that wait in each of them."""
_STEPS, _EACH, _WARM = 1000, 100, 20
"""Steps of either kind by one courier; by each of sixteen; steps before anything counts."""
_PACE = (0.1, 0.4)
"""Seconds between two steps of a conversation that goes its own pace, from … to."""
_CLAIMS = 12
_CALL = (0.05, 0.3)
"""Seconds that the platform takes for a call, from … to."""
_LOOK = 0.05
"""Seconds between two looks of a claim that waits for silence, as the desk does it (``bot.front.desk``)."""
_GUIDE = User("wang", "guide", "wang", None, must_change=False)
_SEED = text(
    """
    with people as (
        insert into customers (id, channel, account, external)
        select 'c' || n, 'web', '', 'c' || n from generate_series(1, :many) as n
    ), talks as (
        insert into conversations (id, channel, account, peer, external, customer_id, last_inbound_at)
        select 'v' || n, 'web', '', '', 'c' || n, 'c' || n, now() from generate_series(1, :many) as n
    ), memories as (
        insert into sessions (conversation_id) select 'v' || n from generate_series(1, :many) as n
    )
    insert into outbox (msgid, conversation_id, author, epoch, speech)
    select 'm' || n || '-' || k, 'v' || n, 'bot', 0, '{"text": "这样用。"}'
    from generate_series(1, :many) as n, generate_series(1, :each) as k order by k
    """
)
_BARE = text(
    """
    update outbox set state = 'sending', attempts = attempts + 1, lease_until = :lease
    where id in (select min(id) from outbox where conversation_id = any(:ids) and state = 'pending' group by conversation_id)
    returning id, msgid, conversation_id, author, epoch, speech, attempts
    """
)
_AGAIN = text(
    """
    update outbox o set state = 'pending', attempts = 0, lease_until = null, epoch = c.epoch, uncertain = false
    from conversations c where c.id = o.conversation_id and c.id = any(:ids)
    """
)


async def measure(mutter: Callable[[str], None]) -> str:
    """Both tables, in markdown."""
    with TemporaryDirectory() as home, embedded.servers(Path(home), None, None) as servers:
        async with database.connected(servers.database_url, pool=_SIDE_BY_SIDE) as engine:
            await migrate(engine)
            async with engine.begin() as connection:
                await connection.execute(_SEED, {"many": _SIDE_BY_SIDE, "each": _WAITING})
            mutter("one courier…")
            together = await _takes(engine, [f"v{n}" for n in range(1, _SIDE_BY_SIDE + 1)], _STEPS, (0.0, 0.01))
            mutter("sixteen couriers…")
            found = await asyncio.gather(*(_takes(engine, [f"v{n}"], _EACH, _PACE) for n in range(1, _SIDE_BY_SIDE + 1)))
            apart = [one for fenced, _ in found for one in fenced], [one for _, bare in found for one in bare]
            mutter("claims…")
            claims = await _claims(engine)
    head = f"{datetime.now(UTC):%Y-%m-%d} · {machine()} · commit {commit()} · `python -m bot.bench fence --cost`"
    whole, single = "16 conversations in one step", "16 conversations at once, each in a step of its own"
    return "\n\n".join([head, _told(whole, together), _told(single, apart), _waits(claims)])


async def _takes(
    engine: AsyncEngine, conversations: Sequence[str], count: int, pace: tuple[float, float]
) -> tuple[Sequence[float], Sequence[float]]:
    """Seconds of each step, with the fence and bare, one after the other with a pause (from … to) between them."""
    dice = random.Random(conversations[0])  # noqa: S311  (chance that must repeat itself, not a secret)
    spent: tuple[list[float], list[float]] = ([], [])
    for n in range(2 * count + _WARM):
        begun = time.perf_counter()
        await (_bare if n % 2 else _fenced)(engine, conversations)
        if n >= _WARM:
            spent[n % 2].append(time.perf_counter() - begun)
        await _again(engine, conversations)
        await asyncio.sleep(dice.uniform(*pace))
    return spent


async def _fenced(engine: AsyncEngine, conversations: Sequence[str]) -> Sequence[Outgoing]:
    taken = await outgoing.take(engine, conversations, datetime.now(UTC))
    found = [one.outgoing for one in taken if one.verdict == "go" and one.outgoing is not None]
    assert len(found) == len(conversations), taken
    return found


async def _bare(engine: AsyncEngine, conversations: Sequence[str]) -> Sequence[object]:
    """The same messages marked and read, and nothing asked."""
    async with engine.begin() as connection:
        rows = await connection.execute(_BARE, {"ids": list(conversations), "lease": datetime.now(UTC) + LEASE})
        found = [speech_from_json(row.speech) for row in rows]
    assert len(found) == len(conversations)
    return found


async def _again(engine: AsyncEngine, conversations: Sequence[str]) -> None:
    """Everything waits as it did."""
    async with engine.begin() as connection:
        await connection.execute(_AGAIN, {"ids": list(conversations)})


async def _claims(engine: AsyncEngine) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """Seconds of a claim until it is confirmed: nothing under way; a send under way; and how long that send still took."""
    idle: list[float] = []
    busy: list[float] = []
    left: list[float] = []
    dice = random.Random(7)  # noqa: S311  (chance that must repeat itself, not a secret)

    async def one(conversation: str) -> None:
        for n in range(2 * _CLAIMS):
            message = (await _fenced(engine, [conversation]))[0] if n % 2 else None
            call = dice.uniform(*_CALL)
            sending = asyncio.create_task(_call(engine, message, call))
            begun = time.perf_counter()
            await _confirmed(engine, conversation)
            (busy if message else idle).append(time.perf_counter() - begun)
            await sending
            if message:
                left.append(call)
            await reception.hand_back(engine, _GUIDE, conversation, datetime.now(UTC))
            await _again(engine, [conversation])
            await asyncio.sleep(dice.uniform(*_PACE))

    await asyncio.gather(*(one(f"v{n}") for n in range(1, _SIDE_BY_SIDE + 1)))
    return idle, busy, left


async def _call(engine: AsyncEngine, message: Outgoing | None, seconds: float) -> None:
    """The platform's call and its record; nothing where nothing is under way."""
    if message is not None:
        await asyncio.sleep(seconds)
        await outgoing.finish(engine, [Sent(message, "sent")], datetime.now(UTC))


async def _confirmed(engine: AsyncEngine, conversation: str) -> None:
    """As the desk does it: claim, then look until nothing is on its way."""
    await reception.claim(engine, _GUIDE, conversation, datetime.now(UTC))
    while not await sweeps.quiet(engine, conversation):  # noqa: ASYNC110  (another task finishes the send, by the database)
        await asyncio.sleep(_LOOK)


def _told(what: str, spent: tuple[Sequence[float], Sequence[float]]) -> str:
    with_it, without = (Waits.of(one) for one in spent)
    rows = (
        ("take with the fence", with_it.p50, with_it.p99),
        ("bare `update … returning`", without.p50, without.p99),
        ("what the fence adds", with_it.p50 - without.p50, with_it.p99 - without.p99),
    )
    told = [f"| {name} | {middle * 1e3:.2f} | {late * 1e3:.2f} |" for name, middle, late in rows]
    head = f"| {what}, {with_it.n} of each | p50 ms | p99 ms |\n|---|---:|---:|"
    return "\n".join([head, *told])


def _waits(claims: tuple[Sequence[float], Sequence[float], Sequence[float]]) -> str:
    idle, busy, left = claims
    over = [spent - call for spent, call in zip(busy, left, strict=True)]
    rows = (
        ("nothing of the bot under way", idle),
        (f"a send under way that takes {_CALL[0] * 1e3:.0f} to {_CALL[1] * 1e3:.0f} ms", busy),
        ("  of it beyond the end of that send", over),
    )
    told = [f"| {name} | {ms(Waits.of(one).p50)} | {ms(Waits.of(one).p99)} |" for name, one in rows]
    return "\n".join([f"| claim until confirmed, {len(idle)} of each | p50 ms | p99 ms |\n|---|---:|---:|", *told])
