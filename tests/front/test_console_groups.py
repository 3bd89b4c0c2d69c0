"""Groups in the console: who sees which, what the figures are, how settings are changed, and what the pages hold."""

import csv
import io
from datetime import timedelta

import pytest

from tests.front.conftest import Desk, Door

STORES = {"v1": "s1", "v2": "s2"}


async def furnish(door: Door, questions: int = 1) -> None:
    """A group of each store, where somebody asked and the assistant answered after a minute."""
    now = door.clock.now()
    for group, store in STORES.items():
        await door.rows(
            "insert into customers (id, channel, account, external, store, name) values (:c, 'web', '', :v, :s, :n)",
            c=f"c-{group}", v=group, s=store, n=f"{store}一群",
        )  # fmt: skip
        await door.rows(
            "insert into conversations (id, channel, account, peer, external, customer_id, is_group) "
            "values (:v, 'web', '', '', :v, :c, true)",
            c=f"c-{group}",
            v=group,
        )
        await door.rows("insert into members (conversation_id, id, name) values (:v, 'm1', '豆豆妈')", v=group)
        for n in range(questions):
            asked = now - timedelta(hours=2 + n)
            inbox = await door.one(
                "insert into inbox (channel, account, platform_id, conversation_id, sender, kind, text, sent_at, state, outcome) "
                "values ('web', '', :p, :v, 'm1', 'text', '能寄吗', :at, 'settled', 'answered') returning id",
                p=f"{group}-{n}", v=group, at=asked,
            )  # fmt: skip
            await door.rows(
                "insert into messages (conversation_id, author, sender, text, at, inbox_id) values (:v, 'shopper', 'm1', '能寄吗', :at, :i)",
                v=group, at=asked, i=inbox,
            )  # fmt: skip
            await door.rows(
                "insert into messages (conversation_id, author, text, at, msgid, body) "
                "values (:v, 'bot', '能', :at, :m, jsonb_build_object('answers', jsonb_build_array(cast(:i as int))))",
                v=group, at=asked + timedelta(minutes=1), m=f"{group}-{n}", i=inbox,
            )  # fmt: skip


async def told(desk: Desk, path: str, status: int = 200) -> dict:  # type: ignore[type-arg]
    answer = await desk.get(path)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def names(desk: Desk) -> list[str]:
    return sorted(one["conversation"] for one in (await told(desk, "/api/console/groups"))["groups"])


@pytest.fixture
async def boss(door: Door) -> Desk:
    await furnish(door)
    return await door.guide("boss", "admin")


async def test_everybody_of_the_console_sees_the_groups_that_are_theirs(door: Door, boss: Desk) -> None:
    assert await names(boss) == ["v1", "v2"]
    assert await names(await door.guide("lead", "lead", "g1", "s1")) == ["v1"]
    assert await names(await door.guide("area", "lead")) == ["v1", "v2"]
    assert await names(await door.guide("pen", "editor", store="s2")) == ["v2"]
    assert await names(await door.guide("pen2", "editor")) == []


async def test_guides_and_strangers_stay_out(door: Door, boss: Desk) -> None:
    guide = await door.guide("guide", "guide", "g1", "s1")
    for path in ("/api/console/groups", "/api/console/groups/v1", "/api/console/groups/v1/export"):
        assert (await guide.get(path)).status == 403
        assert (await door.http.get(path)).status == 401
    assert (await guide.get("/console/groups")).status == 403
    assert (await guide.post("/api/console/groups/v1", {"version": ""})).status == 403
    answer = await door.http.get("/console/groups", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/login?next=/console/groups")


async def test_another_stores_group_is_not_there_for_a_lead(door: Door, boss: Desk) -> None:
    lead = await door.guide("lead", "lead", "g1", "s1")
    for path in ("/api/console/groups/v2", "/api/console/groups/v2/export", "/api/console/groups/nowhere"):
        await told(lead, path, 404)
    assert (await lead.post("/api/console/groups/v2", {"version": "", "settings": {"level": "lively"}})).status == 404
    assert await door.rows("select * from groups") == []


async def test_the_list_and_the_page_tell_who_answered_and_how_fast(boss: Desk) -> None:
    (one, _) = (await told(boss, "/api/console/groups"))["groups"]
    assert one["answered"] == {"assistant": 1, "guide": 0, "member": 0, "nobody": 0}
    assert (one["members"], one["speakers"], one["questions"], one["minutes"], one["alarm"]) == (1, 1, 1, 1.0, None)
    found = await told(boss, "/api/console/groups/v1?days=28")
    assert (found["name"], found["store"], found["share"]) == ("s1一群", "徐汇店", 0.5)
    assert len(found["days"]) == 28
    assert len(found["hours"]) == 24
    assert sum(day["speakers"] for day in found["days"]) == 1
    assert found["settings"] == dict.fromkeys(("level", "hold", "names", "per_hour", "rules"))
    assert found["defaults"]["level"] == "careful"


async def test_a_group_that_fell_silent_is_pointed_out(door: Door, boss: Desk) -> None:
    door.clock.advance(days=5)
    (one, _) = (await told(boss, "/api/console/groups"))["groups"]
    assert "没有人说话" in one["alarm"]


async def test_a_lead_sets_the_ways_and_the_owner_and_a_second_page_that_is_old_is_told(door: Door, boss: Desk) -> None:
    lead = await door.guide("lead", "lead", "g1", "s1")
    ways = {"level": "lively", "hold": 10, "names": ["花花"], "per_hour": 3, "rules": "别发广告"}
    answer = await lead.post("/api/console/groups/v1", {"version": "", "guide": "g2", "settings": ways})
    assert answer.status == 200, await answer.text()
    version = (await answer.json())["version"]
    found = await told(boss, "/api/console/groups/v1")
    assert (found["settings"], found["guide"], found["owner"], found["version"]) == (ways, "g2", "小雅", version)
    late = await boss.post("/api/console/groups/v1", {"version": "", "settings": {"level": "at_only"}})
    assert late.status == 409
    assert "别人刚刚改过" in (await late.json())["error"]["message"]
    door.clock.advance(seconds=1)
    again = await boss.post("/api/console/groups/v1", {"version": version, "guide": "g2", "settings": {"hold": None}})
    assert again.status == 200
    found = await told(boss, "/api/console/groups/v1")
    assert found["settings"] == {**ways, "hold": None}
    assert [row[0] for row in await door.rows("select actor from audit where action = 'group.settings' order by id")] == [
        "lead",
        "boss",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"version": "", "settings": {"level": "loud"}}, {"version": "", "settings": {"hold": -1}}, {"version": "", "settings": {"per_hour": "many"}},
        {"version": "", "settings": {"names": [""]}}, {"version": "", "settings": {"rules": "长" * 601}}, {"settings": {}},
        {"version": "", "guide": "nobody"}, {"version": "", "guide": "g3"},
    ],
)  # fmt: skip
async def test_what_cannot_be_set_is_refused_in_words_and_changes_nothing(
    door: Door, boss: Desk, body: dict[str, object]
) -> None:
    lead = await door.guide("lead", "lead", "g1", "s1")
    answer = await lead.post("/api/console/groups/v1", body)
    assert answer.status == 400
    assert (await answer.json())["error"]["message"]
    assert await door.rows("select * from groups") == []


async def test_an_editor_looks_and_does_not_change(door: Door, boss: Desk) -> None:
    pen = await door.guide("pen", "editor", store="s1")
    assert (await told(pen, "/api/console/groups/v1"))["changes"] is False
    assert (await pen.post("/api/console/groups/v1", {"version": ""})).status == 403


async def test_the_days_come_as_a_table_for_excel(boss: Desk) -> None:
    answer = await boss.get("/api/console/groups/v1/export?days=7")
    assert answer.content_type == "text/csv"
    body = await answer.read()
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[0] == ["日期", "发言人数", "群友消息", "助手消息", "问题", "助手答", "导购答", "群友答", "没人答"]
    assert len(rows) == 8
    assert sum(int(row[5]) for row in rows[1:]) == 1


async def test_the_pages_load_the_charts_only_where_there_are_some_and_nothing_from_elsewhere(boss: Desk) -> None:
    listed, one = await boss.get("/console/groups"), await boss.get("/console/groups/v1")
    page, charts = await listed.text(), await one.text()
    assert "chart.umd.min.js" not in page
    assert "chart.umd.min.js" in charts
    assert "script-src 'self'; style-src 'self'" in one.headers["Content-Security-Policy"]
    assert "http://" not in charts
    for name in ("speakers", "answers", "hours", "share"):
        assert f'id="{name}-table"' in charts
    for path in (part.split('"')[0] for part in charts.split('src="/static/')[1:]):
        assert (await boss.get(f"/static/{path}")).status == 200
    assert "MIT" in await (await boss.get("/static/chart.LICENSE.md")).text()


async def test_long_lists_come_in_pages(door: Door, boss: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.front.console_groups._PAGE", 1)
    first = await told(boss, "/api/console/groups")
    second = await told(boss, "/api/console/groups?skip=1")
    assert (first["more"], second["more"]) == (True, False)
    assert {first["groups"][0]["conversation"], second["groups"][0]["conversation"]} == {"v1", "v2"}
