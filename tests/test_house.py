"""The rules of the house, checked by machine: floors, docstrings, sizes, and one schema told twice."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.embedded import Servers
from bot.db import engine as database
from bot.db.migrate import alembic_config, migrate
from bot.db.schema import metadata

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "intents", "knowledge", "recommender", "scripts")
_GENERATED = "bot/db/migrations/"
_LINES, _FUNCTION = 350, 60


def _modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


MODULES = {_name(path): path for path in _modules()}


def test_the_floors_hold() -> None:
    """import-linter's contracts in pyproject.toml: the rooms know nothing of the hall, and no floor of the hall of those above."""
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        check=False, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr[-2000:]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_in_its_first_line_what_it_is(name: str) -> None:
    source = MODULES[name].read_text("utf-8")
    told = ast.get_docstring(ast.parse(source))
    assert told, "no docstring"
    assert source.lstrip().startswith('"""'), "the docstring does not come first"
    assert len(told.splitlines()[0]) > 10


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith(_GENERATED)])
def test_files_and_functions_can_be_read_in_one_go(name: str) -> None:
    source = MODULES[name].read_text("utf-8")
    assert len(source.splitlines()) <= _LINES
    long = {
        node.name: length
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > _FUNCTION
    }
    assert not long


def test_nothing_is_left_for_later() -> None:
    left = [
        f"{name}:{number}"
        for name, path in MODULES.items()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if any(word in line for word in ("TODO", "FIXME", "raise NotImplementedError", "breakpoint("))
    ]
    assert not left


async def test_the_migrations_make_what_the_tables_say(migrated: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))

    async with migrated.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_tables_and_the_migrations_make_the_same_columns_and_indexes(embedded: Servers, migrated: AsyncEngine) -> None:
    """Alembic compares neither partial indexes nor identities: two databases are laid side by side."""
    async with migrated.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("drop database if exists told"))
        await connection.execute(text("create database told"))
    try:
        async with database.connected(embedded.database_url.replace("/postgres?", "/told?"), pool=1) as told:
            async with told.begin() as connection:
                await connection.run_sync(metadata.create_all)
            assert await _shape(told) == await _shape(migrated)
    finally:
        async with migrated.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text("drop database told"))


_SHAPE = (
    (
        "select table_name, column_name, data_type, is_nullable, column_default, is_identity from information_schema.columns "
        "where table_schema = 'public' and table_name <> 'alembic_version' order by 1, 2"
    ),
    "select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'alembic_version' order by 1",
    (
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
        "where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'alembic_version' order by 1, 2"
    ),
)


async def _shape(engine: AsyncEngine) -> list[list[tuple[object, ...]]]:
    async with engine.connect() as connection:
        return [[tuple(row) for row in await connection.execute(text(query))] for query in _SHAPE]


async def test_the_schema_is_made_once_whoever_comes_first(migrated: AsyncEngine) -> None:
    await migrate(migrated)
    (head,) = ScriptDirectory.from_config(alembic_config()).get_heads()
    async with migrated.connect() as connection:
        assert (await connection.execute(text("select version_num from alembic_version"))).scalars().all() == [head]
