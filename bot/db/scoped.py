"""A transaction in the name of somebody at the desk: PostgreSQL itself shows them nothing of another store.

It takes on the role ``daogou_desk``, which owns no table and is bound by the policies of migration 0004, and says by settings
that end with the transaction who is looking. Everything that pages of people read or write goes through here; turns, couriers
and timers work as the owner of the tables, whom policies do not bind.

A deed that changes whose a talk is cannot end under the role, which may give nothing away: it locks and looks at the talk as
the viewer, then goes on as the owner (``leave``), in the same transaction.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.users import User

ROLE = "daogou_desk"
_AS = text(
    """
    select set_config('role', :role, true), set_config('daogou.actor', :actor, true), set_config('daogou.lead', :lead, true),
        set_config('daogou.stores', :stores, true), set_config('daogou.all', :all, true)
    """
)


@asynccontextmanager
async def scoped(engine: AsyncEngine, viewer: User) -> AsyncIterator[AsyncConnection]:
    """A transaction that sees what ``viewer`` may see; committed at the end, undone by an error."""
    async with engine.begin() as connection:
        await enter(connection, viewer)
        yield connection


async def enter(connection: AsyncConnection, viewer: User) -> None:
    """Make the rest of a transaction the viewer's own."""
    await connection.execute(
        _AS,
        {
            "role": ROLE,
            "actor": viewer.actor,
            "lead": _switch(viewer.role in {"lead", "admin"}),
            # a line break would make two stores of one
            "stores": "\n".join(store for store in viewer.stores if "\n" not in store),
            "all": _switch(viewer.sees_all),
        },
    )


async def leave(connection: AsyncConnection) -> None:
    """Go on as the owner of the tables: for what the viewer was found allowed to do to rows that they saw and that are locked."""
    nobody = {"role": "none", "actor": "", "lead": "off", "stores": "", "all": "off"}
    await connection.execute(_AS, nobody)


def _switch(on: bool) -> str:
    return "on" if on else "off"
