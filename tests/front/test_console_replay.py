"""Replays in the console: the list, a new one for chosen drafts, what it found, worst first."""

from bot.db import drafts, releases, replays
from bot.db.drafts import Draft
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
    assert "deny" in trace
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
