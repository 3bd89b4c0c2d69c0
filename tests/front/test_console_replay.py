"""Replays in the console: the list, a new one for chosen drafts, what it found, worst first."""

import pytest

from bot.db import drafts, releases, replays
from bot.db.drafts import Draft
from bot.front.console_trace import rows
from tests.front.conftest import Door
from tests.front.console_rig import seen, sent

SIDE = {
    "status": "answered",
    "status_words": "答了",
    "said": ["七天"],
    "cards": [],
    "options": [],
    "reason": "",
    "trace": {"intent": "greet"},
}
REPORT = {
    "messages": 9,
    "changed": 3,
    "groups": [
        {
            "id": "g1", "kind": "lost", "label": "原来答得上来，现在答不上来", "severity": "red", "count": 2, "probes": 0, "talks": 2,
            "from": "知识 returns", "to": "说不知道",
            "examples": [{"id": "7", "said": ["在吗", "能退吗"], "live": SIDE, "draft": {**SIDE, "said": ["不清楚"], "trace": {"intent": "deny"}}}],
        },
        {"id": "g2", "kind": "words", "label": "说法不一样", "severity": "grey", "count": 1, "probes": 0, "talks": 1, "from": "a", "to": "b", "examples": []},
    ],
}  # fmt: skip


async def replayed(office: Door, *, done: bool = True) -> int:
    found = await releases.live(office.engine)
    assert found is not None
    draft = await drafts.begin(office.engine, Draft("entry", "returns", {"id": "returns"}, "手写"), "lee", office.clock.now())
    number = await replays.begin(office.engine, (found[1], "new"), [draft.id], "lee", 9, office.clock.now())
    if done:
        await replays.finish(office.engine, number, REPORT, office.clock.now())
    return number


async def test_empty_and_with_drafts(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    page = await seen(lead, "/console/replay")
    assert "还没有做过回放" in page
    assert "现在没有草稿" in page
    assert "<script>" not in page
    assert "style=" not in page
    assert (await sent(lead, "/console/replay", last="100")).status == 400
    number = await replayed(office)
    page = await seen(lead, "/console/replay")
    assert f"第 {number} 次" in page
    assert "回放完了" in page
    assert 'name="draft"' in page
    assert "没有这样的回放" in await seen(lead, "/console/replay?state=failed", part=True)


async def test_what_it_found_worst_first(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    number = await replayed(office)
    page = await seen(lead, f"/console/replay/{number}")
    assert page.index("原来答得上来") < page.index("说法不一样")
    assert "能退吗" in page
    assert "去发布" in page
    part = await seen(lead, f"/console/replay/{number}?severity=grey", part=True)
    assert "group-of grey" in part
    assert "group-of red" not in part
    trace = await seen(lead, f"/console/replays/{number}/examples?group=g1&example=7", part=True)
    assert "说不是、不要" in trace
    assert "deny" not in trace, "ops read names"
    assert "differs" in trace
    assert "能退吗" in await seen(lead, f"/console/export/replay/{number}")
    assert await seen(lead, "/console/replay/999", 404)


async def test_progress_comes_by_events_and_it_can_be_stopped(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    number = await replayed(office, done=False)
    page = await seen(lead, f"/console/replay/{number}")
    assert f'data-events="/console/replays/{number}/events"' in page
    assert "停下" in page
    assert (await sent(lead, f"/console/replay/{number}/cancel")).status == 503, "this door has nobody who replays"


async def test_bad_numbers_are_told(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    for last in ("0", "99999", "viel"):
        assert (await sent(lead, "/console/replay", draft="1", last=last)).status == 400
    assert (await sent(lead, "/console/replay", draft="999", last="10")).status in {404, 503}


def test_a_trace_is_told_in_the_words_of_the_shop() -> None:
    live = {
        "intent": "recommend_product", "confidence": 0.972, "route": "recommend_product", "why": "按要求推荐", "sentiment": -0.05,
        "candidates": [{"intent": "recommend_product", "confidence": 0.97}, {"intent": "ask_price", "confidence": 0.2}],
        "slots": [{"name": "category", "value": "面霜"}, {"name": "budget", "value": {"max": 200, "min": None}}],
        "hits": [{"entry": "returns", "score": 0.93}], "script": {"id": "suggest", "variant": 1}, "new_part": {"words": "新的"},
        "handover": {"rule": "要找人", "routing": {"words": "现在没有导购在班"}}, "escalation": None, "ms": 3.0, "intents": ["x"],
    }  # fmt: skip
    told = {row.name: row for row in rows(live, {**live, "intent": "deny", "ms": 9.0}, {"returns": "能退吗"})}
    assert {name: row.words for name, row in told.items()} == {
        "原因": "按要求推荐", "听懂的意思": "求推荐", "把握": "97%", "也可能是": "问价格 20%", "听到的条件": "品类 面霜；预算 最高 200",
        "最接近的知识": "能退吗（returns） 93%", "怎么处理": "求推荐", "话术": "suggest 第 2 种说法", "为什么请人": "要找人；现在没有导购在班",
        "情绪": "平静", "用时": "3 毫秒", "new_part": "原话 新的",
    }  # fmt: skip
    assert [name for name, row in told.items() if row.differs] == ["听懂的意思"], "how long it took is no difference"


@pytest.mark.parametrize("strange", [None, 7, "x", [1, "a"], {"a": [None]}, [{"confidence": "?"}], True])
def test_a_trace_of_another_day_breaks_nothing(strange: object) -> None:
    parts = ("entry", "hits", "slots", "candidates", "scripts", "items", "handover", "sentiment", "intents", "ms", "confidence")
    for name in parts:
        assert all(isinstance(row.words, str) for row in rows({name: strange}, {}, {}))
