"""Events on a real database: kept once, with what is owned and concluded, learnt from, and gone when somebody is forgotten."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from bot_rooms import KINDS, a_product
from facts_rig import NOON, accept, an_arrival, conversation, rows, waiting
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import events, people
from bot.db.engine import make_engine
from bot.db.events import Deed, Kind
from bot.db.people import Person, Who
from bot.experience import EVERY, Experience
from bot.model import Evidence
from recommender import Recommender, Shopper, Wish
from tests.conftest import ManualClock

YEAR = timedelta(days=365)


async def shopper(engine: AsyncEngine, external: str = "wm1", unionid: str | None = None, account: str = "demo") -> str:
    """A customer who has written once; their id."""
    await accept(engine, an_arrival(f"hi-{account}-{external}", external=external, account=account))
    async with engine.begin() as connection:
        found = await connection.execute(
            text("update customers set unionid = :u where external = :e and account = :a returning id"),
            {"u": unionid, "e": external, "a": account},
        )
        return str(found.scalar_one())


async def who(engine: AsyncEngine, *asked: Who) -> list[Person | None]:
    async with engine.connect() as connection:
        return await people.persons(connection, asked)


async def person(engine: AsyncEngine, customer: str) -> Person:
    (found,) = await who(engine, Who(id=customer))
    assert found is not None
    return found


async def record(engine: AsyncEngine, *deeds: Deed) -> tuple[int | None, ...]:
    async with engine.begin() as connection:
        return await events.record(connection, deeds)


def a_deed(who: Person, key: str, kind: Kind = "buy", sku: str = "p1", at: datetime = NOON, **more: Any) -> Deed:
    return Deed(who, sku, kind, at, more.pop("source", "api"), key, **more)


async def owned(engine: AsyncEngine) -> list[list[str]]:
    return [row["owned"] for row in await rows(engine, "select owned from customers order by id")]


HINT = Evidence("concern", "补水", 0.5, NOON, "")


async def test_an_event_is_kept_once_with_all_that_follows(engine: AsyncEngine) -> None:
    one = await person(engine, await shopper(engine))
    deed = a_deed(one, "o1", evidence=(HINT,))
    assert await record(engine, deed, deed) == (1, None)
    before = await rows(engine, "select * from customer_tags")
    assert [(row["tag"], row["value"], row["source"]) for row in before] == [("concern", "补水", "event:1")]
    assert await owned(engine) == [["p1"]]
    assert await record(engine, deed, a_deed(one, "o1", "return")) == (None, None)
    assert await owned(engine) == [["p1"]]
    assert await rows(engine, "select * from customer_tags") == before
    assert len(await rows(engine, "select * from events")) == 1


async def test_the_same_key_of_another_source_is_another_event(engine: AsyncEngine) -> None:
    one = await person(engine, await shopper(engine))
    kept = await record(engine, a_deed(one, "k", "click"), a_deed(one, "k", "click", source="go"))
    assert None not in kept


async def test_of_two_deliveries_at_once_one_counts(engine: AsyncEngine) -> None:
    one = await person(engine, await shopper(engine))
    batches = [[a_deed(one, f"o{n}", evidence=(HINT,)) for n in order] for order in (range(20), reversed(range(20)))]
    kept = await asyncio.gather(*(record(engine, *batch) for batch in batches for _ in range(2)))
    assert sum(id_ is not None for batch in kept for id_ in batch) == 20
    assert len(await rows(engine, "select * from events")) == 20


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_what_is_owned_does_not_depend_on_the_order_of_arrival(engine: AsyncEngine, order: Sequence[int]) -> None:
    one = await person(engine, await shopper(engine))
    deeds = [
        a_deed(one, "bought", at=NOON),
        a_deed(one, "back", "return", at=NOON + timedelta(days=3)),
        a_deed(one, "again", at=NOON + timedelta(days=9)),
    ]
    for n in order:
        await record(engine, deeds[n])
    assert await owned(engine) == [["p1"]]


async def test_a_return_takes_out_only_what_it_names(engine: AsyncEngine) -> None:
    one = await person(engine, await shopper(engine))
    await record(engine, a_deed(one, "a"), a_deed(one, "b", sku="p2"))
    await record(engine, a_deed(one, "c", "return", at=NOON + timedelta(days=1)))
    assert await owned(engine) == [["p2"]]


async def test_people_are_found_by_our_id_by_platform_or_by_unionid(engine: AsyncEngine) -> None:
    first, second = await shopper(engine, "wm1", "u1"), await shopper(engine, "wm2", "u1")
    alone = await shopper(engine, "wm3")
    found = await who(
        engine,
        Who(id=alone),
        Who(channel="wecom_kf", external="wm1"),
        Who(unionid="u1"),
        Who(unionid="u2"),
        Who(channel="web", external="wm1"),
        Who(),
    )
    assert [one and one.everyone for one in found] == [
        (alone,),
        tuple(sorted((first, second))),
        tuple(sorted((first, second))),
        None,
        None,
        None,
    ]
    assert found[1] is not None
    assert (found[1].customer, found[1].account) == (first, "demo")


async def test_what_one_person_does_counts_for_every_customer_that_they_are(engine: AsyncEngine) -> None:
    await shopper(engine, "wm1", "u1")
    await shopper(engine, "wm2", "u1")
    await shopper(engine, "wm3")
    (one,) = await who(engine, Who(unionid="u1"))
    assert one is not None
    await record(engine, a_deed(one, "o1", evidence=(HINT,)))
    assert sorted(await owned(engine)) == [[], ["p1"], ["p1"]]
    assert len(await rows(engine, "select * from customer_tags")) == 2
    assert len(await rows(engine, "select * from events")) == 1
    for external in ("wm1", "wm2"):
        assert (await waiting(engine, external)).conversation.customer.person == "u1"
    assert (await waiting(engine, "wm3")).conversation.customer.person is None


async def test_a_turn_sees_what_was_bought_and_whose_events_count(engine: AsyncEngine) -> None:
    customer = await shopper(engine)
    await record(engine, a_deed(await person(engine, customer), "o1", evidence=(HINT,)))
    known = (await waiting(engine)).conversation.customer
    assert (known.owned, known.person) == (("p1",), customer)
    assert [(one.tag, one.value, one.source) for one in known.evidence] == [("concern", "补水", "event:1")]


async def test_hints_of_events_do_not_pile_up_and_words_are_never_pushed_out(engine: AsyncEngine) -> None:
    customer = await shopper(engine)
    one = await person(engine, customer)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into customer_tags (customer_id, tag, value, confidence, source, at) values (:c, 'concern', '补水', 0.6, 'inbox:1', :at)"
            ),
            {"c": customer, "at": NOON - YEAR},
        )
    deeds = [
        a_deed(
            one,
            f"c{n}",
            "click",
            at=NOON + timedelta(hours=n),
            evidence=(Evidence("concern", "补水", 0.12, NOON + timedelta(hours=n), ""),),
        )
        for n in range(30)
    ]
    await record(engine, *deeds)
    kept = await rows(engine, "select source from customer_tags order by at")
    assert [row["source"] for row in kept] == ["inbox:1", *(f"event:{n}" for n in range(23, 31))]


async def test_events_are_read_since_a_moment_the_newest_first_to_be_kept(engine: AsyncEngine) -> None:
    one = await person(engine, await shopper(engine))
    await record(engine, *(a_deed(one, f"v{n}", "view", f"p{n}", NOON - timedelta(days=n)) for n in range(6)))
    assert {seen.sku for seen in await events.read(engine, NOON - timedelta(days=3))} == {"p0", "p1", "p2"}
    assert {seen.sku for seen in await events.read(engine, NOON - YEAR, most=2)} == {"p0", "p1"}
    async with engine.connect() as connection:
        assert [seen.sku for seen in await events.of(connection, one.customer, 3)] == ["p0", "p1", "p2"]


async def test_to_be_forgotten_takes_events_what_is_owned_and_what_was_concluded(engine: AsyncEngine) -> None:
    first, second = await shopper(engine, "wm1", "u1"), await shopper(engine, "wm2", "u1")
    other = await shopper(engine, "wm3")
    await record(engine, a_deed(await person(engine, first), "a", evidence=(HINT,)))
    await record(engine, a_deed(await person(engine, other), "b", evidence=(HINT,)))
    before = await events.mark(engine, NOON - YEAR)
    async with engine.begin() as connection:
        await events.erase(connection, second)
    assert [row["customer_id"] for row in await rows(engine, "select customer_id from events")] == [other]
    assert [row["customer_id"] for row in await rows(engine, "select customer_id from customer_tags")] == [other]
    assert sorted(await owned(engine)) == [[], [], ["p1"]]
    assert await events.mark(engine, NOON - YEAR) != before


async def test_whose_conversation_it_is(engine: AsyncEngine) -> None:
    customer = await shopper(engine)
    async with engine.connect() as connection:
        found = await people.talker(connection, conversation())
        assert found is not None
        assert (found.customer, found.account, found.group) == (customer, "demo", False)
        assert await people.talker(connection, "nobody") is None


# --- learning ------------------------------------------------------------------------------------------------


def a_recommender() -> Recommender:
    goods = (a_product("p1", "燕麦霜"), a_product("p2", "晚霜"), a_product("p3", "精华"))
    return Recommender.build(goods, KINDS)


async def learnt(experience: Experience, now: dict[str, Recommender]) -> dict[str, Recommender]:
    """Two looks, with the learning between them; what answers afterwards."""
    await experience.follow(now)
    if experience._task is not None:
        await asyncio.wait([experience._task])
    found = await experience.follow(now)
    assert all(before is now[name] for name, (before, _) in found.items())
    return now | {name: after for name, (_, after) in found.items()}


def buyers(recommender: Recommender, sku: str) -> float:
    """Something that rises with the purchases of a product."""
    found = recommender.recommend(Shopper(), Wish(), limit=3, at=NOON)
    return next(item.score for item in found.items if item.product.sku == sku)


async def test_new_events_are_learnt_once_and_a_quiet_minute_costs_nothing(engine: AsyncEngine, clock: ManualClock) -> None:
    one = await person(engine, await shopper(engine))
    experience = Experience(engine, (), clock)
    now = {"": await experience.taught("", a_recommender())}
    assert await learnt(experience, now) == now, "nothing happened yet"
    await record(engine, a_deed(one, "o1", sku="p2", at=clock.now()))
    experience._after = 0.0
    after = await learnt(experience, now)
    assert buyers(after[""], "p2") > buyers(now[""], "p2")
    experience._after = 0.0
    assert await learnt(experience, after) == after
    await experience.close()


async def test_between_two_looks_it_rests(engine: AsyncEngine, clock: ManualClock) -> None:
    experience = Experience(engine, (), clock)
    now = {"": a_recommender()}
    await learnt(experience, now)
    one = await person(engine, await shopper(engine))
    await record(engine, a_deed(one, "o1", at=clock.now()))
    assert await learnt(experience, now) == now
    assert experience._after > asyncio.get_running_loop().time() + EVERY / 2
    await experience.close()


async def test_after_an_erasure_what_was_learnt_is_learnt_anew_without_it(engine: AsyncEngine, clock: ManualClock) -> None:
    one = await person(engine, await shopper(engine))
    await record(engine, a_deed(one, "o1", sku="p2", at=clock.now()))
    experience = Experience(engine, (), clock)
    now = {"": await experience.taught("", a_recommender())}
    plain = buyers(a_recommender(), "p2")
    assert buyers(now[""], "p2") > plain
    async with engine.begin() as connection:
        await events.erase(connection, one.customer)
    after = await learnt(experience, now)
    assert buyers(after[""], "p2") == plain
    await experience.close()


async def test_what_shoppers_of_another_brand_do_says_nothing_here(engine: AsyncEngine, clock: ManualClock) -> None:
    theirs = await person(engine, await shopper(engine, account="other"))
    await record(engine, a_deed(theirs, "o1", sku="p2", at=clock.now()))
    experience = Experience(engine, ("other",), clock)
    own, other = await experience.taught("", a_recommender()), await experience.taught("other", a_recommender())
    assert buyers(other, "p2") > buyers(own, "p2") == buyers(a_recommender(), "p2")


async def test_while_the_database_is_away_what_is_there_stays(clock: ManualClock) -> None:
    away = make_engine("postgresql://nobody@127.0.0.1:9/none")
    experience = Experience(away, (), clock)
    now = {"": a_recommender()}
    assert await experience.taught("", now[""]) is now[""]
    assert await learnt(experience, now) == now
    await experience.close()
    await away.dispose()
