"""Who of a customer group is new: callbacks that come late, doubly, disordered or not at all, and answers of any kind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from channels_rig import account, session, tiny_platform
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom import groups, newcomers, through
from bot.channels.wecom.client import WeComClient
from bot.channels.wecom.groups import GroupChat, Shopper
from bot.channels.wecom.newcomers import Known, Told
from bot.channels.wecom.through import Change
from bot.errors import TemporaryDeliveryError

NOW = datetime(2026, 5, 20, 14, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
PLACE = through.group_of("demo", "wrG")
KNOWN = Known(fetched=True)


def told(
    detail: str = "add_member", *people: str, key: str = "e1", last: str = "", current: str = "", ago: float = 3, count: int = 0
) -> Told:
    change = Change(detail, people, max(count, len(people)), last, current)
    then = NOW - timedelta(seconds=ago)
    return Told(key, change, then, then)


def chat(*shoppers: Shopper, version: str = "") -> GroupChat:
    return GroupChat("wrG", "一群", "xiaolin", version, shoppers)


def who(id_: str, state: str = "", ago: float = 3, **more: Any) -> Shopper:
    return Shopper(id_, joined=AT - int(ago), state=state, **more)


def said(arrivals: Any) -> list[tuple[str, str, list[str]]]:
    return [(one.kind, one.payload.get("state", ""), [m["id"] for m in one.payload.get("members", ())]) for one in arrivals]


def test_who_came_by_different_codes_is_announced_by_code() -> None:
    here = chat(who("wmA", "sh"), who("wmB", "bj"), who("wmC", "sh"), who("wmOld", ago=9e6))
    found = newcomers.announced(PLACE, here, [told("add_member", "wmA", "wmB", "wmC")], KNOWN, NOW)
    assert said(found) == [("member_joined", "sh", ["wmA", "wmC"]), ("member_joined", "bj", ["wmB"])]
    assert len({one.platform_id for one in found}) == 2
    assert {one.conversation for one in found} == {PLACE.conversation}


def test_nobody_is_announced_who_left_again_is_staff_or_was_announced() -> None:
    here = chat(who("wmA"), who("wmB"))
    event = told("add_member", "wmA", "wmB", "wmGone", "xiaolin")
    found = newcomers.announced(PLACE, here, [event], replace(KNOWN, announced=frozenset({"wmB"})), NOW)
    assert said(found) == [("member_joined", "", ["wmA"])]


def test_an_event_that_names_nobody_means_those_who_are_new_since() -> None:
    known = replace(KNOWN, present=frozenset({"wmOld"}))
    here = chat(who("wmOld", ago=9e6), who("wmA", "sh"), who("wmEarlier", ago=7200))
    assert said(newcomers.announced(PLACE, here, [told(count=1)], known, NOW)) == [("member_joined", "sh", ["wmA"])]
    answered = replace(known, answered=frozenset({"e1"}))
    assert newcomers.announced(PLACE, here, [told(count=1)], answered, NOW) == ()
    both = chat(who("wmA", ago=4), who("wmB", ago=2))
    second = told(count=1, key="e2", ago=1)
    assert said(newcomers.announced(PLACE, both, [told(count=1), second], answered, NOW)) == [("member_joined", "", ["wmB"])]


def test_whoever_came_without_a_callback_is_announced_unless_the_group_is_new_to_us_or_it_is_long_ago() -> None:
    here = chat(who("wmA"), who("wmOld", ago=7200))
    assert said(newcomers.announced(PLACE, here, [], KNOWN, NOW)) == [("member_joined", "", ["wmA"])]
    assert newcomers.announced(PLACE, here, [], Known(), NOW) == ()


def test_a_callback_of_hours_ago_welcomes_nobody() -> None:
    late = told("add_member", "wmA", ago=7200)
    known = replace(KNOWN, present=frozenset({"wmA"}))
    assert newcomers.announced(PLACE, chat(who("wmA", ago=7200)), [late], known, NOW) == ()
    assert newcomers.nameless(PLACE, [late], KNOWN, NOW) == ()


def test_without_names_nobody_is_welcomed_before_the_time_and_each_once_after_it() -> None:
    young, old = told("add_member", "wmA", ago=19), told("add_member", "wmA", "wmB", "xiaolin", ago=20, key="e2")
    silent = told(count=3, ago=21, key="e3")
    assert newcomers.nameless(PLACE, [young], KNOWN, NOW) == ()
    found = newcomers.nameless(PLACE, [young, old, silent], replace(KNOWN, announced=frozenset({"wmB"})), NOW)
    assert said(found) == [("member_joined", "", ["wmA"]), ("group_joined", "", [])]
    assert found[1].payload == {"count": 3, "event": "e3"}
    assert newcomers.nameless(PLACE, [silent], replace(KNOWN, answered=frozenset({"e3"})), NOW) == ()


def test_ids_follow_from_the_callback() -> None:
    first, again = (newcomers.announced(PLACE, chat(who("wmA", "sh")), [told("add_member", "wmA")], KNOWN, NOW) for _ in "ab")
    assert first == again
    (long,) = newcomers.announced(PLACE, chat(who("wmA")), [told("add_member", "wmA", key="k" * 128)], KNOWN, NOW)
    assert len(long.platform_id) < 128


def test_leaves_that_follow_each_other_need_no_question_in_any_order() -> None:
    chain = [
        told("del_member", "wmA", last="v0", current="v1", key="e1"),
        told("del_member", "wmB", last="v1", current="v2", key="e2"),
        told("change_notice", key="e3"),
        told("del_member", "wmC", "wmD", last="v2", current="v3", key="e4"),
    ]
    for order in permutations(chain):
        assert newcomers.followed("v0", order) == ("v3", frozenset({"wmA", "wmB", "wmC", "wmD"}))
    assert newcomers.followed("v0", [*chain, chain[0]]) == ("v3", frozenset({"wmA", "wmB", "wmC", "wmD"}))
    for missing in (0, 1, 3):
        some = [one for number, one in enumerate(chain) if number != missing]
        assert (newcomers.followed("v0", some) is None) == (missing != 3)
    assert newcomers.followed("", chain) is None
    assert newcomers.followed("vX", chain) is None
    assert newcomers.followed("v0", [*chain, told("add_member", "wmE", last="v3", current="v4")]) is None
    assert newcomers.followed("v0", [told("del_member", last="v0", current="v1")]) is None


def test_an_answer_that_is_older_than_the_callbacks_is_not_believed_yet() -> None:
    chain = [
        told("add_member", "wmA", last="v0", current="v1", ago=1),
        told("add_member", "wmB", last="v1", current="v2", ago=1),
    ]
    assert newcomers.unsettled(chat(version="v0"), chain, NOW)
    assert newcomers.unsettled(chat(who("wmA"), version="v1"), chain, NOW)
    assert not newcomers.unsettled(chat(who("wmA"), who("wmB"), version="v2"), chain, NOW)
    assert not newcomers.unsettled(chat(version="v2"), chain, NOW)
    assert newcomers.unsettled(chat(version="v9"), chain, NOW)
    assert not newcomers.unsettled(
        chat(version="v9"), [replace(one, received_at=NOW - timedelta(seconds=7)) for one in chain], NOW
    )


def test_a_version_that_comes_back_is_no_older_answer() -> None:
    there_and_back = [
        told("add_member", "wmA", last="v0", current="v1", ago=9),
        told("del_member", "wmA", last="v1", current="v0", ago=9),
    ]
    assert not newcomers.unsettled(chat(version="v0"), there_and_back, NOW)


names = st.sampled_from(["wmA", "wmB", "wmC", "xiaolin"])


@given(
    st.lists(st.tuples(st.lists(names, unique=True, max_size=3), st.integers(0, 4000)), max_size=6), st.sets(names), st.booleans()
)
def test_whatever_is_told_nobody_is_announced_twice_nor_who_is_not_there(events: Any, here: set[str], fetched: bool) -> None:
    callbacks = [told("add_member", *people, key=f"e{n}", ago=ago) for n, (people, ago) in enumerate(events)]
    group = chat(*(who(one) for one in sorted(here) if groups.outside(one)))
    known = Known(fetched=fetched)
    people = [one for _, _, ids in said(newcomers.announced(PLACE, group, callbacks, known, NOW)) for one in ids]
    assert len(people) == len(set(people))
    assert set(people) <= {one.id for one in group.shoppers}
    late = [one for _, _, ids in said(newcomers.nameless(PLACE, callbacks, known, NOW)) for one in ids]
    assert len(late) == len(set(late))


@pytest.mark.parametrize(
    ("payload", "change"),
    [
        ({"ChangeType": "create"}, Change("create")),
        ({"ChangeType": "update", "UpdateDetail": "add_member", "MemChangeCnt": "2"}, Change("add_member", (), 2)),
        (
            {"ChangeType": "update", "UpdateDetail": "del_member", "MemChangeList": {"Item": ["wmA", "wmA", "wmB"]}},
            Change("del_member", ("wmA", "wmB"), 2),
        ),
        (
            {"ChangeType": "update", "UpdateDetail": "add_member", "MemChangeList": "wmA,wmB"},
            Change("add_member", ("wmA", "wmB"), 2),
        ),
        ({"ChangeType": "update", "LastMemVer": ["x"], "MemChangeCnt": "-1", "MemChangeList": {"Item": [7, None]}}, Change("")),
    ],
)
def test_what_a_callback_says(payload: dict[str, Any], change: Change) -> None:
    assert through.group_change(payload) == change


async def test_odd_members_spoil_only_themselves_and_emoji_stay_whole() -> None:
    members = [
        {"userid": "xiaolin", "type": 1, "name": "小林"},
        {"userid": "wmA", "type": 2, "name": "👩‍🌾果园\n阿姨\u202e", "unionid": "ox1", "join_time": 1700000000, "state": "sh"},
        {"userid": "wmB", "type": 2, "name": "王女士", "group_nickname": "老顾客", "join_time": "soon"},
        {"userid": "wmB", "type": 2, "name": "又一次"},
        {"userid": "wmC"},
        {"userid": "somebody"},
        {"type": 2},
        7,
    ]
    async with tiny_platform() as tiny, session() as http:
        client = WeComClient(account(tiny.url), http)
        tiny.said("externalcontact/groupchat/get", {"errcode": 0, "group_chat": {"owner": "XiaoLin", "member_list": members}})
        found = await groups.group(client, "wrG")
        empty: list[dict[str, Any]] = [{"owner": "x"}, {"owner": "x", "member_list": []}, {}]
        tiny.said("externalcontact/groupchat/get", *({"errcode": 0, "group_chat": one} for one in empty))
        for _ in empty:
            with pytest.raises(TemporaryDeliveryError, match="no group"):
                await groups.group(client, "wrG")
    assert found.owner == "xiaolin"
    assert found.shoppers == (
        Shopper("wmA", "👩‍🌾果园 阿姨", "ox1", 1700000000, "sh"),
        Shopper("wmB", "又一次"),
        Shopper("wmC"),
    )
    assert tiny.asked("externalcontact/groupchat/get")[0]["need_name"] == 1


async def test_the_list_comes_in_pages_and_by_owners_where_there_are_too_many() -> None:
    async with tiny_platform() as tiny, session() as http:
        client = WeComClient(account(tiny.url), http)
        pages = [
            {"group_chat_list": [{"chat_id": "wr1"}, {"x": 1}], "next_cursor": "c1"},
            {"group_chat_list": [{"chat_id": "wr2"}]},
        ]
        tiny.said("externalcontact/groupchat/list", *({"errcode": 0, **page} for page in pages))
        assert await groups.listed(client, ["a"]) == ("wr1", "wr2")
        tiny.said("externalcontact/groupchat/list", {"errcode": 81017}, {"errcode": 0, **pages[1]})
        assert await groups.listed(client, [f"g{n}" for n in range(150)]) == ("wr2",)
    asked = tiny.asked("externalcontact/groupchat/list")
    assert [one.get("cursor") for one in asked] == [None, "c1", None, None, None]
    assert [len(one["owner_filter"]["userid_list"]) for one in asked[3:]] == [100, 50]
