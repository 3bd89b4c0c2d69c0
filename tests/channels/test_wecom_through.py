"""Through the guide: where no program may send, words are offered, a tap sends them once, and a person's word overtakes them."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bot_rooms import services
from facts_rig import rows
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import ownership
from bot.channels.wecom import through
from bot.courier import Courier
from bot.db import contacts, offers
from bot.db.accept import Acceptor
from bot.db.contacts import Relation
from bot.db.floors import Floors
from bot.db.offers import Tapped
from bot.db.users import User
from bot.errors import BadRequestError
from bot.model import Arrival, ConversationId
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.ownership import Floor
from bot.services import FixedShelf
from bot.worker import Worker
from tests.conftest import ManualClock

LIN = User("小林", "guide", "g1", "s1", must_change=False)
ZHOU = User("小周", "guide", "g2", "s1", must_change=False)
EXTERNAL = "wmA"
PLACE = through.contact_of("demo", "LinLin", EXTERNAL)
NOW = datetime(2026, 5, 20, 14, 0, tzinfo=UTC)


def told(kind: str, external: str = EXTERNAL, userid: str = "LinLin", platform_id: str = "e1", **more: Any) -> Arrival:
    """A callback as the door keeps it."""
    event = "change_external_chat" if "ChatId" in more else "change_external_contact"
    payload = {"Event": event, "ChangeType": kind, "UserID": userid, "ExternalUserID": external, **more}
    return Arrival(
        "wecom", "demo", platform_id, None, event, "", payload, NOW, sender="sys", role="event", settled=("silent", "事件")
    )


class Counter:
    """A guide's shop counter: who comes in by WeCom, what is offered, and who taps."""

    def __init__(
        self, engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock
    ) -> None:
        self.engine, self.client, self.queues, self.clock = engine, client, queues, clock
        patience = timedelta(minutes=30)
        self.channels = [through.ContactChannel(patience), through.GroupChannel(patience)]
        ways = {(one.name, "demo"): one for one in self.channels}
        self.courier = Courier(engine, queues["send"], live, ways, clock)
        self.worker = Worker(engine, queues, live, FixedShelf(services()), clock)
        self.talk = PLACE.conversation

    async def hears(self, event: Arrival) -> ConversationId:
        """A callback came in: kept, thought about, and carried as far as a program may."""
        found = through.change(event)
        assert found is not None
        place, arrival = found
        async with self.engine.begin() as connection:
            await Acceptor().accept(connection, [arrival], self.clock.now())
        guides = {"linlin": "g1", "zhou": "g2"}
        whose = guides.get(place.peer)
        relation = Relation(place.channel, "demo", place.peer, place.external, whose, "s1", group=place.channel == through.GROUP)
        await contacts.related(self.engine, relation, guides, self.clock.now())
        await self.thinks(place.conversation)
        return place.conversation

    async def thinks(self, talk: ConversationId) -> None:
        await self.queues["turn"].wake([talk])
        await self.worker.step((await self.queues["turn"].claim(9, timedelta(seconds=9))).taken)
        await self.carries(talk)

    async def carries(self, talk: str = "") -> None:
        await self.queues["send"].wake([talk or self.talk])
        await self.courier.step((await self.queues["send"].claim(9, timedelta(seconds=9))).taken)
        await self.courier.drain()

    async def offered(self, talk: str = "") -> list[offers.Offer]:
        async with self.engine.connect() as connection:
            return list(await offers.offers(connection, talk or self.talk, self.clock.now()))

    async def taps(self, offer: int, words: str | None = None, viewer: User = LIN) -> Tapped:
        async with self.engine.begin() as connection:
            tapped = await offers.taken(connection, viewer, self.talk, offer, words, self.clock.now())
        await self.carries()
        return tapped

    async def refused(self, offer: int, words: str | None = None, viewer: User = LIN) -> str:
        with pytest.raises(BadRequestError) as caught:
            await self.taps(offer, words, viewer)
        return caught.value.code

    async def floor(self) -> Floor:
        (row,) = await rows(
            self.engine, "select owner, epoch, guide, owner_since from conversations where id = :id", id=self.talk
        )
        return Floor(row["owner"], row["epoch"], row["guide"], row["owner_since"])

    async def changes(self, step: Any) -> None:
        async with self.engine.begin() as connection:
            floors = await Floors.locked(connection, [self.talk])
            floors.change(self.talk, lambda floor: step(floor, self.clock.now()))
            await floors.store(connection, self.clock.now())

    async def said(self) -> list[tuple[str, str, str]]:
        found = await rows(self.engine, "select author, sender, text from messages order by id")
        return [(row["author"], row["sender"], row["text"]) for row in found]

    async def states(self) -> list[str]:
        return [row["state"] for row in await rows(self.engine, "select state from outbox order by id")]

    async def expires(self) -> tuple[str, ...]:
        async with self.engine.begin() as connection:
            return await offers.expire(connection, self.clock.now())


@pytest.fixture
async def counter(engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock) -> Counter:
    return Counter(engine, client, queues, live, clock)


async def test_a_new_contact_is_welcomed_by_an_offer_and_not_by_us(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    (offer,) = await counter.offered()
    assert "导购" in offer.text
    assert offer.expires_at == NOW + timedelta(minutes=30)
    assert await counter.said() == []
    (customer,) = await rows(counter.engine, "select channel, external, guide, store from customers")
    assert tuple(customer.values()) == ("wecom_contact", EXTERNAL, "g1", "s1")
    (talk,) = await rows(counter.engine, "select store, is_group, sent_since from conversations")
    assert tuple(talk.values()) == ("s1", False, 0)


async def test_the_tap_is_the_send_and_the_talk_stays_where_it_was(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    (offer,) = await counter.offered()
    tapped = await counter.taps(offer.id)
    assert (tapped.outcome, tapped.text) == ("sent", offer.text)
    assert await counter.said() == [("guide", "g1", offer.text)]
    assert (await counter.floor()).owner == "bot"
    assert await counter.offered() == []
    (row,) = await rows(counter.engine, "select trace, body from messages")
    assert row["trace"]["route"] == "welcome_contact"
    assert row["body"]["tapped"] == "g1"
    (talk,) = await rows(counter.engine, "select human_at from conversations")
    assert talk["human_at"] == NOW


async def test_the_same_callback_twice_is_one_offer(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    await counter.hears(told("add_external_contact"))
    assert len(await counter.offered()) == 1


async def test_a_second_tap_of_the_same_guide_sends_nothing_more_and_another_guides_is_refused(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    (offer,) = await counter.offered()
    assert (await counter.taps(offer.id)).outcome == "sent"
    assert (await counter.taps(offer.id)).outcome == "again"
    assert await counter.refused(offer.id, viewer=ZHOU) == "gone"
    assert len(await counter.said()) == 1


async def test_of_many_taps_at_the_same_moment_one_sends(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    (offer,) = await counter.offered()

    async def tap(viewer: User) -> str:
        try:
            async with counter.engine.begin() as connection:
                return (await offers.taken(connection, viewer, counter.talk, offer.id, None, counter.clock.now())).outcome
        except BadRequestError as error:
            return error.code

    found = await asyncio.gather(*(tap(viewer) for viewer in (LIN, ZHOU) * 6))
    await counter.carries()
    assert sorted(found) == ["again"] * 5 + ["gone"] * 6 + ["sent"]
    assert len(await counter.said()) == 1


async def test_words_of_the_guides_own_take_the_talk_and_overtake_what_else_was_offered(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    await counter.hears(told("add_half_external_contact", platform_id="e2"))
    first, second = await counter.offered()
    await counter.taps(first.id, "您好，我是小林")
    assert await counter.said() == [("guide", "g1", "您好，我是小林")]
    floor = await counter.floor()
    assert (floor.owner, floor.guide, floor.epoch) == ("human", "g1", 1)
    (row,) = await rows(counter.engine, "select trace from messages")
    assert row["trace"]["offered"] == first.text
    assert await counter.offered() == []
    assert await counter.refused(second.id) == "overtaken"
    (wish,) = await rows(counter.engine, "select kind, state, guide from handovers")
    assert tuple(wish.values()) == ("taken", "claimed", "g1")


async def test_the_same_words_with_spaces_around_are_a_tap(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    (offer,) = await counter.offered()
    await counter.taps(offer.id, f" {offer.text}\n")
    assert (await counter.floor()).owner == "bot"


async def test_the_fence_holds_at_the_tap_not_at_the_offer(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    (offer,) = await counter.offered()
    await counter.changes(lambda floor, now: ownership.claimed(floor, "g2", now))
    assert await counter.offered() == []
    assert await counter.refused(offer.id) == "overtaken"
    assert await counter.refused(offer.id, "我自己写的") == "held"
    await counter.changes(ownership.handed_back)
    assert await counter.refused(offer.id) == "overtaken"
    assert await counter.said() == []
    assert await counter.expires() == (counter.talk,)
    assert await counter.states() == ["dropped"]


@pytest.mark.parametrize("pushed", [False, True])
@pytest.mark.parametrize(
    "step",
    [
        lambda floor, now: ownership.claimed(floor, "g2", now),
        lambda floor, now: ownership.handed_back(ownership.claimed(floor, "g2", now), now),
        ownership.asked_for_person,
        ownership.closed,
        lambda floor, now: floor,
    ],
)
async def test_what_is_shown_is_what_the_fence_lets_through(counter: Counter, step: Any, pushed: bool) -> None:
    await counter.hears(told("add_external_contact"))
    (before,) = await counter.offered()
    async with counter.engine.begin() as connection:
        await connection.execute(
            text("update outbox set speech = speech || jsonb_build_object('pushed', cast(:pushed as boolean))"),
            {"pushed": pushed},
        )
    await counter.changes(step)
    leaves = ownership.may_leave("bot", 0, await counter.floor(), pushed=pushed)
    assert [one.id for one in await counter.offered()] == ([before.id] if leaves else [])
    assert await counter.expires() == (() if leaves else (counter.talk,))


async def test_what_nobody_tapped_on_in_time_expires_and_answered_nobody(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    (offer,) = await counter.offered()
    assert await counter.expires() == ()
    counter.clock.advance(minutes=30)
    assert await counter.offered() == []
    assert await counter.refused(offer.id) == "late"
    assert await counter.expires() == (counter.talk,)
    assert await counter.refused(offer.id) == "gone"
    (kept,) = await rows(counter.engine, "select outcome, reason from inbox where kind = 'contact_added'")
    assert tuple(kept.values()) == ("silent", "建议没人点，过期了")


async def test_an_offer_that_is_tapped_while_it_expires_is_one_or_the_other(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    (offer,) = await counter.offered()
    late = counter.clock.now() + timedelta(hours=1)

    async def expire() -> None:
        async with counter.engine.begin() as connection:
            await offers.expire(connection, late)

    outcome, _ = await asyncio.gather(counter.taps(offer.id), expire(), return_exceptions=True)
    await counter.carries()
    sent = isinstance(outcome, Tapped)
    assert await counter.states() == (["sent"] if sent else ["dropped"])
    assert len(await counter.said()) == int(sent)


async def test_a_dismissed_offer_is_gone_for_everybody(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    (offer,) = await counter.offered()
    for gone in (True, False):
        async with counter.engine.begin() as connection:
            assert await offers.dismiss(connection, LIN, counter.talk, offer.id, NOW) is gone
    assert await counter.refused(offer.id) == "gone"


async def test_own_words_said_in_the_client_are_recorded_once_and_take_the_talk(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    for outcome in ("sent", "again"):
        async with counter.engine.begin() as connection:
            tapped = await offers.spoken(connection, LIN, counter.talk, ("k1", "这款今天到货"), NOW)
        assert tapped.outcome == outcome
        assert tapped.offer == (await rows(counter.engine, "select max(id) as id from outbox"))[0]["id"]
    await counter.carries()
    assert await counter.said() == [("guide", "g1", "这款今天到货")]
    assert (await counter.floor()).guide == "g1"
    with pytest.raises(BadRequestError, match="同事接待着"):
        async with counter.engine.begin() as connection:
            await offers.spoken(connection, ZHOU, counter.talk, ("k2", "我来"), NOW)


async def test_a_guides_words_without_a_tap_wait_for_one(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    await counter.changes(lambda floor, now: ownership.claimed(floor, "g1", now))
    async with counter.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into outbox (msgid, conversation_id, author, sender, epoch, speech) "
                """values ('m1', :id, 'guide', 'g1', 1, '{"text": "晚点给您回"}')"""
            ),
            {"id": counter.talk},
        )
    await counter.carries()
    (own,) = await counter.offered()
    assert (own.own, own.text) == (True, "晚点给您回")
    assert await counter.said() == []
    await counter.taps(own.id)
    assert await counter.said() == [("guide", "g1", "晚点给您回")]


@pytest.mark.parametrize(("payload", "words"), [({"count": 2, "event": "e1"}, "欢迎2 位新朋友"), ({}, "欢迎新朋友")])
async def test_somebody_who_comes_into_a_group_is_greeted_by_its_guide_even_if_nobody_says_who(
    counter: Counter, payload: dict[str, Any], words: str
) -> None:
    who = {"MemChangeList": {"Item": ["wmB", "xiaolin"]}}
    event = told("update", ChatId="wrG", UpdateDetail="add_member", **who)
    talk = await counter.hears(event)
    assert await counter.offered(talk) == []
    found = through.change(event)
    assert found is not None
    joined = replace(found[1], platform_id="e1:nameless", kind=through.JOINED, payload=payload, settled=None)
    async with counter.engine.begin() as connection:
        await Acceptor().accept(connection, [joined], counter.clock.now())
    await counter.thinks(talk)
    assert await counter.offered(talk) == []
    counter.clock.advance(seconds=services().brand.groups.gather + 1)
    await counter.client.flushall()
    await counter.thinks(talk)
    (offer,) = await counter.offered(talk)
    assert offer.text.startswith(words)
    (group,) = await rows(counter.engine, "select channel, external, is_group, peer from conversations")
    assert tuple(group.values()) == ("wecom_group", "wrG", True, "")


@pytest.mark.parametrize(
    "event",
    [
        told("update", ChatId="wrG", UpdateDetail="add_member", MemChangeList={"Item": "xiaolin"}),
        told("update", ChatId="wrG", UpdateDetail="del_member"),
        told("create", ChatId="wrG"),
        told("dismiss", ChatId="wrG"),
    ],
)
async def test_other_changes_of_a_group_want_no_words(counter: Counter, event: Arrival) -> None:
    talk = await counter.hears(event)
    assert await counter.offered(talk) == []


@pytest.mark.parametrize(
    "event",
    [
        told("edit_external_contact"),
        told("add_external_contact", external=""),
        told("add_external_contact", userid="x" * 200),
        told("something_new", ChatId="wrG"),
        told("update", ChatId=""),
        replace(told("add_external_contact"), kind="change_contact"),
    ],
)
def test_what_means_nothing_for_a_talk_stays_a_kept_event(event: Arrival) -> None:
    assert through.change(event) is None


async def test_a_contact_who_leaves_is_the_other_guides_and_a_late_repeat_changes_nothing(counter: Counter) -> None:
    await counter.hears(told("add_external_contact"))
    await counter.hears(told("add_external_contact", userid="Zhou", platform_id="e2"))
    await counter.hears(told("del_follow_user", platform_id="e3"))
    assert (await rows(counter.engine, "select guide from customers"))[0]["guide"] == "g2"
    assert (await counter.floor()).owner == "closed"
    assert await counter.offered() == []
    await counter.hears(told("add_external_contact", platform_id="e4"))
    await counter.hears(told("del_follow_user", platform_id="e3"))
    assert (await rows(counter.engine, "select guide from customers"))[0]["guide"] == "g2"
    await counter.hears(told("del_external_contact", userid="Zhou", platform_id="e5"))
    assert (await rows(counter.engine, "select guide from customers"))[0]["guide"] == "g1"
    await counter.hears(told("del_external_contact", platform_id="e6"))
    assert (await rows(counter.engine, "select guide from customers"))[0]["guide"] is None


def test_every_channel_says_what_it_can_do() -> None:
    assert {name: (one.send, one.receive, one.groups) for name, one in through.CHANNELS.items()} == {
        "wecom_contact": ("confirm", False, False),
        "wecom_group": ("confirm", False, True),
    }
