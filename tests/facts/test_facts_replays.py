"""What is recorded is replayed without anybody's name, and a replay is a row that ends, whatever happens to its process."""

from datetime import timedelta
from typing import Any

import pytest
from facts_rig import NOON, accept, an_arrival, answered, conversation, rows
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.content import read_files
from bot.db import releases, replays
from bot.db.erasure import ERASED
from bot.db.recorded import recorded
from bot.errors import BadRequestError
from bot.replaying.jobs import Replays, Wanted
from bot.settings import Settings

REPORT = {
    "messages": 2,
    "groups": [
        {"id": "g1", "severity": "red", "count": 2, "examples": [{"id": "1"}, {"id": "2"}]},
        {"id": "g2", "severity": "amber", "count": 1, "examples": [{"id": "2"}]},
    ],
}


async def _said(engine: AsyncEngine, *words: str, external: str = "wm1", **more: Any) -> None:
    """Messages of one shopper, a minute apart, each answered."""
    for n, one in enumerate(words):
        at = NOON + timedelta(minutes=n)
        arrival = an_arrival(f"{external}-{n}-{one}", one, external, sent_at=at, **more)
        await accept(engine, arrival, at=at)
        await answered(engine, "好的", external=external)


async def _run(engine: AsyncEngine, statement: str, **values: object) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(statement), values)


async def test_recorded_messages_are_masked_and_know_what_came_before(engine: AsyncEngine) -> None:
    await _said(engine, "我叫王小明，电话13812345678", "推荐一款面霜", "那敏感肌呢", "谢谢", "多少钱")
    await _run(engine, "update customers set name = '小明', level = 'gold', store = 'sh'")
    await _run(
        engine,
        "insert into customer_tags (customer_id, tag, value, confidence, at, source, retracted) "
        "select id, 'skin_type', '干性', 0.9, :at, 'm1', false from customers",
        at=NOON,
    )
    first, *_, last = await recorded(engine, 100)
    assert "13812345678" not in first.said[0]
    assert "小明" not in first.said[0]
    assert last.said == ("推荐一款面霜", "那敏感肌呢", "谢谢", "多少钱")
    assert (last.channel, last.group, last.customer.level, last.customer.store) == ("wecom_kf", False, "gold", "sh")
    (evidence,) = last.customer.evidence
    assert (evidence.tag, evidence.value, evidence.source) == ("skin_type", "干性", "")
    assert conversation() not in repr(last)
    assert [one.said[-1] for one in await recorded(engine, 2)] == ["谢谢", "多少钱"]


async def test_a_guide_or_a_long_silence_begins_another_part_and_what_is_gone_is_gone(engine: AsyncEngine) -> None:
    await _said(engine, "能退吗", "包邮吗", "有货吗", "几点关门")
    await _run(engine, "update messages set at = at - interval '7 hours' where text = '能退吗'")
    await _run(engine, "update messages set recalled_at = :at where text = '包邮吗'", at=NOON)
    await _run(engine, f"update messages set text = '{ERASED}' where text = '有货吗'")
    (old, now) = await recorded(engine, 100)
    assert (old.said, now.said) == (("能退吗",), ("几点关门",))
    await _said(engine, "在吗", external="wm2")
    guide = "insert into messages (conversation_id, author, text, at) values (:id, 'guide', '我是王姐', :at)"
    await _run(engine, guide, id=conversation("wm2"), at=NOON)
    await _said(engine, "怎么用", external="wm2")
    assert [one.said for one in await recorded(engine, 2)] == [("在吗",), ("怎么用",)]


async def test_a_replay_goes_from_waiting_to_done_and_is_found_by_its_candidate(engine: AsyncEngine) -> None:
    number = await replays.begin(engine, ("live", "draft"), [3, 5], "ops", 2, NOON)
    assert (await replays.read(engine, number, NOON)).state == "waiting"
    assert await replays.advance(engine, number, 1, 2, NOON)
    running = await replays.read(engine, number, NOON)
    assert (running.state, running.progress, running.total, running.drafts, running.over) == ("running", 1, 2, (3, 5), False)
    assert await replays.latest(engine, "live", "draft") is None
    assert await replays.finish(engine, number, REPORT, NOON)
    done = await replays.latest(engine, "live", "draft")
    assert done is not None
    assert (done.id, done.state, done.progress) == (number, "done", 2)
    assert [one["id"] for one in done.red] == ["g1"]
    assert done.unanswered({"g1"}) == ()
    assert [one["id"] for one in done.unanswered({"g2"})] == ["g1"]
    assert await replays.latest(engine, "live", "other") is None
    assert not await replays.fail(engine, number, "zu spät", NOON)


async def test_a_replay_whose_process_died_is_failed_when_its_lease_ends(engine: AsyncEngine) -> None:
    number = await replays.begin(engine, ("a", "b"), [], "ops", 1, NOON)
    assert await replays.renew(engine, number, NOON + timedelta(seconds=20))
    assert (await replays.read(engine, number, NOON + timedelta(seconds=40))).state == "waiting"
    (dead,) = await replays.listed(engine, NOON + timedelta(minutes=2))
    assert (dead.state, bool(dead.error)) == ("failed", True)
    assert not await replays.renew(engine, number, NOON + timedelta(minutes=2))
    with pytest.raises(BadRequestError) as refused:
        await replays.read(engine, 99, NOON)
    assert refused.value.status == 404


async def test_a_replay_can_be_cancelled_once_and_stands_in_the_audit(engine: AsyncEngine) -> None:
    number = await replays.begin(engine, ("a", "b"), [], "ops", 1, NOON)
    assert await replays.cancel(engine, number, "ops", NOON)
    assert not await replays.cancel(engine, number, "ops", NOON)
    assert not await replays.advance(engine, number, 1, 1, NOON)
    assert (await replays.read(engine, number, NOON)).state == "cancelled"
    assert [one["action"] for one in await rows(engine, "select action from audit order by id")] == [
        "replay.start",
        "replay.cancel",
    ]


async def test_reports_forget_whoever_asks_to_be_forgotten_and_grow_old(engine: AsyncEngine) -> None:
    number = await replays.begin(engine, ("a", "b"), [], "ops", 1, NOON)
    await replays.finish(engine, number, REPORT, NOON)
    async with engine.begin() as connection:
        await replays.forget(connection, {"2"})
    report = (await replays.read(engine, number, NOON)).report
    groups = report["groups"]
    assert isinstance(groups, list)
    assert [(one["count"], [e["id"] for e in one["examples"]]) for one in groups] == [(2, ["1"]), (1, [])]
    for _ in range(replays.KEPT):
        later = await replays.begin(engine, ("a", "b"), [], "ops", 1, NOON)
        await replays.finish(engine, later, REPORT, NOON)
    assert (await replays.read(engine, number, NOON)).report == {}
    assert (await replays.read(engine, later, NOON)).report


_BRAND = {
    "brand.yml": "name: 润物\n",
    "intents/training/a.yml": "version: '3.1'\nnlu:\n"
    + "".join(
        f"  - intent: {intent}\n    examples: |\n" + "".join(f"      - {one}\n" for one in said)
        for intent, said in {
            "greet": ("在吗", "你好", "哈喽", "有人吗"),
            "return_goods": ("能退吗", "我要退货", "不想要了退钱", "怎么退款"),
            "ask_human": ("转人工", "找个真人", "叫客服来", "人工客服"),
        }.items()
    ),
    "knowledge/entries/a.yml": "- id: back\n  questions: [能退吗, 怎么退款]\n  answer: 签收后七天内可以退。\n  source: 政策\n",
    "scripts/replies/greet.yml": "id: greet\nfamily: 招呼语\nvariants: [{text: 欢迎来润物}]\n",
}


def _files(**changed: str) -> dict[str, bytes]:
    told = {**_BRAND, **{f"{path.replace('__', '/')}.yml": words for path, words in changed.items()}}
    return {path: words.encode() for path, words in told.items()}


@pytest.fixture
def jobs(engine: AsyncEngine, tmp_path_factory: pytest.TempPathFactory, clock: Any) -> Replays:
    """What the console would hold."""
    return Replays(engine, Settings(home=tmp_path_factory.mktemp("home"), encoder="static"), clock)


async def test_the_console_starts_a_process_that_finds_what_a_draft_changes(engine: AsyncEngine, jobs: Replays) -> None:
    with pytest.raises(BadRequestError) as nothing:
        await jobs.start(Wanted(_files()), "ops")
    assert nothing.value.code == "nothing_live"
    await releases.import_release(engine, read_files(_files()), "ops")
    await _said(engine, "在吗", "能退吗")
    answer = _BRAND["knowledge/entries/a.yml"].replace("七天", "三十天")
    number = await jobs.start(Wanted(_files(knowledge__entries__a=answer), [7]), "ops")
    await jobs.settled(number)
    found = await replays.read(engine, number, jobs._clock.now())
    assert (found.state, found.error, found.progress, found.drafts) == ("done", "", 4, (7,))
    (red,) = found.red
    assert (red["kind"], red["count"], red["from"]) == ("facts", 1, "知识 back")
    assert (await replays.latest(engine, read_files(_files()).digest, found.draft)) is not None


async def test_a_candidate_that_cannot_live_and_one_that_nobody_wants_any_more(engine: AsyncEngine, jobs: Replays) -> None:
    await releases.import_release(engine, read_files(_files()), "ops")
    await _said(engine, "在吗")
    first = await jobs.start(Wanted(_files(scripts__replies__greet="id: greet\n")), "ops")
    second = await jobs.start(Wanted(_files()), "ops")
    assert await jobs.cancel(second, "ops")
    await jobs.settled(first)
    broken = await replays.read(engine, first, jobs._clock.now())
    assert broken.state == "failed"
    assert "greet.yml" in broken.error
    third = await jobs.start(Wanted(_files()), "ops")
    await jobs.close()
    states = {one.id: one.state for one in await replays.listed(engine, jobs._clock.now())}
    assert states == {first: "failed", second: "cancelled", third: "failed"}
