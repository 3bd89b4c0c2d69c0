"""Customer groups of the simulated platform: what the callbacks say, what the API knows and when, and who may ask."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox, start
from bot.sandbox.errors import ActRefusedError
from tests.sandbox.rig import Rig

CHAT = "wrGroup1"


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.platform.grant_contacts()
    return made


def told(rig: Rig) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    rig.platform.on_event(lambda event: heard.append(dict(event)))
    return heard


def get(rig: Rig, chat: str = CHAT, **more: object) -> dict[str, Any]:
    return rig.call("externalcontact/groupchat/get", **{"chat_id": chat, "need_name": 1, **more})


def test_nobody_may_ask_before_the_console_allows_it() -> None:
    for api in ("get", "list"):
        assert Rig().call(f"externalcontact/groupchat/{api}", chat_id=CHAT, limit=9)["errcode"] == 48002


def test_whoever_comes_by_a_code_is_shown_with_it_and_told_with_the_versions(rig: Rig) -> None:
    heard = told(rig)
    others = [rig.platform.arrive(name).external_userid for name in ("小李", "小王")]
    rig.platform.befriend("xiaolin", rig.who)
    rig.platform.join_group(CHAT, rig.who, state="store_sh_01")
    rig.platform.join_group(CHAT, *others)
    create, first, second = (one for one in heard if one["Event"] == "change_external_chat")
    assert (create["ChangeType"], first["UpdateDetail"], first["JoinScene"], second["JoinScene"]) == (
        "create",
        "add_member",
        "3",
        "0",
    )
    assert (first["MemChangeList"], second["MemChangeCnt"]) == ({"Item": [rig.who]}, "2")
    assert first["CurMemVer"] == second["LastMemVer"]
    chat = get(rig)["group_chat"]
    assert chat["member_version"] == second["CurMemVer"]
    assert [(one["userid"], one["type"], one.get("state"), one["name"]) for one in chat["member_list"]] == [
        ("xiaolin", 1, None, "xiaolin"),
        (rig.who, 2, "store_sh_01", "王女士"),
        (others[0], 2, None, "小李"),
        (others[1], 2, None, "小王"),
    ]
    assert chat["member_list"][1]["unionid"].startswith("ox")
    assert "name" not in get(rig, need_name=0)["group_chat"]["member_list"][1]


def test_the_api_knows_a_change_only_when_it_has_settled(rig: Rig) -> None:
    rig.platform.join_group(CHAT, rig.who)
    rig.platform.advance(60)
    rig.platform.world.customer_groups.settles = 2
    before = get(rig)["group_chat"]
    rig.platform.change_group(CHAT, "leave", rig.who)
    rig.platform.change_group(CHAT, "rename", "新名字")
    assert get(rig)["group_chat"] == before
    rig.platform.advance(1.9)
    assert get(rig)["group_chat"] == before
    rig.platform.advance(0.2)
    after = get(rig)["group_chat"]
    assert (after["name"], len(after["member_list"])) == ("新名字", 1)
    assert after["member_version"] != before["member_version"]


def test_a_dismissed_group_and_one_that_never_was_are_refused(rig: Rig) -> None:
    assert get(rig)["errcode"] == 90501
    rig.platform.change_group(CHAT, "make", "xiaolin")
    rig.platform.change_group(CHAT, "dismiss")
    assert get(rig)["errcode"] == 49008
    with pytest.raises(ActRefusedError, match="解散"):
        rig.platform.join_group(CHAT, rig.who)


def test_what_wechat_would_not_let_people_do_is_refused(rig: Rig) -> None:
    rig.platform.join_group(CHAT, rig.who)
    with pytest.raises(ActRefusedError, match="已经在群里"):
        rig.platform.join_group(CHAT, rig.who)
    with pytest.raises(ActRefusedError, match="wr"):
        rig.platform.join_group("x1", rig.who)
    with pytest.raises(ActRefusedError, match="500"):
        rig.platform.join_group(CHAT, *(rig.platform.arrive(f"客人{n}").external_userid for n in range(499)))
    with pytest.raises(ActRefusedError, match="state"):
        rig.platform.join_group("wr2", rig.who, state="x" * 31)
    for act, what in (("leave", "xiaolin"), ("leave", "nobody"), ("make", ""), ("fly", "")):
        with pytest.raises(ActRefusedError):
            rig.platform.change_group(CHAT, act, what)


def test_groups_are_listed_by_pages_and_owners(rig: Rig) -> None:
    for n in range(5):
        rig.platform.change_group(f"wr{n}", "make", "xiaolin" if n % 2 else "xiaozhou")
    rig.platform.change_group("wr4", "dismiss")
    first = rig.call("externalcontact/groupchat/list", limit=3)
    assert [one["chat_id"] for one in first["group_chat_list"]] == ["wr0", "wr1", "wr2"]
    rest = rig.call("externalcontact/groupchat/list", limit=3, cursor=first["next_cursor"])
    assert [one["chat_id"] for one in rest["group_chat_list"]] == ["wr3"]
    assert "next_cursor" not in rest
    own = rig.call("externalcontact/groupchat/list", limit=9, owner_filter={"userid_list": ["xiaolin"]})
    assert [one["chat_id"] for one in own["group_chat_list"]] == ["wr1", "wr3"]
    assert rig.call("externalcontact/groupchat/list", limit=0)["errcode"] == 40058
    for n in range(1000):
        rig.platform.change_group(f"wrMany{n}", "make", "boss")
    assert rig.call("externalcontact/groupchat/list", limit=9)["errcode"] == 81017


async def test_groups_are_played_over_http() -> None:
    sandbox: Sandbox = await start(clock="virtual")
    who = sandbox.platform.arrive("王女士").external_userid
    root = f"{sandbox.url}/sandbox/api/customer_groups"
    try:
        async with aiohttp.ClientSession() as http:
            for path, body, status in (
                (f"{CHAT}/make", {"what": "xiaozhou"}, 200),
                (f"{CHAT}/rename", {"what": "一群"}, 200),
                (f"{CHAT}/join", {"who": [who], "state": "code", "settles": 2}, 200),
                (f"{CHAT}/join", {"who": []}, 409),
                (f"{CHAT}/fly", {}, 409),
            ):
                async with http.post(f"{root}/{path}", json=body) as answer:
                    assert answer.status == status, path
            async with http.get(root) as answer:
                assert await answer.json() == {CHAT: {"name": "一群", "owner": "xiaozhou", "members": 2}}
    finally:
        await sandbox.close()
