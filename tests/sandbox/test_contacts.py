"""External contacts of the simulated platform: the app must be allowed, tags hang on relations, marking twice is once."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox, start
from bot.sandbox.client import SandboxClient
from bot.sandbox.errors import ActRefusedError
from tests.sandbox.rig import Rig


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.platform.grant_contacts()
    return made


def get(rig: Rig) -> dict[str, Any]:
    return rig.call("externalcontact/get", external_userid=rig.who)


def test_nobody_may_ask_before_the_console_allows_it() -> None:
    for api in ("get", "get_corp_tag_list", "mark_tag"):
        assert Rig().call(f"externalcontact/{api}", external_userid="x", userid="y")["errcode"] == 48002


def test_a_shopper_whom_nobody_has_as_a_contact_is_not_told_of(rig: Rig) -> None:
    assert get(rig)["errcode"] == 84061
    assert rig.call("externalcontact/get", external_userid="wmNobody")["errcode"] == 40096


def test_a_contact_comes_with_unionid_followers_and_their_tags(rig: Rig) -> None:
    ids = rig.platform.corp_tags("肤质", "干性", "油性")
    rig.platform.befriend("xiaolin", rig.who)
    rig.platform.befriend("xiaozhou", rig.who)
    rig.platform.tag("xiaolin", rig.who, "肤质", "干性")
    answer = get(rig)
    assert answer["external_contact"]["name"] == "王女士"
    assert answer["external_contact"]["unionid"].startswith("ox")
    assert [(one["userid"], one["tags"]) for one in answer["follow_user"]] == [
        ("xiaolin", [{"group_name": "肤质", "tag_name": "干性", "tag_id": ids["干性"], "type": 1}]),
        ("xiaozhou", []),
    ]
    rig.platform.tag("xiaolin", rig.who, "肤质", "干性", on=False)
    assert rig.platform.tags_of(rig.who) == {"xiaolin": [], "xiaozhou": []}


def test_the_list_of_tags_is_asked_for_whole_or_in_part(rig: Rig) -> None:
    ids = {**rig.platform.corp_tags("肤质", "干性", "油性"), **rig.platform.corp_tags("等级", "金卡")}
    assert rig.platform.corp_tags("肤质", "干性")["干性"] == ids["干性"]
    groups = rig.call("externalcontact/get_corp_tag_list")["tag_group"]
    assert [(one["group_name"], [tag["name"] for tag in one["tag"]]) for one in groups] == [
        ("肤质", ["干性", "油性"]),
        ("等级", ["金卡"]),
    ]
    (one,) = rig.call("externalcontact/get_corp_tag_list", tag_id=[ids["油性"]])["tag_group"]
    assert [tag["id"] for tag in one["tag"]] == [ids["油性"]]
    (other,) = rig.call("externalcontact/get_corp_tag_list", tag_id=[ids["油性"]], group_id=[groups[1]["group_id"]])["tag_group"]
    assert other["group_name"] == "等级"


def test_marking_twice_is_marking_once_and_what_is_wrong_is_refused(rig: Rig) -> None:
    ids = rig.platform.corp_tags("肤质", "干性", "油性")
    rig.platform.befriend("xiaolin", rig.who)
    base = {"userid": "xiaolin", "external_userid": rig.who}
    for _ in range(2):
        assert rig.call("externalcontact/mark_tag", **base, add_tag=[ids["干性"]])["errcode"] == 0
    assert rig.platform.tags_of(rig.who) == {"xiaolin": ["肤质/干性"]}
    swap = {"add_tag": [ids["油性"]], "remove_tag": [ids["干性"]]}
    assert rig.call("externalcontact/mark_tag", **base, **swap)["errcode"] == 0
    assert rig.platform.tags_of(rig.who) == {"xiaolin": ["肤质/油性"]}
    assert rig.call("externalcontact/mark_tag", **base, add_tag=["etNone"])["errcode"] == 40068
    assert rig.call("externalcontact/mark_tag", **base | {"userid": "xiaozhou"}, add_tag=[ids["干性"]])["errcode"] == 84061
    assert rig.call("externalcontact/mark_tag", **base)["errcode"] == 40058


def test_staff_cannot_tag_strangers_or_with_what_the_enterprise_has_not(rig: Rig) -> None:
    rig.platform.corp_tags("肤质", "干性")
    for group, name in (("肤质", "干性"), ("肤质", "紫色")):
        with pytest.raises(ActRefusedError):
            rig.platform.tag("xiaolin", rig.who, group, name)
        rig.platform.befriend("xiaolin", rig.who)
        if name == "干性":
            rig.platform.tag("xiaolin", rig.who, group, name)
    with pytest.raises(ActRefusedError):
        rig.platform.corp_tags("这个标签组的名字实在是太长太长了", "干性")


async def test_tags_are_set_over_the_control_api_and_stand_in_its_state() -> None:
    sandbox: Sandbox = await start(clock="virtual")
    try:
        async with aiohttp.ClientSession() as http:
            client = SandboxClient(sandbox.url, http)
            who = sandbox.platform.arrive("王女士").external_userid
            await client.ask("PUT", "/contacts", {"granted": True, "group": "肤质", "names": ["干性"]})
            await client.ask("POST", "/servicers/xiaolin/befriend", {"external_userid": who})
            await client.ask("POST", "/servicers/xiaolin/tag", {"external_userid": who, "group": "肤质", "name": "干性"})
            state = await client.ask("GET", "/state")
            with pytest.raises(ActRefusedError):
                await client.ask("PUT", "/contacts", {"names": [7]})
    finally:
        await sandbox.close()
    assert state["contacts"] == {
        "granted": True,
        "corp_tags": {"肤质": ["干性"]},
        "tags": {who: {"xiaolin": ["肤质/干性"]}},
    }
