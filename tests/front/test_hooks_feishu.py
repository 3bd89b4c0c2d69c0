"""Feishu's events at the door: believed only when signed, kept once, answered at once."""

from collections.abc import Mapping

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.private import private_place
from bot.sandbox.faults import Faults
from bot.sandbox.rooms_feishu import FeishuRoom, FeishuSetup
from tests.front.rooms_door import RoomDoor, door_of

Door = RoomDoor[FeishuRoom]
door = door_of(FeishuRoom)


async def deliver(door: Door, event: Mapping[str, object]) -> int:
    headers, body = door.room.posted(event)
    return (await door.post(body, headers=headers)).status


async def test_a_message_in_a_group_is_kept_with_its_room_its_people_and_whom_it_calls(door: Door) -> None:
    group = door.room.group("门店群", "王姐", "李姐")
    event = door.room.say("王姐", "@小助手 @李姐 要的那个还有吗", group)
    assert await deliver(door, event) == 200
    (row,) = await door.inbox()
    assert row["platform_id"] == event["event"]["message"]["message_id"]  # type: ignore[index]
    assert (row["channel"], row["account"], row["kind"], row["state"]) == ("feishu", "demo", "text", "new")
    assert row["text"] == "@小助手 @李姐 要的那个还有吗"
    assert row["sender"] == door.room.person("王姐")
    payload = row["payload"]
    assert payload["at_bot"] is True  # type: ignore[index]
    assert {one["name"] for one in payload["mentions"]} == {"小助手", "李姐"}  # type: ignore[index]
    assert door.room.setup.verification_token not in orjson.dumps(payload).decode()
    (talk,) = await door.rows("select * from conversations")
    assert (talk["is_group"], talk["name"], talk["external"]) == (True, "门店群", group.id)
    (member,) = await door.rows("select * from members")
    assert (member["id"], member["name"]) == (door.room.person("王姐"), "王姐")


async def test_who_is_not_called_is_not_called(door: Door) -> None:
    group = door.room.group("门店群", "王姐", "李姐")
    await deliver(door, door.room.say("王姐", "@李姐 吃了吗", group))
    await deliver(door, door.room.say("王姐", "@所有人 开会了", group))
    first, second = await door.inbox()
    assert (first["payload"]["at_bot"], second["payload"]["at_bot"], second["payload"]["at_all"]) == (False, False, True)  # type: ignore[index]
    assert second["text"] == "@所有人 开会了"


async def test_a_talk_of_two_is_the_one_to_which_private_words_go(door: Door) -> None:
    await deliver(door, door.room.say("王姐", "在吗"))
    (row,) = await door.inbox()
    place = private_place("feishu", "demo", door.room.person("王姐"))
    assert place is not None
    assert row["conversation_id"] == place.conversation
    assert row["payload"]["at_bot"] is True  # type: ignore[index]
    (talk,) = await door.rows("select * from conversations")
    assert (talk["is_group"], talk["peer"], talk["external"]) == (False, place.peer, place.external)


async def test_a_quoted_message_comes_with_its_words(door: Door) -> None:
    group = door.room.group("门店群", "王姐")
    first = door.room.say("王姐", "面霜多少钱", group)
    quoted = first["event"]["message"]["message_id"]  # type: ignore[index]
    await deliver(door, door.room.say("王姐", "@小助手 这个", group, reply_to=quoted))
    (row,) = await door.inbox()
    assert (row["payload"]["reply_to"], row["payload"]["quote"]) == (quoted, "面霜多少钱")  # type: ignore[index]


async def test_a_repeat_is_kept_once(door: Door) -> None:
    event = door.room.say("王姐", "在吗")
    assert [await deliver(door, event) for _ in range(4)] == [200] * 4
    assert len(await door.inbox()) == 1


async def test_the_trial_of_the_url_gets_its_challenge_sealed_and_unsigned(door: Door) -> None:
    trial = {"challenge": "ajls384", "token": door.room.setup.verification_token, "type": "url_verification"}
    headers, body = door.room.posted(trial)
    bare = {"Content-Type": "application/json"}
    for sent in (headers, bare):
        answer = await door.post(body, headers=sent)
        assert (answer.status, await answer.json()) == (200, {"challenge": "ajls384"})
    wrong = door.room.posted(trial | {"token": "other"})[1]
    assert (await door.post(wrong, headers=bare)).status == 403


async def test_forged_unsigned_plain_and_foreign_events_are_forbidden_and_leave_nothing(door: Door) -> None:
    event = door.room.say("王姐", "在吗")
    headers, body = door.room.posted(event)
    unsigned = {"Content-Type": "application/json"}
    tries = [
        (headers | {"X-Lark-Signature": "0" * 64}, body, 403),
        (headers | {"X-Lark-Request-Nonce": "other"}, body, 403),
        (headers, body + b" ", 403),
        (unsigned, body, 403),
        (unsigned, orjson.dumps(event), 400),
        (unsigned, b"", 400),
        (unsigned, b"\xff\xfe", 400),
        (unsigned, b'{"encrypt": "x"}', 400),
        (unsigned, b"x" * ((1 << 20) + 1), 413),
    ]
    for sent, raw, status in tries:
        assert (await door.post(raw, headers=sent)).status == status
    other = FeishuRoom(door.room.clock).prepared(FeishuSetup(app_id="cli_other"))
    headers, body = other.posted(other.say("王姐", "在吗"))
    assert (await door.post(body, headers=headers)).status == 403
    assert (await door.http.post("/hooks/feishu/nobody", data=body, headers=headers)).status == 404
    assert await door.inbox() == []


async def test_who_joins_waits_for_a_welcome_and_who_leaves_is_gone(door: Door) -> None:
    group = door.room.group("门店群", "王姐")
    await deliver(door, door.room.come(group, "新来的"))
    left = {
        "chat_id": group.id,
        "name": group.name,
        "users": [{"name": "新来的", "user_id": {"open_id": door.room.person("新来的")}}],
    }
    await deliver(door, door.room.event("im.chat.member.user.deleted_v1", left))
    await deliver(door, door.room.event("im.chat.member.bot.added_v1", {"chat_id": group.id, "name": group.name}))
    joined, gone, added = await door.inbox()
    assert (joined["kind"], joined["state"]) == ("member_joined", "new")
    assert joined["payload"]["members"] == [{"id": door.room.person("新来的"), "name": "新来的"}]  # type: ignore[index]
    assert (gone["kind"], gone["outcome"]) == ("member_left", "silent")
    assert (added["kind"], added["outcome"]) == ("group_changed", "silent")
    (member,) = await door.rows("select * from members")
    assert member["left_at"] is not None


async def test_a_recalled_message_is_not_answered(door: Door) -> None:
    event = door.room.say("王姐", "说错了")
    await deliver(door, event)
    taken = {"message_id": event["event"]["message"]["message_id"], "chat_id": "oc_x"}  # type: ignore[index]
    await deliver(door, door.room.event("im.message.recalled_v1", taken))
    assert [row["state"] for row in await door.inbox()] == ["settled", "settled"]


async def test_unknown_events_and_other_bots_are_kept_and_settled_with_a_reason(door: Door) -> None:
    group = door.room.group("门店群", "王姐")
    await deliver(door, door.room.event("calendar.changed_v4", {"x": 1}))
    other = door.room.say("王姐", "@小助手 你好", group)
    other["event"]["sender"]["sender_type"] = "app"  # type: ignore[index]
    await deliver(door, other)
    rows = await door.inbox()
    assert [row["outcome"] for row in rows] == ["silent", "silent"]
    assert all(row["reason"] for row in rows)
    assert await door.rows("select * from messages") == []


async def test_a_tapped_button_is_what_stands_on_it(door: Door) -> None:
    who = door.room.person("王姐")
    await deliver(door, door.room.tap("王姐", {"option": "say:有货吗", "label": "有货吗", "place": who}))
    (row,) = await door.inbox()
    assert (row["kind"], row["text"], row["payload"]["option"], row["state"]) == ("text", "有货吗", "say:有货吗", "new")  # type: ignore[index]
    place = private_place("feishu", "demo", who)
    assert place is not None
    assert row["conversation_id"] == place.conversation


async def test_a_platform_whose_other_answers_are_away_loses_no_message(door: Door) -> None:
    group = door.room.group("门店群", "王姐")
    door.room.faults = Faults(http_500=1)
    assert await deliver(door, door.room.say("王姐", "@小助手 在吗", group)) == 200
    (row,) = await door.inbox()
    assert (row["state"], row["payload"]["at_bot"]) == ("new", False)  # type: ignore[index]
    (talk,) = await door.rows("select * from conversations")
    assert talk["is_group"] is True


async def test_the_first_version_of_events_is_kept_too(door: Door) -> None:
    told = {
        "uuid": "u1",
        "token": door.room.setup.verification_token,
        "type": "event_callback",
        "event": {"type": "message", "text": "x"},
    }
    assert await deliver(door, told) == 200
    (row,) = await door.inbox()
    assert (row["platform_id"], row["outcome"]) == ("u1", "silent")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_bytes_whatever_make_the_door_fail(door: Door, data: st.DataObject) -> None:
    inside = data.draw(
        st.one_of(
            st.dictionaries(
                st.sampled_from(["header", "event", "uuid", "type", "challenge", "schema"]),
                st.one_of(st.text(max_size=9), st.integers(-9, 9**18), st.none(), st.lists(st.none(), max_size=2)),
                max_size=4,
            ),
            st.just(door.room.say("王姐", "\x00\ud800".encode("utf-8", "replace").decode())),
        )
    )
    event = {**inside, "token": door.room.setup.verification_token}
    headers, body = door.room.posted(event)
    cut = data.draw(st.integers(0, len(body)))
    body = data.draw(st.sampled_from([body, body, body[:cut], body[:cut] + b"\x00" + body[cut:], body[::-1]]))
    answer = await door.post(
        body, headers=dict(headers) | {"Content-Type": data.draw(st.sampled_from(["a/b", "application/json"]))}
    )
    assert answer.status < 500
