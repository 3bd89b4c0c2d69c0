"""DingTalk at the door: messages to the robot by their signature, sealed events by theirs, everything kept once."""

from collections.abc import Mapping

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.private import private_place
from bot.db import return_path
from bot.model import ConversationId, Mention, Outgoing, Speech
from bot.sandbox.rooms_dingtalk import DingTalkRoom
from tests.front.rooms_door import RoomDoor, door_of

Door = RoomDoor[DingTalkRoom]
door = door_of(DingTalkRoom)


async def deliver(door: Door, told: Mapping[str, object]) -> int:
    headers, body = door.room.posted(told)
    answer = await door.post(body, headers=headers)
    if answer.status == 200:
        assert await answer.json() == {"msgtype": "empty"}
    return answer.status


async def happen(door: Door, event: Mapping[str, object]) -> int:
    query, body = door.room.sealed(event)
    answer = await door.post(body, params=query)
    if answer.status == 200:
        assert door.room.thanked(await answer.read())
    return answer.status


async def test_a_message_in_a_group_is_kept_with_its_room_and_its_sender(door: Door) -> None:
    group = door.room.group("门店群", "王姐")
    told = door.room.say("王姐", "今日库存", group)
    assert await deliver(door, told) == 200
    (row,) = await door.inbox()
    assert (row["platform_id"], row["kind"], row["text"], row["state"]) == (told["msgId"], "text", "今日库存", "new")
    assert row["sender"] == door.room.person("王姐")
    assert row["payload"]["at_bot"] is True  # type: ignore[index]
    (talk,) = await door.rows("select * from conversations")
    assert (talk["is_group"], talk["name"], talk["peer"], talk["external"]) == (True, "门店群", "group", group.id)
    (member,) = await door.rows("select * from members")
    assert (member["id"], member["name"]) == (door.room.person("王姐"), "王姐")


async def test_what_was_heard_tells_the_channel_its_way_back(door: Door) -> None:
    group = door.room.group("门店群", "王姐")
    await deliver(door, door.room.say("王姐", "今日库存", group))
    (row,) = await door.inbox()
    who = door.room.person("王姐")
    said = Speech("@王姐 12 件", mentions=(Mention(who, "王姐"),), answers=(int(str(row["id"])),))
    talk = ConversationId(str(row["conversation_id"]))
    message = Outgoing(1, "M1", talk, "dingtalk", "demo", "group", group.id, "bot", 0, said)
    assert [one.id for one in await return_path.heard(door.engine, message)] == [row["id"]]
    await door.channel.send(message)
    (heard,) = door.room.heard
    assert (heard.kind, heard.text, heard.mentions) == ("text", "@王姐 12 件", (who,))


async def test_answered_messages_come_before_the_latest(door: Door) -> None:
    group = door.room.group("门店群", "王姐")
    for n in range(8):
        await deliver(door, door.room.say("王姐", str(n), group))
    rows = await door.inbox()
    ids = [int(str(row["id"])) for row in rows]
    talk = ConversationId(str(rows[0]["conversation_id"]))
    message = Outgoing(1, "M1", talk, "dingtalk", "demo", "group", group.id, "bot", 0, Speech("x", answers=(ids[0], ids[1])))
    assert [one.id for one in await return_path.heard(door.engine, message)] == [ids[1], ids[0], *reversed(ids[3:])]


async def test_a_talk_of_two_is_the_one_to_which_private_words_go(door: Door) -> None:
    await deliver(door, door.room.say("王姐", "在吗"))
    (row,) = await door.inbox()
    place = private_place("dingtalk", "demo", door.room.person("王姐"))
    assert place is not None
    assert row["conversation_id"] == place.conversation
    (talk,) = await door.rows("select * from conversations")
    assert (talk["is_group"], talk["peer"], talk["external"]) == (False, place.peer, place.external)


async def test_a_repeat_and_a_replay_are_kept_once(door: Door) -> None:
    headers, body = door.room.posted(door.room.say("王姐", "在吗"))
    for _ in range(3):
        assert (await door.post(body, headers=headers)).status == 200
    assert len(await door.inbox()) == 1


async def test_forged_old_and_foreign_messages_are_forbidden(door: Door) -> None:
    headers, body = door.room.posted(door.room.say("王姐", "在吗"))
    assert (await door.post(body, headers=headers | {"sign": "x"})).status == 403
    assert (await door.post(body, headers=headers | {"timestamp": "1"})).status == 403
    assert (await door.post(body)).status == 403
    foreign = door.room.posted(door.room.say("王姐", "在吗") | {"robotCode": "other"})
    assert (await door.post(foreign[1], headers=foreign[0])).status == 403
    door.clock.advance(minutes=59)
    assert (await door.post(body, headers=headers)).status == 200
    door.clock.advance(minutes=2)
    assert (await door.post(body, headers=headers)).status == 403
    assert (await door.http.post("/hooks/dingtalk/nobody", data=body, headers=headers)).status == 404


async def test_nonsense_with_a_right_signature_is_a_bad_request(door: Door) -> None:
    headers, _ = door.room.posted({})
    for body in (
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"{}",
        b'{"msgId": ""}',
        b'{"msgId": 5}',
        b'{"msgId":"m","x":1e999}',
        b'{"msgId":"m","a":' + b"[" * 40 + b"]" * 40 + b"}",
    ):
        assert (await door.post(body, headers=headers)).status == 400
    assert (await door.post(b"x" * ((1 << 20) + 1), headers=headers)).status == 413
    assert await door.inbox() == []


async def test_the_robots_own_words_are_never_answered(door: Door) -> None:
    group = door.room.group("门店群", "王姐")
    await deliver(door, door.room.say("王姐", "您好", group) | {"senderId": door.room.setup.bot})
    (row,) = await door.inbox()
    assert (row["state"], row["outcome"]) == ("settled", "silent")


async def test_the_trial_of_the_url_is_thanked_and_not_kept(door: Door) -> None:
    assert await happen(door, {"EventType": "check_url"}) == 200
    assert await door.inbox() == []


async def test_who_joins_is_named_and_waits_for_a_welcome(door: Door) -> None:
    group = door.room.group("门店群", "王姐")
    event = door.room.come(group, "新来的")
    assert [await happen(door, event) for _ in range(3)] == [200, 200, 200]
    await happen(door, door.room.event("chat_quit", OpenConversationId=group.id, UserId=[door.room.person("新来的")]))
    joined, left = await door.inbox()
    assert (joined["kind"], joined["state"]) == ("member_joined", "new")
    assert joined["payload"]["members"] == [{"id": door.room.person("新来的"), "name": "新来的"}]  # type: ignore[index]
    assert (left["kind"], left["outcome"]) == ("member_left", "silent")
    (talk,) = await door.rows("select * from conversations")
    assert (talk["is_group"], talk["external"], talk["peer"]) == (True, group.id, "group")
    (member,) = await door.rows("select * from members")
    assert member["left_at"] is not None


async def test_unknown_events_are_kept_with_a_reason(door: Door) -> None:
    await happen(door, door.room.event("bpms_task_change", processInstanceId="x"))
    await happen(door, door.room.event("chat_add_member", ChatId="chat1", UserId=["u"]))
    rows = await door.inbox()
    assert [(row["conversation_id"], row["outcome"]) for row in rows] == [(None, "silent"), (None, "silent")]
    assert all(row["reason"] for row in rows)


async def test_a_forged_event_is_forbidden(door: Door) -> None:
    query, body = door.room.sealed(door.room.event("check_url"))
    assert (await door.post(body, params={**query, "nonce": "other"})).status == 403
    assert (await door.post(b"{}", params=query)).status == 400
    assert (await door.post(orjson.dumps({"encrypt": "AAAA"}), params=query)).status == 403


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_bytes_whatever_make_the_door_fail(door: Door, data: st.DataObject) -> None:
    values = st.one_of(st.text(max_size=9), st.integers(-9, 9**18), st.none(), st.lists(st.none(), max_size=2))
    names = st.sampled_from(
        ["msgId", "text", "content", "senderId", "conversationId", "EventType", "UserId", "OpenConversationId"]
    )
    told = data.draw(st.dictionaries(names, values, max_size=5))
    if data.draw(st.booleans()):
        headers, body = door.room.posted(told)
        answer = await door.post(data.draw(st.sampled_from([body, body, body[::-1], b"\x00" + body])), headers=headers)
    else:
        query, body = door.room.sealed(told)
        query = {
            **query,
            **data.draw(
                st.dictionaries(st.sampled_from(sorted(query)), st.text(st.characters(codec="utf-8"), max_size=9), max_size=1)
            ),
        }
        answer = await door.post(data.draw(st.sampled_from([body, body, body[::-1]])), params=query)
    assert answer.status < 500
