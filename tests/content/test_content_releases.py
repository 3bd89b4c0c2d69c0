"""Content goes into the database and comes out of it byte for byte."""

from pathlib import Path

import pytest
from content_workspaces import GUIDES, files
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.db import releases
from bot.errors import ContentError


async def test_the_demo_brand_survives_import_and_export(engine: AsyncEngine, tmp_path: Path) -> None:
    workspace = content.read_folder(content.OWN)
    release = await releases.import_release(engine, workspace, "ops", "第一版")
    assert await releases.live(engine) == (release, workspace.digest)
    assert await releases.load(engine, release) == workspace.files
    assert await releases.export(engine, tmp_path / "out", {}) == len(workspace.files)
    for path, data in workspace.files.items():
        assert (tmp_path / "out" / path).read_bytes() == data
    assert content.read_folder(tmp_path / "out").digest == workspace.digest


async def test_the_same_content_makes_no_new_release_and_old_content_may_come_back(engine: AsyncEngine) -> None:
    one, other = content.read_files(files(brand_yml="name: 花")), content.read_files(files(brand_yml="name: 草"))
    first = await releases.import_release(engine, one, "ops")
    assert await releases.import_release(engine, one, "ops") == first
    second = await releases.import_release(engine, other, "ops")
    third = await releases.import_release(engine, one, "ops")
    assert len({first, second, third}) == 3
    assert await releases.live(engine) == (third, one.digest)
    async with engine.connect() as connection:
        assert (await connection.execute(text("select count(*) from audit where action = 'content.import'"))).scalar_one() == 3


async def test_before_the_first_import_nothing_is_live(engine: AsyncEngine, tmp_path: Path) -> None:
    assert await releases.live(engine) is None
    with pytest.raises(ContentError, match="还没有导入过内容"):
        await releases.export(engine, tmp_path, {})
    with pytest.raises(ContentError, match="没有这个版本"):
        await releases.load(engine, 99)


async def test_an_export_never_writes_over_other_content(engine: AsyncEngine, tmp_path: Path) -> None:
    await releases.import_release(engine, content.read_files(files(brand_yml="name: 花")), "ops")
    with pytest.raises(ContentError) as caught:
        await releases.export(engine, tmp_path, files(brand_yml="name: 草", guides_yml=GUIDES))
    assert [one.file for one in caught.value.problems] == ["brand.yml", "guides.yml"]
    assert await releases.export(engine, tmp_path, files(brand_yml="name: 花")) == 1, "the same content may be there"


async def test_a_path_that_leads_out_of_the_folder_is_refused(engine: AsyncEngine, tmp_path: Path) -> None:
    await releases.import_release(engine, content.read_files(files(brand_yml="name: 花")), "ops")
    async with engine.begin() as connection:
        await connection.execute(text("update content_files set path = '../brand.yml'"))
    with pytest.raises(ContentError, match="指到文件夹外面"):
        await releases.export(engine, tmp_path / "in", {})
    assert not (tmp_path / "brand.yml").exists()
