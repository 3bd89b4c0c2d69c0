"""Publishing in the console: what stands in the way is told, red groups need a yes, and one step takes it back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import drafts, releases, replays
from bot.db.drafts import Draft
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock
from tests.front.conftest import Desk, Door
from tests.front.console_rig import FILES, opened, seen, sent

ENTRY = {"id": "engrave", "questions": ["能刻字吗", "可以刻字吗"], "answer": "可以，最多六个字。", "source": "工坊"}
UNSEEN = {"unseen": "yes", "reason": "只是补一条"}
RED = {
    "id": "r1", "kind": "lost", "label": "原来答得上来，现在答不上来", "severity": "red", "count": 3, "talks": 2, "from": "知识 returns",
    "to": "说不知道",
    "examples": [
        {
            "id": "17", "said": ["你好", "能退吗"],
            "live": {"status": "answered", "status_words": "答了", "said": ["七天内可以退。"], "cards": [], "options": [], "reason": "",
                     "trace": {"intent": "return_goods", "confidence": 0.91}},
            "draft": {"status": "shrug", "status_words": "说不知道", "said": ["这个我没有查到"], "cards": [], "options": [],
                      "reason": "没有查到", "trace": {"route": "clarify"}},
        }
    ],
}  # fmt: skip


@pytest.fixture
async def four_eyes(
    engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Door]:
    """The same where somebody else must approve."""
    files = {**FILES, "brand.yml": FILES["brand.yml"] + "publishing: {four_eyes: true}\n"}
    async with opened((engine, client, queues, live, clock), tmp_path, files) as door:
        yield door


async def drafted(office: Door, value: dict[str, Any] | None = None, by: str = "ed", item: str = "engrave") -> Draft:
    made = Draft("entry", item, ENTRY if value is None else value, "手写")
    return await drafts.begin(office.engine, made, by, office.clock.now())


async def live_id(office: Door) -> int:
    found = await releases.live(office.engine)
    assert found is not None
    return found[0]


async def refused(desk: Desk, path: str, status: int, **fields: Any) -> str:
    answer = await sent(desk, path, **fields)
    text = await answer.text()
    assert answer.status == status, text
    return str((await answer.json())["error"]["message"]) if answer.content_type == "application/json" else text


async def replayed(office: Door, id_: int, **group: Any) -> None:
    """A finished replay of exactly what this draft would make live."""
    growing = office.http.server.app  # type: ignore[union-attr]
    from bot.front.context import FRONT  # noqa: PLC0415

    grows = await growing[FRONT].growing()  # type: ignore[index]
    made = await grows.editing.publisher.candidate([id_])
    number = await replays.begin(office.engine, (made.live_digest, made.digest), [id_], "lee", 40, office.clock.now())
    report = {"messages": 40, "changed": 3, "groups": [{**RED, **group}], "seconds": 1.0, "live": "", "draft": ""}
    await replays.finish(office.engine, number, orjson.loads(orjson.dumps(report)), office.clock.now())


async def test_the_page_tells_what_goes_live_and_what_stands_in_the_way(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    good = await drafted(office)
    text = await seen(lead, f"/console/publish?draft={good.id}")
    assert "最多六个字" in text
    look = await seen(lead, f"/console/publish/look?draft={good.id}", part=True)
    for words in ("整份内容检查通过", "开始回放", "不回放，直接发布"):
        assert words in look
    bad = await drafted(office, {**ENTRY, "id": "empty", "answer": ""}, item="empty")
    look = await seen(lead, f"/console/publish/look?draft={bad.id}", part=True)
    assert "检查没有通过" in look
    assert 'id="go"' not in look
    await seen(lead, "/console/publish", 400)
    await seen(lead, "/console/publish?draft=99", 404)


async def test_nothing_goes_live_unseen_without_a_word_why(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    draft = await drafted(office)
    path = f"/console/publish?draft={draft.id}"
    assert "回放" in await refused(lead, path, 422)
    assert "写一句为什么" in await refused(lead, path, 422, unseen="yes")
    assert await live_id(office) == 1
    answer = await sent(lead, path, **UNSEEN, note="顾客老问")
    assert (answer.status, answer.headers["HX-Redirect"]) == (204, "/console/published/2")
    assert await live_id(office) == 2
    done = await seen(lead, "/console/published/2")
    for words in ("已经在线上了", "顾客老问", "engrave", "撤销这次发布"):
        assert words in done
    assert "已发布" in await seen(lead, f"/console/drafts/{draft.id}")


async def test_red_groups_are_shown_with_both_traces_and_each_needs_a_yes_with_a_reason(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    draft = await drafted(office)
    await replayed(office, draft.id)
    path = f"/console/publish?draft={draft.id}"
    look = await seen(lead, f"/console/publish/look?draft={draft.id}", part=True)
    for words in ("原来答得上来，现在答不上来", "能退吗", "七天内可以退。", "这个我没有查到", 'value="r1"'):
        assert words in look
    example = await seen(lead, "/console/replays/1/examples?group=r1&example=17", part=True)
    assert "91%" in example
    await seen(lead, "/console/replays/1/examples?group=r1&example=18", 404, part=True)
    assert "没有确认" in await refused(lead, path, 422, reason="没事")
    assert "为什么" in await refused(lead, path, 422, yes="r1")
    assert await live_id(office) == 1
    answer = await sent(lead, path, yes="r1", reason="这条本来就该让人来答")
    assert answer.status == 204
    assert await office.one("select details ->> 'reason' from audit where action = 'content.yes'") == "这条本来就该让人来答"


async def test_one_step_takes_a_release_back_while_it_is_live(office: Door) -> None:
    lead, ed = await office.guide("lee", "lead"), await office.guide("ed", "editor")
    draft = await drafted(office)
    await sent(lead, f"/console/publish?draft={draft.id}", **UNSEEN)
    assert "disabled" in await seen(ed, "/console/published/2")
    await refused(ed, "/console/published/2/undo", 403)
    before = await releases.load(office.engine, 1)
    answer = await sent(lead, "/console/published/2/undo")
    assert answer.headers["HX-Redirect"] == "/console/published/3"
    assert await releases.load(office.engine, 3) == before
    late = await sent(lead, "/console/published/2/undo")
    assert (late.status, (await late.json())["error"]["code"]) == (409, "not_live")


async def test_who_may_not_publish_is_told_why_and_cannot(office: Door) -> None:
    ed, shop = await office.guide("ed", "editor"), await office.guide("chief", "lead", store="s1")
    theirs = {
        "id": "parking",
        "questions": ["门口能停车吗"],
        "answer": "三小时免费。",
        "source": "店里",
        "scope": {"level": "店", "of": "s1"},
    }
    own, everybodys = await drafted(office, theirs, item="parking"), await drafted(office)
    assert "由店长或管理员发布" in await seen(ed, "/console/drafts")
    assert "总部的内容您不能发布" in await seen(shop, "/console/drafts")
    assert "总部的内容您不能发布" in await seen(shop, f"/console/publish/look?draft={everybodys.id}", part=True)
    await refused(ed, f"/console/publish?draft={own.id}", 403, **UNSEEN)
    await refused(shop, f"/console/publish?draft={everybodys.id}", 403, **UNSEEN)
    await refused(shop, f"/console/publish?draft={own.id}&draft={everybodys.id}", 403, **UNSEEN)
    assert await live_id(office) == 1
    assert (await sent(shop, f"/console/publish?draft={own.id}", **UNSEEN)).status == 204
    assert (await sent(shop, "/console/published/2/undo")).status == 204, "what is all theirs they may also take back"


async def test_with_four_eyes_somebody_else_approves_this_very_version(four_eyes: Door) -> None:
    lead, other, ed = [await four_eyes.guide(name, role) for name, role in (("lee", "lead"), ("mei", "lead"), ("ed", "editor"))]
    draft = await drafted(four_eyes, by="lee")
    path = f"/console/drafts/{draft.id}"
    publish = f"/console/publish?draft={draft.id}"
    assert "要先请别人批准" in await refused(lead, publish, 422, **UNSEEN)
    assert "还要别人批准" in await seen(lead, f"/console/publish/look?draft={draft.id}", part=True)
    assert "等审核" in await refused(lead, f"{path}/propose", 200)
    assert "请别人来批" in await refused(lead, f"{path}/approve", 403, version=1)
    await refused(ed, f"{path}/approve", 403, version=1)
    await drafts.save(four_eyes.engine, await drafts.draft(four_eyes.engine, draft.id), "lee", four_eyes.clock.now())
    assert "刚刚改过" in await refused(other, f"{path}/approve", 409, version=1)
    assert "已批准" in await refused(other, f"{path}/approve", 200, version=2)
    assert (await sent(lead, publish, **UNSEEN)).status == 204


async def test_drafts_are_given_back_undone_set_aside_and_taken_up_again(office: Door) -> None:
    lead, ed = await office.guide("lee", "lead"), await office.guide("ed", "editor")
    draft = await drafted(office)
    path = f"/console/drafts/{draft.id}"
    changed = {**ENTRY, "answer": "可以，最多八个字。"}
    await drafts.save(office.engine, Draft("entry", "engrave", changed, "手写", id=draft.id, version=1), "ed", office.clock.now())
    assert "最多六个字" in await refused(ed, f"{path}/undo", 200, version=2)
    await refused(ed, f"{path}/propose", 200)
    assert "退回" in (await sent(lead, f"{path}/reject")).headers["HX-Trigger"].encode().decode("unicode_escape")
    gone = await sent(ed, f"{path}/dismiss")
    assert f'"undo": "{path}/recover"' in gone.headers["HX-Trigger"], "the toast takes it back"
    assert "engrave" not in await seen(ed, "/console/drafts", part=True)
    assert "engrave" in await seen(ed, "/console/drafts?state=dismissed", part=True)
    await refused(ed, f"{path}/recover", 200)
    assert "engrave" in await seen(ed, "/console/export/drafts")
    await refused(ed, f"{path}/approve", 403)


async def test_what_somebody_else_published_meanwhile_is_not_undone(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    form = {"item": "returns", "id": "returns", "questions": "能退吗", "source": "政策"}
    await sent(lead, "/console/edit/entries/save", **form, answer="十天内可以退。")
    old = await drafts.draft(office.engine, 1)
    await office.rows("update content_drafts set base = 'another' where id = 1")
    look = await seen(lead, "/console/publish/look?draft=1", part=True)
    assert "线上已经有新的版本" in look
    assert "发布了新的" in await refused(lead, "/console/publish?draft=1", 422, **UNSEEN)
    assert "按我写的来" in await seen(lead, "/console/entries/returns")
    kept = await sent(lead, "/console/edit/entries/save", **form, answer="十天内可以退。", draft=1, version=1, base=old.base)
    assert kept.status == 200
    assert (await sent(lead, "/console/publish?draft=1", **UNSEEN)).status == 204


async def test_a_replay_is_followed_by_events_until_it_is_over(office: Door) -> None:
    ed = await office.guide("ed", "editor")
    number = await replays.begin(office.engine, ("a", "b"), [], "ed", 40, office.clock.now())
    answer = await ed.get(f"/console/replays/{number}/events")
    assert b"event: progress" in await answer.content.readline()
    assert "排着队" in (await answer.content.readline()).decode()
    await replays.advance(office.engine, number, 20, 40, office.clock.now())
    async with asyncio.timeout(10):
        left = b""
        while b"20 / 40" not in left:
            left += await answer.content.readline()
        await replays.finish(office.engine, number, {"groups": []}, office.clock.now())
        left += await answer.content.read()
    assert b"event: done" in left
    assert (await ed.get("/console/replays/999/events")).status == 404
