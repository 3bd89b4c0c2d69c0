"""Guides keep words to say again: live at once, for nobody else, without anything of a customer, and never two at odds."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.brand import Staff, StaffFile, Store
from bot.content.items import items
from bot.db import drafts, releases
from bot.front.context import FRONT
from bot.front.desk_private import BLANK, private
from bot.growing import Growing
from tests.conftest import ManualClock
from tests.front.conftest import STAFF, Desk, Door
from tests.front.desk_rig import _Release, done, files, furnish, got, talk, words_of
from tests.letters import Letters

OWN = "/api/desk/scripts/own"
_FINE = {"id": "t1", "title": "退货安心", "family": "咨询问答", "text": "{称呼|您}放心，不合适我帮您退。"}


async def grown(door: Door, home: Path) -> Door:
    """The furnished door with the base behind it."""
    await furnish(door, home)
    growing = Growing(door.engine, Encoder(Letters("letters-own")), ModelStore(home), lambda: content.read_files({}))

    async def grows() -> Growing:
        return growing

    object.__setattr__(door.http.server.app[FRONT], "growing", grows)  # type: ignore[attr-defined,union-attr]
    return door


@pytest.fixture
async def shop(door: Door, tmp_path: Path) -> Door:
    return await grown(door, tmp_path)


@pytest.fixture
async def ya(shop: Door) -> Desk:
    return await shop.guide("ya", guide="g2", store="s1")


@pytest.fixture
async def wang(shop: Door) -> Desk:
    """The lead of the same store."""
    return await shop.guide("wang", "lead", guide="g1", store="s1")


async def kept(desk: Desk) -> Mapping[str, Mapping[str, object]]:
    """Title → what somebody's list shows."""
    return {str(one["title"]): one for one in (await got(desk, OWN))["scripts"]}  # type: ignore[attr-defined]


async def offered(desk: Desk, query: str = "") -> list[str]:
    """The ids that the picker offers."""
    return [str(one["id"]) for one in (await got(desk, f"/api/desk/scripts?q={query}"))["scripts"]]  # type: ignore[attr-defined]


async def gone(desk: Desk, id_: object, mark: object = "", status: int = 200) -> None:
    answer = await desk.http.delete(f"{OWN}/{id_}?mark={mark}", headers={"X-CSRF-Token": desk.csrf})
    assert answer.status == status, await answer.text()


async def live(shop: Door) -> dict[str, Mapping[str, object]]:
    """Id → the scripts of the live release."""
    found = await releases.live(shop.engine)
    assert found is not None
    held = items(await releases.load(shop.engine, found[0]), {"script"})
    return {key.id: item.value for key, item in held.items()}


async def test_words_are_kept_found_changed_and_taken_away(shop: Door, ya: Desk) -> None:
    assert await got(ya, OWN) == {"scripts": [], "shares": False}
    told = await done(ya, OWN, _FINE, 201)
    assert (told["state"], str(told["id"])[:6]) == ("live", "my-g2-")
    assert (await live(shop))[str(told["id"])]["scope"] == {"level": "个人", "of": "g2"}
    one = (await kept(ya))["退货安心"]
    assert (one["text"], one["family"], one["level"], one["state"]) == (_FINE["text"], "咨询问答", "个人", "live")
    assert (await offered(ya, "thax"))[0] == told["id"], "by the initials of its name"
    changed = {"title": "退货放心", "family": "日常聊天", "text": "不合适就退，我帮您办。", "mark": one["mark"]}
    assert (await done(ya, f"{OWN}/{one['id']}", changed))["state"] == "live"
    assert [str(each["text"]) for each in (await kept(ya)).values()] == ["不合适就退，我帮您办。"]
    await gone(ya, one["id"], (await kept(ya))["退货放心"]["mark"])
    assert await kept(ya) == {}
    assert one["id"] not in await offered(ya)
    actions = [row[0] for row in await shop.rows("select action from audit where actor = 'ya' and action = 'draft.publish'")]
    assert actions == ["draft.publish"] * 3


async def test_in_a_talk_it_is_filled_for_the_shopper(shop: Door, ya: Desk) -> None:
    await done(ya, OWN, _FINE, 201)
    conversation = await talk(shop, store="s1", name="李女士")
    (one,) = (await got(ya, f"{OWN}?conversation={conversation}"))["scripts"]  # type: ignore[misc]
    assert (one["text"], one["said"]) == (_FINE["text"], "李女士放心，不合适我帮您退。")


async def test_nobody_else_sees_uses_or_changes_it(shop: Door, ya: Desk, wang: Desk) -> None:
    id_ = (await done(ya, OWN, _FINE, 201))["id"]
    man = await shop.guide("man", guide="g3", store="s2")
    for other in (wang, man):
        assert await kept(other) == {}
        assert id_ not in await offered(other)
        await done(other, f"{OWN}/{id_}", {**_FINE, "mark": ""}, 404)
        await gone(other, id_, status=404)
    await done(ya, f"{OWN}/reply_return", {**_FINE, "mark": ""}, 404)
    await gone(ya, "reply_return", status=404)
    assert (await live(shop))[str(id_)]["title"] == "退货安心"


async def test_a_lead_shares_with_their_store_and_a_guide_does_not(shop: Door, ya: Desk, wang: Desk) -> None:
    assert "店长" in words_of(await done(ya, OWN, {**_FINE, "whose": "store"}, 403))
    shared = await done(wang, OWN, {**_FINE, "whose": "store"}, 201)
    assert str(shared["id"]).startswith("shop-s1-")
    assert (await kept(wang))["退货安心"]["level"] == "店"
    assert await kept(ya) == {}, "to be used, not to be changed"
    assert shared["id"] in await offered(ya)
    man = await shop.guide("man", guide="g3", store="s2")
    assert shared["id"] not in await offered(man)
    await gone(ya, shared["id"], status=404)
    await gone(wang, shared["id"])
    assert shared["id"] not in await offered(ya)


async def test_who_is_no_guide_is_told_what_is_missing(shop: Door) -> None:
    homeless = await shop.guide("nobody", "guide")
    assert "对上是哪位导购" in words_of(await done(homeless, OWN, _FINE, 403))


async def test_what_the_lint_stops_is_told_with_the_way_out_and_not_kept(shop: Door, ya: Desk) -> None:
    before = await releases.live(shop.engine)
    told = await done(ya, OWN, {**_FINE, "text": "这是全国第一的面霜，包治百病。"}, 422)
    error = told["error"]
    assert isinstance(error, dict)
    assert error["code"] == "lint"
    assert all(one["why"] and one["way_out"] for one in error["findings"])
    assert any("第一" in one["words"] for one in error["findings"])
    assert await releases.live(shop.engine) == before
    assert await shop.one("select count(*) from content_drafts") == 0
    told = await done(ya, OWN, {**_FINE, "text": "您的单号是{单号}，注意查收。"}, 422)
    assert "单号" in words_of(told)


async def test_nothing_of_a_customer_is_kept(shop: Door, ya: Desk) -> None:
    conversation = await talk(shop, store="s1", name="云朵朵")
    text = "云朵朵您好，单号 SF1234567890123 已经寄到 13812345678。"
    told = await done(ya, OWN, {**_FINE, "text": text, "conversation": conversation}, 422)
    error = told["error"]
    assert isinstance(error, dict)
    assert error["code"] == "private"
    for part in ("云朵朵", "1234567890123", "138", "5678"):
        assert part not in error["suggestion"]
    assert "{称呼|亲}，您好" in error["suggestion"]
    assert await shop.one("select count(*) from content_drafts") == 0
    fixed = error["suggestion"].replace(BLANK, "")
    assert (await done(ya, OWN, {**_FINE, "text": fixed, "conversation": conversation}, 201))["state"] == "live"
    await done(ya, OWN, {**_FINE, "id": "t2", "title": "云朵朵的", "conversation": conversation}, 422)
    foreign = await talk(shop, store="s2")
    await done(ya, OWN, {**_FINE, "id": "t3", "conversation": foreign}, 404)


_SHOPS = Staff.of(
    StaffFile(
        stores=(Store(id="s1", name="徐汇店", address="上海市徐汇区天钥桥路88号2楼", phone="021-64380001"),),
        guides=tuple(STAFF.guides.values())[:1],
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "我们在徐汇区天钥桥路88号2楼，坐地铁到徐家汇。",
        "有事打 021-64380001，或者客服 400-820-8820。",
        "链接在这里 https://detail.tmall.com/item.htm?id=612345678901 您看看",
        "我是王姐，满 199 减 30，男士和女士都能用。",
        "七天内可以退，48 小时内发货。",
    ],
)
def test_what_is_the_shops_own_may_be_kept(text: str) -> None:
    assert private(text, (), _SHOPS) is None


@pytest.mark.parametrize(
    ("text", "lost", "kind"),
    [
        ("李女士，您要的面霜到了", "李女士", "称呼"),
        ("给您寄到静安区南京西路1266号3楼", "1266", "地址"),
        ("订单号 20261122889900 已经发了", "20261122889900", "号码"),
        ("取件码：A7-3921", "3921", "号码"),
        ("收件人：张小花", "张小花", "姓名"),
        ("看订单 https://mall.invalid/order?trade=612345678901234", "612345678901234", "号码"),
    ],
)
def test_what_is_a_customers_is_found_and_said_without(text: str, lost: str, kind: str) -> None:
    found = private(text, (), _SHOPS)
    assert found is not None
    assert kind in found.kinds
    assert lost not in found.suggestion


async def test_a_second_tap_is_one_script_and_one_release(shop: Door, ya: Desk) -> None:
    told = await asyncio.gather(*(done(ya, OWN, _FINE, 201) for _ in range(3)))
    assert len({str(one["id"]) for one in told}) == 1
    assert await shop.one("select count(*) from releases") == 2
    assert await shop.one("select count(*) from content_drafts where state not in ('published', 'dismissed')") == 0


async def test_several_guides_at_once_lose_nothing(shop: Door, ya: Desk, wang: Desk) -> None:
    man = await shop.guide("man", guide="g3", store="s2")
    told = await asyncio.gather(
        *(done(who, OWN, {**_FINE, "id": f"t{n}", "title": f"第{n}条"}, 201) for who in (ya, wang, man) for n in range(2))
    )
    assert {str(one["id"]) for one in told} <= (await live(shop)).keys()
    assert len({str(one["id"]) for one in told}) == 6


async def test_newer_words_are_not_written_over(shop: Door, ya: Desk) -> None:
    id_ = (await done(ya, OWN, _FINE, 201))["id"]
    mark = (await kept(ya))["退货安心"]["mark"]
    await done(ya, f"{OWN}/{id_}", {**_FINE, "text": "不合适就退。", "mark": mark})
    assert "别的地方改过" in words_of(await done(ya, f"{OWN}/{id_}", {**_FINE, "text": "随时退。", "mark": mark}, 409))
    await gone(ya, id_, mark, status=409)
    assert (await kept(ya))["退货安心"]["text"] == "不合适就退。"


async def test_a_colleague_who_is_at_it_in_the_console_is_not_overtaken(shop: Door, ya: Desk, clock: ManualClock) -> None:
    id_ = str((await done(ya, OWN, _FINE, 201))["id"])
    value = (await live(shop))[id_]
    await drafts.begin(shop.engine, drafts.Draft("script", id_, value, "ops", scope="个人:g2"), "ops", clock.now())
    assert "ops 正在后台改" in words_of(await done(ya, f"{OWN}/{id_}", {**_FINE, "text": "随时退。", "mark": ""}, 409))


async def test_further_wordings_of_the_console_stay(shop: Door, ya: Desk) -> None:
    own = (
        "id: my-old\nfamily: 招呼语\nscope: {level: 个人, of: g2}\nvariants:\n  - {text: 早呀, weight: 2}\n  - {text: 晚上好呀}\n"
    )
    changed = files() | {"scripts/replies/my-old.yml": f"# 我的问候\n{own}".encode()}
    await releases.import_release(shop.engine, _Release(changed), "test")
    one = (await kept(ya))["我的问候"]
    assert (one["text"], one["others"]) == ("早呀", 1)
    told = {"title": "问候", "family": "招呼语", "text": "早上好呀", "mark": one["mark"]}
    await done(ya, f"{OWN}/my-old", told)
    assert (await live(shop))["my-old"]["variants"] == [{"text": "早上好呀", "weight": 2}, {"text": "晚上好呀"}]


async def test_where_four_eyes_are_asked_for_it_waits_and_can_be_taken_back(shop: Door, ya: Desk) -> None:
    eyes = files() | {"brand.yml": "name: 花间集\npersona: {name: 小花}\npublishing: {four_eyes: true}\n".encode()}
    await releases.import_release(shop.engine, _Release(eyes), "test")
    told = await done(ya, OWN, _FINE, 201)
    assert told["state"] == "waiting"
    assert (await kept(ya))["退货安心"]["state"] == "waiting"
    assert told["id"] not in await offered(ya)
    assert await shop.one("select state from content_drafts") == "proposed"
    await gone(ya, told["id"])
    assert await kept(ya) == {}


async def test_without_a_title_it_is_known_by_how_it_begins(shop: Door, ya: Desk) -> None:
    await done(ya, OWN, {**_FINE, "title": " "}, 201)
    assert list(await kept(ya)) == ["放心，不合适我帮您退。"]


async def test_what_saving_needs_is_loaded_while_somebody_writes(shop: Door, ya: Desk) -> None:
    assert (await got(ya, f"{OWN}?ready=1"))["scripts"] == []
    app = shop.http.server.app  # type: ignore[attr-defined,union-attr]
    object.__setattr__(app[FRONT], "growing", replace(app[FRONT], growing=None).growing)
    assert (await got(ya, f"{OWN}?ready=1"))["scripts"] == [], "and where it cannot be, the list is there all the same"
    await done(ya, OWN, _FINE, 503)
