"""Group orders at the desk: what the calls answer, who may, and what a guide's edit comes to while the group writes on."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.ordering import Ledgers, follow
from tests.front.conftest import Desk, Door
from tests.front.desk_rig import done, furnish, got, words_of

_MENU = "红富士苹果（苹果） 8.8/斤\n鲜牛奶（牛奶） 箱 66 限6\n猪肉白菜水饺 袋 25\n韭菜鸡蛋水饺 袋 22"


class Room:
    """A group room of the web and its members."""

    def __init__(self, door: Door, path: str) -> None:
        self.door, self.path = door, path
        self.talk = path.rpartition("/")[2]
        self.tokens: dict[str, dict[str, str]] = {}

    async def says(self, name: str, words: str) -> None:
        if name not in self.tokens:
            answer = await self.door.http.post(f"{self.path}/members", json={"name": name}, headers=self.tokens[""])
            assert answer.status == 201, await answer.text()
            self.tokens[name] = {"Authorization": f"Bearer {(await answer.json())['token']}"}
        answer = await self.door.http.post(f"{self.path}/messages", json={"text": words}, headers=self.tokens[name])
        assert answer.status == 202, await answer.text()
        self.door.clock.advance(seconds=1)


@pytest.fixture
async def room(door: Door, tmp_path: Path) -> Room:
    await furnish(door, tmp_path)
    path, headers = await door.chat(group=True, name="水果群")
    found = Room(door, path)
    found.tokens[""] = headers
    await found.says("群主小美", "大家好")
    return found


@pytest.fixture
async def desk(door: Door, room: Room) -> Desk:
    del room
    return await door.guide("wangjie", "guide", "g1", "s1")


async def opened(desk: Desk, room: Room, **more: Any) -> dict[str, Any]:
    told = await done(desk, f"/api/desk/{room.talk}/campaigns", {"title": "周五水果团", "text": _MENU, **more}, 201)
    room.door.clock.advance(seconds=1)
    return told


def held(told: dict[str, Any]) -> str:
    """``王姐 苹果 3; …``."""
    return "; ".join(f"{one['name']} {line['name']} {line['n']}" for one in told["people"] for line in one["lines"])


async def test_an_evening_from_opening_to_excel(desk: Desk, room: Room) -> None:
    told = await opened(desk, room, terms={"minimum_amount": 500})
    assert [(one["name"], one["unit"], one["price"], one["stock"]) for one in told["menu"]][:2] == [
        ("红富士苹果", "斤", 8.8, None), ("鲜牛奶", "箱", 66, 6),
    ]  # fmt: skip
    one = f"/api/desk/campaigns/{told['campaign']['id']}"
    await room.says("王姐", "苹果3斤，牛奶四箱")
    await room.says("李叔", "牛奶三箱")
    await room.says("赵敏", "水饺两袋")
    told = await got(desk, one)
    assert held(told) == "王姐 红富士苹果 3; 王姐 鲜牛奶 4; 李叔 鲜牛奶 3"
    assert told["minimum"] == {"reached": False, "missing_amount": 77.6, "missing_n": 0}
    assert told["people"][1]["lines"][0]["granted"] == 2
    (doubt,) = told["doubts"]
    assert (doubt["name"], doubt["text"]) == ("赵敏", "水饺两袋")
    told = await done(desk, f"{one}/lines", {"name": "刘奶奶", "sku": "m1", "n": 2.5, "note": "送上门", "was": 0})
    sender = next(one["sender"] for one in told["people"] if one["name"] == "李叔")
    told = await done(desk, f"{one}/lines", {"sender": sender, "sku": "m2", "n": 1, "was": 3})
    await room.says("李叔", "再加一箱")
    told = await done(desk, f"{one}/doubts/{doubt['id']}/settle")
    assert told["doubts"] == []
    assert held(told) == "王姐 红富士苹果 3; 王姐 鲜牛奶 4; 李叔 鲜牛奶 2; 刘奶奶 红富士苹果 2.5"
    told = await done(desk, one, {"state": "closed", "version": told["campaign"]["version"]})
    assert told["campaign"]["state"] == "closed"
    room.door.clock.advance(seconds=1)
    await room.says("王姐", "苹果改成9斤")
    answer = await desk.get(f"{one}/export.xlsx")
    assert answer.status == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    page = load_workbook(io.BytesIO(await answer.read()), data_only=True)["明细"]
    rows = [[cell.value for cell in row][:6] for row in page.iter_rows(min_row=2)]
    assert rows[0] == ["王姐", "红富士苹果", 3, "斤", 8.8, 26.4]
    assert rows[3][:3] == ["刘奶奶", "红富士苹果", 2.5]
    assert rows[4][5] == 444.4
    listed = await got(desk, f"/api/desk/{room.talk}/campaigns")
    assert listed["open"] is None
    assert [(one["title"], one["state"], one["people"]) for one in listed["campaigns"]] == [("周五水果团", "closed", 3)]  # type: ignore[attr-defined]


async def test_a_menu_that_cannot_be_read_is_told_line_by_line(desk: Desk, room: Room) -> None:
    path = f"/api/desk/{room.talk}/campaigns"
    told = await done(desk, path, {"title": "团", "text": "苹果 斤 8\n牛奶\n苹果 箱 60"}, 400)
    assert [one["line"] for one in told["error"]["faults"]] == [2, 3]  # type: ignore[index,call-overload]
    assert "第 2 行" in words_of(told)
    assert (await got(desk, path))["campaigns"] == []
    await done(desk, path, {"title": "团"}, 400)
    past = {"title": "团", "text": "苹果 斤 8", "deadline": "2020-01-01T10:00:00+08:00"}
    assert "现在之后" in words_of(await done(desk, path, past, 400))


async def test_rows_and_products_of_the_catalogue_make_a_menu_too(desk: Desk, room: Room) -> None:
    rows = [{"name": "礼盒", "unit": "盒", "price": 99.9, "aliases": ["大礼包"], "stock": 3}]
    told = await done(desk, f"/api/desk/{room.talk}/campaigns", {"title": "团", "menu": rows, "skus": ["p1"]}, 201)
    assert [(one["sku"], one["name"], one["unit"], one["price"]) for one in told["menu"]] == [  # type: ignore[attr-defined]
        ("m1", "礼盒", "盒", 99.9), ("p1", "燕麦舒缓面霜 50g", "件", 129),
    ]  # fmt: skip
    one = f"/api/desk/campaigns/{told['campaign']['id']}"  # type: ignore[index,call-overload]
    told = await done(desk, one, {"add_text": "护手霜 支 39.5", "stock": {"m1": 5, "p1": 2}})
    assert [(one["sku"], one["stock"]) for one in told["menu"]] == [("m1", 5), ("p1", 2), ("m2", None)]  # type: ignore[attr-defined]
    await done(desk, one, {"add_text": "礼盒 盒 1"}, 400)
    await done(desk, one, {"stock": {"nothing": 1}}, 400)


async def test_a_group_has_one_open_campaign_and_a_talk_of_two_none(desk: Desk, door: Door, room: Room) -> None:
    await opened(desk, room)
    assert "已经有一个接龙" in words_of(
        await done(desk, f"/api/desk/{room.talk}/campaigns", {"title": "又", "text": "桃 斤 5"}, 409)
    )
    path, _ = await door.chat(name="李女士")
    talk = path.rpartition("/")[2]
    assert "群里" in words_of(await done(desk, f"/api/desk/{talk}/campaigns", {"title": "团", "text": "桃 斤 5"}, 400))


async def test_who_saw_an_older_ledger_is_told_what_changed(desk: Desk, room: Room) -> None:
    told = await opened(desk, room)
    one = f"/api/desk/campaigns/{told['campaign']['id']}"
    await room.says("王姐", "牛奶1箱")
    before = await got(desk, one)
    sender = before["people"][0]["sender"]  # type: ignore[index]
    version = before["campaign"]["version"]  # type: ignore[index,call-overload]
    await room.says("王姐", "再来2箱")
    await got(desk, one)
    late = await done(desk, f"{one}/lines", {"sender": sender, "sku": "m2", "n": 5, "was": 1, "version": version}, 409)
    assert late["error"]["now"]["n"] == 3  # type: ignore[index,call-overload]
    await done(desk, f"{one}/lines", {"sender": sender, "sku": "m2", "n": 5, "was": 3, "version": version})
    changed = await done(desk, one, {"title": "周六水果团", "version": version})
    late = await done(desk, one, {"state": "closed", "version": version}, 409)
    assert late["error"]["now"]["title"] == "周六水果团"  # type: ignore[index,call-overload]
    await done(desk, one, {"state": "closed", "version": changed["campaign"]["version"]})  # type: ignore[index,call-overload]


async def test_what_is_not_there_is_said(desk: Desk, room: Room) -> None:
    told = await opened(desk, room)
    one = f"/api/desk/campaigns/{told['campaign']['id']}"
    await done(desk, f"{one}/lines", {"sender": "nobody", "sku": "m1", "n": 1}, 404)
    await done(desk, f"{one}/lines", {"name": "王姐", "sku": "m9", "n": 1}, 400)
    await done(desk, f"{one}/lines", {"name": "王姐", "sender": "x", "sku": "m1", "n": 1}, 400)
    await done(desk, f"{one}/lines", {"name": "王姐", "sku": "m1", "n": -1}, 400)
    await done(desk, f"{one}/doubts/99/settle", status=404)
    await got(desk, "/api/desk/campaigns/999", 404)


async def test_what_was_said_just_before_may_count(desk: Desk, room: Room) -> None:
    await room.says("王姐", "牛奶1箱")
    room.door.clock.advance(minutes=5)
    told = await opened(desk, room, since_minutes=30)
    assert held(told) == "王姐 鲜牛奶 1"


async def test_opening_again_takes_a_deadline_that_is_over_away(desk: Desk, room: Room) -> None:
    told = await opened(desk, room, deadline=(room.door.clock.now()).replace(hour=23).isoformat())
    one = f"/api/desk/campaigns/{told['campaign']['id']}"
    room.door.clock.advance(hours=20)
    await done(desk, one, {"state": "closed"})
    told = await done(desk, one, {"state": "open"})
    assert (told["campaign"]["state"], told["campaign"]["deadline"]) == ("open", None)
    told = await done(desk, one, {"state": "cancelled"})
    assert told["campaign"]["state"] == "cancelled"
    await done(desk, f"{one}/lines", {"name": "王姐", "sku": "m1", "n": 1}, 409)


async def test_the_worker_and_the_desk_come_to_the_same(desk: Desk, room: Room) -> None:
    told = await opened(desk, room)
    one = f"/api/desk/campaigns/{told['campaign']['id']}"
    worker = Ledgers()
    for words in ("苹果1斤", "再来2斤", "改成5斤"):
        await room.says("王姐", words)
        await follow(room.door.engine, worker, [room.talk], room.door.clock.now())
    assert held(await got(desk, one)) == "王姐 红富士苹果 5"


async def test_another_stores_group_is_not_there(door: Door, desk: Desk, room: Room) -> None:
    told = await opened(desk, room)
    id_ = told["campaign"]["id"]
    await door.rows("update conversations set store = 's2' where id = :id", id=room.talk)
    other = await door.guide("xiaoya", "guide", "g2", "s1")
    theirs = await door.guide("chenman", "guide", "g3", "s2")
    await got(theirs, f"/api/desk/campaigns/{id_}")
    for path in (f"/api/desk/campaigns/{id_}", f"/api/desk/{room.talk}/campaigns", f"/api/desk/campaigns/{id_}/export.xlsx"):
        await got(other, path, 404)
    for path, body in (
        ("", {"state": "closed"}), ("/lines", {"name": "王姐", "sku": "m1", "n": 1}), ("/doubts/1/settle", {}),
    ):  # fmt: skip
        await done(other, f"/api/desk/campaigns/{id_}{path}", body, 404)
    await done(other, f"/api/desk/{room.talk}/campaigns", {"title": "团", "text": "桃 斤 5"}, 404)
    assert await door.one("select state from campaigns") == "open"
