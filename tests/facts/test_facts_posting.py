"""Posts on a real database: every slot once in every group whatever crashes, caps over all flows, coupons once for ever."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from bot_rooms import NOON
from facts_rig import rows
from keeper_rig import STAFF, Shift, shop
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Brand, Coupon, Groups, Staff, StaffFile, Store, Welcome
from bot.db import gathered, outgoing
from bot.db.gathered import Aside
from bot.groups.posts import Posts
from bot.groups.welcoming import Newcomer, welcome
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.services import FixedShelf, Services
from scripts import Post
from tests.conftest import ManualClock

AT = NOON.astimezone(shop().zone).time()
"""Twelve o'clock in Shanghai, where the keeper's clock stands."""


def posting(*posts: Post, staff: Staff = STAFF, **groups: object) -> Services:
    brand = Brand(name="花间集", groups=Groups.model_validate(groups))
    return replace(shop(staff), brand=brand, posts=posts or (Post("daily", AT, text="大家好"),))


@pytest.fixture
def shift(engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock) -> Shift:
    shift = Shift(engine, client, queues, live, clock)
    shift.reopen(posting())
    return shift


async def group(engine: AsyncEngine, *ids: str, store: str | None = None, channel: str = "web") -> None:
    """Groups that are older than any slot."""
    async with engine.begin() as connection:
        for one in ids:
            await connection.execute(
                text("insert into customers (id, channel, account, external, store) values (:c, :channel, '', :id, :store)"),
                {"c": f"c-{one}", "id": one, "channel": channel, "store": store},
            )
            await connection.execute(
                text(
                    "insert into conversations (id, channel, account, peer, external, customer_id, is_group, name, created_at) "
                    "values (:id, :channel, '', '', :id, :c, true, :id, :at)"
                ),
                {"id": one, "channel": channel, "c": f"c-{one}", "at": NOON - timedelta(days=9)},
            )


async def out(engine: AsyncEngine) -> list[tuple[str, str, str | None]]:
    found = await rows(engine, "select conversation_id, state, reason, pushed from outbox order by conversation_id, id")
    assert all(row["pushed"] for row in found)
    return [(row["conversation_id"], row["state"], row["reason"]) for row in found]


async def test_a_slot_reaches_every_group_once_however_often_the_keeper_goes_round(shift: Shift) -> None:
    await group(shift.engine, "v1", "v2")
    for _ in range(3):
        await shift.pass_(seconds=5)
    assert await out(shift.engine) == [("v1", "pending", None), ("v2", "pending", None)]
    shift.reopen(posting())
    await shift.pass_(seconds=5)
    assert len(await out(shift.engine)) == 2, "a process that forgot finds it decided"
    assert {claim.member for claim in (await shift.queues["send"].claim(9, timedelta(seconds=5))).taken} == {"v1", "v2"}


async def test_it_leaves_through_the_courier_and_enters_the_transcript(shift: Shift) -> None:
    await group(shift.engine, "v1")
    await shift.pass_(seconds=5)
    (taken,) = await outgoing.take(shift.engine, ["v1"], shift.clock.now())
    assert taken.outgoing is not None
    assert (taken.outgoing.speech.text, taken.outgoing.speech.pushed, taken.outgoing.author) == ("大家好", True, "bot")
    assert taken.outgoing.deadline == NOON + timedelta(hours=2)


async def test_many_keepers_at_one_instant_say_it_once(shift: Shift) -> None:
    await group(shift.engine, *(f"v{n}" for n in range(30)))
    keepers = [Posts(shift.engine, FixedShelf(shift.rooms)) for _ in range(4)]
    spoken = await asyncio.gather(*(one.step(NOON) for one in keepers))
    assert sum(map(len, spoken)) == 30
    assert len(await out(shift.engine)) == 30


async def test_more_groups_than_fit_in_one_transaction_are_gone_through(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.db.posting.PAGE", 3)
    monkeypatch.setattr("bot.db.posting.rooms.__defaults__", (3,))
    await group(shift.engine, *(f"v{n}" for n in range(8)))
    await shift.pass_(seconds=5)
    assert len(await out(shift.engine)) == 8


async def test_what_was_missed_while_everything_was_down_is_left_out_with_its_reason(shift: Shift) -> None:
    await group(shift.engine, "v1")
    await shift.pass_(hours=2, minutes=1)
    assert await out(shift.engine) == [("v1", "dropped", "错过两个多小时了，不再补发")]
    await shift.pass_(hours=22)
    states = [state for _, state, _ in await out(shift.engine)]
    assert states == ["dropped", "pending"], "the next day it is said again"


async def test_the_caps_hold_over_posts_and_whatever_else_was_pushed(shift: Shift) -> None:
    three = [Post(f"p{n}", AT, text=f"第{n}条") for n in range(3)]
    shift.reopen(posting(*three, pushes_a_day=2))
    await group(shift.engine, "v1", "v2")
    async with shift.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into outbox (msgid, conversation_id, author, epoch, speech, state, sent_at, created_at) "
                "values ('m', 'v2', 'bot', 0, '{\"text\": \"x\", \"pushed\": true}', 'sent', :at, :at)"
            ),
            {"at": NOON - timedelta(hours=1)},
        )
    await shift.pass_(seconds=5)
    states = [(where, state) for where, state, _ in await out(shift.engine)]
    assert states.count(("v1", "pending")) == 2
    assert states.count(("v2", "pending")) == 1
    assert any("到上限" in (reason or "") for _, _, reason in await out(shift.engine))


async def test_a_group_has_quiet_hours_and_caps_of_its_own(shift: Shift) -> None:
    await group(shift.engine, "v1", "v2")
    async with shift.engine.begin() as connection:
        await connection.execute(
            text("insert into groups (conversation_id, settings) values ('v1', '{\"quiet_hours\": \"11:00-14:00\"}')")
        )
    await shift.pass_(seconds=5)
    assert [(where, state) for where, state, _ in await out(shift.engine)] == [("v1", "dropped"), ("v2", "pending")]


async def test_only_the_groups_of_the_named_store_hear_it_and_talks_of_two_never(shift: Shift) -> None:
    shift.reopen(posting(Post("p", AT, text="徐汇店的群友们", stores=frozenset({"sh1"}))))
    await group(shift.engine, "v1", store="sh1")
    await group(shift.engine, "v2", store="sh2")
    await shift.writes("wm1")
    await shift.pass_(seconds=5)
    assert [where for where, _, _ in await out(shift.engine)] == ["v1"]


async def test_without_posts_nothing_is_asked_of_the_groups(shift: Shift) -> None:
    shift.reopen(replace(posting(), posts=()))
    await group(shift.engine, "v1")
    await shift.pass_(seconds=5)
    assert await out(shift.engine) == []


def coupons() -> Services:
    stores = tuple(Store(id=one, name=one, coupon=Coupon(id=f"new-{one}", title="新人券")) for one in ("s1", "s2", "s3"))
    codes = tuple(Welcome(state=f"code-{one.id}", store=one.id, script="welcome_group") for one in stores)
    return posting(staff=Staff.of(StaffFile(stores=stores)), welcomes=codes)


async def test_a_hundred_joins_at_once_and_again_leave_one_coupon_each_of_the_right_store(engine: AsyncEngine) -> None:
    rooms, draw = coupons(), random.Random(7)
    meant = {f"c{n}": draw.choice(("s1", "s2", "s3")) for n in range(100)}
    await group(engine, "v1", "v2", "v3")
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into customers (id, channel, account, external) select id, 'web', '', id from unnest(cast(:ids as text[])) as t(id)"
            ),
            {"ids": list(meant)},
        )

    async def joins(customer: str, event: str) -> None:
        """What a turn does that has not heard of any other."""
        one = Newcomer(f"m-{customer}", customer, f"code-{meant[customer]}", customer)
        granted = welcome([one], rooms, NOON, event).coupons
        async with engine.begin() as connection:
            await gathered.keep(connection, draw.choice(("v1", "v2", "v3")), Aside(coupons=granted), NOON)

    events = [(one, f"e{n}") for n in range(3) for one in meant]
    draw.shuffle(events)
    for at in range(0, len(events), 30):
        await asyncio.gather(*(joins(*one) for one in events[at : at + 30]))
    found = await rows(engine, "select customer_id, coupon, store, source from coupons")
    assert len(found) == 100
    assert {row["customer_id"]: row["store"] for row in found} == meant
    assert all(row["coupon"] == f"new-{row['store']}" and row["source"] == f"code-{row['store']}" for row in found)
