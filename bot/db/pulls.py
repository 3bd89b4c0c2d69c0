"""Cursors of kf/sync_msg, one for each customer-service account, and the notices that ask for a pull."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_NOTICE = text(
    """
    insert into pulls (account, open_kfid, token, token_at, noticed, updated_at)
    select account, open_kfid, token, :now, n, :now
    from unnest(cast(:accounts as text[]), cast(:ids as text[]), cast(:tokens as text[]), cast(:n as bigint[]))
        as t(account, open_kfid, token, n) order by account, open_kfid
    on conflict (account, open_kfid) do update
        set token = excluded.token, token_at = excluded.token_at, noticed = pulls.noticed + excluded.noticed,
            updated_at = excluded.updated_at
    """
)
_KNOW = text("insert into pulls (account, open_kfid) values (:account, :id) on conflict do nothing")
_READ = text("select cursor, started, token, token_at, noticed, pulled from pulls where account = :account and open_kfid = :id")
_ADVANCE = text(
    """
    update pulls set cursor = :next, started = started or :last, updated_at = :now,
        pulled = case when :last then :noticed else pulled end
    where account = :account and open_kfid = :id and cursor = :before
    """
)
_BEHIND = text("select account, open_kfid from pulls where noticed > pulled")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the pull of an account stands."""

    account: str
    open_kfid: str
    cursor: str
    started: bool
    """False until everything was pulled once: what is found until then is history."""
    token: str
    token_at: datetime | None
    noticed: int
    pulled: int


async def notice(connection: AsyncConnection, notices: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """Keep that something is new: (account, open_kfid, token) of each; many for one account are one row."""
    latest: dict[tuple[str, str], tuple[str, int]] = {}
    for account, open_kfid, token in notices:
        latest[account, open_kfid] = (token, latest.get((account, open_kfid), ("", 0))[1] + 1)
    await connection.execute(
        _NOTICE,
        {
            "accounts": [account for account, _ in latest],
            "ids": [open_kfid for _, open_kfid in latest],
            "tokens": [token for token, _ in latest.values()],
            "n": [n for _, n in latest.values()],
            "now": now,
        },
    )


async def read(engine: AsyncEngine, account: str, open_kfid: str) -> Cursor:
    """Where the pull stands; a fresh cursor for an account not seen before."""
    place = {"account": account, "id": open_kfid}
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")  # one question needs no transaction around it
        row = (await connection.execute(_READ, place)).one_or_none()
        if row is None:
            await connection.execute(_KNOW, place)
            row = (await connection.execute(_READ, place)).one()
        return Cursor(account, open_kfid, row.cursor, row.started, row.token, row.token_at, row.noticed, row.pulled)


async def advance(connection: AsyncConnection, cursor: Cursor, following: str, now: datetime, *, last: bool) -> bool:
    """Move the cursor in the transaction that keeps the messages; False if another puller was here meanwhile."""
    result = await connection.execute(
        _ADVANCE,
        {
            "next": following,
            "now": now,
            "last": last,
            "noticed": cursor.noticed,
            "account": cursor.account,
            "id": cursor.open_kfid,
            "before": cursor.cursor,
        },
    )
    return result.rowcount == 1


async def behind(engine: AsyncEngine) -> tuple[tuple[str, str], ...]:
    """Accounts with notices that no pull has answered yet: what the due-queue is rebuilt from."""
    async with engine.connect() as connection:
        return tuple((row.account, row.open_kfid) for row in await connection.execute(_BEHIND))
