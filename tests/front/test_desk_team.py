"""The team at the desk: who is there, a talk passed on, customers inherited, what was asked of the list, search and tables."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import desk_search
from bot.motion import presence
from tests.front.conftest import Desk, Door
from tests.front.desk_rig import done, furnish, got, held, talk, words_of


@pytest.fixture
async def shop(door: Door, tmp_path: Path) -> Door:
    return await furnish(door, tmp_path)


@pytest.fixture
async def wang(shop: Door) -> Desk:
    return await shop.guide("wang", guide="g1", store="s1")


async def team(desk: Desk, query: str = "") -> dict[object, dict[str, object]]:
    told = await got(desk, f"/api/desk/colleagues{query}")
    return {one["guide"]: one for one in told["colleagues"]}  # type: ignore[attr-defined]


async def test_the_list_says_what_a_guide_must_know_at_a_glance(shop: Door, wang: Desk) -> None:
    conversation = await talk(shop, store="s1", urgency=2)
    await shop.rows("update customers set level = '黑金'")
    await shop.rows(
        "update handovers set assigned = 'g1', assigned_at = :now, path = 'own', kind = 'anger', breaches = '{take}'",
        now=shop.clock.now(),
    )
    shop.clock.advance(seconds=90)
    told = await got(wang, "/api/desk/queue")
    (place,) = told["places"]  # type: ignore[misc]
    assert {name: place[name] for name in ("kind", "assigned", "offered", "path", "waited_s", "breaches", "level", "tasks")} == {
        "kind": "anger", "assigned": "王姐", "offered": True, "path": "own", "waited_s": 90, "breaches": ["take"], "level": "黑金",
        "tasks": 0,
    }  # fmt: skip
    assert place["due_at"].startswith("2026-05-20T14:05")
    assert place["take_by"].startswith("2026-05-20T14:03")
    assert told["counts"] == {"waiting": 1, "mine": 0, "tasks_due": 0}
    assert told["me"] == {
        "guide": "g1", "name": "王姐", "store": "徐汇店", "role": "guide", "state": "on", "until": None, "load": 1, "capacity": 3,
    }  # fmt: skip
    await done(wang, f"/api/desk/{conversation}/claim")
    told = await got(wang, "/api/desk/queue")
    assert told["counts"] == {"waiting": 0, "mine": 1, "tasks_due": 0}
    assert told["me"]["load"] == 1  # type: ignore[index]


async def test_colleagues_are_told_with_duty_load_and_presence(shop: Door, wang: Desk) -> None:
    await held(shop, wang, store="s1")
    await presence.seen(shop.queues["turn"]._client, "g2", shop.clock.now())
    found = await team(wang)
    assert list(found)[-1] == "g3"
    assert (found["g1"]["load"], found["g1"]["capacity"], found["g1"]["skills"]) == (1, 3, ["敏感肌"])
    assert (found["g2"]["present"], found["g3"]["present"], found["g3"]["store"], found["g3"]["store_id"]) == (
        True, False, "静安店", "s2",
    )  # fmt: skip
    assert list(await team(wang, "?q=陈曼")) == ["g3"]


async def test_ratings_of_other_stores_are_not_told(shop: Door, wang: Desk) -> None:
    for _ in range(5):
        conversation = await talk(shop)
        await shop.rows(
            "update handovers set guide = 'g3', rating = 4, state = 'closed' where conversation_id = :id", id=conversation
        )
    assert (await team(wang))["g3"]["rating"] is None
    assert (await team(await shop.guide("boss", "admin")))["g3"]["rating"] == 4.0


async def test_a_break_is_said_by_oneself_and_by_ones_lead(shop: Door, wang: Desk) -> None:
    until = (shop.clock.now() + timedelta(minutes=30)).isoformat()
    told = await done(wang, "/api/desk/duty", {"state": "break", "until": until})
    assert (told["guide"], told["state"]) == ("g1", "break")
    assert (await got(wang, "/api/desk/queue"))["me"]["state"] == "break"  # type: ignore[index]
    assert (await team(wang))["g1"]["state"] == "break"
    shop.clock.advance(minutes=31)
    assert (await got(wang, "/api/desk/queue"))["me"]["state"] == "on"  # type: ignore[index]
    lead = await shop.guide("lead", "lead", store="s1")
    assert (await done(lead, "/api/desk/duty", {"state": "off", "guide": "g2"}))["state"] == "off"
    assert await shop.one("select count(*) from audit where action = 'duty'") == 2


@pytest.mark.parametrize(
    ("role", "guide", "body", "status"),
    [
        ("guide", "g1", {"state": "off", "guide": "g2"}, 403),
        ("lead", None, {"state": "off", "guide": "g3"}, 404),
        ("lead", None, {"state": "off", "guide": "nobody"}, 404),
        ("lead", None, {"state": "off"}, 400),
        ("guide", "g1", {"state": "sleeping"}, 400),
        ("guide", "g1", {"state": "break", "until": "2020-01-01T00:00:00Z"}, 400),
    ],
)
async def test_nobody_sends_others_home(shop: Door, role: str, guide: str | None, body: object, status: int) -> None:
    desk = await shop.guide("someone", role, guide, "s1")
    await done(desk, "/api/desk/duty", body, status)
    assert await shop.one("select count(*) from duty") == 0


async def test_a_talk_is_passed_on_with_a_word(shop: Door, wang: Desk) -> None:
    ya = await shop.guide("ya", guide="g2", store="s1")
    conversation = await held(shop, wang, store="s1")
    told = await done(wang, f"/api/desk/{conversation}/transfer", {"guide": "g2", "note": "看过图了"})
    assert (told["owner"], told["guide"]) == ("human", "小雅")
    (note,) = (await got(ya, f"/api/desk/{conversation}"))["notes"]  # type: ignore[misc]
    assert (note["text"], note["author"]) == ("看过图了", "王姐")
    await done(wang, f"/api/desk/{conversation}/reply", {"id": "a", "text": "等等"}, 409)


async def test_whoever_is_not_on_duty_is_asked_for_twice(shop: Door, wang: Desk) -> None:
    ya = await shop.guide("ya", guide="g2", store="s1")
    await done(ya, "/api/desk/duty", {"state": "off"})
    conversation = await held(shop, wang, store="s1")
    told = await done(wang, f"/api/desk/{conversation}/transfer", {"guide": "g2"}, 409)
    assert (told["error"]["code"], "不在岗" in words_of(told)) == ("off_duty", True)  # type: ignore[index]
    await done(wang, f"/api/desk/{conversation}/transfer", {"guide": "g2", "force": True})


async def test_a_talk_goes_into_another_stores_queue(shop: Door, wang: Desk) -> None:
    man = await shop.guide("man", guide="g3", store="s2")
    conversation = await held(shop, wang, store="s1")
    assert (await done(wang, f"/api/desk/{conversation}/transfer", {"store": "s2"}))["owner"] == "waiting"
    assert [one["conversation"] for one in (await got(man, "/api/desk/queue"))["places"]] == [conversation]  # type: ignore[attr-defined]
    assert (await wang.get(f"/api/desk/{conversation}")).status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"guide": "g2", "store": "s2"}, 400), ({"guide": "nobody"}, 404), ({"store": "nowhere"}, 404)],
)
async def test_a_receiver_must_be_one(shop: Door, wang: Desk, body: object, status: int) -> None:
    conversation = await held(shop, wang, store="s1")
    await done(wang, f"/api/desk/{conversation}/transfer", body, status)


async def test_what_a_guide_had_is_inherited(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    lead = await shop.guide("lead", "lead", store="s1")
    await done(wang, "/api/desk/inherit", {"from": "g1", "to": "g2"}, 403)
    told = await done(lead, "/api/desk/inherit", {"from": "g1", "to": "g2"})
    assert (told["customers"], told["conversations"]) == (1, 1)
    assert await shop.rows("select owner, guide from conversations where id = :id", id=conversation) == [("human", "g2")]
    assert (await wang.get("/api/me")).status == 200
    assert (await done(lead, "/api/desk/inherit", {"from": "g1", "to": "g2", "left": True}))["customers"] == 0
    assert (await wang.get("/api/me")).status == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"from": "g1"}, 400),
        ({"from": "g1", "to": "g2", "store": "s1"}, 400),
        ({"from": "g1", "to": "g2", "left": True, "customers": ["c1"]}, 400),
        ({"from": "g1", "to": "nobody"}, 404),
        ({"from": "g3", "to": "g1"}, 403),
    ],
)
async def test_an_inheritance_that_cannot_be(shop: Door, body: object, status: int) -> None:
    lead = await shop.guide("lead", "lead", store="s1")
    await done(lead, "/api/desk/inherit", body, status)


async def test_one_finds_ones_own_customers_by_name_and_words(shop: Door, wang: Desk) -> None:
    mine = await talk(shop, "面霜用完了想再买一瓶", store="s1")
    await talk(shop, "面霜用完了", store="s2", name="李太太")
    (found,) = (await got(wang, "/api/desk/search?q=面霜"))["results"]  # type: ignore[misc]
    assert (found["conversation"], found["name"], found["text"]) == (mine, "李女士", "面霜用完了想再买一瓶")
    assert [one["conversation"] for one in (await got(wang, "/api/desk/search?q=李"))["results"]] == [mine]  # type: ignore[attr-defined]
    for nothing in ("%25", "_", "\\", "查无此人"):
        assert (await got(wang, f"/api/desk/search?q={nothing}"))["results"] == []
    await got(wang, "/api/desk/search?q=", 400)
    await got(wang, f"/api/desk/search?q={'长' * 61}", 400)


async def test_a_search_that_takes_too_long_is_told_in_words(
    shop: Door, wang: Desk, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_search, "_PATIENCE", "100ms")
    async with engine.begin() as other:
        await other.execute(text("lock table messages in access exclusive mode"))
        told = await got(wang, "/api/desk/search?q=面霜", 503)
    assert "多写几个字" in words_of(told)


async def test_leads_write_their_stores_handovers_out(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    await talk(shop, store="s2", name="李太太")
    await shop.rows("update customers set name = '=HYPERLINK(1)' where store = 's1'")
    assert (await wang.get("/api/desk/export")).status == 403
    lead = await shop.guide("lead", "lead", store="s1")
    answer = await lead.get("/api/desk/export?days=30&store=s2")
    assert len((await answer.text()).splitlines()) == 1
    answer = await lead.get("/api/desk/export?days=30")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (head, row) = csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig")))
    told = dict(zip(head, row, strict=True))
    assert (told["对话"], told["顾客"], told["导购"], told["门店"], told["状态"]) == (
        conversation, "'=HYPERLINK(1)", "王姐", "徐汇店", "接待中",
    )  # fmt: skip
    await got(lead, "/api/desk/export?days=x", 400)


async def test_reports_tell_a_guide_of_themselves_and_a_lead_of_all(shop: Door, wang: Desk) -> None:
    ya = await shop.guide("ya", guide="g2", store="s1")
    for desk in (wang, ya):
        conversation = await held(shop, desk, store="s1")
        shop.clock.advance(seconds=30)
        await done(desk, f"/api/desk/{conversation}/reply", {"id": "a", "text": "您好"}, 202)
    await shop.rows("update handovers set created_at = claimed_at")
    lead = await shop.guide("lead", "lead", store="s1")
    told = await got(lead, "/api/desk/reports?days=1")
    assert {one["name"]: one["taken"] for one in told["guides"]} == {"王姐": 1, "小雅": 1}  # type: ignore[attr-defined]
    assert told["total"]["taken"] == 2  # type: ignore[index]
    assert [one["store"] for one in told["stores"]] == ["徐汇店"]  # type: ignore[attr-defined]
    assert [one["name"] for one in (await got(wang, "/api/desk/reports"))["guides"]] == ["王姐"]  # type: ignore[attr-defined]
    man = await shop.guide("man", "lead", store="s2")
    assert (await got(man, "/api/desk/reports"))["guides"] == []
    await got(lead, "/api/desk/reports?days=ten", 400)


async def test_a_talk_is_read_with_its_brief_notes_and_what_waits(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, "买的面霜漏了，要退货", store="s1")
    told = await got(wang, f"/api/desk/{conversation}")
    brief = told["brief"]
    assert set(brief) >= {"lines", "known", "opening", "why"}  # type: ignore[call-overload]
    assert told["openings"][0] == brief["opening"] or not brief["opening"]  # type: ignore[index]
    assert (told["notes"], told["tasks"], told["offered"]) == ([], [], [])
    assert told["typing"] == {"guide": False, "shopper": False}
