"""Several who learn of the same new shoppers in one instant: everybody keeps what they know, nobody fails."""

import asyncio
from datetime import UTC, datetime, timedelta

from facts_rig import rows
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import contacts, wecom_groups, wecom_groups_kept
from bot.db.contacts import Relation
from bot.db.wecom_groups import Found, Person

NOW = datetime(2026, 5, 20, 14, 0, tzinfo=UTC)
PEOPLE = tuple(f"wm{n:03}" for n in range(200))
ROUNDS = 4


async def test_groups_with_the_same_new_people_are_read_at_once(engine: AsyncEngine) -> None:
    for turn in range(ROUNDS):
        people = tuple(Person(f"{turn}-{who}", f"客人{who}", f"u{who}") for who in PEOPLE)
        chats = [f"wr{turn}{n}" for n in range(4)]
        await wecom_groups.enrol(engine, "demo", chats, NOW, timedelta(days=1))
        looks = await wecom_groups.claim(engine, "demo", NOW, len(chats))
        found = Found(version="1", name="一个群", owner="xiaolin", people=people)
        kept = await asyncio.gather(*(wecom_groups_kept.keep(engine, look, found, [], NOW) for look in looks))
        assert len(kept) == len(chats)
        assert None not in kept
    (count,) = await rows(
        engine, "select count(*) as n, count(unionid) as known, count(name) as named from customers where name like '客人%'"
    )
    assert set(count.values()) == {ROUNDS * len(PEOPLE)}
    (present,) = await rows(engine, "select count(*) as n from members")
    assert present["n"] == ROUNDS * len(PEOPLE) * 4


async def test_a_new_contact_of_two_guides_is_told_of_at_once(engine: AsyncEngine) -> None:
    for who in PEOPLE[:40]:
        both = [Relation("wecom_contact", "demo", f"guide{n}", who, guide=f"g{n}", store=f"s{n}") for n in range(4)]
        await asyncio.gather(*(contacts.opened(engine, one) for one in both))
    whose = await rows(engine, "select guide, store from customers")
    assert len(whose) == 40
    assert all(one["guide"][1:] == one["store"][1:] for one in whose), "the first guide who was told of, and their store"
    (talks,) = await rows(engine, "select count(*) as n from conversations")
    assert talks["n"] == 160


async def test_what_is_known_of_a_contact_stays(engine: AsyncEngine) -> None:
    nobody = Relation("wecom_contact", "demo", "boss", PEOPLE[0])
    await contacts.opened(engine, nobody)
    await contacts.opened(engine, Relation("wecom_contact", "demo", "xiaolin", PEOPLE[0], guide="g1", store="s1"))
    await contacts.opened(engine, Relation("wecom_contact", "demo", "xiaozhou", PEOPLE[0], guide="g2", store="s2"))
    await contacts.opened(engine, nobody)
    assert await rows(engine, "select guide, store from customers") == [{"guide": "g1", "store": "s1"}]
