"""为什么这样答: the talk behind a missed question in words, without personal data, and of one's own store alone."""

from urllib.parse import quote

import orjson
import pytest

from tests.front.conftest import Door
from tests.front.console_rig import seen

QUESTION = "能退几天"
WHY = f"/console/gaps/why?question={quote(QUESTION)}"
TOLD = {
    "intent": "return_goods", "confidence": 0.87, "route": "answer", "why": "把握足够", "confidence_answer": 0.93,
    "entry": {"id": "returns", "version": "1", "confidence": 0.93},
    "hits": [{"entry": "parking", "score": 0.12}, {"entry": "returns", "score": 0.93}, {"entry": "gone", "score": 0.05}],
    "scripts": [{"id": "answer"}],
}  # fmt: skip

SHRUGGED = {"intent": "return_goods", "confidence": 0.6, "route": "clarify", "scripts": [{"id": "no_answer"}]}


async def badly_received(office: Door, name: str, store: str | None, *, later: str = "不是这个", missed: bool = False) -> None:
    """A talk of a store: the question, an answer, and a shopper who says that it was none."""
    path, headers = await office.chat(name=name)
    talk = path.rsplit("/", 1)[1]
    first = SHRUGGED if missed else TOLD
    denied = {"intent": "deny", "route": "deny", "scripts": []}
    for words, trace in ((QUESTION, first), (later, denied)):
        assert (await office.http.post(f"{path}/messages", json={"text": words}, headers=headers)).status == 202
        values = {"trace": orjson.dumps(trace).decode(), "talk": talk, "store": store}
        await office.rows(
            "update inbox set state = 'settled', outcome = 'answered', trace = cast(:trace as jsonb) where state = 'new'",
            **values,
        )
        await office.rows("update conversations set store = :store where id = :talk", **values)
        said = f"{name}，签收后七天内可以退，有事打 13812345678。" if words == QUESTION else "好的。"
        await office.rows(
            "insert into messages (conversation_id, author, text, at) select :talk, 'bot', :said, max(at) from messages"
            " where conversation_id = :talk",
            **values, said=said,
        )  # fmt: skip


async def test_the_reasons_stand_in_words_and_nothing_of_the_person(office: Door) -> None:
    await badly_received(office, "赵一一", None)
    text = await seen(await office.guide("ed", "editor"), WHY)
    for words in (QUESTION, "答了不满意", "退货退款（把握 87%）", "不喜欢能退吗", "把握足够", "签收后七天内可以退", "不是这个"):
        assert words in text
    assert text.index("93%</span>") < text.index("12%</span>") < text.index("5%</span>"), "the nearest first"
    assert "gone（已经不在线上）" in text
    for words in ("13812345678", "赵一一"):
        assert words not in text


async def test_a_store_sees_its_own_talks_and_headquarters_all(office: Door) -> None:
    await badly_received(office, "own", "s1", later="不是这个，我问换货")
    await badly_received(office, "other", "s2", later="不是这个，我问修表")
    theirs = await seen(await office.guide("lee", "lead", store="s1"), WHY)
    assert "我问换货" in theirs
    assert "我问修表" not in theirs
    for name, role in (("boss", "admin"), ("ed", "editor")):
        text = await seen(await office.guide(name, role), WHY)
        assert "我问换货" in text
        assert "我问修表" in text
    assert (await (await office.guide("gu", "guide", "g1", "s1")).get(WHY)).status == 403


async def test_a_draft_made_of_a_gap_leads_to_its_talks(office: Door) -> None:
    await badly_received(office, "own", "s1", missed=True)
    lead = await office.guide("lee", "lead")
    made = await (await lead.post("/api/console/gaps/draft", {"question": QUESTION})).json()
    link = f"/console/gaps/why?draft={made['draft']['id']}"
    assert link in await seen(lead, f"/console/entries/{made['draft']['item']}")
    assert link in await seen(lead, f"/console/drafts/{made['draft']['id']}")
    assert "不是这个" in await seen(lead, link)


@pytest.mark.parametrize(("query", "status"), [("", 400), ("?draft=x", 404), ("?draft=99999", 404), ("?question=nothing", 200)])
async def test_what_does_not_exist_is_said(office: Door, query: str, status: int) -> None:
    text = await seen(await office.guide("lee", "lead"), f"/console/gaps/why{query}", status)
    if status == 200:
        assert "最近没有这样的对话" in text
