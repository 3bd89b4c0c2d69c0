"""The shopper at the desk: profile, one-tap tags, notes, things to do. Nothing is invented, and nothing is another store's."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.front.conftest import Desk, Door
from tests.front.desk_rig import done, furnish, got, held, talk, words_of


@pytest.fixture
async def shop(door: Door, tmp_path: Path) -> Door:
    return await furnish(door, tmp_path)


@pytest.fixture
async def wang(shop: Door) -> Desk:
    return await shop.guide("wang", guide="g1", store="s1")


async def test_a_tag_is_put_on_with_one_tap_and_shows_its_grounds(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, "我是敏感肌", store="s1")
    message = await shop.one("select max(id) from messages")
    told = await done(wang, f"/api/desk/{conversation}/tags", {"tag": "skin_type", "value": "敏感性", "message": str(message)})
    assert told == {"tag": "skin_type", "value": "敏感性", "on": True, "changed": True}
    assert await shop.rows("select tag, value, confidence, source, retracted from customer_tags") == [
        ("skin_type", "敏感性", 1.0, f"desk:g1:{message}", False)
    ]
    (tag,) = (await got(wang, f"/api/desk/{conversation}/profile"))["tags"]  # type: ignore[misc]
    assert (tag["label"], tag["value"], tag["confidence"], tag["grounds"], tag["source"]) == (
        "肤质",
        "敏感性",
        1.0,
        "我是敏感肌",
        "guide",
    )


async def test_a_second_tap_changes_nothing_and_taking_back_takes_it_off(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    path = f"/api/desk/{conversation}/tags"
    wish = {"tag": "concern", "value": "补水"}
    assert [(await done(wang, path, wish))["changed"] for _ in range(2)] == [True, False]
    assert (await done(wang, path, {**wish, "retract": True}))["changed"] is True
    assert (await got(wang, f"/api/desk/{conversation}/profile"))["tags"] == []
    assert await shop.one("select count(*) from customer_tags") == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"tag": "skin_type", "value": "钢铁"}, "可以选：干性"),
        ({"tag": "nonsense", "value": "x"}, "标签表里没有"),
        ({"tag": "memory", "value": "不记"}, "标签表里没有"),
        ({"tag": "skin_type"}, "缺少 value"),
        ({"tag": "skin_type", "value": "  "}, "不能少于"),
    ],
)
async def test_only_tags_of_the_live_table_are_put_on(shop: Door, wang: Desk, body: object, words: str) -> None:
    conversation = await talk(shop, store="s1")
    assert words in words_of(await done(wang, f"/api/desk/{conversation}/tags", body, 400))
    assert await shop.one("select count(*) from customer_tags") == 0


async def test_nothing_is_noted_of_whoever_asked_for_that(shop: Door, wang: Desk) -> None:
    conversation = await talk(shop, store="s1")
    await shop.rows(
        "insert into customer_tags (customer_id, tag, value, confidence, at, source) "
        "select customer_id, 'memory', '不记', 1, now(), 'inbox:1' from conversations"
    )
    told = await done(wang, f"/api/desk/{conversation}/tags", {"tag": "concern", "value": "补水"}, 409)
    assert "不要记" in words_of(told)


async def test_a_message_of_another_talk_is_no_ground(shop: Door, wang: Desk) -> None:
    other, mine = await talk(shop, "别的", store="s1"), await talk(shop, store="s1")
    message = await shop.one("select id from messages where conversation_id = :id", id=other)
    body = {"tag": "concern", "value": "补水", "message": message}
    await done(wang, f"/api/desk/{mine}/tags", body, 404)


async def test_in_a_group_the_tag_is_of_whoever_said_it(shop: Door, wang: Desk) -> None:
    path, room = await shop.chat(group=True, name="妈妈群")
    joined = await (await shop.http.post(f"{path}/members", json={"name": "小李"}, headers=room)).json()
    headers = {"Authorization": f"Bearer {joined['token']}"}
    await shop.http.post(f"{path}/messages", json={"text": "我是油皮"}, headers=headers)
    conversation = path.rpartition("/")[2]
    tag = {"tag": "skin_type", "value": "油性"}
    assert "哪条消息" in words_of(await done(wang, f"/api/desk/{conversation}/tags", tag, 400))
    message = await shop.one("select max(id) from messages")
    await done(wang, f"/api/desk/{conversation}/tags", {**tag, "message": message})
    assert await shop.rows("select p.external from customer_tags t join customers p on p.id = t.customer_id") == [
        (joined["member"],)
    ]


async def test_the_profile_tells_what_was_done_and_invents_nothing(shop: Door, wang: Desk) -> None:
    conversation = await talk(shop, store="s1")
    empty = await got(wang, f"/api/desk/{conversation}/profile")
    assert {name: empty[name] for name in ("tags", "owned", "events", "orders", "coupons")} == {
        "tags": [], "owned": [], "events": [], "orders": [], "coupons": [],
    }  # fmt: skip
    await shop.rows("update customers set owned = '{p1,gone}', level = '金卡', guide = 'g2'")
    for kind, sku in (("view", "p2"), ("buy", "p1"), ("return", "gone")):
        await shop.rows(
            "insert into events (customer_id, sku, kind, at, source, key) select customer_id, :sku, :kind, now(), 'api', :kind "
            "from conversations",
            sku=sku,
            kind=kind,
        )
    await shop.rows("update handovers set guide = 'g2', state = 'closed', rating = 5")
    told = await got(wang, f"/api/desk/{conversation}/profile")
    assert (told["name"], told["level"], told["store"], told["guide"]) == ("李女士", "金卡", "徐汇店", "小雅")
    assert told["owned"] == [{"sku": "p1", "name": "燕麦舒缓面霜 50g"}, {"sku": "gone", "name": "gone"}]
    assert [(one["kind"], one["name"]) for one in told["events"]] == [("view", "玫瑰护手霜")]  # type: ignore[attr-defined]
    assert {(one["state"], one["sku"]) for one in told["orders"]} == {("买了", "p1"), ("退了", "gone")}  # type: ignore[attr-defined]
    assert [(one["reason"], one["guide"], one["rating"]) for one in told["talks"]] == [("顾客要找人工", "小雅", 5)]  # type: ignore[attr-defined]


async def test_what_the_shopper_said_is_quoted_as_the_ground(shop: Door, wang: Desk) -> None:
    conversation = await talk(shop, "我皮肤挺干的", store="s1")
    inbox = await shop.one("select max(id) from inbox")
    await shop.rows(
        "insert into customer_tags (customer_id, tag, value, confidence, at, source) "
        "select customer_id, 'skin_type', '干性', 0.9, :now, :source from conversations",
        now=shop.clock.now(),
        source=f"inbox:{inbox}",
    )
    (tag,) = (await got(wang, f"/api/desk/{conversation}/profile"))["tags"]  # type: ignore[misc]
    assert (tag["grounds"], tag["source"], tag["evidence"][0]["source"]) == ("我皮肤挺干的", "said", f"inbox:{inbox}")


async def test_a_note_is_for_colleagues_and_its_author_takes_it_away(shop: Door, wang: Desk) -> None:
    ya = await shop.guide("ya", guide="g2", store="s1")
    conversation = await talk(shop, store="s1")
    path = f"/api/desk/{conversation}/notes"
    ids = [(await done(wang, path, {"text": "要大瓶的"}, 201))["id"] for _ in range(2)]
    assert len(set(ids)) == 1
    (note,) = (await got(ya, f"/api/desk/{conversation}"))["notes"]  # type: ignore[misc]
    assert (note["author"], note["text"], note["mine"]) == ("王姐", "要大瓶的", False)
    csrf = {"X-CSRF-Token": ya.csrf}
    assert (await ya.http.delete(f"{path}/{ids[0]}", headers=csrf)).status == 404
    assert (await wang.http.delete(f"{path}/{ids[0]}")).status == 403
    assert (await wang.http.delete(f"{path}/{ids[0]}", headers={"X-CSRF-Token": wang.csrf})).status == 204
    assert await shop.one("select count(*) from notes") == 0
    assert await shop.one("select count(*) from audit where action = 'note.delete'") == 1
    for body in ({"text": " "}, {"text": "长" * 1001}, {}):
        await done(wang, path, body, 400)


async def test_a_task_is_kept_until_it_is_done(shop: Door, wang: Desk) -> None:
    conversation = await talk(shop, store="s1")
    path = f"/api/desk/{conversation}/tasks"
    due = (shop.clock.now() + timedelta(hours=2)).isoformat()
    body = {"text": "回电话", "due_at": due, "kind": "callback"}
    ids = [(await done(wang, path, body, 201))["id"] for _ in range(2)]
    assert len(set(ids)) == 1
    (task,) = (await got(wang, "/api/desk/tasks"))["tasks"]  # type: ignore[misc]
    assert (task["text"], task["kind"], task["name"], task["mine"]) == ("回电话", "callback", "李女士", True)
    assert (await got(wang, "/api/desk/queue"))["counts"]["tasks_due"] == 0  # type: ignore[index]
    shop.clock.advance(hours=3)
    assert (await got(wang, "/api/desk/queue"))["counts"]["tasks_due"] == 1  # type: ignore[index]
    later = (shop.clock.now() + timedelta(hours=1)).isoformat()
    assert (await done(wang, f"/api/desk/tasks/{ids[0]}", {"state": "open", "due_at": later}))["state"] == "open"
    assert (await got(wang, "/api/desk/queue"))["counts"]["tasks_due"] == 0  # type: ignore[index]
    finished = await done(wang, f"/api/desk/tasks/{ids[0]}", {"state": "done"})
    assert (finished["state"], finished["done_by"]) == ("done", "王姐")
    assert (await got(wang, "/api/desk/tasks"))["tasks"] == []


async def test_a_time_without_zone_is_the_brands(shop: Door, wang: Desk) -> None:
    conversation = await talk(shop, store="s1")
    await done(wang, f"/api/desk/{conversation}/tasks", {"text": "回电话", "due_at": "2026-05-21T10:00:00"}, 201)
    assert await shop.one("select due_at = '2026-05-21T10:00:00+08' from tasks") is True


@pytest.mark.parametrize(
    "body",
    [{"text": "x"}, {"text": "", "due_at": "2027-01-01T00:00:00Z"}, {"text": "x", "due_at": "明天"}, {"text": "x", "due_at": 5},
     {"text": "x", "due_at": "2020-01-01T00:00:00Z"}, {"text": "x", "due_at": "2027-01-01T00:00:00Z", "kind": "party"}],
)  # fmt: skip
async def test_a_task_needs_words_and_a_time_to_come(shop: Door, wang: Desk, body: object) -> None:
    conversation = await talk(shop, store="s1")
    await done(wang, f"/api/desk/{conversation}/tasks", body, 400)


async def test_a_task_of_nobody_is_everybodys_and_a_colleagues_is_not_mine(shop: Door, wang: Desk) -> None:
    ya = await shop.guide("ya", guide="g2", store="s1")
    conversation = await talk(shop, store="s1")
    due = (shop.clock.now() + timedelta(hours=2)).isoformat()
    task = (await done(wang, f"/api/desk/{conversation}/tasks", {"text": "王姐的", "due_at": due}, 201))["id"]
    await shop.rows(
        "insert into tasks (conversation_id, store, text, due_at, author) values (:id, 's1', '谁都行', :due, 'keeper')",
        id=conversation,
        due=shop.clock.now() + timedelta(hours=1),
    )
    assert [one["text"] for one in (await got(ya, "/api/desk/tasks"))["tasks"]] == ["谁都行"]  # type: ignore[attr-defined]
    await done(ya, f"/api/desk/tasks/{task}", {"state": "done"}, 403)
    await done(ya, "/api/desk/tasks/999", {"state": "done"}, 404)
    lead = await shop.guide("lead", "lead", store="s1")
    assert len((await got(lead, "/api/desk/tasks?all=1"))["tasks"]) == 2  # type: ignore[arg-type]
    assert len((await got(ya, "/api/desk/tasks?all=1"))["tasks"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "body"),
    [("tags", {"tag": "concern", "value": "补水"}), ("notes", {"text": "x"}), ("tasks", {"text": "x", "due_at": "2027-01-01T00:00:00Z"}),
     ("profile", None), ("notes/1", "DELETE")],
)  # fmt: skip
async def test_another_stores_shopper_is_not_found(shop: Door, wang: Desk, call: str, body: object) -> None:
    foreign = await talk(shop, store="s2")
    path = f"/api/desk/{foreign}/{call}"
    if body == "DELETE":
        answer = await wang.http.delete(path, headers={"X-CSRF-Token": wang.csrf})
    else:
        answer = await (wang.get(path) if body is None else wang.post(path, body))
    assert answer.status == 404
    for table in ("customer_tags", "notes", "tasks"):
        assert await shop.one(f"select count(*) from {table}") == 0


async def test_another_stores_task_is_not_found(shop: Door, wang: Desk) -> None:
    foreign = await talk(shop, store="s2")
    await shop.rows(
        "insert into tasks (conversation_id, store, text, due_at, author) values (:id, 's2', '静安的', now(), 'keeper')",
        id=foreign,
    )
    assert (await got(wang, "/api/desk/tasks?all=1"))["tasks"] == []
    await done(wang, "/api/desk/tasks/1", {"state": "done"}, 404)


async def test_who_wants_to_be_left_alone_is_shown_and_set_with_its_audit(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    path = f"/api/desk/{conversation}/quiet"
    assert (await got(wang, f"/api/desk/{conversation}/profile"))["quiet"] == {"opted_out": None, "hushed": None}
    told = await done(wang, path, {"opted_out": True})
    assert told["opted_out"] is not None
    assert told["hushed"] is not None
    assert (await got(wang, f"/api/desk/{conversation}/profile"))["quiet"] == told
    assert await done(wang, path, {"opted_out": True}) == told
    assert await done(wang, path, {"hushed": False}) == {**told, "hushed": None}
    assert await done(wang, path, {"opted_out": False}) == {"opted_out": None, "hushed": None}
    audit = await shop.rows(
        "select actor, details ->> 'opted_out', details ->> 'hushed' from audit where action = 'quiet' order by id"
    )
    assert audit == [("wang", "true", "true"), ("wang", "true", "false"), ("wang", "false", "false")]
    assert (await wang.post(path, {})).status == 400


async def test_in_a_group_a_message_tells_whom_it_is_about(shop: Door, wang: Desk) -> None:
    await shop.rows(
        "insert into customers (id, channel, account, external) values ('cg', 'web', '', 'g'), ('cm', 'web', '', 'm1')"
    )
    await shop.rows(
        "insert into conversations (id, channel, account, peer, external, customer_id, is_group, store) "
        "values ('g-1', 'web', '', '', 'g', 'cg', true, 's1')"
    )
    await shop.rows("insert into members (conversation_id, id, name, customer_id) values ('g-1', 'm1', '李姐', 'cm')")
    await shop.rows("insert into messages (conversation_id, author, sender, text) values ('g-1', 'shopper', 'm1', '别@我')")
    message = await shop.one("select id from messages where conversation_id = 'g-1'")
    assert (await wang.post("/api/desk/g-1/quiet", {"hushed": True})).status == 400
    assert (await wang.post("/api/desk/g-1/quiet", {"hushed": True, "message": 999999})).status == 404
    assert (await done(wang, "/api/desk/g-1/quiet", {"hushed": True, "message": message}))["opted_out"] is None
    assert await shop.rows("select id from customers where hushed_at is not null") == [("cm",)]
    assert (await got(wang, "/api/desk/g-1/profile"))["quiet"] is None
