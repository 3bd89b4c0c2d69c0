"""Customers change hands whole or not at all: claimed, passed on, inherited; and whoever left has nothing any more."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from facts_rig import NOON, accept, an_arrival, conversation, rows
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Guide, Staff, StaffFile, Store
from bot.db import desk, duty, reception, users
from bot.db.moving import Legacy, Moved, Receiver, Transfer, inherit, transfer
from bot.db.reception import HeldError
from bot.db.users import User
from bot.errors import BadRequestError
from bot.ids import customer_id

STAFF = Staff.of(
    StaffFile(
        stores=(Store(id="s1", name="徐汇店"), Store(id="s2", name="静安店")),
        guides=(
            Guide(id="g1", name="王姐", store="s1"),
            Guide(id="g2", name="小雅", store="s1"),
            Guide(id="g3", name="陈曼", store="s2"),
            Guide(id="g0", name="总部小李"),
        ),
    )
)
LATER = NOON + timedelta(minutes=5)


def user(guide: str | None, store: str | None = "s1", role: str = "guide") -> User:
    return User(f"account-{guide or role}", role, guide, store, must_change=False)  # type: ignore[arg-type]


WANG, YA, CHEN = user("g1"), user("g2"), user("g3", "s2")
LEAD, ADMIN = user(None, "s1", "lead"), user(None, None, "admin")


def to(guide: str | None = None, store: str | None = None) -> Receiver:
    return Receiver.of(STAFF, guide, store)


async def run(engine: AsyncEngine, step: str, **values: object) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(step), values)


async def shopper(engine: AsyncEngine, external: str = "wm1", *, waits: bool = True, **of: Any) -> str:
    """A shopper who wrote, and waits for a person; ``of``: columns of the customer."""
    await accept(engine, an_arrival(f"m-{external}", external=external))
    talk = conversation(external)
    for column, value in of.items():
        await run(engine, f"update customers set {column} = :value where external = :external", value=value, external=external)
    if waits:
        await run(engine, "update conversations set owner = 'waiting', owner_since = :now where id = :id", id=talk, now=NOON)
        await run(
            engine,
            "insert into handovers (conversation_id, reason, store) select id, '要人工', store from conversations where id = :id",
            id=talk,
        )
    return talk


async def one(engine: AsyncEngine, query: str, **values: object) -> Mapping[str, Any]:
    (found,) = await rows(engine, query, **values)
    return found


async def held(engine: AsyncEngine, external: str = "wm1", viewer: User = WANG, **of: Any) -> str:
    talk = await shopper(engine, external, **of)
    await reception.claim(engine, viewer, talk, NOON)
    return talk


async def talk_of(engine: AsyncEngine, talk: str) -> Mapping[str, Any]:
    return await one(
        engine,
        "select c.owner, c.guide, c.epoch, c.store, h.state, h.guide as taker, h.assigned, h.store as matter, h.tried, "
        "p.store as home, p.guide as own from conversations c join customers p on p.id = c.customer_id "
        "left join handovers h on h.conversation_id = c.id and h.state <> 'closed' where c.id = :id",
        id=talk,
    )


# claim


async def test_who_claims_a_shopper_of_nobody_gets_them_with_all_their_talks(engine: AsyncEngine) -> None:
    talk = await shopper(engine)
    await accept(engine, an_arrival("second", peer="second", conversation="v-second"))
    await reception.claim(engine, WANG, talk, LATER)
    assert await talk_of(engine, talk) == {
        "owner": "human",
        "guide": "g1",
        "epoch": 1,
        "store": "s1",
        "state": "claimed",
        "taker": "g1",
        "assigned": None,
        "matter": "s1",
        "tried": [],
        "home": "s1",
        "own": "g1",
    }
    assert (await talk_of(engine, "v-second"))["store"] == "s1"
    assert (await one(engine, "select claimed_at from handovers"))["claimed_at"] == LATER


async def test_in_store_mode_nobody_becomes_the_own_guide(engine: AsyncEngine) -> None:
    talk = await shopper(engine)
    await reception.claim(engine, WANG, talk, NOON, "store")
    found = await talk_of(engine, talk)
    assert (found["home"], found["own"]) == ("s1", None)


async def test_who_helps_another_store_does_not_take_its_customer(engine: AsyncEngine) -> None:
    talk = await shopper(engine, store="s1", guide="g1")
    await run(engine, "update handovers set assigned = 'g3'")
    await reception.claim(engine, CHEN, talk, NOON)
    found = await talk_of(engine, talk)
    assert (found["owner"], found["guide"], found["store"], found["home"], found["own"]) == ("human", "g3", "s1", "s1", "g1")
    await reception.hand_back(engine, CHEN, talk, LATER)
    with pytest.raises(BadRequestError):
        await desk.place(engine, CHEN, talk)
    assert (await desk.place(engine, WANG, talk)).owner == "bot"


async def test_of_two_stores_that_claim_at_once_one_gets_the_shopper(engine: AsyncEngine) -> None:
    for n in range(6):
        talk = await shopper(engine, f"wm{n}")
        ends = await asyncio.gather(*(reception.claim(engine, who, talk, NOON) for who in (WANG, CHEN)), return_exceptions=True)
        lost = [end for end in ends if isinstance(end, BaseException)]
        assert [(type(end), end.status) for end in lost] in ([(HeldError, 409)], [(BadRequestError, 404)])  # type: ignore[attr-defined]
        found = await talk_of(engine, talk)
        assert found["store"] == found["home"] == STAFF.guides[found["guide"]].store
        assert found["epoch"] == 1


async def test_a_reply_is_noted_as_the_first_word_once(engine: AsyncEngine) -> None:
    talk = await held(engine)
    for n, at in enumerate((LATER, LATER + timedelta(minutes=1))):
        await reception.reply(engine, WANG, talk, (f"r{n}", "您好"), at)
    found = await one(engine, "select first_reply_at, human_at from handovers join conversations c on c.id = conversation_id")
    assert found == {"first_reply_at": LATER, "human_at": LATER + timedelta(minutes=1)}


# transfer


async def test_a_colleague_of_the_same_store_takes_over_and_the_customer_stays_whose_they_are(engine: AsyncEngine) -> None:
    talk = await held(engine)
    floor = await transfer(engine, WANG, Transfer(talk, to("g2"), "她要敏感肌的"), LATER)
    assert (floor.owner, floor.guide, floor.epoch) == ("human", "g2", 2)
    found = await talk_of(engine, talk)
    assert (found["taker"], found["assigned"], found["own"], found["store"]) == ("g2", "g2", "g1", "s1")
    assert await rows(engine, "select author, text from notes") == [{"author": "g1", "text": "她要敏感肌的"}]
    assert await rows(engine, "select actor, details ->> 'guide' as guide from audit where action = 'transfer'") == [
        {"actor": "account-g1", "guide": "g2"}
    ]
    with pytest.raises(HeldError):
        await reception.reply(engine, WANG, talk, ("r", "我再说一句"), LATER)
    await reception.reply(engine, YA, talk, ("r", "您好"), LATER)


async def test_the_receiving_store_sees_it_from_then_on_and_the_giving_store_no_more(engine: AsyncEngine) -> None:
    talk = await held(engine)
    await accept(engine, an_arrival("second", peer="second", conversation="v-second"))
    await transfer(engine, WANG, Transfer(talk, to("g3")), LATER)
    found = await talk_of(engine, talk)
    assert (found["guide"], found["store"], found["home"], found["own"], found["matter"]) == ("g3", "s2", "s2", "g3", "s2")
    for hers in (talk, "v-second"):
        with pytest.raises(BadRequestError):
            await desk.place(engine, WANG, hers)
        assert (await desk.place(engine, CHEN, hers)).store == "s2"


async def test_back_into_another_stores_queue(engine: AsyncEngine) -> None:
    talk = await held(engine)
    await run(engine, "update handovers set assigned = 'g1', tried = '{g2}', wanted = 'g1', path = 'own'")
    floor = await transfer(engine, WANG, Transfer(talk, to(store="s2")), LATER)
    assert (floor.owner, floor.guide, floor.epoch, floor.since) == ("waiting", None, 2, LATER)
    found = await talk_of(engine, talk)
    assert (found["state"], found["taker"], found["assigned"], found["tried"], found["matter"]) == (
        "waiting",
        None,
        None,
        [],
        "s2",
    )
    assert (found["store"], found["home"], found["own"]) == ("s2", "s2", None)
    assert [place.id for place in await desk.queue(engine, CHEN)] == [talk]
    assert await desk.queue(engine, WANG) == []


async def test_who_gives_back_into_their_own_stores_queue_is_not_asked_first(engine: AsyncEngine) -> None:
    talk = await held(engine)
    await transfer(engine, WANG, Transfer(talk, to(store="s1")), LATER)
    found = await talk_of(engine, talk)
    assert (found["owner"], found["tried"], found["own"]) == ("waiting", ["g1"], "g1")


async def test_to_the_central_team_the_customer_stays_at_home(engine: AsyncEngine) -> None:
    talk = await held(engine)
    await transfer(engine, WANG, Transfer(talk, to("g0")), LATER)
    found = await talk_of(engine, talk)
    assert (found["guide"], found["store"], found["home"], found["own"]) == ("g0", "s1", "s1", "g1")
    assert (await desk.place(engine, user("g0", None), talk)).name is None


async def test_who_waits_may_be_sent_to_another_store(engine: AsyncEngine) -> None:
    talk = await shopper(engine, store="s1")
    floor = await transfer(engine, WANG, Transfer(talk, to(store="s2")), LATER)
    assert (floor.owner, floor.epoch) == ("waiting", 0)
    assert [place.id for place in await desk.queue(engine, CHEN)] == [talk]


@pytest.mark.parametrize(("viewer", "status"), [(YA, 409), (CHEN, 404), (LEAD, None), (ADMIN, None)])
async def test_only_the_holder_and_leads_pass_a_talk_on(engine: AsyncEngine, viewer: User, status: int | None) -> None:
    talk = await held(engine)
    if status is None:
        assert (await transfer(engine, viewer, Transfer(talk, to("g2")), LATER)).guide == "g2"
        return
    with pytest.raises(BadRequestError) as caught:
        await transfer(engine, viewer, Transfer(talk, to("g2")), LATER)
    assert caught.value.status == status
    assert (await talk_of(engine, talk))["guide"] == "g1"


async def test_what_the_bot_holds_is_claimed_first(engine: AsyncEngine) -> None:
    talk = await shopper(engine, waits=False)
    with pytest.raises(HeldError):
        await transfer(engine, WANG, Transfer(talk, to("g2")), LATER)


async def test_nobody_passes_on_to_somebody_who_is_not_there(engine: AsyncEngine) -> None:
    talk = await held(engine)
    for guide, store in (("g9", None), (None, "s9"), (None, None), ("g1", "s1")):
        with pytest.raises(BadRequestError):
            to(guide, store)
    async with engine.begin() as connection:
        await duty.gone(connection, "g2", NOON)
    with pytest.raises(BadRequestError) as caught:
        await transfer(engine, WANG, Transfer(talk, to("g2")), LATER)
    assert caught.value.code == "left"


# inheritance


async def belongings(engine: AsyncEngine, n: int = 6) -> None:
    """What a guide of the first store has: customers, a talk in hand, an offer, tasks, words that have not left."""
    await users.add_user(engine, "wang", "guide", "g1", "s1")
    for i in range(n):
        await shopper(engine, f"wm{i}", waits=i < 2, store="s1", guide="g1")
    await reception.claim(engine, WANG, conversation("wm0"), NOON)
    await reception.reply(engine, WANG, conversation("wm0"), ("r", "我明天给您留一支"), NOON)
    await run(engine, "update handovers set assigned = 'g1' where state = 'waiting'")
    other = await shopper(engine, "wm-other", store="s1", guide="g2")
    await reception.claim(engine, WANG, other, NOON)
    await run(
        engine,
        "insert into tasks (conversation_id, customer_id, store, guide, text, due_at, author, state) "
        "select id, customer_id, 's1', 'g1', '回电话', :now, 'g1', case when external = 'wm3' then 'done' else 'open' end from conversations",
        now=NOON,
    )
    await run(engine, "insert into tasks (store, guide, text, due_at, author) values ('s1', 'g1', '盘点', :now, 'g1')", now=NOON)
    await run(
        engine,
        "insert into outbox (msgid, conversation_id, author, sender, epoch, speech, state) "
        "select 'offer', id, 'guide', 'g1', 0, '{}', 'offered' from conversations where external = 'wm2'",
    )
    await run(
        engine, "insert into logins (token, user_name, csrf, expires_at) values ('t', 'wang', 'c', now() + interval '1 day')"
    )


async def left_of(engine: AsyncEngine, guide: str) -> dict[str, int]:
    """How much still carries a guide's name."""
    queries = {
        "customers": "select id from customers where guide = :guide",
        "held": "select id from conversations where owner = 'human' and guide = :guide",
        "wishes": "select id from handovers where state <> 'closed' and (guide = :guide or assigned = :guide)",
        "tasks": "select id from tasks where state = 'open' and guide = :guide",
        "unsent": "select id from outbox where state in ('pending', 'held', 'offered') and sender = :guide",
    }
    return {what: len(await rows(engine, query, guide=guide)) for what, query in queries.items()}


async def test_who_leaves_leaves_nothing_behind(engine: AsyncEngine) -> None:
    await belongings(engine)
    moved = await inherit(engine, LEAD, Legacy.of(STAFF, "g1", to("g2")), LATER)
    assert moved.counts == {"customers": 6, "conversations": 2, "offers": 1, "tasks": 7, "messages": 2}
    assert sorted(moved.talks) == sorted(conversation(one) for one in ("wm0", "wm1", "wm-other"))
    assert set((await left_of(engine, "g1")).values()) == {0}
    assert await left_of(engine, "g2") == {"customers": 7, "held": 2, "wishes": 3, "tasks": 7, "unsent": 2}
    assert await rows(engine, "select state from duty where guide = 'g1'") == [{"state": "left"}]
    assert await rows(engine, "select disabled from users") == [{"disabled": True}]
    assert await rows(engine, "select * from logins") == []
    assert (await talk_of(engine, conversation("wm0")))["epoch"] == 2
    audited = await one(engine, "select actor, subject, details from audit where action = 'guide.leave'")
    assert (audited["actor"], audited["subject"], audited["details"]["customers"]) == ("account-lead", "g1", 6)
    assert {row["state"] for row in await rows(engine, "select state from tasks where guide = 'g1'")} == {"done"}


async def test_a_second_call_moves_nothing(engine: AsyncEngine) -> None:
    await belongings(engine)
    legacy = Legacy.of(STAFF, "g1", to("g2"))
    await inherit(engine, ADMIN, legacy, LATER)
    before = await rows(
        engine, "select c.*, p.store as home from conversations c join customers p on p.id = c.customer_id order by 1"
    )
    assert await inherit(engine, ADMIN, legacy, LATER + timedelta(minutes=1)) == Moved()
    assert await inherit(engine, ADMIN, Legacy.of(STAFF, "g1", to(store="s2")), LATER) == Moved()
    assert before == await rows(
        engine, "select c.*, p.store as home from conversations c join customers p on p.id = c.customer_id order by 1"
    )
    assert (await one(engine, "select count(*) as n from audit where action like 'guide.%'"))["n"] == 1


async def test_a_store_inherits_into_its_queue(engine: AsyncEngine) -> None:
    await belongings(engine)
    moved = await inherit(engine, ADMIN, Legacy.of(STAFF, "g1", to(store="s2")), LATER)
    assert (moved.conversations, moved.offers) == (2, 1)
    assert set((await left_of(engine, "g1")).values()) == {0}
    found = await talk_of(engine, conversation("wm0"))
    assert (found["owner"], found["state"], found["store"], found["matter"], found["home"], found["own"]) == (
        "waiting", "waiting", "s2", "s2", "s2", None
    )  # fmt: skip
    other = await talk_of(engine, conversation("wm-other"))
    assert (other["owner"], other["store"], other["own"]) == ("waiting", "s2", "g2")
    assert {place.id for place in await desk.queue(engine, CHEN)} == {conversation(one) for one in ("wm0", "wm1", "wm-other")}
    assert {row["store"] for row in await rows(engine, "select store from conversations")} == {"s2"}
    with pytest.raises(BadRequestError):
        await desk.place(engine, WANG, conversation("wm5"))


async def test_some_customers_of_somebody_who_stays(engine: AsyncEngine) -> None:
    await belongings(engine)
    chosen = [customer_id("wecom_kf", "demo", who) for who in ("wm0", "wm2")]
    moved = await inherit(engine, LEAD, Legacy.of(STAFF, "g1", to("g2"), chosen), LATER)
    assert moved.counts == {"customers": 2, "conversations": 1, "offers": 0, "tasks": 2, "messages": 2}
    assert await left_of(engine, "g1") == {"customers": 4, "held": 1, "wishes": 2, "tasks": 5, "unsent": 0}
    assert await rows(engine, "select * from duty") == []
    assert await rows(engine, "select disabled from users") == [{"disabled": False}]
    assert (await inherit(engine, LEAD, Legacy.of(STAFF, "g1", to("g2"), chosen), LATER)) == Moved()


@pytest.mark.parametrize(
    ("viewer", "leaving", "receiver", "status"),
    [
        (WANG, "g2", to("g1"), 403),
        (user("g1", "s1", "editor"), "g2", to("g3"), 403),
        (LEAD, "g3", to("g2"), 403),
        (LEAD, "g1", to("g3"), 403),
        (LEAD, "g1", to(store="s2"), 403),
        (LEAD, "g0", to("g2"), 403),
        (user("g1", "s1", "lead"), "g1", to("g2"), 400),
        (ADMIN, "g1", to("g1"), 400),
    ],
)
async def test_leads_move_within_their_store_and_nobody_else_moves_anything(
    engine: AsyncEngine, viewer: User, leaving: str, receiver: Receiver, status: int
) -> None:
    await belongings(engine)
    before = await left_of(engine, "g1")
    with pytest.raises(BadRequestError) as caught:
        await inherit(engine, viewer, Legacy.of(STAFF, leaving, receiver), LATER)
    assert caught.value.status == status
    assert await left_of(engine, "g1") == before


async def test_a_lead_names_no_customers_of_other_stores_and_closes_no_admins_account(engine: AsyncEngine) -> None:
    await belongings(engine)
    await shopper(engine, "foreign", store="s2", guide="g1")
    foreign = customer_id("wecom_kf", "demo", "foreign")
    for unknown in (foreign, "c-nobody"):
        with pytest.raises(BadRequestError) as caught:
            await inherit(engine, LEAD, Legacy.of(STAFF, "g1", to("g2"), [unknown]), LATER)
        assert caught.value.status == 404
    await users.add_user(engine, "boss", "admin", "g1", "s1")
    with pytest.raises(BadRequestError) as caught:
        await inherit(engine, LEAD, Legacy.of(STAFF, "g1", to("g2")), LATER)
    assert caught.value.status == 403
    assert (await left_of(engine, "g1"))["customers"] == 7


async def test_killed_in_the_middle_nothing_has_moved(engine: AsyncEngine) -> None:
    """The connection is cut while the move waits for the last rows that it changes."""
    await belongings(engine)
    before = await left_of(engine, "g1")
    legacy = Legacy.of(STAFF, "g1", to("g2"))
    async with engine.begin() as blocking:
        await blocking.execute(text("select id from outbox where state = 'offered' for update"))
        moving = asyncio.ensure_future(inherit(engine, LEAD, legacy, LATER))
        while not (found := await rows(engine, _BLOCKED)):
            assert not moving.done()
        assert "update outbox" in found[0]["query"]
        await rows(engine, "select pg_terminate_backend(:pid)", pid=found[0]["pid"])
        with pytest.raises((DBAPIError, ConnectionError)):
            await moving
    assert await left_of(engine, "g1") == before
    assert await rows(engine, "select * from duty") == []
    assert (await inherit(engine, LEAD, legacy, LATER)).customers == 6
    assert set((await left_of(engine, "g1")).values()) == {0}


_BLOCKED = (
    "select pid, query from pg_stat_activity where wait_event_type = 'Lock' and state = 'active' and datname = current_database()"
)


async def test_what_somebody_takes_while_they_leave_is_refused_or_moves_too(engine: AsyncEngine) -> None:
    await users.add_user(engine, "wang", "guide", "g1", "s1")
    talks = [await shopper(engine, f"wm{n}") for n in range(12)]
    claims = [reception.claim(engine, WANG, talk, NOON) for talk in talks]
    ends = await asyncio.gather(*claims[:6], inherit(engine, LEAD, Legacy.of(STAFF, "g1", to("g2")), LATER), *claims[6:], return_exceptions=True)  # fmt: skip
    refused = [end for end in ends if isinstance(end, BaseException)]
    assert {getattr(end, "code", end) for end in refused} <= {"left"}
    assert (await left_of(engine, "g1"))["held"] == 0
    assert (await left_of(engine, "g2"))["held"] == 12 - len(refused)


async def test_ten_thousand_customers_move_in_one_go(engine: AsyncEngine) -> None:
    """No figure here (the report has it): that a whole store's worth of rows passes through the same rules."""
    await run(
        engine,
        "insert into customers (id, channel, account, external, store, guide) "
        "select 'c' || n, 'web', '', 'w' || n, 's1', 'g1' from generate_series(1, 10000) as n",
    )
    await run(
        engine,
        "insert into conversations (id, channel, account, peer, external, customer_id, owner, guide, epoch) "
        "select 'v' || n, 'web', '', '', 'w' || n, 'c' || n, case when n % 10 = 0 then 'human' else 'bot' end, "
        "case when n % 10 = 0 then 'g1' end, n % 5 from generate_series(1, 10000) as n",
    )
    moved = await inherit(engine, ADMIN, Legacy.of(STAFF, "g1", to("g3")), LATER)
    assert (moved.customers, moved.conversations) == (10_000, 1_000)
    assert await rows(engine, "select owner, guide, store, count(*) as n, sum(epoch) as epochs from conversations group by 1, 2, 3 order by 1") == [
        {"owner": "bot", "guide": None, "store": "s2", "n": 9_000, "epochs": 20_000},
        {"owner": "human", "guide": "g3", "store": "s2", "n": 1_000, "epochs": 1_000},
    ]  # fmt: skip
    assert (await one(engine, "select count(*) as n from handovers where guide = 'g3' and store = 's2' and state = 'claimed'"))[
        "n"
    ] == 1_000
