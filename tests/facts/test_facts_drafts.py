"""Drafts: nobody writes over anybody, every version is kept, many are kept at once; and releases that can be gone back to."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.db import drafts, releases
from bot.db.drafts import Draft, StaleError
from bot.db.releases import Origin
from bot.errors import BadRequestError, ContentError
from bot.supervisor import bring_in

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
ENTRY = {"id": "d1", "questions": ["能刻字吗"], "answer": "可以。", "source": "手写"}


def a_draft(item: str = "d1", **changed: object) -> Draft:
    return Draft("entry", item, {**ENTRY, "id": item, **changed}, "手写")


def workspace(**entries: str) -> content.Workspace:
    told = "".join(
        f"- {{id: {name}, questions: [问{name}], answer: {answer}, source: 政策}}\n" for name, answer in entries.items()
    )
    return content.read_files({"brand.yml": "name: 花".encode(), "knowledge/entries/a.yml": told.encode()})


async def test_two_editors_of_one_draft_never_write_over_each_other(engine: AsyncEngine) -> None:
    begun = await drafts.begin(engine, a_draft(), "甲", NOON)
    mine, theirs = replace(begun, value={**ENTRY, "answer": "甲的话"}), replace(begun, value={**ENTRY, "answer": "乙的话"})
    await drafts.save(engine, mine, "甲", NOON)
    with pytest.raises(StaleError, match="甲 刚刚改过") as refused:
        await drafts.save(engine, theirs, "乙", NOON)
    assert refused.value.current.value == {**ENTRY, "answer": "甲的话"}
    saved = await drafts.save(engine, replace(theirs, version=refused.value.current.version), "乙", NOON)
    assert [(one.version, one.author) for one in await drafts.saves(engine, saved.id)] == [(3, "乙"), (2, "甲"), (1, "甲")]


async def test_of_many_who_save_at_once_one_wins_and_all_others_are_told(engine: AsyncEngine) -> None:
    begun = await drafts.begin(engine, a_draft(), "甲", NOON)
    tries = [drafts.save(engine, replace(begun, value={**ENTRY, "answer": f"{n}"}), f"编辑{n}", NOON) for n in range(8)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, Draft) for one in found) == 1
    assert sum(isinstance(one, StaleError) for one in found) == 7


async def test_a_thing_has_one_open_draft(engine: AsyncEngine) -> None:
    first = await drafts.begin(engine, a_draft(), "甲", NOON)
    with pytest.raises(StaleError) as refused:
        await drafts.begin(engine, a_draft(answer="又一份"), "乙", NOON)
    assert refused.value.current.id == first.id
    await drafts.dismiss(engine, first.id, "甲", NOON)
    second = await drafts.begin(engine, a_draft(answer="又一份"), "乙", NOON)
    with pytest.raises(BadRequestError, match="已经有一份新的草稿"):
        await drafts.recover(engine, first.id, "甲", NOON)
    await drafts.dismiss(engine, second.id, "乙", NOON)
    await drafts.recover(engine, first.id, "甲", NOON)
    assert await drafts.open_draft(engine, "entry", "d1") == await drafts.draft(engine, first.id)


async def test_undo_goes_back_one_version_and_is_a_version_itself(engine: AsyncEngine) -> None:
    begun = await drafts.begin(engine, a_draft(), "甲", NOON)
    changed = await drafts.save(engine, replace(begun, value={**ENTRY, "answer": "改坏了"}, note="试试"), "甲", NOON)
    back = await drafts.undo(engine, changed.id, changed.version, "甲", NOON)
    assert (back.value, back.version) == (begun.value, 3)
    with pytest.raises(StaleError):
        await drafts.undo(engine, changed.id, changed.version, "乙", NOON)
    with pytest.raises(BadRequestError, match="最早的一版"):
        await drafts.undo(engine, begun.id, 1, "甲", NOON)


async def test_an_approval_is_somebody_elses_and_ends_with_the_next_word(engine: AsyncEngine) -> None:
    begun = await drafts.begin(engine, a_draft(), "甲", NOON)
    await drafts.propose(engine, begun.id, "甲", NOON)
    with pytest.raises(BadRequestError, match="请别人来批"):
        await drafts.approve(engine, begun.id, 1, "甲", NOON)
    await drafts.approve(engine, begun.id, 1, "乙", NOON)
    approved = await drafts.draft(engine, begun.id)
    assert (approved.state, approved.approved_by) == ("approved", "乙")
    saved = await drafts.save(engine, replace(approved, value={**ENTRY, "answer": "又改"}), "甲", NOON)
    assert (saved.state, saved.approved_by) == ("draft", None)
    with pytest.raises(StaleError):
        await drafts.approve(engine, begun.id, 1, "乙", NOON)


async def test_importing_again_renews_what_is_untouched_and_leaves_what_somebody_wrote(engine: AsyncEngine) -> None:
    assert await drafts.keep(engine, [a_draft("a"), a_draft("b"), a_draft("c")], "导入", NOON) == drafts.Kept(3, 0, 0)
    (b,) = [one for one in await drafts.drafts(engine) if one.item == "b"]
    await drafts.save(engine, replace(b, value={**ENTRY, "id": "b", "answer": "人写的"}), "甲", NOON)
    (c,) = [one for one in await drafts.drafts(engine) if one.item == "c"]
    await drafts.dismiss(engine, c.id, "甲", NOON)
    again = [a_draft("a", answer="新"), a_draft("b", answer="新"), a_draft("c")]
    assert await drafts.keep(engine, again, "导入", NOON) == drafts.Kept(0, 1, 1, 1)
    values = {one.item: one.value["answer"] for one in await drafts.drafts(engine) if one.value}
    assert values == {"a": "新", "b": "人写的"}


async def test_every_save_is_in_the_audit(engine: AsyncEngine) -> None:
    begun = await drafts.begin(engine, a_draft(), "甲", NOON)
    await drafts.save(engine, replace(begun, value={**ENTRY, "answer": "x"}), "乙", NOON)
    await drafts.dismiss(engine, begun.id, "丙", NOON)
    async with engine.connect() as connection:
        told = await connection.execute(text("select actor, action, subject from audit order by id"))
        assert [tuple(row) for row in told] == [
            ("甲", "draft.begin", str(begun.id)),
            ("乙", "draft.save", str(begun.id)),
            ("丙", "draft.dismiss", str(begun.id)),
        ]


async def test_releases_are_listed_with_where_they_came_from(engine: AsyncEngine) -> None:
    first = await releases.import_release(engine, workspace(a="一"), "ops", "第一版")
    change = {"kind": "entry", "id": "a", "what": "changed"}
    second = await releases.import_release(engine, workspace(a="二"), "店长", "改口径", Origin("publish", first, [change]))
    newest, oldest = await releases.releases(engine)
    assert (newest.id, newest.kind, newest.parent, newest.author, list(newest.changes)) == (
        second,
        "publish",
        first,
        "店长",
        [change],
    )
    assert (oldest.id, oldest.kind, oldest.note) == (first, "import", "第一版")
    assert [one.id for one in await releases.releases(engine, 5, before=second)] == [first]


async def test_a_start_brings_in_what_changed_in_the_folder_and_keeps_what_was_published(engine: AsyncEngine) -> None:
    await bring_in(engine, workspace(a="一", b="二"))
    files = await releases.load(engine, (await releases.live(engine) or (0, ""))[0])
    published = content.read_files(
        {**files, "knowledge/entries/a.yml": workspace(a="后台改的", b="二").files["knowledge/entries/a.yml"]}
    )
    await releases.import_release(engine, published, "店长", origin=Origin("publish"))
    before = await releases.live(engine)
    await bring_in(engine, workspace(a="一", b="二"))
    assert await releases.live(engine) == before, "the folder is as it was: nothing to bring in"
    await bring_in(engine, workspace(a="一", b="文件夹改的", c="三"))
    live = await releases.live(engine)
    assert live is not None
    told = {entry.id: entry.answer for entry in content.read_files(await releases.load(engine, live[0])).entries}
    assert told == {"a": "后台改的", "b": "文件夹改的", "c": "三"}
    assert [one.kind for one in await releases.releases(engine)] == ["import", "publish", "import"], (
        "the folder itself is no release"
    )


async def test_a_folder_that_does_not_go_with_what_was_published_changes_nothing(engine: AsyncEngine) -> None:
    await bring_in(engine, workspace(a="一"))
    published = content.read_files(
        {**workspace(a="一").files, "knowledge/entries/drafts/n.yml": b"- {id: n, questions: [x], answer: y, source: z}\n"}
    )
    await releases.import_release(engine, published, "店长", origin=Origin("publish"))
    before = await releases.live(engine)
    await bring_in(engine, workspace(a="一", n="同一个编号"))
    assert await releases.live(engine) == before


async def test_what_was_never_there_cannot_be_gone_back_to(engine: AsyncEngine) -> None:
    with pytest.raises(ContentError, match="没有这个版本"):
        await releases.load(engine, 7)
