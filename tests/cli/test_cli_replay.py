"""`daogou replay`: real messages through what is live and what is drafted, from files alone or out of the database."""

import json
import shutil
from pathlib import Path

import pytest
from cli_processes import daogou, lines
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.embedded import Servers

ENTRIES = "knowledge/entries/a.yml"
SAID = (
    {"id": "m1", "text": "不喜欢能退吗", "at": "2026-05-20T14:00:00+08:00", "customer": {"name": "王小明"}},
    {"id": "m2", "said": ["我叫王小明", "不喜欢能退吗"], "channel": "wecom_kf"},
    {"id": 3, "text": "在吗", "group": True, "at_bot": True},
    {"text": "转人工", "customer": {"level": "gold", "tags": {"skin_type": "干性"}, "owned": "c1"}},
)


@pytest.fixture
def said(tmp_path: Path) -> Path:
    """Messages in a file."""
    path = tmp_path / "said.jsonl"
    path.write_bytes(lines(*SAID))
    return path


@pytest.fixture
def draft(tmp_path: Path, brand: Path) -> Path:
    """A copy of the brand with another number in an entry."""
    folder = tmp_path / "draft"
    shutil.copytree(brand, folder)
    path = folder / ENTRIES
    path.write_text(path.read_text("utf-8").replace("签收后七天内", "签收后三十天内"), "utf-8")
    return folder


def test_a_changed_number_is_red_and_shown_with_both_traces(home: Path, brand: Path, draft: Path, said: Path) -> None:
    ran = daogou(home, "replay", str(draft), "--workspace", str(brand), "--messages", str(said), "--json")
    assert ran.code == 1, ran.err
    report = json.loads(ran.out)
    assert (report["messages"], report["changed"]) == (4, 2)
    (group,) = report["groups"]
    assert (group["kind"], group["severity"], group["count"], group["from"]) == ("facts", "red", 2, "知识 return-window")
    assert [one["id"] for one in group["examples"]][:2] == ["m1", "m2"]
    assert all(one["id"].startswith("问法") for one in group["examples"][2:])
    assert all(one["live"]["trace"]["intent"] == one["draft"]["trace"]["intent"] for one in group["examples"])
    assert "王小明" not in ran.out.decode()


def test_the_same_content_changes_nothing_and_words_are_for_people(home: Path, brand: Path, draft: Path, said: Path) -> None:
    same = daogou(home, "replay", str(brand), "--workspace", str(brand), "--messages", str(said))
    assert same.code == 0, same.err
    assert "没有必须确认的改变" in same.out.decode()
    told = daogou(home, "replay", str(draft), "--workspace", str(brand), "--messages", str(said), "--last", "3")
    assert told.code == 1
    words = told.out.decode()
    assert "改了数字或否定" in words
    assert "重放了 3 条消息" in words
    assert "现在：签收后七天内" in words
    assert "改后：签收后三十天内" in words


def test_what_cannot_be_read_is_told_line_by_line(home: Path, brand: Path, draft: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "在吗"}\n{"id": 1}\n不是\n', "utf-8")
    ran = daogou(home, "replay", str(draft), "--workspace", str(brand), "--messages", str(path))
    assert ran.code == 1
    assert "bad.jsonl:2" in ran.err
    assert "bad.jsonl:3" in ran.err
    assert daogou(home, "replay", "--workspace", str(brand)).code == 2
    assert "编号" in daogou(home, "replay", "--drafts", "abc").err
    nowhere = daogou(home, "replay", str(tmp_path / "nichts"), "--workspace", str(brand), "--messages", str(path))
    assert nowhere.code == 1


async def test_without_files_it_asks_the_database(
    home: Path, brand: Path, draft: Path, said: Path, embedded: Servers, engine: AsyncEngine
) -> None:
    url = {"DAOGOU_DATABASE_URL": embedded.database_url}
    assert daogou(home, "import", str(brand), **url).code == 0
    ran = daogou(home, "replay", "--drafts", "424242", "--messages", str(said), **url)
    assert ran.code == 1
    assert "没有这份草稿" in ran.err
    nobody = daogou(home, "replay", str(draft), "--last", "5", **url)
    assert nobody.code == 2
    assert "没有可以重放的消息" in nobody.err
    async with engine.connect() as connection:
        assert (await connection.execute(text("select count(*) from replays"))).scalar_one() == 0
