"""Customer groups of WeCom: read after callbacks of every kind, newcomers welcomed by name through the guide, once."""

from random import Random

import pytest
from facts_rig import rows
from wecom_groups_rig import CHAT, DAY, Hall, both

from bot.db import wecom_groups
from bot.ids import customer_id
from bot.sandbox import Faults

# who comes


async def test_whoever_comes_by_a_stores_code_is_welcomed_by_name_with_its_coupon_through_the_guide(known: Hall) -> None:
    (who,) = known.arrive("王女士")
    known.platform.befriend("xiaolin", who)
    known.platform.join_group(CHAT, who, state="code-s1")
    await known.hear()
    asked = known.asked()
    await known.call(after=1)
    assert known.asked() == asked
    await known.call(after=1)
    assert await known.members() == {who: ("王女士", "code-s1", True)}
    (person,) = await rows(
        known.engine, "select unionid, store from customers where id = :id", id=customer_id("wecom_group", "demo", who)
    )
    assert (person["unionid"][:2], person["store"]) == ("ox", "s1")
    (said,) = await known.welcome()
    assert said.startswith("欢迎王女士来到徐汇店的群")
    assert "徐汇店新人券" in said
    assert await known.coupons() == ["new-s1"]
    assert await known.whose() == ("会员福利1群", "g1", "s1")


async def test_those_who_come_together_by_different_codes_hear_one_welcome_with_both_coupons(known: Hall) -> None:
    a, b, c = known.arrive("小李", "小王", "小张")
    known.platform.join_group(CHAT, a, state="code-s1")
    known.platform.join_group(CHAT, b, state="code-s2")
    known.platform.join_group(CHAT, c)
    await known.hear()
    await known.call()
    (said,) = await known.welcome()
    assert "小李" in said
    assert sorted(await known.coupons()) == ["new-s1", "new-s2"]
    assert (await known.members())[c] == ("小张", "", True)


async def test_callbacks_that_come_three_times_in_any_order_to_two_processes_are_one_welcome(known: Hall) -> None:
    people = known.arrive(*(f"客人{n}" for n in range(5)))
    for one in people:
        known.platform.join_group(CHAT, one, state="code-s1")
        known.platform.advance(0.2)
    known.platform.change_group(CHAT, "leave", people[4])
    events = list(known.told) * 3
    Random(4).shuffle(events)
    other = known.another()
    for event in events:
        await known.hear(event)
        await both(known.call(after=0.5), other.step())
    await both(known.call(), other.step())
    assert await known.kinds() == ["member_joined"] * len(await known.kinds())
    (said,) = await known.welcome()
    assert [f"客人{n}" in said for n in range(5)] == [True] * 4 + [False]
    assert await known.coupons() == ["new-s1"] * 4
    assert [here for _, _, here in (await known.members()).values()].count(True) == 4
    await known.hear(*events)
    await both(known.call(), other.step())
    assert len(await known.welcome()) == 1


async def test_one_asks_at_a_time_for_one_group(known: Hall) -> None:
    known.platform.join_group(CHAT, *known.arrive("小李"))
    await known.hear()
    known.platform.advance(2)
    now = known.clock.now()
    (look,) = await wecom_groups.claim(known.engine, "demo", now, 9)
    assert await wecom_groups.claim(known.engine, "demo", now, 9) == ()
    known.platform.advance(wecom_groups.LEASE.total_seconds() + 1)
    (again,) = await wecom_groups.claim(known.engine, "demo", known.clock.now(), 9)
    assert again.callbacks == look.callbacks != ()


async def test_whoever_lost_the_lease_keeps_nothing(known: Hall) -> None:
    known.platform.join_group(CHAT, *known.arrive("小李"))
    await known.hear()
    await known.run(
        "update customers set profile = profile || jsonb_build_object('group', profile -> 'group' || '{\"upto\": 0}')"
    )
    known.platform.advance(2)
    (look,) = await wecom_groups.claim(known.engine, "demo", known.clock.now(), 9)
    known.platform.advance(wecom_groups.LEASE.total_seconds() + 1)
    await known.call(after=0)
    before = await known.kinds()
    await known.rollcall._read(look, {})
    assert await known.kinds() == before == ["member_joined"]
    assert await known.whose() == ("会员福利1群", "g1", "s1")


async def test_data_that_settle_late_are_waited_for(known: Hall) -> None:
    known.platform.world.customer_groups.settles = 9
    (who,) = known.arrive("王女士")
    known.platform.join_group(CHAT, who, state="code-s1")
    await known.hear()
    for _ in range(4):
        await known.call()
        assert await known.kinds() == []
    await known.call()
    assert await known.kinds() == ["member_joined"]
    assert (await known.members())[who] == ("王女士", "code-s1", True)


async def test_data_that_do_not_settle_in_time_make_a_welcome_without_names_and_are_read_later(known: Hall) -> None:
    known.platform.world.customer_groups.settles = 60
    (who,) = known.arrive("王女士")
    known.platform.join_group(CHAT, who, state="code-s1")
    await known.hear()
    for _ in range(11):
        await known.call()
    (said,) = await known.welcome()
    assert "王女士" not in said
    for _ in range(6):
        await known.call(after=10)
    assert (await known.members())[who] == ("王女士", "code-s1", True)
    assert len(await known.welcome()) == 1


@pytest.mark.parametrize("faults", [Faults(busy=1), Faults(freq=1), Faults(http_500=1)])
async def test_where_the_platform_fails_the_welcome_is_plain_after_twenty_seconds_and_once(known: Hall, faults: Faults) -> None:
    (who,) = known.arrive("王女士")
    known.platform.join_group(CHAT, who, state="code-s1")
    await known.hear()
    known.platform.put_faults(faults)
    for _ in range(9):
        await known.call()
    assert await known.kinds() == []
    for _ in range(3):
        await known.call()
    assert await known.kinds() == ["member_joined"]
    (said,) = await known.welcome()
    assert said.startswith("欢迎新朋友")
    known.platform.put_faults(Faults())
    for _ in range(10):
        await known.call(after=60)
    assert (await known.members())[who] == ("王女士", "code-s1", True)
    assert await known.kinds() == ["member_joined"]


async def test_an_app_that_may_not_ask_still_welcomes_and_is_left_alone(known: Hall) -> None:
    known.platform.grant_contacts(on=False)
    known.platform.join_group(CHAT, *known.arrive("王女士", "小李"))
    await known.hear()
    before = known.asked()
    for _ in range(12):
        await known.call()
    assert known.asked() == before + 1
    (said,) = await known.welcome()
    assert "2 位新朋友" in said


async def test_an_event_that_names_nobody_is_welcomed_plainly_where_nobody_can_be_asked(known: Hall) -> None:
    known.platform.join_group(CHAT, *known.arrive("王女士", "小李", "小张"))
    (event,) = known.told
    bare = {name: value for name, value in event.items() if name not in {"MemChangeList", "LastMemVer", "CurMemVer"}}
    await known.hear(bare)
    known.platform.put_faults(Faults(busy=1))
    for _ in range(12):
        await known.call()
    assert await known.kinds() == ["group_joined"]
    (said,) = await known.welcome()
    assert "3 位新朋友" in said
    known.platform.put_faults(Faults())
    for _ in range(3):
        await known.call(after=60)
    assert len(await known.members()) == 3
    assert await known.kinds() == ["group_joined"]


async def test_an_event_that_names_nobody_welcomes_whoever_is_new(known: Hall) -> None:
    known.platform.join_group(CHAT, *known.arrive("王女士"), state="code-s1")
    (event,) = known.told
    await known.hear({name: value for name, value in event.items() if name not in {"MemChangeList", "LastMemVer", "CurMemVer"}})
    await known.call()
    (said,) = await known.welcome()
    assert said.startswith("欢迎王女士来到徐汇店")


async def test_staff_who_come_in_are_nobody_to_welcome_and_no_shoppers(known: Hall) -> None:
    known.platform.change_group(CHAT, "give", "xiaozhou")
    staff = {"UpdateDetail": "add_member", "MemChangeCnt": "1", "MemChangeList": {"Item": "xiaozhou"}}
    await known.hear({"Event": "change_external_chat", "ChatId": CHAT, "ChangeType": "update", **staff}, *known.told)
    for _ in range(5):
        await known.call()
    assert await known.kinds() == []
    assert await known.members() == {}


async def test_a_lost_callback_is_made_good_by_the_next_one_of_the_group(known: Hall) -> None:
    a, b, c = known.arrive("小李", "小王", "小张")
    known.platform.join_group(CHAT, a, b, state="code-s1")
    await known.hear()
    await known.call()
    known.platform.change_group(CHAT, "leave", a)
    known.platform.join_group(CHAT, c, state="code-s1")
    known.told.clear()
    known.platform.change_group(CHAT, "rename", "新名字")
    await known.hear()
    await known.call()
    (said,) = await known.welcome()
    assert all(name in said for name in ("小李", "小王", "小张"))
    assert {name: here for name, _, here in (await known.members()).values()} == {"小李": False, "小王": True, "小张": True}
    assert (await known.whose())[0] == "新名字"


async def test_whoever_comes_back_keeps_their_row_and_gets_no_second_coupon(known: Hall) -> None:
    (who,) = known.arrive("小李")
    known.platform.join_group(CHAT, who, state="code-s1")
    await known.hear()
    await known.call()
    await known.welcome()
    known.platform.change_group(CHAT, "leave", who)
    await known.hear()
    await known.call()
    assert (await known.members())[who] == ("小李", "code-s1", False)
    known.platform.advance(2 * DAY)
    known.platform.join_group(CHAT, who, state="code-s2")
    await known.hear()
    await known.call()
    assert (await known.members())[who] == ("小李", "code-s2", True)
    await known.welcome()
    known.platform.change_group(CHAT, "leave", who)
    known.platform.advance(2 * DAY)
    known.platform.join_group(CHAT, who, state="code-s1")
    await known.hear()
    await known.call()
    said = (await known.welcome())[-1]
    assert "小李" in said
    assert "券" not in said
    assert await known.coupons() == ["new-s1", "new-s2"]


async def test_leaves_need_no_question(known: Hall) -> None:
    people = known.arrive("小李", "小王", "小张")
    known.platform.join_group(CHAT, *people)
    await known.hear()
    await known.call()
    asked = known.asked()
    known.platform.change_group(CHAT, "leave", people[0])
    known.platform.change_group(CHAT, "remove", people[1])
    known.told.reverse()
    await known.hear()
    await known.call()
    assert known.asked() == asked
    assert [here for _, _, here in (await known.members()).values()].count(True) == 1
    known.platform.advance(DAY)
    await known.call()
    assert known.asked() == asked + 1


async def test_a_full_group_with_names_of_every_kind(known: Hall) -> None:
    names = ["👩‍🌾果园阿姨", "\x00坏字符", "", "  空 格 ", "'; drop table members; --", "长" * 300, "a\u202eb"]
    people = known.arrive(*names, *(f"🍓{n}号" for n in range(499 - len(names))))
    known.platform.join_group(CHAT, *people, state="code-s1")
    await known.hear()
    await known.call()
    found = await known.members()
    assert len(found) == 499
    assert [found[one][0] for one in people[:2]] == ["👩‍🌾果园阿姨", "坏字符"]
    (said,) = await known.welcome()
    assert "499 位新朋友" in said
    assert len(await known.coupons()) == 499
    asked = known.asked()
    await known.call(after=DAY)
    assert known.asked() == asked + 1
    assert await known.kinds() == ["member_joined"]
