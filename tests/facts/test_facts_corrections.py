"""What a guide puts right: kept without personal data, played as a dialogue, and a guard of what is published later."""

import asyncio
from argparse import Namespace
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bot_rooms import services
from facts_rig import NOON, accept, an_arrival, conversation, finish, rows, take, waiting
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.cli import loading, storing
from bot.content import Workspace
from bot.db import corrections, drafts, releases, turns
from bot.db.corrections import Better, Correction, correct
from bot.db.drafts import Draft
from bot.db.users import User
from bot.errors import BadRequestError, ContentError
from bot.growing import Growing
from bot.guarding import as_dialogues, judge, judged
from bot.publishing import Yes
from bot.turn import take_turn
from tests.letters import Letters

GUIDE = User("wang", "guide", "g1", "sh", must_change=False)
OTHER = User("li", "guide", "g2", "hz", must_change=False)
_NLU = "version: '3.1'\nnlu:\n  - intent: {}\n    examples: |\n{}"
_SAID = {
    "greet": ["在吗", "你好", "哈喽", "有人吗"],
    "return_goods": ["能退吗", "我要退货", "不想要了退钱", "怎么退款"],
    "ask_shipping": ["包邮吗", "运费多少", "几天能到", "发什么快递"],
    "ask_human": ["转人工", "找个真人", "叫客服来", "人工客服"],
}
_RETURNS = "- {id: returns, questions: [不喜欢能退吗, 能退吗], answer: 签收后七天内可以退。, source: 政策}\n"
_POST = "- {id: post, questions: [包邮吗, 运费多少], answer: 满99包邮。, source: 政策}\n"


def files(entries: str = _RETURNS + _POST) -> dict[str, bytes]:
    taught = {
        f"intents/training/{intent}.yml": _NLU.format(intent, "".join(f"      - {one}\n" for one in said))
        for intent, said in _SAID.items()
    }
    told = {"brand.yml": "name: 花\n", "knowledge/entries/a.yml": entries, **taught}
    return {path: one.encode() for path, one in told.items()}


def workspace(entries: str = _RETURNS + _POST) -> Workspace:
    return content.read_files(files(entries))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    return ModelStore(tmp_path_factory.mktemp("models"))


@pytest.fixture
def growing(engine: AsyncEngine, models: ModelStore) -> Growing:
    return Growing(engine, Encoder(Letters("letters-corrections")), models, workspace)


async def talk(engine: AsyncEngine, *said: str, external: str = "wm1", store: str = "sh") -> dict[str, int]:
    """Real turns of one shopper of a store, everything sent; words → the message's id."""
    for n, words in enumerate(said):
        at = NOON + timedelta(minutes=n)
        await accept(engine, an_arrival(f"{external}-{n}", words, external, sent_at=at), at=at)
        async with engine.begin() as connection:
            await connection.execute(text("update conversations set store = :store"), {"store": store})
        await turns.commit(engine, [take_turn(await waiting(engine, external), services(), at)], at)
        while (taken := await take(engine, external, at)) is not None:
            await finish(engine, taken.outgoing, at=at)
    return {row["text"]: row["id"] for row in await rows(engine, "select id, text from messages order by id")}


def a_correction(*said: str, kind: str = "entry", entry: str | None = "post", **more: Any) -> Correction:
    base = Correction(1, said, "", kind, entry, "", "g1", "sh", "open", "", NOON)  # type: ignore[arg-type]
    return replace(base, **more)


async def put(engine: AsyncEngine, question: str, kind: str = "entry", entry: str | None = "post", state: str = "open") -> int:
    query = text(
        "insert into corrections (question, wrong, kind, entry, author, state) values (:question, '', :kind, :entry, 'g1', :state) returning id"
    )
    async with engine.begin() as connection:
        values = {"question": question, "kind": kind, "entry": entry, "state": state}
        return int((await connection.execute(query, values)).scalar_one())


async def states(engine: AsyncEngine) -> dict[int, str]:
    return {row["id"]: row["state"] for row in await rows(engine, "select id, state from corrections")}


async def test_a_correction_keeps_the_question_with_what_led_to_it_and_nothing_personal(engine: AsyncEngine) -> None:
    said = await talk(engine, "你好，我叫李雷", "能退吗")
    kept = await correct(engine, GUIDE, conversation(), Better(said["签收后七天内可以退。"], "entry", "post"), NOON)
    assert (kept.state, kept.conflict) == ("open", ())
    (one,) = await corrections.corrections(engine)
    assert one.said == ("你好，我叫[姓名]", "能退吗")
    assert (one.wrong, one.entry, one.author, one.store) == ("签收后七天内可以退。", "post", "g1", "sh")
    assert [row["action"] for row in await rows(engine, "select action from audit")][-1] == "correction.add"


async def test_a_shoppers_own_message_may_be_put_right_where_the_bot_should_have_kept_silent(engine: AsyncEngine) -> None:
    said = await talk(engine, "你好")
    await correct(engine, GUIDE, conversation(), Better(said["你好"], "silent"), NOON)
    (one,) = await corrections.corrections(engine)
    assert (one.said, one.kind, one.wrong) == (("你好",), "silent", "")


async def test_nobody_puts_right_what_they_may_not_see_or_says_too_little(engine: AsyncEngine) -> None:
    said = await talk(engine, "能退吗")
    wrong = said["签收后七天内可以退。"]
    with pytest.raises(BadRequestError, match="没有这条消息"):
        await correct(engine, OTHER, conversation(), Better(wrong, "handover"), NOON)
    with pytest.raises(BadRequestError, match="没有这条消息"):
        await correct(engine, GUIDE, conversation(), Better(10**6, "handover"), NOON)
    for better in (Better(wrong, "entry"), Better(wrong, "reply", reply="  ")):
        with pytest.raises(BadRequestError, match="怎么说"):
            await correct(engine, GUIDE, conversation(), better, NOON)
    assert await states(engine) == {}


async def test_a_guides_words_become_a_draft_entry_for_the_console(engine: AsyncEngine) -> None:
    said = await talk(engine, "能退吗")
    better = Better(said["签收后七天内可以退。"], "reply", reply="十五天内都能退，打13812345678找我")
    kept = await correct(engine, GUIDE, conversation(), better, NOON)
    (draft,) = await drafts.drafts(engine)
    assert draft.item == f"fix-{kept.id}"
    assert draft.value is not None
    assert draft.value["questions"] == ["能退吗"]
    assert draft.value["answer"] == "十五天内都能退，打138****5678找我"
    (one,) = await corrections.corrections(engine)
    assert one.entry == draft.item


async def test_two_who_say_otherwise_of_one_question_wait_for_a_person(engine: AsyncEngine) -> None:
    said = await talk(engine, "能退吗")
    wrong = said["签收后七天内可以退。"]
    first = await correct(engine, GUIDE, conversation(), Better(wrong, "entry", "post"), NOON)
    same = await correct(engine, GUIDE, conversation(), Better(wrong, "entry", "post"), NOON)
    private = await correct(engine, GUIDE, conversation(), Better(wrong, "silent", private=True), NOON)
    assert (same.state, private.state) == ("open", "open")
    second = await correct(engine, GUIDE, conversation(), Better(wrong, "handover"), NOON)
    assert (second.state, second.conflict) == ("conflict", (first.id, same.id))
    assert set((await states(engine)).values()) == {"conflict", "open"}
    await corrections.dismiss(engine, first.id, "lead", NOON)
    await corrections.dismiss(engine, same.id, "lead", NOON)
    assert (await states(engine))[second.id] == "open", "the one that is left counts again"
    with pytest.raises(BadRequestError, match="没有这条更正"):
        await corrections.dismiss(engine, 10**6, "lead", NOON)


def test_a_correction_is_a_dialogue_that_the_turn_itself_plays() -> None:
    told = [
        a_correction("你好", "包邮吗", entry="shipping"),
        a_correction("能退吗", entry="shipping", id=2),
        a_correction("转人工", kind="handover", entry=None, id=3),
        a_correction("你好", kind="silent", entry=None, id=4),
        a_correction("能退吗", entry="nope", id=5, private=True),
    ]
    assert [len(one.steps) for one in as_dialogues(told)] == [2, 1, 1, 1], "what holds for one shopper is played for nobody"
    verdict = judged(told, services(), NOON)
    assert [one.id for one in verdict.passing] == [1, 3]
    assert [one.id for one, _ in verdict.failing] == [2, 4]
    assert "知识：写的 shipping，实际 returns" in verdict.failing[0][1]
    assert verdict.broken == (), "what was never known stands in nobody's way"


async def test_publishing_keeps_what_is_known_now_and_refuses_what_would_undo_it(engine: AsyncEngine, growing: Growing) -> None:
    await releases.import_release(engine, workspace(_RETURNS), "ops")
    wanted = await put(engine, "你好\n运费多少", entry="fix-1")
    hopeless = await put(engine, "能退吗", kind="silent", entry=None)
    fix = Draft(
        "entry",
        "fix-1",
        {"id": "fix-1", "questions": ["包邮吗", "运费多少"], "answer": "满99包邮。", "source": "导购更正"},
        "更正",
    )
    await drafts.keep(engine, [fix], "g1", NOON)
    (draft,) = await drafts.drafts(engine)
    await growing.publisher.publish([draft.id], "lead", NOON, Yes(unseen=True))
    assert await states(engine) == {wanted: "kept", hopeless: "open"}

    live = await releases.live(engine)
    spoilt = await drafts.begin(engine, replace(fix, value={**(fix.value or {}), "questions": ["你们几点开门"]}), "ed", NOON)
    with pytest.raises(ContentError, match=r"运费多少.*应该用 fix-1 回答"):
        await growing.publisher.publish([spoilt.id], "lead", NOON, Yes(unseen=True))
    assert await releases.live(engine) == live, "nothing went live"
    assert await states(engine) == {wanted: "kept", hopeless: "open"}


async def test_importing_a_folder_refuses_too_unless_somebody_insists(
    engine: AsyncEngine, models: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await put(engine, "运费多少", state="kept")
    for path, data in files(_RETURNS).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    monkeypatch.setattr(loading, "ready", lambda _told: (Encoder(Letters("letters-corrections")), models, lambda: None))
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(storing, "on_database", lambda work: asyncio.run_coroutine_threadsafe(work(engine), loop).result())
    args = Namespace(force=False, author="ops", note="")
    with pytest.raises(ContentError, match="运费多少") as refused:
        await asyncio.to_thread(storing._import_folder, tmp_path, args)
    assert "--force" in str(refused.value)
    assert await releases.live(engine) is None
    args.force = True
    assert await asyncio.to_thread(storing._import_folder, tmp_path, args) == 0
    assert await states(engine) == {kept: "open"}, "it is wrong again, and says so"


async def test_where_nothing_was_put_right_nothing_is_built(models: ModelStore) -> None:
    verdict = judge((), Encoder(Letters("letters-corrections")), models, NOON)(
        content.read_files({"brand.yml": "name: 花".encode()})
    )
    assert (verdict.passing, verdict.failing) == ((), ())
