"""Drafts and gaps on a real database: published whole or not at all, live at once; what went wrong is found in real turns."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bot_rooms import services
from facts_rig import NOON, accept, an_arrival, rows, waiting
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.db import drafts, gaps, releases, turns
from bot.db.drafts import Draft
from bot.db.gaps import anonymous, badly_received, unanswered
from bot.errors import BadRequestError, ContentError
from bot.growing import Growing
from bot.publishing import Yes
from bot.turn import take_turn
from tests.letters import Letters

RETURNS = """
- id: returns
  questions: [不喜欢能退吗, 能退吗]
  answer: 签收后七天内可以退。
  source: 政策
"""


def a_draft(id_: str = "d1", *questions: str, answer: str = "可以刻字。", **more: Any) -> Draft:
    entry = {"id": id_, "questions": list(questions or ("能刻字吗", "可以刻字吗")), "answer": answer, "source": "手写", **more}
    return Draft("entry", id_, entry, "手写")


async def imported(engine: AsyncEngine, **files: str) -> int:
    told = {"brand.yml": "name: 花", "knowledge/entries/a.yml": RETURNS, **files}
    return await releases.import_release(engine, content.read_files({path: one.encode() for path, one in told.items()}), "ops")


@pytest.fixture
def growing(engine: AsyncEngine, tmp_path: Any) -> Growing:
    return Growing(engine, Encoder(Letters("letters-growing")), ModelStore(tmp_path), lambda: content.read_files({}))


async def publish(growing: Growing, *items: str) -> int:
    """Make the drafts of these entries live, without a replay."""
    engine = growing.editing.publisher._engine
    found = await rows(engine, "select item, id from content_drafts where state in ('draft', 'proposed', 'approved')")
    ids = {row["item"]: row["id"] for row in found}
    return await growing.publisher.publish([ids.get(item, 0) for item in items], "lead", NOON, Yes(unseen=True))


async def kept(engine: AsyncEngine, item: str) -> Draft:
    """The newest draft of an entry, open or not."""
    (row,) = await rows(engine, f"select id from content_drafts where item = '{item}' order by id desc limit 1")
    return await drafts.draft(engine, row["id"])


async def live_files(engine: AsyncEngine) -> Mapping[str, bytes]:
    found = await releases.live(engine)
    assert found is not None
    return await releases.load(engine, found[0])


async def test_a_published_draft_is_a_new_release_with_its_audit(engine: AsyncEngine, growing: Growing) -> None:
    first = await imported(engine)
    await drafts.keep(engine, [a_draft()], "ed", NOON)
    release = await publish(growing, "d1")
    assert release > first
    files = await live_files(engine)
    assert set(files) == {"brand.yml", "knowledge/entries/a.yml", "knowledge/entries/drafts/d1.yml"}
    assert [entry.id for entry in content.read_files(files).entries] == ["returns", "d1"]
    draft = await kept(engine, "d1")
    assert (draft.state, draft.release, draft.author) == ("published", release, "ed")
    deeds = [(row["actor"], row["action"], row["subject"]) for row in await rows(engine, "select * from audit order by id")]
    assert deeds[-3:] == [
        ("lead", "content.publish", str(release)),
        ("lead", "draft.publish", str(draft.id)),
        ("lead", "content.yes", str(release)),
    ]
    assert await drafts.drafts(engine) == []
    assert [one.item for one in await drafts.drafts(engine, ("published",))] == ["d1"]


async def test_an_edited_entry_that_is_published_again_replaces_its_words_where_they_stand(
    engine: AsyncEngine, growing: Growing
) -> None:
    await imported(engine)
    await drafts.keep(engine, [a_draft()], "ed", NOON)
    await publish(growing, "d1")
    await drafts.begin(engine, a_draft("d1", "能刻字吗", answer="最多六个字。"), "ed", NOON)
    assert (await kept(engine, "d1")).state == "draft"
    assert "可以刻字" in (await live_files(engine))["knowledge/entries/drafts/d1.yml"].decode(), "a draft is not live"
    await publish(growing, "d1")
    assert "最多六个字" in (await live_files(engine))["knowledge/entries/drafts/d1.yml"].decode()


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (a_draft(answer=""), "answer"),
        (a_draft("d1", "能退吗"), "已经有了"),
        (a_draft(valid_from="2026-06-01", valid_until="2026-05-01"), "还没生效就过期"),
    ],
)
async def test_what_does_not_go_with_the_rest_is_refused_with_its_reason_and_nothing_changes(
    engine: AsyncEngine, growing: Growing, draft: Draft, words: str
) -> None:
    first = await imported(engine)
    await drafts.keep(engine, [draft], "ed", NOON)
    with pytest.raises(ContentError, match=words):
        await publish(growing, draft.item)
    assert await releases.live(engine) == (first, (await releases.live(engine) or (0, ""))[1])
    assert (await kept(engine, draft.item)).state == "draft"


async def test_two_who_publish_at_once_both_are_live_in_the_end(engine: AsyncEngine, growing: Growing) -> None:
    await imported(engine)
    made = [a_draft(f"d{n}", f"第{word}个问题怎么办") for n, word in enumerate("甲乙丙丁")]
    await drafts.keep(engine, made, "ed", NOON)
    folder = content.read_files({"brand.yml": "name: 草".encode(), "knowledge/entries/a.yml": RETURNS.encode()})
    await asyncio.gather(*(publish(growing, one.item) for one in made), releases.import_release(engine, folder, "ops"))
    order = await rows(engine, "select id from releases order by published_at")
    assert [row["id"] for row in order] == sorted(row["id"] for row in order), "later made is later live"
    last = {path for path in await live_files(engine) if "drafts" in path}
    numbered = {str(row["id"]): row["item"] for row in await rows(engine, "select id, item from content_drafts")}
    done = await rows(engine, "select action, subject from audit where action in ('draft.publish', 'content.import') order by id")
    folder_at = [row["action"] for row in done].index("content.import", 1)
    after = [numbered[row["subject"]] for row in done[folder_at + 1 :]]
    # those published before the folder came are not in it, which is what an import means
    assert last == {f"knowledge/entries/drafts/{id_}.yml" for id_ in after}


async def test_missing_and_dismissed_drafts_are_not_published_and_nothing_live_is_said(
    engine: AsyncEngine, growing: Growing
) -> None:
    await drafts.keep(engine, [a_draft(), a_draft("d2", "能寄国外吗")], "ed", NOON)
    with pytest.raises(BadRequestError, match="还没有导入过内容"):
        await publish(growing, "d1")
    await imported(engine)
    second = await kept(engine, "d2")
    await drafts.dismiss(engine, second.id, "ed", NOON)
    for items in (["d2"], ["d1", "d3"]):
        with pytest.raises(BadRequestError, match="没有这条草稿"):
            await publish(growing, *items)
    for call in (drafts.draft(engine, 10**6), drafts.dismiss(engine, second.id, "ed", NOON)):
        with pytest.raises(BadRequestError, match="没有这条草稿"):
            await call
    with pytest.raises(BadRequestError, match="不要了"):
        await drafts.save(engine, second, "ed", NOON)


async def test_importing_again_renews_what_changed_and_leaves_what_was_dismissed(engine: AsyncEngine) -> None:
    made = [a_draft("d1"), a_draft("d2", "能寄国外吗"), a_draft("d3", "有讲座吗")]
    assert await drafts.keep(engine, made, "ed", NOON) == drafts.Kept(3, 0, 0)
    await drafts.dismiss(engine, (await kept(engine, "d3")).id, "ed", NOON)
    again = [made[0], a_draft("d2", "能寄国外吗", answer="寄不了。"), made[2]]
    assert await drafts.keep(engine, again, "ed2", NOON + timedelta(hours=1)) == drafts.Kept(0, 1, 2)
    renewed = await kept(engine, "d2")
    assert renewed.value is not None
    assert (renewed.value["answer"], renewed.version) == ("寄不了。", 2)
    assert (await kept(engine, "d3")).state == "dismissed"
    odd = Draft("entry", "d4", {"id": "d4", "questions": ["a\0b\ud800"]}, "a\0b", "\ud800")
    assert await drafts.keep(engine, [odd], "ed", NOON) == drafts.Kept(1, 0, 0)


async def test_words_that_somebody_put_in_by_hand_are_not_renewed_by_an_import(engine: AsyncEngine) -> None:
    await drafts.keep(engine, [a_draft()], "ed", NOON)
    await drafts.save(engine, replace(await kept(engine, "d1"), value={**a_draft().value, "answer": "手改的。"}), "mei", NOON)  # type: ignore[dict-item]
    assert await drafts.keep(engine, [a_draft(answer="文件里的。")], "ed", NOON) == drafts.Kept(0, 0, 0, 1)
    assert (await kept(engine, "d1")).value["answer"] == "手改的。"  # type: ignore[index]


async def test_two_who_save_one_version_do_not_write_over_each_other(engine: AsyncEngine) -> None:
    first = await drafts.begin(engine, a_draft(), "ed", NOON)
    saved = await asyncio.gather(
        *(drafts.save(engine, replace(first, note=str(n)), f"ed{n}", NOON) for n in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in saved) == ["Draft", "StaleError", "StaleError", "StaleError"]
    begun = await asyncio.gather(
        *(drafts.begin(engine, a_draft("d9", "能退货吗"), f"ed{n}", NOON) for n in range(3)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in begun) == ["Draft", "StaleError", "StaleError"]
    assert [one.version for one in await drafts.saves(engine, first.id)] == [2, 1]


# --- gaps ------------------------------------------------------------------------------------------------------------


async def talk(engine: AsyncEngine, external: str, *said: str, minutes: float = 1, at: Any = NOON) -> None:
    """Real turns of one shopper, a message after the other."""
    for n, words in enumerate(said):
        moment = at + timedelta(minutes=minutes * n)
        await accept(engine, an_arrival(f"{external}-{n}-{at:%H%M}", words, external, sent_at=moment), at=moment)
        one = await waiting(engine, external)
        await turns.commit(engine, [take_turn(one, services(), moment)], moment)


async def troubled(engine: AsyncEngine) -> list[tuple[str, str, str | None]]:
    return [(one.text, one.why, one.entry) for one in await gaps.troubles(engine, NOON - timedelta(days=1))]


async def test_what_was_not_known_is_found_and_what_was_answered_is_not(engine: AsyncEngine) -> None:
    await talk(engine, "wm1", "能退吗", "谢谢")
    await talk(engine, "wm2", "你们老板是哪里人呀")
    await talk(engine, "wm3", "你好")
    await talk(engine, "wm4", "写首诗")
    found = await troubled(engine)
    assert found == [("你们老板是哪里人呀", "unanswered", None)], "small talk and what is surely none of ours is no gap"


async def test_an_answer_that_is_followed_by_anger_or_the_same_question_was_received_badly(engine: AsyncEngine) -> None:
    await talk(engine, "wm1", "能退吗", "转人工")
    await talk(engine, "wm2", "能退吗", "我是问能退吗")
    await talk(engine, "wm3", "能退吗", "谢谢")
    await talk(engine, "wm4", "能退吗", "转人工", minutes=30)
    assert await troubled(engine) == [("能退吗", "badly_received", "returns")] * 2


async def test_nothing_personal_leaves_the_inbox(engine: AsyncEngine) -> None:
    await talk(engine, "wm1", "你们老板是哪里人呀")
    async with engine.begin() as connection:
        await connection.execute(text("update inbox set text = text || ' 13812345678'"))
    ((words, _, _),) = await troubled(engine)
    assert words == "你们老板是哪里人呀 138****5678"


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("王女士问能退吗", "某女士问能退吗"),
        ("收件人：李雷，能改地址吗", "收件人：[姓名]，能改地址吗"),
        ("我是油皮能用吗", "我是油皮能用吗"),
        ("黄先生的单", "某先生的单"),
        ("2026年有活动吗 满199减20", "2026年有活动吗 满199减20"),
        ("小美想问下面霜", "[姓名]想问下面霜"),
        ("订单88012345678，住上海市徐汇区漕溪北路18号", "订单[号码]，[地址]"),
    ],
)
def test_names_that_are_told_as_such_go_and_other_words_stay(told: str, wanted: str) -> None:
    assert anonymous(told, "小美") == wanted


@pytest.mark.parametrize(
    ("trace", "reason", "after", "wanted"),
    [
        ({"scripts": [{"id": "no_answer"}]}, "", {}, True),
        ({"scripts": [{"id": "handover_after_hours"}]}, "连续两次没有帮上忙", {}, True),
        ({"scripts": [{"id": "answer_choice"}]}, "", {"route": "chosen_entry"}, False),
        ({"scripts": [{"id": "answer_choice"}]}, "", {"route": "greet"}, True),
        ({"scripts": [{"id": "out_of_scope"}], "intent": "out_of_scope", "confidence": 0.9}, "", {}, False),
        ({"scripts": [{"id": "out_of_scope"}], "intent": "out_of_scope", "confidence": 0.4}, "", {}, True),
        ({"scripts": [{"id": "answer"}]}, "", {}, False),
        ({"scripts": "odd"}, "", {}, False),
        ({}, "", {}, False),
    ],
)
def test_only_a_shrug_is_unanswered(trace: Any, reason: str, after: Any, *, wanted: bool) -> None:
    assert unanswered(trace, reason, after) is wanted


def test_a_next_question_of_another_kind_says_nothing_of_the_answer() -> None:
    assert not badly_received("能退吗", "面霜多少钱", {"intent": "ask_price", "sentiment": 0.1})
    assert badly_received("能退吗", "什么破店", {"intent": "chitchat", "sentiment": -0.8})
    assert badly_received("能退吗", "不是这个", {"intent": "deny"})


async def test_gaps_close_when_they_are_answered_set_aside_or_mended(engine: AsyncEngine, growing: Growing) -> None:
    await imported(engine)
    await talk(engine, "wm1", "你们老板是哪里人呀")
    await talk(engine, "wm2", "老板是哪里人")
    await talk(engine, "wm3", "会员日是几号呢")
    now = NOON + timedelta(hours=1)
    found = await growing.open_gaps(now)
    assert sum(one.gap.count for one in found) == 3
    assert "会员日是几号呢" in {one.gap.question for one in found}

    await gaps.set_aside(engine, "会员日是几号呢", "ed", now)
    assert "会员日是几号呢" not in {one.gap.question for one in await growing.open_gaps(now)}

    await drafts.keep(engine, [a_draft("boss", "你们老板是哪里人呀", "老板是哪里人", answer="老板是杭州人。")], "ed", now)
    await publish(growing, "boss")
    assert await growing.open_gaps(now) == [], "the live base answers it now, seen without a restart"


async def test_whoever_asks_while_the_same_is_worked_out_is_told_that_also_when_the_first_has_left(
    engine: AsyncEngine, growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await imported(engine)
    await talk(engine, "wm1", "会员日是几号呢")
    known, looked, everybody = gaps.aside, 0, asyncio.Event()

    async def aside(engine: AsyncEngine) -> frozenset[str]:
        nonlocal looked
        found = await known(engine)
        looked += 1
        if looked == 3:
            everybody.set()
        return found

    monkeypatch.setattr(gaps, "aside", aside)
    async with growing._lock:  # nothing is done before all three have asked
        asked = [asyncio.create_task(growing.open_gaps(NOON + timedelta(hours=1))) for _ in range(3)]
        await everybody.wait()
        asked[0].cancel()
    first, second, third = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert not isinstance(second, BaseException)
    assert second is third
    assert [one.gap.question for one in second] == ["会员日是几号呢"]
    await gaps.set_aside(engine, "会员日是几号呢", "ed", NOON)
    assert await growing.open_gaps(NOON + timedelta(hours=1)) == [], "nothing that is over is told again"


async def test_an_answer_that_was_received_badly_stays_a_gap_until_its_entry_is_changed(
    engine: AsyncEngine, growing: Growing
) -> None:
    entries = content.read_files({"knowledge/entries/a.yml": RETURNS.encode()}).entries
    assert entries[0].id == "returns"
    await imported(engine)
    await talk(engine, "wm1", "能退吗", "转人工")
    now = NOON + timedelta(hours=1)
    async with engine.begin() as connection:  # the rooms of these turns are other ones than the imported base
        await connection.execute(
            text(
                "update inbox set trace = jsonb_set(trace, '{entry,version}', to_jsonb(cast(:version as text))) where jsonb_exists(trace, 'entry')"
            ),
            {"version": entries[0].version},
        )
    (one,) = await growing.open_gaps(now)
    assert (one.gap.question, one.gap.entries, one.gap.reasons) == ("能退吗", ("returns",), {"badly_received": 1})
    await imported(engine, **{"knowledge/entries/a.yml": RETURNS.replace("七天", "十五天")})
    assert await growing.open_gaps(now) == []


async def test_a_gap_becomes_a_draft_with_its_wordings_and_what_a_guide_answered(engine: AsyncEngine, growing: Growing) -> None:
    await imported(engine)
    await talk(engine, "wm1", "你们老板是哪里人呀")
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into messages (conversation_id, author, text, at) select conversation_id, 'guide', "
                "'老板是杭州人，电话13812345678哦', received_at + interval '3 minutes' from inbox"
            )
        )
    now = NOON + timedelta(hours=1)
    draft = await growing.draft("你们老板是哪里人呀", now)
    assert draft.value is not None
    assert draft.value["questions"] == ["你们老板是哪里人呀"]
    assert draft.value["answer"] == "老板是杭州人，电话138****5678哦"
    assert draft.item == (await growing.draft("你们老板是哪里人呀", now)).item
    with pytest.raises(BadRequestError, match="不在列表里"):
        await growing.draft("没人问过", now)


async def test_a_draft_is_tried_before_it_is_published(engine: AsyncEngine, growing: Growing) -> None:
    await imported(engine)
    told = await growing.trial(a_draft().value or {}, "能刻字吗", None, NOON)
    now, then = told["now"], told["then"]
    assert isinstance(now, Mapping)
    assert isinstance(then, Mapping)
    assert now["entry"] is None
    assert (then["entry"], then["answer"]) == ("d1", "可以刻字。")
    with pytest.raises(ContentError):
        await growing.trial({"id": "d1", "questions": []}, "能刻字吗", None, NOON)
