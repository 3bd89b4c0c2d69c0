"""Bring the database to the newest schema with Alembic; safe when several processes start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.engine import connected

_LOCK = 4_921_338_207
"""Key of the advisory lock that lets one process migrate while the others wait (an arbitrary constant)."""


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings without an ini file; the migrations stand beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
    try:
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
    finally:
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _LOCK})
        connection.commit()


async def migrate(engine: AsyncEngine) -> None:
    """Upgrade to head; nothing happens where the schema is current.

    A table of many millions of rows takes longer than any statement of a page may: neither it nor who waits for it is hurried.
    """
    url = engine.url.render_as_string(hide_password=False)
    async with connected(url, pool=1, command_timeout=None) as patient, patient.connect() as connection:
        await connection.run_sync(_upgrade)
