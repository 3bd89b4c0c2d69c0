"""Connections to PostgreSQL: one pooled asynchronous engine a process, JSON by orjson."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SettingsError

CONNECTION_FAULTS = (OperationalError, InterfaceError, DBAPIError, ConnectionError, OSError, TimeoutError)
"""What a restarted or unreachable database looks like from here; whoever works on facts waits and tries again."""


_SESSION = {
    "application_name": "daogou",
    "jit": "off",
    # Prepared plans are made while the tables are still empty, and a plan that scans them is then kept while they grow. Every
    # query of a turn has its index; with this the planner takes it from the first row on.
    "enable_seqscan": "off",
}


def _dumps(value: object) -> str:
    return orjson.dumps(value, default=str).decode()


def asyncpg_url(url: str) -> str:
    """The same database for SQLAlchemy's asyncpg dialect; refuses anything but PostgreSQL.

    Raises:
        SettingsError: the URL cannot be read or names another kind of database.
    """
    try:
        parsed = make_url(url)
    except Exception as error:
        raise SettingsError("DAOGOU_DATABASE_URL 不是一个数据库地址，应形如 postgresql://用户:密码@主机:5432/库名") from error
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise SettingsError("DAOGOU_DATABASE_URL 只支持 PostgreSQL（postgresql://…）")
    return parsed.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def make_engine(url: str, *, pool: int = 8, command_timeout: float | None = 60) -> AsyncEngine:
    """An engine with at most ``pool`` connections that notices dead ones before using them.

    A statement may take ``command_timeout`` seconds, or as long as it likes where that is None.
    """
    return create_async_engine(
        asyncpg_url(url),
        pool_size=pool,
        max_overflow=0,
        pool_pre_ping=False,
        pool_recycle=1800,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"timeout": 10, "command_timeout": command_timeout, "server_settings": _SESSION},
        hide_parameters=True,
    )


@asynccontextmanager
async def connected(url: str, *, pool: int = 8, command_timeout: float | None = 60) -> AsyncIterator[AsyncEngine]:
    """An engine that is disposed of at the end."""
    engine = make_engine(url, pool=pool, command_timeout=command_timeout)
    try:
        yield engine
    finally:
        await engine.dispose()


async def alive(engine: AsyncEngine) -> bool:
    """Whether the database answers."""
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))
    except CONNECTION_FAULTS:
        return False
    return True
