"""A group room of the web: invited, named, told to the house, quoted, taken back, left; and a member's talk alone."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.front.conftest import Door
from tests.front.room_rig import Room, new_room
from tests.front.test_chat import listening, said, until


@pytest.fixture
async def room(door: Door) -> Room:
    """A new room and the invitation to it."""
    return await new_room(door)


async def test_an_invitation_lets_in_and_does_nothing_else(door: Door, room: Room) -> None:
    told = await (await door.http.get(f"{room.path}/invitation", params={"state": "门店 码&1"}, headers=room.headers)).json()
    address = urlsplit(told["url"])
    assert (address.path, parse_qs(address.query)) == (
        "/chat",
        {"room": [room.id], "join": [told["join"]], "state": ["门店 码&1"]},
    )
    shown = await (await door.http.get(f"{room.path}/room", params={"join": told["join"]})).json()
    assert shown == {"name": "花友群", "people": 0}
    as_token = {"Authorization": f"Bearer {told['join']}"}
    for path in ("messages", "members", "room", "invitation"):
        assert (await door.http.get(f"{room.path}/{path}", headers=as_token)).status == 401
    assert (await door.http.get(f"{room.path}/room", params={"join": "x" * 43})).status == 401
    other = Room(door, *await door.chat(group=True, name="别的群"))
    other.join = told["join"]
    assert (await other.enters("小米")).status == 401
    talk, _ = await door.chat()
    assert (await door.http.post(f"{talk}/members", json={"name": "小米", "join": told["join"]})).status == 401


async def test_coming_and_leaving_are_told_to_the_house_and_to_the_room(door: Door, room: Room) -> None:
    mi = await room.comes("小米", state="code-7")
    assert (await room.post("leave", mi)).status == 200
    assert (await room.post("leave", mi)).status == 200, "again is the same"
    assert (await room.post("return", mi)).status == 200
    told = [(kind, payload) for kind, payload in await door.rows("select kind, payload from inbox order by id")]
    member = {"id": room.ids["小米"], "name": "小米"}
    assert told == [
        ("member_joined", {"members": [member], "state": "code-7"}),
        ("member_left", {"members": [member], "state": "code-7"}),
        ("member_joined", {"members": [member], "state": "code-7"}),
    ]
    assert [(one["from"], one["text"]) for one in await room.lines(mi)] == [
        ("system", "小米 加入了群聊"),
        ("system", "小米 退出了群聊"),
        ("system", "小米 加入了群聊"),
    ]
    ((source, left, customer),) = await door.rows(
        "select m.source, m.left_at, p.external from members m join customers p on p.id = m.customer_id"
    )
    assert (source, left, customer) == ("code-7", None, room.ids["小米"])
    assert await door.due("turn") == [room.id]


async def test_an_app_with_the_rooms_own_token_vouches_for_its_people(door: Door, room: Room) -> None:
    for name in ("导购小雅", "小米", "小米"):
        answer = await door.http.post(f"{room.path}/members", json={"name": name}, headers=room.headers)
        assert answer.status == 201
    assert await said(door, room.path, room.headers) == [], "the App tells its own people"
    assert await door.one("select count(*) from inbox where kind = 'member_joined'") == 3
    listed = (await (await room.get("members", room.headers)).json())["members"]
    assert [(one["name"], one.get("guide", False)) for one in listed[1:]] == [
        ("导购小雅", True),
        ("小米", False),
        ("小米", False),
    ]


async def test_two_who_come_at_once_do_not_get_the_same_name_and_the_suggestion_can_be_had(room: Room) -> None:
    answers = await asyncio.gather(*(room.enters("小米") for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status == 409)
    error = (await refused.json())["error"]
    assert (error["code"], error["suggestion"]) == ("name_taken", "小米2")
    assert (await room.enters(error["suggestion"])).status == 201
    assert (await room.enters(" 小\u200b米 ")).status == 409, "what looks the same is the same"


@pytest.mark.parametrize("name", ["@小米", "＠", "\u200b\u200d", "---", "小\u0000米", ""])
async def test_a_name_that_cannot_be_called_is_refused(room: Room, name: str) -> None:
    assert (await room.enters(name)).status in {400, 409}


async def test_whoever_left_reads_and_says_nothing_until_they_are_back(door: Door, room: Room) -> None:
    mi, kuan = await room.comes("小米"), await room.comes("阿宽")
    own = await room.says(mi, "先走了")
    async with listening(door, room.path, mi) as stream:
        await until(stream, "state")
        assert (await room.post("leave", mi)).status == 200
        await room.says(kuan, "她走了我们再说")
        with pytest.raises(AssertionError, match="stream ended"):
            await until(stream, "nothing")
    for path in ("messages", "events", "members", "private", "invitation"):
        answer = await room.get(path, mi)
        assert (answer.status, (await answer.json())["error"]["code"]) == (403, "left"), path
    assert (await door.http.post(f"{room.path}/messages", json={"text": "我还在"}, headers=mi)).status == 403
    assert (
        await door.http.post(f"{room.path}/messages", json={"text": "替她说", "as": "小米"}, headers=room.headers)
    ).status == 400
    assert (await room.post(f"messages/{own}/recall", mi)).status == 403
    assert (await (await room.get("room", mi)).json())["you"] == {"id": room.ids["小米"], "name": "小米", "left": True}
    assert (await room.enters("小米")).status == 409, "their name waits for them"
    await room.post("return", mi)
    assert [one["text"] for one in await room.lines(mi)][-1] == "小米 加入了群聊"


async def test_the_list_names_the_assistant_the_guides_and_who_is_there(door: Door, room: Room) -> None:
    mi, kuan = await room.comes("小米"), await room.comes("阿宽")
    await room.post("leave", kuan)
    await door.rows(
        "insert into messages (conversation_id, author, sender, text, at) values (:id, 'guide', 'g1', '大家好', now())",
        id=room.id,
    )
    await door.rows("update customers set opted_out_at = now(), hushed_at = now()")
    async with listening(door, room.path, mi) as stream:
        await until(stream, "state")
        told = await (await room.get("members", mi)).json()
    assert told == {
        "name": "花友群",
        "members": [
            {"id": "bot", "name": "小花", "assistant": True, "online": True},
            {"id": "guide:g1", "name": "王姐", "guide": True},
            {"id": room.ids["小米"], "name": "小米", "you": True, "online": True},
        ],
    }
    seen = [one for one in (await (await room.get("members", room.headers)).json())["members"] if one["name"] == "小米"]
    assert seen == [{"id": room.ids["小米"], "name": "小米", "online": True}], "an open page is being there"


async def test_who_is_named_is_looked_up_and_naming_the_assistant_is_at_bot(door: Door, room: Room) -> None:
    mi, kuan = await room.comes("小米"), await room.comes("阿宽")
    gone = await room.comes("走了的人")
    await room.post("leave", gone)
    wanted = ["bot", room.ids["阿宽"], room.ids["阿宽"], "guide:g1", "guide:nobody", room.ids["走了的人"], "m-invented"]
    await room.says(mi, "@小花 @阿宽 包邮吗", mentions=wanted)
    payload = await door.one("select payload from inbox where kind = 'text'")
    assert payload == {"at_bot": True, "mentions": ["bot", room.ids["阿宽"], "guide:g1"]}
    shown = (await room.lines(kuan))[-1]
    assert (shown["by"], shown["as"], shown["mentions"]) == (room.ids["小米"], "小米", payload["mentions"])
    too_many = {"text": "@", "mentions": [f"m{n}" for n in range(51)]}
    assert (await door.http.post(f"{room.path}/messages", json=too_many, headers=mi)).status == 400


async def test_a_quote_is_what_was_really_said_and_goes_when_it_is_taken_back(door: Door, room: Room) -> None:
    mi, kuan = await room.comes("小米"), await room.comes("阿宽")
    first = await room.says(mi, "满多少包邮", id="own-1")
    quoting = await room.says(kuan, "同问", reply_to=first, quote="她说的不是这个")
    by_own_id = await room.says(kuan, "同问+1", reply_to="own-1")
    platform_id = f"{room.id}:{room.ids['小米']}:own-1"
    told = {"reply_to": platform_id, "quoted": int(first), "quote": "满多少包邮"}
    assert [row[0] for row in await door.rows("select payload from inbox where kind = 'text' order by id")] == [{}, told, told]
    quote = {"id": first, "from": "shopper", "as": "小米", "text": "满多少包邮"}
    assert [one["quote"] for one in await room.lines(mi) if one["id"] in {quoting, by_own_id}] == [quote, quote]
    assert (await room.post(f"messages/{first}/recall", mi)).status == 200
    shown = next(one for one in await room.lines(kuan) if one["id"] == quoting)
    assert shown["quote"] == {"id": first, "from": "shopper", "as": "小米", "text": "", "recalled": True}
    assert "满多少" not in json.dumps(await room.lines(kuan), ensure_ascii=False)


async def test_nobody_quotes_out_of_another_room(door: Door, room: Room) -> None:
    mi = await room.comes("小米")
    secret = await room.says(mi, "只在这里说")
    other = await new_room(door, "别的群")
    spy = await other.comes("探子")
    await other.says(spy, "看看", reply_to=secret)
    assert "quote" not in (await other.lines(spy))[-1]
    assert "只在这里说" not in json.dumps(await door.one("select payload from inbox where text = '看看'"))


async def test_one_takes_back_ones_own_words_for_two_minutes_and_open_pages_hear_it(door: Door, room: Room) -> None:
    mi, kuan = await room.comes("小米"), await room.comes("阿宽")
    own = await room.says(mi, "我的电话是13800000000")
    assert (await room.post(f"messages/{own}/recall", kuan)).status == 403
    assert (await room.post("messages/999999/recall", mi)).status == 404
    joined = (await room.lines(mi))[0]["id"]
    assert (await room.post(f"messages/{joined}/recall", mi)).status == 404, "the house's line is nobody's"
    async with listening(door, room.path, kuan) as stream:
        await until(stream, "state")
        door.clock.advance(seconds=119)
        for _ in range(2):
            assert (await room.post(f"messages/{own}/recall", mi)).status == 200
        assert await until(stream, "recalled") == {"ids": [own]}
    shown = next(one for one in await room.lines(kuan) if one["id"] == own)
    assert (shown["text"], shown["recalled"]) == ("已撤回", True)
    assert await door.rows("select outcome, count(*) from inbox where kind in ('text', 'recall') group by 1") == [("silent", 2)]
    late = await room.says(mi, "晚了")
    door.clock.advance(seconds=121)
    answer = await room.post(f"messages/{late}/recall", mi)
    assert (answer.status, (await answer.json())["error"]["code"]) == (409, "too_late")


async def test_a_shopper_alone_may_take_back_too(door: Door) -> None:
    path, headers = await door.chat()
    await door.http.post(f"{path}/messages", json={"text": "说错了"}, headers=headers)
    (line,) = await said(door, path, headers)
    assert (await door.http.post(f"{path}/messages/{line['id']}/recall", headers=headers)).status == 200
    assert (await said(door, path, headers))[0]["recalled"] is True
    assert await door.one("select state from inbox where kind = 'text'") == "settled"


async def test_others_see_who_writes_and_oneself_does_not(door: Door, room: Room) -> None:
    mi, kuan = await room.comes("小米"), await room.comes("阿宽")
    async with listening(door, room.path, kuan) as others, listening(door, room.path, mi) as own:
        assert await until(others, "typing") == {"on": False, "names": []}
        assert await until(own, "typing") == {"on": False, "names": []}
        assert (await room.post("typing", mi)).status == 202
        assert await until(others, "typing") == {"on": False, "names": ["小米"]}
        await room.says(mi, "好了")
        assert await until(others, "typing") == {"on": False, "names": []}
        assert await until(own, "typing") == {"on": False, "names": []}


async def test_the_dots_are_for_what_the_assistant_was_asked_by_name(door: Door, room: Room) -> None:
    mi = await room.comes("小米")
    async with listening(door, room.path, mi) as stream:
        await room.says(mi, "大家吃了吗")
        assert await until(stream, "typing") == {"on": False, "names": []}
        await room.says(mi, "@小花 包邮吗", mentions=["bot"])
        while not (await until(stream, "typing"))["on"]:
            pass


async def test_a_members_own_talk_is_there_once_something_was_moved_to_it_and_nobody_elses(door: Door, room: Room) -> None:
    mi, kuan = await room.comes("小米"), await room.comes("阿宽")
    assert (await room.get("private", mi)).status == 404
    assert (await room.get("private", room.headers)).status == 403
    own, _ = await door.chat()
    private = own.rpartition("/")[2]
    async with listening(door, room.path, mi) as stream:
        await until(stream, "state")
        await door.rows("update members set private_id = :private where id = :id", private=private, id=room.ids["小米"])
        await room.says(kuan, "大家好")
        assert await until(stream, "private") == {"conversation": private}
    told = await (await room.get("private", mi)).json()
    assert told["conversation"] == private
    assert await said(door, own, {"Authorization": f"Bearer {told['token']}"}) == []
    assert (await room.get("private", kuan)).status == 404
    assert (await door.http.get(f"{own}/messages", headers=mi)).status == 403


async def test_the_past_is_read_backwards_page_by_page(door: Door, room: Room) -> None:
    mi = await room.comes("小米")
    ids = [await room.says(mi, f"第{n}句") for n in range(5)]
    page = await said(door, room.path, mi, before=ids[3], limit="2")
    assert [one["text"] for one in page] == ["第1句", "第2句"]
    assert (await door.http.get(f"{room.path}/messages", params={"before": "x"}, headers=mi)).status == 400


async def test_a_guide_in_the_room_is_marked_as_one(door: Door, room: Room) -> None:
    mi = await room.comes("小米")
    await door.rows(
        "insert into messages (conversation_id, author, sender, text, at) values (:id, 'guide', 'g1', '我来答', now())",
        id=room.id,
    )
    shown = (await room.lines(mi))[-1]
    assert (shown["from"], shown["as"], shown["text"]) == ("guide", "王姐", "我来答")


async def test_the_pages_scripts_are_served_for_ever_and_nothing_is_inline(door: Door) -> None:
    page = await (await door.http.get("/chat?room=new")).text()
    assert 'data-assistant="小花"' in page
    assert "<script>" not in page
    assert " style=" not in page
    start = page.index("/chat/assets/")
    answer = await door.http.get(page[start : page.index('"', start)])
    assert (answer.status, "immutable" in answer.headers["Cache-Control"]) == (200, True)
    folder = page[start : page.index('"', start)].rpartition("/")[0]
    for name in ("talk.js", "wire.js", "at.js"):
        assert (await door.http.get(f"{folder}/{name}")).status == 200
    assert (await door.http.get(f"{folder}/nothing.js")).status == 404
