"""Publishing: drafts become a release whole or not at all; what stands in the way is told, and what was said yes to is kept."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.content.items import Key, fingerprint, items
from bot.db import drafts, releases, replays
from bot.db.drafts import Draft
from bot.errors import BadRequestError, ContentError
from bot.publishing import Publisher, Yes
from tests.letters import Letters

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
UNSEEN = Yes(unseen=True)
FILES = {
    "brand.yml": "name: 花\n",
    "scripts/replies/greet.yml": "id: greet\nfamily: 招呼语\nvariants:\n  - {text: 你好}\n",
    "knowledge/entries/a.yml": (
        "# 售后\n- {id: returns, questions: [不喜欢能退吗], answer: 签收后七天内可以退。, source: 政策}\n"
        "- {id: gift, questions: [能刻字吗], answer: 可以刻六个字。, source: 政策}\n"
    ),
}


@pytest.fixture
def publisher(engine: AsyncEngine, tmp_path: Path) -> Publisher:
    return Publisher(engine, Encoder(Letters("letters-publishing")), ModelStore(tmp_path))


async def live(engine: AsyncEngine, **changed: str) -> int:
    told = {**FILES, **changed}
    return await releases.import_release(engine, content.read_files({path: one.encode() for path, one in told.items()}), "ops")


async def begun(engine: AsyncEngine, kind: str, item: str, value: object, by: str = "小编") -> Draft:
    found = await releases.live(engine)
    assert found is not None
    there = items(await releases.load(engine, found[0])).get(Key(kind, item))  # type: ignore[arg-type]
    base = "" if there is None else fingerprint(there.value)
    return await drafts.begin(engine, Draft(kind, item, value, "手写", base=base, note="换个说法"), by, NOON)  # type: ignore[arg-type]


def entry(answer: str, id_: str = "returns", question: str = "不喜欢能退吗") -> dict[str, object]:
    return {"id": id_, "questions": [question], "answer": answer, "source": "政策"}


def greeting(*texts: str) -> dict[str, object]:
    return {"id": "greet", "family": "招呼语", "variants": [{"text": one} for one in texts]}


async def answers(engine: AsyncEngine) -> dict[str, str]:
    found = await releases.live(engine)
    assert found is not None
    return {one.id: one.answer for one in content.read_files(await releases.load(engine, found[0])).entries}


async def test_drafts_of_several_kinds_go_live_together_and_the_rest_keeps_its_bytes(
    engine: AsyncEngine, publisher: Publisher
) -> None:
    first = await live(engine)
    ids = [
        (await begun(engine, "entry", "returns", entry("签收后七天内、没拆封可以退。"))).id,
        (await begun(engine, "script", "greet", greeting("您好"))).id,
        (await begun(engine, "entry", "gift", None)).id,
    ]
    release = await publisher.publish(ids, "店长", NOON, UNSEEN)
    files = await releases.load(engine, release)
    assert files["knowledge/entries/a.yml"].decode().startswith("# 售后\n- {id: returns,")
    assert await answers(engine) == {"returns": "签收后七天内、没拆封可以退。"}
    (newest, *_) = await releases.releases(engine)
    assert (newest.kind, newest.parent, len(newest.changes)) == ("publish", first, 3)
    assert newest.note.startswith("换个说法（")
    assert not await drafts.drafts(engine)


async def test_a_fault_a_forbidden_claim_and_an_overtaken_draft_stop_everything(
    engine: AsyncEngine, publisher: Publisher
) -> None:
    first = await live(engine)
    broken = await begun(engine, "script", "greet", greeting("你好{没有这个变量}"))
    good = await begun(engine, "entry", "returns", entry("八天内可以退。"))
    with pytest.raises(ContentError, match="没有变量"):
        await publisher.publish([good.id, broken.id], "店长", NOON, UNSEEN)
    claim = await drafts.save(engine, replace(broken, value=greeting("这是全国最好的面霜，保证治好痘痘")), "小编", NOON)
    look = await publisher.look([claim.id], NOON)
    assert look.blocks
    assert not look.problems
    with pytest.raises(ContentError):
        await publisher.publish([claim.id], "店长", NOON, UNSEEN)
    second = await live(engine, **{"knowledge/entries/a.yml": FILES["knowledge/entries/a.yml"].replace("七天", "九天")})
    with pytest.raises(BadRequestError, match="已经发布了新的") as refused:
        await publisher.publish([good.id], "店长", NOON, UNSEEN)
    assert refused.value.status == 409
    found = await releases.live(engine)
    assert first != second == (found or (0,))[0]


async def test_what_was_wrong_before_stands_in_nobodys_way(engine: AsyncEngine, publisher: Publisher) -> None:
    await live(engine, **{"scripts/replies/greet.yml": FILES["scripts/replies/greet.yml"].replace("你好", "全国最好的面霜")})
    one = await begun(engine, "entry", "returns", entry("签收后七天内，没拆封可以退。"))
    assert not (await publisher.look([one.id], NOON)).blocks
    assert await publisher.publish([one.id], "店长", NOON, UNSEEN)


async def replayed(engine: AsyncEngine, publisher: Publisher, ids: Sequence[int], groups: Sequence[dict[str, object]]) -> None:
    made = await publisher.candidate(ids)
    number = await replays.begin(engine, (made.live_digest, made.digest), list(ids), "小编", 1, NOON)
    await replays.finish(engine, number, {"groups": list(groups)}, NOON)


async def test_red_groups_want_a_yes_each_and_a_reason_that_is_kept(engine: AsyncEngine, publisher: Publisher) -> None:
    await live(engine)
    one = await begun(engine, "entry", "returns", entry("十天内可以退。"))
    with pytest.raises(BadRequestError, match="回放") as unseen:
        await publisher.publish([one.id], "店长", NOON)
    assert unseen.value.code == "no_replay"
    groups: list[dict[str, object]] = [
        {"id": "g1", "severity": "red"},
        {"id": "g2", "severity": "red"},
        {"id": "g3", "severity": "grey"},
    ]
    await replayed(engine, publisher, [one.id], groups)
    with pytest.raises(BadRequestError, match="1 组") as red:
        await publisher.publish([one.id], "店长", NOON, Yes(frozenset({"g1"}), reason="新政策"))
    assert red.value.code == "red_groups"
    with pytest.raises(BadRequestError, match="写一句为什么"):
        await publisher.publish([one.id], "店长", NOON, Yes(frozenset({"g1", "g2"})))
    release = await publisher.publish([one.id], "店长", NOON, Yes(frozenset({"g1", "g2"}), reason="新政策"))
    async with engine.connect() as connection:
        told = (await connection.execute(text("select details from audit where action = 'content.yes'"))).scalar_one()
    assert (told["groups"], told["reason"]) == (["g1", "g2"], "新政策")
    assert release


async def test_a_replay_of_other_words_does_not_count(engine: AsyncEngine, publisher: Publisher) -> None:
    await live(engine)
    one = await begun(engine, "entry", "returns", entry("十天内可以退。"))
    await replayed(engine, publisher, [one.id], [])
    await drafts.save(engine, replace(one, value=entry("十二天内可以退。")), "小编", NOON)
    with pytest.raises(BadRequestError) as refused:
        await publisher.publish([one.id], "店长", NOON)
    assert refused.value.code == "no_replay"


async def test_four_eyes_want_somebody_elses_approval_of_the_last_words(engine: AsyncEngine, publisher: Publisher) -> None:
    await live(engine, **{"brand.yml": "name: 花\npublishing: {four_eyes: true}\n"})
    one = await begun(engine, "entry", "returns", entry("签收七天内可以退。"), by="店长")
    with pytest.raises(BadRequestError, match="先请别人批准"):
        await publisher.publish([one.id], "店长", NOON, UNSEEN)
    await drafts.approve(engine, one.id, one.version, "老板", NOON)
    assert await publisher.publish([one.id], "店长", NOON, UNSEEN)


async def test_going_back_is_one_step_and_a_release_of_its_own(engine: AsyncEngine, publisher: Publisher) -> None:
    first = await live(engine)
    one = await begun(engine, "entry", "returns", entry("签收七天内、没拆封可以退。"))
    await publisher.publish([one.id], "店长", NOON, UNSEEN)
    back = await publisher.roll_back(first, "店长", NOON, "发错了")
    assert await releases.load(engine, back) == await releases.load(engine, first)
    (newest, *_) = await releases.releases(engine)
    assert (newest.id, newest.kind, newest.parent, newest.note) == (back, "rollback", first, "发错了")


async def test_many_who_publish_at_once_lose_nothing(engine: AsyncEngine, publisher: Publisher) -> None:
    await live(engine)
    made = [await begun(engine, "entry", f"n{n}", entry(f"答案{n}。", f"n{n}", f"问题第{n}号是什么")) for n in range(5)]
    await asyncio.gather(*(publisher.publish([one.id], "店长", NOON, UNSEEN) for one in made))
    assert {f"n{n}" for n in range(5)} <= set(await answers(engine))
