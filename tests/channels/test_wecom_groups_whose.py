"""Customer groups of WeCom: whose they are and who sees them, their end, and what is found without any callback."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from channels_rig import session
from facts_rig import rows
from wecom_groups_rig import CHAT, DAY, TALK, Hall, both

from bot.channels.wecom import through
from bot.db import contacts, wecom_groups
from bot.db.erasure import ERASED
from bot.db.users import User
from bot.front.wecom_desk import of_place
from bot.ids import customer_id
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.roles import carry
from bot.settings import Settings
from bot.wiring import World

# whose it is


async def test_an_owner_who_is_no_guide_of_ours_leaves_the_group_to_nobody(hall: Hall) -> None:
    hall.platform.change_group(CHAT, "make", "somebody")
    hall.platform.join_group(CHAT, *hall.arrive("王女士"), state="code-s1")
    await hall.hear()
    await hall.call()
    assert await hall.whose() == (None, None, None)
    (said,) = await hall.welcome()
    assert "王女士" in said


async def test_a_guide_of_no_store_owns_the_group_without_a_store(hall: Hall) -> None:
    hall.platform.change_group(CHAT, "make", "boss")
    await hall.hear()
    await hall.call()
    assert (await hall.whose())[1:] == ("g3", None)


async def test_a_store_that_people_gave_the_group_stays_until_it_has_another_owner(known: Hall) -> None:
    await known.run("update conversations set store = 's9' where id = :id", id=TALK)
    await known.run("update groups set guide = 'g9' where conversation_id = :id", id=TALK)
    known.platform.change_group(CHAT, "rename", "又一个名字")
    await known.hear()
    await known.call()
    assert await known.whose() == ("又一个名字", "g1", "s9")
    assert await rows(known.engine, "select * from audit") == []
    (who,) = known.arrive("王女士")
    known.platform.join_group(CHAT, who)
    known.platform.change_group(CHAT, "give", "XiaoZhou")
    await known.hear()
    await known.call()
    assert (await known.whose())[1:] == ("g2", "s2")
    (told,) = await rows(known.engine, "select actor, action, subject, details from audit")
    assert (told["actor"], told["action"], told["subject"]) == ("企业微信", "group.owner", TALK)
    assert told["details"] == {"from_guide": "g1", "guide": "g2", "from_store": "s9", "store": "s2"}
    stores = await rows(known.engine, "select store from customers where channel = 'wecom_group'")
    assert {row["store"] for row in stores} == {"s2"}


async def test_a_change_of_owner_that_was_lost_is_found_the_next_day_and_told_once(known: Hall) -> None:
    known.platform.change_group(CHAT, "give", "xiaozhou")
    known.told.clear()
    for _ in range(2):
        await known.call(after=DAY + 1)
    assert (await known.whose())[1:] == ("g2", "s2")
    known.platform.change_group(CHAT, "give", "somebody")
    await known.hear()
    await known.call()
    assert (await known.whose())[1:] == (None, "s2")
    assert len(await rows(known.engine, "select * from audit")) == 2


async def test_a_guide_of_another_store_does_not_see_the_group(known: Hall) -> None:
    known.platform.join_group(CHAT, *known.arrive("王女士"))
    await known.hear()
    await known.call()
    relation = of_place(through.group_of("demo", CHAT))
    lin = User("小林", "guide", "g1", "s1", must_change=False)
    zhou = User("小周", "guide", "g2", "s2", must_change=False)
    assert await contacts.seen(known.engine, lin, relation) == TALK
    assert await contacts.seen(known.engine, zhou, relation) is None
    known.platform.change_group(CHAT, "give", "xiaozhou")
    await known.hear()
    await known.call()
    assert await contacts.seen(known.engine, lin, relation) is None
    assert await contacts.seen(known.engine, zhou, relation) == TALK


# the end


async def test_into_a_dismissed_group_nothing_is_offered_any_more(known: Hall) -> None:
    known.platform.join_group(CHAT, *known.arrive("小李"))
    await known.hear()
    await known.call()
    assert len(await known.welcome()) == 1
    known.platform.join_group(CHAT, *known.arrive("小王"))
    await known.hear()
    await known.call()
    await known.think()
    known.platform.change_group(CHAT, "dismiss")
    events = list(known.told)
    await known.hear()
    assert await known.offered() == []
    await known.think(after=9)
    assert await known.offered() == []
    await known.call()
    assert await rows(known.engine, "select id from inbox where state = 'new'") == []
    await known.run(
        "insert into outbox (msgid, conversation_id, author, epoch, speech) "
        """select 'm9', id, 'bot', epoch, '{"text": "今晚八点开团"}' from conversations where id = :id""",
        id=TALK,
    )
    await known.think()
    assert await known.offered() == []
    states = await rows(known.engine, "select state from outbox order by id")
    assert {row["state"] for row in states} == {"dropped", "failed"}
    await known.hear(*events)
    asked = known.asked()
    await known.call(after=DAY)
    assert known.asked() == asked
    (group,) = await rows(known.engine, "select opted_out_at from customers where external = :chat", chat=CHAT)
    assert group["opted_out_at"] is not None


async def test_a_dismissal_that_was_lost_is_found_by_asking(known: Hall) -> None:
    known.platform.join_group(CHAT, *known.arrive("小李"))
    await known.hear()
    await known.call()
    assert len(await known.welcome()) == 1
    known.platform.change_group(CHAT, "dismiss")
    known.told.clear()
    await known.call(after=DAY / 4)
    assert len(await known.offered()) == 1
    await known.call(after=DAY)
    assert await known.offered() == []
    assert (await known.kinds())[-1] == "group_dismissed"


# at the start, once a day


async def test_groups_of_which_nobody_told_us_are_found_at_the_start_and_nobody_is_welcomed(hall: Hall) -> None:
    people = hall.arrive(*(f"客人{n}" for n in range(30)))
    for n in range(15):
        hall.platform.join_group(f"wrGroup{n:02}", *people[: n + 1])
    hall.told.clear()
    other = hall.another()
    for _ in range(3):
        await both(hall.call(), other.step())
    assert hall.asked() == 15
    assert await hall.kinds() == []
    (found,) = await rows(hall.engine, "select count(*) as n from members")
    assert found["n"] == sum(range(1, 16))
    await hall.call(rollcall=hall.another())
    assert hall.asked() == 15
    await hall.call(after=DAY + 60)
    await hall.call()
    assert hall.asked() == 30
    assert hall.asked("list") == 4


async def test_whom_a_group_forgot_is_not_read_again(known: Hall) -> None:
    (who,) = known.arrive("王女士")
    known.platform.befriend("xiaolin", who)
    known.platform.join_group(CHAT, who)
    await known.hear()
    await known.call()
    person = customer_id("wecom_group", "demo", who)
    await known.run("update members set name = :name", name=ERASED)
    await known.run("update customers set name = null, unionid = null where id = :id", id=person)
    await known.call(after=DAY + 1)
    assert (await known.members())[who][0] == ERASED
    (row,) = await rows(known.engine, "select name, unionid from customers where id = :id", id=person)
    assert tuple(row.values()) == (None, None)
    known.platform.change_group(CHAT, "leave", who)
    await known.hear()
    await known.call()
    known.platform.join_group(CHAT, who)
    await known.hear()
    await known.call()
    assert (await known.members())[who] == ("王女士", "", True)


async def test_a_contact_whose_unionid_we_know_is_the_same_person_in_the_group(known: Hall) -> None:
    (who,) = known.arrive("王女士")
    await known.run(
        "insert into customers (id, channel, account, external, unionid) values ('c1', 'wecom_contact', 'demo', :who, 'oxKnown')",
        who=who,
    )
    known.platform.join_group(CHAT, who)
    await known.hear()
    await known.call()
    person = customer_id("wecom_group", "demo", who)
    assert (await rows(known.engine, "select unionid from customers where id = :id", id=person))[0]["unionid"] == "oxKnown"


async def test_the_courier_calls_the_roll_beside_its_work(
    hall: Hall, client: Client, queues: Mapping[str, DueQueue], live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(carry, "_GROUPS", 0.01)
    (who,) = hall.arrive("王女士")
    hall.platform.join_group(CHAT, who, state="code-s1")
    await hall.hear()
    hall.platform.advance(3)
    settings = Settings.from_environment({**hall.environ, "DAOGOU_HOME": str(tmp_path)})
    stop = asyncio.Event()
    async with session() as http:
        world = World(settings, hall.engine, client, queues, live, http, hall.clock)
        running = asyncio.create_task(carry.carry(world, stop))
        async with asyncio.timeout(20):
            while not await hall.members():
                await asyncio.sleep(0.02)
        stop.set()
        await running
    assert await hall.members() == {who: ("王女士", "code-s1", True)}
    assert (await queues["turn"].claim(9, wecom_groups.LEASE)).taken[0].member == TALK
