"""Tags of WeCom come in as evidence, and what shoppers plainly said goes back: real database, simulated platform."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from channels_rig import account, session, tiny_platform
from facts_rig import an_arrival, rows
from shop_rig import Shop, open_shop
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.wecom import tags
from bot.channels.wecom.client import ApiError, WeComClient
from bot.channels.wecom.tags import Contact, Follower, Tag
from bot.db import erasure, labels
from bot.db.accept import Acceptor
from bot.ids import customer_id
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.roles import carry
from bot.sandbox import Faults
from bot.settings import Settings
from bot.tagger import Tagger
from bot.wiring import World
from recommender import TagKind

KINDS = {
    one.name: one
    for one in (
        TagKind("skin_type", ("干性", "油性"), exclusive=True, half_life_days=365),
        TagKind("concern", ("补水", "抗老"), half_life_days=60),
        TagKind("audience", ("酒精过敏",)),
    )
}
DAY = 24 * 3600


async def kinds(_account: str) -> Mapping[str, TagKind]:
    return KINDS


class Desk:
    """A shop with contacts, and the tagger beside it."""

    def __init__(self, shop: Shop, *, out: bool = False) -> None:
        self.shop, self.platform, self.engine = shop, shop.platform, shop.engine
        self.customer = customer_id("wecom_kf", "demo", shop.who)
        self.platform.grant_contacts()
        self.platform.corp_tags("肤质", "干性", "油性")
        self.platform.corp_tags("concern", "补水")
        self.platform.corp_tags("适用人群", "酒精过敏")
        self.platform.befriend("xiaolin", shop.who)
        self.tagger = self.another(out=out)

    def another(self, *, out: bool = False) -> Tagger:
        told = self.shop.channel.account.model_copy(update={"tags_out": out})
        return Tagger(self.engine, {"demo": (told, self.shop.channel.client)}, kinds, self.shop.clock)

    async def step(self, *, days: float = 0) -> None:
        """Time passes, the shopper writes again, and a round is made."""
        if days:
            self.platform.advance(days * DAY + 1)
            await self.wrote()
        await self.tagger.step()

    async def wrote(self) -> None:
        await self.run("update conversations set last_inbound_at = :now", now=self.shop.clock.now())

    async def run(self, statement: str, **values: object) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def said(self, tag: str, value: str, source: str = "inbox:1", sure: float = 0.9, *, back: bool = False) -> None:
        await self.run(
            "insert into customer_tags (customer_id, tag, value, confidence, source, at, retracted) "
            "values (:c, :tag, :value, :sure, :source, :now, :back)",
            c=self.customer, tag=tag, value=value, sure=sure, source=source, back=back, now=self.shop.clock.now(),
        )  # fmt: skip

    async def believed(self) -> list[tuple[str, str, float, bool]]:
        """The rows that WeCom's tags made."""
        found = await rows(
            self.engine, "select tag, value, confidence, retracted from customer_tags where source like 'wecom:%' order by id"
        )
        return [(row["tag"], row["value"], row["confidence"], row["retracted"]) for row in found]

    async def known(self) -> Mapping[str, Any]:
        (row,) = await rows(self.engine, "select name, unionid, profile from customers where id = :id", id=self.customer)
        return row

    async def erase(self) -> None:
        """The shopper asks to be forgotten."""
        (last,) = await rows(self.engine, "select max(id) as id from inbox where conversation_id is not null")
        async with self.engine.begin() as connection:
            found = await erasure.reach(connection, last["id"])
            await erasure.erase(connection, found, self.shop.clock.now())

    def there(self) -> list[str]:
        return list(self.platform.tags_of(self.shop.who)["xiaolin"])

    def calls(self, api: str) -> int:
        """Calls that were answered or refused, without those that only told that the token had run out."""
        totals = self.platform.world.ledger.totals()
        named = {name: n for name, n in totals.items() if name.startswith(f"call.externalcontact/{api}.")}
        return sum(n for name, n in named.items() if not name.endswith(".42001"))


@pytest.fixture
async def shop(engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live) -> AsyncIterator[Shop]:
    async with open_shop(engine, (client, queues, live)) as opened:
        await opened.ready()
        yield opened


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


@pytest.fixture
def giving(shop: Shop) -> Desk:
    return Desk(shop, out=True)


# in


async def test_a_guides_tag_becomes_evidence_and_name_and_unionid_are_kept(desk: Desk) -> None:
    desk.platform.tag("xiaolin", desk.shop.who, "肤质", "干性")
    await desk.step()
    assert await desk.believed() == [("skin_type", "干性", 0.9, False)]
    known = await desk.known()
    assert (known["name"], known["unionid"][:2]) == ("王女士", "ox")


async def test_a_customer_is_looked_at_once_a_day(desk: Desk) -> None:
    for _ in range(3):
        await desk.step()
    assert desk.calls("get") == 1
    await desk.step(days=1)
    assert desk.calls("get") == 2
    assert len(await desk.believed()) == 0


async def test_whoever_has_not_written_lately_is_not_looked_at(desk: Desk) -> None:
    desk.platform.advance(4 * DAY)
    await desk.step()
    assert desk.calls("get") == 0


async def test_whoever_writes_while_nobodys_turn_was_is_looked_at_within_a_minute(desk: Desk) -> None:
    desk.platform.advance(4 * DAY)
    await desk.step()
    await desk.wrote()
    await desk.step()
    assert desk.calls("get") == 0
    desk.platform.advance(60)
    await desk.step()
    assert desk.calls("get") == 1


async def test_a_callback_makes_us_look_at_once(desk: Desk) -> None:
    await desk.step()
    desk.platform.tag("xiaolin", desk.shop.who, "肤质", "油性")
    payload = {"ChangeType": "edit_external_contact", "ExternalUserID": desk.shop.who, "UserID": "xiaolin"}
    told = an_arrival(
        "cb1", "", desk.shop.who, channel="wecom", kind=labels.CALLBACK, conversation=None, payload=payload,
        role="event", settled=("silent", "事件"),
    )  # fmt: skip
    async with desk.engine.begin() as connection:
        await Acceptor().accept(connection, [told], desk.shop.clock.now())
    await desk.step()
    assert await desk.believed() == [("skin_type", "油性", 0.9, False)]
    await desk.step()
    assert desk.calls("get") == 2


async def test_a_tag_that_is_gone_takes_its_evidence_along_and_not_the_shoppers_word(desk: Desk) -> None:
    await desk.said("skin_type", "干性")
    desk.platform.tag("xiaolin", desk.shop.who, "肤质", "干性")
    await desk.step()
    assert len(await desk.believed()) == 1
    desk.platform.tag("xiaolin", desk.shop.who, "肤质", "干性", on=False)
    await desk.step(days=1)
    assert await desk.believed() == []
    assert [row["source"] for row in await rows(desk.engine, "select source from customer_tags")] == ["inbox:1"]


async def test_a_tag_that_stays_is_not_told_again(desk: Desk) -> None:
    desk.platform.tag("xiaolin", desk.shop.who, "肤质", "干性")
    await desk.step()
    before = await rows(desk.engine, "select * from customer_tags")
    await desk.step(days=1)
    assert await rows(desk.engine, "select * from customer_tags") == before


async def test_of_whoever_wants_nothing_remembered_nothing_is_taken_in(desk: Desk) -> None:
    await desk.said("memory", "off")
    desk.platform.tag("xiaolin", desk.shop.who, "肤质", "干性")
    await desk.step()
    assert await desk.believed() == []
    known = await desk.known()
    assert (known["name"], known["unionid"]) == (None, None)


async def test_a_shopper_who_is_nobodys_contact_costs_one_call_a_day_and_no_penance(desk: Desk) -> None:
    stranger = desk.platform.arrive("李女士").external_userid
    desk.platform.say(stranger, "在吗")
    await desk.shop.pull()
    await desk.step()
    assert desk.calls("get") == 2
    await desk.step()
    assert desk.calls("get") == 2
    assert (await desk.known())["unionid"] is not None


async def test_without_permission_an_account_is_left_alone_for_a_day(desk: Desk) -> None:
    desk.platform.grant_contacts(on=False)
    for _ in range(3):
        await desk.step()
        desk.platform.advance(1800)
    assert desk.calls("get") == 1
    desk.platform.grant_contacts()
    await desk.step(days=1)
    assert desk.calls("get") == 2
    assert (await desk.known())["unionid"] is not None


async def test_an_answer_that_nobody_knows_changes_nothing_and_stops_nobody(desk: Desk) -> None:
    desk.platform.tag("xiaolin", desk.shop.who, "肤质", "干性")
    await desk.step()
    desk.platform.world.shoppers.pop(desk.shop.who)
    await desk.step(days=1)
    assert await desk.believed() == [("skin_type", "干性", 0.9, False)]
    assert desk.calls("get") == 2
    await desk.step()
    assert desk.calls("get") == 2


async def test_once_nobody_has_them_as_a_contact_the_tags_say_nothing_any_more(desk: Desk) -> None:
    desk.platform.tag("xiaolin", desk.shop.who, "肤质", "干性")
    await desk.step()
    desk.platform.world.contacts.relations.clear()
    await desk.step(days=1)
    assert await desk.believed() == []


@pytest.mark.parametrize("faults", [Faults(freq=1), Faults(busy=1), Faults(http_500=1), Faults(reset=1)])
async def test_a_platform_in_trouble_is_asked_again_later_and_later(desk: Desk, faults: Faults) -> None:
    desk.platform.put_faults(faults)
    await desk.step()
    asked = desk.platform.world.ledger.totals()
    await desk.step()
    assert desk.platform.world.ledger.totals() == asked
    desk.platform.put_faults(Faults())
    desk.platform.advance(labels.LEASE.total_seconds() + 1)
    await desk.step()
    assert (await desk.known())["unionid"] is not None


async def test_two_couriers_do_not_look_at_the_same_customer(desk: Desk) -> None:
    now = desk.shop.clock.now()
    assert len(await labels.claim(desk.engine, "demo", now, 9)) == 1
    assert await labels.claim(desk.engine, "demo", now, 9) == ()
    assert len(await labels.claim(desk.engine, "demo", now + labels.LEASE + timedelta(seconds=1), 9)) == 1
    assert await labels.claim(desk.engine, "other", now + timedelta(days=1), 9) == ()


async def test_the_courier_role_exchanges_tags_beside_its_work(
    desk: Desk, client: Client, queues: Mapping[str, DueQueue], live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(carry, "_TAGS", 0.01)
    desk.platform.tag("xiaolin", desk.shop.who, "肤质", "干性")
    environ = dict(line.split("=", 1) for line in desk.shop.sandbox.environment)
    settings = Settings.from_environment({**environ, "DAOGOU_HOME": str(tmp_path)})
    stop = asyncio.Event()
    async with session() as http:
        world = World(settings, desk.engine, client, queues, live, http, desk.shop.clock)
        running = asyncio.create_task(carry.carry(world, stop))
        async with asyncio.timeout(20):
            while not await desk.believed():
                await asyncio.sleep(0.02)
        stop.set()
        await running
    assert await desk.believed() == [("skin_type", "干性", 0.9, False)]


# out


async def test_nothing_goes_back_unless_the_brand_switched_it_on(desk: Desk) -> None:
    await desk.said("skin_type", "干性")
    await desk.step()
    assert desk.there() == []
    assert desk.calls("mark_tag") == 0


async def test_what_the_shopper_said_is_put_there_once_and_is_no_news_to_us(giving: Desk) -> None:
    for tag, value in (("skin_type", "干性"), ("concern", "抗老"), ("audience", "酒精过敏")):
        await giving.said(tag, value)
    await giving.said("concern", "补水", "event:1")
    await giving.step()
    assert giving.there() == ["肤质/干性"]
    await giving.step(days=1)
    await giving.step(days=1)
    assert giving.calls("mark_tag") == 1
    assert await giving.believed() == []


async def test_a_new_exclusive_value_replaces_the_old_one_there(giving: Desk) -> None:
    giving.platform.tag("xiaolin", giving.shop.who, "肤质", "油性")
    await giving.step()
    assert await giving.believed() == [("skin_type", "油性", 0.9, False)]
    giving.platform.advance(3600)
    await giving.said("skin_type", "干性", "inbox:2")
    await giving.step(days=1)
    assert giving.there() == ["肤质/干性"]
    assert await giving.believed() == []


async def test_what_is_taken_back_is_taken_off_there(giving: Desk) -> None:
    await giving.said("concern", "补水")
    await giving.step()
    assert giving.there() == ["concern/补水"]
    await giving.said("concern", "补水", "inbox:2", back=True)
    await giving.step(days=1)
    assert giving.there() == []


async def test_what_a_guide_takes_off_is_left_off(giving: Desk) -> None:
    await giving.said("skin_type", "干性")
    await giving.step()
    giving.platform.tag("xiaolin", giving.shop.who, "肤质", "干性", on=False)
    for _ in range(2):
        await giving.step(days=1)
    assert giving.there() == []
    assert giving.calls("mark_tag") == 1


async def test_a_crash_between_the_call_and_its_note_leaves_the_tag_known_as_ours(giving: Desk) -> None:
    await giving.said("skin_type", "干性")
    (look,) = await labels.claim(giving.engine, "demo", giving.shop.clock.now(), 9)
    ids = giving.platform.corp_tags("肤质", "干性")
    doing = {"lease": look.lease, "marks": {"xiaolin": {ids["干性"]: "doing"}}}
    assert await labels.keep(giving.engine, look, labels.Found(doing))
    await tags.mark(giving.shop.channel.client, ("xiaolin", giving.shop.who), [ids["干性"]])
    giving.platform.advance(labels.LEASE.total_seconds() + 1)
    await giving.step()
    assert (await giving.known())["profile"]["wecom"]["marks"] == {"xiaolin": {ids["干性"]: "ours"}}
    assert await giving.believed() == []


# erasure


async def test_an_erased_shopper_loses_our_tags_there_keeps_the_guides_and_is_not_read_again(giving: Desk) -> None:
    await giving.said("skin_type", "干性")
    giving.platform.tag("xiaolin", giving.shop.who, "concern", "补水")
    await giving.step()
    assert sorted(giving.there()) == ["concern/补水", "肤质/干性"]
    await giving.erase()
    known = await giving.known()
    assert (known["name"], known["unionid"]) == (None, None)
    await giving.step()
    assert giving.there() == ["concern/补水"]
    assert set((await giving.known())["profile"]["wecom"]) == {"erased"}
    asked = giving.calls("get")
    giving.platform.advance(DAY + 1)
    await giving.step()
    assert giving.calls("get") == asked
    assert await rows(giving.engine, "select * from customer_tags") == []


async def test_whoever_comes_back_after_an_erasure_is_looked_at_again(giving: Desk) -> None:
    await giving.step()
    await giving.erase()
    await giving.step(days=1)
    assert (await giving.known())["unionid"] is not None


async def test_a_look_that_an_erasure_overtook_keeps_nothing(giving: Desk) -> None:
    (look,) = await labels.claim(giving.engine, "demo", giving.shop.clock.now(), 9)
    await giving.erase()
    assert not await labels.keep(giving.engine, look, labels.Found({"next": 1}, (), "王女士", "ox1"))
    assert (await giving.known())["name"] is None


async def test_our_tags_go_even_where_one_was_deleted_and_a_platform_in_trouble_is_asked_again(giving: Desk) -> None:
    await giving.said("skin_type", "干性")
    await giving.said("concern", "补水")
    await giving.step()
    await giving.erase()
    ids = giving.platform.corp_tags("肤质", "干性")
    del giving.platform.world.contacts.corp[ids["干性"]]
    giving.platform.world.contacts.relations["xiaolin", giving.shop.who].tags.remove(ids["干性"])
    giving.platform.put_faults(Faults(busy=1))
    await giving.step()
    assert giving.there() == ["concern/补水"]
    giving.platform.put_faults(Faults())
    giving.platform.advance(labels.LEASE.total_seconds() + 1)
    await giving.step()
    assert giving.there() == []


# the calls themselves


async def test_followers_come_in_pages_and_odd_fields_spoil_only_themselves() -> None:
    async with tiny_platform() as tiny, session() as http:
        client = WeComClient(account(tiny.url), http)
        tiny.said(
            "externalcontact/get",
            {
                "errcode": 0,
                "external_contact": {"name": "王女士", "unionid": "ox1"},
                "follow_user": [
                    {"userid": "lin", "tags": [{"group_name": "肤质", "tag_name": "干性", "type": 2}, 7]},
                    {"tags": []},
                ],
                "next_cursor": "c1",
            },
            {"errcode": 0, "follow_user": [{"userid": "zhou", "tags": None}, "x"], "next_cursor": ""},
        )
        found = await tags.contact(client, "wm1")
    followers = (Follower("lin", (Tag("", "肤质", "干性", 2),)), Follower("zhou"))
    assert found == Contact("王女士", "ox1", followers)
    assert [(one["external_userid"], one.get("cursor")) for one in tiny.asked("externalcontact/get")] == [
        ("wm1", None),
        ("wm1", "c1"),
    ]


async def test_deleted_tags_are_not_in_the_list() -> None:
    async with tiny_platform() as tiny, session() as http:
        live = {"id": "a", "name": "干性"}
        gone = {"id": "b", "name": "油性", "deleted": True}
        groups = [{"group_name": "肤质", "tag": [live, gone]}, {"group_name": "旧", "deleted": True, "tag": [live]}]
        tiny.said("externalcontact/get_corp_tag_list", {"errcode": 0, "tag_group": groups})
        assert await tags.corp_tags(WeComClient(account(tiny.url), http)) == {("肤质", "干性"): "a"}


async def test_a_mark_says_only_what_is_to_be_done() -> None:
    async with tiny_platform() as tiny, session() as calls:
        client = WeComClient(account(tiny.url), calls)
        await tags.mark(client, ("lin", "wm1"), {"b", "a"})
        tiny.said("externalcontact/mark_tag", {"errcode": 84061, "errmsg": "no"})
        with pytest.raises(ApiError, match="外部联系人"):
            await tags.mark(client, ("lin", "wm1"), remove={"a"})
    base = {"userid": "lin", "external_userid": "wm1"}
    told = [{k: v for k, v in one.items() if k != "access_token"} for one in tiny.asked("externalcontact/mark_tag")]
    assert told == [{**base, "add_tag": ["a", "b"]}, {**base, "remove_tag": ["a"]}]
